"""The windows that the director's one opens beside itself by a key: the clock page and the host's. Qt thread only."""

from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from widgets.ask import Deck
from widgets.clock_page import ClockPage
from widgets.host_window import HostWindow
from widgets.keys import Keys, Local
from widgets.own_page import Door


class OwnWindows:
    """The doors of both."""

    def __init__(self, deck: Deck, window: QWidget, keys: Keys, *, local: Local, over: Callable[[], QRect]) -> None:
        """`local`: what a key means in the director's window alone; `over`: what they may cover of it."""
        desk = deck.desk
        self.clock = Door(lambda: ClockPage(desk.clock, desk.cameras, window), window, keys, local=local, over=over)
        self.host = Door(lambda: HostWindow(deck, window), window, keys, local=local, over=over)
        self.keys = {
            "C": ("Clock page: open or close (C)", self.clock.toggle),
            "H": ("Host's window: open or close (H)", self.host.toggle),
        }

    def leave(self) -> None:
        """Close what covers something of the director's window."""
        self.clock.leave()
        self.host.leave()

    def close(self) -> None:
        """Close what is open."""
        self.clock.close()
        self.host.close()
