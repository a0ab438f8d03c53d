"""A scanner's list of attacks on the shop as a process of its own, by its OpenAPI document, long and with new seeds."""

import asyncio
import tempfile
from pathlib import Path

from tests.rigs.scanner import scan
from tests.shop.standing import shop
from tests.soak.campaign import Effort, Result

PHASES = "examples,coverage,fuzzing,stateful"
EXAMPLES = 300
STOCK = 1_000_000


def run(effort: Effort, result: Result) -> None:
    """Each turn is a fresh shop with one drop on sale, scanned with another seed; its books must be right then."""
    for turn in effort.turns(5):
        asyncio.run(_turn(effort.seed + turn, result))


async def _turn(seed: int, result: Result) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with shop(Path(folder)) as (hand, keeper):
            await hand.put_on_sale(stock=STOCK, per_buyer=1_000)
            found_nothing, said = await asyncio.to_thread(
                scan, hand.address.url, phases=PHASES, seed=seed, examples=EXAMPLES
            )
            state = await hand.state()
            result.counts.update(scans=1, orders=state["sold"])
            if not found_nothing:
                result.losses.append(f"seed {seed}: {said[-3000:]}")
            if state["sold"] + state["stock_left"] + (state["held"] or 0) != STOCK:
                result.losses.append(f"seed {seed}: the pieces do not add up: {state}")
            address = keeper.state.value.address
            if address is None or address.pid != hand.address.pid:
                result.losses.append(f"seed {seed}: the shop died")
