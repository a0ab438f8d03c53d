"""The tiles of the multiview: the stage's own, with words as large as the tile, and places without a picture."""

from typing import Final

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.bus import BusPane
from widgets.solo import SoloTile
from widgets.theme import CENTRE, draw_text, px
from widgets.tile import Tile

_WIDTH_PX: Final = 320  # a tile so wide has words of the usual size
_GROWTH: Final = 0.7  # and one twice as wide has words 1.6 times as large: the picture is what is looked at
_SCALES: Final = (0.8, 2.4)


def scale_of(width: int) -> float:
    """How large the words of a tile of that width are: they are read from further away than the director's window."""
    return max(_SCALES[0], min(_SCALES[1], round(float((width / _WIDTH_PX) ** _GROWTH), 2)))


class CameraPlace(Tile):
    """A camera in the multiview."""

    def event(self, event: QEvent) -> bool:
        """Everything in it is as large as it is itself."""
        with theme.scaled(scale_of(self.width())):
            return super().event(event)


class SoloPlace(SoloTile):
    """A camera alone in the multiview."""

    def event(self, event: QEvent) -> bool:
        """Everything in it is as large as it is itself."""
        with theme.scaled(scale_of(self.width())):
            return super().event(event)


class BusPlace(BusPane):
    """Program or preview in the multiview."""

    def event(self, event: QEvent) -> bool:
        """Everything in it is as large as it is itself."""
        with theme.scaled(scale_of(self.width())):
            return super().event(event)


class EmptyPlace(QWidget):
    """A place that shows nothing: it says so, and how to fill it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._words = (f"{name} is not in the show", "A: show something else here") if name else ("", "")
        self.setAccessibleName(self._words[0] or "Empty place")
        self.setToolTip("An empty place\nKey: A arranges")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Darker than any picture, so that nobody takes it for a camera."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.WELL)
        with theme.scaled(scale_of(self.width())):
            what, fix = self._words
            middle = self.rect().adjusted(px(10), -px(24), -px(10), 0)
            draw_text(painter, middle, what or "empty", theme.BODY, theme.AMBER_SOFT if what else theme.FAINT,
                      weight=theme.STRONG, align=CENTRE, may_cut=True)  # fmt: skip
            below = self.rect().adjusted(px(10), px(24), -px(10), 0)
            draw_text(painter, below, fix or "A arranges", theme.SMALL, theme.FAINT, align=CENTRE, may_cut=True)
        painter.end()
