"""The stage: PREVIEW, T-bar and PROGRAM, and under them one tile for each number. Qt thread only.

One number is one thing: tile n shows scene n, and key n takes scene n to preview.
"""

import time
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QCursor, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.audio.state import Levels
from console.cameras.state import Camera
from console.core.observable import Observable
from console.desk.view import Notice
from scenes.state import Switcher, TakeState
from widgets import stage_layout, theme
from widgets.ask import Deck
from widgets.bus import BusPane
from widgets.failover_bar import FailoverBar
from widgets.lost_band import LostBand
from widgets.pictures import PictureView
from widgets.solo import SoloBar, SoloTile
from widgets.stage_layout import Room, column_px
from widgets.start_bar import StartBar
from widgets.t_bar import BlackButton, TBar
from widgets.theme import px
from widgets.tile import Tile

PICTURES_S: Final = 0.008  # half of a frame: scaling every picture of a large screen at once would be a stall
_CUTS_PX: Final = 112  # the row of cuts below the stage, with its gaps: tips of tiles begin under it
Slot = tuple[int, str, str]  # number, scene, camera


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
        self._start = StartBar(deck, self._program)
        self._tiles: list[Tile] = []
        self._solo: SoloTile | None = None
        self._bar: SoloBar | None = None  # beside it
        self._polled = 0  # which of the others was polled last
        self._is_seen = True
        self._slots: list[Slot] = []
        self._canvas = deck.desk.switcher.value.canvas
        self.tile_sizes: Observable[dict[str, tuple[int, int]]] = Observable({})
        self.bus_size: Observable[tuple[int, int]] = Observable((0, 0))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for pane, tally in ((self._preview, "PVW"), (self._program, "PGM")):
            pane.solo_wanted.connect(partial(self._solo_bus, tally))
        self._undo = [
            deck.desk.cameras.watch(lambda _: self._show(), now=False),
            deck.desk.switcher.watch(lambda _: self._show(), now=False),
            deck.desk.switcher.watch(self._black.show_switcher),
            deck.desk.failover.watch(lambda _: self._make_room(), now=False),
            deck.desk.starts.watch(lambda _: self._make_room(), now=False),
            deck.desk.hot.watch(lambda _: self._show(), now=False),
            deck.desk.show.watch(lambda _: self._turn(), now=False),
        ]
        self._show()

    # --- what is seen ---

    def views(self) -> list[PictureView]:
        """Everything that shows a live picture now: the buses and what is on them first."""
        tiles: list[Tile] = [self._solo] if self._solo is not None else self._tiles
        first = [tile for tile in tiles if tile.is_on_a_bus or tile is self._solo]
        return [self._program, self._preview, *first, *(tile for tile in tiles if tile not in first)]

    def tick(self, now_ns: int) -> None:
        """Poll every picture, and let what is counted down or held go on; call it at the display's rate."""
        self._t_bar.tick(now_ns)
        self._failover.tick(now_ns)
        self._start.tick(now_ns)
        self._black.show_hold()
        is_seen = self._can_be_seen()
        if is_seen != self._is_seen:
            self._is_seen = is_seen
            self._say_sizes()
        if is_seen:
            self._poll()

    def look(self) -> None:
        """Poll every picture alone, between two ticks: one that has just come need not wait for the next frame."""
        if self._is_seen:
            self._poll()

    def _can_be_seen(self) -> bool:
        handle = self.window().windowHandle()
        return self.isVisible() and not self.window().isMinimized() and handle is not None and handle.isExposed()

    def _poll(self) -> None:
        """Take new pictures for at most PICTURES_S.

        What is on air and what is next always has its turn; the others share what is left, each as often as any.
        """
        end_s = time.monotonic() + PICTURES_S
        views = self.views()
        count = sum(1 for view in views if not isinstance(view, Tile) or view.is_on_a_bus or view is self._solo)
        for view in views[:count]:
            view.poll()
        others = [tile for tile in self._tiles if not tile.is_on_a_bus] if self._solo is None else []
        for _ in others:
            self._polled = (self._polled + 1) % len(others)
            others[self._polled].poll()
            if time.monotonic() > end_s:
                return

    def tick_words(self, now_ns: int) -> None:
        """Let ages and clocks go on; a few times a second."""
        for pane in (self._preview, self._program):
            pane.tick(now_ns)
        for tile in self._shown_tiles():
            tile.tick(now_ns)

    def show_levels(self, levels: Levels) -> None:
        """Follow the cameras' own sound, and the meters of the channels that have a camera's name."""
        for tile in self._shown_tiles():
            if tile.camera:
                tile.show_own_level(self._deck.desk.camera_level(tile.camera))
            if tile.channel is not None and tile.channel < len(levels.channels):
                tile.show_level(levels.channels[tile.channel].peak_dbfs)

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for part in (self._t_bar, self._lost, self._failover, self._start, self._solo, self._bar):
            if part is not None:
                part.close_watches()
        for undo in self._undo:
            undo()

    def _shown_tiles(self) -> list[Tile]:
        return [self._solo] if self._solo is not None else self._tiles

    # --- one alone ---

    @property
    def solo_camera(self) -> str:
        """The camera that is seen alone, or ""."""
        return self._solo.camera if self._solo is not None else ""

    def toggle_solo(self) -> None:
        """The key: the tile under the pointer alone, else the one on preview; again for back."""
        if self._solo is not None:
            self.end_solo()
            return
        under = next((tile for tile in self._tiles if tile.camera and _is_under_pointer(tile)), None)
        if under is not None:
            self.solo(under.camera)
        else:
            self._solo_bus("PVW")

    def _solo_bus(self, tally: str) -> None:
        """A bus was pressed twice: its camera alone, or all the others again."""
        if self._solo is not None:
            self.end_solo()
            return
        tile = next((tile for tile in self._tiles if tile.camera and tile.tally == tally), None)
        if tile is not None:
            self.solo(tile.camera)
        else:
            where = "on preview" if tally == "PVW" else "on air"
            self._deck.ask.tell(Notice(f"No camera is {where}.", "Point at a tile, then press Z."))

    def solo(self, camera: str) -> None:
        """Show one camera alone, program and preview beside it; not while something over PROGRAM wants an answer."""
        slot = next((slot for slot in self._slots if slot[2] == camera), None)
        if slot is None:
            return
        if self._wants_program():
            self._deck.ask.tell(Notice("The program wants an answer first.", "See to it, then press Z again."))
            return
        self._forget_solo()
        self._solo, self._bar = SoloTile(self._deck, *slot), SoloBar(self._deck, camera)
        self._solo.solo_wanted.connect(self.end_solo)
        self._bar.back_wanted.connect(self.end_solo)
        for part in (self._solo, self._bar):
            part.setParent(self)
            part.show()
        self._arrange()

    def end_solo(self) -> None:
        """All tiles again."""
        if self._solo is None:
            return
        self._forget_solo()
        self._arrange()
        now_ns = self._deck.desk.clock.mono_ns()
        for tile in self._tiles:
            tile.moved_at(now_ns)  # a click that was on its way meant what was there

    def _forget_solo(self) -> None:
        for part in (self._solo, self._bar):
            if part is not None:
                part.close_watches()
                part.setParent(None)
                part.deleteLater()
        self._solo = self._bar = None

    def _wants_program(self) -> bool:
        take = self._deck.desk.switcher.value.take
        desk = self._deck.desk
        is_announced = desk.failover.value.is_counting or desk.starts.value.is_counting
        return is_announced or (take is not None and take.state is TakeState.LOST)

    def _make_room(self) -> None:
        """What is asked over PROGRAM needs PROGRAM in its full size."""
        if self._solo is not None and self._wants_program():
            self.end_solo()

    def _arrange(self) -> None:
        """Show what belongs to the present arrangement, and lay it out."""
        for part in (self._t_bar, self._black, *self._tiles):
            part.setVisible(self._solo is None)
        self._lay_out()
        for pane in (self._preview, self._program):
            pane.repaint_over()

    # --- where things are ---

    def heightForWidth(self, width: int) -> int:
        """The height that the canvas's shape needs at that width."""
        return self._room().height(width)

    def hasHeightForWidth(self) -> bool:
        """Its height follows from its width."""
        return True

    def sizeHint(self) -> QSize:
        """A guess until the width is known."""
        return QSize(px(1200), self.heightForWidth(px(1200)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay everything out anew."""
        self._lay_out()

    def _room(self) -> Room:
        width, height = self._deck.desk.switcher.value.canvas
        return Room(height / max(1, width), len(self._slots))

    def _lay_out(self) -> None:
        if self._solo is None or self._bar is None:
            self._place()
        else:
            self._place_alone(self._solo, self._bar)
        self._place_bands()
        self._say_sizes()

    def _say_sizes(self) -> None:
        """What is seen, at which size: all that is worth scaling."""
        sizes: dict[str, tuple[int, int]] = {}
        for tile in self._shown_tiles() if self._is_seen else ():
            if tile.camera:
                width, height = sizes.get(tile.camera, (0, 0))
                wanted = tile.wanted_size()
                sizes[tile.camera] = (max(width, wanted[0]), max(height, wanted[1]))
        self.tile_sizes.set(sizes)
        self.bus_size.set(self._program.wanted_size() if self._is_seen else (0, 0))

    def _place_alone(self, solo: SoloTile, bar: SoloBar) -> None:
        where = stage_layout.alone(self.size(), self._room().shape)
        solo.setGeometry(where.tile)
        self._program.setGeometry(where.program)
        self._preview.setGeometry(where.preview)
        bar.place(where.bar)

    def _place(self) -> None:
        gap, room = px(stage_layout.GAP), self._room()
        bus = room.bus(self.size())
        self._preview.setGeometry(0, 0, bus.width(), bus.height())
        column = bus.width() + gap + column_px() + gap
        program_left = column if room.is_upright else self.width() - bus.width()
        self._program.setGeometry(program_left, 0, bus.width(), bus.height())
        self._place_column(QRect(bus.width() + gap, 0, program_left - bus.width() - 2 * gap, bus.height()))
        for tile, place in zip(self._tiles, room.places(self.size()), strict=True):
            tile.setGeometry(place)
            tile.tip_y = self.height() + px(_CUTS_PX) - place.y()

    def _place_column(self, room: QRect) -> None:
        """The T-bar, and fade to black under it, or beside it where the column is wide and low."""
        if room.width() > 2 * column_px() + px(8):
            half = (room.width() - px(8)) // 2
            self._t_bar.setGeometry(room.adjusted(0, 0, -half - px(8), 0))
            self._black.setGeometry(room.adjusted(room.width() - half, 0, 0, 0))
            return
        black = max(self._black.sizeHint().height(), px(70))
        self._t_bar.setGeometry(room.adjusted(0, 0, 0, -black - px(8)))
        self._black.setGeometry(QRect(room.left(), room.bottom() + 1 - black, room.width(), black))

    def _place_bands(self) -> None:
        """A lost take below the badges of PROGRAM, what is announced above its name: the middle stays free."""
        room = self._program.picture_rect().adjusted(px(8), 0, -px(8), 0)
        badge = px(24) + theme.line_height(theme.SMALL) // 2 + px(10)
        footing = theme.line_height(theme.TITLE) + px(18)
        lost, failover = (band.height_at(room.width()) for band in (self._lost, self._failover))
        self._lost.place(QRect(room.left(), room.top() + badge, room.width(), lost))
        top = max(room.bottom() - footing - failover, room.top() + badge + lost + px(4))  # a low window: over the name
        self._failover.place(QRect(room.left(), top, room.width(), failover))
        above = top - failover - px(6) if self._failover.words else top
        self._start.place(QRect(room.left(), max(room.top(), above), room.width(), failover))

    # --- what there is ---

    def _show(self) -> None:
        slots = slots_of(self._deck.desk.switcher.value, self._deck.desk.cameras.value)
        if slots != self._slots:
            self._slots = slots
            self._rebuild()
            self.reshaped.emit()
        elif self._deck.desk.switcher.value.canvas != self._canvas:
            self.reshaped.emit()
        self._canvas = self._deck.desk.switcher.value.canvas
        self._make_room()
        for tile in self._tiles:
            tile.show_state()
        if self._solo is not None:
            self._solo.show_state()

    def _turn(self) -> None:
        """The show may want pictures turned in another way: another size is wanted then."""
        for tile in (*self._tiles, *self._shown_tiles()):
            tile.show_state()
        self._say_sizes()

    def _rebuild(self) -> None:
        for tile in self._tiles:
            tile.setParent(None)
            tile.deleteLater()
        before = [(tile.geometry(), tile.title) for tile in self._tiles]
        self._tiles = [Tile(self._deck, *slot) for slot in self._slots]
        for tile in self._tiles:
            tile.setParent(self)
            tile.solo_wanted.connect(partial(self.solo, tile.camera))
        self._keep_solo()
        self._arrange()
        self.updateGeometry()
        now_ns = self._deck.desk.clock.mono_ns()
        for tile in self._tiles if before else ():
            if not any(place.contains(tile.geometry().center()) and name == tile.title for place, name in before):
                tile.moved_at(now_ns)

    def _keep_solo(self) -> None:
        """The camera that is seen alone may have another number or scene now, or be gone."""
        solo = self._solo
        if solo is None:
            return
        slot = next((slot for slot in self._slots if slot[2] == solo.camera), None)
        if slot == (solo.number, solo.scene, solo.camera):
            return
        self._forget_solo()
        if slot is not None:
            self.solo(slot[2])


def _is_under_pointer(tile: Tile) -> bool:
    return tile.isVisible() and tile.rect().contains(tile.mapFromGlobal(QCursor.pos()))


def slots_of(switcher: Switcher, cameras: tuple[Camera, ...]) -> list[Slot]:
    """The tiles: (number or 0, scene or "", camera or ""), first the scenes 1-9 in OBS's order, then other cameras.

    The safe and the black scene have keys of their own and need no tile, unless a camera shows them. A camera whose
    scene OBS does not have has none.
    """
    own_keys = (switcher.safe_scene, switcher.black_scene)
    camera_of = {camera.scene: camera.name for camera in reversed(cameras) if camera.scene}
    slots = [
        (number, scene.name, camera_of.get(scene.name, ""))
        for number, scene in enumerate(switcher.scenes[:9], start=1)
        if scene.name not in own_keys or scene.name in camera_of
    ]
    shown = {camera for _, _, camera in slots}
    there = {scene.name for scene in switcher.scenes}
    return slots + [
        (0, camera.scene or "" if camera.scene in there or not there else "", camera.name)
        for camera in cameras
        if camera.name not in shown
    ]
