"""Two OBS in lockstep (`[obs.backup]`) as one: every take goes to both, each with its own proof.

Loop thread only. Outcomes are the leading one's; where the other one is not alike is said in its `differences`. Outputs
are the leading one's alone: a stream or recording twice is nobody's wish.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from console.core.clock import Clock
from console.core.journal import Journal, Origin
from console.core.outcome import Outcome, Result
from console.settings.show import Look, Step
from scenes.describe import ObsDescription
from scenes.overlay import Corner
from scenes.pair.differences import differences, on_air
from scenes.pair.lockstep import Lockstep, Press, Side, SideJournal
from scenes.port import Obs
from scenes.sources.look_run import LookRun, Taken
from scenes.state import InputLevel, Switcher, TakeState
from scenes.wire.line import ObsRefused, Request
from scenes.wire.socket import Message

FOLLOWING: Final = Origin.CONSOLE  # the press was judged by what the leading one showed: nobody guards it a second time


class ObsPair(Lockstep):
    """Main and backup as one OBS (scenes.port.Obs)."""

    def __init__(
        self, main: Obs, backup: Obs, *, journals: tuple[SideJournal, SideJournal], journal: Journal, clock: Clock
    ) -> None:
        super().__init__(main, backup, journals=journals, journal=journal, clock=clock)
        self._codes: dict[str, Press] = {}  # what was last asked of each picture of ours

    def levels(self) -> Mapping[str, InputLevel]:
        """The leading one's meters."""
        return self._lead.obs.levels()

    # takes

    async def cut(
        self, scene: str | None = None, *, expect: str | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Put `scene` (None: the leading one's preview) on air in both without transition."""
        wanted = self._wanted(scene)
        return await self._both(
            f"cut {wanted}",
            lambda obs: obs.cut(scene, expect=expect, origin=origin),
            follow=lambda obs: obs.cut(wanted, origin=FOLLOWING),
            is_take=True,
        )

    async def auto(
        self,
        scene: str | None = None,
        *,
        expect: str | None = None,
        transition: str | None = None,
        duration_ms: int | None = None,
        origin: Origin = Origin.CONSOLE,
    ) -> Outcome:
        """Put `scene` (None: the leading one's preview) on air in both with `transition` (None: as OBS would)."""
        wanted = self._wanted(scene)

        def press(which: str | None, seen: str | None, by: Origin) -> Press:
            return lambda obs: obs.auto(which, expect=seen, transition=transition, duration_ms=duration_ms, origin=by)

        follow = press(wanted, None, FOLLOWING)
        return await self._both(f"auto {wanted}", press(scene, expect, origin), follow=follow, is_take=True)

    async def take(
        self, scene: str | None = None, *, expect: str | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """The same as `auto` with the current transition."""
        wanted = self._wanted(scene)
        return await self._both(
            f"take {wanted}",
            lambda obs: obs.take(scene, expect=expect, origin=origin),
            follow=lambda obs: obs.take(wanted, origin=FOLLOWING),
            is_take=True,
        )

    def _wanted(self, scene: str | None) -> str | None:
        """The scene by its name: the other one's preview may be another."""
        return scene if scene is not None else self._lead.now.preview

    async def safe(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Cut to the SAFE scene in both; tried until confirmed or taken back, pending after 2 s."""
        outcome = await self._both("SAFE", lambda obs: obs.safe(origin=origin), always=True, asks_away=True)
        if outcome.result is Result.REFUSED and not self._other.is_up:  # over: not to be done by one that comes later
            self._other.obs.cancel_waiting(origin=Origin.AUTOMATION)
        return outcome

    async def fade_black(self, *, duration_ms: int | None = None, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Fade both to black, or back from it; one that is there already is left there."""
        is_alike = self._lead.now.is_black == self._other.now.is_black
        return await self._both(
            "fade to black",
            lambda obs: obs.fade_black(duration_ms=duration_ms, origin=origin),
            follow=(lambda obs: obs.fade_black(duration_ms=duration_ms, origin=FOLLOWING)) if is_alike else _nothing,
            is_take=True,
        )

    async def move_t_bar(self, position: float, *, release: bool = False, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Hold the transition to the preview at `position` 0..1 in both."""
        return await self._both("T-bar", lambda obs: obs.move_t_bar(position, release=release, origin=origin))

    async def put_right(self, *, keep: bool, origin: Origin = Origin.CONSOLE) -> Outcome:
        """After a lost take: put it right where it was lost."""
        lost_here, lost_there = (_is_lost(side.now) for side in (self._lead, self._other))
        if lost_there and not lost_here:
            return await self._other.obs.put_right(keep=keep, origin=origin)
        return await self._both(
            "put right",
            lambda obs: obs.put_right(keep=keep, origin=origin),
            follow=None if lost_there else _nothing,
        )

    def cancel_waiting(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Take back what waits in both, SAFE included."""
        here = self._lead.obs.cancel_waiting(origin=origin)
        there = self._other.obs.cancel_waiting(origin=origin)
        return here if here.is_done else there

    async def preview(self, scene: str, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Put `scene` in preview in both."""
        return await self._both(f"preview {scene}", lambda obs: obs.preview(scene, origin=origin))

    # transitions and modes

    async def set_transition(
        self, name: str, duration_ms: int | None = None, *, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Choose the transition of both, and how long it takes."""
        return await self._both("transition", lambda obs: obs.set_transition(name, duration_ms, origin=origin))

    async def set_override(
        self, scene: str, name: str | None, duration_ms: int | None = None, *, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Give a scene a transition of its own in both, or (None) none."""
        return await self._both("override", lambda obs: obs.set_override(scene, name, duration_ms, origin=origin))

    async def set_studio_mode(self, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Switch Studio Mode in both."""
        return await self._both("Studio Mode", lambda obs: obs.set_studio_mode(on, origin=origin))

    # sources, looks, sound

    def look_at(self, scene: str | None) -> None:
        """Keep `sources` on this scene; the other one looks too, so that it can lead at any moment."""
        self._lead.obs.look_at(scene)
        self._other.obs.look_at(scene)

    def watch_changes(self, noted: Callable[[Step | Taken], None]) -> Callable[[], None]:
        """Tell `noted` what changes in the leading one, whichever leads then; returns the undo."""

        def from_side(side: Side) -> Callable[[Step | Taken], None]:
            return lambda change: noted(change) if side is self._lead else None

        undo = [side.obs.watch_changes(from_side(side)) for side in (self._lead, self._other)]

        def end() -> None:
            for each in undo:
                each()

        return end

    async def do(self, step: Step, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """One change of a source, in both."""
        return await self._both(f"{step.do} {step.source}", lambda obs: obs.do(step, origin=origin))

    async def seek(self, source: str, position_ms: int, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Move a media source to a position, in both."""
        return await self._both(f"seek {source}", lambda obs: obs.seek(source, position_ms, origin=origin))

    async def run_look(self, look: Look, *, origin: Origin = Origin.CONSOLE) -> LookRun:
        """A look in both; told is the leading one's run, or the other's when the leading one died of it."""
        runs: list[LookRun] = []

        async def press(obs: Obs) -> Outcome:
            run = await obs.run_look(look, origin=origin)
            runs.insert(0 if obs is first.obs else len(runs), run)
            return run.outcome

        first = self._lead
        outcome = await self._both(f"look {look.name}", press)
        told = next((run for run in runs if run.outcome.is_done), runs[0]) if self._lead is not first else runs[0]
        return replace(told, outcome=outcome)

    async def set_input_mute(self, input: str, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Mute an input in both, also while the leading one is away."""
        return await self._both(
            f"{'mute' if on else 'open'} {input}", lambda obs: obs.set_input_mute(input, on, origin=origin), always=True
        )

    # outputs

    async def _lead_only(self, press: Press) -> Outcome:
        """What only the leading one does; that is said."""
        lead = self._lead
        outcome = await press(lead.obs)
        if not outcome.is_done:
            return outcome
        return Outcome.done(f"{outcome.why} In {lead.within} only: each OBS has outputs of its own.".strip())

    async def set_output(self, which: str, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Start or stop an output of the leading one."""
        return await self._lead_only(lambda obs: obs.set_output(which, on, origin=origin))

    async def pause_record(self, on: bool, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Pause the leading one's recording, or go on with it."""
        return await self._lead_only(lambda obs: obs.pause_record(on, origin=origin))

    async def save_replay(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Save the leading one's replay buffer."""
        return await self._lead_only(lambda obs: obs.save_replay(origin=origin))

    # bringing the other one into line

    async def match(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Make the other one like the leading one, step by step; what is still different then is said."""
        lead, other = self._lead, self._other
        if not (lead.is_up and other.is_up):
            away = other if lead.is_up else lead
            return Outcome.refused(f"{away.called} is not connected.", away.now.link.fix)
        for press in self._steps_to_match(lead.now, other.now, origin):
            outcome = await press(other.obs)
            if outcome.result in (Result.REFUSED, Result.FAILED):
                self._journal.write("backup.match", origin, obs=other.which, is_alike=False, why=outcome.why)
                return Outcome.failed(f"{other.called} is not like {lead.within}: {outcome.why}", outcome.fix)
        left = differences(lead.now, other.now, names=(lead.name, other.name))
        self._journal.write("backup.match", origin, obs=other.which, is_alike=not left, why="; ".join(left))
        self._show()
        if left:
            return Outcome.done(f"What can be taken over is taken over. Still different: {'; '.join(left)}.")
        return Outcome.done(f"{other.called} is like {lead.within}.")

    def _steps_to_match(self, lead: Switcher, other: Switcher, origin: Origin) -> list[Press]:
        there, scene, preview = {each.name for each in other.scenes}, on_air(lead), lead.preview
        steps: list[Press] = []
        if lead.studio_mode != other.studio_mode:
            steps.append(lambda obs: obs.set_studio_mode(lead.studio_mode, origin=origin))
        is_other = (lead.transition, lead.transition_ms) != (other.transition, other.transition_ms)
        if is_other and lead.transition in other.transitions:
            steps.append(lambda obs: obs.set_transition(lead.transition, lead.transition_ms, origin=origin))
        if lead.is_black != other.is_black:
            steps.append(lambda obs: obs.fade_black(origin=origin))
        elif scene in there and scene != on_air(other):
            steps.append(lambda obs: obs.cut(scene, origin=origin))
        if lead.studio_mode and preview is not None and preview in there:
            steps.append(lambda obs: obs.preview(preview, origin=origin))
        for name in sorted(lead.muted_inputs ^ other.muted_inputs):
            steps.append(_mute(name, name in lead.muted_inputs, origin))
        return [*steps, *self._codes.values()]

    # pictures and the raw line

    async def screenshot(self, source: str, width: int, height: int) -> bytes:
        """A picture from the leading one: JPEG. Raises UserError."""
        return await self._lead.obs.screenshot(source, width, height)

    async def place_overlay(self, scene: str, name: str, *, size_px: int, corner: Corner) -> Outcome:
        """Put an empty picture into a corner of `scene` in both, to be filled by `show_overlay`."""
        return await self._code(name, lambda obs: obs.place_overlay(scene, name, size_px=size_px, corner=corner))

    async def show_overlay(
        self,
        scene: str,
        name: str,
        image_path: str,
        *,
        size_px: int,
        corner: Corner,
        origin: Origin = Origin.AUTOMATION,
    ) -> Outcome:
        """Put a picture into a corner of `scene` in both."""
        return await self._code(
            name,
            lambda obs: obs.show_overlay(scene, name, image_path, size_px=size_px, corner=corner, origin=origin),
        )

    async def fill_overlay(self, name: str, image_path: str) -> Outcome:
        """Give a picture that is shown in both another content."""
        return await self._both(f"fill {name}", lambda obs: obs.fill_overlay(name, image_path))

    async def _code(self, name: str, press: Press) -> Outcome:
        self._codes[name] = press
        return await self._both(f"code {name}", press)

    async def hide_overlay(self, name: str, *, origin: Origin = Origin.AUTOMATION) -> Outcome:
        """Take the picture out of both; done when the leading one has it no more."""

        def press(obs: Obs) -> Coroutine[Any, Any, Outcome]:
            return obs.hide_overlay(name, origin=origin)

        self._codes[name] = press
        return await self._both(f"hide code {name}", press, always=True)

    async def describe(self) -> ObsDescription:
        """What the leading one holds. Raises UserError."""
        return await self._lead.obs.describe()

    async def call(self, request: str, **data: Any) -> Message:
        """One request's answer from the leading one. Raises ObsRefused, ObsGone."""
        return await self._lead.obs.call(request, **data)

    async def batch(self, requests: Sequence[Request]) -> list[Message | ObsRefused]:
        """Several requests to the leading one, carried out in order. Raises ObsGone."""
        return await self._lead.obs.batch(requests)


def _is_lost(obs: Switcher) -> bool:
    return obs.take is not None and obs.take.state is TakeState.LOST


def _mute(name: str, on: bool, origin: Origin) -> Press:
    return lambda obs: obs.set_input_mute(name, on, origin=origin)


async def _nothing(obs: Obs) -> Outcome:
    """It is so already."""
    return Outcome.done()
