"""A console's sale in a process of its own, to be killed; `tests.commerce.consoles` begins it."""

import asyncio
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from console.commerce.sale import Commerce
from console.commerce.shops.events import EventsShop
from console.commerce.state import AS_IT_IS, Drop, DropState, Wanted
from console.core.alarms import Alarms
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.settings.show import Show

FIRST_PRICE_MINOR = 100
CLOCK = "clock"  # the file that says by how much the machine's clock is off
DROPS = ("a", "b", "c", "d")
COUNTING = ("a", "b")  # for a moment: shorter than a show file may have it
_DROPS = Show.model_validate(
    {
        "name": "Chaos",
        "drops": [{"id": id, "title": id, "price": "1.00 EUR", "stock": 5, "duration_s": 3600} for id in DROPS],
    }
)
SHOW = _DROPS.model_copy(
    update={
        "drops": tuple(drop.model_copy(update={"countdown_s": 0.3 * (drop.id in COUNTING)}) for drop in _DROPS.drops)
    }
)


KINDS = [{"sku": sku, "name": sku, "stock": 6} for sku in ("small", "large")]
SOLD_IN_EVERY_WAY = Show.model_validate(
    {
        "name": "Chaos",
        "drops": [
            {"id": id, "title": id, "price": "1.00 EUR", "duration_s": 3600, "per_buyer": 5, "hold_s": 30, **how}
            for id, how in (
                ("a", {"stock": 12, "hold": "firm"}),
                ("b", {"variants": KINDS, "hold": "reserve"}),
                ("c", {"stock": 12, "hold": "first_paid"}),
                ("d", {"variants": KINDS, "hold": "firm", "on_demand": 3}),
            )
        ],
    }
)


async def sell(sale: Commerce, id: str, until_presses: int, chance: random.Random) -> None:
    """As `cycle`, with buyers: orders are voided and marked paid, kinds get more pieces, before it is closed."""
    while True:
        drop = sale.state.value.drop(id)
        assert drop is not None
        if drop.run * 6 > until_presses and drop.state in {DropState.CLOSED, DropState.DRAFT}:
            return
        if drop.state not in {DropState.OPEN, DropState.SOLD_OUT}:
            await press(sale, drop)
            await asyncio.sleep(0.005)
            continue
        await asyncio.sleep(chance.uniform(0.02, 0.2))
        kind = chance.choice(drop.variants) if drop.variants else None
        await sale.change(id, Wanted(stock=(kind or drop).stock + 3, sku=kind.sku if kind else None))
        unpaid = [order.id for order in sale.state.value.unpaid if (order.drop, order.run) == (id, drop.run)]
        half = len(unpaid) // 2
        if half:
            await sale.pay_orders(id, unpaid[:half])
            await sale.void_orders(id, unpaid[half:])
        await sale.close_drop(id)
        await asyncio.sleep(0.005)


class SetClock(SystemClock):
    """The machine's clock as somebody sets it: so many seconds off as the file says, in whatever process reads it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        """Wall time as it was set."""
        try:
            return super().now() + timedelta(seconds=float(self._file.read_text() or 0))
        except FileNotFoundError:
            return super().now()


async def cycle(sale: Commerce, id: str, until_presses: int) -> None:
    """Press whatever comes next for one drop, for ever; beyond `until_presses` only until it is closed.

    Every third press is pressed twice at once: a hand that trembles, or a second surface.
    """
    chance = random.Random(f"{id}{time.time_ns()}")
    while True:
        drop = sale.state.value.drop(id)
        assert drop is not None
        if drop.run * 4 > until_presses and drop.state in {DropState.CLOSED, DropState.DRAFT}:
            return
        await asyncio.gather(*(press(sale, drop) for _ in range(2 if chance.random() < 1 / 3 else 1)))
        await asyncio.sleep(0.005)


async def press(sale: Commerce, drop: Drop) -> None:
    match drop.state:
        case DropState.DRAFT:
            await sale.arm(drop.id)
        case DropState.ARMED:
            await sale.fire(drop.id)
        case DropState.COUNTDOWN if drop.run % 3 == 0:
            await sale.close_drop(drop.id)  # it never opens
        case DropState.OPEN if drop.price_minor == FIRST_PRICE_MINOR and drop.wanted == AS_IT_IS:
            await sale.change(drop.id, Wanted(price_minor=FIRST_PRICE_MINOR + drop.run))
        case DropState.OPEN:
            await sale.close_drop(drop.id)
        case DropState.CLOSED:
            await sale.renew(drop.id)


@dataclass(frozen=True)
class Job:
    """What one console is for: `what` it does with the shop at `url`, at least so many `presses`."""

    url: str
    folder: Path
    what: str
    key: str
    presses: int


async def main(hears: Connection, tells: Connection, job: Job) -> None:
    """Do the job; tell what was reached in lines, and wait for a word where the job has to."""

    async def secret() -> str:
        return job.key

    clock, journal = SetClock(job.folder / CLOCK), MemoryJournal()
    with ThreadPoolExecutor(1) as writer:
        sale = Commerce(
            SOLD_IN_EVERY_WAY if job.what in ("sell", "rest") else SHOW,
            data_dir=job.folder,
            shop=EventsShop(job.url, secret=secret, clock=clock, timeout_s=0.4),
            clock=clock,
            journal=journal,
            alarms=Alarms(clock, journal),
            writer=writer,
            open_within_s=60.0,
        )
        await sale.start()
        tells.send("ready")
        if job.what == "fire":
            tells.send((await sale.arm("a")).result.value)
            await asyncio.to_thread(hears.recv)
            tells.send((await sale.fire("a")).result.value)
            await asyncio.Event().wait()
        if job.what == "cycle":
            await asyncio.gather(*(cycle(sale, id, job.presses) for id in DROPS))
        if job.what == "sell":
            chance = random.Random(job.presses)
            await asyncio.gather(*(sell(sale, id, job.presses, chance) for id in DROPS))
        while sale.state.value.outbox_pending or any(d.state is DropState.ASKING for d in sale.state.value.drops):
            await asyncio.sleep(0.02)
        tells.send(f"settled {sale.state.value.drops[0].state.value} {sale.state.value.checkout.value}")
        if job.what in ("sell", "rest"):
            await asyncio.to_thread(hears.recv)
        await sale.close()
    tells.send("finished")


def begin(hears: Connection, tells: Connection, job: Job) -> None:
    """The whole life of one."""
    asyncio.run(main(hears, tells, job))
