"""The sound's cost at 32 channels and 32 returns: a block's work, the analyst's, and the engine in its own process.

And its delay, from input to output through the engine on a card of JACK's.
"""

import asyncio
import time
from collections.abc import Callable
from multiprocessing import get_context

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from console.audio.analysis import Analysis
from console.audio.crosspoints import gains
from console.audio.device import open_device
from console.audio.layout import Layout, Routing
from console.audio.levels import ROWS
from console.audio.matrix import Samples
from console.audio.plan import Strip, plan_of
from console.audio.process import Block
from console.audio.sound_alarms import Limits
from console.audio.totals import Totals
from console.core.journal import MemoryJournal
from console.settings import sound as settings
from console.workers.rings import CaptureRing, Counter, MeterBlock
from tests.audio.studio import sound, up
from tests.bench.figures import Figure, against, paired
from tests.rigs.jack import BLOCK, DEVICE, Jack, far_side

FRAMES, RATE_HZ, MANY = 128, 48_000, 32
STRETCHES, BLOCKS = 10, 200
TURNS = 8
TIMES = 5
CHATTER_S = 8  # nothing repeats itself within what a leak test looks at
TURN_BLOCKS = 8  # the analyst comes about every 20 ms
SHOW = settings.Audio.model_validate(
    {
        "device": "practice",
        "sample_rate_hz": RATE_HZ,
        "block_frames": FRAMES,
        "channels": [{"name": f"Channel {n}", "inputs": [n]} for n in range(1, MANY + 1)],
        "returns": [{"name": f"Return {n}", "listener": [f"Channel {n}"], "outputs": [n]} for n in range(1, MANY + 1)],
    }
)
ON_JACK = SHOW.model_copy(
    update={"device": DEVICE, "block_frames": BLOCK, "channels": SHOW.channels[:2], "returns": SHOW.returns[:2]}
)
ROUTING = Routing()
EVERY_STRIP = Routing(strips={one.name: Strip(40.0, 80.0, is_inverted=True) for one in SHOW.channels})


def measure(*, seconds: float = 10.0) -> list[Figure]:
    """32 channels into 32 returns at 128 frames: CPU time against plain numpy's, and the time that a block lasts."""
    bench = _Bench()
    plain, with_strips = bench.stretches(Routing()), bench.stretches(EVERY_STRIP)
    together, all_plain = bench.with_analyst()
    busy_us, note = asyncio.run(_engine(seconds))
    through, copied = asyncio.run(_delays())
    return [
        paired("sound: a block (32 in, 32 returns), matrix, peak, RMS in numpy", *plain, "CPU us"),
        paired("sound: the same with high-pass, polarity, delay on all", *with_strips, "CPU us"),
        paired("sound: engine and analyst, matrix, peak, 8x true peak, RMS", together, all_plain, "CPU ms per s"),
        against("sound: a block in the engine's own process, its length", busy_us, FRAMES / RATE_HZ * 1e6, "us", note),
        paired("sound: out and back in through the engine on JACK, a bare copy", through, copied, "blocks"),
    ]


