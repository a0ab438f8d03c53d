"""The leak tests of all returns: a round of looks once a second, all at one moment. Pure numpy: no log, no clock.

What the returns have in common is worked out once a round. Whoever asks for the looks decides how quickly; a round that
takes longer than a second is followed by the next at once, and every finding then says how seldom it comes.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from console.audio.crosspoints import Gains, gains, strips
from console.audio.layout import Layout, Routing
from console.audio.leak import Finding
from console.audio.leak_watch import LeakWatch
from console.audio.moment import WINDOW_S, Moment
from console.audio.narrowband import Past
from console.audio.plan import Ear

LOOK_S: Final = 1.0
"""How often each return is tested."""
SELDOM_S: Final = 2.0
"""A return that is tested more seldom than this says so."""

_HELD_S: Final = 0.5  # a moment that the past holds no longer than this is too old for a look
_FAINT: Final = 0.1  # of a voice's amplitude: what a return is given less of is not missed in it


class Proving:
    """The watches of all returns of a show, on one past."""

    def __init__(self, layout: Layout, past: Past) -> None:
        self._layout, self._past = layout, past
        self._watches = {one.name: _watch(layout, one, past) for one in layout.plan.returns}
        self._waiting: list[str] = []
        self._begins_s = LOOK_S  # when the next round does, in seconds of sound
        self._moment: Moment | None = None
        self._earlier: dict[float, Moment] = {}  # by how much, of the same moment
        self._looked_s = dict.fromkeys(self._watches, 0.0)
        self._routing: Routing | None = None
        self._due_since_s: dict[str, dict[int, float]] = {name: {} for name in self._watches}  # by return, by column

    def follow(self, routing: Routing) -> None:
        """Take in what is set now, as soon as it is: a look judges by what was set throughout its seconds."""
        if routing is self._routing:
            return
        since_s = 0.0 if self._routing is None else self._past.heard_s
        self._routing = routing
        matrix = gains(self._layout, routing)
        for name, before in self._due_since_s.items():
            self._due_since_s[name] = {
                column: before.get(column, since_s) for column in self._due(name, routing, matrix)
            }

    def whose_turn(self) -> str | None:
        """The return whose turn it is; None when it is nobody's."""
        heard_s = self._past.heard_s
        if not self._waiting and heard_s >= self._begins_s:
            # late is late: what was missed is not made up for
            self._begins_s = max(self._begins_s, heard_s - LOOK_S) + LOOK_S
            self._waiting = list(self._watches)
            self._moment = None
        return self._waiting[0] if self._waiting else None

    def look(self, name: str, routing: Routing, *, is_extra: bool = False) -> tuple[Finding, float]:
        """What a return holds, and how many seconds after the last look; is_extra: now, whosever turn it is."""
        self.follow(routing)
        if not is_extra and name in self._waiting:
            self._waiting.remove(name)
        if is_extra or self._moment is None or self._moment.held_for_s < _HELD_S:
            self._moment, self._earlier = Moment(self._past), {}
        now = self._moment
        since_s = now.heard_s - self._looked_s[name]
        self._looked_s[name] = now.heard_s
        then = self._then(name, routing, now)
        begins_s = max(0.0, now.heard_s - (then.age_s - now.age_s) - WINDOW_S)
        due = [column for column, from_s in self._due_since_s[name].items() if from_s <= begins_s]
        finding = self._watches[name].look(due, now=now, then=then)
        if is_extra or since_s <= SELDOM_S:
            return finding, since_s
        return replace(finding, detail=f"{finding.detail}, tested every {since_s:.0f} s", every_s=since_s), since_s

    def _then(self, name: str, routing: Routing, now: Moment) -> Moment:
        """The moment as much before as the listener's strip holds their channel back."""
        made_for = next(one for one in self._layout.plan.returns if one.name == name)
        own, by_column = self._layout.own_columns(made_for), strips(self._layout, routing)
        late_s = max((by_column[column].delay_ms for column in own), default=0.0) / 1000
        if not late_s:
            return now
        if late_s not in self._earlier:
            self._earlier[late_s] = Moment(self._past, ago_s=now.age_s + late_s)
        return self._earlier[late_s]

    def _due(self, name: str, routing: Routing, matrix: Gains) -> list[int]:
        """The columns that a return should hold now; of one made elsewhere, all who may speak but the director."""
        bus, sources = self._layout.return_bus(name), len(self._layout.sources)
        if bus is not None:
            into = matrix[:, [column - sources for column in bus.columns]]
            return [int(column) for column in np.flatnonzero((into > _FAINT).any(axis=1))]
        plan = self._layout.plan
        made_for = next(one for one in plan.returns if one.name == name)
        away = {plan.talkback, *made_for.listener, *routing.muted, *routing.off_programme}
        return [column for one in plan.channels if one.name not in away for column in self._layout.channel_columns(one)]


def _watch(layout: Layout, made_for: Ear, past: Past) -> LeakWatch:
    own = layout.own_columns(made_for) if made_for.listener else frozenset()
    channels = {column for voice in layout.plan.channels for column in layout.channel_columns(voice)}
    return LeakWatch(
        past, own=sorted(own & channels), others=sorted(channels - own), heard=layout.return_columns(made_for.name)
    )
