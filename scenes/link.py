"""The link to OBS Studio: tries for ever, reads everything anew after each connection, and owns the switcher's state.

Loop thread only; nothing here blocks or waits for OBS without a time-out. Connecting changes nothing in OBS (law 1).
"""

import asyncio
import base64
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.links import Link, LinkState
from console.core.observable import Observable
from console.core.outcome import Outcome
from scenes import describe, overlay, sync
from scenes.describe import ObsDescription
from scenes.levels import levels_of
from scenes.line import NO_ANSWER, NOT_READY, Line, ObsGone, ObsRefused, Request
from scenes.proof import Finding, universe
from scenes.socket import LineError, Message
from scenes.state import InputLevel, OutputState, Switcher, Take
from scenes.switcher import LOADING, METERS, REFETCH, RESTLESS, VIDEO_ENDED, Model, fold, offline, settle
from scenes.takes import How, Takes, scene_reference

__all__ = ["ObsDescription", "ObsGone", "ObsLink", "ObsRefused"]

log = logging.getLogger(__name__)

BACKOFF_S: Final = (0.2, 0.4, 0.8, 1.6, 3.0)  # then the last one for ever, each with up to half as much jitter
LOADING_AGAIN_S: Final = 0.25
SETTLE_S: Final = 0.3  # OBS names the inputs that went off air up to 0.17 s after the take (measured)
SETTLE_TRIES: Final = 3
REFETCH_S: Final = 0.03  # one edit in OBS makes several events
VIDEO_ENDED_S: Final = 0.1
CURSOR_S: Final = 0.5
CONFIRM_S: Final = 3.0
OUTPUT_S: Final = 15.0  # a stream's ingest may take its time
METERS_OLD_S: Final = 0.3
IS_LOADING: Final = Link(LinkState.CONNECTING, "OBS is still loading.", "Wait; it comes by itself.")
OFF: Final = Link(LinkState.DOWN, "The console is not connected to OBS.", "")


