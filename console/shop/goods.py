"""What the shop holds: drops with their pieces, and orders. Pure; money is integer minor units, times are UTC."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from console.contract.events import Access, Hold
from console.contract.orders import DropStatus, OrderState, ShopState, VariantStatus

HOLD_S: Final = 300
BY_LINK: Final = "link"  # paid elsewhere, as the director says


class Pool(StrEnum):
    """What a shelf's pieces are set aside for."""

    LIVE = "live"  # the drop, in the show
    COUNTER = "counter"  # the table in the room
    ON_DEMAND = "on_demand"  # not made yet: sold when the others are gone, and made afterwards


class PieceState(StrEnum):
    """Where a piece is: each is in one of these, so they always make what was allotted."""

    LEFT = "left"
    HELD = "held"
    SOLD = "sold"


PIECES: Final[dict[OrderState, PieceState | None]] = {
    OrderState.WAITING: None,  # no piece is touched
    OrderState.HELD: PieceState.HELD,
    OrderState.CONFIRMED: PieceState.SOLD,
    OrderState.PAID: PieceState.SOLD,
    OrderState.VOID: PieceState.LEFT,
    OrderState.EXPIRED: PieceState.LEFT,
    OrderState.REFUNDED: PieceState.LEFT,
}
UNPAID: Final = (OrderState.WAITING, OrderState.HELD, OrderState.CONFIRMED)
MOVES: Final[dict[OrderState, frozenset[OrderState]]] = {
    OrderState.WAITING: frozenset({OrderState.HELD, OrderState.PAID, OrderState.VOID, OrderState.EXPIRED}),
    OrderState.HELD: frozenset({OrderState.PAID, OrderState.VOID, OrderState.EXPIRED}),
    OrderState.CONFIRMED: frozenset({OrderState.PAID, OrderState.VOID}),
    OrderState.PAID: frozenset({OrderState.REFUNDED, *UNPAID}),  # undone: as it was
    OrderState.VOID: frozenset(),
    OrderState.EXPIRED: frozenset(),
    OrderState.REFUNDED: frozenset(),
}
FIRST_STATE: Final = {
    Hold.FIRM: OrderState.CONFIRMED,
    Hold.RESERVE: OrderState.HELD,
    Hold.FIRST_PAID: OrderState.WAITING,
}
STANDING: Final = (*UNPAID, OrderState.PAID)  # what counts for the limit per buyer


@dataclass(frozen=True, slots=True)
class Shelf:
    """The pieces of one kind in one pool: always sold + held + left = allotted. Without a price: the drop's."""

    sku: str
    pool: Pool
    allotted: int
    left: int
    held: int = 0
    sold: int = 0
    variant: str = ""
    price_minor: int | None = None

    @property
    def is_balanced(self) -> bool:
        """Whether every piece is in one place, and none is missing."""
        return min(self.left, self.held, self.sold) >= 0 and self.sold + self.held + self.left == self.allotted

    def restocked(self, allotted: int) -> "Shelf":
        """The shelf with so many pieces in all; what is sold and held stays so."""
        return replace(self, allotted=allotted, left=allotted - self.sold - self.held)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a drop is sold, beyond its price: as it was armed."""

    hold: Hold = Hold.FIRM
    hold_s: int = HOLD_S
    access: Access | None = None
    picture: str | None = None
    unlock: str | None = None
    pay_url: str | None = None
    seller: tuple[str, ...] = ()
    tax_note: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """One run of a drop. `state` is what was told (never SOLD_OUT: that follows from what is left).

    COUNTDOWN: it opens by itself at `opens_at`, whether or not anybody says so then.
    `is_ended`: closed by a hand, not only by its time: nobody in the waiting list gets a piece any more.
    """

    id: str
    run: int
    title: str = ""
    price_minor: int = 0
    currency: str = "EUR"
    per_buyer: int = 1
    shelves: tuple[Shelf, ...] = ()
    state: ShopState = ShopState.DRAFT
    is_sold_out_by_hand: bool = False
    is_ended: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    waiting: int = 0
    terms: Terms = Terms()

    @property
    def stock(self) -> int:
        """All pieces that were allotted to this run."""
        return sum(shelf.allotted for shelf in self.shelves)

    @property
    def left(self) -> int:
        """Pieces that can be bought now."""
        return sum(shelf.left for shelf in self.shelves)

    @property
    def held(self) -> int:
        """Pieces that are reserved and not paid."""
        return sum(shelf.held for shelf in self.shelves)

    @property
    def sold(self) -> int:
        """Pieces sold in this run."""
        return sum(shelf.sold for shelf in self.shelves)

    @property
    def skus(self) -> tuple[str, ...]:
        """Its kinds, in the order in which they are shown."""
        return tuple(dict.fromkeys(shelf.sku for shelf in self.shelves))

    def variant_of(self, sku: str) -> str:
        """What that kind is called; "" where there is only one."""
        return next((shelf.variant for shelf in self.shelves if shelf.sku == sku), "")

    def price_of(self, sku: str) -> int:
        """What one piece of that kind costs, minor units."""
        prices = (shelf.price_minor for shelf in self.shelves if shelf.sku == sku)
        return next((price for price in prices if price is not None), self.price_minor)

    def left_of(self, sku: str) -> int:
        """The most pieces of that kind that one order can have: an order is served from one shelf."""
        return max((shelf.left for shelf in self.shelves if shelf.sku == sku), default=0)

    def state_at(self, now: datetime) -> ShopState:
        """What buyers meet at `now`: a sale opens and closes by its times, whether or not anybody said so."""
        if self.state not in (ShopState.COUNTDOWN, ShopState.OPEN):
            return self.state
        if self.closes_at is None or now >= self.closes_at:
            return ShopState.CLOSED
        if self.state is ShopState.COUNTDOWN and self.opens_at is not None and now < self.opens_at:
            return ShopState.COUNTDOWN
        return ShopState.SOLD_OUT if self.is_sold_out_by_hand or self.left == 0 else ShopState.OPEN

    def status(self, now: datetime) -> DropStatus:
        """The drop as the contract's answers hold it."""
        is_known = bool(self.title)  # closed before it was ever armed: nobody knows what it costs
        return DropStatus(
            id=self.id,
            run=self.run,
            state=self.state_at(now),
            stock_left=self.left,
            sold=self.sold,
            closes_at=self.closes_at,
            price_minor=self.price_minor if is_known else None,
            stock=self.stock if is_known else None,
            sold_out=self.is_sold_out_by_hand,
            held=self.held,
            waiting=self.waiting,
            variants=self._variants(),
            opens_at=self.opens_at,
        )

    def _variants(self) -> tuple[VariantStatus, ...] | None:
        if not any(shelf.variant for shelf in self.shelves):
            return None
        return tuple(
            VariantStatus(
                sku=sku,
                name=of[0].variant,
                price_minor=self.price_of(sku),
                stock=sum(shelf.allotted for shelf in of),
                stock_left=sum(shelf.left for shelf in of),
                held=sum(shelf.held for shelf in of),
                sold=sum(shelf.sold for shelf in of),
            )
            for sku in self.skus
            if (of := [shelf for shelf in self.shelves if shelf.sku == sku])
        )


