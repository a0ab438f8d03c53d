"""Changing a drop while it is armed or open: what may be asked for, and whether the shop has done it.

Pure: no clock, no I/O. Wanted values are never shown as the true ones: only the shop's word moves a drop (law 4).
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Final

from console.commerce import drops
from console.commerce.outbox import Message
from console.commerce.state import AS_IT_IS, Drop, DropState, Lamp, Wanted
from console.contract import events
from console.contract.events import Changed, EventType
from console.contract.money import money_words
from console.contract.orders import DropStatus, ShopState
from console.core.errors import UserError

SAME_END: Final = timedelta(seconds=1)  # a shop may keep whole seconds
LATE: Final = "The change did not reach the shop in time and is not sent late."
AGAIN: Final = "Change it again if you still want it."
_BEFORE_SALE: Final = {DropState.ARMED: "Fire it first.", DropState.COUNTDOWN: "Wait until it opens."}


def check(drop: Drop, wanted: Wanted, now: datetime) -> None:
    """Nothing, when the shop may be asked for `wanted` now. Raises UserError with why not and what to do."""
    coming = _merged(drop.wanted, wanted)
    if coming == drop.wanted:
        raise UserError("Just that is on its way already.", fix="Wait for the shop's answer.")
    if drop.state in _BEFORE_SALE and (wanted.closes_at, wanted.sold_out) != (None, None):
        raise UserError(f"{drop.title} is not on sale yet.", fix=_BEFORE_SALE[drop.state])
    _check_stock(drop, wanted)
    if drop.wanted == AS_IT_IS and _with(drop, wanted) == drop:
        raise UserError(f"{_as_it_is(drop, wanted)} already.", fix="Nothing was sent.")
    if wanted.closes_at is not None and wanted.closes_at <= now:
        raise UserError(f"The time of {drop.title} is over.", fix="Close it and sell it again.")
    if wanted.sold_out is False and not drop.is_held and not drop.wanted.sold_out:
        raise UserError(f"{drop.title} is not marked sold out by hand.", fix="Every piece is sold: add stock.")


def _check_stock(drop: Drop, wanted: Wanted) -> None:
    """Raises UserError when the stock that is wanted cannot be, or is of no kind that there is."""
    if wanted.stock is None:
        return
    kinds = ", ".join(kind.sku for kind in drop.variants)
    if drop.variants and drop.variant(wanted.sku) is None:
        raise UserError(f"{drop.title} has several kinds: {kinds}.", fix="Say of which one the stock is.")
    if wanted.sku is not None and not drop.variants:
        raise UserError(f"{drop.title} has no kinds.", fix="Leave the kind out.")
    if drop.wanted.stock is not None and drop.wanted.sku != wanted.sku:
        raise UserError("The stock of another kind is on its way.", fix="Wait for the shop's answer.")
    of = drop.variant(wanted.sku) or drop
    taken = of.sold + of.held
    if wanted.stock < taken:
        held = f" and {of.held} reserved" if of.held else ""
        gone = f"{of.sold} {'piece is' if of.sold == 1 else 'pieces are'} sold{held} already"
        raise UserError(f"{gone}: the stock cannot be {wanted.stock}.", fix="To sell no more, mark it sold out.")


def longer(drop: Drop, seconds: float) -> Wanted:
    """The end of the sale `seconds` after the one that it has, or will have. Raises UserError when nobody knows it."""
    closes_at = drop.wanted.closes_at or drop.closes_at
    if closes_at is None or drop.state is DropState.ARMED:
        raise UserError(f"Nobody knows when {drop.title} closes.", fix="Fire it first, or wait for the shop.")
    return Wanted(closes_at=closes_at + timedelta(seconds=seconds))


def by_hand(drop: Drop, wanted: Wanted) -> Drop:
    """The change was pressed: on its way to the shop, or behind another that waits; everything is as it was."""
    after = replace(drop, wanted=_merged(drop.wanted, wanted))
    is_behind = drop.wanted != AS_IT_IS and drop.lamp is Lamp.WAITING
    return after if is_behind else replace(after, lamp=Lamp.SENT, why="", fix="")


def of(messages: Iterable[Message]) -> Wanted:
    """What these messages, in order, ask for together."""
    wanted = AS_IT_IS
    for message in messages:
        if (change := asked(message)) is not None:
            wanted = _merged(wanted, _wanted(change))
    return wanted


def asked(message: Message) -> Changed | None:
    """The values that a message asks for; None when it asks for no change."""
    if message.type != EventType.DROP_CHANGED:
        return None
    data = events.from_json(message.body).data
    return data if isinstance(data, Changed) else None


def has_landed(message: Message, status: DropStatus | None) -> bool:
    """Whether the shop's state proves that `message` arrived, though its answer did not."""
    change = asked(message)
    if change is None:
        return drops.has_happened(message.type, message.run, status)
    return _answers(change, status) == {True}


