"""Where the stage's parts lie: buses, T-bar, tiles, one tile alone. Pure but for QRect and QSize; logical pixels."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QSize

from widgets.solo import SoloBar
from widgets.theme import px

GAP: Final = 8  # at 1920x1080
LINE: Final = 4  # a bus's border
FEWEST: Final = 4  # tiles are never wider than a quarter of the row
MOST: Final = (7, 16, 10_000)  # tiles in one row, in two, in three
SMALLEST_BUS: Final = 0.72  # of its usual size, where the stage is too low for all: then the tiles give way, too
_COLUMN: Final = 64  # the T-bar's
_UPRIGHT_SHARE: Final = 0.42  # of the width that upright buses are high
_SOLO_SIDE: Final = 300  # what stands beside a tile that is seen alone has room for its buttons
_SOLO_SHARE: Final = 0.3, 0.4  # of the width, at least and at most


@dataclass(frozen=True, slots=True)
class Room:
    """A canvas's shape (height by width) and how many tiles there are; all else follows from a width."""

    shape: float
    tiles: int

    @property
    def is_upright(self) -> bool:
        """True when the tiles stand beside the buses."""
        return self.shape > 1.0

    def columns(self) -> int:
        """How many tiles stand side by side below the buses."""
        rows = next(rows for rows, most in enumerate(MOST, start=1) if self.tiles <= most)
        return max(FEWEST if rows == 1 else FEWEST + 1, -(-self.tiles // rows))

    def bus(self, size: QSize) -> QSize:
        """The size of a bus on a stage of that size: smaller than usual where the tiles leave it no room."""
        border = 2 * px(LINE)
        usual = self._bus_px(size.width())
        left = size.height() - (0 if self.is_upright else self._rows() * (self._tile_px(size.width()) + px(GAP)))
        height = min(usual, max(left, int(usual * SMALLEST_BUS)))
        return QSize(int((height - border) / self.shape) + border, height)

    def height(self, width: int) -> int:
        """The stage's height at that width."""
        rows = 0 if self.is_upright else self._rows()
        return self._bus_px(width) + rows * (self._tile_px(width) + px(GAP))

    def _rows(self) -> int:
        return -(-self.tiles // self.columns())

    def _bus_px(self, width: int) -> int:
        """How high a bus is, where there is room."""
        if self.is_upright:
            return int((width - column_px()) * _UPRIGHT_SHARE)
        border = 2 * px(LINE)
        bus_width = (width - column_px() - 2 * px(GAP)) // 2
        return int((bus_width - border) * self.shape) + border

    def places(self, size: QSize) -> list[QRect]:
        """Where the tiles stand on a stage of that size."""
        if self.is_upright:
            return self._beside(size)
        gap, columns = px(GAP), self.columns()
        top = self.bus(size).height() + gap
        height = min(self._tile_px(size.width()), (size.height() - top + gap) // max(1, self._rows()) - gap)
        step = (size.width() + gap) / columns
        places = []
        for index in range(self.tiles):
            row, column = divmod(index, columns)
            left, right = round(column * step), round((column + 1) * step) - gap
            places.append(QRect(left, top + row * (height + gap), right - left, height))
        return places

    def _tile_px(self, width: int) -> int:
        columns = self.columns()
        return int((width - px(GAP) * (columns - 1)) // columns * self.shape)

    def _beside(self, size: QSize) -> list[QRect]:
        """Upright canvas: a grid beside the buses."""
        gap = px(GAP)
        start = 2 * self.bus(size).width() + column_px() + 3 * gap
        count = max(1, self.tiles)
        columns = min(count, 5 if count > 6 else 3)
        rows = -(-count // columns)
        width = (size.width() - start - gap * (columns - 1)) // columns
        height = (size.height() - gap * (rows - 1)) // rows
        spots = (divmod(index, columns) for index in range(self.tiles))
        return [QRect(start + column * (width + gap), row * (height + gap), width, height) for row, column in spots]


@dataclass(frozen=True, slots=True)
class Alone:
    """Where everything lies while one tile is seen alone: program and preview stay in sight beside it."""

    tile: QRect
    program: QRect
    preview: QRect
    bar: QRect


def alone(size: QSize, shape: float) -> Alone:
    """One tile as large as the stage has room for; beside it the buses and its buttons."""
    gap, border, bar_px = px(GAP), 2 * px(LINE), SoloBar.height_px()
    is_upright = shape > 1.0
    height = size.height() - bar_px - gap if is_upright else (size.height() - bar_px - 2 * gap) // 2
    least, most = (int(size.width() * share) for share in _SOLO_SHARE)
    side = min(most, max(px(_SOLO_SIDE), least, size.width() - gap - int(size.height() / min(1.0, shape))))
    width = min(int((height - border) / shape) + border, (side - gap) // 2 if is_upright else side)
    height = min(height, int((width - border) * shape) + border)
    side = max(px(_SOLO_SIDE), 2 * width + gap if is_upright else width)
    left = size.width() - side
    program = QRect(size.width() - width, 0, width, height)
    preview = program.translated(-width - gap, 0) if is_upright else program.translated(0, height + gap)
    bar = QRect(left, size.height() - bar_px, side, bar_px)
    return Alone(QRect(0, 0, left - gap, size.height()), program, preview, bar)


def column_px() -> int:
    """How wide the T-bar's column is."""
    return max(46, px(_COLUMN))
