"""Keeps a worker's memory small over hundreds of reconnects, and at hand. glibc only; elsewhere nothing is done.

libVLC starts some ten threads with each opening, and glibc gives each a heap of its own, up to eight per processor,
that are never given back: 60 reconnects cost 50 MB. With two heaps, trimmed after each closing, they cost nothing.

libVLC asks anew for the memory of each picture, three times over. glibc would give it back to the system each time, and
the system would clear it again, page by page: a hundred page faults a picture.
"""

import ctypes
import sys
from typing import Any, Final

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h
_HEAPS: Final = 2
_PICTURE_BYTES: Final = 32 << 20  # the most that glibc takes; a picture of 3840x2160 has 12 MB
_KEPT_BYTES: Final = 64 << 20


def keep_small() -> None:
    """Have all threads share two heaps, which keep the room of pictures; before libVLC starts its first."""
    libc = _glibc()
    if libc is not None:
        libc.mallopt(_M_ARENA_MAX, _HEAPS)
        libc.mallopt(_M_MMAP_THRESHOLD, _PICTURE_BYTES)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)


def give_back() -> None:
    """Give what is free back to the system: a few milliseconds."""
    libc = _glibc()
    if libc is not None:
        libc.malloc_trim(0)


def _glibc() -> Any:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None  # musl has neither
