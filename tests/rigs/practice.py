"""A practice OBS in a thread of its own, for tests that drive whole consoles without a loop. Usable outside pytest."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator

from console.practice.model import Studio
from console.practice.obs import PracticeObs
from console.practice.values import Transition
from tests.rigs.bare import BareObs
from tests.rigs.collection import BADGE, GROUP, STINGER, STINGER_CUT_MS, STINGER_MS, Media


def empty_studio(media: Media) -> Studio:
    """A practice studio to build the rig's scenes in: it holds what obs-websocket cannot make."""
    studio = Studio()
    studio.add_scene("Old")
    studio.add_scene(GROUP, is_group=True)
    studio.add_input(GROUP, "Badge", "color_source_v3", BADGE)
    studio.add_item("Old", GROUP)
    stinger = {"path": str(media.stinger), "transition_point": STINGER_CUT_MS, "tp_type": 0}
    studio.transitions[STINGER] = Transition(STINGER, "obs_stinger_transition", STINGER_MS, stinger)
    studio.take_events()
    return studio


def fill_studio(studio: Studio, *, scenes: int, inputs: int) -> None:
    """Many more scenes ("Scene 001"...), with as many new inputs ("Input 0001"...) spread over them, at once."""
    names = [f"Scene {number + 1:03}" for number in range(scenes)]
    for name in names:
        studio.add_scene(name)
    settings = {"color": 0xFF204060, "width": 8, "height": 8}
    for number in range(inputs):
        studio.add_input(names[number % scenes], f"Input {number + 1:04}", "color_source_v3", settings)
    studio.take_events()


class PracticeRig:
    """One practice OBS that can be ended and started again at the same address; blocking throughout."""

    def __init__(self, *, scenes: Studio | None = None, version: str | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.server = PracticeObs(scenes=scenes, version=version)
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
def practice_rig(*, scenes: Studio | None = None, version: str | None = None) -> Iterator[PracticeRig]:
    """A running practice OBS; for fixtures."""
    rig = PracticeRig(scenes=scenes, version=version)
    try:
        yield rig
    finally:
        rig.close()
