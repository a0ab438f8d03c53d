"""Pixels of an X display, quick enough to see when they change: XGetImage through ctypes. For timing."""

import ctypes
from ctypes import POINTER, c_int, c_uint, c_ulong, c_void_p
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tests.bench.xtest import XDisplay

_ALL_PLANES: Final = 0xFFFFFFFF
_Z_PIXMAP: Final = 2


class _Image(ctypes.Structure):
    """XImage as far as `bytes_per_line`."""

    _fields_ = (
        *((name, c_int) for name in ("width", "height", "xoffset", "format")),
        ("data", c_void_p),
        *((name, c_int) for name in ("byte_order", "unit", "bit_order", "pad", "depth", "bytes_per_line")),
    )


class XPixels(XDisplay):
    """A connection to an X display of 24 bits that looks at its pixels."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._x.XGetImage.restype = POINTER(_Image)
        self._x.XFree.argtypes = (c_void_p,)
        self._x.XDisplayWidth.argtypes = self._x.XDisplayHeight.argtypes = (c_void_p, c_int)
        self.size = self._x.XDisplayWidth(self._display, 0), self._x.XDisplayHeight(self._display, 0)

    def green(self, x: int, y: int, width: int, height: int = 1) -> NDArray[np.uint8]:
        """The green of a part of the screen, shape (height, width)."""
        root = c_ulong(self._x.XDefaultRootWindow(self._display))
        image = self._x.XGetImage(
            self._display, root, c_int(x), c_int(y), c_uint(width), c_uint(height), c_ulong(_ALL_PLANES), _Z_PIXMAP
        )
        if not image:
            raise RuntimeError(f"no pixels at {x}, {y}")
        stride, data = image.contents.bytes_per_line, image.contents.data
        pixels = np.frombuffer(ctypes.string_at(data, stride * height), np.uint8).reshape(height, stride // 4, 4)
        self._x.XFree(data)
        self._x.XFree(ctypes.cast(image, c_void_p))
        return pixels[:, :width, 1]
