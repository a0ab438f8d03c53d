"""What happens to every block of an interface: over to the engine's clock, and back. Runs in the device's callback.

The converters lie here, in the interface's own process, so that the engine's block only copies, and a driver that
misbehaves harms nobody else. Nothing here waits or logs.
"""

from math import isnan
from typing import Final

import numpy as np

from console.audio.drift import DriftLoop
from console.audio.lanes import Lane, LaneReader, Word
from console.audio.matrix import Samples
from console.audio.resampler import Resampler

MARGIN_S: Final = 0.006
MOST_MARGIN_S: Final = 0.2
_MOST_FRAMES: Final = 8_192
_WIDER: Final = 1.5


class Crossing:
    """One interface's blocks, for one engine. `heard` leads to the engine, `sent` comes from it."""

    def __init__(self, heard: Lane, sent: Lane, *, sample_rate_hz: int, block_frames: int, margin_s: float) -> None:
        self.engine = (heard.rate_hz, int(heard.words[Word.BLOCK_FRAMES]))
        self._heard, self._sent = heard, sent
        self._block_frames = block_frames
        self._ratio = sample_rate_hz / heard.rate_hz  # of the device's frames to the engine's
        most = round(_MOST_FRAMES * max(1.0, 1 / self._ratio) * 1.01) + 64
        self._in = Resampler(heard.ports, step=self._ratio, most_in=_MOST_FRAMES, most_out=most)
        self._out = Resampler(sent.ports, step=1 / self._ratio, most_in=most, most_out=_MOST_FRAMES)
        self._made: Samples = np.zeros((most, heard.ports), dtype=np.float32)
        self._taken: Samples = np.zeros((most, sent.ports), dtype=np.float32)
        self._reader = LaneReader(sent, most_frames=most)
        self._in_loop, self._out_loop = DriftLoop(), DriftLoop()
        self._before_s = 0.0
        self.callbacks = 0
        self.stand_back(margin_s)

    def stand_back(self, margin_s: float) -> None:
        """Keep the readers so far behind the writers, beyond the writer's own block."""
        rate_hz, block_frames = self.engine
        margin = round(margin_s * rate_hz)
        self._heard.words[Word.TARGET] = round(self._block_frames / self._ratio) + margin
        self._sent.words[Word.TARGET] = block_frames + margin

    @property
    def drift(self) -> float:
        """The part by which the device's clock runs quicker than the engine's, as far as known."""
        loop, sign = (self._in_loop, 1) if self._heard.ports else (self._out_loop, -1)
        return sign * loop.drift

    def delay_s(self) -> float:
        """How long the way over takes, the longer of the two directions; the devices' own delays come on top."""
        rate_hz = self.engine[0]
        ways = []
        if self._heard.ports:
            ways.append((self._heard.target + self._in.delay_frames / self._ratio) / rate_hz)
        if self._sent.ports:
            ways.append((self._sent.target + self._out.delay_frames) / rate_hz)
        return max(ways)

    def run(self, sound: Samples, out: Samples, now_s: float) -> None:
        """One block: sound (frames, inputs) in, out (frames, outputs) filled."""
        passed_s, self._before_s = now_s - self._before_s, now_s
        self.callbacks += 1
        if sound.shape[1]:
            self._take_in(sound, now_s, passed_s)
        if out.shape[1]:
            self._hand_out(out, now_s, passed_s)

    def _take_in(self, sound: Samples, now_s: float, passed_s: float) -> None:
        self._in.feed(sound)
        made = self._made[: self._in.ready()]
        self._in.make(made)
        self._heard.write(made, now_s=now_s)
        behind = self._heard.written - self._heard.reader_at(now_s) - self._heard.target
        if isnan(behind):
            self._in_loop.jumped()
            return
        drift = self._in_loop.update(behind / self.engine[0], passed_s)
        self._in.step = self._ratio * (1 + drift)

    def _hand_out(self, out: Samples, now_s: float, passed_s: float) -> None:
        taken = self._taken[: self._out.needed(len(out))]
        self._reader.take(taken, now_s=now_s)
        self._out.feed(taken)
        self._out.make(out)
        if not self._reader.is_flowing:
            self._out_loop.jumped()
            return
        behind = self._sent.writer_at(now_s) - self._reader.at - self._sent.target
        drift = self._out_loop.update(behind / self.engine[0], passed_s)
        self._out.step = (1 + drift) / self._ratio


def wider(margin_s: float) -> float:
    """The margin after a drop: what came too late once does so again."""
    return min(MOST_MARGIN_S, margin_s * _WIDER)
