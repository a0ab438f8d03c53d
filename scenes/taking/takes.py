"""Takes: what the director asks, what is refused, what waits (laws 2 and 4). What is on its way: scenes.taking.flight.

Loop thread only. A press that may go is sent in the very turn in which it was made.
"""

import asyncio
from typing import Final

from console.core.journal import Origin
from console.core.outcome import Outcome
from scenes.state import TakeState
from scenes.switcher import Model
from scenes.taking.flight import Flight
from scenes.taking.guard import GUARD_S, Asked, Guard, Words
from scenes.taking.lamp import Lamp
from scenes.taking.press import How, Manner, Press, scene_reference
from scenes.taking.safe import Safe
from scenes.taking.stage import Stage
from scenes.taking.witness import Witness, lost_of
from scenes.wire.socket import LineError

__all__ = ["How", "Manner", "Takes", "scene_reference"]

HEARD_S: Final = 0.150  # law 2: a take needs an OBS that was heard within this


class Takes:
    """The director's takes on one OBS."""

    def __init__(self, stage: Stage, *, safe_scene: str | None, guard_s: float = GUARD_S) -> None:
        self._stage = stage
        self._lamp = Lamp(stage, lambda: self.is_busy)
        self._guard = Guard(stage.clock, guard_s)
        self._witness = Witness(stage, self._guard)
        self._flight = Flight(stage, self._lamp, self._witness, self.on_model)
        self._safe = Safe(safe_scene, self, lambda: stage.model)
        self._waiting: Press | None = None

    # what the director asks

    async def take(
        self, scene: str | None, how: How | Manner, *, expect: str | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Put `scene` (None: the preview) on air; returns after the proof, the refusal or the failure."""
        manner = how if isinstance(how, Manner) else Manner(how)
        shown = self._stage.model.shown
        wanted = scene if scene is not None else shown.preview
        why = self._why_not(wanted, manner)
        if why is not None or wanted is None:
            return self._lamp.refuse(wanted, origin, *(why or ("Nothing is in preview.", "Choose a scene first.")))
        asked = Asked(manner.how, scene, shown.preview, wanted, expect, origin)
        why = self._guard.why_not(asked, shown)
        if why is not None:
            return self._lamp.refuse(wanted, origin, *why)
        self._guard.accepted(asked, shown)
        return await self._press(wanted, manner, origin).done

    async def again(self, scene: str, *, origin: Origin) -> Outcome:
        """Cut to `scene`, whatever was pressed or has changed before: to put something right."""
        why = self._why_not(scene, Manner(How.CUT))
        if why is not None:
            return self._lamp.refuse(scene, origin, *why)
        press = self._press(scene, Manner(How.CUT), origin)
        press.expects = None  # the take that is lost may still count as on its way, and will not bring its scene
        return await press.done

    async def put_right(self, *, keep: bool, origin: Origin = Origin.CONSOLE) -> Outcome:
        """After a lost take: put on air what OBS names, or (`keep`) make OBS name what is on air."""
        model = self._stage.model
        lost, on_air = lost_of(model), model.shown.program
        if lost is None:
            return Outcome.refused("No take is lost.", "Nothing is to be put right.")
        if keep and on_air is None:
            return Outcome.refused("Several scenes may be on air.", "Take the scene that you see on program.")
        return await self.again(on_air if keep and on_air else lost, origin=origin)

    async def safe(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Cut to SAFE and try until it is confirmed or taken back; pending when that takes longer than 2 s."""
        if not self._safe.is_tried and self._safe.scene is not None:
            self._stage.journal.write("safe.pressed", origin, scene=self._safe.scene)
        return await self._safe.press(origin=origin)

    def cancel_waiting(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Take back what waits, a SAFE that is being tried included."""
        press, self._waiting = self._waiting, None
        is_safe = self._safe.take_back()
        if press is None and not is_safe:
            return Outcome.refused("Nothing is waiting.")
        scene = press.scene if press is not None else self._safe.scene or ""
        back = Outcome.refused(f"The take of {scene} was taken back.")
        self._stage.journal.write("take.cancelled", origin, scene=scene)
        if press is None:
            press = self._new_press(scene, Manner(How.CUT), origin, is_safe=is_safe)
        press.finish(back)
        self._lamp.show(press, TakeState.REFUSED, "Taken back.")
        return Outcome.done(back.why)

    def chosen(self) -> None:
        """The director chose another preview: the next press is no double press."""
        self._guard.chosen()

    # what the T-bar and fade to black need

    @property
    def target(self) -> str | None:
        """The scene of the take in flight."""
        return self._flight.target

    @property
    def is_busy(self) -> bool:
        """A take is in flight or waits."""
        return self._flight.press is not None or self._waiting is not None

    @property
    def has_safe_waiting(self) -> bool:
        """SAFE waits for a transition to end."""
        return self._waiting is not None and self._waiting.is_safe

    def bring(self, scene: str, *, origin: Origin) -> "asyncio.Future[Outcome]":
        """The T-bar was released for `scene`: from now on a take in flight like any other, its proof included."""
        press = self._new_press(scene, Manner(How.MIX), origin)
        press.is_answered = press.has_moved = True
        self._stage.journal.write("take.sent", origin, scene=scene, how="t_bar")
        self._flight.fly(press)
        return press.done

    def why_away(self) -> Words | None:
        """Why nothing can be sent now (law 2); None when OBS was heard within 150 ms."""
        line = self._stage.line
        if line is None:
            link = self._stage.model.shown.link
            return link.why or "OBS is not connected.", link.fix or "The console tries again by itself."
        if line.silence_s > HEARD_S:
            return "OBS was not heard just now, so nothing was sent.", "Look at OBS, then take again."
        return None

    # what the link tells

    def on_transition_started(self) -> None:
        """A transition began."""
        self._flight.on_transition_started()

    def on_model(self) -> None:
        """The model changed: prove the flight, name what changed from outside, let go what waits."""
        model = self._stage.model
        self._follow_names(model)
        self._flight.on_model(model)
        self._witness.note(self._stage.model, self.target, is_busy=self.is_busy)
        self._let_go()
        self._tell_when(model)

    def on_settled(self) -> None:
        """What is on air was judged for good: the flight's end, and takes that OBS lost."""
        model = self._stage.model
        self._flight.on_settled(model)
        self._witness.note(model, self.target, is_busy=self.is_busy)
        self._witness.name_lost(model)
        self._let_go()

    def on_line_end(self, why: LineError) -> None:
        """The line ended: what was in flight failed, what waited is not sent late."""
        self._flight.on_line_end(why)
        press, self._waiting = self._waiting, None
        if press is not None:
            self._lamp.refuse_press(press, why.why, why.fix)

    def begin_anew(self) -> None:
        """Whatever is on air next was put there by nobody."""
        self._witness.begin_anew()

    def close(self) -> None:
        """Nothing more is tried."""
        self._safe.take_back()

    # whether a press may go

    def _why_not(self, wanted: str | None, manner: Manner) -> Words | None:
        if self._safe.is_tried:
            return "SAFE is being tried.", "Esc takes it back."
        away = self.why_away()
        if away is not None:
            return away
        model = self._stage.model
        if wanted is None:
            return "Nothing is in preview.", "Choose a scene first."
        if model.scene(wanted) is None:
            return f"OBS has no scene {wanted}.", "Look at the names of the scenes in OBS."
        if manner.transition is not None and manner.transition not in model.shown.transitions:
            return f"OBS has no transition {manner.transition}.", f"It has: {', '.join(model.shown.transitions)}."
        return None

    def _must_wait(self) -> bool:
        shown = self._stage.model.shown
        return shown.studio_mode and (shown.in_transition or self._flight.press is not None)

    # waiting

    def _new_press(self, scene: str, manner: Manner, origin: Origin, *, is_safe: bool = False) -> Press:
        known = self._stage.model.scene(scene)
        uuid = known.uuid if known is not None else None
        return Press(scene, manner, origin, asyncio.get_running_loop().create_future(), uuid, is_safe)

    def _press(self, scene: str, manner: Manner, origin: Origin, *, is_safe: bool = False) -> Press:
        press = self._new_press(scene, manner, origin, is_safe=is_safe)
        if not self._must_wait():
            self._flight.send(press)
            return press
        if self._waiting is not None:
            self._waiting.finish(Outcome.refused(f"Replaced by the take of {scene}."))
        press.expects = None if is_safe else self.target
        self._waiting = press
        self._show_waiting(press)
        return press

    def _let_go(self) -> None:
        press = self._waiting
        if press is None or self._must_wait():
            return
        self._waiting = None
        why = self.why_away() or self._why_too_late(press)
        if why is not None:
            self._lamp.refuse_press(press, *why)
            return
        self._flight.send(press)

    def _why_too_late(self, press: Press) -> Words | None:
        """Why what waited is not sent: its scene has gone, or something else is on air than the press expected.

        Expected is what the running take was to bring; of a transition that was begun from outside nobody knows it.
        """
        model = self._stage.model
        if model.scene(press.scene) is None:
            return f"OBS has no scene {press.scene} any more.", "Take another scene."
        found = model.shown.program or model.shown.claimed
        if press.expects is None or found == press.expects:
            return None
        why = f"{found or 'Something else'} is on air, not {press.expects}, so {press.scene} was not taken."
        return why, f"Look at program, then take {press.scene} again."

    def _show_waiting(self, press: Press) -> None:
        """Say that it waits, and until when as far as known."""
        model = self._stage.model
        press.due_ns = self._end_of_transition_ns(model)
        is_held = model.shown.t_bar is not None
        self._lamp.show(
            press, TakeState.WAITING, "The T-bar holds a transition." if is_held else "A transition is running."
        )

    def _tell_when(self, model: Model) -> None:
        """The transition that the waiting take waits for began only now: say until when it waits."""
        press = self._waiting
        if press is not None and not press.due_ns and self._end_of_transition_ns(model):
            self._show_waiting(press)

    def _end_of_transition_ns(self, model: Model) -> int:
        """When the running transition ends by the duration that is set for it; 0 when that is not known."""
        shown, flight = model.shown, self._flight.press
        runs_ms = flight.runs_ms if flight is not None else shown.transition_ms
        if not shown.in_transition or shown.t_bar is not None or runs_ms is None or not model.transition_since_ns:
            return 0
        return model.transition_since_ns + runs_ms * 1_000_000

    def on_renamed(self, before: str, now: str) -> None:
        """OBS tells that a scene has another name: presses and what is known keep to it, and nobody took anything."""
        for press in (self._waiting, self._flight.press):
            if press is not None and press.scene == before:
                press.scene = now
        if self._waiting is not None and self._waiting.expects == before:
            self._waiting.expects = now
        self._witness.renamed(before, now)
        self._safe.renamed(before, now)

    def _follow_names(self, model: Model) -> None:
        """A scene that was renamed under a press keeps its press, where OBS tells scenes by UUID."""
        for press in (self._waiting, self._flight.press):
            if press is None or press.uuid is None or model.scene(press.scene) is not None:
                continue
            now = next((scene.name for scene in model.shown.scenes if scene.uuid == press.uuid), None)
            if now is None:
                continue
            before, press.scene = press.scene, now
            self._witness.renamed(before, now)
            if self._waiting is not None and self._waiting.expects == before:
                self._waiting.expects = now
            self._lamp.show(press, TakeState.WAITING if press is self._waiting else TakeState.SENT)

    # what SAFE needs (scenes.taking.safe.Tries)

    def can_send(self) -> bool:
        """OBS is there and was heard just now."""
        return self.why_away() is None

    def press_safe(self, scene: str, origin: Origin) -> "asyncio.Future[Outcome]":
        """One try of SAFE; what waited before it is refused."""
        self._stage.let_go_t_bar()
        return self._press(scene, Manner(How.CUT), origin, is_safe=True).done

    def show_pending(self, scene: str) -> None:
        """SAFE goes out when OBS is back."""
        self._lamp.show_safe(scene, "OBS is away; SAFE goes out when it is back.")

    def refuse_safe(self, scene: str | None, origin: Origin, why: str, fix: str) -> Outcome:
        """SAFE cannot be tried at all."""
        return self._lamp.refuse(scene, origin, why, fix, is_safe=True)
