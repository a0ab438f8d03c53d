"""The counter over HTTP: who gets in, what a press does, and what it says when it does nothing."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.contract import events, problem, signing
from console.contract.events import Hold
from console.core.ids import new_id
from console.shop.counter_door import SESSION_S
from tests.shop.counter_rig import OURS, PIN, SECRET, Counter, Tablet, counter, goods, stocked
from tests.shop.standing import SHOW, now


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Counter]:
    async with counter(tmp_path) as made:
        yield made


def said(answer: httpx.Response, status: int) -> problem.Problem:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == problem.MEDIA_TYPE
    return problem.from_json(answer.content)


async def an_order(at: Counter, **more: object) -> dict[str, Any]:
    if (await at.hand.client.get("/v1/drops/cap-01")).status_code == 404:
        await at.hand.put_on_sale()
    body = {"quantity": 1, "buyer": new_id(), **more}
    headers = {"Idempotency-Key": f'"{new_id()}"'}
    answer = await at.hand.client.post("/v1/drops/cap-01/orders", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


INSIDE = [
    "/counter/state", "/counter/orders/1234", "/counter/picklist", "/counter/picklist.csv", "/counter/orders.csv",
    "/counter/orders.json",
]  # fmt: skip


@pytest.mark.parametrize("path", INSIDE)
@pytest.mark.parametrize("cookie", ["", "x", "9999999999.aa.bb", "none.of.this", "é.é.é"])
async def test_nothing_of_the_counter_is_seen_without_the_pin(at: Counter, path: str, cookie: str) -> None:
    tablet = at.tablet()
    answer = await tablet.client.get(path, headers={b"cookie": f"counter={cookie}".encode()})
    assert said(answer, 401).reason == "session"
    assert said(await tablet.sell(), 401).reason == "session"


async def test_the_pin_lets_in_for_twelve_hours_with_a_cookie_that_pages_cannot_read(at: Counter) -> None:
    tablet = at.tablet()
    assert said(await tablet.enter("000000"), 401).reason == "pin"
    answer = await tablet.enter()
    cookie = answer.headers["set-cookie"].lower()
    for word in ("httponly", "samesite=strict", "path=/counter", f"max-age={SESSION_S}"):
        assert word in cookie
    assert PIN not in cookie
    assert (await tablet.client.get("/counter/state")).status_code == 200
    at.clocks.wall_s += SESSION_S - 1
    assert (await tablet.client.get("/counter/state")).status_code == 200
    at.clocks.wall_s += 1
    said(await tablet.client.get("/counter/state"), 401)


async def test_a_cookie_cannot_be_made_to_last_longer(at: Counter) -> None:
    answer = await at.tablet().enter()
    ends, nonce, mac = answer.cookies["counter"].split(".")
    longer = f"{int(ends) + 1}.{nonce}.{mac}"
    said(await at.tablet().client.get("/counter/state", headers={"Cookie": f"counter={longer}"}), 401)


async def test_a_new_pin_ends_every_session_and_is_made_by_the_console_alone(at: Counter) -> None:
    tablet = await at.inside()
    id = new_id()
    headers = signing.sign(SECRET, id, b"{}", now())
    said(await tablet.client.post("/v1/counter/pin", content=b"{}", headers=headers), 403)  # not on its machine
    said(await at.hand.client.post("/v1/counter/pin", content=b"{}"), 401)
    assert (await tablet.client.get("/counter/state")).status_code == 200
    answer = await at.hand.client.post("/v1/counter/pin", content=b"{}", headers=headers)
    assert answer.json() == {"ok": True}
    assert at.told == [at.door.pin]
    assert at.door.pin != PIN
    said(await tablet.client.get("/counter/state"), 401)
    said(await tablet.enter(PIN), 401)
    assert (await tablet.enter(at.door.pin)).status_code == 200


async def test_a_pin_that_cannot_be_kept_is_not_changed(at: Counter) -> None:
    tablet = await at.inside()
    at.told = None
    answer = await at.hand.client.post(
        "/v1/counter/pin", content=b"{}", headers=signing.sign(SECRET, new_id(), b"{}", now())
    )
    assert said(answer, 503).detail == "The new PIN could not be kept."
    assert at.door.pin == PIN
    assert (await tablet.client.get("/counter/state")).status_code == 200


async def test_five_wrong_pins_in_a_minute_close_the_door_for_that_address_even_to_the_right_one(at: Counter) -> None:
    tablet, other = at.tablet("192.0.2.7"), at.tablet("192.0.2.8")
    for _ in range(5):
        said(await tablet.enter("000000"), 401)
    told = said(await tablet.enter(), 429)
    assert "Try again in 60 s." in told.fix
    assert (await other.enter()).status_code == 200
    at.clocks.mono_s += 61
    assert (await tablet.enter()).status_code == 200


async def test_thirty_wrong_pins_in_an_hour_close_the_door_to_all_and_those_inside_stay(at: Counter) -> None:
    inside = await at.inside()
    for number in range(30):
        said(await at.tablet(f"192.0.2.{number}").enter("000000"), 401)
    told = said(await at.tablet("198.51.100.1").enter(), 429)
    assert "make a new PIN in the console" in told.fix
    assert (await inside.client.get("/counter/state")).status_code == 200
    at.door.change("135791")
    assert (await at.tablet("198.51.100.1").enter("135791")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Counter": "0"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_page_can_press_nothing(at: Counter, headers: dict[str, str]) -> None:
    tablet = await at.inside()
    said(await tablet.press(headers=headers, deed="sell"), 403)
    said(await tablet.enter(**headers), 403)
    text = {**OURS, "Content-Type": "text/plain"}
    said(await tablet.client.post("/counter/session", content='{"pin": "1"}', headers=text), 415)
    assert (await tablet.state())["counter"]["goods"][0]["left"] == 5


async def test_the_page_needs_nothing_from_elsewhere(at: Counter) -> None:
    tablet = at.tablet()
    for path in ("/counter", "/counter/files/counter.js", "/counter/files/counter.css"):
        answer = await tablet.client.get(path)
        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "http" not in answer.text.replace("http-equiv", "")
        assert len(answer.content) < 50_000
    html = (await tablet.client.get("/counter")).text
    assert "style=" not in html
    assert " onclick" not in html
    said(await tablet.client.get("/counter/files/..%2fbase.html"), 404)


async def test_a_sale_is_made_once_whatever_the_line_does(at: Counter) -> None:
    tablet = await at.inside()
    answers = await asyncio.gather(*(tablet.sell(2, key="k") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["order"]["id"] for answer in answers}) == 1
    [one] = (await tablet.state())["counter"]["goods"]
    assert (one["left"], one["sold"]) == (3, 2)
    assert said(await tablet.sell(1, key="k"), 409).reason == "key_reused"


async def test_two_tablets_never_sell_the_same_piece_and_the_second_is_told(at: Counter) -> None:
    tablets = [await at.inside(), at.tablet("192.0.2.8")]
    await tablets[1].enter()
    answers = await asyncio.gather(*(tablets[n % 2].sell() for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [409] * 3
    told = said(await tablets[1].sell(), 409)
    assert (told.reason, told.detail) == ("sold_out", "None is left.")


async def test_an_order_is_found_by_its_number_paid_handed_over_and_refunded(at: Counter) -> None:
    tablet = await at.inside()
    order = await an_order(at)
    found = (await tablet.client.get(f"/counter/orders/{order['pickup']}")).json()["order"]
    assert (found["state"], found["can"]) == ("confirmed", ["pay"])
    assert found["what"] == "1 × Linen cap"
    paid = (await tablet.press(deed="pay", order=order["id"], by="card")).json()["order"]
    assert paid["words"].startswith("Paid by card at ")
    assert paid["can"] == ["hand", "undo", "refund"]
    handed = (await tablet.press(deed="hand", order=order["id"])).json()["order"]
    assert handed["can"] == ["take_back", "refund"]
    assert (await tablet.state())["orders"] == []
    back = (await tablet.press(deed="refund", order=order["id"], returns=True)).json()["order"]
    assert back["can"] == []
    assert (await at.hand.state())["stock_left"] == 5
    assert (await tablet.state())["takings"][0]["net"].startswith("0.00")


async def test_the_second_tablet_that_takes_the_money_is_told_before_it_does(at: Counter) -> None:
    tablet = await at.inside()
    order = await an_order(at)
    await tablet.press(deed="pay", order=order["id"], by="card")
    told = said(await tablet.press(deed="pay", order=order["id"], by="cash"), 409)
    assert told.detail.startswith("Somebody else was quicker. It is now: paid by card at")
    assert "Take no money" in told.fix
    [row] = (await tablet.state())["takings"]
    assert (row["by"], row["count"]) == ("card", 1)


async def test_who_waits_for_a_piece_pays_nothing_before_one_is_there(at: Counter) -> None:
    tablet = await at.inside()
    await at.hand.put_on_sale(stock=1, hold=Hold.RESERVE, hold_s=900)
    await an_order(at)
    waiting = await an_order(at, waits=True)
    told = said(await tablet.press(deed="pay", order=waiting["id"], by="cash"), 409)
    assert told.detail == "It waits for a piece: none has come back yet."


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"deed": "pay", "order": "x"}, "cash or card"),
        ({"deed": "refund", "order": "x"}, "came back"),
        ({"deed": "steal", "order": "x"}, "deed"),
        ({"deed": "pay", "order": "x", "by": "iou"}, "by"),
        ({"deed": "sell", "drop": "cap-01", "sku": "cap-01", "quantity": 0, "by": "cash"}, "quantity"),
        ({"deed": "sell", "drop": "cap-01", "sku": "cap-01", "quantity": 1, "by": "link"}, "by"),
        ({"deed": "sell", "drop": "cap-01", "sku": "cap-01", "quantity": 1, "by": "cash"}, "expect_price_minor"),
        ({}, "deed"),
        ([], "cannot be read"),
    ],
)
async def test_a_press_that_is_none_is_refused_and_does_nothing(at: Counter, body: Any, word: str) -> None:
    tablet = await at.inside()
    headers = {**OURS, "Idempotency-Key": '"k"'}
    assert word in said(await tablet.client.post("/counter/press", json=body, headers=headers), 422).detail
    assert (await tablet.state())["counter"]["goods"][0]["left"] == 5
    keyless = await tablet.client.post("/counter/press", json=body, headers=OURS)
    said(keyless, 400)


async def test_the_price_is_the_consoles_alone(at: Counter) -> None:
    tablet = await at.inside()
    assert said(await tablet.sell(expect_price_minor=1), 409).reason == "price"
    assert (await tablet.sell(amount_minor=1, price_minor=1)).json()["order"]["amount"].startswith("19.00")


async def test_a_closed_counter_sells_nothing_and_still_takes_what_is_owed(at: Counter) -> None:
    tablet = await at.inside()
    order = await an_order(at)
    await at.hand.send(events.counter_closed(SHOW, id=new_id(), at=now()))
    told = said(await tablet.sell(), 409)
    assert (told.detail, told.fix) == ("The counter is closed.", "The director opens it in the console.")
    assert (await tablet.press(deed="pay", order=order["id"], by="cash")).status_code == 200
    assert (await tablet.state())["counter"]["is_open"] is False


async def test_an_unsigned_word_opens_no_counter(at: Counter) -> None:
    event = stocked(goods())
    body = events.to_json(event)
    headers = signing.sign(signing.new_secret(), event.id, body, now())
    said(await at.hand.client.post("/v1/events", content=body, headers=headers), 401)
    tablet = at.tablet()
    await tablet.enter()
    assert (await tablet.state())["counter"] == {"is_open": False, "goods": []}


async def test_the_tables_hold_every_order_and_run_no_formula(at: Counter) -> None:
    tablet = await at.inside()
    await at.hand.send(stocked(goods("mug", title='=HYPERLINK("x")', price_minor=900)))
    await tablet.sell(drop="mug", sku="mug", expect_price_minor=900)
    order = await an_order(at)
    text = (await tablet.client.get("/counter/orders.csv")).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["title"], row["state"], row["source"]) for row in rows] == [
        ('\'=HYPERLINK("x")', "paid", "counter"),
        ("Linen cap", "confirmed", "livestream"),
    ]
    as_json = (await tablet.client.get("/counter/orders.json")).json()["orders"]
    assert [row["order"] for row in as_json] == [row["order"] for row in rows]
    pick = list(csv.DictReader(io.StringIO((await tablet.client.get("/counter/picklist.csv")).text)))
    assert [(row["what"], row["number"], row["to_pay_minor"]) for row in pick] == [
        ("Linen cap", order["pickup"], "1900")
    ]
    html = (await tablet.client.get("/counter/picklist")).text
    assert 'href="/files/receipt.css?v=' in html  # else a browser keeps an older one for a year
    assert order["pickup"] in html
    assert "1 × Linen cap" in html


async def test_what_did_not_change_is_not_sent_again(at: Counter) -> None:
    tablet = await at.inside()
    first = await tablet.client.get("/counter/state")
    same = await tablet.client.get("/counter/state", headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    await tablet.sell()
    other = await tablet.client.get("/counter/state", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


async def test_the_console_is_told_what_the_counter_has_sold(at: Counter) -> None:
    tablet = await at.inside()
    await at.hand.put_on_sale()
    await tablet.sell()
    [row] = (await tablet.client.get("/counter/orders.json")).json()["orders"]
    assert (row["run"], row["source"], row["pool"]) == (1, "counter", "counter")
    counted = (await at.hand.client.get("/v1/health")).json()["counter"]
    assert counted == {"is_open": True, "stock": 5, "sold": 1, "left": 4}


async def test_leaving_takes_the_cookie_away(at: Counter) -> None:
    tablet: Tablet = await at.inside()
    answer = await tablet.client.post("/counter/session/end", json={}, headers=OURS)
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert (await tablet.client.get("/counter/state")).status_code == 401
