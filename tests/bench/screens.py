"""What pictures of OBS cost OBS: program, preview and seven tiles of other scenes, against an OBS that shows none.

The same OBS in turns, its own figures of both: time to render a frame, frames that came late, and its CPU.
"""

import asyncio
import statistics

import psutil

from console.app.obs_and_cameras import Telling
from console.cameras.wall import Cameras
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.settings.show import Camera
from console.workers.supervisor import Supervisor
from scenes.link import ObsLink
from tests.bench.figures import Figure, against, paired
from tests.rigs.bare import BareObs
from tests.rigs.obs import RealObs

TILES = ("Table", "Safe", "Slides", "Nested", "Titles", "Slides twin", "Spare")
CANVAS = (1280, 720)


def measure(*, seconds: float = 8.0, pairs: int = 3) -> list[Figure]:
    """OBS's figures with and without pictures, in turns of `seconds`; and how many pictures a second there were."""
    with RealObs(width=CANVAS[0], height=CANVAS[1]) as obs, obs.client() as client:
        cpu: tuple[list[float], list[float]] = ([], [])
        render: tuple[list[float], list[float]] = ([], [])
        late: tuple[list[float], list[float]] = ([], [])
        rates: list[tuple[float, float]] = []
        for _ in range(pairs):
            for has_pictures in (True, False):
                which = 0 if has_pictures else 1
                before_s, skipped = _cpu_s(obs), _skipped(client)
                if has_pictures:
                    rates.append(asyncio.run(_look(obs, seconds)))
                else:
                    asyncio.run(asyncio.sleep(seconds))
                cpu[which].append((_cpu_s(obs) - before_s) / seconds)
                render[which].append(float(client.call("GetStats")["averageFrameRenderTime"]))
                late[which].append(_skipped(client) - skipped)
    program, tile = (statistics.median(rate) for rate in zip(*rates, strict=True))
    return [
        paired("CPU of OBS with nine pictures of it, with none", *cpu, "cores"),
        paired("its time to render a frame", *render, "ms"),
        against("its frames that came late", sum(late[0]), sum(late[1]), "frames", f"{pairs} turns of {seconds:.0f} s"),
        against("pictures of program, of a tile", program, tile, "1/s", "medians"),
    ]


async def _look(obs: RealObs, seconds: float) -> tuple[float, float]:
    """Show nine pictures for `seconds`; pictures per second of program and of a tile."""

    async def password() -> str:
        return obs.password

    journal, clock = MemoryJournal(), SystemClock()
    link = ObsLink(obs.url, password, safe_scene=None, journal=journal, clock=clock)
    supervisor = Supervisor(journal)
    asked: list[str] = []

    async def screenshot(source: str, width: int, height: int) -> bytes:
        asked.append(source)
        return await link.screenshot(source, width, height)

    wall = Cameras(supervisor, journal=journal, clock=clock, screenshot=screenshot)
    telling = Telling(link, wall, obs_url=obs.url)
    undo = [*telling.begin(), telling.show_buses()]
    wall.open([Camera(name=name, scene=name) for name in TILES], is_trusted=True)
    wall.watch_bus("preview", "Close")
    link.start()
    await asyncio.sleep(seconds)
    for each in undo:
        each()
    await wall.close()
    await link.close()
    await supervisor.close()
    return asked.count("Wide") / seconds, asked.count(TILES[0]) / seconds


def _cpu_s(obs: RealObs) -> float:
    times = psutil.Process(obs.pid).cpu_times()
    return float(times.user + times.system)


def _skipped(client: BareObs) -> float:
    return float(client.call("GetStats")["renderSkippedFrames"])
