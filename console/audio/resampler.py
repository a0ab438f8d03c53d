"""Sound at another rate, by any ratio that may change from block to block. Pure numpy, planar float32.

A windowed sinc of TAPS taps in PHASES phases, with straight lines between the phases: as a low-pass of 256 times the
rate. It makes exactly as many frames as it is asked for, which is what a device's block needs; libsoxr's variable
rate is called experimental, and gives as many as it likes.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

TAPS: Final = 96
"""Of the lower rate: flat to 19.5 kHz at 44.1 kHz, and 1 ms on the way."""
PHASES: Final = 256
_EDGE: Final = 0.475  # of the lower rate: where it is 6 dB down
_BETA: Final = 9.0  # Kaiser window: about 90 dB


class Resampler:
    """Turns sound of one rate into sound of another; `step` is how many frames go in for one that comes out.

    Feed what came, then make what is wanted, as far as `ready` or `needed` say. Everything is made room for here;
    `feed` and `make` allocate nothing larger than a few words.
    """

    def __init__(self, ports: int, *, step: float, most_in: int, most_out: int) -> None:
        """most_in, most_out: the most frames that are fed, or made, at once."""
        self.step = step
        self._taps = 2 * math.ceil(TAPS / 2 * max(1.0, step))
        self._table, self._slope = _table(self._taps, min(1.0, 1.0 / step))
        self._kept: Samples = np.zeros((ports, 2 * (self._taps + most_in) + 2), dtype=np.float32)
        self._spare = np.zeros_like(self._kept)
        self._count = np.arange(most_out, dtype=np.float64)
        self._place = np.zeros(most_out)
        self._first = np.zeros(most_out, dtype=np.intp)
        self._phase = np.zeros(most_out, dtype=np.intp)
        self._between: Samples = np.zeros((most_out, 1), dtype=np.float32)
        self._reach = np.arange(self._taps, dtype=np.intp)
        self._at = np.zeros((most_out, self._taps), dtype=np.intp)
        self._weights: Samples = np.zeros((most_out, self._taps), dtype=np.float32)
        self._taken: Samples = np.zeros((most_out, self._taps), dtype=np.float32)
        self._made: Samples = np.zeros(most_out, dtype=np.float32)
        self.clear()

    @property
    def delay_frames(self) -> float:
        """How many frames of what goes in it holds back."""
        return self._taps / 2

    def clear(self) -> None:
        """Forget what came: silence lies before what comes next."""
        self._kept.fill(0)
        self._filled = self._taps - 1
        self._next = 0.0  # where in what is kept the next frame is taken from: its first tap

    def ready(self) -> int:
        """How many frames can be made of what was fed."""
        room = self._filled - self._taps - self._next
        return max(0, math.floor(room / self.step) + 1) if room >= 0 else 0

    def needed(self, frames: int) -> int:
        """How many more frames must be fed before `frames` can be made."""
        last = math.floor(self._next + (frames - 1) * self.step)
        return max(0, last + self._taps + 1 - self._filled)

    def feed(self, sound: Samples) -> None:
        """Take in sound of shape (frames, ports)."""
        if self._filled + len(sound) > self._kept.shape[1]:
            self._move_up()
        self._kept[:, self._filled : self._filled + len(sound)] = sound.T
        self._filled += len(sound)

    def make(self, out: Samples) -> None:
        """Fill `out`, shape (frames, ports), with the next frames."""
        frames = len(out)
        place, first, phase, between = (
            self._place[:frames], self._first[:frames], self._phase[:frames], self._between[:frames]
        )  # fmt: skip
        np.multiply(self._count[:frames], self.step, out=place)
        np.add(place, self._next, out=place)
        np.copyto(first, place, casting="unsafe")  # whole frames: places are never below 0
        np.subtract(place, first, out=place)
        np.multiply(place, PHASES, out=place)
        np.copyto(phase, place, casting="unsafe")
        np.subtract(place, phase, out=between[:, 0], casting="unsafe")
        weights, taken, made = self._weights[:frames], self._taken[:frames], self._made[:frames]
        np.take(self._slope, phase, axis=0, out=weights, mode="clip")
        np.multiply(weights, between, out=weights)
        np.take(self._table, phase, axis=0, out=taken, mode="clip")
        np.add(weights, taken, out=weights)
        at = self._at[:frames]
        np.add(first[:, np.newaxis], self._reach, out=at)
        for port, kept in enumerate(self._kept):
            np.take(kept, at, out=taken, mode="clip")
            np.einsum("ft,ft->f", taken, weights, out=made)
            out[:, port] = made
        self._next += frames * self.step

    def _move_up(self) -> None:
        """Make room: what lies before the next frame's first tap is not needed any more."""
        gone = min(int(self._next), self._filled)
        rest = self._filled - gone
        self._spare[:, :rest] = self._kept[:, gone : self._filled]
        self._kept, self._spare = self._spare, self._kept
        self._filled, self._next = rest, self._next - gone


def _table(taps: int, width: float) -> tuple[Samples, Samples]:
    """The taps by phase, and what leads from each phase to the next; shape (PHASES + 1, taps). width: of the band."""
    phase = np.arange(PHASES + 2)[:, np.newaxis] / PHASES
    from_middle = np.arange(taps)[np.newaxis, :] - (taps / 2 - 1) - phase
    edge = 2 * _EDGE * width
    window = np.i0(_BETA * np.sqrt(np.maximum(0.0, 1 - (from_middle / (taps / 2)) ** 2))) / np.i0(_BETA)
    table = edge * np.sinc(edge * from_middle) * window
    table /= table.sum(axis=1, keepdims=True)  # a constant stays what it is, in every phase
    return table[:-1].astype(np.float32), np.diff(table, axis=0).astype(np.float32)
