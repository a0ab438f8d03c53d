"""The multiview: a second window for a second screen, with any set of tiles. Qt thread only.

Closed it is gone: no watch, no picture, no beat of its own (the director's window polls it). Its keys are the show's.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QIcon, QMouseEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QWidget

from console.core.journal import Origin
from console.desk.view import Notice
from widgets import theme
from widgets.ask import Deck
from widgets.multiview_arranging import ArrangeLayer
from widgets.multiview_bar import MultiviewBar
from widgets.multiview_layouts import resized, shown
from widgets.multiview_wall import MultiviewWall
from widgets.second_screen import Placed, WindowPlace, other_screen

SMALLEST: Final = QSize(640, 320)
_FIRST_SIZE: Final = 0.6  # of the screen, where there is no second one
BAR_MS: Final = 3000  # over a full screen, after the pointer was moved
_HINTS: Final = (
    "Drag, or arrows choose · Ctrl arrows move · Tab changes · - = places · Enter keeps · Esc leaves it",
    "Arrows choose · Ctrl arrows move · Tab changes · Enter keeps · Esc leaves it",
)
_STEPS: Final = {"-": -1, "=": 1}
_ALWAYS: Final = ("X", "Alt+F4")  # STOP SALE, and how a system closes windows; SAFE is heard before any window's keys
_NO_KEY: Final = Notice("Tiles are being arranged: that key did nothing.", "Enter keeps them so, Esc leaves it.")


class Multiview(QWidget):
    """The window. Build it when it is wanted, `show_on` a screen, `tick` it; `close` ends it, `closed` tells so."""

    closed = Signal()

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._draft: tuple[str, ...] | None = None  # while arranging
        self.placed = Placed(self)
        self.wall = MultiviewWall(deck, self)
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
        watched = (desk.show, desk.cameras, desk.switcher, desk.hot)
        self._undo = [each.watch(lambda _: self._show(), now=False) for each in watched]
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

    def show_on(self, over: QWidget, place: WindowPlace | None) -> bool:
        """Show it where it was; the first time: filling a screen that `over` is not on, else as a window over it.

        False when the screen where it was is not there: it is on this one then, and fills nothing.
        """
        is_there = place is None or self.placed.restore(place)
        other = other_screen(over.window())
        if place is None and other is not None:
            self.resize(other.availableSize() * _FIRST_SIZE)
            self.placed.fill(other)
        elif place is None or not is_there:
            self.setGeometry(QRect(over.mapToGlobal(over.rect().topLeft()), over.size().expandedTo(SMALLEST)))
        self.show()
        if not self.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating):
            self.activateWindow()
        return is_there

    def closeEvent(self, event: QCloseEvent) -> None:
        """Watch nothing any more, and tell it; a draft that was not kept is gone."""
        for undo in self._undo:
            undo()
        self._undo = []
        self.wall.close_watches()
        event.accept()
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything grows and shrinks with it."""
        self._lay_out()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Moving the pointer, over a tile too, shows the bar over a full screen for a moment."""
        if self.placed.is_full:
            self._wake_bar()

    def _wake_bar(self) -> None:
        was_awake = self._bar_timer.isActive()
        self._bar_timer.start(BAR_MS)
        if not was_awake:
            self._lay_out()

    # --- keys ---

    def key(self, chord: str) -> bool:
        """Do what a key means in this window alone; True when it means something here.

        While arranging all keys are its own but STOP SALE: none does elsewhere what cannot be seen from here.
        """
        if self._draft is not None and self._layer.key(chord):
            return True
        own: dict[str, Callable[[], None]] = {"A": lambda: self.arrange(Origin.KEY), "F11": self.placed.toggle}
        own |= {"Z": self.solo} if self._draft is None else {"Enter": own["A"], "Esc": self._end_arranging}
        if chord in own:
            own[chord]()
        elif chord in _STEPS:
            self._step(_STEPS[chord], Origin.KEY)
        elif self._draft is not None:
            return self._refused(chord)
        else:
            return chord == "S" and self._snapshot()
        return True

    def _refused(self, chord: str) -> bool:
        """Say that a key does nothing while arranging; False for the few that always work."""
        if chord in _ALWAYS:
            return False
        self._deck.ask.tell(_NO_KEY)
        return True

    def leave(self) -> None:
        """Esc in this window: leave what was arranged as it was; else show all tiles again."""
        if not self.isActiveWindow():
            return
        if self._draft is not None:
            self._end_arranging()
        elif self.wall.alone is not None:
            self.wall.show_alone(None)

    def _snapshot(self) -> bool:
        """Of the camera that is alone or under the pointer; else it is the desk's to say of which."""
        under = self.wall.under_pointer()
        name = self.wall.alone or (self.wall.names[under] if under is not None else "")
        if name not in self._cameras():
            return False
        self._deck.ask("camera.snapshot", Origin.KEY, {"camera": name})
        return True

    def solo(self) -> None:
        """Show one tile alone: the one under the pointer, else the one on preview; again for all of them."""
        if self._draft is not None:
            return
        under = self.wall.under_pointer()
        wanted = under if under is not None else self.wall.on_preview()
        self.wall.show_alone(wanted if self.wall.alone is None else None)

    # --- arranging ---

    @property
    def is_arranging(self) -> bool:
        """True while tiles are moved instead of pressed."""
        return self._draft is not None

    def arrange(self, origin: Origin = Origin.BUTTON) -> None:
        """Begin to arrange; again: keep it."""
        if self._draft is None:
            self.wall.show_alone(None)
            self._draft = self._wanted()
            self._show()
            self._lay_out()
            return
        kept = self._draft
        is_new = kept != self._as_kept()
        self._end_arranging()
        if is_new:
            self._keep(kept, origin)

    def _end_arranging(self) -> None:
        self._draft = None
        self._show()
        self._lay_out()

    def _arranged(self, names: tuple[str, ...]) -> None:
        self._draft = names
        self._show()

    def _step(self, step: int, origin: Origin = Origin.BUTTON) -> None:
        """A place more or less: at once, or in the draft."""
        changed = resized(self._wanted(), len(self._wanted()) + step, self._cameras())
        if self._draft is not None:
            self._arranged(changed)
        elif changed != self._wanted():
            self._keep(changed, origin)

    def _keep(self, names: tuple[str, ...], origin: Origin) -> None:
        """Ask for it; the show tells when it is so."""
        self._deck.ask("multiview.arrange", origin, {"tiles": len(names), "cameras": list(names)})

    def _cameras(self) -> tuple[str, ...]:
        return tuple(camera.name for camera in self._deck.desk.cameras.value)

    def _as_kept(self) -> tuple[str, ...]:
        return shown(self._deck.desk.show.value.multiview, self._cameras())

    def _wanted(self) -> tuple[str, ...]:
        return self._draft if self._draft is not None else self._as_kept()

    # --- what is seen ---

    def _show(self) -> None:
        """Follow the desk, and the draft while arranging."""
        self.wall.show_names(self._wanted())
        self._show_layer()
        self._show_bar()

    def _lay_out(self) -> None:
        """The tiles fill the window; a bar below them, or over them for a moment where they fill the screen."""
        has_row = not self.placed.is_full or self._draft is not None
        self._show_bar()
        bar = self._bar.height()
        self._bar.setVisible(has_row or self._bar_timer.isActive())
        room = self.rect().adjusted(0, 0, 0, -bar if has_row else 0)
        self.wall.setGeometry(room)
        self._layer.setGeometry(room)
        self._layer.setVisible(self._draft is not None)
        self._layer.raise_()
        self._bar.raise_()
        self._show_layer()

    def _show_layer(self) -> None:
        if self._draft is not None:
            self._layer.show_places(self.wall.names, self.wall.places, self._cameras())

    def _show_bar(self) -> None:
        self._bar.show_state(
            self._deck.desk.show.value.multiview,
            count=len(self.wall.names),
            hidden=sum(name not in self.wall.names for name in self._cameras()),
            hints=_HINTS if self._draft is not None else (),
            is_full=self.placed.is_full,
        )
        self._bar.place(self.rect())