class ObsLink:
    """OBS Studio as the director uses it. `start` it within a running loop, `close` it at the end.

    url: ws:// or wss://. password: asked before each try, so that a mended one heals the link.
    """

    def __init__(
        self,
        url: str,
        password: Callable[[], Awaitable[str | None]],
        *,
        safe_scene: str | None,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self.clock = clock
        self.journal = journal
        self._url = url
        self._password = password
        self._safe_scene = safe_scene
        self._model = Model(Switcher(link=OFF, safe_scene=safe_scene))
        self.state: Observable[Switcher] = Observable(self._model.shown)
        self.takes = Takes(self, safe_scene=safe_scene)
        self._line: Line | None = None  # connected, perhaps not yet read
        self._is_synced = False
        self._is_stale = False  # OBS changed while it was being read
        self._meters: Message = {}
        self._levels: Mapping[str, InputLevel] | None = None
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
        return self._line if self._is_synced else None

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
        self._offline(OFF)

    async def _run(self) -> None:
        tries = 0
        while True:
            if tries == 0:
                self._set_link(Link(LinkState.CONNECTING, "", ""))
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
            return error
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

    def _end_line(self, why: LineError) -> None:
        if self._is_synced:
            self.journal.write("obs.down", Origin.CONSOLE, why=why.why)
            log.info("OBS is down: %s", why.why)
        self._is_synced, self._line, self._meters = False, None, {}
        for task in (self._settling, self._refetching):
            if task is not None:
                task.cancel()
        self._offline(Link(LinkState.DOWN, why.why, why.fix))
        self.takes.on_line_end(why)

    def _offline(self, link: Link) -> None:
        self._set(offline(self._model).showing(link=link))

    def _set_link(self, link: Link) -> None:
        self._set(self._model.showing(link=link))

    def _set(self, model: Model) -> None:
        self._model = model
        self.state.set(model.shown)

    def _spawn(self, work: "Any") -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # reading OBS

    async def _read(self, line: Line) -> None:
        """Read the whole of OBS, again while it loads or changes under the reading. Raises ObsRefused, ObsGone."""
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
                break
        old = self._model
        kept = fresh.showing(
            take=old.shown.take,
            program=old.shown.program,
            program_since_mono_ns=old.shown.program_since_mono_ns,
            on_air_since_mono_ns=old.shown.on_air_since_mono_ns or fresh.shown.on_air_since_mono_ns
            if fresh.shown.on_air
            else None,
        )
        self._set(replace(kept, aired=old.aired, transition_since_ns=old.transition_since_ns))

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
        if not self._is_synced:
            self._is_stale = True  # read once more: what was read may be older than this
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
        elif event in REFETCH:
            self._is_stale = True
        if event in RESTLESS:
            self._after_change()
            self.judge_soon()

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
        if self._model.shown.in_transition or self._is_synced:
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

    # takes

    async def cut(
        self, scene: str | None = None, *, expect: str | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Put `scene` (None: the preview) on air without transition; done when proved.

        expect: what the operator believes is on air; refused when it is not.
        """
        return await self.takes.take(scene, How.CUT, expect=expect, origin=origin)

    async def auto(
        self, scene: str | None = None, *, expect: str | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Put `scene` (None: the preview) on air with the transition; done when proved."""
        return await self.takes.take(scene, How.MIX, expect=expect, origin=origin)

    async def take(
        self, scene: str | None = None, *, expect: str | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """The same as `auto`: with the current transition, which may be the Cut."""
        return await self.takes.take(scene, How.MIX, expect=expect, origin=origin)

    async def safe(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Cut to the SAFE scene; tried until confirmed or taken back, pending after 2 s."""
        return await self.takes.safe(origin=origin)

    def cancel_waiting(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Take back what waits, SAFE included."""
        return self.takes.cancel_waiting(origin=origin)

    # everything else the director asks of OBS

    async def preview(self, scene: str, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Put `scene` in preview; done when OBS says so."""
        found = self._model.scene(scene)
        if self.line is not None and not self._model.shown.studio_mode:
            return Outcome.refused("Studio Mode is off: there is no preview.", "Switch Studio Mode on.")
        if self.line is not None and found is None:
            return Outcome.refused(f"OBS has no scene {scene}.", "Look at the names of the scenes in OBS.")
        asked = [("SetCurrentPreviewScene", scene_reference(found) if found else {})]
        return await self._act(
            "preview.set", asked, lambda now: now.preview == scene, origin, f"{scene} is in preview", scene=scene
        )

    async def set_transition(
        self, name: str, duration_ms: int | None = None, *, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Choose the transition, and how long it takes when it has a length of its own to set."""
        if self.line is not None and name not in self._model.shown.transitions:
            known = ", ".join(self._model.shown.transitions)
            return Outcome.refused(f"OBS has no transition {name}.", f"It has: {known}.")
        if duration_ms is not None and not 50 <= duration_ms <= 20_000:  # obs-websocket's own limits
            return Outcome.refused("A transition takes 50 to 20000 ms.", "Choose another duration.")
        asked: list[Request] = [("SetCurrentSceneTransition", {"transitionName": name})]
        if duration_ms is not None:
            asked.append(("SetCurrentSceneTransitionDuration", {"transitionDuration": duration_ms}))

        def is_so(now: Switcher) -> bool:
            return now.transition == name and (duration_ms is None or now.transition_ms in {None, duration_ms})

        return await self._act(
            "transition.set", asked, is_so, origin, f"the transition is {name}", name=name, duration_ms=duration_ms
        )

    async def set_studio_mode(self, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Switch Studio Mode."""
        asked = [("SetStudioModeEnabled", {"studioModeEnabled": on})]
        words = f"Studio Mode is {'on' if on else 'off'}"
        return await self._act(
            "studio_mode.set", asked, lambda now: now.studio_mode is on, origin, words, reads=True, on=on
        )

    async def set_stream(self, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Start or stop the stream; done when OBS says that it runs, or has ended."""
        return await self._set_output("stream", on, origin)

    async def set_record(self, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Start or stop the recording."""
        return await self._set_output("record", on, origin)

    async def set_input_mute(self, input: str, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Mute an input in OBS; done when OBS, asked again, says so."""
        asked: list[Request] = [("SetInputMute", {"inputName": input, "inputMuted": on})]
        words = f"{input} is {'muted' if on else 'open'} in OBS"
        return await self._act(
            "obs_input.muted",
            asked,
            lambda now: (input in now.muted_inputs) is on,
            origin,
            words,
            reads=True,
            input=input,
            on=on,
        )

    async def screenshot(self, source: str, width: int, height: int) -> bytes:
        """A picture of a source or scene by name: JPEG, at most width x height (8 to 4096). Raises UserError."""
        data = {
            "sourceName": source,
            "imageFormat": "jpg",
            "imageWidth": max(8, min(width, 4096)),
            "imageHeight": max(8, min(height, 4096)),
            "imageCompressionQuality": 70,
        }
        try:
            answer = await self.call("GetSourceScreenshot", **data)
            return base64.b64decode(str(answer.get("imageData", "")).partition(",")[2], validate=True)
        except ObsRefused as refusal:
            fix = "Look at its name in OBS." if refusal.code == overlay.NOT_FOUND else "Look at it in OBS."
            raise UserError(f"OBS gives no picture of {source}.", fix=fix) from refusal
        except ObsGone as gone:
            raise UserError(gone.why, fix=gone.fix) from gone
        except ValueError as error:
            raise UserError(f"OBS sent no picture of {source}.", fix="Look at it in OBS.") from error

    async def show_overlay(
        self,
        scene: str,
        name: str,
        image_path: str,
        *,
        size_px: int,
        corner: overlay.Corner,
        origin: Origin = Origin.AUTOMATION,
    ) -> Outcome:
        """Put a picture into a corner of `scene`. Shown again it is moved, never doubled.

        In Studio Mode OBS airs a copy of a scene: one that is on air shows the picture from its next take on.
        """
        line, shown = self.line, self._model.shown
        if line is None:
            return self._away()
        try:
            await overlay.put(line, scene, name, str(image_path), size_px=size_px, corner=corner, canvas=shown.canvas)
        except (ObsRefused, ObsGone, UserError) as error:
            return self._went_wrong(f"The picture {name} is not in {scene}", error)
        self.journal.write("overlay.shown", origin, scene=scene, overlay=name)
        is_copy = shown.studio_mode and scene in {shown.program, shown.claimed}
        return Outcome.done(f"Seen on air from the next take of {scene} on." if is_copy else "")

    async def hide_overlay(self, name: str, *, origin: Origin = Origin.AUTOMATION) -> Outcome:
        """Take the picture out of OBS; done when it is gone, also when it was not there."""
        line = self.line
        if line is None:
            return self._away()
        try:
            await overlay.remove(line, name)
        except (ObsRefused, ObsGone, UserError) as error:
            return self._went_wrong(f"The picture {name} is still in OBS", error)
        self.journal.write("overlay.hidden", origin, overlay=name)
        return Outcome.done()

    async def describe(self) -> ObsDescription:
        """What this OBS holds, to make a first show from. Raises UserError."""
        line = self.line
        if line is None:
            away = self._away()
            raise UserError(away.why, fix=away.fix)
        try:
            return await describe.describe(line, self._model.shown)
        except ObsRefused as refusal:
            raise UserError("OBS does not say what it holds.", fix=refusal.comment or "Look at OBS.") from refusal
        except ObsGone as gone:
            raise UserError(gone.why, fix=gone.fix) from gone

    def levels(self) -> Mapping[str, InputLevel]:
        """The meters of the inputs that are on program, dBFS, at most 50 ms old; empty when OBS is not heard."""
        line = self.line
        if line is None or line.silence_s > METERS_OLD_S:
            return {}
        if self._levels is None:
            self._levels = levels_of(self._meters)
        return self._levels

    async def call(self, request: str, **data: Any) -> Message:
        """One request's answer. Raises ObsRefused, ObsGone."""
        return await self._connected().call(request, data)

    async def batch(self, requests: Sequence[Request]) -> list[Message | ObsRefused]:
        """Several requests, carried out in order; each one's answer or refusal. Raises ObsGone."""
        return await self._connected().batch(requests)

    def _connected(self) -> Line:
        line = self.line
        if line is None:
            away = self._away()
            raise ObsGone(away.why, away.fix)
        return line

    def _away(self) -> Outcome:
        link = self._model.shown.link
        fix = link.fix or "The console tries again by itself."
        return Outcome.refused(link.why or "OBS is not connected.", fix)

    def _went_wrong(self, what: str, error: Exception) -> Outcome:
        if isinstance(error, UserError):
            return Outcome.refused(error.what, error.fix)
        if isinstance(error, ObsGone):
            return Outcome.failed(f"{what}: {error.why}", error.fix)
        comment = error.comment if isinstance(error, ObsRefused) else str(error)
        return Outcome.refused(f"{what}: OBS refuses" + (f" ({comment})." if comment else "."), "Look at OBS.")

    async def _set_output(self, which: str, on: bool, origin: Origin) -> Outcome:
        name = "stream" if which == "stream" else "recording"
        wanted = OutputState.ON if on else OutputState.OFF
        if self.line is not None and getattr(self._model.shown, which) is wanted:
            return Outcome.done(f"The {name} {'runs' if on else 'was off'} already.")
        asked: list[Request] = [(f"{'Start' if on else 'Stop'}{which.title()}", {})]
        words = f"the {name} {'runs' if on else 'has ended'}"
        return await self._act(
            f"{which}.{'started' if on else 'stopped'}",
            asked,
            lambda now: getattr(now, which) is wanted,
            origin,
            words,
            within_s=OUTPUT_S,
        )

    async def _act(
        self,
        kind: str,
        asked: Sequence[Request],
        is_so: Callable[[Switcher], bool],
        origin: Origin,
        words: str,
        *,
        within_s: float = CONFIRM_S,
        reads: bool = False,
        **fields: object,
    ) -> Outcome:
        """Ask OBS for something and wait until its state says so. `reads`: read OBS again after the answer."""
        line = self.line
        if line is None:
            return self._away()
        what = words[0].upper() + words[1:]
        try:
            for answer in await line.batch(asked):
                if isinstance(answer, ObsRefused):
                    return self._went_wrong(f"Not done: {words}", answer)
            if reads and not is_so(self._model.shown):
                await self._read(line)
                self._after_change()
            await self._until(is_so, within_s)
        except ObsGone as gone:
            return Outcome.failed(f"OBS went away before it was proved that {words}.", gone.fix)
        except TimeoutError:
            return Outcome.failed(f"OBS did not confirm that {words}.", "Look at OBS.")
        except ObsRefused as refusal:
            return self._went_wrong(f"Not proved: {words}", refusal)
        self.journal.write(kind, origin, **fields)
        return Outcome.done(f"{what}.")

    async def _until(self, is_so: Callable[[Switcher], bool], within_s: float) -> None:
        """Return when the state says so. Raises TimeoutError, and ObsGone when the line ends."""
        changed = asyncio.Event()
        undo = self.state.watch(lambda _: changed.set(), now=False)
        try:
            async with asyncio.timeout(within_s):
                while not is_so(self._model.shown):
                    if self.line is None:
                        raise ObsGone(NO_ANSWER.why, NO_ANSWER.fix)
                    changed.clear()
                    await changed.wait()
        finally:
            undo()
