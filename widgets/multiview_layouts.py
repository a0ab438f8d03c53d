"""Where the tiles of the multiview stand: layouts for 1 to 16 places, and what each place shows. Pure but for QRect."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, lcm
from typing import Final

from PySide6.QtCore import QRect

from console.settings.show import BUSES, Guide, Multiview
from widgets.frame_guides import EVERY

PROGRAM, PREVIEW = BUSES
MOST: Final = 16
_ENOUGH: Final = 1.2  # a plain grid must show so much more before it takes the place of the designed layout


@dataclass(frozen=True, slots=True)
class Layout:
    """Places on a grid whose cells have the canvas's shape: (column, row, side) of each, the first one first."""

    columns: int
    rows: int
    cells: tuple[tuple[int, int, int], ...]

    def covers(self, width: float, height: float, shape: float) -> float:
        """How much of a room is pictures, 0.0 to 1.0. `shape`: height of a picture by its width."""
        unit = self._unit(width, height, shape)
        return sum(side * side for _, _, side in self.cells) * unit * unit * shape / max(1.0, width * height)

    def places(self, room: QRect, shape: float, gap: int) -> list[QRect]:
        """Where each picture stands in `room`, in the middle of it, `gap` pixels between them."""
        unit = self._unit(room.width() + gap, room.height() + gap, shape)
        left = room.left() + (room.width() + gap - self.columns * unit) / 2
        top = room.top() + (room.height() + gap - self.rows * unit * shape) / 2
        return [
            _rect(left + column * unit, top + row * unit * shape, side * unit, side * unit * shape, gap)
            for column, row, side in self.cells
        ]

    def _unit(self, width: float, height: float, shape: float) -> float:
        """The width of a cell."""
        return min(width / self.columns, height / shape / self.rows)


def _rect(left: float, top: float, width: float, height: float, gap: int) -> QRect:
    x, y = round(left), round(top)
    return QRect(x, y, max(1, round(left + width) - x - gap), max(1, round(top + height) - y - gap))


def _in_rows(*counts: int) -> Layout:
    """Rows of so many pictures each, every row as wide as the others."""
    columns = lcm(*counts)
    cells: list[tuple[int, int, int]] = []
    row = 0
    for count in counts:
        side = columns // count
        cells += [(index * side, row, side) for index in range(count)]
        row += side
    return Layout(columns, row, tuple(cells))


def _around(columns: int, rows: int, *large: tuple[int, int]) -> Layout:
    """Large pictures of two cells a side at these cells, and a small one in every other cell."""
    taken = {(column + x, row + y) for column, row in large for x in (0, 1) for y in (0, 1)}
    free = ((column, row) for row in range(rows) for column in range(columns) if (column, row) not in taken)
    return Layout(columns, rows, (*((*at, 2) for at in large), *((*at, 1) for at in free)))


def _grid(count: int, columns: int) -> Layout:
    return Layout(columns, ceil(count / columns), tuple((n % columns, n // columns, 1) for n in range(count)))


LAYOUTS: Final = {
    1: _grid(1, 1),
    2: _grid(2, 2),
    3: _around(3, 2, (0, 0)),
    4: _grid(4, 2),
    5: _in_rows(2, 3),
    6: _around(3, 3, (0, 0)),
    7: _around(4, 4, (0, 0), (2, 0), (0, 2)),
    8: _in_rows(2, 3, 3),
    9: _grid(9, 3),
    10: _around(4, 4, (0, 0), (2, 0)),
    11: _in_rows(3, 4, 4),
    12: _grid(12, 4),
    13: _around(4, 4, (0, 0)),
    14: _grid(14, 4),
    15: _grid(15, 4),
    16: _grid(16, 4),
}


def layout_for(count: int, width: int, height: int, shape: float) -> Layout:
    """The layout of `count` places (1 to 16) for a room: the designed one, or a grid where that shows much more.

    The designed ones are for a screen of the canvas's own shape; an upright canvas on a wide screen is none.
    """
    designed = LAYOUTS[count]
    grids = (_grid(count, columns) for columns in range(1, count + 1))
    best = max(grids, key=lambda grid: grid.covers(width, height, shape))
    if best.covers(width, height, shape) > _ENOUGH * designed.covers(width, height, shape):
        return best
    return designed


def shown(multiview: Multiview, cameras: Sequence[str]) -> tuple[str, ...]:
    """What each place shows: "program", "preview", a camera's name, or "" for an empty place.

    As the director arranged it. Until then: both buses and every camera, as far as there is room; in a layout with
    one large place that is the program's.
    """
    count = multiview.tiles
    if multiview.cameras:
        return tuple((*multiview.cameras, *[""] * count)[:count])
    buses: tuple[str, ...] = (PREVIEW, PROGRAM)
    if "tiles" not in multiview.model_fields_set:
        buses = buses if len(cameras) + len(buses) <= MOST else ()
        count = max(1, min(MOST, len(cameras) + len(buses)))
    sides = [side for _, _, side in LAYOUTS[count].cells]
    if buses and (count == 1 or sides[0] > sides[1]):
        buses = (PROGRAM, PREVIEW)
    return tuple((*buses, *cameras, *[""] * count)[:count])


def turned(guides: Sequence[Guide], guide: Guide) -> list[Guide]:
    """`guides` with that one more, or without it."""
    return [each for each in EVERY if (each in guides) != (each == guide)]


def swapped(places: Sequence[str], one: int, other: int) -> tuple[str, ...]:
    """`places` with two of them exchanged."""
    changed = list(places)
    changed[one], changed[other] = changed[other], changed[one]
    return tuple(changed)


def stepped(places: Sequence[str], at: int, cameras: Iterable[str], step: int) -> tuple[str, ...]:
    """`places` with the next (or, `step` -1, the one before) of all that can be shown in place `at`.

    What another place shows comes there, too: the two are exchanged, so that nothing is shown twice by a nudge.
    """
    choices = ["", *BUSES, *cameras]
    here = choices.index(places[at]) if places[at] in choices else 0
    wanted = choices[(here + step) % len(choices)]
    if wanted and wanted in places:
        return swapped(places, at, places.index(wanted))
    return (*places[:at], wanted, *places[at + 1 :])


def resized(places: Sequence[str], count: int, cameras: Iterable[str]) -> tuple[str, ...]:
    """`places`, as many as `count` (kept in 1 to 16): new ones show what is not shown yet, the last ones go first."""
    count = max(1, min(MOST, count))
    missing = (name for name in (*BUSES, *cameras) if name not in places)
    return tuple([*places, *_first(missing, count - len(places))][:count])


def _first(names: Iterator[str], count: int) -> list[str]:
    return [next(names, "") for _ in range(max(0, count))]


def neighbour(places: Sequence[QRect], at: int, key: str) -> int:
    """The place that an arrow key ("Left", "Right", "Up", "Down") leads to from `at`; `at` where there is none."""
    here = places[at].center()
    turn = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}[key]

    def far(index: int) -> float:
        there = places[index].center()
        x, y = there.x() - here.x(), there.y() - here.y()
        along, across = x * turn[0] + y * turn[1], abs(x * turn[1]) + abs(y * turn[0])
        return along + 3 * across

    def is_ahead(index: int) -> bool:
        there = places[index].center()
        return (there.x() - here.x()) * turn[0] + (there.y() - here.y()) * turn[1] > 0

    return min((index for index in range(len(places)) if is_ahead(index)), key=far, default=at)
