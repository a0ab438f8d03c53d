"""The journal on disk: `<data-dir>/journal/RUN.jsonl`, one JSON object a line, append-only (law 9).

Entries are made on the loop's thread; a single writer thread writes them in order and forces them to disk. Trouble
with the disk is told once and never raised: entries wait in memory and are written when the disk is back.
"""

import asyncio
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Final

from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Origin
from console.show.entries import Entry, read, whole_bytes

log = logging.getLogger(__name__)

SYNC_S: Final = 0.2  # entries are forced to disk at most this often, seconds
RETRY_S: Final = 2.0  # a disk in trouble is tried this often, seconds
REMEMBERED: Final = 20_000  # entries kept in memory for live followers
WAITING_MAX: Final = 50_000  # lines that wait for a disk in trouble; the oldest go first

DURABLE: Final = frozenset({"run.started", "run.ended", "drop.fired", "drop.opened", "drop.closed", "sale.stop"})

__all__ = ["Entry", "FileJournal", "read"]


class FileJournal:
    """Implements core's Journal on one file. Loop thread only, but for what the writer thread does inside.

    `writer` must have a single thread. `on_trouble` is called once when the disk fails, `on_healed` when it is back
    and everything that waited is written; both on the loop's thread.
    """

    def __init__(
        self,
        data_dir: Path,
        run: str,
        clock: Clock,
        writer: Executor,
        *,
        on_trouble: Callable[[UserError], None] = lambda error: None,
        on_healed: Callable[[], None] = lambda: None,
        durable: Iterable[str] = DURABLE,
    ) -> None:
        self.run = run
        self.path = data_dir / "journal" / f"{run}.jsonl"
        self._clock = clock
        self._executor = writer
        self._on_trouble, self._on_healed = on_trouble, on_healed
        self._durable = frozenset(durable)
        self._watchers: list[Callable[[Entry], None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._file = _File(self.path)
        self._entries: deque[Entry] = deque(_entries_so_far(self.path), maxlen=REMEMBERED)
        self._seq = self._entries[-1].seq if self._entries else 0
        self.boot = self._entries[-1].boot + 1 if self._entries else 1

    def write(self, kind: str, origin: Origin, /, **fields: object) -> str:
        """Note one thing; returns its number as text, at once. Never raises."""
        self._seq += 1
        head = {"seq": self._seq, "boot": self.boot, "mono_ns": self._clock.mono_ns()}
        entry = Entry.of(kind, origin, fields, at=self._clock.now(), **head)
        self._entries.append(entry)
        self._file.wait(entry.line())
        self._loop = _running_loop() or self._loop
        is_durable = kind in self._durable or self._loop is None
        self._submit(is_durable)
        if not is_durable:
            self._sync_later(SYNC_S)
        for watcher in tuple(self._watchers):
            watcher(entry)
        return str(entry.seq)

    def since(self, seq: int) -> tuple[Entry, ...]:
        """Every entry after number `seq`. Reads the file (blocks) only when memory does not go back so far."""
        kept = tuple(self._entries)  # in one step: a thread may ask while the loop writes
        if not kept or seq >= kept[-1].seq:
            return ()
        oldest = kept[0].seq
        older = [entry for entry in _entries_so_far(self.path) if seq < entry.seq < oldest] if seq < oldest - 1 else []
        return (*older, *(entry for entry in kept if entry.seq > seq))

    def last(self, *kinds: str) -> Entry | None:
        """The newest entry of these kinds among those in memory."""
        return next((entry for entry in reversed(self._entries) if entry.kind in kinds), None)

    def watch(self, watcher: Callable[[Entry], None]) -> Callable[[], None]:
        """Call `watcher` with each new entry; returns the undo."""
        self._watchers.append(watcher)

        def undo() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return undo

    @property
    def unkept(self) -> int:
        """How many entries are not on disk yet: 0 when all is well."""
        return self._file.waiting

    async def flush(self) -> None:
        """Returns when everything written so far is on disk, or the disk has refused it."""
        future = self._submit(True)
        if future is not None:
            await asyncio.wrap_future(future)

    async def close(self) -> None:
        """Write what waits and close the file."""
        if self._timer is not None:
            self._timer.cancel()
        await self.flush()
        self._file.close()

    def _sync_later(self, delay_s: float) -> None:
        if self._loop is None or self._loop.is_closed() or self._timer is not None:
            return
        self._timer = self._loop.call_later(delay_s, self._sync_now)

    def _sync_now(self) -> None:
        self._timer = None
        self._submit(True)

    def _submit(self, sync: bool) -> "Future[None] | None":
        try:
            return self._executor.submit(self._drain, sync)
        except RuntimeError:  # the writer has been shut down: these are the last words
            self._drain(True)
            return None

    def _drain(self, sync: bool) -> None:
        """Writer thread: bring what waits to disk and tell the loop when that changes how the disk is."""
        was_well = self._file.trouble is None
        self._file.drain(sync)
        trouble = self._file.trouble
        if trouble is not None:
            self._tell(self._sync_later, RETRY_S)
        if trouble is not None and was_well:
            self._tell(self._on_trouble, self._explain(trouble))
        elif trouble is None and not was_well:
            self._tell(self._on_healed)

    def _tell(self, listener: Callable[..., None], *arguments: object) -> None:
        if self._loop is None:
            listener(*arguments)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(listener, *arguments)

    def _explain(self, trouble: OSError) -> UserError:
        reason = trouble.strerror or "it cannot be written"
        return UserError(
            f"The journal is not being kept: {self.path.parent} says: {reason.lower()}.",
            fix="Free space or mend the folder. The show goes on, and what happens is kept in memory until then.",
        )


class _File:
    """The file and the lines that wait for it. `wait` from the loop's thread, the rest from the writer's."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: deque[bytes] = deque(maxlen=WAITING_MAX)
        self._busy = threading.Lock()  # close and a writer that was shut down may meet the last drain
        self._fd = -1
        self._size = 0  # bytes that are whole lines; anything after them is torn
        self._is_dirty = False
        self.trouble: OSError | None = None

    @property
    def waiting(self) -> int:
        return len(self._lines)

    def wait(self, line: bytes) -> None:
        """Queue one line."""
        self._lines.append(line)

    def drain(self, sync: bool) -> None:
        """Write every waiting line; force them to disk if `sync`. Trouble is kept in `trouble`, not raised."""
        with self._busy:
            try:
                self._open()
                while self._lines:
                    self._write(self._lines[0])
                    self._lines.popleft()
                if sync and self._is_dirty:
                    os.fsync(self._fd)
                    self._is_dirty = False
                self.trouble = None
            except OSError as error:
                if self.trouble is None:
                    log.info("the journal cannot be written: %s", error)
                self.trouble = error
                self._abandon()

    def close(self) -> None:
        with self._busy:
            self._abandon()

    def _open(self) -> None:
        if self._fd >= 0:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        self._size = whole_bytes(self._path)
        if os.fstat(self._fd).st_size > self._size:
            os.ftruncate(self._fd, self._size)  # a torn last line must not grow into the next one

    def _write(self, line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(self._fd, rest) :]
        self._size += len(line)
        self._is_dirty = True

    def _abandon(self) -> None:
        """Let go of the file, without half a line if that can be; it is opened anew on the next try."""
        if self._fd < 0:
            return
        fd, self._fd = self._fd, -1
        try:
            if os.fstat(fd).st_size > self._size:
                os.ftruncate(fd, self._size)
        except OSError as error:
            log.info("half a line stays in the journal until the disk is back: %s", error)
        finally:
            os.close(fd)


def _entries_so_far(path: Path) -> list[Entry]:
    try:
        return list(read(path))
    except (OSError, UserError):
        return []  # the first write will say what is wrong with the folder


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
