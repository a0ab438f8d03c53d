"""The multiview: a second window for a second screen, with any set of tiles. Qt thread only.

Closed it is gone: no watch, no picture, no beat of its own (the director's window polls it). Its keys are the show's.
"""

import math
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QCursor, QIcon, QMouseEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QWidget

from console.audio.state import Levels
from console.core.journal import Origin
from console.core.observable import Observable
from widgets import theme
from widgets.ask import Deck
from widgets.multiview_arranging import ArrangeLayer
from widgets.multiview_bar import MultiviewBar
from widgets.multiview_layouts import BUSES, layout_for, resized, shown
from widgets.multiview_tiles import BusPlace, CameraPlace, EmptyPlace
from widgets.second_screen import Placed, WindowPlace, other_screen
from widgets.stage import PICTURES_S, slots_of

PlaceView = CameraPlace | BusPlace | EmptyPlace
Slot = tuple[str, int, str]  # what it shows, its scene's number or 0, its scene
SMALLEST: Final = QSize(480, 270)
_FIRST_SIZE: Final = 0.6  # of the screen, where there is no second one
_BAR_MS: Final = 3000  # over a full screen, after the pointer was moved
_HINT: Final = "Drag, or arrows choose · Shift arrows move · Tab changes · - = places · A keeps · Esc leaves it"
_STEPS: Final = {"-": -1, "=": 1}


