"""Decoded pictures to what a window paints: sampled, scaled, converted. Pure; OpenCV in this one place.

A picture comes as I420 of the source's size, and only what is shown is made of it, at the size that it is shown at: a
tile may change its size from one picture to the next. Turning, mirroring and cropping are not done here: the view does
that when it paints.
"""

from math import isqrt
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from console.cameras.looks import SAMPLES

cv2.setNumThreads(1)  # one camera is one process: they share the cores, not each of them all

Pixels = NDArray[np.uint8]
Size = tuple[int, int]

PADDING: Final = 64  # pixels that decoders add at most
_SHAPES: Final = ((16, 9), (9, 16), (4, 3), (3, 4), (1, 1), (3, 2), (5, 4), (4, 5), (2, 1), (21, 9))
# video range (ITU-R BT.601 and BT.709: black is 16, white 235) to full range
_FULL_RANGE: Final = np.clip((np.arange(256) - 16) * 255 / 219, 0, 255).round().astype(np.uint8)


def fit(source: Size, room: Size) -> Size:
    """The size that shows all of `source` within `room`, never enlarged, both even and at least 2."""
    width, height = max(1, source[0]), max(1, source[1])
    scale = min(room[0] / width, room[1] / height, 1.0)
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def unpadded(width: int, height: int) -> Size:
    """The likely size of a picture within a decoder's buffer of that size: of a usual shape, a little smaller.

    libavcodec rounds up to 16 and 32 and adds 2 (avcodec_align_dimensions2).
    """
    for wide in range(width, width - 16, -1):
        for across, down in _SHAPES:
            high, rest = divmod(wide * down, across)
            if rest == 0 and height - 34 <= high <= height:
                return wide, high
    return width, height


def size_of(width: int, height: int) -> int:
    """Bytes of an I420 picture without gaps."""
    return width * height + 2 * ((width + 1) // 2) * ((height + 1) // 2)


def unpadded_size(padded: Size, count: int, known: Size | None) -> Size | None:
    """The size of an I420 picture of `count` bytes in a decoder's buffer of `padded` pixels; None when none fits.

    `known` is what the stream says of itself, if it does.
    """
    for size in (known, padded, unpadded(*padded)):
        if size is not None and size_of(*size) == count:
            return size
    for wide in range(padded[0], max(0, padded[0] - PADDING), -1):
        for high in range(padded[1], max(0, padded[1] - PADDING), -1):
            if size_of(wide, high) == count:
                return wide, high
    return None


def planes(pixels: Pixels, size: Size) -> tuple[Pixels, Pixels, Pixels]:
    """Y, U and V of an I420 picture of `size`, as views."""
    width, height = size
    wide, high = (width + 1) // 2, (height + 1) // 2
    luma, chroma = width * height, wide * high
    return (
        pixels[:luma].reshape(height, width),
        pixels[luma : luma + chroma].reshape(high, wide),
        pixels[luma + chroma : luma + 2 * chroma].reshape(high, wide),
    )


def luma_samples(pixels: Pixels, size: Size) -> bytes:
    """SAMPLES values of the luma of an I420 picture or a few more, full range, on a grid: for judging its looks."""
    width, height = size
    step = max(1, isqrt(width * height // SAMPLES))
    return _FULL_RANGE[planes(pixels, size)[0][::step, ::step]].tobytes()


def shrunk_luma(pixels: Pixels, source: Size, room: Size) -> Pixels:
    """The luma of an I420 picture of size `source`, as large as it fits into `room`: shape (height, width)."""
    width, height = fit(source, room)
    small: Pixels = np.empty((height, width), np.uint8)
    _shrink(planes(pixels, source)[0], small)
    return small


class Scaler:
    """Makes BGRX pictures of I420 ones; keeps its scratch memory from one picture to the next."""

    def __init__(self) -> None:
        self._small = np.empty(0, np.uint8)

    def scale(self, pixels: Pixels, source: Size, target: Pixels) -> None:
        """Write `pixels` (I420 of size `source`) into `target`: uint8, shape (height, width, 4), both even.

        Halved by averaging as long as it is twice too large (nothing flickers then), the rest is bilinear.
        """
        height, width = target.shape[:2]
        if (width, height) != source:
            count = size_of(width, height)
            if self._small.size != count:
                self._small = np.empty(count, np.uint8)
            for large, small in zip(planes(pixels, source), planes(self._small, (width, height)), strict=True):
                _shrink(large, small)
            pixels = self._small
        rows = pixels[: width * height * 3 // 2].reshape(height * 3 // 2, width)
        cv2.cvtColor(rows, cv2.COLOR_YUV2BGRA_I420, dst=target)


def _shrink(large: Pixels, small: Pixels) -> None:
    height, width = small.shape
    while large.shape[0] >= 2 * height and large.shape[1] >= 2 * width:
        half = large.shape[1] // 2, large.shape[0] // 2
        if half == (width, height):
            cv2.resize(large, half, dst=small, interpolation=cv2.INTER_AREA)
            return
        even = large[: half[1] * 2, : half[0] * 2]
        large = cv2.resize(even, half, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    cv2.resize(large, (width, height), dst=small, interpolation=cv2.INTER_LINEAR)
