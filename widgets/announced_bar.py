"""What automation is about to do, over the lower edge of PROGRAM: a countdown with its bar, and the key that holds it.

Qt thread only. It shows and asks; what it counts is the desk's.
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Face
from widgets.theme import draw_text, px

_NARROW_PX: Final = 300  # below it (at 1920x1080; upright canvases) the button stands below the words


@dataclass(frozen=True, slots=True)
class Announcement:
    """Two lines; `share` of the countdown is left (0 to 1), None: nothing is counted."""

    first: str = ""
    second: str = ""
    share: float | None = None

    @property
    def words(self) -> str:
        """Both lines; "" when there is nothing to say."""
        return f"{self.first} {self.second}".strip()


def share_left(since_ns: int, due_ns: int, now_ns: int) -> tuple[float, float]:
    """How long until `due_ns` (monotonic), seconds, and which share of the whole countdown that is, 0 to 1."""
    left_s, whole_s = max(0.0, (due_ns - now_ns) / 1e9), (due_ns - since_ns) / 1e9
    return left_s, min(1.0, left_s / whole_s) if whole_s > 0 else 0.0


class AnnouncedBar(QWidget):
    """Hidden while there is nothing to say. `hold_id` is the action that holds what is counted."""

    def __init__(self, deck: Deck, parent: QWidget, hold_id: str) -> None:
        super().__init__(parent)
        self._deck = deck
        self._hold_id = hold_id
        self._said = Announcement()
        self._hold = ActionButton(deck, hold_id, "HOLD", face=Face.MAIN, size=theme.LARGE)
        self._hold.setParent(self)
        self.hide()

    @property
    def words(self) -> str:
        """What it says; "" while there is nothing to say."""
        return self._said.words

    def height_at(self, width: int) -> int:
        """How high it must be at that width, logical pixels."""
        words = theme.line_height(theme.HUGE, theme.BOLD) + theme.line_height(theme.LARGE, theme.STRONG) + px(14)
        return words + (max(34, px(44)) + px(6) if width < px(_NARROW_PX) else 0)

    def place(self, room: QRect) -> None:
        """Lie in `room`, the button at the right, or below the words where it is narrow."""
        self.setGeometry(room)
        gap = px(8)
        if self._is_narrow():
            height = max(34, px(44))
            self._hold.setGeometry(gap, room.height() - height - gap, room.width() - 2 * gap, height)
        else:
            width = self._hold_px()
            self._hold.setGeometry(room.width() - width - gap, gap, width, room.height() - 2 * gap)

    def tick(self, now_ns: int) -> None:
        """Count down; call it at the display's rate."""
        if self._said.share is not None:
            self._say(self.announcement(now_ns))

    def announcement(self, now_ns: int) -> Announcement:
        """What there is to say now (monotonic)."""
        raise NotImplementedError

    def show_announcement(self) -> None:
        """Follow the desk."""
        self._say(self.announcement(self._deck.desk.clock.mono_ns()))
        self._hold.be(self._hold_id, "HOLD", "Esc")
        self._hold.setVisible(self._said.share is not None)
        self.setVisible(bool(self.words))

    def _say(self, said: Announcement) -> None:
        if said != self._said:
            self._said = said
            self.setAccessibleName(self.words)
            self.setToolTip(f"{self.words}\nKey: Esc holds it")
            self.update()

    def _is_narrow(self) -> bool:
        return self.width() < px(_NARROW_PX)

    @staticmethod
    def _hold_px() -> int:
        return max(64, px(84))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, what is left as a bar, and the two lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        said, is_counting = self._said, self._said.share is not None
        fill, line, ink = (Face.AMBER if is_counting else Face.AMBER_LINE).value
        theme.box(painter, self.rect(), fill, QColor("#ffffff") if is_counting else line, radius=px(6), line_px=2)
        right = self._hold_px() + 2 * px(8) if is_counting and not self._is_narrow() else px(12)
        first = theme.line_height(theme.HUGE, theme.BOLD)
        upper = QRect(px(12), px(4), self.width() - px(12) - right, first)
        lower = QRect(px(12), px(4) + first, upper.width(), theme.line_height(theme.LARGE, theme.STRONG))
        sizes = (theme.HUGE, theme.TITLE, theme.LARGE, theme.BODY)
        fitting = (each for each in sizes if theme.width_of(said.first, each, theme.BOLD) <= upper.width())
        draw_text(painter, upper, said.first, next(fitting, theme.BODY), ink, weight=theme.BOLD,
                  may_cut=not is_counting)  # fmt: skip
        size = theme.LARGE if theme.width_of(said.second, theme.LARGE, theme.STRONG) <= lower.width() else theme.BODY
        draw_text(painter, lower, said.second, size, ink, weight=theme.STRONG, may_cut=True)
        if said.share is not None:
            bar = max(3, px(5))
            painter.fillRect(QRect(px(12), lower.bottom() + 1, round(upper.width() * said.share), bar), ink)
        painter.end()
