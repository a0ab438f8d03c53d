"""When a drop is fired by itself, at a time of day or by its cue: the decision alone. Pure: no clock, no I/O.

Only an armed drop is fired, and only at the end of an announcement of LEAST_S at least, which the monotonic clock
counts. Whatever a person does with the drop meanwhile ends it; so does somebody who sets the machine's clock.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from console.core.errors import IllegalMove

LEAST_S: Final = 10.0  # every announcement
ANNOUNCED_S: Final = 30.0  # so long before a time of day
CALLED_S: Final = 10.0  # so long GO waits for the shop to hold the drop as armed
STEP_S: Final = 2.0  # the wall clock left the monotonic one by more: somebody set it, or the machine slept
PAST: Final = timedelta(hours=6)  # a time of day that is over for longer means the next day's


class Phase(StrEnum):
    """What the start of one drop does."""

    IDLE = "idle"  # its time is still to come; a cue's is when GO calls it
    CALLED = "called"  # by GO; announced as soon as the drop is armed
    COUNTING = "counting"  # announced: the drop is fired when it is due, unless it is held
    FIRING = "firing"
    OVER = "over"  # fired, held, ended by hand or missed: nothing more until the next day, or the next GO


MOVES: Final = {
    Phase.IDLE: {Phase.CALLED, Phase.COUNTING, Phase.OVER},
    Phase.CALLED: {Phase.COUNTING, Phase.OVER},
    Phase.COUNTING: {Phase.IDLE, Phase.FIRING, Phase.OVER},
    Phase.FIRING: {Phase.OVER},
    Phase.OVER: {Phase.IDLE, Phase.CALLED},
}


class Stand(StrEnum):
    """Where the drop is, as far as its start is concerned."""

    ARMED = "armed"
    BEFORE = "before"  # not armed, not fired: a draft, or on its way to armed
    UNKNOWN = "unknown"  # the shop has not said
    FIRED = "fired"  # in this run, and whatever came then


@dataclass(frozen=True, slots=True)
class Sight:
    """One moment: the drop, the show's local time (aware) and the monotonic clock."""

    stand: Stand
    run: int
    now: datetime
    now_ns: int


