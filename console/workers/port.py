"""The worker's side: its way to the console, its heartbeat, and its end. Runs in the worker process."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import Any

from console.workers.shared import SharedFile

BEAT = "__beat__"
STOP = "__stop__"

log = logging.getLogger(__name__)


class Stopped(Exception):
    """The console has told this worker to end. Raised by `receive`; main may let it pass."""


class WorkerPort:
    """What a worker's main gets: messages both ways and the heartbeat."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection

    def beat(self) -> None:
        """Say that this worker is alive; at least every third of its heartbeat time."""
        self.send(BEAT)

    def send(self, message: object) -> None:
        """Send a small picklable message to the console. Ends the process when the console is gone.

        Below 16 kB it goes out in one piece: a worker that hangs never leaves half a message behind, on which the
        supervisor of all workers would wait.
        """
        try:
            self._connection.send(message)
        except OSError:
            os._exit(0)

    def receive(self, timeout_s: float) -> Any:
        """The next message, or None after `timeout_s`. Raises Stopped when told to end."""
        try:
            if not self._connection.poll(timeout_s):
                return None
            message = self._connection.recv()
        except (EOFError, OSError):
            os._exit(0)
        if message == STOP:
            raise Stopped
        return message

    def shared(self, path: str) -> SharedFile:
        """Memory that the console shares. Raises Stopped when it let go of it before this worker had begun."""
        try:
            return SharedFile.open(path)
        except FileNotFoundError:
            raise Stopped from None


def worker_main(
    connection: "Connection[Any, Any]", main: Callable[..., None], arguments: dict[str, object], level: int
) -> None:
    """Run `main` until it returns, fails, is stopped, or the console is gone; never returns.

    Ends by `os._exit`: libraries with threads of their own (libVLC, PortAudio) do not survive an orderly exit.
    """
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(processName)s %(name)s: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the console's: it ends its workers in order
    threading.Thread(target=_end_with_the_console, daemon=True).start()
    try:
        main(WorkerPort(connection), **arguments)
    except Stopped:
        pass
    except Exception:
        log.exception("the worker failed")
        os._exit(1)
    os._exit(0)


def _end_with_the_console() -> None:
    """Wait for the console's end, whatever the worker's main is stuck in."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(0)
