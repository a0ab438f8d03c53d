"""How a buyer can pay: the port, and the two ways that there are. Loop thread; no HTTP, no store.

A way says what the buyer of an order is shown. Its money is reported by `Till.pay(order id, by=its name)`, however
often: an order is paid once, and one that is over stays over. At the counter a press reports it, a payment link's
money is the director's to report, and who tells the shop by itself is a `Provider`.
"""

import asyncio
import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable
from urllib.parse import quote

from console.contract import money
from console.contract.orders import OrderState
from console.shop import counter
from console.shop.goods import BY_LINK, Order, Terms
from console.shop.rules import is_to_pay

OFFER_WITHIN_S: Final = 2.0  # a buyer's page gives the whole answer eight


@dataclass(frozen=True, slots=True)
class Offer:
    """What a buyer is shown: an https address to pay at, or words where there is nothing to press."""

    address: str | None = None
    words: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for both, neither, or an address that is not safe to press."""
        is_safe = self.address is None or self.address.startswith("https://")
        if not is_safe or bool(self.address) == bool(self.words):
            raise ValueError("an offer is an https address, or words")


class Way(Protocol):
    """One way to pay."""

    @property
    def name(self) -> str:
        """One word: what `paid_by` of its orders, and so receipts and takings, say."""
        ...

    async def offer(self, order: Order, terms: Terms) -> Offer | None:
        """What the buyer of an order that is to be paid is shown; None: not this way, or not at this moment.

        Asked at every look at the order, by several pages at once, and cancelled after OFFER_WITHIN_S. So who makes
        something elsewhere makes it under the key `order.id`: the same order is always the same payment. Trouble
        there is None, never an exception: the order is taken all the same.
        """
        ...


@runtime_checkable
class Provider(Way, Protocol):
    """A way that tells the shop by itself that the money is there."""

    async def paid(self, headers: Mapping[str, str], body: bytes) -> Sequence[str]:
        """The ids of the orders that a message says are paid; none when it is about something else.

        Raises SignatureError unless it is the provider's own. A message may come twice, late, and out of order.
        """
        ...


class AtTheCounter:
    """Everybody can pay there, with their number. What is pressed there says more than its name: cash, or card."""

    name = counter.SOURCE

    async def offer(self, order: Order, terms: Terms) -> Offer | None:
        """Where to go with the number."""
        match order.state:
            case OrderState.HELD:
                return Offer(words="Pay at the counter in time: show this number.")
            case OrderState.CONFIRMED:
                return Offer(words="Show it when you collect and pay. It stays on this page.")
            case _:
                return Offer(words="Pay at the counter: show this number.")


class PaymentLink:
    """Any provider's page, by the address in the show file. Who was paid there, the director knows and reports."""

    name = BY_LINK

    async def offer(self, order: Order, terms: Terms) -> Offer | None:
        """The address with the order's own values; None for a show without one, or with an unsafe one."""
        address = payment_link(terms.pay_url or "", order)
        return None if address is None else Offer(address)


WAYS: Final[tuple[Way, ...]] = (PaymentLink(), AtTheCounter())


class Paying:
    """The ways to pay of one shop, the best first."""

    def __init__(self, ways: Sequence[Way] = WAYS) -> None:
        """Raises ValueError when two have one name, or one has a name that a press at the counter gives."""
        self._ways = {way.name: way for way in ways}
        if len(self._ways) < len(ways) or self._ways.keys() & set(counter.BY):
            raise ValueError("each way to pay needs a name of its own")

    async def offer(self, order: Order, terms: Terms) -> Offer | None:
        """What the first way that has something shows; None when there is nothing to pay now.

        A way that is slow is passed over: an order is never held up by it.
        """
        for way in self._ways.values() if is_to_pay(order, terms) else ():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(OFFER_WITHIN_S):
                    offer = await way.offer(order, terms)
                if offer is not None:
                    return offer
        return None

    def provider(self, name: str) -> Provider | None:
        """The way of that name, when it tells the shop by itself."""
        way = self._ways.get(name)
        return way if isinstance(way, Provider) else None


def payment_link(template: str, order: Order) -> str | None:
    """The address with the order's own values in it, escaped for one; None when it is not a safe one to offer."""
    values = {
        "order": order.id,
        "amount": money.plain(order.amount_minor, order.currency),
        "currency": order.currency,
        "pickup": order.pickup,
    }
    link = re.sub(r"\{(order|amount|currency|pickup)\}", lambda found: quote(values[found[1]], safe=""), template)
    return link if link.startswith("https://") else None