class Multiview(QWidget):
    """The window. Build it when it is wanted, `show_on` a screen, `tick` it; `close` ends it, `closed` tells so."""

    closed = Signal()

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._slots: tuple[Slot, ...] = ()
        self._views: list[PlaceView] = []
        self._draft: tuple[str, ...] | None = None  # while arranging
        self._solo: int | None = None
        self._polled = 0
        self.tile_sizes: Observable[dict[str, tuple[int, int]]] = Observable({})
        self.bus_sizes: Observable[dict[str, tuple[int, int]]] = Observable({})
        self.placed = Placed(self)
        self._layer = ArrangeLayer(self._arranged, self)
        self._bar = MultiviewBar(
            deck, step=self._step, arrange=self.arrange, full=self.placed.toggle, close=self.close, parent=self
        )
        self._bar_timer = QTimer(self)
        self._bar_timer.setSingleShot(True)
        self._bar_timer.timeout.connect(self._lay_out)
        self._layer.hide()
        self._dress()
        desk = deck.desk
        self._undo = [
            each.watch(lambda _: self._show(), now=False)
            for each in (desk.show, desk.cameras, desk.switcher, desk.hot)
        ]  # fmt: skip
        self._show()

    def _dress(self) -> None:
        self.setWindowTitle("Multiview · Cuedrop")
        self.setWindowIcon(QIcon(str(theme.RESOURCES / "icons" / "cuedrop.svg")))
        self.setAccessibleName("Multiview")
        self.setMinimumSize(SMALLEST)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMouseTracking(True)
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Window, QColor("#000000"))
        self.setPalette(palette)
        self.setAutoFillBackground(True)

    # --- the window ---

    def show_on(self, beside: QWidget, place: WindowPlace | None) -> bool:
        """Show it where it was; the first time: filling a screen that `beside` is not on, else as a window.

        False when the screen where it was is not there: it is on this one then, and fills nothing.
        """
        is_there = place is None or self.placed.restore(place)
        other = other_screen(beside)
        if place is None and other is not None:
            self.resize(other.availableSize() * _FIRST_SIZE)
            self.placed.fill(other)
        elif place is None or not is_there:
            room = beside.screen().availableGeometry()
            self.resize(room.size() * _FIRST_SIZE)
            self.move(room.bottomRight() - self.rect().bottomRight())
        self.show()
        self.activateWindow()
        return is_there

    def closeEvent(self, event: QCloseEvent) -> None:
        """Watch nothing any more, and tell it; a draft that was not kept is gone."""
        for undo in self._undo:
            undo()
        self._undo = []
        self.tile_sizes.set({})
        self.bus_sizes.set({})
        event.accept()
        self.closed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Nobody sees a minimised window: its tiles cost nothing."""
        if event.type() is QEvent.Type.WindowStateChange:
            self._tell_sizes()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything grows and shrinks with it."""
        self._lay_out()

    def event(self, event: QEvent) -> bool:
        """Moving the pointer shows the bar over a full screen for a moment."""
        if event.type() is QEvent.Type.HoverMove and self.placed.is_full:
            self._wake_bar()
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """As over a tile."""
        self._wake_bar()

    def _wake_bar(self) -> None:
        was_awake = self._bar_timer.isActive()
        self._bar_timer.start(_BAR_MS)
        if not was_awake:
            self._lay_out()

    # --- the beat ---

    def tick(self, now_ns: int) -> None:
        """Poll the pictures, for at most PICTURES_S; what did not get its turn comes first the next time."""
        views = [view for view in self._views if isinstance(view, CameraPlace | BusPlace)]
        end_s = time.monotonic() + PICTURES_S
        for _ in views:
            self._polled = (self._polled + 1) % len(views)
            views[self._polled].poll()
            if time.monotonic() > end_s:
                return

    def tick_words(self, now_ns: int) -> None:
        """Let ages and clocks go on; a few times a second."""
        for view in self._views:
            if isinstance(view, CameraPlace | BusPlace):
                view.tick(now_ns)

    def show_levels(self, levels: Levels) -> None:
        """Follow the meters."""
        for view in self._views:
            if isinstance(view, CameraPlace) and view.channel is not None and view.channel < len(levels.channels):
                view.show_level(levels.channels[view.channel].peak_dbfs)

    # --- keys ---

    def key(self, chord: str) -> bool:
        """Do what a key means in this window alone; True when it means something here."""
        if self._draft is not None and self._layer.key(chord):
            return True
        own: dict[str, Callable[[], None]] = {
            "A": self.arrange, "Z": self.solo, "F11": self.placed.toggle,
        }  # fmt: skip
        if chord in own:
            own[chord]()
            return True
        if chord in _STEPS:
            self._step(_STEPS[chord])
            return True
        return chord == "S" and self._snapshot()

    def leave(self) -> None:
        """Esc: leave what was arranged as it was; else show all tiles again."""
        if self._draft is not None:
            self._end_arranging()
        elif self._solo is not None:
            self._show_alone(None)

    def _snapshot(self) -> bool:
        """Of the camera that is alone or under the pointer; else it is the desk's to say of which."""
        at = self._solo if self._solo is not None else self._under_pointer()
        name = self._slots[at][0] if at is not None else ""
        if name not in self._cameras():
            return False
        self._deck.ask("camera.snapshot", Origin.KEY, {"camera": name})
        return True

    # --- solo ---

    @property
    def alone(self) -> str | None:
        """What is shown alone; None while all are shown."""
        return None if self._solo is None else self._slots[self._solo][0]

    def solo(self) -> None:
        """Show one tile alone: the one under the pointer, else the one on preview; again for all of them."""
        if self._draft is None:
            self._show_alone(self._wanted_alone() if self._solo is None else None)

    def _wanted_alone(self) -> int:
        under = self._under_pointer()
        if under is not None:
            return under
        scene = self._deck.desk.switcher.value.preview
        places = range(len(self._slots))
        return next((at for at in places if scene and self._slots[at][2] == scene), 0)

    def _under_pointer(self) -> int | None:
        at = self.mapFromGlobal(QCursor.pos())
        views = enumerate(self._views)
        return next((index for index, view in views if view.isVisible() and view.geometry().contains(at)), None)

    def _show_alone(self, at: int | None) -> None:
        self._solo = at
        self._lay_out()

    def _turn_solo(self, at: int) -> None:
        self._show_alone(at if self._solo is None else None)

    # --- arranging ---

    @property
    def is_arranging(self) -> bool:
        """True while tiles are moved instead of pressed."""
        return self._draft is not None

    @property
    def names(self) -> tuple[str, ...]:
        """What the places show, in order."""
        return tuple(name for name, _, _ in self._slots)

    def arrange(self) -> None:
        """Begin to arrange; again: keep it."""
        if self._draft is None:
            self._solo = None
            self._draft = self._wanted()
            self._show()
            self._lay_out()
            return
        kept = self._draft
        is_new = kept != self._as_kept()
        self._end_arranging()
        if is_new:
            self._keep(kept)

    def _end_arranging(self) -> None:
        self._draft = None
        self._show()
        self._lay_out()

    def _arranged(self, names: tuple[str, ...]) -> None:
        self._draft = names
        self._show()

    def _step(self, step: int) -> None:
        """A place more or less: at once, or in the draft."""
        changed = resized(self._wanted(), len(self._wanted()) + step, self._cameras())
        if self._draft is not None:
            self._arranged(changed)
        elif changed != self._wanted():
            self._keep(changed)

    def _keep(self, names: tuple[str, ...]) -> None:
        """Ask for it; the show tells when it is so."""
        self._deck.ask("multiview.arrange", Origin.BUTTON, {"tiles": len(names), "cameras": list(names)})

    def _cameras(self) -> tuple[str, ...]:
        return tuple(camera.name for camera in self._deck.desk.cameras.value)

    def _as_kept(self) -> tuple[str, ...]:
        return shown(self._deck.desk.show.value.multiview, self._cameras())

    def _wanted(self) -> tuple[str, ...]:
        return self._draft if self._draft is not None else self._as_kept()

    # --- tiles ---

    def _show(self) -> None:
        """Follow the desk: other tiles when others are wanted, else only what they say."""
        desk = self._deck.desk
        of_camera = {camera: (number, scene) for number, scene, camera in slots_of(desk.switcher.value,
                                                                                  desk.cameras.value)}  # fmt: skip
        slots = tuple((name, *of_camera.get(name, (0, ""))) for name in self._wanted())
        if slots != self._slots:
            self._rebuild(slots)
        for view in self._views:
            if isinstance(view, CameraPlace):
                view.show_state()
        self._show_bar()

    def _rebuild(self, slots: tuple[Slot, ...]) -> None:
        """Build the places that changed; the others go on undisturbed."""
        alone = self.alone
        spare: dict[Slot, list[PlaceView]] = {}
        for slot, view in zip(self._slots, self._views, strict=True):
            spare.setdefault(slot, []).append(view)
        cameras = self._cameras()
        self._views = [spare[slot].pop() if spare.get(slot) else self._build(slot, cameras) for slot in slots]
        for view in (each for views in spare.values() for each in views):
            view.setParent(None)
            view.deleteLater()
        self._slots = slots
        self._solo = self.names.index(alone) if alone in self.names else None
        self._lay_out()

    def _build(self, slot: Slot, cameras: tuple[str, ...]) -> PlaceView:
        name, number, scene = slot
        if name not in cameras and name not in BUSES:
            view: PlaceView = EmptyPlace(name)
        elif name in BUSES:
            view = BusPlace(self._deck, name)
        else:
            view = CameraPlace(self._deck, number, scene, name)
        view.setParent(self)
        view.setMouseTracking(True)
        view.setAttribute(Qt.WidgetAttribute.WA_Hover)
        if isinstance(view, CameraPlace | BusPlace):
            view.solo_wanted.connect(lambda: self._turn_solo(self._views.index(view)))
        return view

    # --- layout ---

    def _lay_out(self) -> None:
        """Place what is seen, and say at which size."""
        is_awake = self._bar_timer.isActive()
        has_row = not self.placed.is_full or self._draft is not None
        with theme.scaled(theme.scale_for(max(1280, self.width()), max(720, self.height()))):
            self._show_bar()
            bar = self._bar.sizeHint().height()
        self._bar.setGeometry(0, self.height() - bar, self.width(), bar)
        self._bar.setVisible(has_row or is_awake)
        room = self.rect().adjusted(0, 0, 0, -bar if has_row else 0)
        places = self._places(room)
        for index, (view, place) in enumerate(zip(self._views, places, strict=True)):
            is_seen = self._solo in (None, index)
            view.setGeometry(self._alone_in(room) if self._solo == index else place)
            view.setVisible(is_seen)
        self._layer.setGeometry(room)
        self._layer.setVisible(self._draft is not None)
        if self._draft is not None:
            self._layer.show_places(self.names, places, self._cameras())
        self._layer.raise_()
        self._bar.raise_()
        self._tell_sizes()

    def _shape(self) -> float:
        width, height = self._deck.desk.switcher.value.canvas
        return height / max(1, width)

    def _places(self, room: QRect) -> list[QRect]:
        gap = max(2, room.width() // 480)
        layout = layout_for(max(1, len(self._views)), room.width(), room.height(), self._shape())
        return layout.places(room, self._shape(), gap)

    def _alone_in(self, room: QRect) -> QRect:
        return layout_for(1, room.width(), room.height(), self._shape()).places(room, self._shape(), 0)[0]

    def _show_bar(self) -> None:
        cameras = self._cameras()
        self._bar.show_state(
            self._deck.desk.show.value.multiview,
            count=len(self._views),
            hidden=sum(name not in self.names for name in cameras),
            hint=_HINT if self._draft is not None else "",
            is_full=self.placed.is_full,
        )

    def _tell_sizes(self) -> None:
        """At how many device pixels each camera and bus is seen here."""
        tiles: dict[str, tuple[int, int]] = {}
        buses: dict[str, tuple[int, int]] = {}
        for (name, _, _), view in zip(self._slots, self._views, strict=True):
            if isinstance(view, EmptyPlace) or not view.isVisibleTo(self) or self.isMinimized():
                continue
            sizes = tiles if isinstance(view, CameraPlace) else buses
            sizes[name] = larger(sizes.get(name, (0, 0)), _pixels(view))
        self.tile_sizes.set(tiles)
        self.bus_sizes.set(buses)


def larger(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """A size in which both have room."""
    return max(one[0], other[0]), max(one[1], other[1])


def _pixels(view: CameraPlace | BusPlace) -> tuple[int, int]:
    room, ratio = view.picture_rect(), view.devicePixelRatioF()
    return math.ceil(room.width() * ratio), math.ceil(room.height() * ratio)
