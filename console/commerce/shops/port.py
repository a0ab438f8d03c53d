"""What the console asks of any shop. Each kind of shop is one file beside this one; loop thread only."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from console.contract.orders import DropStatus, Order


class Verdict(StrEnum):
    """What one try of an event came to."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good: trying again would not help
    HELD = "held"  # a person must mend something first
    AGAIN = "again"  # no answer, or "later"
    BY_HAND = "by_hand"  # no machine answers: the director does it and says so


@dataclass(frozen=True, slots=True)
class Answer:
    """The shop's answer to one try. `why` and `fix` are for people; `is_uncertain`: it may have landed all the same."""

    verdict: Verdict
    status: DropStatus | None = None
    code: int | None = None
    why: str = ""
    fix: str = ""
    is_uncertain: bool = False
    retry_after_s: float | None = None


class ShopTrouble(Exception):
    """The shop could not be asked: a state of the line, with words for people."""

    def __init__(self, why: str, *, fix: str, is_held: bool = False) -> None:
        super().__init__(f"{why} {fix}")
        self.why = why
        self.fix = fix
        self.is_held = is_held


@dataclass(frozen=True, slots=True)
class StreamedOrder:
    """One order off the stream, with the mark to resume behind. The first item of a connection has no order."""

    mark: str
    order: Order | None


class ShopClient(Protocol):
    """One shop. Trouble on the line is an answer or ShopTrouble; nothing else is raised."""

    @property
    def kind(self) -> str:
        """As in the show file: embedded, events or manual."""
        ...

    @property
    def url(self) -> str:
        """Where we reach it; empty when there is no machine to reach."""
        ...

    @property
    def public_url(self) -> str:
        """Where buyers reach it."""
        ...

    @property
    def timeout_s(self) -> float:
        """How long one try may take; after it the shop has it or never will."""
        ...

    async def post(self, event_id: str, body: bytes) -> Answer:
        """Try to deliver one event (a CloudEvents document, the same bytes on every try)."""
        ...

    async def ask(self, drop_id: str) -> DropStatus | None:
        """The drop as the shop holds it; None: a draft, the shop does not know it. Raises ShopTrouble."""
        ...

    async def ask_checkout(self) -> bool | None:
        """Whether buyers may pay; None: this shop cannot be asked that. Raises ShopTrouble."""
        ...

    def orders(self, mark: str) -> AsyncIterator[StreamedOrder]:
        """Orders behind `mark` (all, when empty) for as long as one connection lasts. Raises ShopTrouble."""
        ...

    async def tickets(self, drop_id: str, count: int) -> tuple[str, ...]:
        """So many tickets of a drop, made from the key that we share. Raises ShopTrouble without one."""
        ...

    async def close(self) -> None:
        """Let go of the line."""
        ...
