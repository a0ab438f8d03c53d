"""The line at the till: first come, first served, one place for a key, and one order's trouble is its own."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.clock import SystemClock
from console.shop import line
from console.shop.goods import Order, Reason, Refused, Wish
from console.shop.line import InLine, Line
from console.shop.sqlite_store import SqliteStore
from console.shop.till import Till
from tests.shop.standing import Hand, armed, checkout_opened, opened
from tests.shop.test_http import in_process, order
from tests.waiting import until

BAD = "bad"


class Gated(SqliteStore):
    """A store that takes orders only while its gate is open, counts its transactions, and cannot take `BAD`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.gate = threading.Event()
        self.gate.set()
        self.batches: list[int] = []

    def orders(self, wishes: Sequence[Wish], now: datetime) -> Sequence[Order | Refused]:
        assert self.gate.wait(20)
        self.batches.append(len(wishes))
        if any(wish.key == BAD for wish in wishes):
            raise sqlite3.OperationalError("it cannot be taken")
        return super().orders(wishes, now)


def wish(key: str, *, fingerprint: str = "f") -> Wish:
    return Wish("cap-01", key, fingerprint, f"buyer-{key}", 1)


@asynccontextmanager
async def till_of(store: Gated, *, stock: int) -> AsyncIterator[Till]:
    till = Till(lambda: store, SystemClock())
    await till.start()
    for event in (armed(stock=stock), checkout_opened(), opened()):
        await till.apply(event, event.id)
    try:
        yield till
    finally:
        store.gate.set()
        await till.close()


@pytest.fixture
def store(tmp_path: Path) -> Gated:
    return Gated(tmp_path / "shop.sqlite")


async def test_orders_that_come_together_share_commits_and_are_taken_in_the_order_they_came(store: Gated) -> None:
    async with till_of(store, stock=70) as till:
        store.gate.clear()
        asked = [asyncio.create_task(till.order(wish(f"{n:03}"))) for n in range(90)]
        await asyncio.sleep(0)
        store.gate.set()
        answers = await asyncio.gather(*asked)
        assert store.batches == [50, 40]
        taken = [a for a in answers if isinstance(a, Order)]
        assert [a.buyer for a in taken] == [f"buyer-{n:03}" for n in range(70)]
        assert {a.reason for a in answers if isinstance(a, Refused)} == {Reason.SOLD_OUT}
        told = await till.orders_after(0)
        assert [one.order.buyer for one in told] == [a.buyer for a in taken]


async def test_with_more_buyers_than_can_be_served_each_is_told_where_they_stand_and_keeps_the_place(
    store: Gated,
) -> None:
    async with till_of(store, stock=700) as till:
        store.gate.clear()
        asked = [asyncio.create_task(till.order(wish(f"{n:03}"))) for n in range(700)]
        await until(lambda: sum(task.done() for task in asked) == 201, what="those who are told to ask again")
        stand = asked[650].result()
        assert isinstance(stand, InLine)
        assert stand.position == 651
        assert 651 <= stand.of <= 700
        assert 1 <= stand.ask_again_s <= 10
        again = await till.order(wish("650"))
        assert again == InLine(651, 700, stand.ask_again_s)
        assert await till.order(wish("650", fingerprint="other")) == Refused(Reason.KEY_REUSED)
        # Whoever goes away is served all the same
        asked[3].cancel()
        store.gate.set()
        await until(lambda: not till.places, what="the end of the line")
        told = [logged.order.buyer for logged in await till.orders_after(0, limit=1000)]
        assert told == [f"buyer-{n:03}" for n in range(700)]
        answer = await till.order(wish("650"))
        assert isinstance(answer, Order)
        assert answer.buyer == "buyer-650"


async def test_who_is_nearly_served_but_meets_a_slow_disk_is_told_rather_than_left_hanging(
    store: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.shop.till.PATIENCE_S", 0.02)
    async with till_of(store, stock=5) as till:
        store.gate.clear()
        assert await till.order(wish("a")) == InLine(1, 1, 1)
        assert await till.order(wish("b")) == InLine(2, 2, 1)
        store.gate.set()
        await until(lambda: not till.places, what="the end of the line")
        assert isinstance(await till.order(wish("b")), Order)


async def test_an_order_that_the_store_cannot_take_costs_no_other_its_answer(store: Gated) -> None:
    async with till_of(store, stock=5) as till:
        store.gate.clear()
        asked = [asyncio.create_task(till.order(wish(key))) for key in ("first", "a", BAD, "b")]
        await asyncio.sleep(0)
        store.gate.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(answer) for answer in answers] == [Order, Order, sqlite3.OperationalError, Order]
        assert till.drops["cap-01"].sold == 3


async def test_an_event_of_the_console_waits_for_one_batch_at_most(store: Gated) -> None:
    async with till_of(store, stock=5) as till:
        store.gate.clear()
        asked = [asyncio.create_task(till.order(wish(f"{n:03}"))) for n in range(400)]
        await until(lambda: till.places == 400, what="the line")
        more = armed("mug")
        applied = asyncio.create_task(till.apply(more, more.id))
        await asyncio.sleep(0)
        store.gate.set()
        await applied
        assert till.places > 200
        await asyncio.gather(*asked)


async def test_over_http_a_place_in_the_line_is_a_202_that_says_when_to_ask_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.shop.till.PATIENCE_S", 0.02)
    gated: list[Gated] = []

    def open_store() -> Gated:
        gated.append(Gated(tmp_path / "shop.sqlite"))
        return gated[0]

    async with in_process(open_store) as hand:
        await hand.put_on_sale()
        gated[0].gate.clear()
        told = await order(hand, {"quantity": 1}, **{"Idempotency-Key": '"k"'})
        assert told.status_code == 202
        assert told.json() == {"line": {"position": 1, "of": 1, "ask_again_s": 1}}
        assert told.headers["retry-after"] == "1"
        assert "buyer=" in told.headers["set-cookie"]
        monkeypatch.setattr(line, "MAX_PLACES", 1)
        full = await order(hand, {"quantity": 1})
        assert (full.status_code, full.headers["retry-after"]) == (503, "5")
        gated[0].gate.set()
        await _bought(hand)
        assert (await hand.state())["sold"] == 1


async def _bought(hand: Hand) -> None:
    async with asyncio.timeout(20):
        while True:
            answer: httpx.Response = await order(hand, {"quantity": 1}, **{"Idempotency-Key": '"k"'})
            if answer.status_code == 201:
                return
            assert answer.status_code == 202


@given(steps=st.lists(st.sampled_from(["join", "serve"]), max_size=300))
def test_whoever_comes_is_served_in_turn_and_moves_only_forward(steps: list[str]) -> None:
    asyncio.run(_moves_only_forward(steps))


async def _moves_only_forward(steps: list[str]) -> None:
    of, served, last = Line(), list[str](), dict[str, int]()
    for number, step in enumerate(steps):
        if step == "join":
            place = of.join(wish(str(number)))
            assert of.join(wish(str(number))) is place
            assert of.where(place).position == len(of)
            last[str(number)] = len(of)
        else:
            places = of.next()
            of.done(places, 0.01)
            served += [place.wish.key for place in places]
        for key in [key for key in last if key not in served]:
            at = of.where(of.join(wish(key)))
            assert 1 <= at.position <= last[key]
            assert at.position <= at.of == len(of)
            last[key] = at.position
    assert served == sorted(served, key=int)
