"""A look as one batch, and its end step by step. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from console.core.outcome import Outcome, Result
from console.settings.show import Look
from scenes.sources.look_run import LookRun, StepRun
from scenes.sources.steps import Answers, Judged, is_media, is_media_there, judge_step, line_of, requests_of, why_not
from scenes.wire.line import ObsRefused
from scenes.wire.socket import Message

NAMED: Final = 3  # failed steps that the outcome names; all of them are in the run
NOT_KNOWN: Final = "Not known whether it happened: OBS went away."
STAYS: Final = "What was done stays; undo puts it back."


@dataclass(frozen=True, slots=True)
class Plan:
    """A look's steps as the requests of one batch. A step that can't be asked has a fault and no requests."""

    look: Look
    requests: tuple[Message, ...]
    spans: tuple[slice, ...]
    faults: tuple[str, ...]
    kinds: Mapping[str, str | None]

    def kind(self, source: str) -> str:
        """OBS's kind of a source whose contents change, else ""."""
        return self.kinds.get(source) or ""

    def judge(self, answers: Answers) -> list[Judged]:
        """What came of each step by the batch's answers."""
        return [
            Judged(False, fault, is_refused=True)
            if fault
            else judge_step(step, answers[span], kind=self.kind(step.source))
            for step, span, fault in zip(self.look.steps, self.spans, self.faults, strict=True)
        ]

    def is_there(self, number: int, answers: Answers, status: Message) -> bool:
        """Whether a media source does by now what step `number` wants, by its newest status."""
        before = answers[self.spans[number]][0]
        return is_media_there(
            self.look.steps[number], status, before=None if isinstance(before, ObsRefused) else before
        )

    def open_media(self, judged: Sequence[Judged]) -> list[int]:
        """The numbers of the media steps that OBS is still at."""
        return [
            number
            for number, (step, found) in enumerate(zip(self.look.steps, judged, strict=True))
            if is_media(step) and found.is_done is None
        ]


def plan_of(look: Look, kinds: Mapping[str, str | None]) -> Plan:
    """The look's batch. kinds: OBS's kind of each source whose text or picture changes (None: there is none)."""
    requests: list[Message] = []
    spans, faults = [], []
    for number, step in enumerate(look.steps):
        fault = why_not(step, kinds.get(step.source))
        asked = [] if fault else requests_of(step, number, kind=kinds.get(step.source) or "")
        spans.append(slice(len(requests), len(requests) + len(asked)))
        faults.append(fault)
        requests += asked
    return Plan(look, tuple(requests), tuple(spans), tuple(faults), kinds)


def take_line(look: Look) -> str:
    """The look's take as people read it."""
    how = f" with {look.transition}" if look.transition else ""
    took = f", {look.duration_ms / 1000:g} s" if look.duration_ms is not None else ""
    return f"Take {look.scene}{how}{took}"


def lines_of(look: Look) -> tuple[str, ...]:
    """The whole look as plain lines: its steps, then its take."""
    return (*(line_of(step) for step in look.steps), *((take_line(look),) if look.scene is not None else ()))


def untried(look: Look, outcome: Outcome) -> LookRun:
    """A look of which nothing was sent."""
    return LookRun(look.name, outcome, tuple(StepRun(line) for line in lines_of(look)))


def not_known(look: Look, why: str, fix: str) -> LookRun:
    """A look that was sent, and whose line ended before OBS answered."""
    steps = tuple(StepRun(line, False, NOT_KNOWN) for line in lines_of(look))
    return LookRun(look.name, Outcome.failed(f"{look.name}: not known whether it happened. {why}", fix), steps)


def run_of(look: Look, judged: Sequence[Judged], take: Outcome | None = None, *, before: str | None = None) -> LookRun:
    """A look's run from what came of its steps and of its take. `before`: the scene that was on air."""
    steps = [
        StepRun(line_of(step), found.is_done is True, found.why) for step, found in zip(look.steps, judged, strict=True)
    ]
    if take is not None:
        steps.append(StepRun(take_line(look), take.is_done, take.why))
    return LookRun(look.name, _outcome(look, steps, take), tuple(steps), _back(look, judged, take, before))


def _outcome(look: Look, steps: Sequence[StepRun], take: Outcome | None) -> Outcome:
    failed = [step for step in steps if not step.is_done]
    if not failed:
        said = "the step is" if len(steps) == 1 else f"all {len(steps)} steps are"
        claimed = f" {take.why}" if take is not None and take.why else ""
        return Outcome.done(f"{look.name}: {said} done.{claimed}")
    named = "; ".join(f"{step.line} ({step.why.rstrip('.') or 'no reason given'})" for step in failed[:NAMED])
    more = f"; and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
    why = f"{look.name}: {len(failed)} of {len(steps)} not done: {named}{more}."
    fix = take.fix if take is not None and not take.is_done and take.fix else STAYS
    return Outcome.failed(why, fix if len(failed) < len(steps) or take is not None else "Look at OBS.")


def _back(look: Look, judged: Sequence[Judged], take: Outcome | None, before: str | None) -> Look | None:
    steps = tuple(found.back for found in reversed(judged) if found.is_done is True and found.back is not None)
    has_taken = take is not None and take.result is Result.DONE and before not in (None, look.scene)
    if not steps and not has_taken:
        return None
    if not has_taken:
        return Look(name=look.name, steps=steps)
    return Look(name=look.name, steps=steps, scene=before, transition=look.transition, duration_ms=look.duration_ms)


def without_take(look: Look) -> Look:
    """The look's steps alone."""
    return look.model_copy(update={"scene": None, "transition": None, "duration_ms": None})


def given_up(judged: Sequence[Judged], why: str) -> list[Judged]:
    """What OBS is still at counts as not done."""
    return [replace(found, is_done=False, why=why) if found.is_done is None else found for found in judged]
