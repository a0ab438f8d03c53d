"""What switching and 20 Hz levels of 12 inputs cost the console: its link to OBS by itself, against a bare client.

A server of its own process speaks as OBS does and sends the meters of twelve stereo inputs every 50 ms; the link takes
a scene twice a second and its levels are read at 20 Hz, as a view would. The floor only receives.
"""

import asyncio
import multiprocessing
import resource
import time
from multiprocessing.connection import Connection

from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.practice.collection import SOUND_INPUTS, practice_studio
from console.practice.obs import CLIPS_DIR, PracticeObs
from scenes.link import ObsLink
from tests.bench.figures import Figure, against
from tests.rigs.bare import BareObs

SECONDS = 20.0
INPUTS = 12
LOOK_S = 0.05
TAKES = ("Wide", "Close")
TAKE_EVERY = 10  # looks
METERS = 1 << 16
PASSWORD = "bench"


def measure(*, seconds: float = SECONDS) -> list[Figure]:
    """CPU of the link's process in percent of a core; the floor's is a client that receives and drops."""
    context = multiprocessing.get_context("spawn")
    found: dict[str, float] = {}
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    try:
        url = ours.recv()
        for name, work in (("floor", receive), ("link", switch)):
            told, tells = context.Pipe()
            process = context.Process(target=work, args=(url, seconds, tells), daemon=True)
            process.start()
            found[name] = told.recv()
            process.join(10)
    finally:
        server.kill()
        server.join()
    name = f"CPU of switching and 20 Hz levels of {INPUTS} inputs, bare client (under 3 %)"
    return [against(name, found["link"], found["floor"], "% core", f"{seconds:.0f} s, a cut every 0.5 s")]


def serve(told: Connection) -> None:
    """The server's process: a practice OBS with INPUTS sounding inputs on program."""
    studio = practice_studio(CLIPS_DIR)
    for number in range(len(SOUND_INPUTS), INPUTS):
        name = f"Mic {number + 1}"
        studio.add_device(name, "pulse_input_capture", "mic1")

    async def run() -> None:
        async with PracticeObs(password=PASSWORD, scenes=studio) as server:
            told.send(server.url)
            await asyncio.Event().wait()

    asyncio.run(run())


def receive(url: str, seconds: float, told: Connection) -> None:
    """The floor's process."""
    client = BareObs(url, PASSWORD, subscriptions=METERS)
    client.wait_event("InputVolumeMeters")
    began_s, before = time.monotonic(), _cpu_s()
    while time.monotonic() - began_s < seconds:
        client.wait_event("InputVolumeMeters")
        client.events.clear()
    told.send(100 * (_cpu_s() - before) / seconds)


def switch(url: str, seconds: float, told: Connection) -> None:
    """Our process: the link to OBS, its takes and its levels."""
    told.send(asyncio.run(_switch(url, seconds)))


async def _switch(url: str, seconds: float) -> float:
    async def password() -> str | None:
        return PASSWORD

    link = ObsLink(url, password, safe_scene="Safe", journal=MemoryJournal(), clock=SystemClock())
    link.start()
    try:
        async with asyncio.timeout(10):
            while len(link.levels()) < INPUTS or link.state.value.program is None:
                await asyncio.sleep(0.01)
        loop = asyncio.get_running_loop()
        began_s, before, looks = loop.time(), _cpu_s(), 0
        while loop.time() - began_s < seconds:
            looks += 1
            if looks % TAKE_EVERY == 0:
                outcome = await link.cut(TAKES[looks // TAKE_EVERY % 2])
                assert outcome.is_done, outcome
            assert len(link.levels()) >= INPUTS
            await asyncio.sleep(LOOK_S)
        return 100 * (_cpu_s() - before) / seconds
    finally:
        await link.close()


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
