"""The levels on a tile: the camera's own sound, and beside it the channel of the same name. Qt thread only; dBFS."""

from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter

from console.audio.state import FLOOR_DBFS
from widgets import theme
from widgets.meters import AMBER_FROM_DBFS, BOTTOM_DBFS, RED_FROM_DBFS, share_of
from widgets.theme import px

STEP_DB: Final = 0.5  # less is no reason to paint
_WELL: Final = QColor(8, 10, 13, 200)
_COLOURS: Final = (
    (BOTTOM_DBFS, AMBER_FROM_DBFS, theme.GREEN), (AMBER_FROM_DBFS, RED_FROM_DBFS, theme.AMBER),
    (RED_FROM_DBFS, 0.0, theme.RED),
)  # fmt: skip


class TileLevels:
    """Two upright bars at most; one that has no sound is not there."""

    def __init__(self, *, bar: int = 8) -> None:
        """`bar`: how wide each of them is, at 1920x1080."""
        self._bar = bar
        self.own_dbfs = self.channel_dbfs = FLOOR_DBFS

    def show(self, *, own_dbfs: float | None = None, channel_dbfs: float | None = None) -> bool:
        """Take new readings, each optional; True when one of them is worth painting."""
        own = self.own_dbfs if own_dbfs is None else own_dbfs
        channel = self.channel_dbfs if channel_dbfs is None else channel_dbfs
        if abs(own - self.own_dbfs) < STEP_DB and abs(channel - self.channel_dbfs) < STEP_DB:
            return False
        self.own_dbfs, self.channel_dbfs = own, channel
        return True

    def width(self) -> int:
        """The room that both bars need, logical pixels."""
        return 2 * px(self._bar) + px(3)

    def paint(self, painter: QPainter, room: QRect) -> None:
        """Draw the bars that have sound at the right of `room`, the camera's own first."""
        shown = [level for level in (self.own_dbfs, self.channel_dbfs) if level > FLOOR_DBFS]
        right = room.right() + 1
        for level in reversed(shown):
            width = px(self._bar)
            bar = QRect(right - width, room.top(), width, room.height())
            _paint_bar(painter, bar, level)
            right = bar.left() - px(3)


def _paint_bar(painter: QPainter, bar: QRect, dbfs: float) -> None:
    painter.fillRect(bar, _WELL)
    height, inner = bar.height(), bar.adjusted(1, 0, -1, 0)
    for low, high, colour in _COLOURS:
        top, bottom = round(share_of(min(high, dbfs)) * height), round(share_of(low) * height)
        if top > bottom:
            painter.fillRect(QRect(inner.left(), bar.bottom() + 1 - top, inner.width(), top - bottom), colour)
