"""The analyst as the console has it: readings, findings, alarms, what the report needs. Loop thread only.

The analyst is a process of its own that may die at any time: its readings and the totals of the loudness are in memory
that is the console's, and what was set or raised is said to every new one.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from console.audio import analyst
from console.audio.analyst_messages import (
    Begin,
    Found,
    Order,
    PauseLoudness,
    Present,
    Prove,
    ResetLoudness,
    ResetPeaks,
    SetMeters,
    Skipped,
    Wrong,
)
from console.audio.findings import with_finding
from console.audio.layout import Layout, Routing
from console.audio.leak import Finding
from console.audio.levels import level
from console.audio.loudness_log import LoudnessLog
from console.audio.plan import Plan
from console.audio.readings import Reading, ReadingsBlock
from console.audio.sound_alarms import PROGRAMME, Kind, Trouble, limits_of, words_of
from console.audio.state import Channel, Leak, Level, Levels, Sound
from console.audio.totals import Totals
from console.core.alarms import Alarms
from console.core.journal import Journal, Origin
from console.core.observable import Observable
from console.settings import sound as settings
from console.workers.rings import Samples
from console.workers.shared import SharedFile
from console.workers.supervisor import Supervisor, Worker, WorkerSpec, WorkerState

log = logging.getLogger(__name__)

_BAR_NS: Final = 500_000_000  # an older bar would seem to stand still: then it is the engine's peak
_FRESH_NS: Final = 3_000_000_000  # an analyst that was killed is back in that time
_ANSWER_S: Final = 10.0  # more than the sound that a test goes by: an analyst may have to start first
_NICENESS: Final = 3
_STARTUP_S: Final = 60.0  # on a machine that is too busy: until then there are the engine's own levels
_ENDING_S: Final = 2.0
_VALUE_BYTES: Final = 8


@dataclass(slots=True)
class _Run:
    """What belongs to one opened show."""

    layout: Layout
    worker: Worker
    readings_file: SharedFile
    kept_file: SharedFile
    readings: ReadingsBlock


class Listening:
    """What is measured and found in the sound of one show after the other."""

    def __init__(self, supervisor: Supervisor, state: Observable[Sound], *, journal: Journal, alarms: Alarms) -> None:
        self._supervisor = supervisor
        self._state = state
        self._journal = journal
        self._alarms = alarms
        self._run: _Run | None = None
        self._number = 0  # of the opened show: messages of an analyst before it are late
        self._rate_hz: int | None = None
        self._routing = Routing()
        self._troubles: frozenset[Trouble] = frozenset()
        self._noted: dict[str, Leak] = {}  # by return: what the journal says last
        self._tests: dict[str, asyncio.Future[Finding]] = {}
        self._log = LoudnessLog(journal, returns=lambda: [one.name for one in state.value.returns])

    @property
    def analyst_pid(self) -> int | None:
        """The analyst's process id while there is one."""
        return self._run.worker.pid if self._run else None

    @property
    def troubles(self) -> frozenset[Trouble]:
        """What is wrong now."""
        return self._troubles

    def open(
        self,
        audio: settings.Audio,
        layout: Layout,
        files: Sequence[SharedFile],
        *,
        ring: tuple[str, int],
        routing: Routing,
        goes_on: bool = False,
    ) -> None:
        """Begin to listen to an engine's ring, given by its path and frames. files: of `sizes`.

        goes_on: its loudness is that of the sound before, which was handed down.
        """
        plan, groups = layout.plan, 1 + len(layout.plan.returns)
        readings_file, kept_file = files
        paths = (*ring, readings_file.path, kept_file.path)
        order = Order(plan, audio.meters.ballistics, limits_of(audio), *paths)
        self._number += 1
        self._rate_hz, self._routing = None, routing
        self._noted.clear()
        if not goes_on:
            self._log.begin_stretch()
        self._meters = SetMeters(order.ballistics, order.limits)
        worker = self._supervisor.start(
            WorkerSpec(
                "sound analyst",
                analyst.main,
                {"order": order},
                heartbeat_s=analyst.HEARTBEAT_S,
                startup_s=_STARTUP_S,
                niceness=_NICENESS,
            ),
            on_message=partial(self._hear, self._number),
            on_state=partial(self._analyst_is, self._number),
        )
        readings = ReadingsBlock(readings_file.buffer, columns=layout.columns, groups=groups)
        self._run = _Run(layout, worker, readings_file, kept_file, readings)
        self._log.open(readings, audio.meters)

    def hand_down(self, files: Sequence[SharedFile], plan: Plan, returns: Mapping[str, str]) -> None:
        """Let the loudness go on in the memory of the next show; returns: their names there by those here."""
        run = self._run
        if run is None:
            return
        here, there = (
            [PROGRAMME, *(returns.get(one.name) for one in run.layout.plan.returns)],
            [PROGRAMME, *(one.name for one in plan.returns)],
        )
        same = {there.index(name): at for at, name in enumerate(here) if name in there}
        before, after = np.frombuffer(run.kept_file.buffer), np.frombuffer(files[1].buffer)
        Totals(len(there), after).take_over(Totals(len(here), before), same)

    def end(self, *, stands: frozenset[Trouble] = frozenset()) -> Coroutine[None, None, None] | None:
        """Stop listening; what is to be awaited until the analyst is gone, None when there was none.

        stands: what is still taken to be wrong, under its names in the next show.
        """
        run, self._run = self._run, None
        if run is None:
            return None
        self._number += 1
        self._log.close()
        self._show_troubles(stands)
        for test in self._tests.values():
            test.cancel()
        self._tests.clear()
        return _ended(run)

    # --- what the engine does ---

    def runs_at(self, sample_rate_hz: int) -> None:
        """An engine is up, with this rate; what was found before it is not known to hold."""
        self._rate_hz = sample_rate_hz
        self._send(Begin(sample_rate_hz))

    def route(self, routing: Routing) -> None:
        """The director has set something."""
        self._routing = routing
        self._send(routing, replaces=True)

    def follow(self, layout: Layout, troubles: frozenset[Trouble]) -> None:
        """The sound goes on by other names, as the last routing says; troubles: what stands, by these."""
        if self._run is not None:
            self._run.layout = layout
        self._noted.clear()
        self._show_troubles(troubles)
        self._send(Present(troubles))

    def set_meters(self, audio: settings.Audio) -> None:
        """Measure by the meters and alarms of these settings from now on."""
        self._meters = SetMeters(audio.meters.ballistics, limits_of(audio))
        self._log.set_meters(audio.meters)
        self._send(self._meters, replaces=True)

    # --- readings ---

    def reading(self) -> Reading | None:
        """The newest reading; None when it is too old, or there is none."""
        reading = self._run.readings.read() if self._run else None
        if reading is None or time.monotonic_ns() - reading.at_ns > _FRESH_NS:
            return None
        return reading

    def levels(self, rows: Samples) -> Levels:
        """All meters: the engine's rows with what is measured here; without an analyst its bars are the peaks."""
        run, sound, reading = self._run, self._state.value, self.reading()
        if run is None:
            return Levels()

        has_bars = reading is not None and time.monotonic_ns() - reading.at_ns < _BAR_NS

        def of(columns: tuple[int, ...]) -> Level:
            plain = level(rows, columns)
            if reading is None:
                return replace(plain, ballistic_dbfs=plain.peak_dbfs)
            true_peak_dbtp, bar_dbfs = reading.level(columns)
            bar_dbfs = bar_dbfs if has_bars else plain.peak_dbfs
            return replace(plain, true_peak_dbtp=true_peak_dbtp, ballistic_dbfs=bar_dbfs)

        levels = Levels(
            tuple(of(run.layout.columns_of(channel.name)) for channel in sound.channels),
            tuple(of(run.layout.return_columns(made_for.name)) for made_for in sound.returns),
            tuple(of((column,)) for column in run.layout.programme_columns),
        )
        if reading is None:
            return levels
        return replace(levels, programme_loudness=reading.groups[0], returns_loudness=reading.groups[1:])

    def reset_peaks(self) -> None:
        """Forget the true peaks of all channels."""
        self._send(ResetPeaks())

    def reset_loudness(self) -> None:
        """Measure the loudness anew; the report keeps what was measured before."""
        self._log.write()
        self._log.begin_stretch()
        self._send(ResetLoudness())

    def pause_loudness(self, on: bool) -> None:
        """Leave out what comes now (a break, a film), or go on."""
        self._state.set(replace(self._state.value, is_loudness_paused=on))
        self._send(PauseLoudness(on))

    # --- tests ---

    async def test(self, name: str) -> Finding | None:
        """What is found in a return in the next seconds; None when the analysis did not answer."""
        self._send(Prove(name))
        answer = self._tests.setdefault(name, asyncio.get_running_loop().create_future())
        await asyncio.wait({answer}, timeout=analyst.TEST_S + _ANSWER_S)
        return answer.result() if answer.done() and not answer.cancelled() else None

    # --- the analyst ---

    def _send(self, message: object, *, replaces: bool = False) -> None:
        if self._run:
            self._run.worker.send(message, replaces=replaces)

    def _analyst_is(self, number: int, state: WorkerState) -> None:
        if number != self._number or state is not WorkerState.STARTING:
            return
        self._send(self._routing)
        self._send(self._meters)
        self._send(PauseLoudness(self._state.value.is_loudness_paused))
        self._send(Present(self._troubles))
        if self._rate_hz is not None:
            self._send(Begin(self._rate_hz))
        for name in self._tests:
            self._send(Prove(name))

    def _hear(self, number: int, message: object) -> None:
        if number != self._number:
            return
        match message:
            case Found():
                self._show(message.made_for, message.finding)
                test = self._tests.pop(message.made_for, None) if message.is_tested else None
                if test is not None and not test.done():
                    test.set_result(message.finding)
            case Wrong() if self._knows(message.troubles):
                self._show_troubles(message.troubles)
            case Skipped():
                log.info("the sound analyst skipped %.1f s", message.seconds)
                self._journal.write("sound.skipped", Origin.CONSOLE, seconds=round(message.seconds, 1))

    def _show(self, name: str, finding: Finding) -> None:
        """Put a finding into the state, and into the journal when it is another one than was noted last."""
        before = next((one for one in self._state.value.returns if one.name == name), None)
        if before is None or not self._state.value.link.is_up:  # what is said late tells of a sound that is no more
            return
        after = with_finding(before, finding)
        returns = tuple(after if one is before else one for one in self._state.value.returns)
        self._state.set(replace(self._state.value, returns=returns))
        if after.leak not in (Leak.NOT_VERIFIABLE, self._noted.get(name)):
            self._noted[name] = after.leak
            self._journal.write(
                "return.found", Origin.CONSOLE, returned=name, leak=str(finding.leak), detail=finding.detail
            )

    def _knows(self, troubles: frozenset[Trouble]) -> bool:
        """Whether all of these are of somebody who is there: what was said before a renaming is late."""
        sound = self._state.value
        names = {PROGRAMME, *(one.name for one in sound.channels), *(one.name for one in sound.returns)}
        return all(trouble.name in names for trouble in troubles)

    def _show_troubles(self, troubles: frozenset[Trouble]) -> None:
        """Raise and clear alarms, so that these stand."""
        for trouble in self._troubles - troubles:
            self._alarms.clear(trouble.alarm)
        for trouble in sorted(troubles - self._troubles, key=lambda one: one.alarm):
            words = words_of(trouble)
            self._alarms.raise_(trouble.alarm, words.kind, words.what, fix=words.fix, rank=words.rank)
        self._troubles = troubles
        talking = {trouble.name for trouble in troubles if trouble.kind is Kind.TALKING}
        self._change_channels(lambda channel: replace(channel, is_talking_muted=channel.name in talking))

    def _change_channels(self, change: Callable[[Channel], Channel]) -> None:
        channels = tuple(map(change, self._state.value.channels))
        self._state.set(replace(self._state.value, channels=channels))


def sizes(layout: Layout) -> list[int]:
    """How much memory an analyst shares, in bytes: that of its readings, and that of the loudness."""
    groups = 1 + len(layout.plan.returns)
    return [ReadingsBlock.size(columns=layout.columns, groups=groups), _VALUE_BYTES * Totals.size(groups)]


async def _ended(run: _Run) -> None:
    """End an analyst and let go of its memory."""
    with contextlib.suppress(TimeoutError):  # a supervisor that was closed before has nothing left to stop
        async with asyncio.timeout(_ENDING_S):
            await run.worker.stop()
    del run.readings
    for file in (run.readings_file, run.kept_file):
        file.close()
