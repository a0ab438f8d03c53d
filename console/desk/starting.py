"""Drops that are fired by themselves: announced with a countdown that a hand can hold, then fired (law 6).

What it decides is starting_core's; here are the looks, the clocks, the journal and the one press. Loop thread only.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import time
from typing import Final

from console.commerce.state import Drop, DropState, Sale
from console.core.clock import Clock
from console.core.journal import Journal, Origin
from console.core.observable import Observable
from console.core.outcome import Outcome
from console.desk.starting_core import Phase, Sight, Stand, Start
from console.desk.starting_state import Announced, Starts
from console.settings import show as settings
from console.settings.show import Show

LOOK_S: Final = 0.1
_BY_HAND: Final = "Fire it by hand."
_STANDS: Final = {
    DropState.DRAFT: Stand.BEFORE,
    DropState.ARMING: Stand.BEFORE,
    DropState.ARMED: Stand.ARMED,
    DropState.ASKING: Stand.UNKNOWN,
}
_KINDS: Final = {
    (Phase.IDLE, Phase.COUNTING): "start.announced",
    (Phase.CALLED, Phase.COUNTING): "start.announced",
    (Phase.COUNTING, Phase.FIRING): "start.fired",
    (Phase.CALLED, Phase.OVER): "start.ended",
    (Phase.COUNTING, Phase.OVER): "start.ended",
    (Phase.COUNTING, Phase.IDLE): "start.ended",
    (Phase.IDLE, Phase.OVER): "start.missed",
}

Tell = Callable[[str, str], None]
Fire = Callable[[str], Awaitable[Outcome]]


class Starter:
    """The starts of one show's drops. `state` is for the views; `tell(what, fix)` speaks to the director."""

    def __init__(
        self, show: Show, sale: Observable[Sale], *, clock: Clock, journal: Journal, tell: Tell, fire: Fire
    ) -> None:
        self.state: Observable[Starts] = Observable(Starts())
        self._sale = sale
        self._clock = clock
        self._journal = journal
        self._tell = tell
        self._fire = fire
        self._starts: dict[str, Start] = {}
        self._is_open = False
        self._timer: asyncio.TimerHandle | None = None
        self._firing: set[asyncio.Task[None]] = set()
        self.follow(show)

    def follow(self, show: Show) -> None:
        """The drops start so from now on; what is announced goes on only where nobody changed it."""
        before = self._starts
        planned = {drop.id: _start(drop) for drop in show.drops if drop.start != "hand"}
        self._starts = {
            id: before[id] if id in before and (before[id].title, before[id].at) == (start.title, start.at) else start
            for id, start in planned.items()
        }
        self._show()
        if self._is_open:
            self.open()

    def open(self) -> None:
        """Begin to look; where every drop is fired by hand there is nothing to look at."""
        self._is_open = True
        if self._starts and self._timer is None:
            self._look_again()

    def close(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._firing:
            task.cancel()

    # --- what people do ---

    def call(self, drop: str, origin: Origin) -> None:
        """GO on the drop's cue: one that starts with its cue is announced as soon as it is armed."""
        start = self._starts.get(drop)
        if start is not None and start.at is None:
            self._move(drop, start.called(self._clock.mono_ns()), origin)
            self._look()

    def hand(self, drop: str, origin: Origin) -> None:
        """A person fires, disarms or closes this drop: nothing of it is fired by itself any more."""
        if drop in self._starts:
            self._move(drop, self._starts[drop].hand(self._clock.mono_ns()), origin)

    def stopped(self, origin: Origin) -> None:
        """A person stops the sale: nothing that is armed now opens it again by itself."""
        now, now_ns = self._clock.now().astimezone(), self._clock.mono_ns()
        for id, start in tuple(self._starts.items()):
            self._move(id, start.stopped(_stand(self._sale.value.drop(id)), now, now_ns), origin)

    def hold(self, origin: Origin, drop: str | None = None) -> Outcome:
        """Hold the announced start of this drop, or every one: they stay armed, to be fired by hand."""
        held = [one for one in self.state.value.announced if drop in (None, one.drop)]
        if not held:
            return Outcome.refused("No such drop is about to be fired by itself.")
        for one in held:
            self.hand(one.drop, origin)
        return Outcome.done(f"Held: {', '.join(one.title for one in held)}. {_BY_HAND}")

    # --- what is seen ---

    def _look_again(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look_again)
        self._look()

    def _look(self) -> None:
        now, now_ns = self._clock.now().astimezone(), self._clock.mono_ns()
        for id, start in tuple(self._starts.items()):
            drop = self._sale.value.drop(id)
            after = start.looked(Sight(_stand(drop), drop.run if drop else 0, now, now_ns))
            self._move(id, after, Origin.AUTOMATION)
            if start.phase is not Phase.FIRING and after.phase is Phase.FIRING:
                task = asyncio.get_running_loop().create_task(self._press(id), name=f"start of {id}")
                self._firing.add(task)
                task.add_done_callback(self._firing.discard)

    async def _press(self, id: str) -> None:
        try:
            await self._fire(id)
        finally:
            if id in self._starts:
                self._move(id, self._starts[id].fired(self._clock.mono_ns()), Origin.AUTOMATION)

    def _move(self, id: str, after: Start, origin: Origin) -> None:
        before, self._starts[id] = self._starts[id], after
        if (kind := _KINDS.get((before.phase, after.phase))) is not None:
            self._journal.write(kind, origin, drop=id, why=after.says)
        if after.says and after.says != before.says:
            is_warning = after.phase is before.phase
            self._tell(after.says, "Arm it now, else nothing is fired." if is_warning else _BY_HAND)
        self._show()

    def _show(self) -> None:
        announced = [
            Announced(id, one.title, one.since_ns, one.due_ns)
            for id, one in self._starts.items()
            if one.phase is Phase.COUNTING
        ]
        self.state.set(replace(self.state.value, announced=tuple(sorted(announced, key=lambda one: one.due_mono_ns))))


def _start(drop: settings.Drop) -> Start:
    return Start(drop.title, None if drop.start == "cue" else time.fromisoformat(drop.start))


def _stand(drop: Drop | None) -> Stand:
    return Stand.UNKNOWN if drop is None else _STANDS.get(drop.state, Stand.FIRED)
