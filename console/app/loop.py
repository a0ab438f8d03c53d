"""The loop of a console with a window: qasync's, in which what is due now comes before the next painting.

qasync gives each `call_soon` a timer of its own, and Qt paints before it looks at timers: an answer that takes four
turns of the loop waits for four paintings. Here all that is due runs in one posted event, as in asyncio's own loops.
Qt thread only.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any, Final

import qasync
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication

TURN: Final = QEvent.Type(QEvent.registerEventType())
PAINTS_WAIT_S: Final = 0.008  # then the window has its turn first, however much is due
NEXT: Final = Qt.EventPriority.NormalEventPriority.value
AFTER_PAINTING: Final = Qt.EventPriority.LowEventPriority.value - 1  # Qt asks for painting at LowEventPriority


class Loop(qasync.QEventLoop):  # type: ignore[misc]  # the library has no types
    """asyncio on Qt's loop."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._turns = _Turns()

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        """Call it in the next turn, in the order in which such calls came."""
        handle = asyncio.Handle(callback, args, self, context)
        self._turns.add(handle)
        return handle

    def close(self) -> None:
        """Nothing that is due runs any more."""
        self._turns.stop()
        super().close()


class _Turns(QObject):
    """What is due, run in one posted event: turn after turn until nothing is, or the window must be painted."""

    def __init__(self) -> None:
        super().__init__()
        self._due: deque[asyncio.Handle] = deque()
        self._is_posted = False

    def add(self, handle: asyncio.Handle) -> None:
        """Run this one in the next turn."""
        self._due.append(handle)
        if not self._is_posted:
            self._post(NEXT)

    def stop(self) -> None:
        """Forget what is due."""
        self._due.clear()

    def event(self, event: QEvent) -> bool:
        """Run what is due."""
        if event.type() != TURN:
            return super().event(event)
        until_s = time.monotonic() + PAINTS_WAIT_S
        while self._due and time.monotonic() < until_s:
            for _ in range(len(self._due)):
                if self._due:  # one of them may have closed the loop
                    self._run(self._due.popleft())
        self._is_posted = False
        if self._due:
            self._post(AFTER_PAINTING)
        return True

    @staticmethod
    def _run(handle: asyncio.Handle) -> None:
        if not handle.cancelled():
            handle._run()

    def _post(self, priority: int) -> None:
        self._is_posted = True
        QCoreApplication.postEvent(self, QEvent(TURN), priority)
