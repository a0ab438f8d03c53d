"""What is known to be on air, and what nobody here pressed: changes from outside, lost takes, takes that land late.

Loop thread only. It names things in the journal and on the lamp; it sends nothing.
"""

from typing import Final

from console.core.journal import Origin
from scenes.state import Take, TakeState
from scenes.switcher import Model
from scenes.taking.guard import Guard
from scenes.taking.proof import Finding
from scenes.taking.stage import Stage

LATE_S: Final = 600.0  # how long a take that failed in flight is watched for
OURS_S: Final = 5.0  # a scene that OBS names so soon after our take of it is no news from outside


class Witness:
    """Compares what is on air with what was sent from here."""

    def __init__(self, stage: Stage, guard: Guard) -> None:
        self._stage = stage
        self._guard = guard
        self._known: str | None = None  # the scene last known to be on air
        self._claimed: str | None = None  # the scene that OBS named last
        self._sent: dict[str, int] = {}  # scenes taken from here, and when
        self._ghost: tuple[str, int] | None = None  # a take that failed in flight, and when
        self._lost: tuple[str, str] | None = None  # what was named and what was on air, told once

    def sent(self, scene: str) -> None:
        """A take of `scene` left."""
        self._sent[scene] = self._stage.clock.mono_ns()

    def aired(self, scene: str) -> None:
        """Our take of `scene` ended: proved, or named by OBS where nothing can prove it."""
        before, self._known, self._ghost, self._lost = self._known, scene, None, None
        if before is not None and before != scene:
            self._guard.changed(before, scene, from_outside=False)

    def failed(self, scene: str) -> None:
        """Our take of `scene` failed, and may still land."""
        self._ghost = (scene, self._stage.clock.mono_ns())

    def begin_anew(self) -> None:
        """OBS was started anew: what was on air, named or sent before says nothing of it."""
        self._known = self._claimed = self._ghost = self._lost = None
        self._sent.clear()

    def renamed(self, before: str, now: str) -> None:
        """A scene has another name."""
        self._known = now if self._known == before else self._known
        self._claimed = now if self._claimed == before else self._claimed
        if before in self._sent:
            self._sent[now] = self._sent.pop(before)
        if self._ghost is not None and self._ghost[0] == before:
            self._ghost = (now, self._ghost[1])

    def note(self, model: Model, flying: str | None, *, is_busy: bool) -> None:
        """Look at the model. flying: the scene of our take in flight; is_busy: a take of ours keeps the lamp."""
        self._note_claim(model, flying)
        shown = model.shown
        now = shown.program
        if now is None and not shown.in_transition and model.verdict.finding is Finding.CLAIMED:
            now = shown.claimed
        if now is None or flying == now:
            return
        before, self._known = self._known, now
        if self._landed_late(now, is_proved=now == shown.program) or before in {None, now} or before is None:
            return
        self._guard.changed(before, now, from_outside=True)
        self._stage.journal.write("program.changed", Origin.OUTSIDE, scene=now, before=before)
        if not is_busy:
            why = f"Somebody else took {now}; {before} was on air."
            self._show(now, TakeState.CHANGED, why, fix=f"{before} can be taken again.")

    def _note_claim(self, model: Model, flying: str | None) -> None:
        """OBS names another scene, and nobody here took it: whoever presses now has not seen it."""
        now = model.shown.claimed
        before, self._claimed = self._claimed, now or self._claimed
        if now is None or before in {None, now} or flying == now or model.scene(before or "") is None:
            return
        taken_ns = self._sent.get(now)
        if taken_ns is None or self._stage.clock.mono_ns() - taken_ns > OURS_S * 1e9:
            self._guard.changed(self._known or before or "", now, from_outside=True)

    def _landed_late(self, now: str, *, is_proved: bool) -> bool:
        if self._ghost is None or self._ghost[0] != now:
            return False
        late_s = (self._stage.clock.mono_ns() - self._ghost[1]) / 1e9
        self._ghost = None
        if late_s > LATE_S:
            return False
        why = f"Late: OBS put {now} on air {late_s:.1f} s after the take had failed."
        self._stage.journal.write("take.landed_late", Origin.OUTSIDE, scene=now, late_s=round(late_s, 1))
        self._show(now, TakeState.ON_AIR if is_proved else TakeState.CLAIMED, why)
        return True

    def name_lost(self, model: Model) -> None:
        """What is on air was judged for good: say when OBS names another scene than the one that is on air."""
        if lost_of(model) is None:
            self._lost = None if model.verdict.finding is Finding.PROVED else self._lost
            return
        claimed, on_air = model.shown.claimed or "", model.shown.program
        if (claimed, on_air or "") == self._lost:
            return
        self._lost = (claimed, on_air or "")
        self._guard.unchanged(claimed)
        why, fix = lost_words(claimed, on_air)
        self._stage.journal.write("take.lost", Origin.OUTSIDE, scene=claimed, on_air=on_air)
        self._show(claimed, TakeState.LOST, why, fix=fix, on_air=on_air)

    def _show(self, scene: str, state: TakeState, why: str, *, fix: str = "", on_air: str | None = None) -> None:
        self._stage.show_take(Take(scene, state, self._stage.clock.mono_ns(), why, fix=fix, on_air=on_air))


def lost_of(model: Model) -> str | None:
    """The scene that OBS names and that is not on air; None when nothing is lost, or nothing can be told."""
    is_lost = model.verdict.finding is Finding.CONTRADICTED and not model.shown.in_transition
    return model.shown.claimed if is_lost else None


def lost_words(scene: str, on_air: str | None) -> tuple[str, str]:
    """What happened to a lost take, and what to do now."""
    if on_air is None:
        return f"OBS says {scene}; on air is another scene.", f"Take {scene} again."
    return f"OBS says {scene}; on air is {on_air}.", f"Take {scene} again, or keep {on_air} and put OBS right."
