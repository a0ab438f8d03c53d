"""A console's sale in a process of its own, to be killed: `python -m tests.commerce.child URL DIR JOB SECRET [N]`."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from console.commerce.sale import Commerce
from console.commerce.shops.events import EventsShop
from console.commerce.state import AS_IT_IS, Drop, DropState, Wanted
from console.core.alarms import Alarms
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.settings.show import Show

FIRST_PRICE_MINOR = 100
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


async def cycle(sale: Commerce, id: str, until_presses: int) -> None:
    """Press whatever comes next for one drop, for ever; beyond `until_presses` only until it is closed."""
    while True:
        drop = sale.state.value.drop(id)
        assert drop is not None
        if drop.run * 4 > until_presses and drop.state in {DropState.CLOSED, DropState.DRAFT}:
            return
        await press(sale, drop)
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


async def main(url: str, folder: str, job: str, key: str, presses: int) -> None:
    async def secret() -> str:
        return key

    clock, journal = SystemClock(), MemoryJournal()
    with ThreadPoolExecutor(1) as writer:
        sale = Commerce(
            SHOW,
            data_dir=Path(folder),
            shop=EventsShop(url, secret=secret, clock=clock, timeout_s=0.4),
            clock=clock,
            journal=journal,
            alarms=Alarms(clock, journal),
            writer=writer,
            open_within_s=60.0,
        )
        await sale.start()
        print("ready", flush=True)
        if job == "fire":
            print((await sale.arm("a")).result.value, flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            print((await sale.fire("a")).result.value, flush=True)
            await asyncio.Event().wait()
        if job == "cycle":
            await asyncio.gather(*(cycle(sale, id, presses) for id in DROPS))
        while sale.state.value.outbox_pending or any(d.state is DropState.ASKING for d in sale.state.value.drops):
            await asyncio.sleep(0.02)
        print("settled", sale.state.value.drops[0].state.value, sale.state.value.checkout.value, flush=True)
        await sale.close()
    print("finished", flush=True)


if __name__ == "__main__":
    url, folder, job, key, presses = sys.argv[1:]
    asyncio.run(main(url, folder, job, key, int(presses)))
