"""Qt's loop as asyncio's, where what is ready runs before the window is painted. Loop thread, but for what says so."""

import asyncio
import contextvars
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import qasync
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication

TURN_S: Final = 0.004
"""So long may ready callbacks, and those that they make ready, hold up the window before it has its turn."""


class WindowLoop(qasync.QEventLoop):  # type: ignore[misc] # qasync says no types
    """qasync sets a timer for every callback, and Qt paints between two of them: an answer waited for many paintings.

    Here a turn runs all that is ready, as asyncio's own loop does, and goes on with what became ready by it.
    """

    def __init__(self, application: QApplication) -> None:
        self._due: deque[asyncio.Handle] = deque()
        self._is_called = False
        self._turns = _Turns(self._turn)
        super().__init__(application)

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """Run a callback in the next turn, in the order of the calls. Raises RuntimeError when the loop is closed."""
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._due.append(handle)
        self._call()
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """The same from any thread."""
        return self.call_soon(callback, *args, context=context)

    def _call(self) -> None:
        # from another thread: at worst one turn too many, since what is ready stands there before the question
        if not self._is_called:
            self._is_called = True
            QCoreApplication.postEvent(self._turns, QEvent(QEvent.Type.User))

    def close(self) -> None:
        """Forget what is due: the next loop's turns run nothing of this one."""
        super().close()
        self._due.clear()

    def _turn(self) -> None:
        self._is_called = False
        until = time.monotonic() + TURN_S
        try:
            while self._due and time.monotonic() < until:
                handle = self._due.popleft()
                if not handle.cancelled():
                    handle._run()
        finally:
            if self._due:
                self._call()


class _Turns(QObject):
    """Takes the calls to a turn: they come before the painting, which Qt puts last."""

    def __init__(self, turn: Callable[[], None]) -> None:
        super().__init__()
        self._turn = turn

    def event(self, event: QEvent) -> bool:
        """Run a turn."""
        if event.type() != QEvent.Type.User:
            return super().event(event)
        self._turn()
        return True
