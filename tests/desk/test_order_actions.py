"""Unpaid orders from the desk: offered after a confirmed stop, listed, voided, marked paid, and told by the API."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from console.commerce.state import DropState, Order, OrderList, Variant, Wanted
from console.contract.books import Books
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.desk.view import Notice
from console.remote.state import state_of
from console.show.entries import Entry
from console.show.figures import Report
from tests.desk.parts import SHOW, Stage

STOPPED = (("cap-01", 1),)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def order(stage: Stage, id: str, drop: str = "cap-01") -> Order:
    return Order(id, drop, 1, 1, 1900, "EUR", "livestream", "confirmed", stage.clock.now(), sku="cap-s")


def be(stage: Stage, **changes: object) -> None:
    stage.commerce.state.set(replace(stage.commerce.state.value, **changes))


def notice(stage: Stage) -> Notice | None:
    return stage.desk.notice.value


async def test_without_unpaid_orders_there_is_nothing_to_list_or_void(stage: Stage) -> None:
    for action, more in (("orders.list", {}), ("orders.void", {"drop": "cap-01", "orders": ["o1"]})):
        outcome = await stage.desk.run(action, Origin.BUTTON, **more)
        assert (outcome.result, outcome.why) == (Result.REFUSED, "No order is unpaid.")


async def test_nothing_is_voided_while_a_stop_is_not_confirmed(stage: Stage) -> None:
    be(stage, unpaid=(order(stage, "o1"),), is_stopping=True)
    outcome = await stage.desk.run("orders.void", Origin.BUTTON, drop="cap-01", orders=["o1"])
    assert outcome.why == "STOP SALE is not confirmed yet: wait for it."
    assert not stage.called("void_orders")


async def test_the_presses_reach_the_sale(stage: Stage) -> None:
    be(stage, unpaid=(order(stage, "o1"),))
    await stage.desk.run("orders.list", Origin.BUTTON, drop="cap-01", run=1)
    await stage.desk.run("orders.void", Origin.BUTTON, drop="cap-01", orders=["o1"])
    await stage.desk.run("orders.paid", Origin.BUTTON, drop="cap-01", orders=["o1"], run=2)
    await stage.desk.run("orders.unlist", Origin.BUTTON)
    assert stage.called("list_orders") == [(("cap-01", 1), {})]
    assert stage.called("void_orders") == [(("cap-01", ["o1"]), {"run": None})]
    assert stage.called("pay_orders") == [(("cap-01", ["o1"]), {"run": 2})]
    assert stage.called("unlist_orders") == [((), {})]


def test_after_a_confirmed_stop_the_banner_offers_it_once_and_follows_the_count(stage: Stage) -> None:
    be(stage, is_stopping=True, unpaid=(order(stage, "o1"),))
    before = notice(stage)
    be(stage, is_stopping=False, stopped=STOPPED)
    shown = notice(stage)
    assert before is None
    assert shown is not None
    assert (shown.what, shown.offer) == ("The sale is stopped. 1 order since FIRE is unpaid, 19.00 €.", "orders.list")
    assert shown.fix == "Void it if its price was wrong."
    be(stage, unpaid=(order(stage, "o1"), order(stage, "o2")))
    more = notice(stage)
    assert more is not None
    assert "2 orders since FIRE are unpaid, 38.00 €" in more.what
    stage.desk.notice.set(None)  # dismissed
    be(stage, unpaid=(order(stage, "o1"),))
    assert notice(stage) is None
    be(stage, is_stopping=True)
    be(stage, is_stopping=False)
    assert notice(stage) is not None, "another stop asks again"
    be(stage, unpaid=())
    assert notice(stage) is None, "nothing is left to void"


def test_unpaid_orders_of_other_drops_and_other_notices_are_left_alone(stage: Stage) -> None:
    stage.desk.notice.set(Notice("Something else."))
    be(stage, stopped=STOPPED, unpaid=(order(stage, "o1", drop="mug-01"),))
    assert notice(stage) == Notice("Something else.")


def test_the_api_tells_of_orders_kinds_and_books(stage: Stage) -> None:
    listed = OrderList(STOPPED, (order(stage, "o1"),), frozenset({"o1"}))
    books = Books(allotted=50, sold=12, held=3, left=35, wrong=(), at=stage.clock.now())
    be(stage, stopped=STOPPED, unpaid=listed.orders, listed=listed, books=books)
    cap = stage.commerce.state.value.drops[0]
    kind = Variant("cap-s", "Small", 1900, 50, 35, 3, 12)
    be(stage, drops=(replace(cap, held=3, waiting=2, variants=(kind,), wanted=Wanted(stock=60, sku="cap-s")),))
    state = state_of(stage.desk)
    orders, shop, drops = state["orders"], state["shop"], state["drops"]
    assert isinstance(orders, dict)
    assert isinstance(shop, dict)
    assert isinstance(drops, list)
    assert (orders["unpaid"], orders["unpaid_minor"]) == (1, 1900)
    assert orders["stopped"] == [{"drop": "cap-01", "run": 1}]
    assert [(row["id"], row["state"], row["is_asked"]) for row in orders["listed"]] == [("o1", "confirmed", True)]
    assert (shop["books"]["left"], shop["books"]["wrong"]) == (35, [])
    assert (drops[0]["held"], drops[0]["waiting"]) == (3, 2)
    assert drops[0]["variants"][0]["left"] == 35
    assert drops[0]["wanted"] == {"stock": 60, "sku": "cap-s"}


async def test_the_last_price_comes_back_with_one_press(stage: Stage) -> None:
    stage.sell(state=DropState.OPEN)
    refused = await stage.desk.run("drop.price_back", Origin.BUTTON, drop="cap-01")
    assert refused.why == "No price was changed in this sale."
    stage.sell(state=DropState.OPEN, price_minor=1500, last_price_minor=1900)
    assert (await stage.desk.run("drop.price_back", Origin.BUTTON, drop="cap-01")).is_done
    assert stage.called("change") == [(("cap-01", Wanted(price_minor=1900)), {})]


async def test_the_stock_of_one_kind_is_changed(stage: Stage) -> None:
    stage.sell(state=DropState.OPEN)
    assert (await stage.desk.run("drop.stock", Origin.BUTTON, drop="cap-01", stock=9, sku="cap-s")).is_done
    assert stage.called("change") == [(("cap-01", Wanted(stock=9, sku="cap-s")), {})]


WITH_TICKETS = SHOW.replace("stock = 50\n", "stock = 50\n[drops.access]\ntickets = 2\n")


async def test_tickets_are_written_to_a_file_and_nowhere_else(tmp_path: Path) -> None:
    stage = Stage(WITH_TICKETS)

    stage.commerce.answers["tickets"] = cast(Outcome, ("K7Q2-9XMA-3T", "AAAA-BBBB-CC"))
    stage.commerce.exports = tmp_path
    outcome = await stage.desk.run("drop.tickets", Origin.BUTTON, drop="cap-01", form="csv")
    path = tmp_path / "tickets-cap-01.csv"
    assert outcome.why == f"2 tickets written to {path}. Whoever has one may buy."
    assert "1,K7Q2-9XMA-3T,http://buy/d/cap-01?ticket=K7Q2-9XMA-3T" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    assert "K7Q2" not in str(stage.journal.entries)


async def test_tickets_that_cannot_be_made_are_refused_in_words(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    none = await stage.desk.run("drop.tickets", Origin.BUTTON, drop="cap-01")
    assert none.why == "No drop of this show is sold with tickets."
    stage = Stage(WITH_TICKETS)

    async def tickets(drop: str) -> tuple[str, ...]:
        raise UserError("There is no key for the shop.", fix="Put it into the keyring.")

    monkeypatch.setattr(stage.commerce, "tickets", tickets, raising=False)
    outcome = await stage.desk.run("drop.tickets", Origin.BUTTON, drop="cap-01")
    assert (outcome.result, outcome.why) == (Result.REFUSED, "There is no key for the shop.")
    assert outcome == replace(Outcome.refused(outcome.why, "Put it into the keyring."), took_ms=outcome.took_ms,
                              journal_id=outcome.journal_id)  # fmt: skip


async def test_what_was_voided_is_a_moment_of_the_report(stage: Stage) -> None:
    be(stage, unpaid=(order(stage, "o1"),))
    stage.commerce.answers["void_orders"] = Outcome.done("12 of 13 voided; 1 was paid meanwhile.")
    await stage.desk.run("orders.void", Origin.BUTTON, drop="cap-01", orders=["o1"])
    ((kind, origin, fields),) = [entry for entry in stage.journal.entries if entry[0] == "action"]
    report = Report()
    report._add(Entry(1, 1, stage.clock.now(), 0, kind, str(origin), fields))
    assert [(note.text, note.detail) for note in report.troubles] == [
        ("orders.void done", "12 of 13 voided; 1 was paid meanwhile.")
    ]
