"""The drop's state machine: what a press may do, what an answer means. Pure: no clock, no I/O.

A press that is not possible raises UserError in the director's words.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from console.commerce.state import AS_IT_IS, MOVES, Drop, DropState, Lamp, Variant
from console.contract.events import EventType
from console.contract.orders import DropStatus, ShopState
from console.core.clock import rfc3339
from console.core.errors import UserError


class Press(StrEnum):
    """What the director can do with one drop."""

    ARM = "arm"
    DISARM = "disarm"
    FIRE = "fire"
    CLOSE = "close"
    RENEW = "renew"
    CHANGE = "change"


S = DropState
ALLOWED: Final[dict[Press, frozenset[DropState]]] = {
    Press.ARM: frozenset({S.DRAFT}),
    Press.DISARM: frozenset({S.ARMING, S.ARMED}),
    Press.FIRE: frozenset({S.ARMED}),
    Press.CLOSE: frozenset({S.FIRING, S.COUNTDOWN, S.OPEN, S.SOLD_OUT, S.ASKING}),
    Press.RENEW: frozenset({S.CLOSED}),
    Press.CHANGE: frozenset({S.ARMED, S.COUNTDOWN, S.OPEN, S.SOLD_OUT}),
}

WORDS: Final[dict[DropState, tuple[str, str]]] = {
    S.DRAFT: ("is not armed", "Arm it first."),
    S.ARMING: ("is being armed", "Wait for the shop, or disarm it."),
    S.ARMED: ("is armed already", "Fire it, or disarm it."),
    S.FIRING: ("is being fired already", "Wait for the shop's answer, or stop the sale."),
    S.COUNTDOWN: ("is counting down already", "Wait until it opens, or close it: then it never opens."),
    S.OPEN: ("is on sale already", "Close it first."),
    S.SOLD_OUT: ("is sold out", "Close it first."),
    S.CLOSED: ("is closed", "Renew it to sell it again."),
    S.ASKING: ("is in doubt: the shop has not said yet how it is", "Wait for the shop, or close it."),
}


AT_SHOP: Final = {state: state.value.replace("_", " ") for state in S} | {S.COUNTDOWN: "counting down"}
AT_ONCE: Final = "The shop knows no countdown: it opened at once."
_POLL_S: Final = {S.ASKING: 1.0, S.COUNTDOWN: 3.0, S.OPEN: 3.0, S.SOLD_OUT: 3.0, S.ARMED: 5.0}
_SELDOM_S: Final = 15.0
_JUST_AFTER_S: Final = 0.02
_OVERDUE_S: Final = 0.3  # the shop's clock is behind ours: it opens in a moment


_OPENED: Final = frozenset({ShopState.COUNTDOWN, ShopState.OPEN, ShopState.SOLD_OUT, ShopState.CLOSED})


def check(drop: Drop, press: Press) -> None:
    """Nothing, when `press` is possible now. Raises UserError with why not and what to do."""
    if drop.state not in ALLOWED[press]:
        what, fix = WORDS[drop.state]
        if press is Press.CLOSE and drop.state is S.ARMED:
            fix = "It is not on sale; disarm it."
        raise UserError(f"{drop.title} {what}.", fix=fix)


def armed_by_hand(drop: Drop) -> Drop:
    """ARM was pressed: on its way to the shop."""
    return replace(drop.to(S.ARMING), lamp=Lamp.SENT, why="", fix="")


def fired_by_hand(drop: Drop, at: datetime, *, stream_delay_s: float = 0.0) -> Drop:
    """FIRE was pressed `at` that time: on its way to the shop. Its times are asked for, not yet confirmed."""
    lead_s = stream_delay_s if drop.is_heard_by_viewers else 0.0
    wait_s = drop.countdown_s + lead_s
    opens_at = at + timedelta(seconds=wait_s)
    return replace(
        drop.to(S.FIRING),
        lamp=Lamp.SENT,
        opens_at=opens_at if wait_s else None,
        closes_at=opens_at + timedelta(seconds=drop.duration_s),
        room_lead_s=lead_s,
        why="",
        fix="",
    )


def disarmed_by_hand(drop: Drop) -> Drop:
    """DISARM was pressed: it stays as it is until the shop has given back what it reserved."""
    return replace(drop, lamp=Lamp.SENT, why="", fix="", wanted=AS_IT_IS)


def closed_by_hand(drop: Drop) -> Drop:
    """CLOSE or STOP SALE was pressed: it stays as it is until the shop confirms."""
    return replace(drop, lamp=Lamp.SENT, why="", fix="", wanted=AS_IT_IS)


def renewed(drop: Drop) -> Drop:
    """A closed drop as a new draft, its run one higher."""
    fresh = replace(drop.to(S.DRAFT), run=drop.run + 1, lamp=Lamp.NONE, why="", fix="")
    return replace(_unsold(fresh), wanted=AS_IT_IS)


def _unsold(drop: Drop) -> Drop:
    """The drop with nothing sold or held, and nobody waiting; its kinds as they are planned."""
    kinds = tuple(replace(kind, left=None, held=0, sold=0) for kind in drop.variants)
    drop = replace(drop, stock_left=None, sold=0, held=0, waiting=0, variants=kinds)
    return replace(drop, opens_at=None, room_lead_s=0.0, closes_at=None, is_held=False)


def remembering(drop: Drop, before: Drop) -> Drop:
    """The drop, which was `before`, with the price that it had before the present one in this run."""
    if drop.run != before.run or drop.state is S.DRAFT:
        return replace(drop, last_price_minor=None)
    if drop.price_minor == before.price_minor:
        return replace(drop, last_price_minor=before.last_price_minor)
    return replace(drop, last_price_minor=before.price_minor)


def _with_pieces(drop: Drop, status: DropStatus) -> Drop:
    """The drop with the pieces as the shop counts them; kinds of which it says nothing stay as they are."""
    kinds = tuple(
        Variant(
            kind.sku,
            kind.name or (known.name if (known := drop.variant(kind.sku)) is not None else kind.sku),
            drop.price_minor if kind.price_minor is None else kind.price_minor,
            kind.stock,
            kind.stock_left,
            kind.held,
            kind.sold,
        )
        for kind in status.variants or ()
    )
    counted = replace(drop, stock_left=status.stock_left, sold=status.sold)
    return replace(counted, held=status.held or 0, waiting=status.waiting or 0, variants=kinds or drop.variants)


def seen(drop: Drop, status: DropStatus | None, *, lamp: Lamp = Lamp.CONFIRMED) -> Drop:
    """The drop as the shop says it is. None, or an older run than ours: the shop knows nothing of this run."""
    if status is None or status.run < drop.run:
        moved = move(drop, S.DRAFT)
        if moved.state is drop.state:
            return drop
        return replace(_unsold(moved), lamp=lamp, why="", fix="")
    moved = replace(
        move(drop, S(status.state.value)), run=status.run, closes_at=status.closes_at, opens_at=status.opens_at
    )
    if moved.state is not S.DRAFT:  # a draft is as the show file says
        moved = replace(
            moved,
            price_minor=drop.price_minor if status.price_minor is None else status.price_minor,
            stock=drop.stock if status.stock is None else status.stock,
            is_held=_is_held(drop, status),
        )
    moved = _with_pieces(moved, status)
    if moved.state is drop.state and lamp is not Lamp.CONFIRMED:
        return moved
    if drop.state is S.FIRING and moved.state is S.OPEN and drop.opens_at is not None and moved.opens_at is None:
        return replace(moved, lamp=lamp, why=AT_ONCE, fix="Tell the host: it is on sale now.")
    return replace(moved, lamp=lamp, why="", fix="")


def _is_held(drop: Drop, status: DropStatus) -> bool:
    """A shop that does not say whether it was marked sold out by hand is believed what its state says."""
    return drop.is_held and status.state is ShopState.SOLD_OUT if status.sold_out is None else status.sold_out


def counted(drop: Drop, status: DropStatus) -> Drop:
    """Only the figures of `status`, for a drop whose own press is still on its way; and whether it has opened."""
    if status.run != drop.run:
        return drop
    if drop.state is S.COUNTDOWN and status.state in {ShopState.OPEN, ShopState.SOLD_OUT}:
        drop = drop.to(S(status.state.value))
    return _with_pieces(drop, status)


def by_hand(drop: Drop, type: EventType) -> Drop:
    """What an event means when the director says that it was done on the platform."""
    reached = {
        EventType.DROP_ARMED: S.ARMED,
        EventType.DROP_OPENED: S.OPEN,
        EventType.DROP_CLOSED: S.CLOSED,
        EventType.DROP_DISARMED: S.DRAFT,
    }
    return replace(move(drop, reached[type]), lamp=Lamp.CLAIMED, why="", fix="")


def waiting(drop: Drop, *, why: str, fix: str) -> Drop:
    """The shop has not taken the last press yet; it is tried again."""
    return replace(drop, lamp=Lamp.WAITING, why=why, fix=fix)


def refused(drop: Drop, type: EventType, *, why: str, fix: str) -> Drop:
    """The shop refused the last press for good: back to where it was before."""
    back = {EventType.DROP_ARMED: S.DRAFT, EventType.DROP_OPENED: S.ARMED}.get(type, drop.state)
    return replace(move(drop, back), lamp=Lamp.REFUSED, why=why, fix=fix)


def in_doubt(drop: Drop, *, why: str, fix: str, lamp: Lamp = Lamp.LOST) -> Drop:
    """Not known: the shop is asked, then the director."""
    return replace(move(drop, S.ASKING), lamp=lamp, why=why, fix=fix)


def told(drop: Drop) -> dict[str, object]:
    """The drop, as the journal writes that the shop has taken a press; with the moment at which it opens."""
    fields: dict[str, object] = {"drop": drop.id, "run": drop.run}
    return fields if drop.opens_at is None else {**fields, "opens_at": rfc3339(drop.opens_at)}


def move(drop: Drop, new: DropState) -> Drop:
    """The drop in state `new`, over ASKING where the table has no direct way."""
    if new is drop.state:
        return drop
    return drop.to(new) if new in MOVES[drop.state] else drop.to(S.ASKING).to(new)


def is_expected(drop: Drop, status: DropStatus | None, now: datetime) -> bool:
    """True when the shop may have come from our state to its own by itself: counted down, sold out, closed in time.

    A countdown ends by the shop's clock, which need not be ours.
    """
    if drop.state is S.ASKING or status is None or status.run != drop.run:
        return drop.state is S.ASKING
    if status.state in {ShopState.OPEN, ShopState.SOLD_OUT}:
        return drop.state in {S.COUNTDOWN, S.OPEN, S.SOLD_OUT}
    if status.state is ShopState.CLOSED and drop.state in {S.COUNTDOWN, S.OPEN, S.SOLD_OUT}:
        return drop.state is S.SOLD_OUT or (drop.closes_at is not None and now >= drop.closes_at)
    return status.state.value == drop.state.value


def ask_again_s(drop: Drop, now: datetime) -> float:
    """In how many seconds its state is worth asking for again: by what it is, and when it opens or its time is over."""
    wait_s = _POLL_S.get(drop.state, _SELDOM_S)
    if drop.opens_at and drop.state is S.COUNTDOWN:
        left_s = (drop.opens_at - now).total_seconds() + _JUST_AFTER_S
        wait_s = min(wait_s, left_s if left_s > 0 else _OVERDUE_S)
    if drop.closes_at and drop.state in {S.OPEN, S.SOLD_OUT}:
        left_s = (drop.closes_at - now).total_seconds() + 0.1
        wait_s = min(wait_s, max(left_s, 0.5))
    return wait_s


def has_happened(type: str, run: int | None, status: DropStatus | None) -> bool:
    """Whether the shop's state proves that an event of ours about `run` arrived, though its answer did not."""
    known = status is not None and run is not None and status.run >= run
    is_newer = status is not None and run is not None and status.run > run
    state = status.state if status is not None else ShopState.DRAFT
    match type:
        case EventType.DROP_ARMED:
            return known and (is_newer or state is not ShopState.DRAFT)
        case EventType.DROP_OPENED:
            return known and not is_newer and state in _OPENED
        case EventType.DROP_CLOSED:
            return known and (is_newer or state is ShopState.CLOSED)
        case EventType.DROP_DISARMED:
            return state is ShopState.DRAFT
        case _:
            return False
