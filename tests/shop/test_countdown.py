"""A countdown in the real shop's process: nobody buys before, it opens by itself, and it outlives kills."""

import asyncio
import json
import os
import re
import signal
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from tests.rigs.browser import browser
from tests.shop.standing import PLAIN, Hand, armed, checkout_opened, closed, now, opened, shop
from tests.waiting import until

pytestmark = pytest.mark.slow


async def count_down(hand: Hand, in_s: float) -> None:
    for event in (armed(), checkout_opened(), opened(in_s=in_s)):
        answer = await hand.send(event)
        assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "countdown"


async def states_until(hand: Hand, wanted: str) -> list[dict[str, object]]:
    """What the buyers' stream tells until the drop is `wanted`."""
    told: list[dict[str, object]] = []
    async with (
        asyncio.timeout(20),
        httpx.AsyncClient(base_url=hand.address.url, **PLAIN) as client,
        client.stream("GET", "/v1/drops/cap-01/stream") as lines,
    ):
        async for line in lines.aiter_lines():
            if line.startswith("data: "):
                told.append(json.loads(line[6:]))
                if told[-1]["state"] == wanted:
                    break
    return told


async def test_it_opens_by_itself_and_the_buyers_stream_tells_it(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        await count_down(hand, 2.5)
        early = await hand.buy()
        assert (early.status_code, early.json()["reason"]) == (409, "not_open")
        told = await states_until(hand, "open")
        first = told[0]
        assert first["state"] == "countdown"
        assert 0 < float(str(first["opens_in_s"])) <= 2.5
        assert told[-1]["opens_in_s"] == 0
        assert (await hand.buy()).status_code == 201


async def test_closed_in_its_countdown_it_never_opens(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        await count_down(hand, 0.5)
        opens = datetime.fromisoformat((await hand.state())["opens_at"])
        assert (await hand.send(closed())).json()["state"] == "closed"
        await until(lambda: now() > opens, what="its moment")
        assert (await hand.state())["state"] == "closed"
        assert (await hand.buy()).json()["reason"] == "closed"


async def test_a_shop_that_is_killed_in_the_countdown_comes_back_and_opens(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, keeper):
        await count_down(hand, 1.5)
        before = await hand.state()
        os.kill(hand.address.pid, signal.SIGKILL)

        def is_back() -> bool:
            address = keeper.state.value.address
            return keeper.state.value.link.is_up and address is not None and address.pid != hand.address.pid

        await until(is_back, within_s=20, what="the next shop")
        assert (await hand.state())["opens_at"] == before["opens_at"]
        await states_until(hand, "open")
        assert (await hand.buy()).status_code == 201


@pytest.mark.real
async def test_the_buyers_page_counts_down_and_opens_at_zero_without_the_shops_news(tmp_path: Path) -> None:
    async with shop(tmp_path) as (hand, _):
        with browser(tmp_path) as page:
            for event in (armed("mug-01"), opened("mug-01", in_s=60.0), armed(), checkout_opened()):
                await hand.send(event)
            page.open(f"{hand.address.url}/d/mug-01")
            page.wait_text("#state", "Opens in a moment")
            page.wait_text("#clock-word", "until it opens")
            assert re.fullmatch(r"[01]:[0-5]\d", page.text("#clock"))
            assert page.text("#pay") == ""
            page.open(f"{hand.address.url}/d/cap-01")
            page.wait_text("#state", "Opens soon")
            await hand.send(opened(in_s=2.0))
            await asyncio.to_thread(page.wait_text, "#state", "Opens in a moment")
            os.kill(hand.address.pid, signal.SIGSTOP)  # no news comes any more
            try:
                await asyncio.to_thread(page.wait_text, "#pay", "19.00 €")
            finally:
                os.kill(hand.address.pid, signal.SIGCONT)
            page.wait_text("#state", "On sale now")
            page.wait_text("#clock-word", "to go")
            page.click("#pay")
            await asyncio.to_thread(page.wait_text, ".ticket", "pick-up number")
            assert page.complaints() == []
