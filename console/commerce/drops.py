"""The drop's state machine: what a press may do, what an answer means. Pure: no clock, no I/O.

A press that is not possible raises UserError in the director's words.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from console.commerce.state import AS_IT_IS, MOVES, Drop, DropState, Lamp
from console.contract.events import EventType
from console.contract.orders import DropStatus, ShopState
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
    Press.CLOSE: frozenset({S.FIRING, S.OPEN, S.SOLD_OUT, S.ASKING}),
    Press.RENEW: frozenset({S.CLOSED}),
    Press.CHANGE: frozenset({S.ARMED, S.OPEN, S.SOLD_OUT}),
}

WORDS: Final[dict[DropState, tuple[str, str]]] = {
    S.DRAFT: ("is not armed", "Arm it first."),
    S.ARMING: ("is being armed", "Wait for the shop, or disarm it."),
    S.ARMED: ("is armed already", "Fire it, or disarm it."),
    S.FIRING: ("is being fired already", "Wait for the shop's answer, or stop the sale."),
    S.OPEN: ("is on sale already", "Close it first."),
    S.SOLD_OUT: ("is sold out", "Close it first."),
    S.CLOSED: ("is closed", "Renew it to sell it again."),
    S.ASKING: ("is in doubt: the shop has not said yet how it is", "Wait for the shop, or close it."),
}


_POLL_S: Final = {S.ASKING: 1.0, S.OPEN: 3.0, S.SOLD_OUT: 3.0, S.ARMED: 5.0}
_SELDOM_S: Final = 15.0


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


def fired_by_hand(drop: Drop, *, closes_at: datetime) -> Drop:
    """FIRE was pressed: on its way to the shop. `closes_at` is asked for, not yet confirmed."""
    return replace(drop.to(S.FIRING), lamp=Lamp.SENT, closes_at=closes_at, why="", fix="")


def disarmed_by_hand(drop: Drop) -> Drop:
    """DISARM was pressed: it stays as it is until the shop has given back what it reserved."""
    return replace(drop, lamp=Lamp.SENT, why="", fix="", wanted=AS_IT_IS)


def closed_by_hand(drop: Drop) -> Drop:
    """CLOSE or STOP SALE was pressed: it stays as it is until the shop confirms."""
    return replace(drop, lamp=Lamp.SENT, why="", fix="", wanted=AS_IT_IS)


def renewed(drop: Drop) -> Drop:
    """A closed drop as a new draft, its run one higher."""
    fresh = replace(drop.to(S.DRAFT), run=drop.run + 1, lamp=Lamp.NONE, why="", fix="")
    return replace(fresh, stock_left=None, sold=0, closes_at=None, is_held=False, wanted=AS_IT_IS)


def seen(drop: Drop, status: DropStatus | None, *, lamp: Lamp = Lamp.CONFIRMED) -> Drop:
    """The drop as the shop says it is. None, or an older run than ours: the shop knows nothing of this run."""
    if status is None or status.run < drop.run:
        moved = move(drop, S.DRAFT)
        if moved.state is drop.state:
            return drop
        return replace(moved, stock_left=None, sold=0, closes_at=None, is_held=False, lamp=lamp, why="", fix="")
    moved = replace(
        move(drop, S(status.state.value)),
        run=status.run,
        stock_left=status.stock_left,
        sold=status.sold,
        closes_at=status.closes_at,
    )
    if moved.state is not S.DRAFT:  # a draft is as the show file says
        moved = replace(
            moved,
            price_minor=drop.price_minor if status.price_minor is None else status.price_minor,
            stock=drop.stock if status.stock is None else status.stock,
            is_held=_is_held(drop, status),
        )
    if moved.state is drop.state and lamp is not Lamp.CONFIRMED:
        return moved
    return replace(moved, lamp=lamp, why="", fix="")


def _is_held(drop: Drop, status: DropStatus) -> bool:
    """A shop that does not say whether it was marked sold out by hand is believed what its state says."""
    return drop.is_held and status.state is ShopState.SOLD_OUT if status.sold_out is None else status.sold_out


def counted(drop: Drop, status: DropStatus) -> Drop:
    """Only the figures of `status`, for a drop whose own press is still on its way."""
    if status.run != drop.run:
        return drop
    return replace(drop, stock_left=status.stock_left, sold=status.sold)


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


def move(drop: Drop, new: DropState) -> Drop:
    """The drop in state `new`, over ASKING where the table has no direct way."""
    if new is drop.state:
        return drop
    return drop.to(new) if new in MOVES[drop.state] else drop.to(S.ASKING).to(new)


def is_expected(drop: Drop, status: DropStatus | None, now: datetime) -> bool:
    """True when the shop may have come from our state to its own by itself: sold out, closed at its time."""
    if drop.state is S.ASKING or status is None or status.run != drop.run:
        return drop.state is S.ASKING
    if status.state in {ShopState.OPEN, ShopState.SOLD_OUT}:
        return drop.state in {S.OPEN, S.SOLD_OUT}
    if status.state is ShopState.CLOSED and drop.state in {S.OPEN, S.SOLD_OUT}:
        return drop.state is S.SOLD_OUT or (drop.closes_at is not None and now >= drop.closes_at)
    return status.state.value == drop.state.value


def ask_again_s(drop: Drop, now: datetime) -> float:
    """In how many seconds its state is worth asking for again: by what it is, and when its time is over."""
    wait_s = _POLL_S.get(drop.state, _SELDOM_S)
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
            return known and not is_newer and state in {ShopState.OPEN, ShopState.SOLD_OUT, ShopState.CLOSED}
        case EventType.DROP_CLOSED:
            return known and (is_newer or state is ShopState.CLOSED)
        case EventType.DROP_DISARMED:
            return state is ShopState.DRAFT
        case _:
            return False
