"""What a report lists: takes, drops, orders, alarms, moments, spans. Plain values.

Amounts are integer minor units, answers milliseconds.
"""

from dataclasses import dataclass, field
from datetime import datetime

from console.contract.standing import Standing, standing_of
from console.show.entries import Entry


@dataclass(slots=True)
class Take:
    """One take: `result` is proved, claimed, failed, lost, landed late, refused, cancelled, or "no proof"."""

    at: datetime
    scene: str
    origin: str
    result: str = "no proof"
    ms: float | None = None


@dataclass(slots=True)
class DropRun:
    """One run of one drop."""

    drop: str
    run: int
    title: str = ""
    price_minor: int | None = None
    currency: str = ""
    stock: int | None = None
    state: str = "draft"
    sold: int = 0
    held: int = 0  # pieces
    revenue_minor: int = 0  # authorised: held, firm and paid
    paid_minor: int = 0
    confirm_ms: float | None = None  # from fire to the shop's answer
    fired: Entry | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    is_held: bool = False  # marked sold out by hand
    prices: list[tuple[datetime, int]] = field(default_factory=list)  # changed while it was armed or open

    def close(self, at: datetime) -> None:
        """It is over; one that was stopped in its countdown never opened."""
        self.closed_at = at
        if self.opened_at is not None and self.opened_at > at:
            self.opened_at = None

    def prices_on_sale(self) -> list[tuple[datetime, int]]:
        """The price at its opening, and each later one with its time; nothing of a drop that did not open."""
        if self.opened_at is None:
            return []
        before = [minor for at, minor in self.prices if at <= self.opened_at]
        first = before[-1] if before else self.price_minor
        later = [(at, minor) for at, minor in self.prices if at > self.opened_at]
        return later if first is None else [(self.opened_at, first), *later]

    def count(self, order: "Order") -> None:
        """Add an order that counts."""
        is_held = order.standing is Standing.HELD
        self.held += order.quantity if is_held else 0
        self.sold += 0 if is_held else order.quantity
        self.revenue_minor += order.amount_minor
        self.paid_minor += order.amount_minor if order.standing is Standing.PAID else 0
        self.currency = self.currency or order.currency

    def change(self, at: datetime, price_minor: int | None, stock: int | None, *, is_held: bool) -> None:
        """From `at` on it is sold like this; None: as before."""
        self.stock = self.stock if stock is None else stock
        if price_minor not in (None, self.prices[-1][1] if self.prices else self.price_minor):
            self.prices.append((at, price_minor or 0))
        if is_held and self.state == "open":
            self.state, self.closed_at = "sold out", at
        elif self.is_held and not is_held and self.state == "sold out":
            self.state, self.closed_at = "open", None
        self.is_held = is_held


@dataclass(slots=True)
class Order:
    """One order as it stood last."""

    at: datetime
    id: str
    drop: str
    run: int
    quantity: int
    amount_minor: int
    currency: str
    source: str
    state: str
    viewed_at: datetime | None = None  # when its buyer first saw the drop
    paid_at: datetime | None = None

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return standing_of(self.state)

    @property
    def counts(self) -> bool:
        """False for an order that came to nothing, or has no piece."""
        return self.standing.counts

    def keep_within(self, start: datetime, end: datetime) -> None:
        """Its times lie in the show: the shop's clock may be another one."""
        self.at = min(max(self.at, start), end)
        self.paid_at = self.paid_at and min(max(self.paid_at, start), end)


@dataclass(slots=True)
class Alarm:
    """One alarm; `until` is None when it was there to the end."""

    at: datetime
    id: str
    kind: str
    what: str
    fix: str
    until: datetime | None = None


@dataclass(slots=True)
class Note:
    """One moment: a marker, a cue, a refused or failed action."""

    at: datetime
    text: str
    origin: str
    detail: str = ""


@dataclass(slots=True)
class Span:
    """From one moment to another: a scene on air, a stream, a recording."""

    name: str
    start: datetime
    end: datetime | None = None
