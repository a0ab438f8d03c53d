"""What the director can do with the counter: open and close it, change its PIN, take the orders out as tables."""

import asyncio

from console.core.errors import UserError
from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.origin import ORIGIN

actions = Actions()


def _is_ours(desk: Desk) -> Enabled:
    return Enabled.when(desk.show.value.shop.kind == "embedded", else_="Only Cuedrop's own shop has a counter.")


@actions.add("counter.open", title="Open the counter", enabled=_is_ours)
async def open_counter(desk: Desk) -> Outcome:
    """Let the table in the room sell what the show file allots to it; pressed again: as the file says now."""
    return await desk.parts.commerce.open_counter(origin=ORIGIN.get())


@actions.add("counter.close", title="Close the counter", enabled=_is_ours)
async def close_counter(desk: Desk) -> Outcome:
    """Sell nothing more at the table. What is owed there can be paid and handed over all the same."""
    return await desk.parts.commerce.close_counter(origin=ORIGIN.get())


@actions.add("counter.new_pin", title="New PIN for the counter", hold_s=0.5, enabled=_is_ours)
async def new_pin(desk: Desk) -> Outcome:
    """Make another PIN. Every phone and tablet at the counter has to type it before it goes on."""
    keeper = desk.parts.keeper
    try:
        if keeper is None:
            raise UserError("Only Cuedrop's own shop has a counter.", fix='It is there with kind = "embedded".')
        await keeper.new_pin()
    except UserError as error:
        return Outcome.failed(error.what, error.fix)
    return Outcome.done("The counter has a new PIN: type it on each device there.")


@actions.add("orders.export", title="Export the orders", enabled=_is_ours)
async def export_orders(desk: Desk) -> Outcome:
    """Write all orders as CSV and JSON, and the pick list, into the data folder's exports; says where."""
    keeper = desk.parts.keeper
    try:
        if keeper is None:
            raise UserError("Only Cuedrop's own shop keeps orders.", fix="Take them out of your shop.")
        folder = await asyncio.to_thread(keeper.export, desk.clock.now())
    except UserError as error:
        return Outcome.failed(error.what, error.fix)
    return Outcome.done(f"Orders and pick list written to {folder}.")
