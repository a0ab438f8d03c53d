"""Many who look on: all hear the news, those who order pass between, and an opening is told at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from console.core.clock import SystemClock
from console.shop import streams
from console.shop.goods import Order, Wish
from console.shop.sqlite_store import SqliteStore
from console.shop.streams import Streams
from console.shop.till import Till
from console.shop.web import Caller
from tests.shop.standing import armed, checkout_opened, opened
from tests.waiting import until

PAGES = 400


class Crowd:
    """Pages that look at one drop; `heard` is the newest message of each."""

    def __init__(self, till: Till) -> None:
        self.till = till
        self.streams = Streams(till)
        self.heard = [""] * PAGES
        self.tasks = [asyncio.create_task(self._look(number)) for number in range(PAGES)]

    async def _look(self, number: int) -> None:
        async for message in self.streams.of_drop("cap-01"):
            self.heard[number] = message

    def count(self, words: str) -> int:
        return sum(words in message for message in self.heard)


@asynccontextmanager
async def crowd(folder: Path) -> AsyncIterator[Crowd]:
    till = Till(lambda: SqliteStore(folder / "shop.sqlite"), SystemClock())
    await till.start()
    for event in (armed(stock=500, per_buyer=500), checkout_opened()):
        await till.apply(event, event.id)
    made = Crowd(till)
    await until(lambda: made.count('"state": "armed"') == PAGES, what="what is there at first")
    yield made
    made.streams.end()
    async with asyncio.timeout(20):
        await asyncio.gather(*made.tasks)
    await till.close()


async def _buy(till: Till, key: str) -> None:
    assert isinstance(await till.order(Wish("cap-01", key, "f", key, 1)), Order)


async def test_while_the_pages_are_told_others_have_their_turn(tmp_path: Path) -> None:
    async with crowd(tmp_path) as pages:
        event = opened()
        telling = asyncio.create_task(pages.till.apply(event, event.id))
        told = set[int]()
        async with asyncio.timeout(20):
            while (count := pages.count('"state": "open"')) < PAGES:
                told.add(count)
                await asyncio.sleep(0)
        await telling
        assert len(told - {0}) > 8  # so many turns an order takes, more or less


async def test_an_opening_is_told_at_once_however_long_the_pages_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "REST_S", 1_000.0)
    async with crowd(tmp_path) as pages:
        pages.streams._count = PAGES  # as when each has a connection
        more = armed("mug")
        await pages.till.apply(more, more.id)  # another drop: from here on they rest
        event = opened()
        await pages.till.apply(event, event.id)
        await until(lambda: pages.count('"state": "open"') == PAGES, what="the opening")
        await asyncio.sleep(0)
        await _buy(pages.till, "a")
        await _buy(pages.till, "b")
        assert pages.count('"stock_left": 498') == 0  # that can wait until they have rested


async def test_a_burst_of_orders_is_one_message_and_the_last_word_is_right(tmp_path: Path) -> None:
    async with crowd(tmp_path) as pages:
        event = opened()
        await pages.till.apply(event, event.id)
        await asyncio.gather(*(_buy(pages.till, str(n)) for n in range(120)))
        await until(lambda: pages.count('"stock_left": 380') == PAGES, what="what is left")


async def test_a_page_that_goes_away_is_not_counted_any_more(tmp_path: Path) -> None:
    async with crowd(tmp_path) as pages:
        who = Caller("203.0.113.5", is_here=False)
        lines = pages.streams._counted(who, pages.streams.of_drop("cap-01"))
        assert (await anext(lines)).startswith("retry")
        assert (pages.streams._count, pages.streams._open) == (1, {"203.0.113.5": 1})
        await lines.aclose()  # type: ignore[attr-defined]
        assert (pages.streams._count, pages.streams._open) == (0, {})