class Reason(StrEnum):
    """Why an order was refused, in one word for programs."""

    NOT_OPEN = "not_open"
    CLOSED = "closed"
    SOLD_OUT = "sold_out"
    LIMIT = "limit"
    PRICE = "price"  # the price changed after the buyer had seen it
    VARIANT = "variant"  # the drop has kinds, and this is none of them
    ACCESS = "access"  # only whoever has a code may buy, or may buy yet
    CODE_USED = "code_used"
    MOVED = "moved"  # an order that is not in a state from which it can go there
    KEY_REUSED = "key_reused"
    UNPAID = "unpaid"  # nothing is handed over before it is paid
    TOO_LATE = "too_late"  # so long ago that it can only be refunded


@dataclass(frozen=True, slots=True)
class Wish:
    """What a buyer asks for. `fingerprint` tells whether a repeated key carries the same wish.

    `code`: the digest of an access code. `waits`: rather wait for a piece to come back than be refused.
    """

    drop: str
    key: str
    fingerprint: str
    buyer: str
    quantity: int
    source: str = ""
    expected_price_minor: int | None = None
    sku: str | None = None
    code: str | None = None
    waits: bool = False
    viewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """One order. `pickup` is the number that the buyer shows; `pool` None: it has no piece (yet).

    An order of the counter is of run 0, as its shelf; `told_run` is the run that the orders stream names then.
    `token` opens its receipt: whoever has it has paid, or will.
    """

    id: str
    drop: str
    run: int
    sku: str
    pool: Pool | None
    buyer: str
    quantity: int
    amount_minor: int
    currency: str
    source: str
    pickup: str
    state: OrderState
    at: datetime
    changed_at: datetime
    expires_at: datetime | None = None
    paid_by: str = ""
    viewed_at: datetime | None = None
    title: str = ""
    variant: str = ""
    token: str = ""
    paid_at: datetime | None = None
    handed_at: datetime | None = None
    told_run: int = 0

    @property
    def what(self) -> str:
        """What was bought, with its kind: "Linen cap, M"."""
        return ", ".join(filter(None, (self.title, self.variant)))


@dataclass(frozen=True, slots=True)
class Logged:
    """An order as it was after its change number `seq`, which counts up and is never seen late."""

    seq: int
    order: Order


@dataclass(frozen=True, slots=True)
class Refused:
    """An order that was not taken; `limit` and `left` are pieces, for the words."""

    reason: Reason
    limit: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Books:
    """The whole shop counted: `is_right` when every shelf adds up and holds what the orders say."""

    allotted: int = 0
    sold: int = 0
    held: int = 0
    left: int = 0
    wrong: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong
