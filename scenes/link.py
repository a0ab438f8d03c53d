"""The link to OBS Studio: tries for ever, reads everything anew after each connection, and owns the switcher's state.

Loop thread only; nothing here blocks or waits for OBS without a time-out. Connecting changes nothing in OBS (law 1).
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.links import Link, LinkState
from console.core.observable import Observable
from console.settings.secrets import way_to_keep
from scenes.controls import Controls
from scenes.describe import ObsDescription
from scenes.outputs.controls import OutputControls
from scenes.outputs.state import Outputs
from scenes.outputs.watch import OutputWatch
from scenes.pair.alone import Alone
from scenes.pictures import Pictures
from scenes.reading.reader import Reader
from scenes.reading.renames import renamed
from scenes.sources.controls import SourceControls
from scenes.sources.noting import Noting
from scenes.sources.state import SceneSources
from scenes.sources.watch import SourceWatch
from scenes.state import InputLevel, Switcher, Take, TakeState
from scenes.switcher import (
    LOADING,
    RESTLESS,
    Model,
    adopted,
    fold,
    offline,
    settle,
)
from scenes.taking.black import BLACK_SCENE
from scenes.taking.guard import GUARD_S
from scenes.taking.judging import Judge
from scenes.taking.takes import Takes
from scenes.taking.tbar import TBar
from scenes.wire.levels import levels_in
from scenes.wire.line import NOT_READY, Line, ObsGone, ObsRefused
from scenes.wire.socket import CLOSE_AUTHENTICATION_FAILED, CLOSED, NOT_THERE, SILENT, LineError, Message, is_loopback

__all__ = ["ObsDescription", "ObsGone", "ObsLink", "ObsRefused"]

log = logging.getLogger(__name__)

BACKOFF_S: Final = (0.2, 0.4, 0.8, 1.6, 3.0)  # then the last one for ever, each with up to half as much jitter
NEAR_S: Final = 0.2  # an OBS on this machine that is not there is tried again so soon: a refusal costs nothing
LOADING_AGAIN_S: Final = 0.1
REFETCH_S: Final = 0.03  # one edit in OBS makes several events
METERS_OLD_S: Final = 0.3
GONE: Final = frozenset({NOT_THERE[0], CLOSED[0]})
SOON: Final = GONE | {SILENT[0]}  # not a wrong password, nor something that is no OBS
IS_LOADING: Final = Link(LinkState.CONNECTING, "OBS is still loading.", "Wait; it comes by itself.")
OFF: Final = Link(LinkState.DOWN, "The console is not connected to OBS.", "")


class Part(Protocol):
    """Something that follows OBS beside the switcher's model. Called on the loop; must not block or raise."""

    def on_up(self) -> None:
        """OBS was read; the line is open."""

    def on_event(self, event: str, data: Message) -> None:
        """Something happened in OBS (the meters left out)."""

    def on_down(self) -> None:
        """The line ended; what was known is only what was known."""
        ...


