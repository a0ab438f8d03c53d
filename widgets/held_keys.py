"""Keys that are held while a list has the keyboard: a repeat that X11 does not mark is no release. Qt thread only."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from widgets.keys import RELEASE_MS


class HeldKeys(QObject):
    """Says when one of some keys goes down, and when it is let go."""

    turned = Signal(int, bool)  # the key, as Qt names it, and whether it is down

    def __init__(self, keys: Iterable[int], parent: QObject) -> None:
        super().__init__(parent)
        self._leaving = {key: self._timer(key) for key in keys}  # let go, unless it is pressed again at once

    def _timer(self, key: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(lambda: self.turned.emit(key, False))
        return timer

    def take_press(self, event: QKeyEvent) -> bool:
        """Begin a hold, or go on with one; False for a key that is none of these."""
        leaving = self._leaving.get(event.key())
        if leaving is None:
            return False
        if leaving.isActive():
            leaving.stop()
        elif not event.isAutoRepeat():
            self.turned.emit(event.key(), True)
        return True

    def take_release(self, event: QKeyEvent) -> bool:
        """End a hold; False for a key that is none of these."""
        leaving = self._leaving.get(event.key())
        if leaving is not None and not event.isAutoRepeat():
            leaving.start(RELEASE_MS)
        return leaving is not None

    def let_go(self) -> None:
        """The keyboard is somebody else's now."""
        for key, leaving in self._leaving.items():
            leaving.stop()
            self.turned.emit(key, False)
