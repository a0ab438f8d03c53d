"""Damaged streams of every container, by file, HTTP, UDP and SRT: they cost only their own tiles, and nothing is left.

The campaign's process does what the console does; its loop may never be late through that.
"""

import asyncio
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
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
from tests.soak.damage import damaged, originals
from tests.soak.lateness import LoopWatch

BATCH = 8
DEATHS = {"3": "gave up a libVLC that hung", "-9": "silent and killed", "-11": "crashed", "-6": "crashed"}
TURNS = 63  # 504 streams
KEPT = Path(__file__).resolve().parents[2] / "out" / "soak"
KNOWN_WITHIN_S = 60.0
PAINT_EVERY_S = 1 / 30


@dataclass(frozen=True, slots=True)
class Damaged:
    """One damaged stream: its file, and how it is sent."""

    path: Path
    kind: str
    port: int = 0

    @property
    def mrl(self) -> str:
        """What its tile opens."""
        return {
            "file": str(self.path),
            "udp": f"udp://@127.0.0.1:{self.port}",
            "srt": f"srt://127.0.0.1:{self.port}",
            "http": f"http://127.0.0.1:{self.port}/{self.path.name}",
        }[self.kind]

    @property
    def name(self) -> str:
        """Its tile's."""
        return f"{self.path.parent.name}-{self.path.name} by {self.kind}"


def run(effort: Effort, result: Result) -> None:
    """Each turn plays eight damaged streams beside a good one, which must go on undisturbed."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_campaign(effort, result, Path(folder)))
    left = [child for child in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(child.cmdline())]
    result.losses += [f"worker {child.pid} is left" for child in left]


async def _campaign(effort: Effort, result: Result, folder: Path) -> None:
    async def no_obs(source: str, width: int, height: int) -> bytes:
        raise AssertionError("no tile comes from OBS here")

    chance, journal = random.Random(effort.seed), MemoryJournal()
    sources = await asyncio.to_thread(originals, folder)
    supervisor = Supervisor(journal)
    wall = Cameras(supervisor, journal=journal, clock=SystemClock(), screenshot=no_obs)
    good = Camera(name="Good", mrl=str(folder / "good.mp4"))
    looks: list[Held] = []
    own, watch = psutil.Process(), LoopWatch()
    painting = asyncio.create_task(_paint(wall))
    try:
        wall.open([good], is_trusted=False)
        await _until(lambda: wall.tiles.value[0].state is CameraState.LIVE, "the good tile")
        pid = wall.worker_pid("Good")
        watch.start()
        for turn in effort.turns(TURNS):
            # what is the campaign's own is no burden of the console's loop
            batch = await asyncio.to_thread(_batch, chance, sources, folder / str(turn))
            sender = await asyncio.to_thread(_send, batch)
            await _play(wall, good, batch, result, turn)
            if wall.worker_pid("Good") != pid:
                result.losses.append(f"turn {turn}: the good tile's worker was replaced")
                pid = wall.worker_pid("Good")
            wall.open([good], is_trusted=False)
            await asyncio.to_thread(_end, sender, batch)
            looks.append(await asyncio.to_thread(Held.by, own.pid))
    finally:
        painting.cancel()
        await watch.stop()
        await wall.close()
        await supervisor.close()
    for death in journal.of("worker.died"):
        result.counts[DEATHS.get(str(death["code"]), f"died with {death['code']}")] += 1
    result.losses += growth(looks)
    result.losses += [f"the loop was {late_ms} ms late" for late_ms in watch.stalls]
    print(f"streams: the loop was {watch.worst_ms:.0f} ms late at worst, in {watch.ticks} looks")


async def _paint(wall: Cameras) -> None:
    """Ask for every picture, as the window does."""
    while True:
        for tile in wall.tiles.value:
            wall.picture(tile.name)
            wall.level(tile.name)
        await asyncio.sleep(PAINT_EVERY_S)


def _batch(chance: random.Random, sources: list[Path], folder: Path) -> list[Damaged]:
    folder.mkdir()
    return [_stream(chance, sources, folder / str(number)) for number in range(BATCH)]


def _stream(chance: random.Random, sources: list[Path], path: Path) -> Damaged:
    made = damaged(chance, chance.choice(sources), path)
    kind = chance.choice(["file", "http", "udp", "udp", "srt", "srt"] if made.suffix == ".ts" else ["file", "http"])
    port = 0 if kind == "file" else streams.free_port(socket.SOCK_STREAM if kind == "http" else socket.SOCK_DGRAM)
    return Damaged(made, kind, port)


def _send(batch: list[Damaged]) -> "subprocess.Popen[bytes]":
    """A process that sends those that are not files; its words are of hung-up callers."""
    jobs = [f"{stream.kind}:{stream.port}:{stream.path}" for stream in batch if stream.kind != "file"]
    return subprocess.Popen([sys.executable, "-m", "tests.soak.damage", *jobs], stderr=subprocess.DEVNULL)


def _end(sender: "subprocess.Popen[bytes]", batch: list[Damaged]) -> None:
    """End the sender, and wait until the workers of `batch` are gone."""
    for child in psutil.Process(sender.pid).children():  # ffmpegs that send by SRT
        child.kill()
    sender.kill()
    sender.wait()
    deadline, own = time.monotonic() + KNOWN_WITHIN_S, psutil.Process()
    while len(own.children()) > 2:  # the good tile's worker, and multiprocessing's own process
        if time.monotonic() > deadline:
            raise TimeoutError("workers of damaged streams are left")
        time.sleep(0.1)
    shutil.rmtree(batch[0].path.parent)


async def _play(wall: Cameras, good: Camera, batch: list[Damaged], result: Result, turn: int) -> None:
    """Show them; a tile that never knows how it is, or a good tile that stops, is a loss, and its streams are kept."""
    wall.open([good, *(Camera(name=stream.name, mrl=stream.mrl) for stream in batch)], is_trusted=False)

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
        kept = await asyncio.to_thread(_keep, [stream.path for stream in batch if stream.name in names])
        result.losses.append(f"turn {turn}: {error} ({words}); {kept}")
    for tile in wall.tiles.value[1:]:
        result.counts[tile.state.value] += 1
    for stream in batch:
        result.counts[f"by {stream.kind}"] += 1
    result.counts["streams"] += len(batch)


async def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + KNOWN_WITHIN_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {KNOWN_WITHIN_S:.0f} s")
        await asyncio.sleep(0.02)


def _keep(paths: list[Path]) -> str:
    KEPT.mkdir(parents=True, exist_ok=True)
    for path in paths:
        shutil.copy(path, KEPT)
    return f"its streams are in {KEPT}"
