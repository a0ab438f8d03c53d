"""Takes: refused, waiting, in flight, proved. One at a time; the far side's proof ends each (laws 2 and 4).

Loop thread only. Sending happens before anything else does: no await, no disk, no window between the press and OBS.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from console.core.clock import Clock
from console.core.journal import Journal, Origin
from console.core.outcome import Outcome
from scenes.line import Line, ObsGone, ObsRefused, answer_of, answers_of
from scenes.proof import Finding, twins_of
from scenes.socket import SILENT, LineError, Message
from scenes.state import Scene, Take, TakeState
from scenes.switcher import Model

log = logging.getLogger(__name__)

HEARD_S: Final = 0.150  # law 2: a take needs an OBS that was heard within this
FROZEN_S: Final = 1.0  # twenty missing meter events while a take is in flight: OBS stands still
GUARD_S: Final = 0.250  # the same press again within this is a double press
PROOF_S: Final = 5.0  # on top of the transition's own time; then what is known decides
SAFE_AGAIN_S: Final = 0.2
SAFE_PENDING_S: Final = 2.0
LATE_S: Final = 600.0  # how long a take that failed in flight is watched for


class How(StrEnum):
    """Without or with the transition."""

    CUT = "cut"
    MIX = "mix"


class Stage(Protocol):
    """What takes need of the link."""

    @property
    def clock(self) -> Clock:
        """The machine's clock."""
        ...

    @property
    def journal(self) -> Journal:
        """Where takes are written down."""
        ...

    @property
    def model(self) -> Model:
        """The switcher's model now."""
        ...

    @property
    def line(self) -> Line | None:
        """The open, synchronised connection, if there is one."""
        ...

    def show_take(self, take: Take) -> None:
        """Show how far a take got."""
        ...

    def judge_soon(self) -> None:
        """See to it that what is on air is judged for good in a moment."""
        ...


@dataclass(slots=True, eq=False)
class _Press:
    """One accepted press, from WAITING to its end."""

    scene: str
    how: How
    origin: Origin
    done: asyncio.Future[Outcome]
    is_safe: bool = False
    sent_ns: int = 0
    is_answered: bool = False
    has_moved: bool = False  # a transition was seen to start after it was sent
    was_on_air: bool = False
    due_ns: int = 0  # while it waits: when it goes out, as far as known

    def finish(self, outcome: Outcome) -> None:
        if not self.done.done():
            self.done.set_result(outcome)


