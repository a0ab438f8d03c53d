"""Alarms: what is wrong now, worst first, each once, each with what to do."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from console.core.clock import Clock
from console.core.journal import Journal, Origin
from console.core.observable import Observable


class Rank(IntEnum):
    """How bad an alarm is; the list is sorted by it, worst first."""

    ON_AIR = 0  # viewers or buyers notice now
    GUEST = 1  # somebody on the line notices
    MONEY = 2  # a sale is in doubt
    LINK = 3  # a part is lost, the show goes on
    NOTE = 4  # worth knowing


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is wrong: `kind` is dotted ("camera.lost"), `what` and `fix` are for people."""

    id: str
    kind: str
    since: datetime
    what: str
    fix: str
    rank: Rank


class Alarms:
    """The list of alarms. The id is the caller's ("camera.Wide"): raising it again updates it in place."""

    def __init__(self, clock: Clock, journal: Journal) -> None:
        self._clock = clock
        self._journal = journal
        self.present: Observable[tuple[Alarm, ...]] = Observable(())

    def raise_(self, id: str, kind: str, what: str, *, fix: str, rank: Rank = Rank.LINK) -> None:
        """Show an alarm; its age is kept while it only changes its words."""
        old = next((alarm for alarm in self.present.value if alarm.id == id), None)
        since = old.since if old and old.kind == kind else self._clock.now()
        alarm = Alarm(id, kind, since, what, fix, rank)
        if alarm == old:
            return
        if old is None or old.kind != kind:
            self._journal.write("alarm.raised", Origin.CONSOLE, alarm=id, alarm_kind=kind, what=what, fix=fix)
        rest = [other for other in self.present.value if other.id != id]
        self.present.set(tuple(sorted([*rest, alarm], key=lambda a: (a.rank, a.since))))

    def clear(self, id: str) -> None:
        """Take an alarm off the list; an id that is not on it is fine."""
        rest = tuple(alarm for alarm in self.present.value if alarm.id != id)
        if len(rest) != len(self.present.value):
            self._journal.write("alarm.cleared", Origin.CONSOLE, alarm=id)
            self.present.set(rest)
