"""Press and hold, the same for keys and buttons: who holds, how far, and what happens at the end. Qt thread only."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer


@dataclass(slots=True)
class _Hold:
    began_s: float
    needed_s: float
    timer: QTimer


class Holds(QObject):
    """Every hold that is running, by a name (the action's id), so that a key fills the button that does the same."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: dict[str, _Hold] = {}
        self._latches: dict[str, Callable[[], None]] = {}

    def start(self, name: str, needed_s: float, at_end: Callable[[], None]) -> None:
        """Begin to hold `name`; `at_end` is called once if it is not let go before `needed_s`."""
        if name in self._running:
            return
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setTimerType(Qt.TimerType.PreciseTimer)

        def end() -> None:
            if self._running.pop(name, None) is not None:
                timer.deleteLater()
                at_end()

        timer.timeout.connect(end)
        self._running[name] = _Hold(time.monotonic(), needed_s, timer)
        timer.start(round(needed_s * 1000))

    def let_go(self, name: str) -> bool:
        """End the hold of `name` without its effect; True when it was still running."""
        hold = self._running.pop(name, None)
        if hold is None:
            return False
        hold.timer.stop()
        hold.timer.deleteLater()
        return True

    def press(self, name: str, release: Callable[[], None]) -> None:
        """`name` acts for as long as it is held (talkback); `release` is called once when it is let go."""
        self._latches.setdefault(name, release)

    def is_pressed(self, name: str) -> bool:
        """True while a press-and-hold action like talkback is held."""
        return name in self._latches

    def release(self, name: str) -> None:
        """End what `press` began."""
        release = self._latches.pop(name, None)
        if release is not None:
            release()

    def end_all(self) -> None:
        """Let go of everything: the window lost the focus, or nobody knows where the finger is."""
        for name in tuple(self._running):
            self.let_go(name)
        for name in tuple(self._latches):
            self.release(name)

    def fraction(self, name: str) -> float:
        """How far the hold of `name` is, 0.0 to 1.0; 0.0 when it is not held."""
        hold = self._running.get(name)
        if hold is None:
            return 0.0
        return min(1.0, (time.monotonic() - hold.began_s) / hold.needed_s)
