"""The shop's loop side: one writer thread for the store, the drops in memory for the many who look.

Loop thread only. The memory is a copy of what is durable, made after each write; readers never wait for the disk.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

from console.contract.events import Event
from console.contract.orders import ShopState
from console.core.clock import Clock
from console.shop import rules
from console.shop.counter import Counter, CounterSale, Press
from console.shop.goods import Books, Drop, Logged, Order, Reason, Refused, Terms, Wish
from console.shop.line import InLine, Line
from console.shop.news import News, OrderNews
from console.shop.place import KEEP_DAYS
from console.shop.store import EventAnswer, Store

log = logging.getLogger(__name__)

FORGET_EVERY: Final = timedelta(days=1)
PATIENCE_S: Final = 2.0  # so long one who is nearly served waits for the answer, rather than for a place in the line
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is durable by now."""

    drops: dict[str, Drop]
    is_checkout_open: bool
    highlighted: tuple[str, ...]
    due_at: datetime | None
    is_holding: bool
    counter: Counter
    news: dict[str, News]


class Till:
    """Takes events and orders, one at a time, and tells everybody who waits that something changed."""

    def __init__(self, open_store: Callable[[], Store], clock: Clock, *, keep_days: int = KEEP_DAYS) -> None:
        self._open_store = open_store
        self._clock = clock
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="shop-writer")
        self._line = Line()
        self._serving: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[object]] = set()
        self._changed = asyncio.Event()
        self.drops: dict[str, Drop] = {}
        self.books = Books()
        self.counted_at: datetime | None = None
        self.is_checkout_open = False
        self.highlighted: tuple[str, ...] = ()
        self.counter = Counter()
        self._due_at: datetime | None = None
        self._is_holding = False
        self._keep = timedelta(days=keep_days)
        self._forgot_at: datetime | None = None
        self._opening: asyncio.TimerHandle | None = None
        self._news: dict[str, News] = {}

    async def start(self) -> None:
        """Open the store and read what is on sale. Raises UserError when the store cannot be used."""
        self._store = await self._ask(self._open_store)
        self._order_news = await self._ask(lambda: OrderNews(self._store))
        await self._write(lambda: self._store.tidy(self._clock.now()))
        await self._forget(self._clock.now())

    async def close(self) -> None:
        """Finish what is in flight, then let the store go."""
        if self._opening is not None:
            self._opening.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._ask(self._store.close)
        self._writer.shutdown()

    @property
    def is_selling(self) -> bool:
        """True while somebody can buy something, here or at the counter, or soon can, or holds a piece unpaid."""
        now = self._clock.now()
        selling = (ShopState.COUNTDOWN, ShopState.OPEN, ShopState.SOLD_OUT)
        is_on_sale = self.is_checkout_open and any(drop.state_at(now) in selling for drop in self.drops.values())
        return is_on_sale or self.counter.is_open or self._is_holding

    @property
    def places(self) -> int:
        """How many orders are in the line, those that are being taken included."""
        return len(self._line)

    def drop(self, id: str) -> Drop | None:
        """The newest run of a drop that is or was on sale; None for a draft."""
        drop = self.drops.get(id)
        return None if drop is None or drop.state is ShopState.DRAFT or not drop.title else drop

    def face(self, id: str) -> object:
        """What a page of that drop shows, as a value: it is another one when the page must be told."""
        drop, now = self.drop(id), self.now()
        by_time = None if drop is None else (drop.state_at(now), rules.needs_code(drop, now))
        return drop, self.is_checkout_open, by_time

    def news_of(self, buyer: str) -> News:
        """What has become of one buyer's orders since the shop was started."""
        return self._news.get(buyer, News())

    def now(self) -> datetime:
        """The shop's own wall time."""
        return self._clock.now()

    def next_change(self) -> asyncio.Event:
        """Set at the next change of anything: take it before reading, wait for it after."""
        return self._changed

    def wake(self) -> None:
        """Let everybody who waits for a change look again."""
        waiting, self._changed = self._changed, asyncio.Event()
        waiting.set()

    async def apply(self, event: Event, digest: str) -> EventAnswer:
        """Obey one event, exactly once for its id."""
        return await self._write(lambda: self._store.apply(event, digest, self._clock.now()))

    async def order(self, wish: Wish) -> Order | Refused | InLine:
        """Take one order in its turn, or say where it stands: it is taken all the same, whoever is away by then.

        A repeat finds the place of the first. Raises LineFull.
        """
        place = self._line.join(wish)
        if place.wish.fingerprint != wish.fingerprint:
            return Refused(Reason.KEY_REUSED)
        if self._serving is None or self._serving.done():
            self._serving = self._see_through(self._serve_line())
        if self._line.is_soon(place):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    return await asyncio.shield(place.answer)
        return place.answer.result() if place.answer.done() else self._line.where(place)

    async def pay(self, id: str, by: str) -> Order | Refused:
        """The money for an order is there; `by`: cash, card, link."""
        return await self._write(lambda: self._store.pay(id, by, self._clock.now()))

    async def give_back(self, id: str, buyer: str) -> Order | Refused:
        """A buyer does not want their own reservation, or place in the waiting list, any more."""
        return await self._write(lambda: self._store.give_back(id, buyer, self._clock.now()))

    async def refund(self, id: str, *, returns: bool) -> Order | Refused:
        """A paid order's money was given back; `returns`: its pieces are back in stock."""
        return await self._write(lambda: self._store.refund(id, self._clock.now(), returns=returns))

    async def press(self, press: Press | CounterSale) -> Order | Refused:
        """Do what was pressed at the counter, once for its key."""
        return await self._write(lambda: self._store.press(press, self._clock.now()))

    async def read(self, what: Callable[[Store], T]) -> T:
        """What `what` reads from the store, behind everything that is being written."""
        return await self._ask(lambda: what(self._store))

    async def order_of(self, *, id: str = "", pickup: str = "") -> Order | None:
        """The one order of that id, or of that pick-up number."""
        return await self._ask(lambda: self._store.order_of(id=id, pickup=pickup))

    async def count_books(self) -> Books:
        """Count everything once more, from the orders up."""
        self.books = await self._ask(self._store.books)
        self.counted_at = self._clock.now()
        return self.books

    async def orders_after(self, seq: int, *, limit: int = 200) -> Sequence[Logged]:
        """What became of orders after `seq`, oldest first."""
        return await self._ask(lambda: self._store.orders_after(seq, limit=limit))

    async def orders_of(self, buyer: str) -> Sequence[Order]:
        """What one buyer has ordered, of whatever drop and run, oldest first."""
        return await self._ask(lambda: self._store.orders_of(buyer))

    async def terms_of(self, order: Order) -> Terms:
        """How the run that an order is of was sold, which may be over."""
        newest = self.drops.get(order.drop)
        if newest is not None and newest.run == order.run:
            return newest.terms
        return await self._ask(lambda: self._store.terms(order.drop, order.run))

    async def sweep(self) -> None:
        """Do what is due by time alone, and tell everybody."""
        now = self._clock.now()
        if self._due_at is not None and self._due_at <= now:
            await self._write(lambda: self._store.tidy(now))
        if self._forgot_at is None or abs(now - self._forgot_at) >= FORGET_EVERY:
            await self._forget(now)

    async def _forget(self, now: datetime) -> None:
        count = await self._ask(lambda: self._store.forget(now - self._keep))
        self._forgot_at = now
        if count:
            log.info("%s orders are old enough: nothing leads from them to a buyer any more", count)

    async def _serve_line(self) -> None:
        """Take what is in the line, a batch at a time, so that one commit is good for many."""
        while places := self._line.next():
            began_s = time.monotonic()
            answers = await self._take([place.wish for place in places])
            self._line.done(places, time.monotonic() - began_s)
            for place, answer in zip(places, answers, strict=True):
                place.settle(answer)

    async def _take(self, wishes: Sequence[Wish]) -> Sequence[Order | Refused | BaseException]:
        """The answers, durable. One that the store cannot take must not cost the others theirs: then each is alone."""
        now = self._clock.now()
        [together] = await asyncio.gather(self._write(lambda: self._store.orders(wishes, now)), return_exceptions=True)
        if not isinstance(together, BaseException):
            return together
        return [
            (await asyncio.gather(self._write(partial(self._store.order, wish, now)), return_exceptions=True))[0]
            for wish in wishes
        ]

    async def _write(self, work: Callable[[], T]) -> T:
        """Run `work` in the writer to its end, even when the caller goes away, then tell everybody."""

        def write_and_look() -> tuple[T, _Seen]:
            store, result = self._store, work()
            drops = {drop.id: drop for drop in store.drops()}
            news = self._order_news.look(drops)
            return result, _Seen(
                drops=drops,
                is_checkout_open=store.is_checkout_open(),
                highlighted=store.highlighted(),
                due_at=store.next_due(),
                is_holding=store.is_holding(),
                counter=store.counter(),
                news=news,
            )

        async def run() -> T:
            result, seen = await self._ask(write_and_look)
            self._show(seen)
            return result

        return await asyncio.shield(self._see_through(run()))

    def _see_through(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run `work` to its end, which `close` waits for."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _show(self, seen: "_Seen") -> None:
        self.drops = seen.drops
        self.is_checkout_open = seen.is_checkout_open
        self.highlighted = seen.highlighted
        self._due_at = seen.due_at
        self._is_holding = seen.is_holding
        self.counter = seen.counter
        self._news |= seen.news
        self.wake()
        self._wake_at_the_next_opening()

    def _wake_at_the_next_opening(self) -> None:
        """Pages hear of the end of a countdown, or of a time for codes alone, right then, not at the next sweep."""
        if self._opening is not None:
            self._opening.cancel()
        now = self._clock.now()
        openings = (at for drop in self.drops.values() for at in (drop.opens_at, rules.code_until(drop)))
        turns = [at for at in openings if at is not None and at > now]
        self._opening = None
        if turns:
            left_s = (min(turns) - now).total_seconds()
            self._opening = asyncio.get_running_loop().call_later(left_s, self._open)

    def _open(self) -> None:
        self.wake()
        self._wake_at_the_next_opening()

    async def _ask(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)
