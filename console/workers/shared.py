"""Memory shared between the console and a worker: a mapped file that nobody's death takes from the others.

Not multiprocessing's SharedMemory: on Python 3.11 a killed process that merely attached a segment unlinks it for
everybody. On Linux the file has no name, so even a killed console leaves nothing behind; elsewhere it is a temporary
file that its creator removes.
"""

import contextlib
import mmap
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path


class SharedFile:
    """`size` bytes, shared by `path`. `buffer` is writable by both sides; a new one is all zeros."""

    def __init__(self, fd: int, path: str, *, unlink: bool) -> None:
        self.path = path
        self._fd = fd
        self._unlink = unlink
        self._map: mmap.mmap | None = mmap.mmap(fd, os.fstat(fd).st_size)
        self.buffer = memoryview(self._map)

    @classmethod
    def create(cls, size: int) -> "SharedFile":
        """A new one of `size` bytes. Memory is used only for pages that were touched. Raises OSError when full."""
        if sys.platform == "linux":
            fd = os.memfd_create("cuedrop", os.MFD_CLOEXEC)
            path, unlink = f"/proc/{os.getpid()}/fd/{fd}", False
        else:
            fd, path = tempfile.mkstemp(prefix="cuedrop-")
            unlink = True
        os.ftruncate(fd, size)
        return cls(fd, path, unlink=unlink)

    @classmethod
    def create_all(cls, sizes: Iterable[int]) -> "list[SharedFile]":
        """One of each size, or none at all. Raises OSError when there is no room for all."""
        made: list[SharedFile] = []
        try:
            for size in sizes:
                made.append(cls.create(size))
        except OSError:
            for one in made:
                one.close()
            raise
        return made

    @classmethod
    def open(cls, path: str) -> "SharedFile":
        """The one that another process created. Raises OSError when its creator is gone."""
        return cls(os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0)), path, unlink=False)

    def close(self) -> None:
        """Let go of it. Views onto `buffer` that are still held keep the memory, not the name."""
        if self._fd < 0:
            return
        self.buffer.release()
        with contextlib.suppress(BufferError):  # somebody still paints from it: freed with the last view
            if self._map is not None:
                self._map.close()
        self._map = None
        os.close(self._fd)
        self._fd = -1
        if self._unlink:
            Path(self.path).unlink(missing_ok=True)
