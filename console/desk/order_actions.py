"""What the director can do with unpaid orders: list them, void them, mark them paid. After a wrong price, above all."""

from typing import Annotated

from pydantic import Field

from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.origin import ORIGIN
from console.desk.selling import DropId

actions = Actions()

Run = Annotated[int, Field(ge=1, le=1_000_000, description="Which sale of the drop; left out: its present one.")]
OrderIds = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=128)]],
    Field(min_length=1, max_length=100_000, description="Ids of unpaid orders, as the list has them."),
]


def _some_are_unpaid(desk: Desk) -> Enabled:
    return Enabled.when(bool(desk.sale.value.unpaid), else_="No order is unpaid.")


def _a_stop_is_over(desk: Desk) -> Enabled:
    if desk.sale.value.is_stopping:
        return Enabled(False, "STOP SALE is not confirmed yet: wait for it.")
    return _some_are_unpaid(desk)


@actions.add("orders.list", title="Void unpaid…", enabled=_a_stop_is_over)
async def list_orders(desk: Desk, drop: DropId | None = None, run: Run | None = None) -> Outcome:
    """Look through unpaid orders since FIRE: of a drop, or of all that STOP SALE closed. Nothing is voided by that."""
    return await desk.parts.commerce.list_orders(drop, run)


@actions.add("orders.unlist", title="Close the list of unpaid orders")
async def unlist_orders(desk: Desk) -> Outcome:
    """Look through them no more."""
    return await desk.parts.commerce.unlist_orders()


@actions.add("orders.void", title="Void orders", hold_s=0.5, enabled=_a_stop_is_over)
async def void_orders(desk: Desk, drop: DropId, orders: OrderIds, run: Run | None = None) -> Outcome:
    """Take unpaid orders of a drop back, for good; their pieces are in stock again. What is paid meanwhile stays."""
    return await desk.parts.commerce.void_orders(drop, orders, run=run, origin=ORIGIN.get())


@actions.add("orders.paid", title="Mark orders paid", hold_s=0.5, enabled=_a_stop_is_over)
async def pay_orders(desk: Desk, drop: DropId, orders: OrderIds, run: Run | None = None) -> Outcome:
    """Say that the money for unpaid orders of a drop is there: a payment link does not tell it by itself."""
    return await desk.parts.commerce.pay_orders(drop, orders, run=run, origin=ORIGIN.get())
