"""Server-sent events to many at once: one teller wakes those who look in small groups, so that orders pass between.

Loop thread only. A message is made once for all who look at a drop, a burst of changes is one of them.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from starlette.responses import Response, StreamingResponse

from console.contract.orders import ShopState
from console.shop.news import News
from console.shop.rules import needs_code
from console.shop.till import Till
from console.shop.views import listed, view
from console.shop.web import Caller, HttpProblem

PING_S: Final = 15.0
MAX_STREAMS: Final = 4_000
MAX_STREAMS_PER_ADDRESS: Final = 50
COALESCE_S: Final = 0.15  # a burst of orders is one update of the buyer's page
REST_S: Final = 1 / 4_000  # and for each page so much more
AT_ONCE: Final = 20  # pages that are told before whoever orders has a turn


@dataclass(frozen=True, slots=True)
class _Look:
    """What a stream tells: its event's name, for whom alike, what it depends on, and how it is told."""

    event: str
    key: str
    seen: Callable[[], object]
    tell: Callable[[], dict[str, Any]]


class Streams:
    """All open streams of a shop: counted by address, woken together."""

    def __init__(self, till: Till) -> None:
        self.is_ending = False
        self._till = till
        self._open: dict[str | None, int] = {}
        self._count = 0
        self._waiting: list[asyncio.Future[bool]] = []
        self._teller: asyncio.Task[None] | None = None
        self._told: dict[str, tuple[object, str]] = {}

    def end(self) -> None:
        """Let every open stream end by itself; its client comes back with Last-Event-ID."""
        self.is_ending = True
        self._till.wake()
        for one in self._waiting:
            if not one.done():
                one.set_result(True)

    def answer(self, who: Caller, lines: AsyncIterator[str]) -> Response:
        """The stream of `lines` for one caller. Raises HttpProblem 503 when too many are open."""
        is_full = who.address is not None and self._open.get(who.address, 0) >= MAX_STREAMS_PER_ADDRESS
        if is_full or self._count >= MAX_STREAMS:
            raise HttpProblem(503, "Too many streams are open.", fix="Ask again in a while.", retry_after_s=5)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._counted(who, lines), media_type="text/event-stream", headers=headers)

    def of_drop(self, id: str, buyer: str | None = None) -> AsyncIterator[str]:
        """One drop as it is, then again whenever it has changed; and that orders of the page's own buyer did."""
        till = self._till

        def tell() -> dict[str, Any]:
            drop = till.drop(id)
            return {"state": ShopState.DRAFT} if drop is None else view(till, drop)

        return self._looks(_Look("drop", id, lambda: till.face(id), tell), buyer)

    def of_all(self) -> AsyncIterator[str]:
        """Everything that is on sale as it is, then again whenever any of it has changed."""
        till = self._till

        def seen() -> object:
            drops = tuple(till.drops.values())
            return drops, till.is_checkout_open, till.highlighted, tuple(drop.state_at(till.now()) for drop in drops)

        return self._looks(_Look("drops", "", seen, lambda: {"drops": listed(till)}))

    async def _looks(self, look: "_Look", buyer: str | None = None) -> AsyncIterator[str]:
        last: object = None
        heard = News()
        while not self.is_ending:
            change = self._join()  # before reading: nothing that happens meanwhile is missed
            seen = look.seen()
            if seen != last:
                last = seen
                yield self._message(look, seen)
            if buyer is not None and (news := self._till.news_of(buyer)) != heard:
                heard = news
                yield f"event: mine\ndata: {json.dumps(asdict(news))}\n\n"
            if not await change:
                yield ": still here\n\n"

    async def _counted(self, who: Caller, lines: AsyncIterator[str]) -> AsyncIterator[str]:
        self._open[who.address] = self._open.get(who.address, 0) + 1
        self._count += 1
        try:
            yield "retry: 1000\n\n"
            async for line in lines:
                yield line
        finally:
            self._count -= 1
            self._open[who.address] -= 1
            if not self._open[who.address]:
                del self._open[who.address]

    def _join(self) -> asyncio.Future[bool]:
        """True once something has changed, False when it is time to show that the line still lives."""
        mine: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        if self._teller is None:
            self._teller = asyncio.create_task(self._tell(self._till.next_change()))
        return mine

    async def _tell(self, change: asyncio.Event) -> None:
        """Wake everybody who looks after each change, until nobody does."""
        while self._waiting:
            has_changed = await is_set(change)
            change = self._till.next_change()  # taken first: what changes from here on is told the next time
            headlines = self._headlines()
            waiting, self._waiting = self._waiting, []
            for number, one in enumerate(waiting):
                if not one.done():  # its page may be gone
                    one.set_result(has_changed)
                if number % AT_ONCE == AT_ONCE - 1:
                    await asyncio.sleep(0)
            await asyncio.sleep(COALESCE_S)
            await self._rest(headlines)
        self._teller = None

    async def _rest(self, told: object) -> None:
        """Leave the others some room, the longer the more look on; a sale that opens or ends is told at once."""
        ends_s = time.monotonic() + self._count * REST_S
        while self._headlines() == told and (left_s := ends_s - time.monotonic()) > 0:
            await is_set(self._till.next_change(), within_s=left_s)

    def _headlines(self) -> object:
        """What nobody should hear late: what is on sale, and whether one can pay."""
        now, drops = self._till.now(), self._till.drops.values()
        return self._till.is_checkout_open, [(drop.state_at(now), needs_code(drop, now)) for drop in drops]

    def _message(self, look: "_Look", seen: object) -> str:
        """The message for `seen`, made once for all who watch the same at this moment, not once for each."""
        moment = (seen, int(self._till.now().timestamp() * 4))
        known = self._told.get(look.key)
        if known is None or known[0] != moment:
            known = self._told[look.key] = (moment, f"event: {look.event}\ndata: {json.dumps(look.tell())}\n\n")
        return known[1]


async def is_set(change: asyncio.Event, *, within_s: float = PING_S) -> bool:
    """True when `change` came within that time, usually that after which a line must show that it still lives."""
    try:
        async with asyncio.timeout(within_s):  # wait_for may swallow a cancellation on Python 3.11
            await change.wait()
    except TimeoutError:
        return False
    return True
