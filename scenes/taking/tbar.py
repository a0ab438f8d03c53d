"""The T-bar: a transition to the preview, held by hand. Loop thread only.

Found on OBS 29: the mix follows the bar with a lag of about 0.4 s. Released at the end it is a take like any other,
with all its events. Released at the beginning OBS tells nothing, goes on naming the preview as program, and keeps
both pictures active: only a take of what was on air, once the mix has come back to exactly 0, puts that right.
"""

import asyncio
import contextlib
import math
from collections.abc import Callable
from typing import Final, Protocol

from console.core.clock import Clock
from console.core.journal import Journal, Origin
from console.core.outcome import Outcome
from scenes.reading.sync import number
from scenes.state import Switcher
from scenes.switcher import Model
from scenes.taking.press import scene_reference
from scenes.taking.takes import Takes
from scenes.wire.line import Line, ObsGone, ObsRefused

MOVE: Final = "SetTBarPosition"
CURSOR: Final = "GetCurrentSceneTransitionCursor"
CLAMP: Final = 0.1  # OBS's own: so near to an end, a released bar goes there
BACK_TRIES: Final = 60
BACK_AGAIN_S: Final = 0.05
SWAP_S: Final = 0.4
QUIET_S: Final = 1.0  # a hand that has not moved for so long has let go
ENDED = "The transition ended without the T-bar."


class BarLink(Protocol):
    """What the T-bar needs of the link."""

    clock: Clock
    journal: Journal
    takes: Takes

    @property
    def model(self) -> Model:
        """The switcher's model now."""
        ...

    @property
    def line(self) -> Line | None:
        """The open, synchronised connection, if there is one."""
        ...

    def show_model(self, model: Model) -> None:
        """The model from now on."""
        ...

    def on_proof(self) -> None:
        """What waits may go out."""
        ...

    def watch_transition(self) -> None:
        """Find out when the transition ends, though OBS may not tell."""
        ...

    async def until(self, is_so: Callable[[Switcher], bool], within_s: float) -> None:
        """Return when the state says so. Raises TimeoutError, and ObsGone when the line ends."""
        ...


