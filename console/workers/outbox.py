"""What waits to be sent to one worker. Nobody waits for one that reads nothing: a thread of its own does the writing.

All but the writing is in the supervisor's thread. Only one message at a time is handed over, so that those behind it
can still be replaced.
"""

import contextlib
import pickle
import queue
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any


class Outbox:
    """The way to one process; ends with it. `do` has the supervisor's thread run a job."""

    def __init__(
        self, connection: "Connection[Any, Any]", *, name: str, do: Callable[[Callable[[], None]], None]
    ) -> None:
        self._connection = connection
        self._do = do
        self._waiting: list[object] = []
        self._handed_over: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._is_writing = False
        self._thread = threading.Thread(target=self._write, name=f"to {name}", daemon=True)
        self._thread.start()

    def send(self, message: object, *, replaces: bool = False) -> None:
        """Send a message after those that wait; never blocks. `replaces`: in place of those of its type that wait."""
        if replaces:
            self._waiting = [one for one in self._waiting if type(one) is not type(message)]
        self._waiting.append(message)
        self._hand_over()

    def close(self) -> None:
        """Send nothing more. Only once the other end is closed: a write that is under way has failed then."""
        self._handed_over.put(None)
        self._thread.join()

    def _hand_over(self) -> None:
        if self._waiting and not self._is_writing:
            self._handed_over.put(pickle.dumps(self._waiting.pop(0)))
            self._is_writing = True

    def _written(self) -> None:
        self._is_writing = False
        self._hand_over()

    # --- the writing thread ---

    def _write(self) -> None:
        while (message := self._handed_over.get()) is not None:
            with contextlib.suppress(OSError):  # the worker has died: the supervisor finds out by itself
                self._connection.send_bytes(message)
            self._do(self._written)
