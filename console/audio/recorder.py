"""The recorder's process: takes every column from the engine's ring and writes it to files. Nobody waits for it.

The ring holds some seconds, so a disk that thinks costs nothing. The shared words of `Progress` outlive this process:
the next one goes on with the frame after the last that is safe, in a new part.
"""

import errno
import logging
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.disk_left import DiskLeft
from console.audio.recorded_files import FLAC_SHARE, SAMPLE_BYTES, SoundFile, cut, open_file
from console.audio.recorded_names import file_names
from console.audio.recorder_messages import Finish, Finished, GapFilled, Order, PartBegun, Progress, Recorded
from console.audio.timeline import Gap, Piece, Timeline, chunks
from console.core.errors import UserError
from console.workers.port import WorkerPort
from console.workers.rings import CaptureRing, Counter, MeterBlock, Samples

log = logging.getLogger(__name__)

TURN_S: Final = 0.1
_SAY_S: Final = 1.0
_LONGEST_GAP_S: Final = 60.0  # a machine that slept: rather a new part than hours of silence at once
_SAFE: Final = "What was recorded until now is safe."
_FULL: Final = "Free space, then record again."


def record(port: WorkerPort, order: Order) -> None:
    """Record until told to finish, or until the disk refuses; then wait for the end of this process."""
    ring_file, meters_file, progress_file = (
        port.shared(path) for path in (order.ring_path, order.meters_path, order.progress_path)
    )
    recorder = _Recorder(
        port,
        order,
        ring=CaptureRing(ring_file.buffer, frames=order.ring_frames, columns=order.ring_columns),
        counters=MeterBlock(meters_file.buffer, rows=0, columns=0).counters,
        progress=np.frombuffer(progress_file.buffer, np.int64),
    )
    port.send(recorder.record())
    while True:
        port.beat()
        port.receive(TURN_S)


class _Part:
    """The files of one part, all of one length, in frames."""

    def __init__(self, order: Order, number: int, rate_hz: int) -> None:
        """Raises OSError when a file cannot be made."""
        self.rate_hz = rate_hz
        self.frames = 0
        self._tracks = order.tracks
        self._files: list[SoundFile] = []
        try:
            for track, path in zip(order.tracks, _paths(order, number), strict=True):
                title, columns = track.name, len(track.columns)
                self._files.append(open_file(path, columns=columns, rate_hz=rate_hz, title=title, album=order.show))
        except OSError:
            self.close()
            raise

    def write(self, block: Samples) -> None:
        """Append a block of all the ring's columns, each to its file."""
        for track, file in zip(self._tracks, self._files, strict=True):
            file.write(np.ascontiguousarray(block[:, list(track.columns)]))
        self.frames += len(block)

    @property
    def whole(self) -> int:
        """How many frames every file is sure to hold."""
        return min(file.whole for file in self._files)

    def settle(self, frames: int) -> None:
        """Make every file say that it is so long."""
        for file in self._files:
            file.settle(frames)

    def close(self) -> None:
        """End the files."""
        for file in self._files:
            file.close()


