"""What a report lists: takes, drops, orders, alarms, moments, spans. Plain values.

Amounts are integer minor units, answers milliseconds.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from console.show.entries import Entry

VOID_ORDERS: Final = frozenset({"cancelled", "canceled", "refused", "refunded", "expired", "failed", "void"})


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
    revenue_minor: int = 0
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

    @property
    def counts(self) -> bool:
        """False for an order that came to nothing."""
        return self.state.casefold() not in VOID_ORDERS


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
