"""A drop's own scene: taken when the shop has opened the drop, once for each FIRE, and never by surprise.

Only over the picture that the director saw when they fired, and only soon after: a shop that answers late, or somebody
who took another scene meanwhile, leaves the take to a hand. A countdown announces it: then what the room shows at its
end is taken over, unless somebody took that just now. What a console that was started again finds open is left to a
hand, too, and said: it does not know what was on air meanwhile. Loop thread only.
"""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from console.commerce.state import Drop, DropState, Sale
from console.core.journal import Origin
from console.desk.desk import Desk
from console.desk.failover import on_air
from console.desk.view import Notice
from scenes.state import Switcher

SOON_S: Final = 10.0
CALM_S: Final = 5.0  # whoever took another scene so shortly before the end of a countdown wants to see that one
_BY_HAND: Final = "Take it by hand: its number, then CUT."
_RESTARTED: Final = "Cuedrop was started again meanwhile."
_LATE: Final = "The shop's answer came late."


@dataclass(frozen=True, slots=True)
class _Fired:
    """What was on air at FIRE, and when that was (monotonic ns). `doubt`: why it is left to a hand if it opens now."""

    seen: str | None
    at_ns: int
    is_counted: bool = False
    doubt: str = ""


class DropScenes:
    """Follows the sale of one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._fired: dict[str, _Fired] = {}
        self._on_air: str | None = None
        self._taken_ns = 0  # when something else came on air
        self._is_taken = False  # else it was on air already when OBS was seen first
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._undo = [desk.switcher.watch(self._follow), desk.sale.watch(self._look)]

    def close(self) -> None:
        """Follow nothing any more; a take that is under way ends by itself."""
        for undo in self._undo:
            undo()
        for timer in self._timers.values():
            timer.cancel()

    def _follow(self, switcher: Switcher) -> None:
        scene = on_air(switcher)
        if scene is not None and scene != self._on_air:
            self._is_taken = self._on_air is not None
            self._on_air, self._taken_ns = scene, self._desk.clock.mono_ns()
            self._look(self._desk.sale.value)

    def _look(self, sale: Sale) -> None:
        for drop in sale.drops:
            is_of_before = (drop.id, drop.run) in sale.fired_before
            if drop.state is DropState.FIRING or (drop.state is DropState.ASKING and is_of_before):
                seen, doubt = on_air(self._desk.switcher.value), _RESTARTED if is_of_before else ""
                self._fired.setdefault(drop.id, _Fired(seen, self._desk.clock.mono_ns(), doubt=doubt))
            elif drop.state is DropState.ASKING:
                self._doubts(drop)
            elif drop.state is DropState.COUNTDOWN:
                self._counts(drop)
            elif drop.state is not DropState.OPEN or not self._waits_for_obs(drop):
                fired = self._fired.pop(drop.id, None)
                if drop.state is DropState.OPEN:
                    self._opened(drop, fired)

    def _waits_for_obs(self, drop: Drop) -> bool:
        """Whether what is to be said depends on what is on air, which OBS has not told this console yet."""
        fired = self._fired.get(drop.id)
        return fired is not None and fired.doubt == _RESTARTED and on_air(self._desk.switcher.value) is None

    def _doubts(self, drop: Drop) -> None:
        """Nobody knows whether it is open, or it was given up: what comes of that is not what FIRE announced."""
        fired = self._fired.get(drop.id)
        if fired is not None and not fired.doubt:
            self._fired[drop.id] = replace(fired, doubt=_LATE)

    def _counts(self, drop: Drop) -> None:
        """The viewers of a late picture are to see the scene when the shop opens: it is taken when the room's ends."""
        fired = self._fired.get(drop.id)
        if fired is None or (fired.is_counted and not fired.doubt):
            return
        self._fired[drop.id] = replace(fired, is_counted=True, doubt="")
        if fired.is_counted:
            return
        at = drop.room_opens_at
        if at is not None and drop.room_lead_s > 0:
            left_s = max(0.0, (at - self._desk.clock.now()).total_seconds())
            self._timers[drop.id] = asyncio.get_running_loop().call_later(left_s, self._room_opens, drop.id)

    def _room_opens(self, drop_id: str) -> None:
        drop = self._desk.sale.value.drop(drop_id)
        is_stopping = self._desk.sale.value.is_stopping
        if drop is not None and drop.state is DropState.COUNTDOWN and not is_stopping:
            self._opened(drop, self._fired.pop(drop_id, None))

    def _opened(self, drop: Drop, fired: _Fired | None) -> None:
        scene = next((one.scene for one in self._desk.show.value.drops if one.id == drop.id), None)
        now_on_air = on_air(self._desk.switcher.value)
        if fired is None or scene is None or scene == now_on_air:
            return
        seen = now_on_air if fired.is_counted else fired.seen
        why = fired.doubt or self._why_not(drop, fired, seen)
        if why:
            self._tell(drop, scene, why)
            return
        task = asyncio.get_running_loop().create_task(self._take(drop, scene, seen), name=f"scene of {drop.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _why_not(self, drop: Drop, fired: _Fired, seen: str | None) -> str:
        """Why the scene is left to a hand; empty when it is not."""
        clock = self._desk.clock
        late_s = (clock.mono_ns() - fired.at_ns) / 1e9
        if fired.is_counted and drop.room_opens_at is not None:
            late_s = (clock.now() - drop.room_opens_at).total_seconds()
        if late_s > SOON_S:
            return _LATE
        if seen is None:
            return f"What {'is on air' if fired.is_counted else 'was on air at FIRE'} is not known."
        if fired.is_counted and clock.mono_ns() - self._taken_ns < CALM_S * 1e9:
            return "Something else was taken just now." if self._is_taken else "OBS was seen only just now."
        return ""

    async def _take(self, drop: Drop, scene: str, seen: str | None) -> None:
        outcome = await self._desk.parts.obs.take(scene, expect=seen, origin=Origin.CONSOLE)
        if not outcome.is_done:
            self._tell(drop, scene, outcome.why)

    def _tell(self, drop: Drop, scene: str, why: str) -> None:
        state = "opening" if drop.state is DropState.COUNTDOWN else "open"
        self._desk.notice.set(Notice(f"{drop.title} is {state}. {scene} was not taken: {why}", _BY_HAND))
