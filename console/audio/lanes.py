"""Sound handed from one process to another that has its own clock: a ring in shared memory, one writer, one reader.

Nobody waits. What the ring holds is at the engine's rate. Beside the samples each side leaves where it is and when, as
one number: the place that it would have been at when the clock was 0. So either side knows at any moment how far the
other is, between its blocks too. Times are monotonic, in seconds; samples are float32, full scale +-1.0.
"""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.fades import FADE_S, RAMP_IN_S, Fade

Samples = NDArray[np.float32]

LANE_S: Final = 0.5
MOST_RATE_HZ: Final = 192_000
_WORDS: Final = 16
_HEADER_BYTES: Final = _WORDS * 8
_MOMENT_S: Final = 0.5
"""A reader that has nothing for longer has lost its writer: no drop, an absence."""

_SLACK_S: Final = 0.03
"""Beyond twice the distance that is wanted and this, what waits is left out: the reader stood still."""


class Word(IntEnum):
    """Words of the header: whole numbers."""

    WRITTEN = 0  # frames ever written
    ABOUT_TO_BE = 1  # frames that are written when the write that runs is done
    DROPS = 2  # how often the reader had nothing to read for a moment, or too much
    TARGET = 3  # frames that the reader keeps behind the writer
    RATE_HZ = 4  # the engine's; 0: no engine yet
    BLOCK_FRAMES = 5  # the engine's


_WRITER_FROM: Final = 8  # and these are float64
_READER_FROM: Final = 9


class Lane:
    """The ring itself, as either side sees it."""

    def __init__(self, buffer: memoryview, *, ports: int) -> None:
        self.words = np.frombuffer(buffer, np.int64, _WORDS)
        self._places = np.frombuffer(buffer, np.float64, _WORDS)
        self.frames = round(LANE_S * MOST_RATE_HZ)
        self.ports = ports
        self._data = np.frombuffer(buffer, np.float32, self.frames * ports, _HEADER_BYTES).reshape(self.frames, ports)

    @staticmethod
    def size(*, ports: int) -> int:
        """Bytes of shared memory that one needs."""
        return _HEADER_BYTES + max(1, round(LANE_S * MOST_RATE_HZ) * ports) * 4

    @property
    def written(self) -> int:
        """Frames ever written."""
        return int(self.words[Word.WRITTEN])

    def write(self, sound: Samples, *, now_s: float) -> None:
        """Append sound of shape (frames, ports)."""
        end = self.written
        # said before it is done: a reader must know which frames are about to go
        self.words[Word.ABOUT_TO_BE] = end + len(sound)
        start = end % self.frames
        room = min(len(sound), self.frames - start)
        self._data[start : start + room] = sound[:room]
        self._data[: len(sound) - room] = sound[room:]
        self.words[Word.WRITTEN] = end + len(sound)
        self._places[_WRITER_FROM] = end + len(sound) - now_s * self.rate_hz

    def read(self, start: int, out: Samples) -> bool:
        """Fill `out` with the frames from `start` on; False when they are not all there, or not any more."""
        if start + len(out) > self.written or start < 0:
            return False
        first = start % self.frames
        room = min(len(out), self.frames - first)
        out[:room] = self._data[first : first + room]
        out[room:] = self._data[: len(out) - room]
        return bool(self.words[Word.ABOUT_TO_BE] - self.frames <= start)

    @property
    def rate_hz(self) -> int:
        """The engine's rate; 0 before the first engine."""
        return int(self.words[Word.RATE_HZ])

    @property
    def target(self) -> int:
        """Frames that the reader keeps behind the writer."""
        return int(self.words[Word.TARGET])

    def writer_at(self, now_s: float) -> float:
        """How many frames the writer's clock has come to."""
        return float(self._places[_WRITER_FROM]) + now_s * self.rate_hz

    def reader_at(self, now_s: float) -> float:
        """How many frames the reader's clock has come to; not a number while it does not read."""
        return float(self._places[_READER_FROM]) + now_s * self.rate_hz

    def reader_is(self, at: float, now_s: float) -> None:
        """The reader says where it is; not a number: it does not read."""
        self._places[_READER_FROM] = at - now_s * self.rate_hz

    def begin(self, *, rate_hz: int, block_frames: int) -> None:
        """A new engine says how it runs."""
        self.words[Word.RATE_HZ] = rate_hz
        self.words[Word.BLOCK_FRAMES] = block_frames
        self._places[_READER_FROM] = np.nan


class LaneReader:
    """Reads a lane block by block, at a distance; silence, with a fade, when there is nothing. One thread.

    It begins with what the writer has written since the reader was made, and comes up slowly.
    """

    def __init__(self, lane: Lane, *, most_frames: int) -> None:
        """most_frames: the most that are taken at once."""
        self._lane = lane
        rate_hz, ports = lane.rate_hz, lane.ports
        self._rise = Fade(RAMP_IN_S, columns=ports, sample_rate_hz=rate_hz, block_frames=most_frames)
        frames = max(1, round(FADE_S * rate_hz))
        way = np.minimum(np.arange(1, frames + most_frames + 1) / frames, 1.0)
        self._fall: Samples = ((1.0 + np.cos(np.pi * way)) / 2.0).astype(np.float32).reshape(-1, 1)
        self._fall_frames = self._fallen = frames
        self._last: Samples = np.zeros(ports, dtype=np.float32)
        self._slack = round(_SLACK_S * rate_hz)
        self._at = 0
        self._since = lane.written
        self._took_s = self._stopped_s = -_MOMENT_S
        self.is_flowing = False

    @property
    def at(self) -> int:
        """Which frame is read next."""
        return self._at

    def take(self, out: Samples, *, now_s: float) -> None:
        """Fill `out`, shape (frames, ports), with what comes next."""
        lane, frames = self._lane, len(out)
        if not frames:
            return
        if not self.is_flowing and not self._begins(frames, now_s):
            self._be_silent(out)
            return
        too_far = lane.written - self._at - frames > 2 * lane.target + self._slack + frames
        if too_far or not lane.read(self._at, out):
            self._stop(now_s)
            self._be_silent(out)
            return
        self._at += frames
        self._took_s = now_s
        lane.reader_is(self._at, now_s)
        if self._rise.is_running:
            self._rise.scale(out)
        self._last[:] = out[-1]

    def _begins(self, frames: int, now_s: float) -> bool:
        """Whether enough came since the reader last read: then it reads at the distance that is wanted."""
        lane = self._lane
        at = round(lane.writer_at(now_s)) - lane.target - frames if lane.target else -1
        if at < self._since or at + frames > lane.written or lane.written - at > self._lane.frames // 2:
            return False
        if now_s - self._stopped_s < _MOMENT_S:
            lane.words[Word.DROPS] += 1
        self._at, self.is_flowing = at, True
        self._rise.start()
        return True

    def _stop(self, now_s: float) -> None:
        self._lane.reader_is(np.nan, now_s)
        self.is_flowing = False
        self._since, self._stopped_s = self._lane.written, self._took_s
        self._fallen = 0

    def _be_silent(self, out: Samples) -> None:
        """From the last sample down to nothing, and nothing from there."""
        np.copyto(out, self._last)
        np.multiply(out, self._fall[self._fallen : self._fallen + len(out)], out=out)
        self._fallen = min(self._fall_frames, self._fallen + len(out))
