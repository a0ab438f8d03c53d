"""The second window's coming and going, and what both windows together need to see. Qt thread only."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from console.core.observable import Observable
from console.desk.view import Notice
from widgets.ask import Deck
from widgets.keys import Keys, Local
from widgets.multiview import Multiview
from widgets.multiview_wall import Sizes, larger
from widgets.second_screen import Placed, WindowPlaces
from widgets.stage import Stage


class SecondWindow(QObject):
    """Opens and closes the multiview beside the director's window, and remembers where both stood."""

    changed = Signal()  # it came, went, or shows something at another size

    def __init__(self, deck: Deck, beside: QWidget, stage: Stage) -> None:
        super().__init__(beside)
        self._deck, self._beside, self._stage = deck, beside, stage
        self._places = WindowPlaces()
        self.placed = Placed(beside)
        self.window: Multiview | None = None
        self.tile_sizes: Observable[Sizes] = Observable({})
        self.bus_sizes: Observable[Sizes] = Observable({})
        self._undo = [each.watch(lambda _: self._join_sizes()) for each in (stage.tile_sizes, stage.bus_size)]

    def listen(self, keys: Keys, local: Local) -> None:
        """Hear keys through `keys`; `local` is what a key means in the director's window alone."""
        self._keys, self._local = keys, local

    def open(self, *, takes_keyboard: bool = True) -> None:
        """Open it where it was last; the first time on a second screen, if there is one."""
        if self.window is not None:
            return
        window = self.window = Multiview(self._deck)
        window.closed.connect(self._closed)
        self._keys.join(window, lambda chord: window.key(chord) or self._local(chord))
        self._keys.tapped.connect(window.leave)
        for sizes in (window.wall.tile_sizes, window.wall.bus_sizes):
            sizes.watch(lambda _: self._join_sizes(), now=False)
        window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not takes_keyboard)
        if not window.show_on(self._stage, self._places.multiview):
            what = "The screen where the multiview was is not there: it is on this one."
            self._deck.ask.tell(Notice(what, "Plug the screen in and open it again with V, or leave it here."))
        self.changed.emit()

    def toggle(self) -> None:
        """Open it, or close it."""
        if self.window is None:
            self.open()
        else:
            self.window.close()

    def close(self) -> None:
        """The director's window closes: this one does, too, and is open again the next time."""
        self._places = self.places()
        is_open = self._places.has_multiview
        if self.window is not None:
            self.window.close()
        self._places = replace(self._places, has_multiview=is_open)
        for undo in self._undo:
            undo()

    def places(self) -> WindowPlaces:
        """Where both windows are, or were when they were closed."""
        if self._beside.isVisible():
            there = self.window.placed.place() if self.window else self._places.multiview
            self._places = WindowPlaces(self.placed.place(), there, self.window is not None)
        return self._places

    def restore(self, places: WindowPlaces) -> None:
        """Put the director's window where it stood, with the multiview open if it was; before the window is shown."""
        self._places = places
        if places.main is not None:
            self.placed.restore(places.main)
        if places.has_multiview:
            self._beside.show()
            self.open(takes_keyboard=False)

    def do(self, job: Callable[[Multiview], None]) -> None:
        """Do `job` with the window, if it is open."""
        if self.window is not None:
            job(self.window)

    def _closed(self) -> None:
        window, self.window = self.window, None
        if window is None:
            return
        self._places = replace(self._places, multiview=window.placed.place(), has_multiview=False)
        self._keys.part(window)
        self._keys.tapped.disconnect(window.leave)
        window.deleteLater()
        self._join_sizes()
        self._beside.activateWindow()

    def _join_sizes(self) -> None:
        """The size in device pixels at which each camera and bus is seen, in whichever window it is larger."""
        bus = self._stage.bus_size.value
        tiles: Sizes = dict(self._stage.tile_sizes.value)
        buses: Sizes = dict.fromkeys(("program", "preview"), bus) if all(bus) else {}
        if self.window is not None:
            wall = self.window.wall
            for all_of_them, here in ((tiles, wall.tile_sizes.value), (buses, wall.bus_sizes.value)):
                for name, size in here.items():
                    all_of_them[name] = larger(size, all_of_them.get(name, (0, 0)))
        self.tile_sizes.set(tiles)
        self.bus_sizes.set(buses)
        self.changed.emit()
