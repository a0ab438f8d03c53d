"""The link to OBS Studio: tries for ever, reads everything anew after each connection, and owns the switcher's state.

Loop thread only; nothing here blocks or waits for OBS without a time-out. Connecting changes nothing in OBS (law 1).
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.links import Link, LinkState
from console.core.observable import Observable
from scenes import sync
from scenes.alone import Alone
from scenes.controls import Controls
from scenes.describe import ObsDescription
from scenes.levels import levels_of
from scenes.line import NOT_READY, Line, ObsGone, ObsRefused
from scenes.output_controls import OutputControls
from scenes.output_state import Outputs
from scenes.output_watch import OutputWatch
from scenes.pictures import Pictures
from scenes.proof import Finding, universe
from scenes.socket import CLOSE_AUTHENTICATION_FAILED, LineError, Message
from scenes.source_controls import SourceControls
from scenes.source_state import SceneSources
from scenes.state import InputLevel, Switcher, Take
from scenes.switcher import (
    FOLDED,
    LOADING,
    METERS,
    REFETCH,
    RESTLESS,
    VIDEO_ENDED,
    Model,
    adopted,
    fold,
    offline,
    settle,
)
from scenes.takes import Takes

__all__ = ["ObsDescription", "ObsGone", "ObsLink", "ObsRefused"]

log = logging.getLogger(__name__)

BACKOFF_S: Final = (0.2, 0.4, 0.8, 1.6, 3.0)  # then the last one for ever, each with up to half as much jitter
LOADING_AGAIN_S: Final = 0.25
SETTLE_S: Final = 0.3  # OBS names the inputs that went off air up to 0.17 s after the take (measured)
SETTLE_TRIES: Final = 3
REFETCH_S: Final = 0.03  # one edit in OBS makes several events
VIDEO_ENDED_S: Final = 0.1
CURSOR_S: Final = 0.5
METERS_OLD_S: Final = 0.3
IS_LOADING: Final = Link(LinkState.CONNECTING, "OBS is still loading.", "Wait; it comes by itself.")
OFF: Final = Link(LinkState.DOWN, "The console is not connected to OBS.", "")


class Part(Protocol):
    """Something that follows OBS beside the switcher's model. Called on the loop; must not block or raise."""

    def on_up(self) -> None:
        """OBS was read; the line is open."""
        ...

    def on_event(self, event: str, data: Message) -> None:
        """Something happened in OBS (the meters left out)."""
        ...

    def on_down(self) -> None:
        """The line ended; what was known is only what was known."""
        ...


