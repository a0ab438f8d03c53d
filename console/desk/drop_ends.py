"""How a drop ends: one until sold out closes by itself; then nothing, back to the scene before it, or the next drop.

Never against a hand: back goes only while the drop's own scene is on air and nobody has taken anything since; what was
stopped by STOP SALE leads nowhere. Nothing is ever fired here. Loop thread only.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final

from console.commerce.state import AS_IT_IS, Drop, DropState, Sale
from console.core.journal import Origin
from console.desk.desk import Desk
from console.desk.failover import on_air
from console.desk.view import Notice
from console.settings import show as settings
from scenes.state import Switcher

_ON_SALE: Final = (DropState.OPEN, DropState.SOLD_OUT)
SETTLED_S: Final = 10.0  # sold out so long, with nothing held: time to add stock, or to keep it open
_ENDED: Final = (DropState.CLOSED, DropState.DRAFT, DropState.ARMED)


@dataclass(slots=True)
class _Shown:
    """A drop's scene since FIRE: what was on air before it, and the hands' takes when it came on air."""

    before: str | None
    own: str | None
    hands: int | None = None  # None: it was not on air yet
    is_left: bool = False  # something else was on air since

    def sees(self, scene: str | None, hands: int) -> None:
        """Follow what is on air; None is nothing known."""
        if scene == self.own and self.hands is None:
            self.hands = hands
        elif scene not in (None, self.own) and self.hands is not None:
            self.is_left = True

    def way_back(self, scene: str | None, hands: int) -> str | None:
        """The scene before, when the drop's is on air as it came and no hand was there since."""
        is_as_it_came = scene == self.own and self.hands == hands and not self.is_left
        return self.before if is_as_it_came and self.before != self.own else None


class DropEnds:
    """Follows the sale of one desk."""

    def __init__(self, desk: Desk, *, settled_s: float = SETTLED_S) -> None:
        self._desk = desk
        self._settled_s = settled_s
        self._closing: dict[tuple[str, int], asyncio.TimerHandle] = {}
        self._shown: dict[str, _Shown] = {}
        self._on_sale: set[tuple[str, int]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._undo = [desk.switcher.watch(self._follow), desk.sale.watch(self._look)]

    def close(self) -> None:
        """Follow nothing any more; what is under way ends by itself."""
        for undo in self._undo:
            undo()
        for timer in self._closing.values():
            timer.cancel()

    def _follow(self, switcher: Switcher) -> None:
        for shown in self._shown.values():
            shown.sees(on_air(switcher), self._desk.takes_by_hand)

    def _look(self, sale: Sale) -> None:
        for drop in sale.drops:
            key = (drop.id, drop.run)
            self._look_at_the_end(drop)
            if drop.state is DropState.FIRING and drop.id not in self._shown:
                scene = on_air(self._desk.switcher.value)
                item = self._settings(drop)
                self._shown[drop.id] = _Shown(scene, None if item is None else item.scene)
            elif drop.state in _ON_SALE:
                self._on_sale.add(key)
            elif drop.state in _ENDED:
                shown = self._shown.pop(drop.id, None)
                if drop.state is DropState.CLOSED and key in self._on_sale and not sale.is_stopping:
                    self._ended(drop, shown)
                self._on_sale.discard(key)

    def _look_at_the_end(self, drop: Drop) -> None:
        """Close one that is sold out for good. A piece that comes back, new stock or a hand keeps it open."""
        key = (drop.id, drop.run)
        if not _is_sold_for_good(drop):
            if (timer := self._closing.pop(key, None)) is not None:
                timer.cancel()
        elif key not in self._closing:
            what = f"{drop.title} is sold out, and closes in {self._settled_s:.0f} s."
            self._desk.notice.set(Notice(what, "Ctrl+E adds stock."))
            self._closing[key] = asyncio.get_running_loop().call_later(self._settled_s, self._close, drop)

    def _close(self, drop: Drop) -> None:
        self._start(self._closed(drop), f"end of {drop.id}")

    async def _closed(self, drop: Drop) -> None:
        await self._desk.run("drop.close", Origin.AUTOMATION, drop=drop.id)

    def _settings(self, drop: Drop) -> settings.Drop | None:
        """As the show has it now; None: it was taken out while it was sold."""
        return next((one for one in self._desk.show.value.drops if one.id == drop.id), None)

    def _ended(self, drop: Drop, shown: _Shown | None) -> None:
        item = self._settings(drop)
        match item.at_end if item is not None else "stay":
            case "next":
                self._go_on(drop)
            case "back" if shown is not None:
                scene = shown.way_back(on_air(self._desk.switcher.value), self._desk.takes_by_hand)
                if scene is not None:
                    self._start(self._back(drop, scene, expect=shown.own), f"back from {drop.id}")

    async def _back(self, drop: Drop, scene: str, *, expect: str | None) -> None:
        outcome = await self._desk.parts.obs.take(scene, expect=expect, origin=Origin.AUTOMATION)
        self._desk.journal.write("drop.back", Origin.AUTOMATION, drop=drop.id, scene=scene, why=outcome.why)
        if not outcome.is_done:
            what = f"{drop.title} is closed. {scene} was not taken: {outcome.why}"
            self._desk.notice.set(Notice(what, "Take it by hand: its number, then CUT."))

    def _go_on(self, drop: Drop) -> None:
        """Choose the next drop, unless somebody chose another one meanwhile, and arm it when it is a draft."""
        sale = self._desk.sale.value
        ids = [one.id for one in sale.drops]
        following = sale.drops[ids.index(drop.id) + 1 :][:1]
        if not following:
            return
        if sale.chosen == drop.id:
            self._desk.parts.commerce.choose(following[0].id)
        if following[0].state is DropState.DRAFT:
            self._start(self._arm(following[0]), f"next after {drop.id}")

    async def _arm(self, drop: Drop) -> None:
        await self._desk.run("drop.arm", Origin.AUTOMATION, drop=drop.id)

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _is_sold_for_good(drop: Drop) -> bool:
    """Whether it is one until sold out of which every piece is sold, and nobody has asked for anything else."""
    is_sold = drop.state is DropState.SOLD_OUT and not drop.held
    return drop.is_until_sold_out and is_sold and not drop.is_held and drop.wanted == AS_IT_IS
