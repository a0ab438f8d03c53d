"""Changes of the sources of a scene, one by one or as a look; each ends with what OBS, asked again, says.

Loop thread only. A step, or all of a look with its take, is one batch that OBS carries out in order.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from console.core.journal import Origin
from console.core.observable import Observable
from console.core.outcome import Outcome, Result
from console.settings.show import Look, Step
from scenes.asking import Asking
from scenes.sources.look_run import LookRun
from scenes.sources.looks import NOT_KNOWN, Plan, given_up, not_known, plan_of, run_of, untried
from scenes.sources.media import media_of
from scenes.sources.noting import Noted, Noting
from scenes.sources.state import MediaState, SceneSources
from scenes.sources.steps import Answers, Judged, has_contents, line_of, said_of
from scenes.sources.watch import SourceWatch
from scenes.taking.press import How, Manner
from scenes.taking.takes import Takes
from scenes.wire.line import CALL_TIMEOUT_S, NO_ANSWER, ObsGone, ObsRefused, answers_of
from scenes.wire.socket import LineError, Message

STILL_S: Final = 0.5  # ten missing meter events
SILENT: Final = LineError("OBS was not heard just now, so nothing was sent.", fix="Look at OBS, then try again.")
ANSWERS_S: Final = 1.0  # the answers to a look's steps come with its take's
MEDIA_S: Final = 2.0  # how long a media source may take to do as asked
MEDIA_AGAIN_S: Final = 0.05
SEEK_MS: Final = 1_000  # as near as a seek must come
STUDIO_NOTE: Final = "On air from its next take on: Studio Mode airs a copy."


class SourceControls(Asking):
    """Visibility, lock, filters, contents, media and mutes of sources, and looks."""

    sources: Observable[SceneSources]
    takes: Takes
    source_watch: SourceWatch
    noting: Noting

    def look_at(self, scene: str | None) -> None:
        """Keep `sources` on this scene; None: on the preview, or what is on air without one."""
        self.source_watch.look_at(scene)

    def watch_changes(self, noted: Noted) -> Callable[[], None]:
        """Tell `noted` every change of a source and every take, as a look would hold it; returns the undo."""
        return self.noting.watch(noted)

    async def do(self, step: Step, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """One change of a source; done when OBS, asked again, has it."""
        refused = self._why_not(step)
        if refused is not None:
            return refused
        run = await self._run_steps(Look(name=step.source[:80], steps=(step,)))
        if isinstance(run, LookRun):  # OBS is away, or went away
            return run.outcome
        found = run[0]
        if found.is_done is not True:
            why = f"Not done: {line_of(step)}. {found.why}"
            return Outcome.refused(why, "Look at OBS.") if found.is_refused else Outcome.failed(why, "Look at OBS.")
        self._tell(step)
        self.journal.write("source.changed", origin, line=line_of(step), **step.model_dump(exclude_none=True))
        return Outcome.done(f"{said_of(step)}{self._studio_note(step)}")

    async def set_input_mute(self, input: str, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Mute an input in OBS; done when OBS, asked again, says so."""
        return await self.do(Step(do="mute" if on else "unmute", source=input), origin=origin)

    async def seek(self, source: str, position_ms: int, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Move a media source to a position; done when its cursor is there."""
        line = self.line
        if line is None:
            return self.away()
        if line.silence_s > STILL_S:
            return Outcome.refused(SILENT.why, SILENT.fix)
        try:
            await line.call("SetMediaInputCursor", {"inputName": source, "mediaCursor": position_ms})
            at_s, heard = await self._until_there(source, position_ms)
        except ObsRefused as refusal:
            return self.went_wrong(f"Not done: {source} to {_clock(position_ms)}", refusal)
        except ObsGone as gone:
            return Outcome.failed(f"OBS went away before {source} was at {_clock(position_ms)}.", gone.fix)
        self.source_watch.again(source)
        self.journal.write("media.seek", origin, source=source, position_ms=position_ms, cursor_ms=heard)
        if at_s is None:
            there = "nowhere that OBS tells" if heard is None else _clock(heard)
            return Outcome.failed(
                f"{source} is at {there}, not at {_clock(position_ms)}.",
                "Some files can be entered in few places only.",
            )
        return Outcome.done(f"{source} is at {_clock(position_ms)}.")

    async def run_look(self, look: Look, *, origin: Origin = Origin.CONSOLE) -> LookRun:
        """All of a look's steps and its take as one batch, each with what came of it."""
        run = await self._run_steps(look) if look.scene is None else await self._run_with_take(look, look.scene, origin)
        if not isinstance(run, LookRun):
            run = run_of(look, run)
        for step, ended in zip(look.steps, run.steps, strict=False):
            if ended.is_done:
                self._tell(step)
        steps = [{"line": step.line, "is_done": step.is_done, "why": step.why} for step in run.steps]
        result = run.outcome.result.value
        self.journal.write("look.run", origin, look=look.name, result=result, why=run.outcome.why, steps=steps)
        return run

    async def _run_steps(self, look: Look) -> LookRun | list[Judged]:
        """The steps alone: what came of each, or the whole run when the line was in the way."""
        line = self.line
        if line is None:
            return untried(look, self.away())
        if line.silence_s > STILL_S:  # what is sent to an OBS that stands still happens when it goes on
            return untried(look, Outcome.refused(SILENT.why, SILENT.fix))
        try:
            plan = plan_of(look, await self._kinds(look))
        except ObsGone as gone:
            return untried(look, Outcome.refused(gone.why, gone.fix))
        try:
            answers = await self._send(plan.requests)
            return await self._finished(plan, answers)
        except ObsGone as gone:
            return not_known(look, gone.why, gone.fix)

    async def _run_with_take(self, look: Look, scene: str, origin: Origin) -> LookRun:
        away = self.takes.why_away()
        if away is not None:
            return untried(look, Outcome.refused(*away))
        pressed_ns = self.clock.mono_ns()
        try:
            plan = plan_of(look, await self._kinds(look))
        except ObsGone as gone:
            return untried(look, Outcome.refused(gone.why, gone.fix))
        if self.clock.mono_ns() - pressed_ns > STILL_S * 1e9:  # a take is now or never
            return untried(look, Outcome.refused(SILENT.why, SILENT.fix))
        before = self.model.shown.program
        answered: asyncio.Future[Answers] = asyncio.get_running_loop().create_future()

        def on_answers(answers: Answers) -> None:
            nonlocal before
            if self.model.shown.program != scene:  # it may have waited for another scene to come
                before = self.model.shown.program
            answered.set_result(answers)

        is_cut = look.transition is not None and look.transition == self.model.cut_name
        take = await self.takes.take(
            scene,
            Manner(
                How.CUT if is_cut else How.MIX,
                transition=None if is_cut else look.transition,
                duration_ms=None if is_cut else look.duration_ms,
                before=plan.requests,
                on_answers=on_answers,
            ),
            origin=origin,
        )
        if take.result is Result.REFUSED and not answered.done():
            return untried(look, take)
        try:
            answers = await self._answers(plan, answered)
        except ObsGone:
            return not_known(look, take.why, take.fix)
        try:
            judged = await self._finished(plan, answers)
        except ObsGone:
            judged = given_up(plan.judge(answers), NOT_KNOWN)
        return run_of(look, judged, take, before=before)

    async def _answers(self, plan: Plan, answered: "asyncio.Future[Answers]") -> Answers:
        """The steps' answers; a take that was overtaken ends a moment before they come. Raises ObsGone."""
        if not plan.requests:
            return []
        try:
            async with asyncio.timeout(ANSWERS_S if self.line is not None else 0):
                return await answered
        except TimeoutError as error:
            raise ObsGone(NO_ANSWER.why, NO_ANSWER.fix) from error

    async def _send(self, requests: Sequence[Message]) -> Answers:
        """The answers to raw requests, in order. Raises ObsGone."""
        if not requests:
            return []
        future = self._connected().send_batch(requests)
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                answer = await future
        except TimeoutError as error:
            raise ObsGone(NO_ANSWER.why, NO_ANSWER.fix) from error
        return answers_of(answer, [str(request["requestType"]) for request in requests])

    async def _kinds(self, look: Look) -> dict[str, str | None]:
        """OBS's kind of every source whose text or picture changes; None where there is none. Raises ObsGone."""
        names = sorted({step.source for step in look.steps if has_contents(step)})
        answers = await self.batch([("GetInputSettings", {"inputName": name}) for name in names])
        return {
            name: None if isinstance(answer, ObsRefused) else str(answer.get("inputKind"))
            for name, answer in zip(names, answers, strict=True)
        }

    async def _finished(self, plan: Plan, answers: Answers) -> list[Judged]:
        """What came of each step, media waited for. Raises ObsGone."""
        judged = plan.judge(answers)
        waiting = plan.open_media(judged)
        deadline = asyncio.get_running_loop().time() + MEDIA_S
        while waiting and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(MEDIA_AGAIN_S)
            names = [plan.look.steps[number].source for number in waiting]
            asked = [("GetMediaInputStatus", {"inputName": name}) for name in names]
            for number, answer in zip(waiting, await self.batch(asked), strict=True):
                if not isinstance(answer, ObsRefused) and plan.is_there(number, answers, answer):
                    judged[number] = replace(judged[number], is_done=True)
            waiting = plan.open_media(judged)
        return given_up(judged, "OBS did not do it in time.")

    async def _until_there(self, source: str, position_ms: int) -> tuple[float | None, int | None]:
        """When the cursor was seen at the position (None: it never was), and where it was last."""
        began = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(MEDIA_AGAIN_S)
            gone_s = asyncio.get_running_loop().time() - began
            media = media_of(source, await self.call("GetMediaInputStatus", inputName=source), at_ns=0)
            ran_ms = gone_s * 1e3 if media.state is MediaState.PLAYING else 0.0
            if media.cursor_ms is not None and -SEEK_MS <= media.cursor_ms - position_ms <= ran_ms + SEEK_MS:
                return gone_s, media.cursor_ms
            if gone_s > MEDIA_S:
                return None, media.cursor_ms

    def _why_not(self, step: Step) -> Outcome | None:
        """The refusal of a step that would change something else than the row that was pressed."""
        if step.scene is None:
            return None
        rows = self.sources.value.rows
        times = sum((row.holder, row.name) == (step.scene, step.source) for row in rows)
        if times < 2:
            return None
        why = f"{step.scene} holds {step.source} {times} times; OBS can't be told which one is meant."
        return Outcome.refused(why, "Change it in OBS.")

    def _tell(self, step: Step) -> None:
        """A proved change: whoever notes it, and the rows, hear of it. OBS of 5.1 tells of no texts and pictures."""
        self.noting.note(step)
        self.source_watch.again(step.source)

    def _studio_note(self, step: Step) -> str:
        shown = self.model.shown
        is_copied = step.do in ("show", "hide") and shown.studio_mode
        return f" {STUDIO_NOTE}" if is_copied and step.scene is not None and step.scene == shown.program else ""


def _clock(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1_000 % 60:02d}"
