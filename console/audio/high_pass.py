"""A high-pass per column, 12 dB an octave, as products of matrices: numpy has no recursion over time. Pure numpy.

A filter's next frames follow from its last two inputs, its last two outputs and the new inputs, all linear. So each
column has two matrices that take 32 frames at once: what comes of the inputs, for all pieces of a block together, and
what the last two outputs add to the next piece, one piece after the other. In float64: 20 Hz at 192 kHz needs it.
`process` runs in the real-time callback and allocates nothing but views.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from console.audio.fades import Faded

Samples = NDArray[np.float32]
Exact = NDArray[np.float64]

PIECE: Final = 32
_PAST: Final = 2  # a filter of second order remembers so many frames
_NOTHING: Final = 1e-30  # below it a filter is at rest: numbers near 1e-308 take a processor a hundred times longer


class HighPass:
    """The high-passes of all columns. One thread calls `process`, any other `set`."""

    def __init__(self, columns: int, *, sample_rate_hz: float, block_frames: int) -> None:
        self._rate = sample_rate_hz
        self._block_frames = block_frames
        off = _Filters((None,) * columns, sample_rate_hz, block_frames)
        self._filters = Faded(off, columns=columns, sample_rate_hz=sample_rate_hz, block_frames=block_frames)
        self._past_in, self._next_past_in = np.zeros((_PAST, columns)), np.zeros((_PAST, columns))
        self._past_out = np.zeros((_PAST, columns))

    def set(self, cutoffs_hz: Sequence[float | None]) -> None:
        """Another cutoff for each column, None for off."""
        self._filters.target = _Filters(cutoffs_hz, self._rate, self._block_frames)

    def process(self, sound: Samples) -> None:
        """One block, shape (frames, columns), changed in place."""
        if self._filters.is_settled and self._filters.present.is_off:
            _remember(self._past_in, sound)
            np.copyto(self._past_out, self._past_in)
            return
        np.copyto(self._next_past_in, self._past_in)
        _remember(self._next_past_in, sound)
        self._filters.apply(self._run, sound)
        np.copyto(self._past_in, self._next_past_in)
        np.copyto(self._past_out, self._filters.present.past_out)

    def _run(self, filters: "_Filters", sound: Samples) -> None:
        filters.run(sound, self._past_in, self._past_out)


class _Filters:
    """One setting of all columns. It goes on from the outputs of the one before, so that its columns do not jump."""

    def __init__(self, cutoffs_hz: Sequence[float | None], sample_rate_hz: float, block_frames: int) -> None:
        self.past_out = np.zeros((_PAST, len(cutoffs_hz)))
        self._has_begun = False
        self._columns = np.flatnonzero([cutoff is not None for cutoff in cutoffs_hz])
        self.is_off = not len(self._columns)
        width, pieces = len(self._columns), -(-block_frames // PIECE)
        by_cutoff = {cutoff: response(cutoff, sample_rate_hz) for cutoff in set(cutoffs_hz) if cutoff is not None}
        responses = [by_cutoff[cutoff] for cutoff in cutoffs_hz if cutoff is not None]
        whole = np.array(responses).reshape(width, PIECE, 2 * _PAST + PIECE).transpose(0, 2, 1)
        self._of_past = np.ascontiguousarray(whole[:, :_PAST])
        self._of_input = np.ascontiguousarray(whole[:, _PAST:])
        # what the last two outputs make of the next piece's last two
        self._carried = np.ascontiguousarray(self._of_past[:, :, -_PAST:])
        self._taken: Samples = np.zeros((block_frames, width), dtype=np.float32)
        self._in = np.zeros((width, _PAST + pieces * PIECE))
        stride = self._in.itemsize
        self._pieces_in: Exact = as_strided(
            self._in, (width, pieces, _PAST + PIECE), (self._in.strides[0], PIECE * stride, stride)
        )
        self._windows = np.zeros((width, pieces, _PAST + PIECE))
        self._out = np.zeros((width, pieces, PIECE))
        self._added = np.zeros((width, pieces, PIECE))
        self._before = np.zeros((width, pieces + 1, _PAST))  # the last two outputs before each piece, and after all
        self._past, self._size = np.zeros((_PAST, width)), np.zeros((_PAST, width))
        self._is_alive = np.zeros((_PAST, width), dtype=np.bool_)

    def run(self, sound: Samples, past_in: Exact, past_out: Exact) -> None:
        """One block in place; `past_in` and `past_out` are the two frames before it."""
        if not self._has_begun:
            self._has_begun = True
            np.copyto(self.past_out, past_out)
        if self.is_off:
            _remember(self.past_out, sound)
            return
        self._load(sound, past_in)
        pieces = -(-len(sound) // PIECE)
        self._filter(pieces)
        _remember(self.past_out, sound)
        self._unload(sound)

    def _load(self, sound: Samples, past_in: Exact) -> None:
        """Take the columns that are filtered, and the frames before them."""
        frames, taken, past = len(sound), self._taken[: len(sound)], self._past
        np.take(sound, self._columns, axis=1, out=taken, mode="clip")  # the other modes allocate
        np.copyto(self._in[:, _PAST : _PAST + frames], taken.T)
        np.take(past_in, self._columns, axis=1, out=past, mode="clip")
        np.copyto(self._in[:, :_PAST], past.T)
        np.take(self.past_out, self._columns, axis=1, out=past, mode="clip")
        np.copyto(self._before[:, 0], past.T)

    def _filter(self, pieces: int) -> None:
        """Fill `_out` with what comes of the inputs and the outputs before them."""
        windows, out, added = self._windows[:, :pieces], self._out[:, :pieces], self._added[:, :pieces]
        np.copyto(windows, self._pieces_in[:, :pieces])
        np.matmul(windows, self._of_input, out=out)
        before = self._before
        for piece in range(pieces):
            after = before[:, piece + 1]
            np.matmul(before[:, piece : piece + 1], self._carried, out=after[:, np.newaxis])
            np.add(after, out[:, piece, -_PAST:], out=after)
        np.matmul(before[:, :pieces], self._of_past, out=added)
        np.add(out, added, out=out)

    def _unload(self, sound: Samples) -> None:
        """Put the filtered columns back, and remember their last two frames."""
        frames, taken, past = len(sound), self._taken[: len(sound)], self._past
        out = self._out.reshape(len(self._columns), -1)[:, :frames].T
        np.copyto(past, self._before[:, 0].T)
        _remember(past, out)
        np.greater(np.abs(past, out=self._size), _NOTHING, out=self._is_alive)
        np.multiply(past, self._is_alive, out=past)
        self.past_out[:, self._columns] = past
        np.copyto(taken, out, casting="same_kind")
        sound[:, self._columns] = taken


def _remember(past: Exact, sound: Samples | Exact) -> None:
    """Make `past` (the two frames before a block) the two frames at its end."""
    past[0] = sound[-2] if len(sound) > 1 else past[1]
    past[1] = sound[-1]


def response(cutoff_hz: float, sample_rate_hz: float) -> Exact:
    """The matrix of a Butterworth high-pass of second order (bilinear transform), shape (PIECE, 4 + PIECE).

    matrix @ (out[-2], out[-1], in[-2], in[-1], in[0], ..., in[PIECE - 1]) = (out[0], ..., out[PIECE - 1]).
    """
    warped = math.tan(math.pi * cutoff_hz / sample_rate_hz)
    norm = 1 + math.sqrt(2) * warped + warped**2
    feed, back_1, back_2 = 1 / norm, 2 * (warped**2 - 1) / norm, (1 - math.sqrt(2) * warped + warped**2) / norm
    width = 2 * _PAST + PIECE
    out = np.zeros((_PAST + PIECE, width))
    out[:_PAST, :_PAST] = np.eye(_PAST)
    sound = np.eye(width)[_PAST:]
    for frame in range(_PAST, _PAST + PIECE):
        fed = feed * (sound[frame] - 2 * sound[frame - 1] + sound[frame - 2])
        out[frame] = fed - back_1 * out[frame - 1] - back_2 * out[frame - 2]
    return out[_PAST:]
