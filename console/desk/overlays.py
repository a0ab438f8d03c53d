"""The overlay of an open drop: the buyer's page as a QR code, put into OBS when the shop has accepted, and removed.

It appears only after the shop's word (never a price on air that cannot be bought) and follows the drop's state, so a
console that starts in the middle of a sale puts things right by itself.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import segno

from console.commerce.state import Drop, DropState, Sale
from console.core.alarms import Alarms, Rank
from console.core.outcome import Outcome
from console.desk.desk import Desk
from console.settings.show import Overlay

RETRY_S = 2.0


class Overlays:
    """Keeps what OBS shows of the drops equal to what the shop has said."""

    def __init__(self, desk: Desk, alarms: Alarms, folder: Path) -> None:
        self._desk = desk
        self._alarms = alarms
        self._folder = folder
        self._wanted: dict[str, Overlay] = {drop.id: drop.overlay for drop in desk.show.value.drops if drop.overlay}
        self._shown: dict[str, bool] = {}  # as far as OBS has confirmed; absent: not known since OBS came
        self._task: asyncio.Task[None] | None = None
        self._again = False
        self._undo: list[Callable[[], None]] = [
            desk.sale.watch(lambda _: self._look(), now=False),
            desk.switcher.watch(lambda switcher: self._obs(switcher.link.is_up)),
        ]

    async def close(self) -> None:
        """Stop following; what OBS shows stays."""
        for undo in self._undo:
            undo()
        if self._task is not None:
            self._task.cancel()

    def _obs(self, is_up: bool) -> None:
        if not is_up:
            self._shown.clear()
        elif len(self._shown) < len(self._wanted):
            self._look()

    def _look(self) -> None:
        """Set things right, one pass at a time; a change during a pass asks for another."""
        if not self._wanted or not self._desk.switcher.value.link.is_up:
            return
        if self._task is not None and not self._task.done():
            self._again = True
            return
        self._task = asyncio.get_running_loop().create_task(self._settle())

    async def _settle(self) -> None:
        while self._desk.switcher.value.link.is_up:
            self._again, is_settled = False, True
            for id, overlay in self._wanted.items():
                drop = self._desk.sale.value.drop(id)
                should_show = drop is not None and drop.state is DropState.OPEN
                if drop is not None and self._shown.get(id) != should_show:
                    is_settled &= await self._set(drop, overlay, should_show)
            if not is_settled:
                await asyncio.sleep(RETRY_S)
            elif not self._again:
                return

    async def _set(self, drop: Drop, overlay: Overlay, show: bool) -> bool:
        outcome = await (self._show(drop, overlay) if show else self._hide(drop))
        if outcome.is_done:
            self._shown[drop.id] = show
            self._alarms.clear(f"overlay.{drop.id}")
            return True
        what = f"The code for {drop.title} is {'not on the picture' if show else 'still on the picture'}: {outcome.why}"
        self._alarms.raise_(
            f"overlay.{drop.id}",
            "overlay.missing" if show else "overlay.left",
            what,
            fix=outcome.fix or f"{'Show' if show else 'Hide'} it in OBS by hand.",
            rank=Rank.LINK if show else Rank.ON_AIR,
        )
        return False

    async def _show(self, drop: Drop, overlay: Overlay) -> Outcome:
        path = self._folder / f"{drop.id}.png"
        address = buyers_address(self._desk.sale.value, drop.id)
        try:
            await asyncio.to_thread(_draw, address, path)
        except OSError as error:
            return Outcome.failed(f"its picture cannot be written ({error.strerror}).", "Free disk space.")
        return await self._desk.parts.obs.show_overlay(
            overlay.scene, source_name(drop.id), str(path), size_px=overlay.size_px, corner=overlay.corner
        )

    async def _hide(self, drop: Drop) -> Outcome:
        return await self._desk.parts.obs.hide_overlay(source_name(drop.id))


def source_name(drop: str) -> str:
    """The name of a drop's image source in OBS."""
    return f"Cuedrop {drop}"


def buyers_address(sale: Sale, drop: str) -> str:
    """The address of the page where buyers buy `drop`."""
    return f"{sale.public_url.rstrip('/')}/d/{drop}"


def _draw(address: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    segno.make(address, error="m").save(str(path), scale=12, border=3)