def made(drop: Drop, change: Changed, status: DropStatus | None) -> Drop:
    """The drop after the shop took the change: as its state says, and as was asked for where it does not say.

    A shop that accepts the change and yet says otherwise is believed what it says, and that is shown.
    """
    after = drops.seen(drop, status)
    if status is None:
        return after
    if False in _answers(change, status):
        return refused(after, change, why="The shop took the change and did not make it.", fix="Look at the shop.")
    return _with(
        after,
        Wanted(
            price_minor=change.price_minor if status.price_minor is None else None,
            stock=change.stock if _stock(change, status) is None else None,
            sku=change.sku if change.stock is not None and _stock(change, status) is None else None,
            closes_at=change.closes_at if status.closes_at is None else None,
            sold_out=change.sold_out if status.sold_out is None else None,
        ),
    )


def confirmed_by_hand(drop: Drop, change: Changed) -> Drop:
    """The director says that the change was made on the platform."""
    after = replace(_with(drop, _wanted(change)), lamp=Lamp.CLAIMED, why="", fix="")
    after = replace(after, stock_left=None if drop.stock_left is None else max(after.stock - drop.sold - drop.held, 0))
    if change.sold_out is None:
        return after
    return drops.move(after, DropState.SOLD_OUT if change.sold_out else DropState.OPEN)


def refused(drop: Drop, change: Changed, *, why: str, fix: str) -> Drop:
    """The shop refused the change for good: everything is as it was, and that is said."""
    return replace(drop, lamp=Lamp.REFUSED, why=f"{why} {stays(drop, change)}", fix=fix)


def late(drop: Drop, change: Changed, *, is_uncertain: bool, is_of_before: bool) -> Drop:
    """The change could not be delivered in time. When a try may have landed, the shop is asked before it is judged.

    `is_of_before`: pressed before the console was started again, so that nobody has said yet how the drop stands.
    """
    asking = "The shop is being asked how it stands."
    if is_of_before:
        return drops.in_doubt(drop, why=LATE, fix=asking)
    if is_uncertain:
        return replace(drop, lamp=Lamp.LOST, why=LATE, fix=asking)
    return replace(drop, lamp=Lamp.LOST, why=f"{LATE} {stays(drop, change)}", fix=AGAIN)


def heard(drop: Drop, status: DropStatus, after: Drop) -> Drop:
    """The drop `after` the shop was asked, with nothing on its way: its lamp, when its state did not move.

    A change in doubt is judged, whether or not the state moved; one from outside is named.
    """
    if drop.wanted == AS_IT_IS:
        if (after.price_minor, after.stock) == (drop.price_minor, drop.stock):
            if drop.lamp in {Lamp.SENT, Lamp.WAITING}:  # the press was called back: nothing of it waits any more
                return replace(after, lamp=Lamp.CONFIRMED, why="", fix="")
            return replace(after, lamp=drop.lamp, why=drop.why, fix=drop.fix)
        price = money_words(after.price_minor, after.currency)
        now = f"It costs {price} now, and there are {after.stock} pieces in all."
        return replace(after, lamp=Lamp.CHANGED, why=now, fix="Change it back if that is wrong.")
    change = Changed(drop=drop.id, run=drop.run, **asdict(drop.wanted))
    after, answers = replace(after, wanted=AS_IT_IS), _answers(change, status)
    if answers == {True}:
        return replace(after, lamp=Lamp.CONFIRMED, why="", fix="")
    if False in answers:
        return replace(after, lamp=Lamp.LOST, why=f"{LATE} {stays(after, change)}", fix=AGAIN)
    why = f"{LATE} The shop does not say whether it was made all the same."
    return replace(after, lamp=Lamp.LOST, why=why, fix="Look at the shop, then change it again if you still want it.")


