"""What a 720p30 tile costs: the CPU of one camera worker against ffmpeg that decodes and scales the same clip."""

import asyncio
import resource
import statistics
import subprocess
import tempfile
from pathlib import Path

import psutil

from console.cameras.state import CameraState
from console.cameras.wall import Cameras
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.settings.show import Camera
from console.workers.supervisor import Supervisor
from tests.bench.figures import Figure, against, paired


def measure(*, seconds: float = 10.0, pairs: int = 3) -> list[Figure]:
    """CPU seconds of the tile's worker and of ffmpeg, in turns, `seconds` of the same clip each.

    The worker is measured once it is live, ffmpeg whole: its start costs some 0.05 s in its favour or ours.
    """
    with tempfile.TemporaryDirectory() as folder:
        clip = _clip(Path(folder), seconds)
        tiles, floors, rates = [], [], []
        for _ in range(pairs):
            cpu_s, fps = asyncio.run(_tile(clip, seconds))
            tiles.append(cpu_s)
            rates.append(fps)
            floors.append(_floor(clip, seconds))
    name = f"CPU of a 720p30 tile in {seconds:.0f} s, ffmpeg -re scaling the same"
    return [
        paired(name, tiles, floors, "CPU s"),
        against("pictures of that tile, those sent", statistics.median(rates), 30.0, "1/s", f"lowest {min(rates):.1f}"),
    ]


def _clip(folder: Path, seconds: float) -> Path:
    path = folder / "720p30.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30", "-t", str(seconds + 1)]
    encoder = ["-c:v", "libx264", "-preset", "veryfast", "-g", "30", "-pix_fmt", "yuv420p"]
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *source, *encoder, str(path)], check=True)
    return path


async def _tile(clip: Path, seconds: float) -> tuple[float, float]:
    """CPU seconds of a live worker, and its pictures per second."""

    async def no_obs(source: str, width: int, height: int) -> bytes:
        raise AssertionError("no tile comes from OBS here")

    journal = MemoryJournal()
    supervisor = Supervisor(journal)
    wall = Cameras(supervisor, journal=journal, clock=SystemClock(), screenshot=no_obs)
    try:
        wall.open([Camera(name="Wide", mrl=str(clip))], is_trusted=False)
        wall.set_size("Wide", 640, 360)
        async with asyncio.timeout(30):
            while wall.tiles.value[0].state is not CameraState.LIVE:
                await asyncio.sleep(0.01)
        pid, first = wall.worker_pid("Wide"), wall.picture("Wide")
        assert pid is not None
        assert first is not None
        process = psutil.Process(pid)
        before = process.cpu_times()
        await asyncio.sleep(seconds)
        after, last = process.cpu_times(), wall.picture("Wide")
        assert last is not None
        cpu_s = after.user + after.system - before.user - before.system
        return cpu_s, (last.sequence - first.sequence) / seconds
    finally:
        await wall.close()
        await supervisor.close()


def _floor(clip: Path, seconds: float) -> float:
    """CPU seconds of ffmpeg for the same clip, decoded and scaled in real time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-i", str(clip), "-t", str(seconds)]
    subprocess.run([*command, "-vf", "scale=640:360", "-an", "-f", "null", "-"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
