"""The overlay of a drop: the buyer's page as a QR code, put into OBS when the shop has accepted, and removed.

While the drop counts down, the time that is left in the room stands below the code.

It appears only after the shop's word (never a price on air that cannot be bought) and follows the drop's state, so a
console that starts in the middle of a sale puts things right by itself.
"""

import asyncio
import contextlib
import math
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from console.commerce.state import Drop, DropState, Sale
from console.core.alarms import Alarms, Rank
from console.core.outcome import Outcome
from console.desk.code_pictures import draw_code
from console.desk.desk import Desk
from console.desk.view import Notice
from console.settings.show import Overlay

RETRY_S = 2.0


class Place(StrEnum):
    """What OBS has of a drop's code."""

    ABSENT = "absent"
    EMPTY = "empty"  # placed while armed, so that a scene that is taken before FIRE can show the code at once
    COUNTING = "counting"  # the code, with the time below it
    SHOWN = "shown"


PLACES = {
    DropState.ARMED: Place.EMPTY,
    DropState.FIRING: Place.EMPTY,
    DropState.COUNTDOWN: Place.COUNTING,
    DropState.OPEN: Place.SHOWN,
}


class Overlays:
    """Keeps what OBS shows of the drops equal to what the shop has said."""

    def __init__(self, desk: Desk, alarms: Alarms, folder: Path) -> None:
        self._desk = desk
        self._alarms = alarms
        self._folder = folder
        self._places: dict[str, Place] = {}  # as far as OBS has confirmed; absent: not known since OBS came
        self._task: asyncio.Task[None] | None = None
        self._clocks: dict[str, asyncio.Task[None]] = {}
        self._again = False
        self._undo: list[Callable[[], None]] = [
            desk.sale.watch(lambda _: self._look(), now=False),
            desk.switcher.watch(lambda switcher: self._obs(switcher.link.is_up)),
        ]

    async def close(self) -> None:
        """Stop following; what OBS shows stays."""
        for undo in self._undo:
            undo()
        for task in (self._task, *self._clocks.values()):
            if task is not None:
                task.cancel()

    @property
    def _overlays(self) -> dict[str, Overlay]:
        return {drop.id: drop.overlay for drop in self._desk.show.value.drops if drop.overlay}

    def _obs(self, is_up: bool) -> None:
        if not is_up:
            self._places.clear()
        elif len(self._places) < len(self._overlays):
            self._look()

    def _look(self) -> None:
        """Set things right, one pass at a time; a change during a pass asks for another."""
        if not self._overlays or not self._desk.switcher.value.link.is_up:
            return
        if self._task is not None and not self._task.done():
            self._again = True
            return
        self._task = asyncio.get_running_loop().create_task(self._settle())

    async def _settle(self) -> None:
        while self._desk.switcher.value.link.is_up:
            self._again, is_settled = False, True
            for id, overlay in self._overlays.items():
                drop = self._desk.sale.value.drop(id)
                place = self._place_of(drop)
                if drop is not None and self._places.get(id) is not place:
                    is_settled &= await self._put(drop, overlay, place)
            if not is_settled:
                await asyncio.sleep(RETRY_S)
            elif not self._again:
                return

    def _place_of(self, drop: Drop | None) -> Place:
        """What OBS should have of a drop's code; nothing on a platform that may punish it."""
        if drop is None or not self._desk.show.value.shop.has_code:
            return Place.ABSENT
        return PLACES.get(drop.state, Place.ABSENT)

    async def _put(self, drop: Drop, overlay: Overlay, place: Place) -> bool:
        self._stop_clock(drop.id)
        outcome = await self._try(drop, overlay, place)
        if outcome.is_done:
            self._places[drop.id] = place
            if place is Place.COUNTING:
                clock = asyncio.get_running_loop().create_task(self._count(drop.id), name=f"clock of {drop.id}")
                self._clocks[drop.id] = clock
            self._alarms.clear(f"overlay.{drop.id}")
            if outcome.why:
                self._desk.notice.set(Notice(f"The code for {drop.title} is in OBS. {outcome.why}"))
            return True
        is_left = place is Place.ABSENT
        what = f"The code for {drop.title} is {'still' if is_left else 'not'} on the picture: {outcome.why}"
        self._alarms.raise_(
            f"overlay.{drop.id}",
            "overlay.left" if is_left else "overlay.missing",
            what,
            fix=outcome.fix or f"{'Hide' if is_left else 'Show'} it in OBS by hand.",
            rank=Rank.ON_AIR if is_left else Rank.LINK,
        )
        return False

    async def _try(self, drop: Drop, overlay: Overlay, place: Place) -> Outcome:
        obs, name = self._desk.parts.obs, source_name(drop.id)
        if place is Place.ABSENT:
            return await obs.hide_overlay(name)
        if place is Place.EMPTY:
            return await obs.place_overlay(overlay.scene, name, size_px=overlay.size_px, corner=overlay.corner)
        try:
            path = await self._drawn(drop, self._left_s(drop) if place is Place.COUNTING else None)
        except OSError as error:
            return Outcome.failed(f"its picture cannot be written ({error.strerror}).", "Free disk space.")
        return await obs.show_overlay(overlay.scene, name, str(path), size_px=overlay.size_px, corner=overlay.corner)

    async def _drawn(self, drop: Drop, left_s: int | None) -> Path:
        """The picture on disk."""
        path = self._folder / picture_name(drop.id, left_s)
        await asyncio.to_thread(draw_code, buyers_address(self._desk.sale.value, drop.id), path, left_s)
        return path

    def _stop_clock(self, drop_id: str) -> None:
        clock = self._clocks.pop(drop_id, None)
        if clock is not None:
            clock.cancel()

    async def _count(self, drop_id: str) -> None:
        """Each second the next figure; at zero the code alone. A figure that OBS or the disk refuses is passed over."""
        left_s: int | None = -1
        while left_s is not None and (drop := self._desk.sale.value.drop(drop_id)) is not None:
            await asyncio.sleep(self._next_figure_s(drop))
            left_s = self._left_s(drop) or None
            with contextlib.suppress(OSError):
                path = await self._drawn(drop, left_s)
                await self._desk.parts.obs.fill_overlay(source_name(drop_id), str(path))

    def _left_s(self, drop: Drop) -> int:
        """Whole seconds left in the room, never negative."""
        return max(0, math.ceil(self._left_exactly_s(drop)))

    def _next_figure_s(self, drop: Drop) -> float:
        left_s = self._left_exactly_s(drop)
        return max(0.0, left_s - math.ceil(left_s) + 1.0)

    def _left_exactly_s(self, drop: Drop) -> float:
        at = drop.room_opens_at
        return 0.0 if at is None else (at - self._desk.clock.now()).total_seconds()


def source_name(drop: str) -> str:
    """The name of a drop's image source in OBS."""
    return f"Cuedrop {drop}"


def picture_name(drop: str, left_s: int | None) -> str:
    """The file of a drop's picture. Two take turns in a countdown, since OBS reads a file anew when its name changes.

    No id has a point, so that no other drop's picture is called so.
    """
    return f"{drop}.png" if left_s is None else f"{drop}.{left_s % 2}.png"


def buyers_address(sale: Sale, drop: str) -> str:
    """The address of the page where buyers buy `drop`; a manual platform has one for all."""
    if sale.kind == "manual":
        return sale.public_url
    return f"{sale.public_url.rstrip('/')}/d/{drop}"
