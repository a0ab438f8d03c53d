"""What the director can change of a drop that is armed or open: its price, its stock, its end, sold out by hand."""

from typing import Annotated

from pydantic import Field

from console.commerce.state import Drop, DropState, Wanted
from console.core.errors import UserError
from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.origin import ORIGIN
from console.desk.roles import Role
from console.desk.selling import DropId, Run, meant_for_another
from console.settings.money import Money, parse_money

actions = Actions()

Price = Annotated[
    str,
    Field(min_length=1, max_length=40, description='The new price, like "15.00", in the currency of the drop.'),
]
Stock = Annotated[int, Field(ge=0, le=1_000_000_000, description="How many pieces there are in all, sold ones too.")]
Kind = Annotated[str, Field(min_length=1, max_length=63, description="The sku of the kind, where there are several.")]
Seconds = Annotated[int, Field(ge=1, le=3600, description="How much later it closes than it would.")]


def _is_on_sale(desk: Desk) -> Enabled:
    states = (DropState.OPEN, DropState.SOLD_OUT)
    return Enabled.when(any(drop.state in states for drop in desk.sale.value.drops), else_="No drop is open.")


def _may_change(desk: Desk) -> Enabled:
    fit = (DropState.ARMED, DropState.COUNTDOWN)
    is_armed = any(drop.state in fit for drop in desk.sale.value.drops)
    return Enabled.when(is_armed or _is_on_sale(desk).is_enabled, else_="No drop is armed or open.")


@actions.add("drop.price", title="Change the price", hold_s=0.5, enabled=_may_change)
async def price(desk: Desk, drop: DropId, price: Price) -> Outcome:
    """Sell an armed or open drop at another price. Orders at the old price are refused from the shop's answer on."""
    try:
        known = desk.sale.value.drop(drop)
        wanted = Wanted(price_minor=None if known is None else price_of(known, price))  # no such drop: said by the sale
    except UserError as error:
        return Outcome.refused(error.what, error.fix)
    return await desk.parts.commerce.change(drop, wanted, origin=ORIGIN.get())


def _has_another_price(desk: Desk) -> Enabled:
    is_there = any(drop.last_price_minor is not None for drop in desk.sale.value.drops)
    return Enabled.when(is_there, else_="No price was changed in this sale.")


@actions.add("drop.price_back", title="Back to the last price", enabled=_has_another_price)
async def price_back(desk: Desk, drop: DropId) -> Outcome:
    """Sell an armed or open drop at the price that it had before the present one, in this sale."""
    known = desk.sale.value.drop(drop)
    if known is not None and known.last_price_minor is None:
        return Outcome.refused(f"The price of {known.title} was not changed in this sale.", "Nothing was sent.")
    wanted = Wanted(price_minor=None if known is None else known.last_price_minor)
    return await desk.parts.commerce.change(drop, wanted, origin=ORIGIN.get())


@actions.add("drop.stock", title="Change the stock", enabled=_may_change)
async def stock(desk: Desk, drop: DropId, stock: Stock, sku: Kind | None = None) -> Outcome:
    """Say how many pieces of an armed or open drop there are in all, or of one of its kinds. Sold out, it sells on."""
    return await desk.parts.commerce.change(drop, Wanted(stock=stock, sku=sku), origin=ORIGIN.get())


@actions.add("drop.extend", title="Close later", enabled=_is_on_sale)
async def extend(desk: Desk, drop: DropId, seconds: Seconds) -> Outcome:
    """Let an open drop close so much later than it would; presses add up."""
    return await desk.parts.commerce.extend(drop, seconds, origin=ORIGIN.get())


@actions.add("drop.sold_out", title="Mark as sold out", surfaces={Role.MODERATOR}, enabled=_is_on_sale)
async def sold_out(desk: Desk, drop: DropId, on: bool = True, run: Run = None) -> Outcome:
    """Mark an open drop as sold out, whatever is left; with on = false it sells on. Marking is tried until answered."""
    late = meant_for_another(desk, drop, run)
    return late or await desk.parts.commerce.change(drop, Wanted(sold_out=on), origin=ORIGIN.get())


def price_of(drop: Drop, text: str) -> int:
    """The price that `text` means for this drop, in minor units: a comma is a point, the currency may be left out.

    Raises UserError for what is none.
    """
    words = text.strip().replace(",", ".")
    try:
        money = parse_money(words if words[-3:].isalpha() else f"{words} {drop.currency}")
    except ValueError as error:
        raise UserError(f'"{text.strip()}" is not a price in {drop.currency}.', fix='Write it like "15.00".') from error
    if not isinstance(money, Money) or money.currency != drop.currency:
        raise UserError(f"{drop.title} is sold in {drop.currency}.", fix="Write the price in that.")
    return money.minor