class _Bench:
    """The engine's work and the analyst's on sound of their own, beside plain numpy on the same blocks."""

    def __init__(self) -> None:
        self._layout = layout = Layout(plan_of(SHOW))
        ring_buffer = memoryview(bytearray(CaptureRing.size(frames=4 * RATE_HZ, columns=layout.columns)))
        meter_buffer = memoryview(bytearray(MeterBlock.size(rows=ROWS, columns=layout.columns)))
        self._ring = CaptureRing(ring_buffer, frames=4 * RATE_HZ, columns=layout.columns)
        self._block = Block(
            layout,
            sample_rate_hz=RATE_HZ,
            block_frames=FRAMES,
            meters=MeterBlock(meter_buffer, rows=ROWS, columns=layout.columns),
            ring=self._ring,
        )
        self._matrix = gains(layout, Routing())
        self._sound = _chatter(CHATTER_S * RATE_HZ, layout.inputs)
        self._out = np.zeros((FRAMES, layout.outputs), dtype=np.float32)
        self._past = np.zeros((23, layout.columns), dtype=np.float32)
        self._at = 0

    def stretches(self, routing: Routing) -> tuple[list[float], list[float]]:
        """Microseconds of CPU per block, stretch by stretch: the engine's and plain numpy's."""
        self._block.route(routing)
        found = [[_cpu_s(work) / BLOCKS * 1e6 for work in (self._engine, self._plain)] for _ in range(STRETCHES + 1)]
        return [engine for engine, _ in found[1:]], [plain for _, plain in found[1:]]

    def with_analyst(self) -> tuple[list[float], list[float]]:
        """Milliseconds of CPU per second of sound: engine and analyst together, and plain numpy with true peak."""
        self._block.route(Routing())
        kept = np.zeros(Totals.size(1 + MANY))
        analysis = Analysis(self._layout, Limits(), ballistics="digital", sample_rate_hz=RATE_HZ, kept=kept)
        # in stretches of some seconds, since the leak tests come in rounds of one
        whole = TURNS * BLOCKS * FRAMES / RATE_HZ / 1e3
        ours, floors = [], []
        for _ in range(STRETCHES // 2 + 1):
            engine_s = floor_s = 0.0
            for _ in range(TURNS):
                engine_s += sum(_cpu_s(work) for work in (self._engine, lambda: self._analyse(analysis)))
                floor_s += _cpu_s(lambda: self._plain(has_true_peak=True))
            ours.append(engine_s / whole)
            floors.append(floor_s / whole)
        return ours[1:], floors[1:]

    def _engine(self) -> None:
        for _ in range(BLOCKS):
            self._block.run(self._next(), self._out)

    def _analyse(self, analysis: Analysis) -> None:
        """What the analyst does with the blocks that the engine made last."""
        end = self._ring.end - BLOCKS * FRAMES
        for _ in range(BLOCKS // TURN_BLOCKS):
            end += TURN_BLOCKS * FRAMES
            block = self._ring.read(end, TURN_BLOCKS * FRAMES)
            assert block is not None
            analysis.feed(block)
            analysis.watch(ROUTING)
            analysis.loudness_rows()
            analysis.next_look(ROUTING)

    def _plain(self, *, has_true_peak: bool = False) -> None:
        """The same in the shortest numpy: mix, peak and mean square of every column, perhaps 8x oversampled peaks."""
        for _ in range(BLOCKS):
            sound = self._next()
            mixed = sound @ self._matrix
            for block in (sound, mixed):
                np.abs(block).max(axis=0)
                np.square(block).mean(axis=0)
            if has_true_peak:
                past = np.concatenate((self._past, np.hstack((sound, mixed))))
                self._past = past[-23:]
                between = sliding_window_view(past, 24, axis=0) @ _POLYPHASE
                np.abs(between).max(axis=(0, 2))

    def _next(self) -> Samples:
        self._at = (self._at + FRAMES) % (len(self._sound) - FRAMES)
        return self._sound[self._at : self._at + FRAMES]


_POLYPHASE = (
    np.sinc(np.arange(24)[:, None] - 11.5 - (np.arange(8) - 3.5)[None, :] / 8) * np.hanning(24)[:, None]
).astype(np.float32)


def _chatter(frames: int, inputs: int) -> Samples:
    """Noise that comes and goes in each input as syllables do."""
    random = np.random.default_rng(1)
    at = np.arange(frames)[:, None] / RATE_HZ
    syllables = np.clip(np.sin(2 * np.pi * random.uniform(2, 5, inputs) * at + random.uniform(0, 6, inputs)), 0, 1)
    sound: Samples = (0.05 * syllables * random.standard_normal((frames, inputs))).astype(np.float32)
    return sound


def _cpu_s(work: Callable[[], object]) -> float:
    started_s = time.thread_time()
    work()
    return time.thread_time() - started_s


async def _engine(seconds: float) -> tuple[float, str]:
    """The real engine on the practice device: microseconds a block, and what was missed or late, in words."""
    async with sound(MemoryJournal()) as (audio, _):
        audio.open(SHOW)
        await up(audio)
        before = audio.counters()
        await asyncio.sleep(seconds)
        after = audio.counters()
    count = {counter: after[counter] - before[counter] for counter in Counter}
    blocks = count[Counter.CALLBACKS]
    note = f"{count[Counter.XRUNS]} of {blocks} blocks missed, {count[Counter.OVER_HALF]} over half their time"
    return count[Counter.BUSY_NS] / max(1, blocks) / 1e3, note


async def _delays() -> tuple[list[float], list[float]]:
    """After how many blocks a program hears what it plays: through the engine, and through one that only copies."""
    with Jack() as jack:
        async with sound(MemoryJournal()) as (audio, _):
            audio.open(ON_JACK)
            await up(audio)
            (engine,) = jack.clients()
            ours = await asyncio.to_thread(_delays_through, jack, engine)
        copier = get_context("spawn").Process(target=_copy)
        copier.start()
        try:
            client = await asyncio.to_thread(_client, jack)
            return ours, await asyncio.to_thread(_delays_through, jack, client)
        finally:
            copier.kill()
            copier.join()


def _delays_through(jack: Jack, client: str) -> list[float]:
    with far_side(jack, client, outputs=2, inputs=2) as far:
        return [far.record(1.0).delay_frames() / BLOCK for _ in range(TIMES)]


def _client(jack: Jack) -> str:
    """The one client, once it is there."""
    give_up_s = time.monotonic() + 20
    while len(jack.clients()) != 1:
        if time.monotonic() > give_up_s:
            raise RuntimeError("no client came, or more than one")
        time.sleep(0.05)
    return jack.clients().pop()


def _copy() -> None:
    """A process of the shortest program: what comes in goes out."""
    device = open_device(DEVICE, sample_rate_hz=RATE_HZ, block_frames=BLOCK, inputs=2, outputs=2)
    device.start(lambda heard, out: np.copyto(out, heard))
    time.sleep(3_600)
