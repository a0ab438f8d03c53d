"""500 scenes and 2,000 sources: from connecting to usable, against a bare client that reads as much and parses it.

The practice OBS holds them in a process of its own. What counts is the console's own time: the CPU of the link's
process from its start to a proved program; the wall time beside it holds the server's as well.
"""

import asyncio
import multiprocessing
import resource
import statistics
import time
from multiprocessing.connection import Connection
from typing import Any

from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from scenes.link import ObsLink
from tests.bench.figures import Figure, against
from tests.rigs.bare import BareObs
from tests.rigs.big import SCENES, SOURCES, build_big

PASSWORD = "bench"
TURNS = 3
USABLE_S = 60.0


def measure(*, turns: int = TURNS) -> list[Figure]:
    """Seconds of CPU and of wall time, each against the bare client of the same run; the medians of some turns."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    links: list[tuple[float, float]] = []
    floors: list[tuple[float, float]] = []
    try:
        url = ours.recv()
        with BareObs(url, PASSWORD) as client:
            build_big(client)
        for _ in range(turns):
            for into, work in ((floors, read), (links, connect)):
                told, tells = context.Pipe()
                process = context.Process(target=work, args=(url, tells), daemon=True)
                process.start()
                into.append(told.recv())
                process.join(10)
    finally:
        server.kill()
        server.join()
    of = f"{SCENES} scenes, {SOURCES} sources"
    link_cpu, floor_cpu = (statistics.median(cpu for cpu, _ in each) for each in (links, floors))
    link_wall, floor_wall = (statistics.median(wall for _, wall in each) for each in (links, floors))
    most = f"at most {max(cpu for cpu, _ in links):.2f}"
    return [
        against(f"{of}: connect to usable, own CPU, bare reader (under 1 s)", link_cpu, floor_cpu, "CPU s", most),
        against(f"{of}: connect to usable, bare reader", link_wall, floor_wall, "s", "the server's time included"),
    ]


def serve(told: Connection) -> None:
    """The server's process."""
    from console.practice.obs import PracticeObs

    async def run() -> None:
        async with PracticeObs(password=PASSWORD) as server:
            told.send(server.url)
            await asyncio.Event().wait()

    asyncio.run(run())


def read(url: str, told: Connection) -> None:
    """The floor's process: connects, reads every scene's items and what is active, and parses it."""
    began_s, before = time.monotonic(), _cpu_s()
    with BareObs(url, PASSWORD, subscriptions=0) as client:
        scenes = [row["sceneName"] for row in client.call("GetSceneList")["scenes"]]
        inputs = [row["inputName"] for row in client.call("GetInputList")["inputs"]]
        asked: list[tuple[str, dict[str, Any]]] = [
            *(("GetSceneItemList", {"sceneName": name}) for name in scenes),
            *(("GetSourceActive", {"sourceName": name}) for name in inputs),
        ]
        client.batch(asked)
    told.send((_cpu_s() - before, time.monotonic() - began_s))


def connect(url: str, told: Connection) -> None:
    """Our process: a link from its start to a proved program with every scene known."""
    told.send(asyncio.run(_connect(url)))


async def _connect(url: str) -> tuple[float, float]:
    async def password() -> str | None:
        return PASSWORD

    began_s, before = time.monotonic(), _cpu_s()
    link = ObsLink(url, password, safe_scene="Safe", journal=MemoryJournal(), clock=SystemClock())
    link.start()
    try:
        async with asyncio.timeout(USABLE_S):
            while link.state.value.program is None or len(link.state.value.scenes) < SCENES:
                await asyncio.sleep(0.005)
        return _cpu_s() - before, time.monotonic() - began_s
    finally:
        await link.close()


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