class Takes:
    """The director's takes on one OBS."""

    def __init__(self, stage: Stage, *, safe_scene: str | None, guard_s: float = GUARD_S) -> None:
        self._stage = stage
        self._safe_scene = safe_scene
        self._guard_s = guard_s
        self._waiting: _Press | None = None
        self._flight: _Press | None = None
        self._last_press: tuple[str | None, int] | None = None
        self._known: str | None = None  # the scene last known to be on air
        self._ghost: tuple[str, int] | None = None  # a take that failed in flight, and when
        self._lost: tuple[str, str] | None = None  # what was named and what was on air, told once
        self._safe: asyncio.Task[Outcome] | None = None

    async def take(
        self, scene: str | None, how: How, *, expect: str | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Put `scene` (None: the preview) on air; returns after the proof, the refusal or the failure."""
        model = self._stage.model
        wanted = scene if scene is not None else model.shown.preview
        if self._safe is not None and not self._safe.done():
            return self._refuse(wanted, origin, "SAFE is being tried.", "Esc takes it back.")
        why = self._why_not(model, scene, wanted, expect)
        if why is not None or wanted is None:
            return self._refuse(wanted, origin, *(why or ("Nothing is in preview.", "Choose a scene first.")))
        self._last_press = (scene, self._stage.clock.mono_ns())
        return await self._press(wanted, how, origin, is_safe=False).done

    async def safe(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Cut to SAFE and try until it is confirmed or taken back; pending when that takes longer than 2 s."""
        name = self._safe_scene
        model = self._stage.model
        if name is None:
            return self._refuse(None, origin, "No SAFE scene is named.", "Set safe_scene under [obs] in the show file.")
        if self._stage.line is not None and model.scene(name) is None:
            return self._refuse(name, origin, f"OBS has no scene {name}.", "Look at safe_scene in the show file.")
        if self._safe is None or self._safe.done():
            self._safe = asyncio.create_task(self._until_safe(name, origin))
        try:
            async with asyncio.timeout(SAFE_PENDING_S):
                return await asyncio.shield(self._safe)
        except asyncio.CancelledError:
            if not self._safe.cancelled():  # it is the caller who was cancelled
                raise
            return Outcome.refused("SAFE was taken back.")
        except TimeoutError:
            return Outcome.pending("SAFE is tried until OBS confirms it. Esc takes it back.")

    def cancel_waiting(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Take back what waits, a SAFE that is being tried included."""
        press, self._waiting = self._waiting, None
        safe = self._safe if self._safe is not None and not self._safe.done() else None
        if press is None and safe is None:
            return Outcome.refused("Nothing is waiting.")
        if safe is not None:
            safe.cancel()
        scene = press.scene if press is not None else self._safe_scene or ""
        back = Outcome.refused(f"The take of {scene} was taken back.")
        if press is not None:
            press.finish(back)
        self._stage.journal.write("take.cancelled", origin, scene=scene)
        self._show(scene, TakeState.REFUSED, "Taken back.", is_safe=safe is not None)
        return Outcome.done(back.why)

    def on_transition_started(self) -> None:
        """A transition began."""
        if self._flight is not None:
            self._flight.has_moved = True

    def on_model(self) -> None:
        """The model changed: prove the flight, name what changed from outside, let go what waits."""
        model = self._stage.model
        flight = self._flight
        if flight is not None and flight.is_answered and not model.shown.in_transition:
            is_new = flight.has_moved or not flight.was_on_air
            if is_new and model.shown.program == flight.scene:
                self._proved(flight)
            elif is_new and model.shown.claimed == flight.scene and model.verdict.finding is Finding.CLAIMED:
                self._claimed(flight)
        self._note_program(model)
        self._let_go()
        self._tell_when(model)

    def on_settled(self) -> None:
        """What is on air was judged for good: the flight's end, and takes that OBS lost."""
        model = self._stage.model
        self._end_flight(model)
        self._note_program(model)
        self._name_lost(model)
        self._let_go()

    def on_line_end(self, why: LineError) -> None:
        """The line ended: what was in flight failed, what waited is not sent late."""
        flight, waiting = self._flight, self._waiting
        if flight is not None:
            self._failed(flight, why.why, "It may still go on air when OBS comes back; look at the picture.")
        if waiting is not None:
            self._waiting = None
            waiting.finish(self._refuse(waiting.scene, waiting.origin, why.why, why.fix, is_safe=waiting.is_safe))

    def close(self) -> None:
        """Nothing more is tried."""
        if self._safe is not None:
            self._safe.cancel()

    def _why_not(
        self, model: Model, asked: str | None, wanted: str | None, expect: str | None
    ) -> tuple[str, str] | None:
        shown = model.shown
        away = self._why_away(model)
        if away is not None:
            return away
        if wanted is None:
            fix = "Choose a scene first." if shown.studio_mode else "Studio Mode is off: name a scene to take."
            return "Nothing is in preview.", fix
        if model.scene(wanted) is None:
            return f"OBS has no scene {wanted}.", "Look at the names of the scenes in OBS."
        if expect is not None and expect != (shown.program or shown.claimed):
            found = shown.program or shown.claimed or "something else"
            return f"{found} is on air, not {expect}.", "Look at program, then take again."
        now = self._stage.clock.mono_ns()
        if self._last_press is not None:
            same, at = self._last_press[0] == asked, self._last_press[1]
            if same and now - at < self._guard_s * 1e9:
                return "That was a double press.", "The first press counts."
        return None

    def _why_away(self, model: Model) -> tuple[str, str] | None:
        line = self._stage.line
        if line is None:
            link = model.shown.link
            return link.why or "OBS is not connected.", link.fix or "The console tries again by itself."
        if line.silence_s > HEARD_S:
            return "OBS was not heard just now, so nothing was sent.", "Look at OBS, then take again."
        return None

    def _press(self, scene: str, how: How, origin: Origin, *, is_safe: bool) -> _Press:
        press = _Press(scene, how, origin, asyncio.get_running_loop().create_future(), is_safe)
        if self._must_wait():
            if self._waiting is not None:
                self._waiting.finish(Outcome.refused(f"Replaced by the take of {scene}."))
            self._waiting = press
            self._show_waiting(press)
            return press
        if self._flight is not None:  # only outside Studio Mode, where the second take of two goes on air
            flight, self._flight = self._flight, None
            flight.finish(Outcome.failed(f"The take of {scene} came before {flight.scene} was proved."))
        self._send(press)
        return press

    def _must_wait(self) -> bool:
        shown = self._stage.model.shown
        return shown.studio_mode and (shown.in_transition or self._flight is not None)

    def _let_go(self) -> None:
        press = self._waiting
        if press is None or self._must_wait():
            return
        self._waiting = None
        why = self._why_away(self._stage.model)
        if why is None and self._stage.model.scene(press.scene) is None:
            why = (f"OBS has no scene {press.scene} any more.", "Take another scene.")
        if why is not None:
            press.finish(self._refuse(press.scene, press.origin, *why, is_safe=press.is_safe))
            return
        self._send(press)

    def _show_waiting(self, press: _Press) -> None:
        """Say that it waits, and until when as far as known."""
        press.due_ns = self._end_of_transition_ns(self._stage.model)
        now = self._stage.clock.mono_ns()
        self._stage.show_take(
            Take(
                press.scene, TakeState.WAITING, now, "A transition is running.", press.is_safe,
                due_mono_ns=press.due_ns, is_cut=press.how is How.CUT,
            )
        )  # fmt: skip

    def _tell_when(self, model: Model) -> None:
        """The transition that the waiting take waits for began only now: say until when it waits."""
        press = self._waiting
        if press is not None and not press.due_ns and self._end_of_transition_ns(model):
            self._show_waiting(press)

    def _end_of_transition_ns(self, model: Model) -> int:
        """When the running transition ends by the duration that is set; 0 when that is not known."""
        shown = model.shown
        if not shown.in_transition or shown.transition_ms is None or not model.transition_since_ns:
            return 0
        return model.transition_since_ns + shown.transition_ms * 1_000_000

    def _send(self, press: _Press) -> None:
        """Now or never: the frame leaves first, everything else comes after."""
        line, scene = self._stage.line, self._stage.model.scene(press.scene)
        if line is None or scene is None:
            raise RuntimeError("a take was let through without a line or a scene")
        press.was_on_air = press.scene == self._stage.model.shown.program
        try:
            cut_name = self._stage.model.cut_name
            if press.how is How.CUT and cut_name is not None:
                answer = line.send_batch(cut_requests(scene, cut_name))
                answer.add_done_callback(lambda done: self._answered(press, done, take_of_batch))
            else:
                answer = line.send("SetCurrentProgramScene", scene_reference(scene))
                answer.add_done_callback(lambda done: self._answered(press, done, take_of_answer))
        except ObsGone as gone:
            press.finish(self._refuse(press.scene, press.origin, gone.why, gone.fix, is_safe=press.is_safe))
            return
        press.sent_ns = self._stage.clock.mono_ns()
        self._flight = press
        self._stage.journal.write("take.sent", press.origin, scene=press.scene, how=press.how.value)
        self._show(press.scene, TakeState.SENT, is_safe=press.is_safe)
        self._watch(press)

    def _watch(self, press: _Press) -> None:
        """Look after a take in flight: an OBS that stands still, a proof that never comes."""
        if self._flight is not press:
            return
        line = self._stage.line
        if line is not None and line.silence_s > FROZEN_S:
            line.drop(LineError("OBS stood still while the take was on its way.", fix=SILENT[1]))
            return
        shown = self._stage.model.shown
        age_s = (self._stage.clock.mono_ns() - press.sent_ns) / 1e9
        if age_s > PROOF_S + (shown.transition_ms or 0) / 1e3 and not shown.in_transition:
            self._failed(press, f"OBS did not put {press.scene} on air.", "Look at OBS, then take again.")
            return
        asyncio.get_running_loop().call_later(0.05, self._watch, press)

    def _answered(self, press: _Press, done: asyncio.Future[Message], read: Callable[[Message], None]) -> None:
        if done.cancelled() or done.exception() is not None or self._flight is not press:
            return
        try:
            read(done.result())
        except ObsRefused as refusal:
            self._flight = None
            why = f"OBS refuses to take {press.scene}" + (f": {refusal.comment}" if refusal.comment else ".")
            press.finish(self._refuse(press.scene, press.origin, why, "Look at OBS.", is_safe=press.is_safe))
            return
        press.is_answered = True
        self._stage.judge_soon()
        self.on_model()

    def _end_flight(self, model: Model) -> None:
        flight, shown = self._flight, model.shown
        if flight is None or not flight.is_answered or shown.in_transition:
            return
        finding = model.verdict.finding
        if shown.program == flight.scene:
            self._proved(flight)
        elif shown.claimed == flight.scene and finding in {Finding.CLAIMED, Finding.UNKNOWN}:
            self._claimed(flight)
        elif shown.claimed == flight.scene:
            self._flight = None
            flight.finish(Outcome.failed(*self._lost_words(flight.scene, model)))
        else:
            on_air = shown.program or shown.claimed or "Another scene"
            self._failed(flight, f"{on_air} is on air, not {flight.scene}.", "Look at program, then take again.")

    def _proved(self, flight: _Press) -> None:
        self._flight = None
        self._known, self._ghost, self._lost = flight.scene, None, None
        took_ms = round((self._stage.clock.mono_ns() - flight.sent_ns) / 1e6, 1)
        self._stage.journal.write("take.proved", flight.origin, scene=flight.scene, took_ms=took_ms)
        self._show(flight.scene, TakeState.ON_AIR, is_safe=flight.is_safe)
        flight.finish(Outcome.done())

    def _claimed(self, flight: _Press) -> None:
        self._flight = None
        self._known, self._ghost = flight.scene, None
        twins = twins_of(flight.scene, self._stage.model.shown.scenes)
        because = f"{', '.join(twins)} shows the same inputs" if twins else "what it shows cannot be told apart"
        why = f"OBS says {flight.scene} is on air; {because}, so only the picture can prove it."
        self._stage.journal.write("take.claimed", flight.origin, scene=flight.scene, why=why)
        self._show(flight.scene, TakeState.CLAIMED, why, is_safe=flight.is_safe)
        flight.finish(Outcome.done(why))

    def _failed(self, flight: _Press, why: str, fix: str) -> None:
        self._flight = None
        self._ghost = (flight.scene, self._stage.clock.mono_ns())
        self._stage.journal.write("take.failed", flight.origin, scene=flight.scene, why=why)
        self._show(flight.scene, TakeState.FAILED, why, is_safe=flight.is_safe)
        flight.finish(Outcome.failed(why, fix))

    def _refuse(self, scene: str | None, origin: Origin, why: str, fix: str = "", *, is_safe: bool = False) -> Outcome:
        self._stage.journal.write("take.refused", origin, scene=scene, why=why)
        if self._flight is None and self._waiting is None:  # a take on its way keeps its lamp
            self._show(scene or "", TakeState.REFUSED, why, is_safe=is_safe)
        return Outcome.refused(why, fix)

    def _note_program(self, model: Model) -> None:
        """Name a change that was not ours, and a take that landed after it had failed."""
        shown = model.shown
        now = shown.program
        if now is None and not shown.in_transition and model.verdict.finding is Finding.CLAIMED:
            now = shown.claimed
        if now is None or (self._flight is not None and self._flight.scene == now):
            return
        before, self._known = self._known, now
        if self._landed_late(now) or before in {None, now}:
            return
        self._stage.journal.write("program.changed", Origin.OUTSIDE, scene=now, before=before)
        if self._flight is None and self._waiting is None:  # a take on its way keeps its lamp
            self._show(now, TakeState.CHANGED, f"Somebody else took {now}; {before} was on air.")

    def _landed_late(self, now: str) -> bool:
        if self._ghost is None or self._ghost[0] != now:
            return False
        late_s = (self._stage.clock.mono_ns() - self._ghost[1]) / 1e9
        self._ghost = None
        if late_s > LATE_S:
            return False
        why = f"Late: OBS put {now} on air {late_s:.1f} s after the take had failed."
        self._stage.journal.write("take.landed_late", Origin.OUTSIDE, scene=now, late_s=round(late_s, 1))
        self._show(now, TakeState.ON_AIR, why)
        return True

    def _name_lost(self, model: Model) -> None:
        shown = model.shown
        if model.verdict.finding is not Finding.CONTRADICTED or shown.claimed is None or shown.in_transition:
            self._lost = None if model.verdict.finding is Finding.PROVED else self._lost
            return
        lost = (shown.claimed, shown.program or "")
        if lost == self._lost:
            return
        self._lost = lost
        why, _ = self._lost_words(shown.claimed, model)
        self._stage.journal.write("take.lost", Origin.OUTSIDE, scene=shown.claimed, on_air=shown.program)
        self._show(shown.claimed, TakeState.LOST, why)

    def _lost_words(self, scene: str, model: Model) -> tuple[str, str]:
        on_air = model.shown.program or "another scene"
        return f"OBS names {scene}, but {on_air} is on air.", f"Take {scene} again."

    def _show(self, scene: str, state: TakeState, why: str = "", *, is_safe: bool = False) -> None:
        self._stage.show_take(Take(scene, state, self._stage.clock.mono_ns(), why, is_safe))

    async def _until_safe(self, name: str, origin: Origin) -> Outcome:
        """Try until confirmed; whoever wants it back cancels."""
        self._stage.journal.write("safe.pressed", origin, scene=name)
        while True:
            if self._stage.line is None:
                self._show(name, TakeState.WAITING, "OBS is away; SAFE goes out when it is back.", is_safe=True)
            elif self._stage.model.scene(name) is None:
                return self._refuse(name, origin, f"OBS has no scene {name}.", "Take another scene.", is_safe=True)
            elif self._why_away(self._stage.model) is None:
                outcome = await self._press(name, How.CUT, origin, is_safe=True).done
                if outcome.is_done:
                    return outcome
            await asyncio.sleep(SAFE_AGAIN_S)


def scene_reference(scene: Scene) -> Message:
    """A scene as OBS is told of it: by UUID where it has one, else by name."""
    return {"sceneUuid": scene.uuid} if scene.uuid else {"sceneName": scene.name}


def cut_requests(scene: Scene, cut_name: str) -> list[Message]:
    """A cut to `scene` whatever the transition is, as one batch that leaves nothing changed.

    The scene's transition override is read, set to the Cut, and put back; OBS reads it when the take begins. The
    chosen transition and its duration are never touched.

    cut_name: what OBS calls its Cut, in its own language.
    """
    which = scene_reference(scene)
    override = "SceneSceneTransitionOverride"
    kept = {"cuedropName": "transitionName", "cuedropDuration": "transitionDuration"}
    back = {"transitionName": "cuedropName", "transitionDuration": "cuedropDuration"}
    return [
        {"requestType": f"Get{override}", "requestData": which, "outputVariables": kept},
        {"requestType": f"Set{override}", "requestData": {**which, "transitionName": cut_name}},
        {"requestType": "SetCurrentProgramScene", "requestData": which},
        {"requestType": f"Set{override}", "requestData": which, "inputVariables": back},
    ]


def take_of_answer(answer: Message) -> None:
    """Raises ObsRefused when the take was refused."""
    answer_of("SetCurrentProgramScene", answer)


def take_of_batch(answer: Message) -> None:
    """Raises ObsRefused when the cut or its take was refused."""
    names = [str(request["requestType"]) for request in cut_requests(Scene(""), "")]
    for result in answers_of(answer, names)[1:3]:
        if isinstance(result, ObsRefused):
            raise result
