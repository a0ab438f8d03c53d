"""The take on its way: sent, answered, proved; one at a time, and the far side's proof ends it (law 4).

Loop thread only. Sending happens before anything else does: no await, no disk, no window between the press and OBS.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from console.core.outcome import Outcome
from scenes.state import TakeState
from scenes.switcher import Model
from scenes.taking.lamp import Lamp
from scenes.taking.press import TAKE, Press, read_batch, take_requests, took
from scenes.taking.proof import Finding, twins_of
from scenes.taking.stage import Stage
from scenes.taking.witness import Witness, lost_words
from scenes.wire.line import ObsGone, ObsRefused, answer_of
from scenes.wire.socket import SILENT, LineError, Message

FROZEN_S: Final = 1.0  # twenty missing meter events while a take is in flight: OBS stands still
PROOF_S: Final = 5.0  # on top of the transition's own time; then what is known decides
MOVES_S: Final = 0.5  # so late after the press no transition begins any more
WATCH_S: Final = 0.05


class Flight:
    """At most one press in the air. `on_end` is called after one ended without OBS having told of a change."""

    def __init__(self, stage: Stage, lamp: Lamp, witness: Witness, on_end: Callable[[], None]) -> None:
        self._stage = stage
        self._lamp = lamp
        self._witness = witness
        self._on_end = on_end
        self.press: Press | None = None

    @property
    def target(self) -> str | None:
        """The scene of the take in flight."""
        return self.press.scene if self.press is not None else None

    def send(self, press: Press) -> None:
        """Now or never: the frame leaves first, everything else comes after."""
        line, model = self._stage.line, self._stage.model
        scene, manner = model.scene(press.scene), press.manner
        if line is None or scene is None:
            raise RuntimeError("a take was let through without a line or a scene")
        transition = model.cut_name if press.is_cut else manner.transition
        if transition is None and manner.duration_ms is not None:
            transition = scene.override or model.shown.transition or None
        requests = take_requests(scene, transition, manner.duration_ms, manner.before)
        try:
            is_alone = len(requests) == 1
            answer = line.send(TAKE, requests[0]["requestData"]) if is_alone else line.send_batch(requests)
        except ObsGone as gone:
            self._lamp.refuse_press(press, gone.why, gone.fix)
            return
        press.was_on_air = press.scene == model.shown.program
        press.runs_ms = runs_ms(press, model)
        answer.add_done_callback(lambda done: self._answered(press, done, requests))
        self._stage.journal.write("take.sent", press.origin, scene=press.scene, how=manner.how.value)
        self.fly(press)

    def fly(self, press: Press) -> None:
        """This press is on its way, by whatever means it was sent."""
        press.sent_ns = self._stage.clock.mono_ns()
        overtaken, self.press = self.press, press
        if overtaken is not None:  # outside Studio Mode the second take of two goes on air
            why = f"The take of {press.scene} came before {overtaken.scene} was proved."
            overtaken.finish(Outcome.failed(why, "Look at program."))
        self._witness.sent(press.scene)
        self._lamp.show(press, TakeState.SENT)
        self._watch(press)

    def on_transition_started(self) -> None:
        """A transition began."""
        if self.press is not None:
            self.press.has_moved = True

    def on_model(self, model: Model) -> None:
        """The model changed: a proof ends the flight at once."""
        press, shown = self.press, model.shown
        if press is None or shown.in_transition:
            return
        is_new = press.has_moved or not press.was_on_air
        if not is_new or not (press.is_answered or self._may_come_first(press)):
            return
        if shown.program == press.scene == shown.claimed:
            self._proved(press)
        elif shown.claimed == press.scene and model.verdict.finding is Finding.CLAIMED:
            self._claimed(press)

    def _may_come_first(self, press: Press) -> bool:
        """The proof may be there before OBS's answer, which tells nothing more then; a look waits for its steps'."""
        return press.has_moved and not press.was_on_air and press.manner.on_answers is None

    def on_settled(self, model: Model) -> None:
        """What is on air was judged for good."""
        press, shown = self.press, model.shown
        if press is None or not press.is_answered or shown.in_transition:
            return
        if shown.program == press.scene:  # also when another client's lost take has taken its name away
            self._proved(press)
        elif not press.has_moved and self._age_s(press) < MOVES_S:
            self._stage.judge_soon()  # OBS has answered and not begun
        elif shown.claimed != press.scene:
            on_air = shown.program or shown.claimed or "Another scene"
            self._failed(press, f"{on_air} is on air, not {press.scene}.", "Look at program, then take again.")
        elif model.verdict.finding in {Finding.CLAIMED, Finding.UNKNOWN}:
            self._claimed(press)
        else:
            self._land(press, Outcome.failed(*lost_words(press.scene, shown.program)))

    def on_line_end(self, why: LineError) -> None:
        """What was in flight failed."""
        if self.press is not None:
            self._failed(self.press, why.why, "It may still go on air when OBS comes back; look at the picture.")

    def _watch(self, press: Press) -> None:
        """Look after a take in flight: an OBS that stands still, a proof that never comes."""
        if self.press is not press:
            return
        line = self._stage.line
        if line is not None and line.silence_s > FROZEN_S:
            line.drop(LineError("OBS stood still while the take was on its way.", fix=SILENT[1]))
            return
        shown = self._stage.model.shown
        if self._age_s(press) > PROOF_S + (press.runs_ms or 0) / 1e3 and not shown.in_transition:
            self._failed(press, f"OBS did not put {press.scene} on air.", "Look at OBS, then take again.")
            self._on_end()
            return
        asyncio.get_running_loop().call_later(WATCH_S, self._watch, press)

    def _age_s(self, press: Press) -> float:
        return (self._stage.clock.mono_ns() - press.sent_ns) / 1e9

    def _answered(self, press: Press, done: "asyncio.Future[Message]", requests: list[Message]) -> None:
        if done.cancelled() or done.exception() is not None:
            return
        try:
            if len(requests) == 1:
                answer_of(TAKE, done.result())
            else:
                answers = read_batch(done.result(), requests)
                if press.manner.on_answers is not None:
                    press.manner.on_answers(answers[: len(press.manner.before)])
                took(answers, requests)
        except ObsRefused as refusal:
            self._refused(press, refusal)
            return
        if self.press is press:
            press.is_answered = True
            self._stage.judge_soon()
            self._on_end()

    def _refused(self, press: Press, refusal: ObsRefused) -> None:
        if self.press is not press:
            return
        self.press = None
        why = f"OBS refuses to take {press.scene}" + (f": {refusal.comment}" if refusal.comment else ".")
        self._lamp.refuse_press(press, why, "Look at OBS.")
        self._on_end()

    def _proved(self, press: Press) -> None:
        before = self._stage.model.previous
        self._witness.aired(press.scene)
        took_ms = round((self._stage.clock.mono_ns() - press.sent_ns) / 1e6, 1)
        self._stage.journal.write("take.proved", press.origin, scene=press.scene, took_ms=took_ms)
        self._lamp.show(press, TakeState.ON_AIR)
        self._land(press, Outcome.done())
        if before is not None and before != press.scene:
            self._stage.next_is(before)

    def _claimed(self, press: Press) -> None:
        self._witness.aired(press.scene)
        twins = twins_of(press.scene, self._stage.model.shown.scenes)
        because = f"{', '.join(twins)} shows the same inputs" if twins else "what it shows cannot be told apart"
        why = f"OBS says {press.scene} is on air; {because}, so only the picture can prove it."
        self._stage.journal.write("take.claimed", press.origin, scene=press.scene, why=why)
        self._lamp.show(press, TakeState.CLAIMED, why, "Look at the picture.")
        self._land(press, Outcome.done(why))

    def _failed(self, press: Press, why: str, fix: str) -> None:
        self._witness.failed(press.scene)
        self._stage.journal.write("take.failed", press.origin, scene=press.scene, why=why)
        self._lamp.show(press, TakeState.FAILED, why, fix)
        self._land(press, Outcome.failed(why, fix))

    def _land(self, press: Press, outcome: Outcome) -> None:
        self.press = None
        press.finish(outcome)


def runs_ms(press: Press, model: Model) -> int | None:
    """How long a take's transition runs: its own, the scene's override, the chosen one; None where OBS fixes it."""
    scene, manner = model.scene(press.scene), press.manner
    if press.is_cut:
        return 0
    if manner.duration_ms is not None:
        return manner.duration_ms
    if manner.transition is not None:
        return model.shown.transition_ms if manner.transition == model.shown.transition else None
    if scene is not None and scene.override is not None:
        return scene.override_ms
    return model.shown.transition_ms
