"""The sound engine's cost: its work on a block against the same work in plain numpy, and blocks that it missed."""

import asyncio
import time

import numpy as np

from console.audio.crosspoints import gains
from console.audio.desk_side import Audio
from console.audio.layout import Layout, Routing
from console.audio.levels import ROWS
from console.audio.matrix import Samples
from console.audio.plan import plan_of
from console.audio.process import Block
from console.core.alarms import Alarms
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.settings import show as settings
from console.workers.rings import CaptureRing, Counter, MeterBlock
from console.workers.supervisor import Supervisor
from tests.bench.figures import Figure, against, paired

FRAMES, RATE_HZ = 256, 48_000
STRETCHES, BLOCKS = 10, 200
SHOW = settings.Audio.model_validate(
    {
        "device": "practice",
        "sample_rate_hz": RATE_HZ,
        "block_frames": FRAMES,
        "channels": [{"name": f"Channel {n}", "inputs": [n]} for n in range(1, 9)],
        "returns": [{"name": f"Return {n}", "listener": [f"Channel {n}"], "outputs": [n]} for n in range(1, 5)],
    }
)


def measure(*, seconds: float = 10.0) -> list[Figure]:
    """8 channels into 4 returns at 256 frames: microseconds a block, against plain numpy and the time that it lasts."""
    engine_us, plain_us = _work()
    busy_us, xruns, blocks = asyncio.run(_engine(seconds))
    return [
        paired("sound: work on a block (8 in, 4 returns), plain numpy", engine_us, plain_us, "CPU us"),
        against(
            "sound: a block in the engine's own process, a block's length",
            busy_us,
            FRAMES / RATE_HZ * 1e6,
            "us",
            f"{xruns} of {blocks} blocks missed",
        ),
    ]


def _work() -> tuple[list[float], list[float]]:
    """CPU time of a block, in microseconds, for ten stretches: the engine's, and plain numpy's on the same blocks."""
    layout = Layout(plan_of(SHOW))
    ring_buffer = memoryview(bytearray(CaptureRing.size(frames=4 * RATE_HZ, columns=layout.columns)))
    meter_buffer = memoryview(bytearray(MeterBlock.size(rows=ROWS, columns=layout.columns)))
    block = Block(
        layout,
        sample_rate_hz=RATE_HZ,
        block_frames=FRAMES,
        meters=MeterBlock(meter_buffer, rows=ROWS, columns=layout.columns),
        ring=CaptureRing(ring_buffer, frames=4 * RATE_HZ, columns=layout.columns),
    )
    block.route(Routing())
    matrix = gains(layout, Routing())
    sound = np.random.default_rng(1).uniform(-0.1, 0.1, (FRAMES, layout.inputs)).astype(np.float32)
    out = np.zeros((FRAMES, layout.outputs), dtype=np.float32)
    stretches = []
    for _ in range(STRETCHES + 1):
        times = [0.0, 0.0]
        for _ in range(BLOCKS):
            started_s = time.thread_time()
            block.run(sound, out)
            between_s = time.thread_time()
            _plain(sound, matrix)
            times[0] += between_s - started_s
            times[1] += time.thread_time() - between_s
        stretches.append((times[0] / BLOCKS * 1e6, times[1] / BLOCKS * 1e6))
    warm = stretches[1:]
    return [engine for engine, _ in warm], [plain for _, plain in warm]


def _plain(sound: Samples, matrix: Samples) -> Samples:
    """The same in the shortest numpy: mix, peak, mean square, cut."""
    mixed = sound @ matrix
    for block in (sound, mixed):
        np.abs(block).max(axis=0)
        np.square(block).mean(axis=0)
    cut: Samples = np.clip(mixed, -1, 1)
    return cut


async def _engine(seconds: float) -> tuple[float, int, int]:
    """The real engine on the practice device: microseconds a block, missed blocks, blocks."""
    journal, clock = MemoryJournal(), SystemClock()
    supervisor = Supervisor(journal)
    audio = Audio(supervisor, journal=journal, clock=clock, alarms=Alarms(clock, journal))
    try:
        audio.open(SHOW)
        give_up_s = time.monotonic() + 20
        while not audio.state.value.link.is_up:
            if time.monotonic() > give_up_s:
                raise RuntimeError("the sound engine did not start")
            await asyncio.sleep(0.05)
        before = audio.counters()
        await asyncio.sleep(seconds)
        after = audio.counters()
    finally:
        await audio.close()
        await supervisor.close()
    blocks = after[Counter.CALLBACKS] - before[Counter.CALLBACKS]
    busy_us = (after[Counter.BUSY_NS] - before[Counter.BUSY_NS]) / max(1, blocks) / 1e3
    return busy_us, after[Counter.XRUNS] - before[Counter.XRUNS], blocks
