"""A practice OBS in a thread of its own, for tests that drive whole consoles without a loop. Usable outside pytest."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator

from console.practice.obs import PracticeObs
from tests.rigs.obs import BareObs


class PracticeRig:
    """One practice OBS that can be ended and started again at the same address; blocking throughout."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.server = PracticeObs()
        self.password = self.server.password
        self.start()
        self.url = self.server.url

    def start(self) -> None:
        """Start it, or start it again."""
        asyncio.run_coroutine_threadsafe(self.server.__aenter__(), self._loop).result(20)

    def stop(self) -> None:
        """End it: the line breaks, and the port refuses."""
        asyncio.run_coroutine_threadsafe(self.server.__aexit__(None, None, None), self._loop).result(20)

    def do(self, change: Callable[[], object]) -> None:
        """Run `change` in the server's thread."""

        async def call() -> None:
            change()

        asyncio.run_coroutine_threadsafe(call(), self._loop).result(20)

    def client(self) -> BareObs:
        """A bare client: somebody else who works in this OBS."""
        return BareObs(self.url, self.password)

    def close(self) -> None:
        """End all."""
        with contextlib.suppress(RuntimeError):
            self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextlib.contextmanager
def practice_rig() -> Iterator[PracticeRig]:
    """A running practice OBS; for fixtures."""
    rig = PracticeRig()
    try:
        yield rig
    finally:
        rig.close()
