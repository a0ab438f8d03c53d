"""Which of two OBS leads, what is shown of both, and how both are asked at once. What they are asked: scenes.pair.pair.

Loop thread only. The leading one's frame leaves in the very turn of the press, the other's in the next one, and never
when the leading one has refused. Neither is touched by itself: what comes back after a death is only looked at (law 1),
and the lead goes back by hand.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from console.core.clock import Clock
from console.core.journal import Journal, Origin
from console.core.links import LinkState
from console.core.observable import Observable
from console.core.outcome import Outcome, Result
from scenes.outputs.state import Outputs
from scenes.pair.differences import differences
from scenes.port import Obs
from scenes.sources.state import SceneSources
from scenes.state import Backup, Switcher, TakeState

log = logging.getLogger(__name__)

STANDS_S: Final = 0.6  # a difference is said when it has stood so long: two proofs never come in the same moment
NEVER_CAME_S: Final = 5.0  # at the start: so long the main one may be late before the backup leads

Which = Literal["main", "backup"]
Press = Callable[[Obs], Coroutine[Any, Any, Outcome]]


class SideJournal:
    """The journal of one of the two: while it does not lead, its entries are the backup's ("backup.take.proved")."""

    def __init__(self, journal: Journal, obs: Which) -> None:
        self._journal = journal
        self._obs = obs
        self.leads = obs == "main"

    @classmethod
    def both(cls, journal: Journal) -> "tuple[SideJournal, SideJournal]":
        """The journals of main and backup."""
        return cls(journal, "main"), cls(journal, "backup")

    def write(self, kind: str, origin: Origin, /, **fields: object) -> str:
        """Note one thing, and in which OBS it was."""
        return self._journal.write(kind if self.leads else f"backup.{kind}", origin, **{**fields, "obs": self._obs})


class Side:
    """One of the two, and what it is called. `was_up`: it was connected at least once."""

    def __init__(self, obs: Obs, which: Which, journal: SideJournal) -> None:
        self.obs = obs
        self.which: Which = which
        self.name = which.title()
        self.within = "the main OBS" if which == "main" else "the backup"  # as it is called within a sentence
        self.called = self.within[0].upper() + self.within[1:]
        self.journal = journal
        self.was_up = False

    @property
    def now(self) -> Switcher:
        """Its state."""
        return self.obs.state.value

    @property
    def is_up(self) -> bool:
        """Connected and known."""
        return self.now.link.is_up


