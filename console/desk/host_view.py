"""What host and moderator see of the sale: one product, where it is, and plain words. Pure.

The host's window and the page on a phone show the same, so that the words are made once, here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from console.commerce.state import Drop, DropState, Lamp, Sale
from console.contract import money
from console.core.outcome import Outcome, Result
from console.desk.roles import Role


class Mood(StrEnum):
    """How the words are to be taken; each has a colour of its own beside its words."""

    CALM = "calm"  # nothing to do
    READY = "ready"  # the button may be pressed
    WAIT = "wait"  # on its way, not confirmed
    GOOD = "good"  # the shop has confirmed
    BAD = "bad"  # it did not happen


PRESSES: Final = {Role.HOST: "drop.fire", Role.MODERATOR: "drop.sold_out"}  # what the one button asks for
BUTTONS: Final = {Role.HOST: "FIRE", Role.MODERATOR: "SOLD OUT"}
_NOT_DONE: Final = {Role.HOST: "NOT FIRED", Role.MODERATOR: "NOT MARKED"}
_WORDS: Final = {
    DropState.DRAFT: (Mood.CALM, "NOT ARMED YET", "The director arms it first."),
    DropState.ARMING: (Mood.WAIT, "ALMOST", "The shop is making it ready."),
    DropState.ARMED: (Mood.READY, "READY", "Press and hold for half a second."),
    DropState.FIRING: (Mood.WAIT, "SENT", "Wait: the shop has not confirmed it yet. There is no need to press again."),
    DropState.COUNTDOWN: (Mood.GOOD, "IT COUNTS DOWN", "The shop has confirmed it: it opens by itself."),
    DropState.OPEN: (Mood.GOOD, "ON SALE", "The shop has confirmed it."),
    DropState.SOLD_OUT: (Mood.CALM, "SOLD OUT", "Every piece is gone."),
    DropState.CLOSED: (Mood.CALM, "CLOSED", "The sale is over."),
    DropState.ASKING: (Mood.WAIT, "WAIT", "It is not known yet whether it is on sale: the shop is being asked."),
}
_BEFORE: Final = (DropState.DRAFT, DropState.ARMED)
_UNDER_WAY: Final = (
    DropState.COUNTDOWN,
    DropState.FIRING,
    DropState.ASKING,
    DropState.ARMED,
    DropState.ARMING,
)
_ON_SALE: Final = (DropState.OPEN, DropState.SOLD_OUT)


@dataclass(frozen=True, slots=True)
class Said:
    """A word to be read across a room, and a sentence under it."""

    mood: Mood
    headline: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class HostView:
    """All that one role sees. `drop` and `run` are what a press names; `drop` is "" while there is no product."""

    role: Role
    said: Said
    drop: str = ""
    run: int = 1
    state: str = ""
    title: str = ""
    price: str = ""
    stock: int = 0
    left: int = 0
    sold: int = 0
    opens_at: datetime | None = None  # in the room: who sees the picture late sees the end of the countdown later
    closes_at: datetime | None = None
    can_press: bool = False
    message: str = ""


def host_view(sale: Sale, role: Role, message: str = "") -> HostView:
    """What `role` sees of the sale now."""
    drop = shown_drop(sale)
    if drop is None:
        return HostView(role, Said(Mood.CALM, "NO PRODUCT", "The director chooses one."), message=message)
    return HostView(
        role=role,
        said=_said(sale, drop, role),
        drop=drop.id,
        run=drop.run,
        state=drop.state.value,
        title=drop.title,
        price=money.format(drop.price_minor, drop.currency),
        stock=drop.stock,
        left=drop.stock if drop.stock_left is None else drop.stock_left,
        sold=drop.sold,
        opens_at=drop.room_opens_at if drop.state is DropState.COUNTDOWN else None,
        closes_at=drop.closes_at if drop.state in _ON_SALE else None,
        can_press=_can_press(drop, role),
        message=message,
    )


def shown_drop(sale: Sale) -> Drop | None:
    """The one product of the page: the chosen drop while anything goes on with it, else the one where it does."""
    chosen = sale.drop(sale.chosen) if sale.chosen else None
    chosen = chosen or next(iter(sale.drops), None)
    if chosen is not None and chosen.state in (*_UNDER_WAY, *_ON_SALE):
        return chosen
    return _first(sale.drops, _UNDER_WAY) or _first(sale.drops, _ON_SALE) or chosen


def came_of(role: Role, outcome: Outcome) -> Said:
    """What to say to the one who pressed."""
    match outcome.result:
        case Result.DONE:  # what it led to is the state's to say
            return Said(Mood.GOOD, "CONFIRMED", "The shop has confirmed it.")
        case Result.PENDING:
            return Said(Mood.WAIT, "SENT", f"{outcome.why} There is no need to press again.".strip())
        case Result.REFUSED:
            return Said(Mood.BAD, _NOT_DONE[role], outcome.why)
        case Result.FAILED:
            return Said(Mood.BAD, "NOT CONFIRMED", f"{outcome.why} The director sees it, too.".strip())


def too_late(role: Role, late_s: float) -> Outcome:
    """The refusal of a press that took so long to arrive that nobody expects it any more."""
    what = "fired" if role is Role.HOST else "marked"
    return Outcome.refused(f"The press took {late_s:.0f} s to arrive: nothing was {what}.", "Press again.")


def _first(drops: Sequence[Drop], states: Sequence[DropState]) -> Drop | None:
    return next((drop for state in states for drop in drops if drop.state is state), None)


def _can_press(drop: Drop, role: Role) -> bool:
    if role is Role.HOST:
        return drop.state is DropState.ARMED and drop.lamp is not Lamp.SENT
    return drop.state is DropState.OPEN and drop.wanted.sold_out is None


def _said(sale: Sale, drop: Drop, role: Role) -> Said:
    mood, headline, says = _WORDS[drop.state]
    if sale.is_stopping:
        return Said(Mood.WAIT, "STOP", "The director stops the sale.")
    if drop.lamp is Lamp.REFUSED and drop.state in _BEFORE:
        return Said(Mood.BAD, "NOT ON SALE", f"{drop.why} The director sees it, too.".strip())
    if drop.state is DropState.ARMED and not _can_press(drop, Role.HOST):
        return Said(Mood.WAIT, "WAIT", "The director is taking it back.")
    if drop.state is DropState.COUNTDOWN and drop.lamp is Lamp.CLAIMED:
        return Said(Mood.WAIT, headline, "Confirmed by hand: this platform gives no answer.")
    if drop.state is DropState.OPEN:
        return _on_sale(drop, role)
    if drop.state is DropState.SOLD_OUT and drop.is_held:
        return Said(mood, headline, "It was marked so by hand.")
    if drop.state in _BEFORE and not sale.link.is_up:
        return Said(mood, headline, f"{says} The shop does not answer just now: the director sees it, too.")
    if drop.state is DropState.ARMED and role is Role.MODERATOR:
        return Said(Mood.CALM, headline, "The host fires it.")
    return Said(mood, headline, says)


def _on_sale(drop: Drop, role: Role) -> Said:
    if drop.lamp is Lamp.CLAIMED:
        return Said(Mood.WAIT, "ON SALE", "Confirmed by hand: this platform gives no answer.")
    if drop.wanted.sold_out:
        return Said(Mood.WAIT, "ON SALE", "It is being marked as sold out: the shop has not confirmed that yet.")
    if role is Role.MODERATOR and _can_press(drop, role):
        return Said(Mood.GOOD, "ON SALE", "Hold SOLD OUT for half a second when it must not be sold any more.")
    return Said(*_WORDS[DropState.OPEN])
