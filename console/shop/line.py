"""The line at the till: first come, first served, and everybody can be told where they stand. Pure, but for futures.

A place is kept by the order's key: who asks again with it finds the same place, and is served even when they are away.
"""

import asyncio
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console.shop.goods import Order, Refused, Wish

MAX_PLACES: Final = 10_000  # some 5 MB
AT_MOST: Final = 500  # are let in to wait for the answer, however quick the store is
BATCH: Final = 50  # orders that share one commit; an event of the console's waits for one batch at most
SOON_S: Final = 1.0
_FIRST_BATCH_S: Final = 0.1  # before anything was measured
_WEIGHT: Final = 0.3  # of the newest batch in what a batch takes
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

    def settle(self, answer: Order | Refused | BaseException) -> None:
        """Tell whoever waits; trouble that nobody waits for is not lost: the next try meets it again."""
        if isinstance(answer, BaseException):
            self.answer.set_exception(answer)
            self.answer.exception()  # asked for, so that asyncio does not report it as forgotten
        else:
            self.answer.set_result(answer)


class Line:
    """All places, and the pace at which they are served. Tickets have no gaps: nobody leaves before the till."""

    def __init__(self) -> None:
        self._places: deque[Place] = deque()
        self._by_key: dict[tuple[str, str], Place] = {}
        self._next = 0
        self._batch_s = _FIRST_BATCH_S

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

    def is_soon(self, place: Place) -> bool:
        """Whether it is served within about a second: then waiting for the answer is shorter than asking again."""
        position = self._position(place)
        return position <= BATCH or (position <= AT_MOST and self._wait_s(position) <= SOON_S)

    def where(self, place: Place) -> InLine:
        """Where it stands at this moment."""
        position = self._position(place)
        least, most = _ASK_AGAIN_S
        return InLine(position, len(self), min(most, max(least, math.ceil(self._wait_s(position)))))

    def _position(self, place: Place) -> int:
        return place.ticket - (self._next - len(self))

    def _wait_s(self, position: int) -> float:
        """How long until it is served: a commit takes as long for one as for a whole batch."""
        return (1 + position // BATCH) * self._batch_s

    def next(self) -> Sequence[Place]:
        """The first of those who were not taken yet, at most a batch: they keep their places until `done`."""
        return [self._places.popleft() for _ in range(min(BATCH, len(self._places)))]

    def done(self, places: Sequence[Place], took_s: float) -> None:
        """They have left the line."""
        for place in places:
            del self._by_key[place.wish.drop, place.wish.key]
        self._batch_s += _WEIGHT * (took_s - self._batch_s)