class Lockstep:
    """Main and backup. `state` is the leading one's, with the other one as its `backup`.

    journals: those that the two links were made with, see `SideJournal.both`.
    """

    def __init__(
        self, main: Obs, backup: Obs, *, journals: tuple[SideJournal, SideJournal], journal: Journal, clock: Clock
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._main, self._backup = Side(main, "main", journals[0]), Side(backup, "backup", journals[1])
        self._lead, self._other = self._main, self._backup
        self.state: Observable[Switcher] = Observable(Switcher())
        self.sources: Observable[SceneSources] = Observable(SceneSources())
        self.outputs: Observable[Outputs] = Observable(Outputs())
        self._tasks: set[asyncio.Task[Any]] = set()
        self._since_ns: dict[str, int] = {}  # each difference and since when it stands
        self._look_again: asyncio.TimerHandle | None = None
        self._late: asyncio.TimerHandle | None = None
        self._undo = [undo for side in (self._main, self._backup) for undo in self._watch(side)]

    # life

    def start(self) -> None:
        """Begin to connect to both, and never give up."""
        self._main.obs.start()
        self._backup.obs.start()

    async def close(self) -> None:
        """End both connections and everything that waits on them."""
        for undo in self._undo:
            undo()
        for timer in (self._look_again, self._late):
            if timer is not None:
                timer.cancel()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(self._main.obs.close(), self._backup.obs.close())

    # who leads

    async def lead(self, which: str, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Let "main" or "backup" lead from now on; nothing changes in either."""
        if which not in ("main", "backup"):
            return Outcome.refused(f"There is no OBS {which}.", "It is main or backup.")
        side = self._main if which == "main" else self._backup
        if side is self._lead:
            return Outcome.done(f"{side.name} leads already.")
        if not side.is_up:
            why = side.now.link.why or f"{side.name} is not connected."
            return Outcome.refused(f"{side.name} cannot lead: {why}", side.now.link.fix)
        self._let_lead(side, origin, "By hand.")
        return Outcome.done(f"{side.name} leads.")

    def _let_lead(self, side: Side, origin: Origin, why: str) -> None:
        """From now on `side` is asked first and judged; what waits in the other one is not sent there late."""
        if side is self._lead:
            return
        old = self._lead.obs
        self._lead, self._other = side, self._lead
        self._lead.journal.leads, self._other.journal.leads = True, False
        self._journal.write("obs.lead", origin, obs=side.which, why=why)
        log.info("OBS %s leads: %s", side.which, why)
        self._since_ns.clear()
        asyncio.get_running_loop().call_soon(lambda: old.cancel_waiting(origin=Origin.AUTOMATION))
        self._show()
        self.sources.set(side.obs.sources.value)
        self.outputs.set(side.obs.outputs.value)

    def _watch(self, side: Side) -> list[Callable[[], None]]:
        return [
            side.obs.state.watch(lambda _: self._changed(side)),
            side.obs.sources.watch(lambda value: self.sources.set(value) if side is self._lead else None),
            side.obs.outputs.watch(lambda value: self.outputs.set(value) if side is self._lead else None),
        ]

    def _changed(self, side: Side) -> None:
        side.was_up |= side.is_up
        lead, other = self._lead, self._other
        is_dead = lead.now.link.state is LinkState.DOWN
        if is_dead and other.is_up and lead.was_up:
            self._let_lead(other, Origin.AUTOMATION, lead.now.link.why or f"{lead.name} went away.")
            return
        self._take_safe_back()
        if other.is_up and not lead.was_up and self._late is None:  # at the start: it may only be late
            self._late = asyncio.get_running_loop().call_later(NEVER_CAME_S, self._never_came)
        self._show()

    def _take_safe_back(self) -> None:
        """A SAFE that is proved by the leading one is not carried out by one that comes back later."""
        here, there = self._lead.now.take, self._other.now.take
        is_safe = here is not None and here.is_safe and here.state in (TakeState.ON_AIR, TakeState.CLAIMED)
        waits = there is not None and there.is_safe and there.state is TakeState.WAITING
        if is_safe and waits and not self._other.is_up:
            other = self._other.obs
            asyncio.get_running_loop().call_soon(lambda: other.cancel_waiting(origin=Origin.AUTOMATION))

    def _never_came(self) -> None:
        self._late = None
        if not self._lead.is_up and self._other.is_up:
            why = self._lead.now.link.why or f"{self._lead.name} does not answer."
            self._let_lead(self._other, Origin.AUTOMATION, why)

    # what is shown

    def _show(self) -> None:
        """The leading one's state, with how the other one is beside it."""
        now = self._other.now
        backup = Backup(
            link=now.link,
            program=now.program,
            claimed=now.claimed,
            preview=now.preview,
            take=now.take,
            leads=self._lead is self._backup,
            differences=self._standing(),
        )
        self.state.set(replace(self._lead.now, backup=backup))

    def _standing(self) -> tuple[str, ...]:
        """The differences that have stood long enough to be said."""
        found = differences(self._lead.now, self._other.now, names=(self._lead.name, self._other.name))
        now_ns = self._clock.mono_ns()
        self._since_ns = {line: self._since_ns.get(line, now_ns) for line in found}
        wait_s = [STANDS_S - (now_ns - since) / 1e9 for since in self._since_ns.values()]
        young_s = [left for left in wait_s if left > 0]
        if self._look_again is not None:
            self._look_again.cancel()
            self._look_again = None
        if young_s:
            self._look_again = asyncio.get_running_loop().call_later(min(young_s), self._show)
        return tuple(line for line, left in zip(self._since_ns, wait_s, strict=True) if left <= 0)

    # both at once

    async def _both(
        self,
        what: str,
        press: Press,
        *,
        follow: Press | None = None,
        is_take: bool = False,
        always: bool = False,
        asks_away: bool = False,
    ) -> Outcome:
        """The leading one's outcome; the other one is asked a turn later, unless the leading one refuses at once.

        follow: what the other one is asked, when that is not the same. is_take: a take that waits in the leading one
        goes out in both when it goes out there. always: the other one is asked whatever the leading one says;
        asks_away: also when it is not connected.
        """
        lead, other = self._lead, self._other
        second = _Second(what, follow or press, lead if is_take else None, asks_away=asks_away)
        task = self._spawn(self._second(second, other))  # begins in the next turn: the first frame has left by then
        outcome = await press(lead.obs)
        is_refused = outcome.result is Result.REFUSED
        if is_refused and not second.has_begun and not always:
            task.cancel()
        if outcome.result in (Result.DONE, Result.PENDING) or self._lead is lead:
            return outcome
        if task.cancelled() or (is_refused and not second.has_begun):
            return Outcome.refused(outcome.why, f"{other.called} leads now. Do it again.")
        await asyncio.wait({task})
        return _after_death(outcome, Outcome.refused("") if task.cancelled() else task.result(), other)

    async def _second(self, second: "_Second", other: Side) -> Outcome:
        """Ask the one that does not lead, when the leading one's frame is out."""
        if second.after is not None:
            await _gone_out(second.after)
        second.has_begun = True
        if not (other.is_up or second.asks_away):
            return Outcome.refused(f"{other.called} is not connected.", other.now.link.fix)
        outcome = await second.press(other.obs)
        if outcome.result in (Result.REFUSED, Result.FAILED):
            self._journal.write("backup.failed", Origin.AUTOMATION, obs=other.which, what=second.what, why=outcome.why)
        return outcome

    def _spawn(self, work: Coroutine[Any, Any, Outcome]) -> asyncio.Task[Outcome]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Outcome]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("what both OBS were asked failed in one of them", exc_info=task.exception())


@dataclass(slots=True)
class _Second:
    """What the one that does not lead is asked. `after`: not before this one's take has left.

    asks_away: also when it is not connected (SAFE waits for whichever comes first).
    """

    what: str
    press: Press
    after: Side | None = None
    asks_away: bool = False
    has_begun: bool = False


async def _gone_out(lead: Side) -> None:
    """Return when the leading one's take no longer waits; whoever takes it back meanwhile cancels this."""
    while (take := lead.now.take) is not None and take.state is TakeState.WAITING:
        changed = asyncio.Event()
        undo = lead.obs.state.watch(lambda _, event=changed: event.set(), now=False)  # type: ignore[misc]
        try:
            await changed.wait()
        finally:
            undo()
        await asyncio.sleep(0)  # a take that was refused instead of sent ends this in these turns
        await asyncio.sleep(0)


def _after_death(outcome: Outcome, second: Outcome, other: Side) -> Outcome:
    """The outcome of what was under way when the leading one died: what the other one has proved of it."""
    if second.is_done:
        return Outcome.done(f"{outcome.why} {other.called} leads, and it is done there. {second.why}".strip())
    if second.result is Result.PENDING:
        return second
    return Outcome.failed(f"{outcome.why} {other.called}: {second.why or 'it was not asked.'}", second.fix)
