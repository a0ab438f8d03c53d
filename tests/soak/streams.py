"""Damaged clips of every container, ten at a time: they cost only their own tiles, and nothing is left of them."""

import asyncio
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from console.cameras.state import CameraState
from console.cameras.wall import Cameras
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.settings.show import Camera
from console.workers.supervisor import Supervisor
from tests.rigs import streams
from tests.soak.campaign import Effort, Held, Result, growth

BATCH = 8
SUFFIXES = ("ts", "mp4", "mkv", "flv", "avi", "mov", "ogg", "mpg")
KEPT = Path(__file__).resolve().parents[2] / "out" / "soak"
KNOWN_WITHIN_S = 60.0


def run(effort: Effort, result: Result) -> None:
    """Each turn plays eight damaged clips beside a good one, which must go on undisturbed in the same process."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_campaign(effort, result, Path(folder)))
    left = [child for child in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(child.cmdline())]
    result.losses += [f"worker {child.pid} is left" for child in left]


async def _campaign(effort: Effort, result: Result, folder: Path) -> None:
    async def no_obs(source: str, width: int, height: int) -> bytes:
        raise AssertionError("no tile comes from OBS here")

    chance, journal = random.Random(effort.seed), MemoryJournal()
    originals = _originals(folder)
    supervisor = Supervisor(journal)
    wall = Cameras(supervisor, journal=journal, clock=SystemClock(), screenshot=no_obs)
    good = Camera(name="Good", mrl=str(folder / "good.mp4"))
    looks: list[Held] = []
    own = psutil.Process()
    try:
        wall.open([good], is_trusted=False)
        await _until(lambda: wall.tiles.value[0].state is CameraState.LIVE, "the good tile")
        pid = wall.worker_pid("Good")
        for turn in effort.turns(20):
            damaged = [_damage(chance, chance.choice(originals), folder / f"{turn}-{n}") for n in range(BATCH)]
            await _play(wall, good, damaged, result, turn)
            if wall.worker_pid("Good") != pid:
                result.losses.append(f"turn {turn}: the good tile's worker was replaced")
                pid = wall.worker_pid("Good")
            wall.open([good], is_trusted=False)
            await _until(lambda: len(own.children()) <= 2, "the end of the damaged tiles' workers")
            looks.append(Held.by(own.pid))
            for path in damaged:
                path.unlink()
    finally:
        await wall.close()
        await supervisor.close()
    result.counts["worker deaths"] = len(journal.of("worker.died"))
    result.losses += growth(looks)


async def _play(wall: Cameras, good: Camera, damaged: list[Path], result: Result, turn: int) -> None:
    """Show them; a tile that never knows how it is, or a good tile that stops, is a loss, and its clips are kept."""
    wall.open([good, *(Camera(name=path.name, mrl=str(path)) for path in damaged)], is_trusted=False)

    def are_known() -> bool:
        return all(tile.state is not CameraState.CONNECTING for tile in wall.tiles.value)

    def good_sequence() -> int:
        picture = wall.picture("Good")
        return picture.sequence if picture else 0

    try:
        await _until(are_known, "a known state of every damaged tile")
        before = good_sequence()
        await _until(lambda: good_sequence() > before + 25, "more pictures of the good tile")
    except TimeoutError as error:
        unknown = [tile for tile in wall.tiles.value if tile.state is CameraState.CONNECTING]
        words = ", ".join(f"{tile.name}: {tile.why or 'no reason'}" for tile in unknown)
        names = {tile.name for tile in unknown}
        result.losses.append(f"turn {turn}: {error} ({words}); {_keep([p for p in damaged if p.name in names])}")
    for tile in wall.tiles.value[1:]:
        result.counts[tile.state.value] += 1
    result.counts["clips"] += len(damaged)


async def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + KNOWN_WITHIN_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {KNOWN_WITHIN_S:.0f} s")
        await asyncio.sleep(0.02)


def _originals(folder: Path) -> list[Path]:
    """The same moving picture in every container."""
    good = streams.clip(folder / "good.mp4")
    made = []
    for suffix in SUFFIXES:
        path = folder / f"original.{suffix}"
        codec = {"ogg": ["-c:v", "libtheora"], "mpg": ["-c:v", "mpeg2video"]}.get(suffix, ["-c", "copy"])
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(good), *codec, str(path)], check=True)
        made.append(path)
    return made


def _damage(chance: random.Random, original: Path, path: Path) -> Path:
    """A copy of `original` with one kind of damage, or several."""
    data = bytearray(original.read_bytes())
    for _ in range(chance.choice([1, 1, 2, 4])):
        start = chance.randrange(len(data))
        size = min(chance.choice([1, 16, 512, 20_000]), len(data) - start)
        match chance.randrange(6):
            case 0:
                for _ in range(chance.choice([1, 20, 500, 5_000])):
                    data[chance.randrange(len(data))] = chance.randrange(256)
            case 1:
                del data[max(100, start) :]
            case 2:
                del data[start : start + size]
            case 3:
                data[start:start] = data[start : start + size] * chance.choice([1, 8])
            case 4:
                data[start : start + size] = chance.randbytes(size)
            case _:  # the headers are what parsers trust most
                for _ in range(20):
                    data[chance.randrange(min(2_000, len(data)))] = chance.choice([0, 0x7F, 0x80, 0xFF])
    path = path.with_suffix(original.suffix)
    path.write_bytes(data)
    return path


def _keep(damaged: list[Path]) -> str:
    KEPT.mkdir(parents=True, exist_ok=True)
    for path in damaged:
        shutil.copy(path, KEPT)
    return f"its clips are in {KEPT}"
