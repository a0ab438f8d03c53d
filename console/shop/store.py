"""What a database must do for the shop: the port. Its one implementation here is console.shop.sqlite_store.

Each method that writes is one transaction that is durable when it returns. Several processes may use one database,
so whatever decides something decides it there: a piece is taken by the statement that counts it down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from console.contract.events import Event
from console.shop.counter import Counter, CounterSale, Press, Receipt, Takings
from console.shop.goods import Books, Drop, Logged, Order, Refused, Terms, Wish
from console.shop.rules import Verdict


@dataclass(frozen=True, slots=True)
class EventAnswer:
    """What an event was answered: the verdict, the body as JSON (empty when there is none), and why."""

    verdict: Verdict
    status: str = ""
    why: str = ""


class Store(Protocol):
    """What a database must do for the shop. Each method blocks until it is done."""

    def drops(self) -> tuple[Drop, ...]:
        """The newest run of every drop."""
        ...

    def is_checkout_open(self) -> bool:
        """Whether buyers may pay now."""
        ...

    def highlighted(self) -> tuple[str, ...]:
        """The ids of the drops that stand first on the buyers' list, as they were last named."""
        ...

    def apply(self, event: Event, digest: str, now: datetime) -> EventAnswer:
        """Obey `event` once; its id's first final answer for every repeat. `digest` is its content's."""
        ...

    def order(self, wish: Wish, now: datetime) -> Order | Refused:
        """Take the order or refuse it; for every repeat of its key the order as it is by now, or the first refusal."""
        ...

    def orders(self, wishes: Sequence[Wish], now: datetime) -> Sequence[Order | Refused]:
        """What `order` says of each, in their order, made durable together: all of it or, when it raises, nothing."""
        ...

    def pay(self, id: str, by: str, now: datetime) -> Order | Refused:
        """The money for an order is there (`by`: cash, card, link); a paid one stays as it is.

        MOVED: there is no such order, or nothing to pay any more. SOLD_OUT: it had no piece, and none is left.
        """
        ...

    def give_back(self, id: str, buyer: str, now: datetime) -> Order | Refused:
        """A buyer's own reservation, or place in the waiting list, is void; a void one stays as it is.

        MOVED: that buyer has no such order, or it is firm, paid or over.
        """
        ...

    def refund(self, id: str, now: datetime, *, returns: bool) -> Order | Refused:
        """A paid order's money was given back. `returns`: its pieces are back in stock. MOVED: it was not paid."""
        ...

    def tidy(self, now: datetime) -> int:
        """What time alone does: sales close, reservations end, who waits gets what came back; returns how much."""
        ...

    def forget(self, before: datetime) -> int:
        """Erase what a buyer can be known by from orders that nothing happened to since `before`; returns how many.

        What was sold stays. A repeat of a key that old is a new order: sales do not last that long.
        """
        ...

    def next_due(self) -> datetime | None:
        """When `tidy` has something to do next by time alone; None: never, as things are."""
        ...

    def is_holding(self) -> bool:
        """Whether any order, of whatever drop and run, holds pieces unpaid."""
        ...

    def orders_after(self, seq: int, *, limit: int) -> Sequence[Logged]:
        """What became of orders after `seq`, oldest first; from the first when `seq` is from another store's life."""
        ...

    def newest_change(self) -> int:
        """The number of the newest change of an order; 0 before the first."""
        ...

    def orders_of(self, buyer: str) -> Sequence[Order]:
        """What one buyer has ordered, of whatever drop and run, oldest first."""
        ...

    def order_of(self, *, id: str = "", pickup: str = "") -> Order | None:
        """The one order of that id, or of that pick-up number."""
        ...

    def press(self, press: Press | CounterSale, now: datetime) -> Order | Refused:
        """Do what was pressed at the counter; a repeat of its key finds the order as it is by now, or the refusal.

        MOVED: the order is not where the press found it. UNPAID: nothing is handed over before it is paid. TOO_LATE:
        it is paid for so long that it can only be refunded. A sale: CLOSED, VARIANT, PRICE, SOLD_OUT.
        """
        ...

    def counter(self) -> Counter:
        """What the counter sells."""
        ...

    def to_collect(self, *, limit: int) -> Sequence[Order]:
        """What is held, confirmed, or paid and not handed over; the newest `limit`, newest first."""
        ...

    def takings(self, since: datetime) -> Sequence[Takings]:
        """What came in and was given back since then, each way of paying and currency apart."""
        ...

    def all_orders(self) -> Sequence[Order]:
        """Every order, oldest first."""
        ...

    def receipt(self, token: str) -> Receipt | None:
        """The order with that token, and what its receipt says beside it."""
        ...

    def terms(self, drop: str, run: int) -> Terms:
        """How that run was sold; as by default, when it was never armed here."""
        ...

    def waiting(self) -> Sequence[Order]:
        """All who wait for a piece, of whatever drop, first come first."""
        ...

    def books(self) -> Books:
        """Everything counted once more, from the orders up."""
        ...

    def close(self) -> None:
        """Let the database go."""
        ...
