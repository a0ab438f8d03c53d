"""What a 720p30 tile costs: the CPU of one camera worker against ffmpeg that decodes and scales the same clip."""

import asyncio
import resource
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psutil

from console.cameras.state import CameraState
from console.cameras.wall import Cameras
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.settings.show import Camera
from console.workers.supervisor import Supervisor


def measure(seconds: float = 10.0, pairs: int = 3) -> dict[str, Any]:
    """Medians over `pairs` of runs of `seconds` each: CPU seconds of the tile's worker, of ffmpeg, and their ratio.

    The worker is measured once it is live, ffmpeg whole: its start costs some 0.05 s in its favour or ours.
    """
    with tempfile.TemporaryDirectory() as folder:
        clip = _clip(Path(folder), seconds)
        tiles, floors, rates = [], [], []
        for _ in range(pairs):
            cpu_s, fps, rss = asyncio.run(_tile(clip, seconds))
            tiles.append(cpu_s)
            rates.append(fps)
            floors.append(_floor(clip, seconds))
    ratios = [tile / floor for tile, floor in zip(tiles, floors, strict=True)]
    return {
        "seconds": seconds,
        "pairs": pairs,
        "tile_cpu_s": round(statistics.median(tiles), 3),
        "ffmpeg_cpu_s": round(statistics.median(floors), 3),
        "ratio": round(statistics.median(ratios), 3),
        "fps": round(statistics.median(rates), 1),
        "worker_rss_mb": round(rss / 1e6, 1),
    }


def _clip(folder: Path, seconds: float) -> Path:
    path = folder / "720p30.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30", "-t", str(seconds + 1)]
    encoder = ["-c:v", "libx264", "-preset", "veryfast", "-g", "30", "-pix_fmt", "yuv420p"]
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *source, *encoder, str(path)], check=True)
    return path


async def _tile(clip: Path, seconds: float) -> tuple[float, float, int]:
    """CPU seconds of a live worker, its pictures per second, and its resident memory in bytes."""

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
        return cpu_s, (last.sequence - first.sequence) / seconds, process.memory_info().rss
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


if __name__ == "__main__":
    print(measure())