class ObsLink(Controls, SourceControls, OutputControls, Pictures, Alone):
    """OBS Studio as the director uses it. `start` it within a running loop, `close` it at the end.

    url: ws:// or wss://. password: asked before each try, so that a mended one heals the link; secret: its name in
    the keyring, for whoever is told that it is wrong.
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
    ) -> None:
        self.clock = clock
        self.journal = journal
        self._url = url
        self._password = password
        self._secret = secret
        self._safe_scene = safe_scene
        self._model = Model(Switcher(link=OFF, safe_scene=safe_scene))
        self.state: Observable[Switcher] = Observable(self._model.shown)
        self.sources: Observable[SceneSources] = Observable(SceneSources())
        self.outputs: Observable[Outputs] = Observable(Outputs())
        self.takes = Takes(self, safe_scene=safe_scene)
        self.output_watch = OutputWatch(self, self.outputs)
        self._parts: tuple[Part, ...] = (self.output_watch,)  # whoever follows OBS beside the switcher's model
        self.outputs.watch(self._agree_with_outputs, now=False)
        self._line: Line | None = None  # connected, perhaps not yet read
        self._is_synced = False
        self._is_stale = False  # OBS changed while it was being read
        self._meters: Message = {}
        self._levels: Mapping[str, InputLevel] | None = None
        self._reading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: asyncio.Task[None] | None = None
        self._settling: asyncio.Task[None] | None = None
        self._refetching: asyncio.Task[None] | None = None
        self._cursor_watch: asyncio.TimerHandle | None = None

    # what takes need (scenes.takes.Stage)

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
        if self._settling is not None:
            self._settling.cancel()
        self._settling = self._spawn(self._settle())

    # life

    def start(self) -> None:
        """Begin to connect, and never give up."""
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="obs-link")

    async def close(self) -> None:
        """End the connection and everything that waits on it."""
        self.takes.close()
        tasks = [task for task in (self._running, *self._tasks) if task is not None]
        for task in tasks:
            task.cancel()
        if self._line is not None:
            self._line.drop(LineError("The console was closed."))
        await asyncio.gather(*tasks, return_exceptions=True)
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
            self._end_line(why)
            pause = BACKOFF_S[min(tries, len(BACKOFF_S) - 1)]
            await asyncio.sleep(pause * random.uniform(1.0, 1.5))

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
                return LineError(error.why, fix=f"{error.fix} Then: cuedrop secret set {self._secret}")
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
        self._watch_cursor()
        for part in self._parts:
            part.on_up()

    def _end_line(self, why: LineError) -> None:
        if self._is_synced or why.why != self._model.shown.link.why:
            self.journal.write("obs.down", Origin.CONSOLE, why=why.why)
            log.info("OBS is down: %s", why.why)
        self._is_synced, self._line, self._meters = False, None, {}
        for task in (self._settling, self._refetching):
            if task is not None:
                task.cancel()
        self._offline(Link(LinkState.DOWN, why.why, why.fix))
        self.takes.on_line_end(why)
        for part in self._parts:
            part.on_down()

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
        """Read the whole of OBS, again while it loads or changes under the reading. Raises ObsRefused, ObsGone."""
        async with self._reading:
            fresh = await self._read_steady(line)
            if self._is_synced:  # from then on the outputs are followed for themselves
                known = self._model.shown
                fresh = fresh.showing(stream=known.stream, record=known.record)
            self._set(adopted(self._model, fresh))

    async def _read_steady(self, line: Line) -> Model:
        while True:
            self._is_stale = False
            try:
                fresh = await sync.read_model(
                    line,
                    safe_scene=self._safe_scene,
                    link=self._model.shown.link,
                    at_ns=self.clock.mono_ns(),
                )
            except ObsRefused as refusal:
                if refusal.code != NOT_READY:
                    raise
                self._set_link(IS_LOADING)
                await asyncio.sleep(LOADING_AGAIN_S)
                continue
            if not self._is_stale:
                return fresh

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

    async def _settle(self) -> None:
        """Ask OBS what is active, and judge for good; again when nothing fits yet."""
        for _ in range(SETTLE_TRIES):
            await asyncio.sleep(SETTLE_S)
            line = self.line
            if line is None or self._model.shown.in_transition:
                return  # its end starts this anew
            inputs = sorted(universe(self._model.shown.scenes))
            try:
                active = await sync.read_active(line, inputs)
            except (ObsRefused, ObsGone):
                continue
            self._set(replace(self._model, active=active))
            if self._model.verdict.finding is not Finding.UNKNOWN:
                break
        self._set(settle(self._model, at_ns=self.clock.mono_ns(), is_final=True))
        self.takes.on_settled()

    # events

    def _on_event(self, event: str, data: Message) -> None:
        if event == METERS:
            self._meters, self._levels = data, None
            return
        if event in REFETCH or event in FOLDED:
            self._is_stale = True  # what is being read now may be older than this: it is read once more
        if not self._is_synced:
            return
        if event == LOADING:
            self._set_link(Link(LinkState.CONNECTING, "OBS is changing its scene collection.", "Wait a moment."))
        elif event == VIDEO_ENDED:
            began = self._model.transition_since_ns
            asyncio.get_running_loop().call_later(VIDEO_ENDED_S, self._end_transition, began)
        elif event == "SceneTransitionStarted":
            self.takes.on_transition_started()
            self._watch_cursor()
        self._set(fold(self._model, event, data, at_ns=self.clock.mono_ns()))
        if event in REFETCH and (self._refetching is None or self._refetching.done()):
            self._refetching = self._spawn(self._refetch())
        if event in RESTLESS:
            self._after_change()
            self.judge_soon()
        for part in self._parts:
            part.on_event(event, data)

    def _after_change(self) -> None:
        self._set(settle(self._model, at_ns=self.clock.mono_ns(), is_final=False))
        self.takes.on_model()

    def _end_transition(self, began_ns: int) -> None:
        """The transition that began then is over, whatever events are missing."""
        if self._is_synced and self._model.shown.in_transition and self._model.transition_since_ns == began_ns:
            self._set(self._model.showing(in_transition=False))
            self._after_change()
            self.judge_soon()

    def _watch_cursor(self) -> None:
        """While a transition runs, ask now and then whether it still does: its end may never be told."""
        if self._cursor_watch is not None:
            self._cursor_watch.cancel()
        loop = asyncio.get_running_loop()
        self._cursor_watch = loop.call_later(CURSOR_S, lambda: self._spawn(self._ask_cursor()))

    async def _ask_cursor(self) -> None:
        line, began = self.line, self._model.transition_since_ns
        if line is None or not self._model.shown.in_transition:
            return
        with contextlib.suppress(ObsRefused, ObsGone):
            answer = await line.call("GetCurrentSceneTransitionCursor")
            if not 0.0 < sync.number(answer.get("transitionCursor")) < 1.0:
                self._end_transition(began)
        self._watch_cursor()

    async def read_again(self) -> None:
        """Read all of OBS anew. Raises ObsRefused, ObsGone."""
        if self._line is not None:
            await self._read(self._line)
            self._after_change()

    def levels(self) -> Mapping[str, InputLevel]:
        """The meters of the inputs that are on program, dBFS, at most 50 ms old; empty when OBS is not heard."""
        line = self.line
        if line is None or line.silence_s > METERS_OLD_S:
            return {}
        if self._levels is None:
            self._levels = levels_of(self._meters)
        return self._levels
