"""What happens to every block of sound: mix, meter, keep, hand out. Runs in the real-time callback.

Nothing in `Block.run` waits, logs, or allocates beyond numpy's own small views; other threads only assign `target`
(through `route`) and `wants_clip_reset`, one reference each.
"""

import time
from collections.abc import Callable
from typing import Final

import numpy as np

from console.audio.blame import Worsts
from console.audio.fades import FadeOut
from console.audio.layout import Layout, Routing
from console.audio.levels import Meters
from console.audio.matrix import Mixer, Samples
from console.audio.patch import Patch
from console.workers.rings import CaptureRing, Counter, MeterBlock

RING_S: Final = 4.0
AWAY_NS: Final = 500_000_000
"""After so long without a block the sound comes up from silence: the device was away, or the machine asleep."""

_WINDOW_NS: Final = 1_000_000_000


def ring_frames(sample_rate_hz: int, block_frames: int) -> int:
    """How many frames the capture ring holds: about 4 s, and never less than a few blocks."""
    return max(round(RING_S * sample_rate_hz), 4 * block_frames)


_COUNTS_SLEEP: Final = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def machine_asleep_ns() -> int:
    """How long the machine has slept since it was started, plus a constant: monotonic time may stand still meanwhile.

    Windows counts sleep in its monotonic time: there it is nothing.
    """
    return 0 if _COUNTS_SLEEP is None else time.clock_gettime_ns(_COUNTS_SLEEP) - time.monotonic_ns()


class Block:
    """The engine's work on one block after the other."""

    def __init__(
        self,
        layout: Layout,
        *,
        sample_rate_hz: float,
        block_frames: int,
        meters: MeterBlock,
        ring: CaptureRing,
        patch: Patch | None = None,
        asleep_ns: Callable[[], int] = machine_asleep_ns,
    ) -> None:
        """patch: the ports of interfaces beside the main device. asleep_ns: how long the machine has slept."""
        self._patch = patch
        self._asleep_ns = asleep_ns
        self._slept_ns = self._asleep_ns()
        self._sources = len(layout.sources)
        self._mixer = Mixer(layout, sample_rate_hz=sample_rate_hz, block_frames=block_frames)
        self._meters = Meters(layout.columns, sample_rate_hz=sample_rate_hz, block_frames=block_frames)
        self._meters.take_over_clips(meters.read().rows)  # they last until the director forgets them
        self._shared = meters
        self._counters = meters.counters
        self._ring = ring
        self._block_frames = block_frames
        self._half_frame_ns = 0.5e9 / sample_rate_hz
        self._away_ns = max(AWAY_NS, round(4e9 * block_frames / sample_rate_hz))
        self._clock = MissedBlocks(block_frames / sample_rate_hz)
        self.wants_clip_reset = False
        self.callbacks = 0
        self.worsts = Worsts()
        self._fade_out = FadeOut(sample_rate_hz)

    @property
    def xruns(self) -> int:
        """How many blocks were missed, over restarts of this process too (the count lives in shared memory)."""
        return int(self._counters[Counter.XRUNS])

    def route(self, routing: Routing) -> None:
        """Let the next block begin to fade to what the director has set. One thread beside the callback's."""
        self._mixer.route(routing)

    def play(self, made_for: str, sound: Samples) -> None:
        """Let the next blocks play a sound into a return, once. One thread beside the callback's."""
        self._mixer.play(made_for, sound)

    def fade_out(self) -> None:
        """Let all that goes out fall silent for good, from the next block on. One thread beside the callback's."""
        self._fade_out.start()

    @property
    def is_silent(self) -> bool:
        """Whether that has been done."""
        return self._fade_out.is_over

    def run(self, sound: Samples, out: Samples) -> None:
        """One block: sound (frames, device inputs) in, out (frames, device outputs) filled, cut at full scale."""
        started_ns, own_ns = time.monotonic_ns(), time.thread_time_ns()
        slept_ns = self._asleep_ns()
        if started_ns - self._counters[Counter.AT_NS] + slept_ns - self._slept_ns > self._away_ns:
            self._mixer.ramp_in()
        self._slept_ns = slept_ns
        for start in range(0, len(sound), self._block_frames):
            end = start + self._block_frames
            self._run(sound[start:end], out[start:end])
        self._count(started_ns, own_ns, len(sound))

    def _run(self, sound: Samples, out: Samples) -> None:
        if self._patch is None:
            self._mix(sound, out)
        else:
            self._patch.run(self._mix, sound, out)

    def _mix(self, sound: Samples, out: Samples) -> None:
        block = self._mixer.mix(sound)
        if self.wants_clip_reset:
            self.wants_clip_reset = False
            self._meters.reset_clips()
        self._meters.update(block)
        self._meters.show_limiter(self._sources, self._mixer.limiter.gain)
        self._ring.write(block)
        self._mixer.hand_out(out)
        if self._mixer.adds_up:  # a converter would wrap what is over full scale, or refuse it
            np.clip(out, np.float32(-1), np.float32(1), out=out)
        self._fade_out.apply(out)

    def _count(self, started_ns: int, started_own_ns: int, frames: int) -> None:
        counters = self._counters
        between_ns = started_ns - int(counters[Counter.AT_NS]) if self.callbacks else 0
        self.callbacks += 1
        counters[Counter.CALLBACKS] = self.callbacks
        counters[Counter.XRUNS] += self._clock.missed(started_ns)
        counters[Counter.AT_NS] = started_ns
        busy_ns = time.monotonic_ns() - started_ns
        own_ns = min(busy_ns, time.thread_time_ns() - started_own_ns)
        counters[Counter.BUSY_NS] += busy_ns
        half_ns = frames * self._half_frame_ns
        if busy_ns > half_ns:
            counters[Counter.OVER_HALF] += 1
        if own_ns > half_ns:
            counters[Counter.OWN_OVER_HALF] += 1
        self.worsts.note(own_ns=own_ns, busy_ns=busy_ns, between_ns=between_ns)
        self._shared.write(self._meters.reading)


class MissedBlocks:
    """Counts blocks that never came, against the clock: PortAudio's own flags tell of a fraction of them.

    Lateness is the time by which a block comes after its turn. A driver that delivers in bursts is late and catches
    up, a lost block is never caught up: so the least lateness of each second is compared with that of the second
    before. A device whose clock is off by some parts in a million moves it by less than half a block.
    """

    def __init__(self, period_s: float) -> None:
        self._period_ns = period_s * 1e9
        self._start_ns = 0
        self._blocks = 0
        self._window_end_ns = 0
        self._least_ns = 0.0
        self._before_ns: float | None = None

    def missed(self, now_ns: int) -> int:
        """Take in that a block came at `now_ns`; how many were found to be missing, mostly 0."""
        if self._start_ns == 0:
            self._start_ns, self._window_end_ns = now_ns, now_ns + _WINDOW_NS
        late_ns = now_ns - self._start_ns - self._blocks * self._period_ns
        self._blocks += 1
        if now_ns < self._window_end_ns:
            self._least_ns = min(self._least_ns, late_ns)
            return 0
        before_ns, self._before_ns = self._before_ns, self._least_ns
        least_ns, self._least_ns = self._least_ns, late_ns
        self._window_end_ns = now_ns + _WINDOW_NS
        if before_ns is None:
            return 0
        return max(0, round((least_ns - before_ns) / self._period_ns))
