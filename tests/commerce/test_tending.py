"""The outbox in the director's hands: seen line by line, tried now, given up, written to a file."""

import asyncio
import csv
import json
import threading
from pathlib import Path

import pytest

from console.commerce import board
from console.commerce.lines import LineState, OutboxLine
from console.commerce.outbox import Outbox
from console.commerce.sale import Commerce
from console.commerce.shops.manual import ManualShop
from console.commerce.state import Checkout, DropState, Sale
from console.core.journal import MemoryJournal
from console.core.outcome import Result
from tests.commerce.conftest import Begin, client_for, drop
from tests.commerce.fake_shop import FakeShop, _Handler, always
from tests.waiting import until


@pytest.fixture(autouse=True)
def _nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.commerce.sale.PENDING_AFTER_S", 0.3)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not taken is not tried again by itself while a test lasts."""
    monkeypatch.setattr("console.commerce.sender.backoff_s", lambda tries: 600.0)


def line(sale: Commerce, what: str) -> OutboxLine:
    return next(one for one in sale.state.value.outbox if one.what == what)


async def test_every_press_is_a_line_from_the_press_to_the_shops_word(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    assert [one.what for one in sale.state.value.outbox] == []
    seen: list[tuple[str, int]] = []

    def note(now: Sale) -> None:
        seen.extend((one.state.value, one.tries) for one in now.outbox)

    sale.state.watch(note, now=False)
    await sale.arm("cap-01")
    assert list(dict.fromkeys(seen)) == [("waiting", 0), ("being sent", 1), ("confirmed", 1)]
    armed = line(sale, "Arm Linen cap")
    assert (armed.answer, armed.title, armed.drop, armed.run) == (
        "200 armed, run 1, 0 sold, 50 left", "Linen cap", "cap-01", 1,
    )  # fmt: skip
    assert armed.ended_at is not None
    await sale.fire("cap-01")
    assert {one.what for one in sale.state.value.outbox} == {"Arm Linen cap", "Fire Linen cap", "Open checkout"}


@pytest.mark.usefixtures("patient")
async def test_what_waits_says_the_last_answer_and_when_it_is_tried_next(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    shop.fault = always(429, b'{"title": "Too many"}')
    await sale.arm("cap-01")
    waits = line(sale, "Arm Linen cap")
    assert (waits.state, waits.tries, waits.answer) == (LineState.WAITING, 1, "The shop answers 429, Too many.")
    assert waits.next_try_at is not None
    await sale.disarm("cap-01")
    assert line(sale, "Arm Linen cap").state is LineState.SUPERSEDED


@pytest.mark.usefixtures("patient")
async def test_one_lane_is_tried_now_and_the_others_are_left_alone(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    shop.fault = always(429)
    await asyncio.gather(sale.arm("cap-01"), sale.arm("mug-01"))
    shop.fault = None
    assert (await sale.retry(line(sale, "Arm Mug").id)).is_done
    assert drop(sale, "mug-01").state is DropState.ARMED
    assert drop(sale).state is DropState.ARMING
    assert line(sale, "Arm Linen cap").tries == 1
    assert (await sale.retry()).is_done
    assert drop(sale).state is DropState.ARMED
    assert (await sale.retry()).result is Result.REFUSED


@pytest.mark.usefixtures("patient")
async def test_a_try_that_is_not_taken_either_is_pending_with_the_reason(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    shop.fault = always(429)
    await sale.arm("cap-01")
    outcome = await sale.retry()
    assert outcome.result is Result.PENDING
    assert "429" in outcome.why
    assert line(sale, "Arm Linen cap").tries == 2


@pytest.mark.usefixtures("patient")
async def test_one_drops_trouble_never_blocks_another(begin: Begin, shop: FakeShop) -> None:
    def only_the_cap(handler: _Handler, when: str) -> bool:
        return b"cap-01" in handler.body and always(503)(handler, when)

    sale = await begin(client_for(shop.url))
    shop.fault = only_the_cap
    cap, mug = await asyncio.gather(sale.arm("cap-01"), sale.arm("mug-01"))
    assert (cap.result, mug.result) == (Result.PENDING, Result.DONE)
    assert (await sale.fire("mug-01")).is_done
    assert sale.state.value.outbox[0].what == "Arm Linen cap", "what waits stands first"


@pytest.mark.usefixtures("patient")
async def test_what_is_given_up_leaves_its_drop_in_doubt_until_the_shop_has_said(
    begin: Begin, shop: FakeShop, journal: MemoryJournal
) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    shop.fault = always(429)
    await sale.fire("cap-01")
    doubts: list[str] = []
    sale.state.watch(lambda now: doubts.append(now.drops[0].why) if now.drops[0].state is DropState.ASKING else None)
    outcome = await sale.give_up(line(sale, "Fire Linen cap").id, " the host changed her mind ")
    assert outcome.is_done
    assert outcome.why == "Fire Linen cap is given up. The shop is asked how it stands."
    assert doubts[0] == "Its last press was given up: the host changed her mind"
    await until(lambda: drop(sale).state is DropState.ARMED, what="the shop's word")
    fired = line(sale, "Fire Linen cap")
    assert (fired.state, fired.reason) == (LineState.GIVEN_UP, "the host changed her mind")
    given_up = journal.of("outbox.given_up")[0]
    assert (given_up["type"], given_up["reason"]) == ("drop.opened", "the host changed her mind")
    shop.fault = None
    assert (await sale.retry()).is_done, "the checkout, which was not given up"
    assert not [kind for kind, _ in shop.history if kind == "drop.opened"], "it never left again"
    again = await sale.give_up(fired.id, "twice")
    assert (again.result, again.why) == (Result.REFUSED, "Fire Linen cap has ended already: given up.")
    await sale.close()
    restarted = await begin(client_for(shop.url))
    assert (line(restarted, "Fire Linen cap").state, restarted.state.value.outbox_pending) == (LineState.GIVEN_UP, 0)


@pytest.mark.slow
async def test_a_try_under_way_that_is_given_up_is_waited_out_before_the_shops_word_counts(
    begin: Begin, shop: FakeShop
) -> None:
    gate = threading.Event()

    def slow(handler: _Handler, when: str) -> bool:
        if when == "before" and b"drop.opened" in handler.body:
            gate.wait(10)
        return False

    sale = await begin(client_for(shop.url, timeout_s=1.5))
    await sale.arm("cap-01")
    shop.fault = slow
    firing = asyncio.create_task(sale.fire("cap-01"))
    await until(lambda: any(b"drop.opened" in body for body in shop.bodies), what="the opening under way")
    asked = shop.asked
    assert (await sale.give_up(line(sale, "Fire Linen cap").id, "too slow")).is_done
    assert not (await firing).is_done
    await until(lambda: shop.asked > asked, what="a look at the shop, which still says armed")
    assert drop(sale).state is DropState.ASKING
    gate.set()
    await until(lambda: drop(sale).state is DropState.OPEN, what="the late landing, seen for what it is")


@pytest.mark.usefixtures("patient")
async def test_a_closing_is_given_up_only_by_one_who_says_that_buyers_may_buy(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    await sale.fire("cap-01")
    shop.fault = always(429)
    await sale.close_drop("cap-01")
    closing = line(sale, "Close Linen cap").id
    refused = await sale.give_up(closing, "never mind")
    assert refused.result is Result.REFUSED
    assert "buyers may still buy" in refused.why
    assert sale.state.value.outbox_pending == 1
    outcome = await sale.give_up(closing, "never mind", buyers_may_buy=True)
    assert outcome.is_done
    assert "Buyers may still buy." in outcome.why
    await until(lambda: drop(sale).state is DropState.OPEN, what="the shop's word: it sells on")


@pytest.mark.usefixtures("patient")
async def test_nothing_of_stop_sale_is_given_up(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    await sale.fire("cap-01")
    shop.fault = always(429)
    await sale.stop_sale()
    for what in ("Close Linen cap", "Close checkout"):
        refused = await sale.give_up(line(sale, what).id, "enough", buyers_may_buy=True)
        assert refused.result is Result.REFUSED
        assert "STOP SALE" in refused.why
        assert "take STOP SALE back" in refused.fix
    shop.fault = None
    assert (await sale.retry()).is_done
    await until(lambda: not sale.state.value.is_stopping, what="the stop")


@pytest.mark.usefixtures("patient")
async def test_a_checkout_press_that_is_given_up_leaves_the_checkout_unknown(begin: Begin, shop: FakeShop) -> None:
    sale = await begin(client_for(shop.url))
    shop.fault = always(429)
    await sale.open_checkout()
    assert (await sale.give_up(line(sale, "Open checkout").id, "not yet")).is_done
    assert sale.state.value.checkout is Checkout.UNKNOWN
    assert sale.state.value.outbox_pending == 0


@pytest.mark.usefixtures("patient")
async def test_giving_up_needs_a_reason_a_message_and_a_disk(
    begin: Begin, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = await begin(client_for(shop.url))
    shop.fault = always(429)
    await sale.arm("cap-01")
    id = line(sale, "Arm Linen cap").id
    assert (await sale.give_up(id, "  ")).why == "Giving up needs a reason."
    assert (await sale.give_up("nothing", "why")).why == "There is no such message in the outbox."
    monkeypatch.setattr(Outbox, "give_up", lambda *_, **__: False)
    assert (await sale.give_up(id, "why")).why == "The shop has answered meanwhile."
    assert line(sale, "Arm Linen cap").state is LineState.WAITING


async def test_without_an_api_there_is_nothing_to_try_and_the_press_can_be_given_up(begin: Begin) -> None:
    sale = await begin(ManualShop())
    await sale.arm("cap-01")
    assert line(sale, "Arm Linen cap").state is LineState.BY_HAND
    assert (await sale.retry()).result is Result.REFUSED
    assert (await sale.give_up(line(sale, "Arm Linen cap").id, "not on this platform")).is_done
    assert "Look at the platform" in drop(sale).fix


async def test_the_whole_run_is_written_to_a_file_that_is_named(begin: Begin, shop: FakeShop, tmp_path: Path) -> None:
    sale = await begin(client_for(shop.url))
    await sale.arm("cap-01")
    shop.fault = always(422, b'{"detail": "=HYPERLINK(1)"}')
    await sale.fire("cap-01")
    outcome = await sale.export()
    (path,) = (tmp_path / "exports").glob("*.csv")
    assert outcome.why == f"3 messages written to {path}."
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [(row["pressed"], row["state"], row["tries"]) for row in rows][:2] == [
        ("Arm Linen cap", "confirmed", "1"), ("Fire Linen cap", "refused", "1"),
    ]  # fmt: skip
    assert rows[0]["answer"] == "200 armed, run 1, 0 sold, 50 left"
    assert (await sale.export("json")).is_done
    (path,) = (tmp_path / "exports").glob("*.json")
    document = json.loads(path.read_text())
    assert [one["event"]["type"] for one in document["messages"]][:2] == ["drop.armed", "drop.opened"]
    assert document["contradictions"] == []


async def test_an_export_that_the_disk_refuses_is_said(begin: Begin, shop: FakeShop, tmp_path: Path) -> None:
    sale = await begin(client_for(shop.url))
    (tmp_path / "exports").touch()
    outcome = await sale.export()
    assert outcome.result is Result.FAILED
    assert "exports" in outcome.why
    assert outcome.fix


async def test_hundreds_of_messages_leave_a_hundred_lines_and_lose_none_that_waits(
    begin: Begin, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "ENDED_SHOWN", 5)
    sale = await begin(client_for(shop.url))
    for _ in range(4):
        await sale.arm("cap-01")
        await sale.disarm("cap-01")
    assert [one.what for one in sale.state.value.outbox] == [
        "Disarm Linen cap", "Arm Linen cap", "Disarm Linen cap", "Arm Linen cap", "Disarm Linen cap",
    ]  # fmt: skip
