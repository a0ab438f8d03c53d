"""The sound as the console has it: the engine, the analyst beside it, and a recording. Loop thread only.

The engine is a process of its own that may die at any time; everything that the director set lives here and is
sent to every new one before its first block.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from console.audio import engine, interfaces, listening
from console.audio.anew import Start, at_first, going_on
from console.audio.findings import outcome_of, untested
from console.audio.interfaces import Interfaces
from console.audio.layout import Layout, Routing
from console.audio.levels import ROWS
from console.audio.line_testing import test_line
from console.audio.listening import Listening
from console.audio.messages import EngineDown, EngineUp, ResetClips, Xruns
from console.audio.mixing import Mixing
from console.audio.plan import plan_of
from console.audio.process import ring_frames
from console.audio.recording import Recordable, SoundRecorder
from console.audio.sound_alarms import Trouble
from console.audio.state import Level, Levels, Sound
from console.core.alarms import Alarms, Rank
from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.links import Link, LinkState
from console.core.outcome import Outcome
from console.settings import sound as settings
from console.workers.rings import CaptureRing, Counter, MeterBlock
from console.workers.shared import SharedFile
from console.workers.supervisor import Supervisor, Worker, WorkerSpec, WorkerState

log = logging.getLogger(__name__)

NEW_DEFAULT_S: Final = 60.0
"""How long it is said that the default device has become another one."""

_ALARM: Final = "sound"
_DEFAULT_ALARM: Final = "sound.default"
_ENDING_S: Final = 2.0
_STOPPED: Final = Link(
    LinkState.DOWN,
    "The sound engine stopped answering.",
    "It is started again by itself; see to the sound device or its server if this stays.",
)


@dataclass(slots=True)
class _Open:
    """What belongs to one opened show: its engine and the memory shared with it."""

    layout: Layout
    worker: Worker
    meters_file: SharedFile
    ring_file: SharedFile
    meters: MeterBlock
    ring: CaptureRing
    record_as: str
    default: str = ""  # the system's default device that came last, when the show names none


class Audio(Mixing):
    """Meters, mutes and returns of one show."""

    def __init__(self, supervisor: Supervisor, *, journal: Journal, clock: Clock, alarms: Alarms) -> None:
        super().__init__(journal=journal)
        self._supervisor = supervisor
        self._alarms = alarms
        self._open: _Open | None = None
        self._clips: Mapping[str, str] | None = None
        self._number = 0  # of the opened show: messages of an engine before it are late
        self._endings: set[asyncio.Task[None]] = set()
        self._default_told: asyncio.TimerHandle | None = None
        self._line_tested = ""  # the return into which a tone is played
        self.listening = Listening(supervisor, self.state, journal=journal, alarms=alarms)
        self.interfaces = Interfaces(supervisor, self.state, journal=journal, alarms=alarms)
        self.recorder = SoundRecorder(
            supervisor,
            journal=journal,
            clock=clock,
            alarms=alarms,
            show=lambda now: self.state.set(replace(self.state.value, recording=now)),
        )

    @property
    def layout(self) -> Layout | None:
        """Where everything lives in a block; None while no show is open."""
        return self._open.layout if self._open else None

    @property
    def engine_pid(self) -> int | None:
        """The engine's process id while there is one."""
        return self._open.worker.pid if self._open else None

    def open(self, audio: settings.Audio, *, practice_clips: Mapping[str, str] | None = None) -> None:
        """Start the sound of a show, in place of the one before.

        practice_clips: WAV files by channel name, for the device "practice". Raises UserError when the machine
        has no memory left to share.
        """
        self._begin(audio, Start(at_first(audio)), practice_clips)

    def reopen(self, audio: settings.Audio, *, renamed: Mapping[str, str] | None = None) -> None:
        """Start the sound anew as `audio` says: what the director set stays, and the loudness goes on.

        renamed: new names of channels by those that they had. Raises as `open`; the sound before goes on then.
        """
        names = renamed or {}
        clips = {names.get(name, name): clip for name, clip in (self._clips or {}).items()}
        start = going_on(audio, self.state.value, self._routing, self.listening.troubles, renamed=names)
        self._begin(audio, start, clips or None)

    def follow(self, audio: settings.Audio, *, renamed: Mapping[str, str] | None = None) -> None:
        """Go on with the same engine as `audio` says, which differs in names, listeners and gains: nothing stops.

        renamed: new names of channels and returns by those that they had.
        """
        if self._open is None:
            return
        names, plan = renamed or {}, plan_of(audio)
        start = going_on(audio, self.state.value, self._routing, self.listening.troubles, renamed=names)
        there = {channel.name for channel in audio.channels}
        self._clips = {
            name if name in there else names.get(name, name): clip for name, clip in (self._clips or {}).items()
        }
        self._open.layout = Layout(plan)
        self._go_on(start, plan)
        self.listening.follow(self._open.layout, start.troubles)
        self.interfaces.follow(plan)

    def _begin(self, audio: settings.Audio, start: Start, practice_clips: Mapping[str, str] | None) -> None:
        plan = plan_of(audio)
        layout, frames = Layout(plan), ring_frames(audio.sample_rate_hz, audio.block_frames)
        own_sizes = [
            MeterBlock.size(rows=ROWS, columns=layout.columns),
            CaptureRing.size(frames=frames, columns=layout.columns),
        ]
        try:  # before anything ends that can go on without
            files = SharedFile.create_all([*own_sizes, *listening.sizes(layout), *interfaces.sizes(plan)])
        except OSError as error:
            raise UserError("There is no memory left for the sound.", fix="Close other programs.") from error
        meters_file, ring_file, *more_files = files
        meters = MeterBlock(meters_file.buffer, rows=ROWS, columns=layout.columns)
        meters.counters[Counter.XRUNS] = start.sound.xruns
        if start.returns is not None:
            self.listening.hand_down(more_files, plan, start.returns)
            if self._open is not None:
                meters.write(start.clips(self._open.layout, self._open.meters.read().rows, layout))
        self._end_the_one_before(stands=start.troubles)
        self._routing, self._clips = start.routing, practice_clips
        self.state.set(start.sound)
        lanes = self.interfaces.open(plan, more_files[2:])
        self.listening.open(
            audio,
            layout,
            more_files[:2],
            ring=(ring_file.path, frames),
            routing=start.routing,
            goes_on=start.returns is not None,
        )
        worker = self._supervisor.start(
            WorkerSpec(
                "sound engine",
                engine.main,
                {
                    "plan": plan,
                    "meters_path": meters_file.path,
                    "ring_path": ring_file.path,
                    "clips": dict(practice_clips or {}),
                    "lanes": lanes,
                },
                heartbeat_s=engine.heartbeat_s(plan),
            ),
            on_message=partial(self._hear, self._number),
            on_state=partial(self._engine_is, self._number),
        )
        ring = CaptureRing(ring_file.buffer, frames=frames, columns=layout.columns)
        self._open = _Open(layout, worker, meters_file, ring_file, meters, ring, audio.record_as)

    async def close(self) -> None:
        """End the engine and a recording; returns when they are gone."""
        await self.recorder.close()
        self._end_the_one_before()
        self.state.set(Sound())
        await asyncio.gather(*self._endings)

    def levels(self) -> Levels:
        """All meters now, in the order of the state's channels and returns; poll at the display's rate."""
        opened, sound = self._open, self.state.value
        if opened is None or not sound.link.is_up:
            return Levels((Level(),) * len(sound.channels), (Level(),) * len(sound.returns))
        return self.listening.levels(opened.meters.read().rows)

    def counters(self) -> dict[Counter, int]:
        """The engine's own counts: blocks, missed blocks, time spent; zeros without one."""
        reading = self._open.meters.read() if self._open else None
        return {counter: reading[counter] if reading else 0 for counter in Counter}

    def set_meters(self, audio: settings.Audio) -> None:
        """Measure by the meters and alarms of these settings from now on; what is heard stays."""
        self.listening.set_meters(audio)

    def reset_loudness(self) -> None:
        """Measure the loudness anew from now on."""
        self.listening.reset_loudness()

    def pause_loudness(self, on: bool) -> None:
        """Leave what comes now out of the loudness, or go on."""
        self.listening.pause_loudness(on)

    def reset_clips(self) -> None:
        """Forget every clip, and the channels' highest true peaks."""
        opened = self._open
        if opened is None:
            return
        if not self.state.value.link.is_up:  # the next engine begins with what is there
            opened.meters.write(opened.meters.read().rows * 0)
        opened.worker.send(ResetClips())
        self.listening.reset_peaks()

    # --- the recording ---

    async def start_recording(self, show: str) -> Outcome:
        """Record every channel, return and the programme to files of their own, from this moment on."""
        opened, now = self._open, self.state.value
        if opened is None:
            return Outcome.refused("This show has no sound to record.", "Add channels under [audio] in the show file.")
        files = (opened.ring_file.path, opened.meters_file.path)
        suffix = f".{opened.record_as}"
        return await self.recorder.start(
            Recordable(show, opened.layout, now.sample_rate_hz, now.block_frames, opened.ring, *files, suffix)
        )

    async def stop_recording(self) -> Outcome:
        """End the recording with this moment."""
        return await self.recorder.stop()

    # --- the leak test ---

    async def test_return(self, name: str) -> Outcome:
        """Listen for 3 s whether the listener's own voice is in their return; the answer is in the state too.

        Done only when it is clean; failed with what was found and what to do otherwise.
        """
        opened = self._open
        if opened is None or self._return(name) is None:
            return Outcome.refused(f'There is no return "{name}".', "Choose one of the show's returns.")
        if not self.state.value.link.is_up:
            return Outcome.refused("The sound is down.", self.state.value.link.fix)
        finding = await self.listening.test(name)
        if opened is not self._open or not self.state.value.link.is_up:
            return Outcome.failed("The sound stopped during the test.", "Test again when it is back.")
        if finding is None:
            return Outcome.failed("The analysis is not ready yet.", "Wait some seconds, then test again.")
        self._journal.write(
            "return.tested", Origin.CONSOLE, returned=name, leak=str(finding.leak), detail=finding.detail
        )
        return outcome_of(name, finding)

    async def test_line(self, name: str) -> Outcome:
        """Play a short sweep into a return: what comes back on its listener's channels, or why there is no telling."""
        opened, made_for, now = self._open, self._return(name), self.state.value
        if opened is None or made_for is None:
            return Outcome.refused(f'There is no return "{name}".', "Choose one of the show's returns.")
        if not now.link.is_up:
            return Outcome.refused("The sound is down.", now.link.fix)
        if self._line_tested:  # a second tone would end the first, and a microphone may hear both
            why = f"The line of {self._line_tested} is being tested."
            return Outcome.refused(why, "Test again when that is done.")
        self._line_tested = name
        try:
            outcome = await test_line(
                made_for,
                now.channels,
                opened.layout,
                opened.ring,
                rate_hz=now.sample_rate_hz,
                play=opened.worker.send,
            )
        finally:
            self._line_tested = ""
        self._journal.write("line.tested", Origin.CONSOLE, returned=name, found=outcome.why)
        return outcome

    # --- the engine ---

    def _engine_is(self, number: int, state: WorkerState) -> None:
        if number != self._number or self._open is None:
            return
        if state is WorkerState.STARTING:
            self._open.worker.send(self._routing)
        elif state is WorkerState.DEAD and self.state.value.link.state is not LinkState.DOWN:
            self._down(_STOPPED)

    def _hear(self, number: int, message: object) -> None:
        if number != self._number:
            return
        if isinstance(message, EngineUp):
            self._up(message)
        elif isinstance(message, EngineDown):
            self._down(Link(LinkState.DOWN, message.why, message.fix))
        elif isinstance(message, Xruns) and message.total > self.state.value.xruns:
            self._journal.write(
                "sound.xruns", Origin.CONSOLE, total=message.total, cause=str(message.cause), why=message.why
            )
            self.state.set(replace(self.state.value, xruns=message.total))

    def _up(self, up: EngineUp) -> None:
        self._tell_a_new_default(up.device)
        self.state.set(
            replace(
                self.state.value,
                link=Link(LinkState.UP, up.why, up.fix),
                device=up.device,
                sample_rate_hz=up.sample_rate_hz,
                block_frames=up.block_frames,
                returns=tuple(map(untested, self.state.value.returns)),
            )
        )
        self.listening.runs_at(up.sample_rate_hz)
        self.recorder.runs_at(up.sample_rate_hz)
        log.info("sound is up on %s", up.device)
        self._journal.write("sound.up", Origin.CONSOLE, device=up.device, sample_rate_hz=up.sample_rate_hz, why=up.why)
        if up.why:
            self._alarms.raise_(_ALARM, "sound.less", up.why, fix=up.fix, rank=Rank.LINK)
        else:
            self._alarms.clear(_ALARM)

    def _tell_a_new_default(self, device: str) -> None:
        """Say it for a while when the show follows the system's default device, and that has become another one."""
        opened = self._open
        if opened is None or opened.layout.plan.device is not None:
            return
        before, opened.default = opened.default, device
        if before in ("", device):
            return
        what = f'The system\'s default device was "{before}" and is now "{device}".'
        fix = f'To stay with one, name it in the show file: device = "{before}".'
        self._alarms.raise_(_DEFAULT_ALARM, "sound.default", what, fix=fix, rank=Rank.LINK)
        self._forget_the_default()
        self._default_told = asyncio.get_running_loop().call_later(NEW_DEFAULT_S, self._alarms.clear, _DEFAULT_ALARM)

    def _forget_the_default(self) -> None:
        if self._default_told is not None:
            self._default_told.cancel()

    def _down(self, link: Link) -> None:
        if link == self.state.value.link:
            return
        is_news = self.state.value.link.state is not LinkState.DOWN  # else it is the same outage, better known
        returns = tuple(map(untested, self.state.value.returns))
        self.state.set(replace(self.state.value, link=link, returns=returns))
        log.info("sound is down: %s", link.why)
        if is_news:
            self._journal.write("sound.down", Origin.CONSOLE, why=link.why)
        self._alarms.raise_(_ALARM, "sound.down", link.why, fix=link.fix, rank=Rank.GUEST)

    def _send(self, routing: Routing) -> None:
        if self._open:
            self._open.worker.send(routing, replaces=True)
            self.listening.route(routing)

    def _end_the_one_before(self, *, stands: frozenset[Trouble] = frozenset()) -> None:
        opened, self._open = self._open, None
        self._number += 1
        self._alarms.clear(_ALARM)
        self._forget_the_default()
        self._alarms.clear(_DEFAULT_ALARM)
        listened, handed_over = self.listening.end(stands=stands), self.interfaces.end()
        recorded = self.recorder.close() if self.recorder.is_on else None
        for ending in (_end(opened) if opened else None, listened, handed_over, recorded):
            if ending is not None:
                task = asyncio.get_running_loop().create_task(ending)
                self._endings.add(task)
                task.add_done_callback(self._endings.discard)


async def _end(opened: _Open) -> None:
    """Stop an engine and let go of its memory."""
    files = (opened.meters_file, opened.ring_file)
    with contextlib.suppress(TimeoutError):  # a supervisor that was closed before has nothing left to stop
        async with asyncio.timeout(_ENDING_S):
            await opened.worker.stop()
    del opened.meters, opened.ring
    for file in files:
        with contextlib.suppress(BufferError):  # a test still reads from it: freed with the last view
            file.close()
