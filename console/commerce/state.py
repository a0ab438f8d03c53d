"""What is known of the sale. Pure values; money is integer minor units, times are aware UTC."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from console.commerce.figures import DropFigures, Figures
from console.commerce.lines import Contradiction, OutboxLine
from console.commerce.reach import Reached
from console.contract.books import Books
from console.core.errors import IllegalMove
from console.core.links import Link


class DropState(StrEnum):
    """Where a drop is."""

    DRAFT = "draft"
    ARMING = "arming"
    ARMED = "armed"
    FIRING = "firing"
    COUNTDOWN = "countdown"  # the shop opens it by itself at opens_at
    OPEN = "open"
    SOLD_OUT = "sold_out"
    CLOSED = "closed"
    ASKING = "asking"  # not known: the shop is asked, then the director


MOVES: dict[DropState, frozenset[DropState]] = {
    DropState.DRAFT: frozenset({DropState.ARMING, DropState.ASKING}),
    DropState.ARMING: frozenset({DropState.ARMED, DropState.DRAFT, DropState.ASKING}),
    DropState.ARMED: frozenset({DropState.FIRING, DropState.DRAFT, DropState.ASKING}),
    DropState.FIRING: frozenset({DropState.COUNTDOWN, DropState.OPEN, DropState.ARMED, DropState.ASKING}),
    DropState.COUNTDOWN: frozenset({DropState.OPEN, DropState.SOLD_OUT, DropState.CLOSED, DropState.ASKING}),
    DropState.OPEN: frozenset({DropState.SOLD_OUT, DropState.CLOSED, DropState.ASKING}),
    DropState.SOLD_OUT: frozenset({DropState.OPEN, DropState.CLOSED, DropState.ASKING}),
    DropState.CLOSED: frozenset({DropState.DRAFT, DropState.ASKING}),
    DropState.ASKING: frozenset(DropState),
}


ON_SALE: Final = frozenset(
    {DropState.FIRING, DropState.COUNTDOWN, DropState.OPEN, DropState.SOLD_OUT, DropState.ASKING}
)
TO_COME: Final = frozenset({DropState.DRAFT, DropState.ARMING, DropState.ARMED})


class Lamp(StrEnum):
    """What the far side has confirmed of the last press (law 4)."""

    NONE = ""
    SENT = "SENT"
    WAITING = "WAITING"
    CONFIRMED = "CONFIRMED"
    CLAIMED = "CONFIRMED BY HAND"
    REFUSED = "REFUSED"
    LOST = "LOST"
    CHANGED = "CHANGED FROM OUTSIDE"


class Checkout(StrEnum):
    """Whether buyers may pay now."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a change of a drop asks for, in absolute values; None: as it is. `sold_out`: marked so by hand."""

    price_minor: int | None = None
    stock: int | None = None
    closes_at: datetime | None = None
    sold_out: bool | None = None
    sku: str | None = None  # the kind that `stock` is of, in a drop with kinds


AS_IT_IS = Wanted()


@dataclass(frozen=True, slots=True)
class Variant:
    """One kind of a drop's product. `left` is None until the shop has said it."""

    sku: str
    name: str
    price_minor: int
    stock: int
    left: int | None = None
    held: int = 0
    sold: int = 0


@dataclass(frozen=True, slots=True)
class Drop:
    """A timed sale of one product, in one run. `why` and `fix` speak when something is not as it should be.

    `wanted` is what changes on their way ask for: everything else is as the shop last said it. `opens_at`: the end of
    its countdown, when it has one; the one in the room ends `room_lead_s` before, so that who sees the picture late
    sees its end when the shop opens.
    """

    id: str
    title: str
    price_minor: int
    currency: str
    stock: int
    per_buyer: int
    duration_s: int
    run: int = 1
    state: DropState = DropState.DRAFT
    stock_left: int | None = None
    sold: int = 0
    closes_at: datetime | None = None
    lamp: Lamp = Lamp.NONE
    why: str = ""
    fix: str = ""
    is_held: bool = False  # marked sold out by hand
    wanted: Wanted = AS_IT_IS
    is_until_sold_out: bool = False  # `duration_s` is only the latest end then
    countdown_s: int = 0
    is_heard_by_viewers: bool = False  # it opens when they see it, not when the room does
    opens_at: datetime | None = None
    room_lead_s: float = 0.0
    held: int = 0  # pieces that are reserved and not paid
    waiting: int = 0  # orders that wait for a piece
    variants: tuple[Variant, ...] = ()  # its kinds; none: there is only one
    last_price_minor: int | None = None  # what it cost before its price was changed, in this run

    @property
    def room_opens_at(self) -> datetime | None:
        """When the countdown ends in the room and in the picture that leaves it."""
        return None if self.opens_at is None else self.opens_at - timedelta(seconds=self.room_lead_s)

    def variant(self, sku: str | None) -> Variant | None:
        """The kind of that sku, if there is one."""
        return next((kind for kind in self.variants if kind.sku == sku), None)

    def to(self, new: DropState) -> "Drop":
        """This drop in state `new`. Raises IllegalMove when MOVES forbids it."""
        if new not in MOVES[self.state]:
            raise IllegalMove(f"{self.id}: {self.state} to {new}")
        return replace(self, state=new)


