"""Senders that die and hang, over and over: each tile comes back, and its worker holds no more than before."""

import asyncio
import signal
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil

from console.cameras.state import CameraState
from console.cameras.tile import WorkerTile
from console.core.journal import MemoryJournal
from console.settings.show import Camera
from console.workers.supervisor import Supervisor
from tests.rigs import streams
from tests.soak.campaign import Effort, Held, Result, growth

BACK_WITHIN_S = 60.0
WARM = 10  # turns: caches fill, and the allocator finds its size
GROWS_AT_MOST = 0.02


class Subject:
    """A tile, the sender that is ended, and what the tile's worker held after each turn."""

    def __init__(self, name: str, sender: streams.Sender, supervisor: Supervisor) -> None:
        self.name = name
        self.sender = sender
        camera = Camera(name=name, mrl=sender.mrl, may_open=True)
        self.tile = WorkerTile(camera, supervisor, lambda: None, (640, 360))
        self.looks: list[Held] = []
        self.pid: int | None = None

    def state(self) -> CameraState:
        """How the tile is."""
        return self.tile.said(time.monotonic_ns())[0]

    def look(self, result: Result) -> None:
        """Note what the worker holds; a worker that was replaced (libVLC hung) begins anew."""
        if self.tile.pid is None:
            return
        if self.pid not in (None, self.tile.pid):
            result.counts[f"{self.name}: workers replaced"] += 1
            self.looks.clear()
        self.pid = self.tile.pid
        self.looks.append(Held.by(self.pid))


def run(effort: Effort, result: Result) -> None:
    """Each turn ends or freezes every sender, and waits until every tile is live again."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_campaign(effort, result, Path(folder)))
    left = [child for child in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(child.cmdline())]
    result.losses += [f"worker {child.pid} is left" for child in left]


async def _campaign(effort: Effort, result: Result, folder: Path) -> None:
    supervisor = Supervisor(MemoryJournal())
    own: list[Held] = []
    with ExitStack() as stack:
        encoder = stack.enter_context(streams.Encoder())
        http = stack.enter_context(streams.Encoder(streams.http_sender()))
        udp = stack.enter_context(streams.udp())
        rtmp = stack.enter_context(streams.rtmp())
        senders = {"SRT": encoder.sender, "HTTP": http.sender, "UDP": udp, "RTMP": rtmp}
        subjects = [Subject(name, sender, supervisor) for name, sender in senders.items()]
        try:
            await _until(lambda: all(each.state() is CameraState.LIVE for each in subjects), "every tile")
            for turn in effort.turns(200):
                if not await _turn(subjects, result, turn):
                    break
                own.append(Held.by(psutil.Process().pid))
        finally:
            for each in subjects:
                await each.tile.close()
            await supervisor.close()
    result.losses += [f"the console: {what}" for what in growth(own, warm=WARM)]
    for each in subjects:
        result.losses += [f"{each.name}: {what}" for what in _grown(each.looks)]
        print(f"reconnects: {each.name} {each.looks[:1]} at first, {each.looks[-1:]} at last")


async def _turn(subjects: list[Subject], result: Result, turn: int) -> bool:
    """End every sender, and wait for its tile; False when one did not come back."""
    try:
        await asyncio.gather(*(_end(each) for each in subjects))
    except TimeoutError as error:
        said = {each.name: each.tile.said(time.monotonic_ns()) for each in subjects}
        result.losses.append(f"turn {turn}: {error}: {said}")
        return False
    for each in subjects:
        result.counts["reconnects"] += 1
        each.look(result)
    return True


async def _end(subject: Subject) -> None:
    """End one sender, or freeze it where nobody notices an end; wait until its tile has come back by itself."""
    process = subject.sender.process
    assert process is not None
    if subject.name == "UDP":
        process.send_signal(signal.SIGSTOP)
        await _until(lambda: subject.state() is CameraState.LOST, "the end of patience with UDP")
        subject.sender.thaw()
    else:
        process.kill()
        await _until(lambda: subject.state() is not CameraState.LIVE, f"the trouble of {subject.name}")
    if subject.name == "RTMP":  # the others' senders are started again by themselves
        subject.sender.start()
    await _until(lambda: subject.state() is CameraState.LIVE, f"{subject.name} again")


def _grown(looks: list[Held]) -> list[str]:
    """As `growth`, with a tighter limit for memory."""
    settled = looks[WARM:]
    found = [what for what in growth(looks, warm=WARM) if not what.startswith("memory")]
    if len(settled) >= 6:
        third = len(settled) // 3
        first, last = (statistics.median(look.rss for look in part) for part in (settled[:third], settled[-third:]))
        if last > first * (1 + GROWS_AT_MOST):
            found.append(f"memory grew from {first / 1e6:.1f} to {last / 1e6:.1f} MB in {len(settled)} turns")
    return found


async def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + BACK_WITHIN_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {BACK_WITHIN_S:.0f} s")
        await asyncio.sleep(0.02)
