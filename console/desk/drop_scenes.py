"""A drop's own scene: taken when the shop has opened the drop, once for each FIRE, and never by surprise.

Only over the picture that the director saw when they fired, and only soon after: a shop that answers late, or somebody
who took another scene meanwhile, leaves the take to a hand. Loop thread only.
"""

import asyncio
from typing import Final

from console.commerce.state import Drop, DropState, Sale
from console.core.journal import Origin
from console.desk.desk import Desk
from console.desk.view import Notice
from scenes.state import Switcher

SOON_S: Final = 10.0
_BY_HAND: Final = "Take it by hand."


class DropScenes:
    """Follows the sale of one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._fired: dict[str, tuple[str | None, int]] = {}  # by drop: what was on air then, and when (monotonic ns)
        self._tasks: set[asyncio.Task[None]] = set()
        self._undo = desk.sale.watch(self._look)

    def close(self) -> None:
        """Follow nothing any more; a take that is under way ends by itself."""
        self._undo()

    def _look(self, sale: Sale) -> None:
        for drop in sale.drops:
            if drop.state is DropState.FIRING:
                self._fired.setdefault(drop.id, (_on_air(self._desk.switcher.value), self._desk.clock.mono_ns()))
            elif (fired := self._fired.pop(drop.id, None)) is not None and drop.state is DropState.OPEN:
                self._opened(drop, *fired)

    def _opened(self, drop: Drop, seen: str | None, at_ns: int) -> None:
        scene = next((one.scene for one in self._desk.show.value.drops if one.id == drop.id), None)
        if scene is None or scene == _on_air(self._desk.switcher.value):
            return
        if self._desk.clock.mono_ns() - at_ns > SOON_S * 1e9:
            why = "The shop's answer came late."
            self._desk.notice.set(Notice(f"{drop.title} is open. {scene} was not taken: {why}", _BY_HAND))
            return
        task = asyncio.get_running_loop().create_task(self._take(drop, scene, seen), name=f"scene of {drop.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take(self, drop: Drop, scene: str, seen: str | None) -> None:
        outcome = await self._desk.parts.obs.take(scene, expect=seen, origin=Origin.CONSOLE)
        if not outcome.is_done:
            self._desk.notice.set(Notice(f"{drop.title} is open. {scene} was not taken: {outcome.why}", _BY_HAND))


def _on_air(switcher: Switcher) -> str | None:
    return switcher.program or switcher.claimed