class ObsLink(Controls, SourceControls, OutputControls, Pictures, Alone):
    """OBS Studio as the director uses it. `start` it within a running loop, `close` it at the end.

    url: ws:// or wss://. password: asked before each try, so that a mended one heals the link; secret: its name in
    the keyring, for whoever is told that it is wrong. anew: what to say while an OBS is away that restarts by itself.
    """

    def __init__(
        self,
        url: str,
        password: Callable[[], Awaitable[str | None]],
        *,
        safe_scene: str | None,
        journal: Journal,
        clock: Clock,
        secret: str | None = None,
        black_scene: str | None = None,
        guard_s: float = GUARD_S,
        anew: tuple[str, str] | None = None,
    ) -> None:
        self.clock = clock
        self.journal = journal
        self._url = url
        self._password = password
        self._is_near = is_loopback(url)
        self._secret = secret
        self._anew = anew
        self._safe_scene = safe_scene
        black = black_scene or BLACK_SCENE
        self._model = Model(Switcher(link=OFF, safe_scene=safe_scene, black_scene=black), black_scene=black)
        self.state: Observable[Switcher] = Observable(self._model.shown)
        self.sources: Observable[SceneSources] = Observable(SceneSources())
        self.outputs: Observable[Outputs] = Observable(Outputs())
        self.takes = Takes(self, safe_scene=safe_scene, guard_s=guard_s)
        self.t_bar = TBar(self)
        self._judge = Judge(self)
        self.output_watch = OutputWatch(self, self.outputs)
        self.source_watch = SourceWatch(self, self._spawn)
        self.noting = Noting(self, self._spawn)
        # whoever follows OBS beside the switcher's model
        self._parts: tuple[Part, ...] = (self.output_watch, self.source_watch, self.noting)
        self.outputs.watch(self._agree_with_outputs, now=False)
        self._line: Line | None = None  # connected, perhaps not yet read
        self._is_synced = False
        self._reader = Reader(safe_scene)
        self._meters: bytes | None = None
        self._levels: Mapping[str, InputLevel] = {}
        self._reading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: asyncio.Task[None] | None = None
        self._refetching: asyncio.Task[None] | None = None

    # what takes need (scenes.taking.takes.Stage)

    @property
    def model(self) -> Model:
        """The switcher's model now."""
        return self._model

    @property
    def line(self) -> Line | None:
        """The connection, when OBS is connected and known."""
        return self._line if self._is_synced and self._model.shown.link.is_up else None

    def show_take(self, take: Take) -> None:
        """Show how far a take got."""
        self._set(self._model.showing(take=take))

    def judge_soon(self) -> None:
        """Judge what is on air for good when nothing has moved for a moment."""
        self._judge.soon()

    def show_model(self, model: Model) -> None:
        """The model from now on."""
        self._set(model)

    def next_is(self, scene: str) -> None:
        """Outside Studio Mode the console keeps the preview: after a take, what was on air before."""
        if not self._model.shown.studio_mode:
            self._set(self._model.showing(preview=scene))

    def watch_transition(self) -> None:
        """Find out when the transition ends, though OBS may not tell."""
        self._judge.watch_cursor()

    def let_go_t_bar(self) -> None:
        """End a transition that the T-bar holds."""
        self.t_bar.let_go()

    # what judging needs (scenes.taking.judging.Judged)

    @property
    def is_flying(self) -> bool:
        """A take is on its way."""
        return self.takes.target is not None

    def on_proof(self) -> None:
        """What is on air may have been proved."""
        self._after_change()

    def on_settled(self) -> None:
        """What is on air was judged for good."""
        self.takes.on_settled()

    def on_stuck(self) -> None:
        """A transition stands still: SAFE does not wait for whoever holds the T-bar."""
        if self.takes.has_safe_waiting:
            self.t_bar.let_go()

    # life

    def start(self) -> None:
        """Begin to connect, and never give up."""
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="obs-link")

    async def close(self) -> None:
        """End the connection and everything that waits on it."""
        self.takes.close()
        self.t_bar.close()
        tasks = [task for task in (self._running, *self._tasks) if task is not None]
        for task in tasks:
            task.cancel()
        if self._line is not None:
            self._line.drop(LineError("The console was closed."))
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._judge.close()
        self._running = None
        for part in self._parts:
            part.on_down()
        self._offline(OFF)

    async def _run(self) -> None:
        tries = 0
        self._set_link(Link(LinkState.CONNECTING))
        while True:
            why = await self._connect_once()
            tries = 0 if self._is_synced else tries + 1
            if self._anew is not None and why.why in GONE:
                self._end_line(LineError(self._anew[0], fix=self._anew[1]))
                if why.why == CLOSED[0] or isinstance(why.__cause__, ConnectionRefusedError):  # it does not only hang
                    self._begin_anew()
            else:
                self._end_line(why)
            is_soon = self._is_near and why.why in SOON
            pause = NEAR_S if is_soon else BACKOFF_S[min(tries, len(BACKOFF_S) - 1)] * random.uniform(1.0, 1.5)
            await asyncio.sleep(pause)

    async def _connect_once(self) -> LineError:
        """One connection from beginning to end; returns why it ended."""
        line: Line | None = None
        try:
            password = await self._password()
            line = Line(self._url, password, on_event=self._on_event)
            await line.open()
            self._line = line
            await self._first_sync(line)
            return await asyncio.shield(line.ended)
        except LineError as error:
            if error.code == CLOSE_AUTHENTICATION_FAILED and self._secret:
                return LineError(error.why, fix=f"{error.fix} {await way_to_keep(self._secret)}")
            return error
        except UserError as error:  # the keyring's
            return LineError(error.what, fix=error.fix)
        except ObsGone as gone:
            return LineError(gone.why, fix=gone.fix)
        except ObsRefused as refusal:
            log.info("OBS refused what every obs-websocket 5 answers: %s", refusal)
            return LineError("This OBS is too old.", fix="Install OBS Studio 28 or newer.")
        except Exception:  # the supervisor of this link: a bug is one more reason to connect anew
            log.exception("the OBS link failed")
            return LineError("The connection to OBS broke.", fix="The console tries again by itself.")
        finally:
            if line is not None and not line.ended.done():
                line.drop(LineError("The connection was given up."))

    async def _first_sync(self, line: Line) -> None:
        await self._read(line)
        self._is_synced = True
        self._set_link(Link(LinkState.UP))
        self.journal.write("obs.up", Origin.CONSOLE, version=self._model.shown.version)
        log.info("OBS %s is up", self._model.shown.version)
        self._set(settle(self._model, at_ns=self.clock.mono_ns(), is_final=False))
        self.takes.on_model()
        self.judge_soon()
        self._judge.watch_cursor()
        for part in self._parts:
            part.on_up()

    def _end_line(self, why: LineError) -> None:
        if self._is_synced or why.why != self._model.shown.link.why:
            self.journal.write("obs.down", Origin.CONSOLE, why=why.why)
            log.info("OBS is down: %s", why.why)
        self._is_synced, self._line, self._meters = False, None, None
        self._reader = Reader(self._safe_scene)
        self._judge.stop()
        if self._refetching is not None:
            self._refetching.cancel()
        self._offline(Link(LinkState.DOWN, why.why, why.fix))
        self.takes.on_line_end(why)
        for part in self._parts:
            part.on_down()

    def _begin_anew(self) -> None:
        """What it shows when it is back is no change from outside: it has nothing of what was on air."""
        self.takes.begin_anew()
        take = self._model.shown.take
        if take is not None and take.state in (TakeState.ON_AIR, TakeState.CLAIMED, TakeState.CHANGED, TakeState.LOST):
            self._set(self._model.showing(take=None))

    def _offline(self, link: Link) -> None:
        self._set(offline(self._model).showing(link=link))

    def _set_link(self, link: Link) -> None:
        self._set(self._model.showing(link=link))

    def _set(self, model: Model) -> None:
        self._model = model
        self.state.set(model.shown)

    def _agree_with_outputs(self, outputs: Outputs) -> None:
        """An event of an output that never came is made up for by its status, asked once a second."""
        shown = self._model.shown
        if self._is_synced and (shown.stream, shown.record) != (outputs.stream.state, outputs.record.state):
            model = self._model.showing(stream=outputs.stream.state, record=outputs.record.state)
            since = [each.since_mono_ns for each in (outputs.stream, outputs.record) if each.since_mono_ns]
            self._set(model.showing(on_air_since_mono_ns=min(since, default=None) if model.shown.on_air else None))

    def _spawn(self, work: "Any") -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # reading OBS

    async def _read(self, line: Line) -> None:
        """Read what is not known yet, or not any more; wait while OBS loads. Raises ObsRefused, ObsGone."""
        async with self._reading:
            while self._reader.is_stale:
                try:
                    await self._read_once(line)
                except ObsRefused as refusal:
                    if refusal.code != NOT_READY:
                        raise
                    self._set_link(IS_LOADING)
                    await asyncio.sleep(LOADING_AGAIN_S)
                else:
                    if self._reader.is_stale:  # OBS goes on changing
                        await asyncio.sleep(REFETCH_S)

    async def _read_once(self, line: Line) -> None:
        if not self._reader.wants_whole:
            await self._reader.catch_up(line)
            self._set(self._reader.applied(self._model))
            return
        fresh = await self._reader.whole(line, link=self._model.shown.link, at_ns=self.clock.mono_ns())
        if self._is_synced:  # from then on the outputs are followed for themselves
            known = self._model.shown
            fresh = fresh.showing(stream=known.stream, record=known.record)
        self._set(adopted(self._model, fresh))

    async def _refetch(self) -> None:
        await asyncio.sleep(REFETCH_S)
        line = self._line
        if line is None:
            return
        try:
            await self._read(line)
        except ObsGone as gone:
            line.drop(LineError(gone.why, fix=gone.fix))
            return
        except ObsRefused as refusal:
            line.drop(LineError("OBS does not say what it holds.", fix=refusal.comment))
            return
        self._set_link(Link(LinkState.UP))
        self._after_change()
        self.judge_soon()

    # events

    def _on_event(self, event: str, data: Message) -> None:
        has_to_read = self._reader.note(event, data)
        if not self._is_synced:
            return
        if event == LOADING:
            self._set_link(Link(LinkState.CONNECTING, "OBS is changing its scene collection.", "Wait a moment."))
        elif event == "SceneTransitionStarted":
            self.takes.on_transition_started()
        elif event == "SceneNameChanged":
            self.takes.on_renamed(str(data.get("oldSceneName")), str(data.get("sceneName")))
        folded = fold(self._model, event, data, at_ns=self.clock.mono_ns())
        self._set(renamed(folded, event, data))
        if has_to_read and (self._refetching is None or self._refetching.done()):
            self._refetching = self._spawn(self._refetch())
        if event in RESTLESS:
            self._after_change()
        self._judge.on_event(event)
        for part in self._parts:
            part.on_event(event, data)

    def _after_change(self) -> None:
        self._set(settle(self._model, at_ns=self.clock.mono_ns(), is_final=False))
        self.takes.on_model()

    async def read_again(self) -> None:
        """Read OBS's modes and transitions anew. Raises ObsRefused, ObsGone."""
        if self._line is not None:
            self._reader.want_settings()
            await self._read(self._line)
            self._after_change()

    def levels(self) -> Mapping[str, InputLevel]:
        """The meters of the inputs that are on program, dBFS, at most 50 ms old; empty when OBS is not heard."""
        line = self.line
        if line is None or line.silence_s > METERS_OLD_S:
            return {}
        if line.meters is not self._meters:
            self._meters = line.meters
            self._levels = levels_in(self._meters)
        return self._levels
