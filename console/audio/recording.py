"""The safety recording as the console has it: started and stopped by hand, and what is known of it. Loop thread only.

The recorder is a process of its own that reads the engine's ring; here lives what it was asked for, so that one that
died is started anew with the same order and goes on where the files end.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from console.audio.layout import Layout
from console.audio.recorded_names import folder_name
from console.audio.recorder_messages import (
    PROGRESS_BYTES,
    SPARE_BYTES,
    Finish,
    Finished,
    GapFilled,
    Order,
    PartBegun,
    Progress,
    Recorded,
    Track,
)
from console.audio.state import Recording
from console.audio.timeline import Gap
from console.core.alarms import Alarms
from console.core.clock import Clock, rfc3339
from console.core.journal import Journal, Origin
from console.core.outcome import Outcome
from console.workers.port import WorkerPort
from console.workers.rings import CaptureRing
from console.workers.shared import SharedFile
from console.workers.supervisor import Supervisor, Worker, WorkerSpec, WorkerState

log = logging.getLogger(__name__)

LOW_MINUTES: Final = 10.0
"""With less than this left on the disk there is an alarm."""
ENDED_S: Final = 60.0
"""How long there is an alarm that a recording has ended by itself; the state says it until the next one."""

_ALARM: Final = "soundrecord"
_HEARTBEAT_S: Final = 15.0  # a disk may think for seconds
_ANSWER_S: Final = 15.0
_FINISH_S: Final = 10.0  # it writes what the ring still holds
_WHY: Final = {Gap.ENGINE: "the sound was away", Gap.OVERRUN: "the disk was too slow"}


@dataclass(frozen=True, slots=True)
class Recordable:
    """The sound of an opened show, as the recorder needs it."""

    show: str
    layout: Layout
    rate_hz: int
    block_frames: int
    ring: CaptureRing
    ring_path: str
    meters_path: str
    suffix: str = ".flac"


@dataclass(slots=True)
class _Run:
    """One recording, from its start to the end of its process."""

    sound: Recordable
    order: Order
    shared: SharedFile
    begun: "asyncio.Future[Outcome]"
    finished: "asyncio.Future[Finished]"
    worker: Worker | None = None
    finish: Finish | None = None


def tracks_of(layout: Layout) -> tuple[Track, ...]:
    """Every channel, every return that Cuedrop makes or hears, and the programme."""
    named = [(channel.name, layout.channel_columns(channel)) for channel in layout.plan.channels]
    named += [(f"return {made_for.name}", layout.return_columns(made_for.name)) for made_for in layout.plan.returns]
    named.append(("programme", layout.programme_columns))
    return tuple(Track(name, columns) for name, columns in named if columns)


class SoundRecorder:
    """At most one recording at a time; `show` is told how it is."""

    def __init__(
        self,
        supervisor: Supervisor,
        *,
        journal: Journal,
        clock: Clock,
        alarms: Alarms,
        show: Callable[[Recording], None],
    ) -> None:
        self._supervisor = supervisor
        self._journal = journal
        self._clock = clock
        self._alarms = alarms
        self._tell = show
        self._folder: Path | None = None
        self._spare_bytes = SPARE_BYTES
        self._run: _Run | None = None
        self._now = Recording()
        self._endings: set[asyncio.Task[None]] = set()
        self._noted: asyncio.TimerHandle | None = None  # when the end of the last one need not be told any more

    @property
    def pid(self) -> int | None:
        """The recorder's process id while there is one."""
        return self._run.worker.pid if self._run and self._run.worker else None

    @property
    def is_on(self) -> bool:
        """True from the start of a recording until its files are closed."""
        return self._run is not None

    def keep_in(self, folder: Path, *, spare_bytes: int = SPARE_BYTES) -> None:
        """Recordings go below `folder`, and leave `spare_bytes` of its disk alone."""
        self._folder, self._spare_bytes = folder, spare_bytes

    def runs_at(self, rate_hz: int) -> None:
        """The engine runs at this rate from now on: another one begins a new part."""
        if self._run is not None:
            _words(self._run)[Progress.RATE_HZ] = rate_hz

    async def start(self, sound: Recordable) -> Outcome:
        """Record from this moment on; done when the files are open."""
        if self._run is not None:
            return Outcome.refused("The sound is being recorded already.", "Stop that recording first.")
        tracks = tracks_of(sound.layout)
        if self._folder is None:
            return Outcome.refused("There is no folder for recordings.", "Start Cuedrop with a data folder.")
        try:
            run = self._prepare(sound, tracks, self._folder)
        except OSError:
            return Outcome.failed("There is no memory left for the recorder.", "Close other programs.")
        self._take_note()
        self._run = run
        run.worker = self._supervisor.start(
            WorkerSpec("recorder", main, {"order": run.order}, heartbeat_s=_HEARTBEAT_S),
            on_message=partial(self._hear, run),
            on_state=partial(self._recorder_is, run),
        )
        try:
            async with asyncio.timeout(_ANSWER_S):
                return await asyncio.shield(run.begun)
        except TimeoutError:
            self._end(run, Finished(0.0, "The recorder does not start.", "See to the disk, then record again."))
            return await run.begun

    async def stop(self) -> Outcome:
        """End the recording with this moment; done when the files are closed."""
        run = self._run
        if run is None or run.worker is None:
            self._take_note()
            return Outcome.refused("The sound is not being recorded.")
        if run.finish is None:
            run.finish = Finish(run.sound.ring.end)
            run.worker.send(run.finish)
        try:
            async with asyncio.timeout(_FINISH_S):
                finished = await asyncio.shield(run.finished)
        except TimeoutError:
            finished = Finished(
                0.0, "The recorder does not answer.", "Its files are whole; what it had not written yet is lost."
            )
            self._end(run, finished)
        if finished.why:
            return Outcome.failed(finished.why, finished.fix)
        length = timedelta(seconds=round(finished.length_s))
        return Outcome.done(f"{length} of sound is in {run.order.folder}.")

    async def close(self) -> None:
        """End a recording that runs; returns when the recorder is gone."""
        if self._run is not None:
            await self.stop()
        self._take_note()
        await asyncio.gather(*self._endings)

    # --- one recording ---

    def _prepare(self, sound: Recordable, tracks: tuple[Track, ...], folder: Path) -> _Run:
        """The order of a recording that begins now, and its shared words. Raises OSError without memory."""
        began = self._clock.now()
        shared = SharedFile.create(PROGRESS_BYTES)
        order = Order(
            sound.show,
            began.astimezone(),
            str(folder / folder_name(sound.show, began.astimezone())),
            sound.suffix,
            tracks,
            sound.ring_path,
            sound.ring.frames,
            sound.layout.columns,
            sound.meters_path,
            shared.path,
            sound.block_frames,
            self._spare_bytes,
        )
        loop = asyncio.get_running_loop()
        run = _Run(sound, order, shared, loop.create_future(), loop.create_future())
        words = _words(run)
        words[Progress.RATE_HZ] = sound.rate_hz
        words[Progress.POSITION] = sound.ring.end
        words[Progress.UNTIL_NS] = time.monotonic_ns()
        self._change(Recording(since=rfc3339(began), folder=order.folder, files=len(tracks)))
        return run

    def _recorder_is(self, run: _Run, state: WorkerState) -> None:
        if run is not self._run or run.worker is None:
            return
        if state is WorkerState.STARTING and run.finish is not None:
            run.worker.send(run.finish)
        elif state is WorkerState.DEAD and run.begun.done():
            self._alarms.raise_(
                _ALARM,
                "soundrecord.away",
                "The recorder of the sound has stopped.",
                fix="It goes on by itself, with a new part; see to the disk if this stays.",
            )

    def _hear(self, run: _Run, message: object) -> None:
        if run is not self._run:
            return
        if isinstance(message, PartBegun):
            self._part_begun(run, message)
        elif isinstance(message, Recorded):
            self._recorded(message)
        elif isinstance(message, GapFilled):
            self._gap(message)
        elif isinstance(message, Finished):
            self._end(run, message)

    def _part_begun(self, run: _Run, begun: PartBegun) -> None:
        folder = run.order.folder
        self._journal.write(
            "soundrecord.part",
            Origin.CONSOLE,
            folder=folder,
            part=begun.part,
            at_s=round(begun.at_s, 3),
            files=begun.files,
        )
        self._alarms.clear(_ALARM)
        self._change(replace(self._now, is_running=True, parts=begun.part))
        if not run.begun.done():
            left = self._now.minutes_left
            minutes = "" if left is None else f", {left:.0f} minutes left on the disk"
            run.begun.set_result(Outcome.done(f"{begun.files} files{minutes}."))
            log.info("the sound is being recorded to %s", folder)

    def _recorded(self, recorded: Recorded) -> None:
        """Show how long the disk lasts, in whole minutes."""
        minutes = float(int(recorded.minutes_left))
        if minutes != self._now.minutes_left:
            self._change(replace(self._now, minutes_left=minutes))
        if minutes < LOW_MINUTES:
            what = f"The disk holds {minutes:.0f} more minutes of the sound's recording."
            self._alarms.raise_(_ALARM, "soundrecord.low", what, fix="Free space, or stop the recording.")
        elif minutes >= LOW_MINUTES + 1:
            self._alarms.clear(_ALARM)

    def _gap(self, gap: GapFilled) -> None:
        self._journal.write(
            "soundrecord.gap",
            Origin.CONSOLE,
            at_s=round(gap.at_s, 3),
            lasted_s=round(gap.lasted_s, 3),
            why=_WHY[gap.gap],
            is_filled=gap.is_filled,
        )
        self._change(replace(self._now, gaps=self._now.gaps + 1))

    def _end(self, run: _Run, finished: Finished) -> None:
        """It is over, by hand or not: say so, and let the process go."""
        self._run = None
        if not run.begun.done():
            run.begun.set_result(Outcome.failed(finished.why, finished.fix))
        if not run.finished.done():
            run.finished.set_result(finished)
        self._journal.write(
            "soundrecord.stopped",
            Origin.CONSOLE,
            folder=run.order.folder,
            length_s=round(finished.length_s, 3),
            why=finished.why,
        )
        log.info("the recording of the sound is over: %s", finished.why or "stopped")
        if finished.why:
            self._alarms.raise_(
                _ALARM, "soundrecord.ended", f"No recording of the sound: {finished.why}", fix=finished.fix
            )
            self._noted = asyncio.get_running_loop().call_later(ENDED_S, self._take_note)
        else:
            self._alarms.clear(_ALARM)
        self._change(Recording(folder=run.order.folder, why=finished.why, fix=finished.fix))
        task = asyncio.get_running_loop().create_task(_let_go(run))
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    def _take_note(self) -> None:
        """Whoever had to know that a recording has ended knows by now."""
        if self._noted is not None:
            self._noted.cancel()
            self._noted = None
            self._alarms.clear(_ALARM)

    def _change(self, recording: Recording) -> None:
        self._now = recording
        self._tell(recording)


def main(port: WorkerPort, *, order: Order) -> None:
    """The recorder's process; its libraries are loaded there alone."""
    from console.audio.recorder import record

    record(port, order)


def _words(run: _Run) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.frombuffer(run.shared.buffer, np.int64)


async def _let_go(run: _Run) -> None:
    """End the process and let go of its memory."""
    if run.worker is not None:
        await run.worker.stop()
    run.shared.close()
