"""The stage: PREVIEW, T-bar and PROGRAM, and under them one tile for each number. Qt thread only.

One number is one thing: tile n shows scene n, and key n takes scene n to preview.
"""

import math
import time
from typing import Final

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.audio.state import Levels
from console.cameras.state import Camera
from console.core.observable import Observable
from scenes.state import Switcher
from widgets import theme
from widgets.ask import Deck
from widgets.bus import BusPane
from widgets.failover_bar import FailoverBar
from widgets.lost_band import LostBand
from widgets.pictures import PictureView
from widgets.t_bar import BlackButton, TBar
from widgets.theme import px
from widgets.tile import Tile

PICTURES_S: Final = 0.008  # half of a frame: scaling every picture of a large screen at once would be a stall


class Stage(QWidget):
    """Lays out the two buses and the tiles; both follow the canvas's shape, upright ones too."""

    reshaped = Signal()  # it needs another height at the same width

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._preview = BusPane(deck, "preview")
        self._program = BusPane(deck, "program")
        self._t_bar = TBar(deck)
        self._black = BlackButton(deck)
        for pane in (self._preview, self._program, self._t_bar, self._black):
            pane.setParent(self)
        self._lost = LostBand(deck, self._program)
        self._failover = FailoverBar(deck, self._program)
        self._tiles: list[Tile] = []
        self._polled = 0  # which view was polled last
        self._slots: list[tuple[int, str, str]] = []
        self._canvas = deck.desk.switcher.value.canvas
        self.tile_sizes: Observable[dict[str, tuple[int, int]]] = Observable({})
        self.bus_size: Observable[tuple[int, int]] = Observable((0, 0))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._undo = [
            deck.desk.cameras.watch(lambda _: self._show(), now=False),
            deck.desk.switcher.watch(lambda _: self._show(), now=False),
            deck.desk.switcher.watch(self._black.show_switcher),
            deck.desk.hot.watch(lambda _: self._show(), now=False),
        ]
        self._show()

    def views(self) -> list[PictureView]:
        """Everything that shows a live picture, to be polled."""
        return [self._preview, self._program, *self._tiles]

    def tick(self, now_ns: int) -> None:
        """Poll every picture, and let what is counted down or held go on; call it at the display's rate."""
        self._t_bar.tick(now_ns)
        self._failover.tick(now_ns)
        self._black.show_hold()
        self._poll()

    def _poll(self) -> None:
        """Take new pictures for at most PICTURES_S; the others come first the next time."""
        views = self.views()
        end_s = time.monotonic() + PICTURES_S
        for _ in views:
            self._polled = (self._polled + 1) % len(views)
            views[self._polled].poll()
            if time.monotonic() > end_s:
                return

    def tick_words(self, now_ns: int) -> None:
        """Let ages and clocks go on; a few times a second."""
        for pane in (self._preview, self._program):
            pane.tick(now_ns)
        for tile in self._tiles:
            tile.tick(now_ns)

    def show_levels(self, levels: Levels) -> None:
        """Follow the meters of the channels that have a camera's name."""
        for tile in self._tiles:
            if tile.channel is not None and tile.channel < len(levels.channels):
                tile.show_level(levels.channels[tile.channel].peak_dbfs)

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for part in (self._t_bar, self._lost, self._failover):
            part.close_watches()
        for undo in self._undo:
            undo()

    def heightForWidth(self, width: int) -> int:
        """The height that the canvas's shape needs at that width."""
        bus, tile, rows = self._measure(width)
        if self._is_upright():
            return bus.height()
        return bus.height() + rows * (tile.height() + px(8))

    def hasHeightForWidth(self) -> bool:
        """Its height follows from its width."""
        return True

    def sizeHint(self) -> QSize:
        """A guess until the width is known."""
        return QSize(px(1200), self.heightForWidth(px(1200)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay everything out anew."""
        self._lay_out()

    def _is_upright(self) -> bool:
        width, height = self._deck.desk.switcher.value.canvas
        return height > width

    def _measure(self, width: int) -> tuple[QSize, QSize, int]:
        """The size of a bus, of a tile, and how many rows of tiles there are."""
        canvas_width, canvas_height = self._deck.desk.switcher.value.canvas
        shape = canvas_height / max(1, canvas_width)
        gap = px(8)
        if self._is_upright():
            bus_height = int((width - self._column_px()) * 0.42)
            return QSize(int((bus_height - 2 * px(4)) / shape) + 2 * px(4), bus_height), QSize(), 0
        columns = self._columns()
        bus_width = (width - self._column_px() - 2 * gap) // 2
        tile_width = (width - gap * (columns - 1)) // columns
        rows = -(-len(self._slots) // columns)
        line = 2 * px(4)  # the border lies around the picture
        return (
            QSize(bus_width, int((bus_width - line) * shape) + line),
            QSize(tile_width, int(tile_width * shape)),
            rows,
        )

    @staticmethod
    def _column_px() -> int:
        """How wide the T-bar's column is."""
        return max(46, px(64))

    def _columns(self) -> int:
        count = len(self._slots)
        return max(5, count if count <= 9 else -(-count // 2))

    def _lay_out(self) -> None:
        self._place()
        ratio = self.devicePixelRatioF()
        self.tile_sizes.set(
            {
                tile.camera: (round(tile.width() * ratio), round(tile.height() * ratio))
                for tile in self._tiles
                if tile.camera
            }
        )
        bus = self._program.picture_rect()
        self.bus_size.set((math.ceil(bus.width() * ratio), math.ceil(bus.height() * ratio)))

    def _place(self) -> None:
        gap = px(8)
        bus, tile, _ = self._measure(self.width())
        self._preview.setGeometry(0, 0, bus.width(), bus.height())
        column = bus.width() + gap + self._column_px() + gap
        program_left = column if self._is_upright() else self.width() - bus.width()
        self._program.setGeometry(program_left, 0, bus.width(), bus.height())
        self._place_column(QRect(bus.width() + gap, 0, program_left - bus.width() - 2 * gap, bus.height()))
        self._place_bands()
        if self._is_upright():
            self._lay_out_beside(program_left + bus.width() + gap)
            return
        columns = self._columns()
        step = (self.width() + gap) / columns
        for index, view in enumerate(self._tiles):
            row, column = divmod(index, columns)
            top = bus.height() + gap + row * (tile.height() + gap)
            left, right = round(column * step), round((column + 1) * step) - gap
            view.setGeometry(QRect(left, top, right - left, tile.height()))

    def _place_column(self, room: QRect) -> None:
        """The T-bar, and under it fade to black."""
        black = max(self._black.sizeHint().height(), px(70))
        self._t_bar.setGeometry(room.adjusted(0, 0, 0, -black - px(8)))
        self._black.setGeometry(QRect(room.left(), room.bottom() + 1 - black, room.width(), black))

    def _place_bands(self) -> None:
        """A lost take below the badges of PROGRAM, the failover above its name: the middle stays free."""
        room = self._program.picture_rect().adjusted(px(8), 0, -px(8), 0)
        badge = px(24) + theme.line_height(theme.SMALL) // 2 + px(10)
        footing = theme.line_height(theme.TITLE) + px(18)
        lost, failover = (band.height_at(room.width()) for band in (self._lost, self._failover))
        self._lost.place(QRect(room.left(), room.top() + badge, room.width(), lost))
        top = max(room.bottom() - footing - failover, room.top() + badge + lost + px(4))  # a low window: over the name
        self._failover.place(QRect(room.left(), top, room.width(), failover))

    def _lay_out_beside(self, left: int) -> None:
        """Upright canvas: the tiles stand in a grid beside the buses."""
        gap = px(8)
        count = max(1, len(self._tiles))
        columns = min(count, 5 if count > 6 else 3)
        rows = -(-count // columns)
        width = (self.width() - left - gap * (columns - 1)) // columns
        height = (self.height() - gap * (rows - 1)) // rows
        for index, view in enumerate(self._tiles):
            row, column = divmod(index, columns)
            view.setGeometry(left + column * (width + gap), row * (height + gap), width, height)

    def _show(self) -> None:
        slots = slots_of(self._deck.desk.switcher.value, self._deck.desk.cameras.value)
        if slots != self._slots:
            self._slots = slots
            self._rebuild()
            self.reshaped.emit()
        elif self._deck.desk.switcher.value.canvas != self._canvas:
            self.reshaped.emit()
        self._canvas = self._deck.desk.switcher.value.canvas
        for tile in self._tiles:
            tile.show_state()

    def _rebuild(self) -> None:
        for tile in self._tiles:
            tile.setParent(None)
            tile.deleteLater()
        before = [(tile.geometry(), tile.title) for tile in self._tiles]
        self._tiles = [Tile(self._deck, *slot) for slot in self._slots]
        for tile in self._tiles:
            tile.setParent(self)
            tile.show()
        self.updateGeometry()
        self._lay_out()
        now_ns = self._deck.desk.clock.mono_ns()
        for tile in self._tiles if before else ():
            if not any(place.contains(tile.geometry().center()) and name == tile.title for place, name in before):
                tile.moved_at(now_ns)


def slots_of(switcher: Switcher, cameras: tuple[Camera, ...]) -> list[tuple[int, str, str]]:
    """The tiles: (number or 0, scene or "", camera or ""), first the scenes 1-9 in OBS's order, then other cameras.

    The safe and the black scene have keys of their own and need no tile, unless a camera shows them.
    """
    own_keys = (switcher.safe_scene, switcher.black_scene)
    camera_of = {camera.scene: camera.name for camera in reversed(cameras) if camera.scene}
    slots = [
        (number, scene.name, camera_of.get(scene.name, ""))
        for number, scene in enumerate(switcher.scenes[:9], start=1)
        if scene.name not in own_keys or scene.name in camera_of
    ]
    shown = {camera for _, _, camera in slots}
    slots += [(0, camera.scene or "", camera.name) for camera in cameras if camera.name not in shown]
    return slots
