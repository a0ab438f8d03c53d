"""The line at the till: first come, first served, and everybody can be told where they stand. Pure, but for futures.

A place is kept by the order's key: who asks again with it finds the same place, and is served even when they are away.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console.shop.goods import Order, Refused, Wish

MAX_PLACES: Final = 10_000  # some 5 MB
AT_LEAST, AT_MOST = 20, 500  # who is let in to wait for the answer, whatever the pace
BATCH: Final = 50  # orders that share one commit; an event of the console's waits for one batch at most
_FADE: Final = 0.9  # of what was measured before, with each batch
_ASK_AGAIN_S: Final = (1, 10)


class LineFull(Exception):
    """More people want to buy at once than can be remembered."""


@dataclass(frozen=True, slots=True)
class InLine:
    """Where somebody stands: `position` 1 is next, `of` all who wait; asked again in `ask_again_s` seconds."""

    position: int
    of: int
    ask_again_s: int


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One order's place; `answer` is what becomes of it."""

    wish: Wish
    ticket: int
    answer: asyncio.Future[Order | Refused]


class Line:
    """All places, and the pace at which they are served. Tickets count up without gaps: nobody leaves before the till."""

    def __init__(self) -> None:
        self._places: deque[Place] = deque()
        self._by_key: dict[tuple[str, str], Place] = {}
        self._next = 0
        self._served = 0.0
        self._took_s = 0.0

    def __len__(self) -> int:
        return len(self._by_key)

    def join(self, wish: Wish) -> Place:
        """The place of that order, at the end for a new one. Raises LineFull."""
        known = self._by_key.get((wish.drop, wish.key))
        if known is not None:
            return known
        if len(self) >= MAX_PLACES:
            raise LineFull
        self._next += 1
        place = Place(wish, self._next, asyncio.get_running_loop().create_future())
        self._places.append(place)
        self._by_key[wish.drop, wish.key] = place
        return place

    def where(self, place: Place) -> InLine | None:
        """Where `place` stands; None when it is served within about a second: waiting for the answer is shorter."""
        position = place.ticket - (self._next - len(self))
        let_in = min(AT_MOST, max(AT_LEAST, round(self._pace)))
        if position <= let_in:
            return None
        low, high = _ASK_AGAIN_S
        return InLine(position, len(self), min(high, max(low, round(position / (self._pace or let_in)))))

    def next(self) -> Sequence[Place]:
        """The first of those who were not taken yet, at most a batch: they keep their places until `done`."""
        return [self._places.popleft() for _ in range(min(BATCH, len(self._places)))]

    def done(self, places: Sequence[Place], took_s: float) -> None:
        """They have left the line."""
        for place in places:
            del self._by_key[place.wish.drop, place.wish.key]
        self._served = self._served * _FADE + len(places)
        self._took_s = self._took_s * _FADE + took_s

    @property
    def _pace(self) -> float:
        """Orders a second, as measured; 0 before the first."""
        return self._served / self._took_s if self._took_s else 0.0