class TBar:
    """At most one movement on its way; of those that come meanwhile the newest wins."""

    def __init__(self, link: BarLink) -> None:
        self._link = link
        self._is_grabbed = False
        self._is_ending = False
        self._from = ""
        self._to = ""
        self._wanted: float | None = None
        self._moving: asyncio.Task[None] | None = None
        self._letting_go: asyncio.Task[None] | None = None
        self._moved_ns = 0

    async def move(self, position: float, *, release: bool = False, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Hold the transition at `position` 0..1; done when OBS has it there, or when the released bar is proved.

        Released near 1 it is a take of the preview, near 0 it is taken back; in between OBS leaves it where it is.
        """
        if isinstance(position, bool) or not isinstance(position, int | float) or not 0.0 <= position <= 1.0:
            return Outcome.refused("The T-bar moves from 0 to 1.", "Move it within.")
        why = self._why_not(release=release)
        if why is not None:
            return why
        is_on, is_back = release and position >= 1 - CLAMP, release and position <= CLAMP
        if not self._is_grabbed:
            if is_back:
                return Outcome.done("The T-bar is at rest.")
            self._grab()
        self._moved_ns = self._link.clock.mono_ns()
        try:
            if is_on:
                return await self._bring(origin)
            if is_back:
                return await self._take_back(origin)
            await self._follow(float(position))
        except ObsRefused as refusal:
            self._give_up()
            return Outcome.refused(f"OBS refuses to move the T-bar ({refusal.comment}).", "Look at OBS.")
        except ObsGone as gone:
            self._give_up()
            return Outcome.failed(f"OBS went away while the T-bar was held: {gone.why}", gone.fix)
        return Outcome.done(f"The T-bar is at {position:.0%}.")

    def let_go(self) -> None:
        """End a transition that a T-bar holds, this one or another's, on its nearer side. For SAFE."""
        is_held = self._link.model.shown.t_bar is not None
        if self._is_letting_go:
            return
        if is_held or (self._link.model.shown.in_transition and self._link.takes.has_safe_waiting):
            self._wanted = None  # the hand still holds it: what it does now is not heard
            self._letting_go = asyncio.create_task(self._end_it())

    @property
    def _is_letting_go(self) -> bool:
        return self._letting_go is not None and not self._letting_go.done()

    def close(self) -> None:
        """Nothing more is moved."""
        for task in (self._moving, self._letting_go):
            if task is not None:
                task.cancel()

    # whether it may move

    def _why_not(self, *, release: bool) -> Outcome | None:
        shown, takes = self._link.model.shown, self._link.takes
        away = takes.why_away()
        if away is not None:
            return Outcome.refused(*away)
        if self._is_grabbed and not self._is_ending and (shown.t_bar is None or self._is_letting_go):
            return self._ended_elsewhere(release=release)
        if self._is_ending:
            return Outcome.refused("The T-bar has just been let go.", "Wait until its take is proved.")
        if self._is_grabbed:
            return None
        if not shown.studio_mode:
            return Outcome.refused(
                "Studio Mode is off: the T-bar moves nothing.", "Switch Studio Mode on, or use AUTO."
            )
        if takes.is_busy or shown.in_transition:
            return Outcome.refused("A take is on its way.", "Wait until it has ended.")
        if shown.preview is None:
            return Outcome.refused("Nothing is in preview.", "Choose a scene first.")
        return None

    def _ended_elsewhere(self, *, release: bool) -> Outcome | None:
        """Another client or the end of the line took it away: what the hand still does must not begin a new one."""
        now = self._link.clock.mono_ns()
        is_quiet = now - self._moved_ns > QUIET_S * 1e9
        self._moved_ns = now
        if is_quiet:
            self._is_grabbed = False
            return self._why_not(release=release)
        self._is_grabbed = not release
        return Outcome.refused(ENDED, "Let go of the T-bar, look at program, then begin anew.")

    # moving

    def _grab(self) -> None:
        shown = self._link.model.shown
        self._from, self._to = shown.program or shown.claimed or "", shown.preview or ""
        self._is_grabbed, self._is_ending, self._wanted = True, False, None

    def _drop(self) -> None:
        self._is_grabbed = self._is_ending = False
        self._wanted = None

    def _give_up(self) -> None:
        """Nobody knows where OBS has it now: no hand holds it any more, and the transition's end is found by asking."""
        self._drop()
        if self._link.line is not None:
            self._show(None, is_running=True)
            self._link.watch_transition()

    def _show(self, position: float | None, *, is_running: bool) -> None:
        self._link.show_model(self._link.model.showing(t_bar=position, in_transition=is_running))

    async def _follow(self, position: float) -> None:
        """Bring the bar there, or wherever it is wanted by then."""
        self._wanted = position
        if self._moving is None or self._moving.done():
            self._moving = asyncio.create_task(self._move())
        self._show(position, is_running=True)
        await asyncio.shield(self._moving)

    async def _move(self) -> None:
        while self._wanted is not None:
            position, self._wanted = self._wanted, None
            await self._call(MOVE, position=position, release=False)

    async def _call(self, request: str, **data: object) -> dict[str, object]:
        line = self._link.line
        if line is None:
            raise ObsGone("OBS is not connected.", "The console tries again by itself.")
        return await line.call(request, data)

    async def _stop_moving(self) -> None:
        self._is_ending, self._wanted = True, None
        if self._moving is not None:
            with contextlib.suppress(ObsRefused, ObsGone):
                await self._moving

    async def _bring(self, origin: Origin) -> Outcome:
        """Released at the end: the rest is a take in flight."""
        await self._stop_moving()
        away = self._link.takes.why_away()
        if away is not None:  # OBS stood still meanwhile: a take is now or never
            self._is_ending = False
            return Outcome.refused(*away)
        self._show(None, is_running=True)
        proved = self._link.takes.bring(self._to, origin=origin)
        self._drop()
        await self._call(MOVE, position=1.0, release=True)
        return await proved

    async def _take_back(self, origin: Origin) -> Outcome:
        """Released at the beginning: when the mix is back, what was on air is taken, so that OBS names it."""
        await self._stop_moving()
        self._show(0.0, is_running=True)
        try:
            await self._call(MOVE, position=0.0, release=True)
            is_back = await self._is_at_rest()
        finally:
            self._drop()
        self._link.journal.write("t_bar.taken_back", origin, scene=self._to, on_air=self._from)
        if self._link.model.shown.t_bar is None:
            return Outcome.refused(ENDED, "Look at program.")
        self._show(None, is_running=not is_back)
        if not is_back:
            return Outcome.failed("OBS did not bring the T-bar back.", "Move it back in OBS, then take again.")
        if self._link.takes.is_busy:  # what waited goes out now, and cleans up as well
            self._link.on_proof()
            return Outcome.done("The T-bar is back.")
        outcome = await self._link.takes.again(self._from, origin=origin)
        if not outcome.is_done:
            return outcome
        await self._prepare(self._to)
        return Outcome.done(f"The T-bar is back; {self._from} is on air.")

    async def _prepare(self, scene: str) -> None:
        """Put back in preview what the bar was to bring: OBS swaps after that last take, in its own time."""
        with contextlib.suppress(TimeoutError):
            await self._link.until(lambda now: now.preview != scene, SWAP_S)
        known = self._link.model.scene(scene)
        if known is None:
            return
        await self._call("SetCurrentPreviewScene", **scene_reference(known))
        with contextlib.suppress(TimeoutError):
            await self._link.until(lambda now: now.preview == scene, SWAP_S)

    async def _is_at_rest(self) -> bool:
        for _ in range(BACK_TRIES):
            if await self._cursor() == 0.0:
                return True
            await asyncio.sleep(BACK_AGAIN_S)
        return False

    async def _cursor(self) -> float:
        cursor = number((await self._call(CURSOR)).get("transitionCursor"))
        return cursor if math.isfinite(cursor) else 0.0

    async def _end_it(self) -> None:
        if self._moving is not None:
            with contextlib.suppress(ObsRefused, ObsGone):
                await self._moving  # what it asks must not come after what is asked here
        try:
            if await self._cursor() >= 0.5:
                self._show(None, is_running=True)
                await self._call(MOVE, position=1.0, release=True)
                return  # OBS tells the end
            await self._call(MOVE, position=0.0, release=True)
            is_back = await self._is_at_rest()
        except (ObsRefused, ObsGone):
            self._give_up()  # SAFE is tried on
            return
        self._show(None, is_running=not is_back)
        self._link.on_proof()
