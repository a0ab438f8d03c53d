"""The outbox as people read it: a line per message, in their words. Pure values; times are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import TypeAdapter

from console.contract.events import EventType
from console.contract.orders import DropStatus

PRESSED: Final[dict[str, str]] = {
    EventType.DROP_ARMED: "Arm",
    EventType.DROP_OPENED: "Fire",
    EventType.DROP_CHANGED: "Change",
    EventType.DROP_CLOSED: "Close",
    EventType.DROP_DISARMED: "Disarm",
    EventType.CHECKOUT_OPENED: "Open checkout",
    EventType.CHECKOUT_CLOSED: "Close checkout",
    EventType.DROPS_HIGHLIGHTED: "Highlight drops",
    EventType.ORDERS_VOIDED: "Void orders of",
    EventType.ORDERS_PAID: "Mark orders paid of",
    EventType.COUNTER_STOCKED: "Open the counter",
    EventType.COUNTER_CLOSED: "Close the counter",
}
CLOSINGS: Final = frozenset({EventType.DROP_CLOSED, EventType.CHECKOUT_CLOSED})
LISTED: Final = frozenset({EventType.ORDERS_VOIDED, EventType.ORDERS_PAID})  # about orders: they move no drop


class LineState(StrEnum):
    """How far a message is, in the word that is shown."""

    WAITING = "waiting"
    SENDING = "being sent"
    ASKING = "asking the shop"  # it may have landed: the shop is asked before anything is sent
    BY_HAND = "to be done by hand"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "too late"  # it could not be delivered in time, and is not sent late
    SUPERSEDED = "called back"
    GIVEN_UP = "given up"

    @property
    def has_ended(self) -> bool:
        """True when nothing more is sent of it."""
        return self in ENDS


ENDS: Final = frozenset(
    {LineState.CONFIRMED, LineState.REFUSED, LineState.EXPIRED, LineState.SUPERSEDED, LineState.GIVEN_UP}
)


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One message. `said`: what the shop said when it was asked whether an earlier try had landed.

    `next_try_at` is None unless it waits; `tries` counts the one that is under way.
    """

    id: str
    type: str
    drop: str | None
    title: str  # the drop's; empty for the checkout
    run: int | None
    pressed_at: datetime
    state: LineState = LineState.WAITING
    tries: int = 0
    answer: str = ""
    said: str = ""
    reason: str = ""  # why it was given up
    next_try_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def what(self) -> str:
        """What was pressed: "Fire Linen cap", "Close checkout"."""
        return f"{PRESSED.get(self.type, self.type)} {self.title}".strip()

    @property
    def is_closing(self) -> bool:
        """True when buyers may buy for as long as it is not confirmed."""
        return self.type in CLOSINGS

    def age_s(self, now: datetime) -> float:
        """How long it has been under way, or was until it ended, in seconds; never negative."""
        return max(((self.ended_at or now) - self.pressed_at).total_seconds(), 0.0)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two things that the shop said and that cannot both be true."""

    drop: str
    title: str
    at: datetime
    first: str
    then: str

    @property
    def words(self) -> str:
        """Both, in one sentence."""
        return f"The shop contradicts itself about {self.title}: it said {self.first}, then {self.then}."


_CONTRADICTIONS: Final = TypeAdapter(tuple[str, tuple[Contradiction, ...]])


def contradictions_text(show_run: str, contradictions: tuple[Contradiction, ...]) -> str:
    """The contradictions of a show run as they are kept."""
    return _CONTRADICTIONS.dump_json((show_run, contradictions)).decode()


def contradictions_of(show_run: str, kept: str) -> tuple[Contradiction, ...]:
    """What was kept of this show run; of another one nothing."""
    run, found = _CONTRADICTIONS.validate_json(kept) if kept else ("", ())
    return found if run == show_run else ()


def status_words(status: DropStatus | None) -> str:
    """A drop as the shop says it is: "open, run 2, 12 sold, 38 left"."""
    if status is None:
        return "unknown to it"
    held = f", {status.held} held" if status.held else ""
    left = "" if status.stock_left is None else f", {status.stock_left} left"
    return f"{status.state.value.replace('_', ' ')}, run {status.run}, {status.sold} sold{held}{left}"
