"""The buyers' list: which drop stands where, told to every page at once; in Chromium at a phone's size."""

import asyncio
import json
from pathlib import Path

import pytest

from console.contract import events
from console.contract.events import Event
from console.core.ids import new_id
from console.shop.sqlite_store import SqliteStore
from tests.rigs.browser import browser
from tests.shop.standing import SHOW, Hand, armed, checkout_opened, closed, now, opened, shop
from tests.shop.test_http import in_process


def highlighted(*drops: str) -> Event:
    return events.drops_highlighted(SHOW, drops, id=new_id(), at=now())


async def listed(hand: Hand) -> list[str]:
    """The ids on the list, in its order, with a star at what stands out."""
    async with asyncio.timeout(10), hand.client.stream("GET", "/v1/stream") as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                drops = json.loads(line.removeprefix("data: "))["drops"]
                return [f"{drop['id']}{'*' if drop['is_highlighted'] else ''}" for drop in drops]
    raise AssertionError("the stream ended")


@pytest.mark.slow
async def test_highlighted_first_then_open_to_come_sold_out_and_over(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        for event in (checkout_opened(), *(armed(id, stock=1, title=id) for id in "abcde"), *map(opened, "bcd")):
            assert (await hand.send(event)).status_code == 200
        await hand.buy("c")
        await hand.send(closed("d"))
        assert await listed(hand) == ["b", "a", "e", "c", "d"]
        answer = await hand.send(highlighted("e", "d", "nobody"))
        assert (answer.status_code, answer.json()) == (200, {"drops": ["e", "d", "nobody"]})
        assert await listed(hand) == ["e*", "b", "a", "c", "d"]  # what is over stands out no more
        assert (await hand.client.get("/v1/checkout")).json() == {"checkout": "open"}
        await hand.send(highlighted())
        assert await listed(hand) == ["b", "a", "e", "c", "d"]


async def test_what_stands_first_outlives_the_shop(tmp_path: Path) -> None:
    def open_store() -> SqliteStore:
        return SqliteStore(tmp_path / "shop.sqlite")

    for is_first in (True, False):
        async with in_process(open_store) as hand:
            if is_first:
                for event in (armed("a"), armed("b"), highlighted("b")):
                    await hand.send(event)
            page = (await hand.client.get("/")).text
            assert page.index('data-id="b"') < page.index('data-id="a"')
            assert page.count('class="is-highlighted"') == 1


@pytest.mark.real
@pytest.mark.slow
async def test_the_list_on_a_phone_follows_the_show_by_itself(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        with browser(tmp_path) as page:
            page.open(hand.address.url)
            page.wait_text("h1", "Nothing is on sale yet")
            await hand.send(armed("cap-01", stock=10, title="Cap <b>& co</b>"))
            await hand.send(armed("mug-01", stock=4, title="Mug"))
            await asyncio.to_thread(page.wait_text, "#drops", "Mug")
            assert page.text("li b") == "Cap <b>& co</b>"
            page.run("document.querySelector('[data-id=mug-01] a').focus()")
            await hand.send(highlighted("mug-01"))
            await asyncio.to_thread(page.wait_text, "li:first-child", "Highlight")
            assert page.text("li:first-child b") == "Mug"
            assert page.run("return document.activeElement.closest('li').dataset.id") == "mug-01"
            await hand.send(checkout_opened())
            await hand.send(opened("cap-01"))
            await asyncio.to_thread(page.wait_text, "[data-id=cap-01]", "On sale · 10 left")
            await asyncio.to_thread(page.wait_text, "#news", "Cap <b>& co</b>: on sale now")
            await hand.buy("cap-01", 2)
            await asyncio.to_thread(page.wait_text, "[data-id=cap-01]", "8 left")
            assert page.run("return document.querySelectorAll('li').length") == 2
            assert page.run("return document.documentElement.scrollWidth <= window.innerWidth")
            page.picture(tmp_path / "list.png")
            page.click("[data-id=cap-01] a")
            page.wait_text("#pay", "Buy")
            assert page.complaints() == []