@dataclass(frozen=True, slots=True)
class Start:
    """The start of one drop between two moments. `at` is its time of day; None: GO calls it.

    `says`: why nothing was fired, or what is to be done, in the director's words; "" where a person knows it.
    """

    title: str
    at: time | None = None
    phase: Phase = Phase.IDLE
    run: int = 0
    since_ns: int = 0
    due_ns: int = 0
    says: str = ""
    target: datetime | None = None  # the moment that is announced
    moment: datetime | None = None  # the last one that is dealt with
    warned: datetime | None = None  # the one before which it was said that the drop is not armed
    last: tuple[datetime, int] | None = None  # both clocks at the last look

    def to(self, phase: Phase, at_ns: int, **changes: Any) -> "Start":
        """This start in another phase. Raises IllegalMove when MOVES forbids it."""
        if phase not in MOVES[self.phase]:
            raise IllegalMove(f"{self.phase} to {phase}")
        moment = self.moment if self.target is None or phase is Phase.IDLE else self.target
        plain = {"since_ns": at_ns, "due_ns": 0, "says": "", "target": None, "moment": moment}
        return replace(self, **{"phase": phase, **plain, **changes})

    # --- what people do ---

    def called(self, at_ns: int) -> "Start":
        """GO was pressed on the drop's cue. One that is announced goes on."""
        return self.to(Phase.CALLED, at_ns) if self.phase in (Phase.IDLE, Phase.OVER) else self

    def hand(self, at_ns: int) -> "Start":
        """A person fires, disarms or closes the drop, or holds its start: that is theirs to decide now."""
        return self.to(Phase.OVER, at_ns) if self.phase in (Phase.CALLED, Phase.COUNTING) else self

    def stopped(self, stand: Stand, now: datetime, at_ns: int) -> "Start":
        """STOP SALE: nothing that is armed now opens the sale again by itself."""
        if self.phase is not Phase.IDLE or self.at is None or stand is not Stand.ARMED:
            return self.hand(at_ns)
        says = f"{self.title} will not be fired at {self.at:%H:%M}: the sale was stopped."
        return self.to(Phase.OVER, at_ns, moment=moment_of(self.at, now), says=says)

    def fired(self, at_ns: int) -> "Start":
        """The press was made, whatever came of it: that is the sale's to say."""
        return self.to(Phase.OVER, at_ns) if self.phase is Phase.FIRING else self

    # --- what is seen ---

    def looked(self, sight: Sight) -> "Start":
        """After a look at the drop and the clocks."""
        seen = replace(self, last=(sight.now, sight.now_ns))
        match self.phase:
            case Phase.CALLED:
                return seen._waited_for(sight)
            case Phase.COUNTING:
                return seen._counted(sight, is_stepped=self._is_stepped(sight))
            case Phase.IDLE | Phase.OVER if self.at is not None:
                moment = moment_of(self.at, sight.now)
                is_dealt_with = self.moment is not None and moment <= self.moment
                return seen if is_dealt_with else seen._waited(sight, moment, self._is_stepped(sight))
            case _:
                return seen

    def _is_stepped(self, sight: Sight) -> bool:
        if self.last is None:
            return False
        at, at_ns = self.last
        return abs((sight.now - at).total_seconds() - (sight.now_ns - at_ns) / 1e9) > STEP_S

    def _waited(self, sight: Sight, moment: datetime, is_stepped: bool) -> "Start":
        """Of a time of day that is not dealt with: announced when it is near and the drop is armed."""
        if self.phase is Phase.OVER:
            return self.to(Phase.IDLE, sight.now_ns)
        left_s = (moment - sight.now).total_seconds()
        if left_s <= 0:
            return self._passed(sight, moment, is_stepped)
        if left_s > ANNOUNCED_S:
            return self
        if sight.stand is Stand.ARMED:
            return self._announced(sight, max(left_s, LEAST_S), target=moment)
        if sight.stand is Stand.BEFORE and self.warned != moment:
            says = f"{self.title} is to be fired at {moment:%H:%M} and is not armed."
            return replace(self, warned=moment, says=says)
        return self

    def _passed(self, sight: Sight, moment: datetime, is_stepped: bool) -> "Start":
        """The time of day is over. That is told to whoever was warned, or has armed the drop for it."""
        is_expected = sight.stand is Stand.BEFORE and self.warned == moment
        if sight.stand is not Stand.ARMED and not is_expected:
            return self
        why = "it was not armed"
        if sight.stand is Stand.ARMED:
            why = "the machine's clock was set past it" if is_stepped else "that time is over"
        says = f"{self.title} was to be fired at {moment:%H:%M}, and was not: {why}."
        return self.to(Phase.OVER, sight.now_ns, moment=moment, says=says)

    def _waited_for(self, sight: Sight) -> "Start":
        """Of a cue: announced when the shop holds the drop as armed, which must be soon."""
        if sight.stand is Stand.ARMED:
            return self._announced(sight, LEAST_S)
        if sight.stand is Stand.FIRED:
            return self.to(Phase.OVER, sight.now_ns)
        if sight.now_ns - self.since_ns < CALLED_S * 1e9:
            return self
        says = f"{self.title} was not armed soon enough after GO, and is not fired by itself."
        return self.to(Phase.OVER, sight.now_ns, says=says)

    def _announced(self, sight: Sight, seconds: float, **changes: Any) -> "Start":
        due_ns = sight.now_ns + round(seconds * 1e9)
        return self.to(Phase.COUNTING, sight.now_ns, due_ns=due_ns, run=sight.run, **changes)

    def _counted(self, sight: Sight, *, is_stepped: bool) -> "Start":
        if sight.stand is not Stand.ARMED or sight.run != self.run:
            says = f"{self.title} is not armed any more, and is not fired by itself."
            return self.to(Phase.OVER, sight.now_ns, says=says)
        if is_stepped and self.at is not None:
            says = f"The machine's clock was set: {self.title} is not fired now."
            return self.to(Phase.IDLE, sight.now_ns, says=says)
        return self.to(Phase.FIRING, sight.now_ns) if sight.now_ns >= self.due_ns else self


def moment_of(at: time, now: datetime) -> datetime:
    """The next time that it is `at` o'clock, or the last one while that is not over for longer than PAST.

    now: aware, in the show's local time.
    """
    days = (now - timedelta(days=1), now, now + timedelta(days=1))
    moments = [datetime.combine(day.date(), at, now.tzinfo) for day in days]
    return next(moment for moment in moments if moment > now - PAST)
