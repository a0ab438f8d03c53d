"""What every page of the lower left pane has, and the small parts that pages share. Qt thread only."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.theme import px
from widgets.times import clock_words

SOON_S: Final = 10.0  # media with less than this left is amber
NOW_S: Final = 5.0  # and with less than this red
NO_MARK: Final = ("", theme.SOFT)


class Page(QWidget):
    """A page: its heading stands on its tab, its status beside the tabs, its mark on the tab while it is behind."""

    said = Signal()  # status or mark changed

    def __init__(self, heading: str) -> None:
        super().__init__()
        self.heading = heading
        self.status: tuple[tuple[str, ...], QColor] = ((), theme.SOFT)
        self.mark: tuple[str, QColor] = NO_MARK
        self.setAccessibleName(heading.capitalize())

    @staticmethod
    def heading_px() -> int:
        """The height of the tabs, logical pixels."""
        return max(36, px(42))

    def say_status(self, *texts: str, colour: QColor = theme.SOFT) -> None:
        """Show the first of `texts` that fits beside the tabs, while this page is in front."""
        if (texts, colour) != self.status:
            self.status = (texts, colour)
            self.said.emit()

    def say_mark(self, text: str, colour: QColor = theme.SOFT) -> None:
        """Show `text` (four signs at most) on the tab in place of the key; "" shows the key."""
        if (text, colour) != self.mark:
            self.mark = (text, colour)
            self.said.emit()

    def restyle(self) -> None:
        """Take the present scale."""

    def close_watches(self) -> None:
        """Watch nothing any more."""

    def tick(self, now: datetime, now_ns: int) -> None:
        """Let the times go on; a few times a second."""

    def take_keyboard(self) -> None:
        """Its key was pressed while it is in front: take the keyboard, if there is something to do with it."""

    def leave(self) -> None:
        """Esc while it is in front, and nothing waits: whatever lies open on it goes."""

    def show_holds(self) -> None:
        """Follow what is held, at the display's rate."""

    def minimumSizeHint(self) -> QSize:
        """A few lines."""
        return QSize(px(300), px(120))


def halves(text: str, width: int, size: float = theme.SMALL) -> tuple[str, str]:
    """`text` broken after the last word that fits into `width` logical pixels; the second half may be too long."""
    words = text.split(" ")
    count = len(words)
    while count > 1 and theme.width_of(" ".join(words[:count]), size) > width:
        count -= 1
    return " ".join(words[:count]), " ".join(words[count:])


def left_words(left_s: float) -> str:
    """What is left, counted down so that 0:00 is its end."""
    return clock_words(left_s + 0.999)


def ending_colour(left_s: float | None) -> QColor:
    """The colour of a time that runs out: amber below 10 s, red below 5 s."""
    if left_s is None or left_s >= SOON_S:
        return theme.SOFT
    return theme.AMBER_SOFT if left_s >= NOW_S else theme.RED_SOFT