class _Recorder:
    """One recording, from where the process before left it."""

    def __init__(
        self,
        port: WorkerPort,
        order: Order,
        *,
        ring: CaptureRing,
        counters: NDArray[np.int64],
        progress: NDArray[np.int64],
    ) -> None:
        self._port = port
        self._order = order
        self._ring = ring
        self._counters = counters
        self._progress = progress
        self._part: _Part | None = None
        self._unbroken = 0  # frames of sound since the last silence
        self._before_ns = int(progress[Progress.LENGTH_NS])  # how long the parts before are
        self._end: int | None = None
        self._gap: GapFilled | None = None  # the one that files are in now
        self._turned_ns = 0
        self._callbacks = 0
        self._said_s = 0.0

    def record(self) -> Finished:
        """Record to the end, and close all files; what came of it. Raises Stopped when told to end at once."""
        why = fix = ""
        try:
            self._record()
        except (UserError, OSError) as error:
            told = error if isinstance(error, UserError) else _refused(error)
            log.info("the recording ends: %s", error)
            why, fix = told.what, f"{_SAFE} {told.fix}" if self._length_s else told.fix
        finally:
            if self._part is not None:
                self._part.close()
        self._tell_gap()
        return Finished(self._length_s, why, fix)

    def _record(self) -> None:
        self._end_part_before()
        self._begin_part(int(self._progress[Progress.POSITION]), int(self._progress[Progress.UNTIL_NS]))
        while self._end is None or self._timeline.position < self._end:
            message = self._port.receive(TURN_S)
            if isinstance(message, Finish):
                self._end = message.end
            self._port.beat()
            self._turn()
            self._settle()
            self._say()

    # --- parts ---

    def _end_part_before(self) -> None:
        """Cut the files of a process that was killed to one length: that after which the next part begins."""
        number = int(self._progress[Progress.PART])
        frames, rate_hz = int(self._progress[Progress.PART_FRAMES]), int(self._progress[Progress.PART_RATE_HZ])
        if number:
            for track, path in zip(self._order.tracks, _paths(self._order, number), strict=True):
                cut(path, frames, columns=len(track.columns), rate_hz=rate_hz)

    def _begin_part(self, position: int, until_ns: int) -> None:
        """Close the part before, and open one that begins with the ring's frame `position`."""
        if self._part is not None:
            self._before_ns += _ns(self._part.frames, self._part.rate_hz)
            self._part.close()
            self._part = None
        order, rate_hz = self._order, int(self._progress[Progress.RATE_HZ])
        columns = sum(len(track.columns) for track in order.tracks)
        share = 1.0 if order.suffix == ".wav" else FLAC_SHARE
        self._disk = DiskLeft(columns * SAMPLE_BYTES * rate_hz * share)
        self._said_s = 0.0
        Path(order.folder).mkdir(parents=True, exist_ok=True)
        self._say()
        number = _free(order, int(self._progress[Progress.PART]) + 1)
        self._progress[Progress.PART] = number  # first: the part before is whole, whoever is killed now
        self._progress[Progress.PART_FRAMES] = 0
        self._progress[Progress.PART_RATE_HZ] = rate_hz
        self._part = _Part(order, number, rate_hz)
        self._timeline = Timeline(
            rate_hz=rate_hz,
            ring_frames=self._ring.frames,
            block_frames=order.block_frames,
            position=position,
            until_ns=until_ns,
        )
        self._unbroken = 0
        self._port.send(PartBegun(number, self._before_ns / 1e9, len(order.tracks)))

    @property
    def _length_s(self) -> float:
        part_ns = _ns(self._part.frames, self._part.rate_hz) if self._part else 0
        return (self._before_ns + part_ns) / 1e9

    # --- every turn ---

    def _turn(self) -> None:
        """Record what came since the last turn."""
        if int(self._progress[Progress.RATE_HZ]) != self._open.rate_hz:
            self._begin_part(self._timeline.position, self._timeline.until_ns)
        rate_hz = self._open.rate_hz
        last = self._ring.end
        callbacks, moved_ns = int(self._counters[Counter.CALLBACKS]), int(self._counters[Counter.AT_NS])
        is_new_engine, self._callbacks = callbacks < self._callbacks, callbacks  # each engine counts its own
        now_ns = time.monotonic_ns()
        # the engine tells the time of a block after the block: never older than the last look
        moved_ns = min(max(moved_ns, self._turned_ns), now_ns)
        self._turned_ns = now_ns
        end = last if self._end is None else min(last, self._end)
        moved_ns -= _ns(last - end, rate_hz)
        for piece in self._timeline.turn(end, moved_ns, now_ns, is_new_engine=is_new_engine):
            self._settle()  # what came before this piece: catching up may take a while
            if piece.gap is None:
                self._sound(piece)
            elif piece.frames <= _LONGEST_GAP_S * rate_hz:
                self._silence(piece.frames, piece.gap)
            else:
                self._port.send(GapFilled(self._length_s, piece.frames / rate_hz, piece.gap, is_filled=False))
                self._begin_part(piece.end, now_ns)
                return

    @property
    def _open(self) -> _Part:
        assert self._part is not None
        return self._part

    def _tell_gap(self) -> None:
        """Tell of a gap when it is over, once."""
        if self._gap is not None:
            self._port.send(replace(self._gap, lasted_s=self._length_s - self._gap.at_s))
            self._gap = None

    def _sound(self, piece: Piece) -> None:
        block = self._ring.read(piece.end, piece.frames)
        if block is None:  # overtaken while it was read
            self._silence(piece.frames, Gap.OVERRUN)
        else:
            self._tell_gap()
            self._open.write(block)
            self._unbroken += piece.frames

    def _silence(self, frames: int, gap: Gap) -> None:
        self._gap = self._gap or GapFilled(self._length_s, 0.0, gap)
        for chunk in chunks(frames):
            self._open.write(np.zeros((chunk, self._order.ring_columns), dtype=np.float32))
        self._unbroken = 0

    def _settle(self) -> None:
        """Note for the process after this one where the files end, and make them say so."""
        part = self._open
        whole = part.whole
        late = min(part.frames - whole, self._unbroken)
        self._progress[Progress.POSITION] = self._timeline.position - late
        self._progress[Progress.UNTIL_NS] = self._timeline.until_ns - _ns(late, part.rate_hz)
        self._progress[Progress.LENGTH_NS] = self._before_ns + _ns(part.frames - late, part.rate_hz)
        self._progress[Progress.PART_FRAMES] = whole
        part.settle(whole)

    # --- what the console is told ---

    def _say(self) -> None:
        """Say how it goes, once a second. Raises UserError when the disk has no room to spare."""
        now_s = time.monotonic()
        if now_s - self._said_s < _SAY_S:
            return
        self._said_s = now_s
        free = shutil.disk_usage(self._order.folder).free - self._order.spare_bytes
        if free <= 0:
            raise UserError("The disk is full, but for what the show itself needs.", fix=_FULL)
        self._port.send(Recorded(self._length_s, self._disk.minutes(free, now_s)))


def _free(order: Order, number: int) -> int:
    """Part `number`, or the first one after it of which no file is there yet."""
    while any(path.exists() for path in _paths(order, number)):
        number += 1
    return number


def _paths(order: Order, number: int) -> list[Path]:
    tracks = [track.name for track in order.tracks]
    names = file_names(order.show, order.began, tracks, part=number, suffix=order.suffix)
    return [Path(order.folder) / name for name in names]


def _ns(frames: int, rate_hz: int) -> int:
    return round(frames * 1e9 / rate_hz)


def _refused(error: OSError) -> UserError:
    """What the disk said, for people."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return UserError("The disk is full.", fix=_FULL)
    reason = (error.strerror or str(error)).lower()
    return UserError(f"The recording cannot be written: {reason}.", fix="See to the disk, then record again.")