@dataclass(frozen=True, slots=True)
class StreamDelay:
    """How late viewers see the picture, in seconds; 0: not known. Measured by hand in this show run, or as set."""

    seconds: float = 0.0
    is_measured: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One order as the shop told it."""

    id: str
    drop: str
    run: int
    quantity: int
    amount_minor: int
    currency: str
    source: str
    state: str
    at: datetime  # when it came first
    viewed_at: datetime | None = None  # when its buyer first saw the drop
    changed_at: datetime | None = None  # when it came to this state
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class OrderList:
    """Orders of some runs (drop and run) that were unpaid when they were listed, or came since, as they are now.

    `asked`: the ids of those that are on their way to the shop, to be voided or marked paid.
    """

    runs: tuple[tuple[str, int], ...]
    orders: tuple[Order, ...] = ()
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sale:
    """The whole of selling. `chosen` is the drop that D and F act on; `orders` are the last 200, newest first."""

    kind: str = "embedded"
    link: Link = Link()
    url: str = ""
    public_url: str = ""
    reach: Reached | None = None  # whether buyers can reach our own shop there, once it was asked
    drops: tuple[Drop, ...] = ()
    chosen: str | None = None
    checkout: Checkout = Checkout.UNKNOWN
    outbox_pending: int = 0
    outbox_held: str = ""  # why the outbox waits for the director, when it does
    outbox: tuple[OutboxLine, ...] = ()  # what is under way first, then the last that ended, each newest first
    contradictions: tuple[Contradiction, ...] = ()  # the shop's, newest first
    orders: tuple[Order, ...] = ()
    currency: str = "EUR"
    figures: Figures = Figures()  # of this show run
    drop_figures: tuple[DropFigures, ...] = ()  # of every run of a drop that has any
    stream_delay: StreamDelay = StreamDelay()
    is_stopping: bool = False  # STOP SALE pressed, not yet confirmed
    highlighted: tuple[str, ...] = ()  # the drops that stand first for buyers, as the director wants it
    highlight_lamp: Lamp = Lamp.NONE  # what the shop has said to that
    stopped: tuple[tuple[str, int], ...] = ()  # drop and run that STOP SALE closed last
    fired_before: tuple[tuple[str, int], ...] = ()  # drop and run, fired and not open when the console started again
    unpaid: tuple[Order, ...] = ()  # every order of this show run that can still be voided, oldest first
    listed: OrderList | None = None  # the orders that the director looks through
    books: Books | None = None  # every piece of our own shop, counted once more every few seconds

    @property
    def sold(self) -> int:
        """Pieces sold in this show run."""
        return self.figures.sold

    def figures_of(self, drop: Drop) -> DropFigures:
        """The figures of a drop's present run."""
        found = (one for one in self.drop_figures if (one.drop, one.run) == (drop.id, drop.run))
        return next(found, DropFigures(drop.id, drop.run))

    def drop(self, id: str) -> Drop | None:
        """The drop of that id, if there is one."""
        return next((drop for drop in self.drops if drop.id == id), None)

    @property
    def next_drop(self) -> Drop | None:
        """The drop that comes next: the first that waits behind the last one on sale, else behind the chosen one.

        Where none waits behind it, the first that waits at all.
        """
        ids = [drop.id for drop in self.drops]
        here = max((n for n, drop in enumerate(self.drops) if drop.state in ON_SALE), default=None)
        if here is None:
            here = ids.index(self.chosen) if self.chosen in ids else -1
        behind = (*self.drops[here + 1 :], *self.drops[: max(here, 0)])
        return next((drop for drop in behind if drop.state in TO_COME), None)