def as_fields(change: Changed) -> dict[str, object]:
    """What is asked for, as the journal writes it."""
    fields: dict[str, object] = change.model_dump(mode="json", exclude_none=True)
    return fields


def terms(drop: Drop) -> dict[str, object]:
    """How the drop is sold, as the journal writes it."""
    return {
        "drop": drop.id,
        "run": drop.run,
        "price_minor": drop.price_minor,
        "stock": drop.stock,
        "sold_out": drop.is_held,
    }


def stays(drop: Drop, change: Changed) -> str:
    """What is as it was, in words for the director."""
    return f"{_as_it_is(drop, _wanted(change))} as before."


def done_words(drop: Drop, change: Changed) -> str:
    """What the shop confirmed, in words for the director."""
    return f"{_as_it_is(drop, _wanted(change))} now."


def _as_it_is(drop: Drop, asked_for: Wanted) -> str:
    """How the drop stands in all that was asked for."""
    parts = []
    if asked_for.price_minor is not None:
        parts.append(f"costs {money_words(drop.price_minor, drop.currency)}")
    if asked_for.stock is not None:
        kind = drop.variant(asked_for.sku)
        of = f"{kind.stock} pieces of {kind.name}" if kind is not None else f"{drop.stock} pieces"
        parts.append(f"has {of} in all")
    if asked_for.closes_at is not None:
        at = "at its own time" if drop.closes_at is None else f"at {drop.closes_at.astimezone():%H:%M:%S}"
        parts.append(f"closes {at}")
    if asked_for.sold_out is not None:
        parts.append("is marked sold out" if drop.is_held else "is not marked sold out")
    return f"{drop.title} {' and '.join(parts)}"


def _answers(change: Changed, status: DropStatus | None) -> set[bool | None]:
    """What the shop's state says of each value that was asked for: so, otherwise, or (None) nothing."""
    if status is None or status.run != change.run:
        return {None}
    answers: set[bool | None] = set()
    stock = _stock(change, status)
    for name, said in (("price_minor", status.price_minor), ("stock", stock), ("sold_out", _sold_out(status))):
        if (value := getattr(change, name)) is not None:
            answers.add(None if said is None else said == value)
    if change.closes_at is not None:
        answers.add(None if status.closes_at is None else abs(status.closes_at - change.closes_at) < SAME_END)
    return answers


def _stock(change: Changed, status: DropStatus) -> int | None:
    """The stock that the shop says of what the change is about: of one kind, where it names one."""
    if change.sku is None:
        return status.stock
    return next((kind.stock for kind in status.variants or () if kind.sku == change.sku), None)


def _sold_out(status: DropStatus) -> bool | None:
    if status.state is ShopState.CLOSED:
        return True  # nobody can buy any more
    if status.sold_out is not None:
        return status.sold_out
    return False if status.state is ShopState.OPEN else None


def _with(drop: Drop, wanted: Wanted) -> Drop:
    """The drop with all that is asked for."""
    kinds = tuple(
        replace(kind, stock=wanted.stock) if kind.sku == wanted.sku and wanted.stock is not None else kind
        for kind in drop.variants
    )
    stock = drop.stock if wanted.stock is None else wanted.stock
    return replace(
        drop,
        price_minor=drop.price_minor if wanted.price_minor is None else wanted.price_minor,
        stock=sum(kind.stock for kind in kinds) if kinds else stock,
        variants=kinds,
        closes_at=wanted.closes_at or drop.closes_at,
        is_held=drop.is_held if wanted.sold_out is None else wanted.sold_out,
    )


def _merged(first: Wanted, then: Wanted) -> Wanted:
    return replace(first, **{name: value for name, value in asdict(then).items() if value is not None})


def _wanted(change: Changed) -> Wanted:
    return Wanted(change.price_minor, change.stock, change.closes_at, change.sold_out, change.sku)
