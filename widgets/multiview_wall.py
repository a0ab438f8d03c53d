"""The tiles of the multiview: built, laid out, polled; all of them, or one alone. Qt thread only."""

import time
from collections.abc import Iterator
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QRect
from PySide6.QtGui import QCursor, QResizeEvent
from PySide6.QtWidgets import QWidget

from console.audio.state import Levels
from console.core.observable import Observable
from console.settings.show import BUSES
from widgets import theme
from widgets.ask import Deck
from widgets.multiview_bar import BarButton, bar_scale
from widgets.multiview_layouts import layout_for
from widgets.multiview_tiles import BusPlace, CameraPlace, EmptyPlace, SoloPlace
from widgets.stage import PICTURES_S, slots_of
from widgets.theme import px
from widgets.tile import Tile

Sizes = dict[str, tuple[int, int]]
Slot = tuple[str, int, str]  # what a place shows, its scene's number or 0, its scene
View = CameraPlace | BusPlace | EmptyPlace
V = TypeVar("V", bound=QWidget)


class MultiviewWall(QWidget):
    """The places and what stands in them. `sizes` are told as long as somebody sees them."""

    def __init__(self, deck: Deck, parent: QWidget) -> None:
        super().__init__(parent)
        self._deck = deck
        self._slots: tuple[Slot, ...] = ()
        self._views: list[View] = []
        self._alone: SoloPlace | BusPlace | None = None
        self._polled = 0
        self._is_seen = False
        self.places: list[QRect] = []
        self.tile_sizes: Observable[Sizes] = Observable({})
        self.bus_sizes: Observable[Sizes] = Observable({})
        self._back = BarButton("ALL TILES", "Z", "Show all tiles again", partial(self.show_alone, None))
        self._back.setParent(self)
        self._back.hide()
        self.setMouseTracking(True)

    @property
    def names(self) -> tuple[str, ...]:
        """What the places show, in order."""
        return tuple(name for name, _, _ in self._slots)

    @property
    def alone(self) -> str | None:
        """What is seen alone: a camera or a bus; None while all are seen."""
        if isinstance(self._alone, BusPlace):
            return self.names[self._views.index(self._alone)]
        return self._alone.camera if self._alone is not None else None

    # --- the beat ---

    def tick(self) -> None:
        """Take new pictures for at most PICTURES_S; what is on air and what is next always has its turn."""
        is_seen = self._can_be_seen()
        if is_seen != self._is_seen:
            self._is_seen = is_seen
            self._say_sizes()
        if not is_seen:
            return
        end_s = time.monotonic() + PICTURES_S
        views = list(self._shown())
        first = [view for view in views if not isinstance(view, Tile) or view.is_on_a_bus or view is self._alone]
        others = [view for view in views if view not in first]
        for view in first:
            view.poll()
        for _ in others:
            self._polled = (self._polled + 1) % len(others)
            others[self._polled].poll()
            if time.monotonic() > end_s:
                return

    def tick_words(self, now_ns: int) -> None:
        """Let ages and clocks go on; a few times a second."""
        for view in self._shown():
            view.tick(now_ns)

    def show_levels(self, levels: Levels) -> None:
        """Follow the cameras' own sound, and the meters of the channels that have a camera's name."""
        for view in self._shown():
            if not isinstance(view, Tile):
                continue
            view.show_own_level(self._deck.desk.camera_level(view.camera))
            if view.channel is not None and view.channel < len(levels.channels):
                view.show_level(levels.channels[view.channel].peak_dbfs)

    def _shown(self) -> Iterator[CameraPlace | SoloPlace | BusPlace]:
        """Every view with a picture that is to be seen now."""
        if self._alone is not None:
            yield self._alone
        else:
            yield from (view for view in self._views if not isinstance(view, EmptyPlace))

    def _can_be_seen(self) -> bool:
        handle = self.window().windowHandle()
        return self.isVisible() and not self.window().isMinimized() and handle is not None and handle.isExposed()

    # --- what there is ---

    def show_names(self, names: tuple[str, ...]) -> None:
        """Show these: the places that changed are built anew, the others go on undisturbed."""
        desk = self._deck.desk
        every = slots_of(desk.switcher.value, desk.cameras.value)
        of_camera = {camera: (number, scene) for number, scene, camera in every}
        slots = tuple((name, *of_camera.get(name, (0, ""))) for name in names)
        if slots != self._slots:
            self._rebuild(slots)
        for view in self._shown():
            if isinstance(view, Tile):
                view.show_state()
        self._say_sizes()  # a camera may be turned now

    def _rebuild(self, slots: tuple[Slot, ...]) -> None:
        alone, was_built = self.alone, bool(self._views)
        self._forget_alone()
        spare: dict[Slot, list[View]] = {}
        for slot, view in zip(self._slots, self._views, strict=True):
            spare.setdefault(slot, []).append(view)
        cameras = {camera.name for camera in self._deck.desk.cameras.value}
        before = self._views
        self._views = [spare[slot].pop() if spare.get(slot) else self._build(slot, cameras) for slot in slots]
        for view in before:
            if view not in self._views:
                view.setParent(None)
                view.deleteLater()
        self._slots = slots
        if alone in self.names:
            self.show_alone(self.names.index(alone))
        self.lay_out(has_moved=was_built)

    def _build(self, slot: Slot, cameras: set[str]) -> View:
        name, number, scene = slot
        if name in BUSES:
            bus = BusPlace(self._deck, name)
            bus.solo_wanted.connect(partial(self._turn_alone, bus))
            return _in(self, bus)
        if name not in cameras:
            return _in(self, EmptyPlace(name))
        tile = CameraPlace(self._deck, number, scene, name)
        tile.solo_wanted.connect(partial(self._turn_alone, tile))
        return _in(self, tile)

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._forget_alone()
        self._is_seen = False
        self._say_sizes()

    # --- one alone ---

    def under_pointer(self) -> int | None:
        """The place that the pointer is over, if it is over one that is seen."""
        at = self.mapFromGlobal(QCursor.pos())
        views = enumerate(self._views)
        return next((index for index, view in views if view.isVisible() and view.geometry().contains(at)), None)

    def on_preview(self) -> int | None:
        """The place of the camera on preview; else the first with a picture, if there is one."""
        scene = self._deck.desk.switcher.value.preview
        filled = [index for index, view in enumerate(self._views) if not isinstance(view, EmptyPlace)]
        return next((index for index in filled if scene and self._slots[index][2] == scene), next(iter(filled), None))

    def _turn_alone(self, view: View) -> None:
        self.show_alone(None if self._alone is not None else self._views.index(view))

    def show_alone(self, at: int | None) -> None:
        """See one place alone, or all of them again."""
        self._forget_alone()
        view = None if at is None else self._views[at]
        if isinstance(view, CameraPlace):
            solo = SoloPlace(self._deck, view.number, view.scene, view.camera)
            solo.solo_wanted.connect(partial(self.show_alone, None))
            self._alone = _in(self, solo)
        elif isinstance(view, BusPlace):
            self._alone = view
        self.lay_out(has_moved=True)

    def _forget_alone(self) -> None:
        alone, self._alone = self._alone, None
        if isinstance(alone, SoloPlace):
            alone.close_watches()
            alone.setParent(None)
            alone.deleteLater()

    # --- where it stands ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything grows and shrinks with it."""
        self.lay_out()

    def lay_out(self, *, has_moved: bool = False) -> None:
        """Place what is seen. `has_moved`: other tiles than before are there; a click on its way means those before."""
        room, shape = self.rect(), self._shape()
        count = max(1, len(self._views))
        layout = layout_for(count, room.width(), room.height(), shape)
        self.places = layout.places(room, shape, max(2, room.width() // 480))
        whole = layout_for(1, room.width(), room.height(), shape).places(room, shape, 0)[0]
        now_ns = self._deck.desk.clock.mono_ns()
        for view, place in zip(self._views, self.places, strict=True):
            is_alone = view is self._alone
            is_new = (view.geometry() != place) or view.isHidden()
            view.setGeometry(whole if is_alone else place)
            view.setVisible(self._alone is None or is_alone)
            if has_moved and is_new and isinstance(view, CameraPlace):
                view.moved_at(now_ns)
        if self._alone is not None:
            self._alone.setGeometry(whole)
            self._alone.show()
            self._alone.raise_()
            self._place_back(whole)
        self._back.setVisible(self._alone is not None)
        self._say_sizes()

    def _place_back(self, picture: QRect) -> None:
        """Where nothing else is said: at the upper edge of a camera, at the lower one of a bus."""
        with theme.scaled(bar_scale(self.window())):
            size, gap = self._back.sizeHint(), px(10)
        top = picture.bottom() - size.height() - gap if isinstance(self._alone, BusPlace) else picture.top() + gap
        self._back.setGeometry(picture.center().x() - size.width() // 2, top, size.width(), size.height())
        self._back.raise_()

    def _shape(self) -> float:
        """The canvas's height by its width."""
        width, height = self._deck.desk.switcher.value.canvas
        return height / max(1, width)

    def _say_sizes(self) -> None:
        """At how many device pixels each camera and bus is seen here."""
        tiles: Sizes = {}
        buses: Sizes = {}
        for view in self._shown() if self._is_seen else ():
            name = view.camera if isinstance(view, Tile) else self.names[self._views.index(view)]
            sizes = tiles if isinstance(view, Tile) else buses
            sizes[name] = larger(sizes.get(name, (0, 0)), view.wanted_size())
        self.tile_sizes.set(tiles)
        self.bus_sizes.set(buses)


def larger(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """A size in which both have room."""
    return max(one[0], other[0]), max(one[1], other[1])


def _in(wall: QWidget, view: V) -> V:
    """`view`, standing in `wall`; the wall hears of the pointer over it."""
    view.setParent(wall)
    view.setMouseTracking(True)
    return view
