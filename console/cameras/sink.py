"""Where a player's pictures go: judged, scaled to what is shown, published. In a camera's worker process only.

`room_at` and `take` are called by one thread of libVLC, the rest by the worker's own: what both read is replaced whole.
"""

import ctypes
import sys
import time
from typing import Final, NamedTuple

import numpy as np

from console.cameras.scaling import Pixels, Scaler, Size, fit, luma_samples, shrunk_luma, size_of
from console.workers.frames import BYTES_PER_PIXEL, FrameWriter, stride_of

GREY_SIZE: Final = (640, 360)  # what the clock page's code is found in, quickly enough
SHOWN_AGAIN_NS: Final = 70_000_000  # libVLC 3 shows its last picture again after 80 ms without a new one

_memcmp = (ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)).memcmp
_memcmp.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_memcmp.restype = ctypes.c_int


class _Room(NamedTuple):
    """Memory of one picture, and its address, which numpy is slow to tell."""

    pixels: Pixels
    at: int


def _room_of(count: int) -> _Room:
    pixels: Pixels = np.empty(count, np.uint8)
    return _Room(pixels, pixels.ctypes.data)


class PictureSink:
    """Takes I420 pictures of any size, and publishes them in `frames`, at most `size` large, while somebody looks."""

    def __init__(self, frames: FrameWriter, memory: memoryview) -> None:
        self.size: Size = (640, 360)
        self.is_hidden = False
        self.came = 0  # pictures since `restart`, repeats of the one before included
        self.source: Size = (0, 0)
        self._frames = frames
        self._memory: Pixels = np.frombuffer(memory, np.uint8)
        self._scaler = Scaler()
        self._newest = self._spare = _room_of(0)
        self._came_ns = 0
        self._shown: tuple[Size, Size] | None = None  # source and shape of what was published; None: an older picture

    def restart(self) -> None:
        """Another stream follows."""
        self.came, self._shown = 0, None

    def room_at(self, count: int) -> int:
        """Where to write the next picture of `count` bytes: an address, good until `take`."""
        if self._spare.pixels.size != count:
            self._spare = _room_of(count)
        return self._spare.at

    def take(self, source: Size, *, wide: int | None = None, may_repeat: bool = False) -> None:
        """The picture of size `source` is written; `wide`: its width as it is to be seen, when that is another.

        With `may_repeat` libVLC shows its last one again now and then. It is scaled and published when it is new and
        somebody looks; else it is only noted that it came.
        """
        now_ns = time.monotonic_ns()
        is_same = source == self.source and self._is_same(size_of(*source))
        self._newest, self._spare, self.source = self._spare, self._newest, source
        if is_same and may_repeat and now_ns - self._came_ns >= SHOWN_AGAIN_NS:
            self._came_ns = now_ns
            return
        self._came_ns = now_ns
        self.came += 1
        shape = fit((wide or source[0], source[1]), self.size)
        if self._shown and (self.is_hidden or (is_same and self._shown == (source, shape))):
            if not is_same:
                self._shown = (0, 0), shape  # what is published is not the newest any more
            self._frames.touch(now_ns)
        elif self._frames.fits(*shape):
            self._publish(source, shape, now_ns)

    def samples(self) -> bytes:
        """Luma of the newest picture, published or not, for judging its looks; nothing while there is none."""
        source, newest = self.source, self._newest.pixels
        return luma_samples(newest, source) if newest.size and newest.size >= size_of(*source) else b""

    def grey(self) -> tuple[int, Pixels] | None:
        """When the newest picture came, and its luma, fit for finding details in; None while there is none."""
        source, newest, came_ns = self.source, self._newest.pixels, self._came_ns
        if not newest.size or newest.size < size_of(*source):
            return None
        return came_ns, shrunk_luma(newest, source, GREY_SIZE)

    def _is_same(self, count: int) -> bool:
        if not self._newest.pixels.size == self._spare.pixels.size == count:
            return False
        return not _memcmp(self._newest.at, self._spare.at, count)

    def _publish(self, source: Size, shape: Size, now_ns: int) -> None:
        start, size = self._frames.begin_at(*shape)
        rows = self._memory[start : start + size].reshape(shape[1], stride_of(shape[0]) // BYTES_PER_PIXEL, 4)
        self._scaler.scale(self._newest.pixels, source, rows[:, : shape[0]])
        self._frames.set_source(*source)
        self._frames.commit(now_ns)
        self._shown = source, shape
