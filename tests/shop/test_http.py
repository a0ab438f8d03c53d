"""The shop's HTTP side against bad signatures, bad input and bad manners, without a process."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.contract import events, problem, signing
from console.contract.events import Hold, Variant
from console.core.clock import SystemClock
from console.core.ids import new_id
from console.shop import pages
from console.shop.paying import WAYS, Paying, Way
from console.shop.place import ShopAddress
from console.shop.server import Shop, make_app
from console.shop.sqlite_store import SqliteStore
from console.shop.till import Till
from console.shop.web import HttpProblem, Limit
from tests.shop.standing import Hand, armed, checkout_opened, closed, now, opened

SECRET = signing.new_secret()


@asynccontextmanager
async def in_process(open_store: Callable[[], SqliteStore], *ways: Way) -> AsyncIterator[Hand]:
    """A hand at a shop without a socket; `ways` to pay come before the shop's own."""
    till = Till(open_store, SystemClock())
    await till.start()
    shop = Shop(till, SECRET, "http://127.0.0.1", {"pid": 1}, Paying((*ways, *WAYS)))
    app = make_app(shop)
    pages.add(app, shop)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=("127.0.0.1", 9)), base_url="http://127.0.0.1"
    ) as client:
        yield Hand(ShopAddress("http://127.0.0.1", "http://127.0.0.1", SECRET, 1), client)
    await till.close()


@pytest.fixture
async def hand(tmp_path: Path) -> AsyncIterator[Hand]:
    async with in_process(lambda: SqliteStore(tmp_path / "shop.sqlite")) as made:
        yield made


def limit_pages(store: SqliteStore, pages: int) -> None:
    store._db.execute(f"PRAGMA max_page_count = {pages}").fetchone()


async def order(hand: Hand, content: object, *, drop: str = "cap-01", **headers: str) -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    said = {"Content-Type": "application/json", "Idempotency-Key": f'"{new_id()}"', **headers}
    hand.client.cookies.clear()
    return await hand.client.post(f"/v1/drops/{drop}/orders", content=body, headers=said)


def is_problem(answer: httpx.Response, status: int) -> problem.Problem:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == problem.MEDIA_TYPE
    return problem.from_json(answer.content)


async def test_an_event_that_comes_twice_is_obeyed_once_and_answered_alike(hand: Hand) -> None:
    event = armed()
    first, again = await hand.send(event), await hand.send(event)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    await hand.send(checkout_opened())
    opening = opened()
    first = await hand.send(opening)
    assert (await hand.send(closed())).json()["state"] == "closed"
    assert (await hand.send(opening)).content == first.content
    assert (await hand.state())["state"] == "closed"


@pytest.mark.parametrize("fault", ["other key", "other body", "no headers", "other id", "old", "from the future"])
async def test_an_event_that_is_not_signed_as_agreed_is_refused_with_the_time_of_day(hand: Hand, fault: str) -> None:
    event = armed()
    body = events.to_json(event)
    off = {"old": -600, "from the future": 600}.get(fault, 0)
    headers = signing.sign(SECRET, event.id, body, now() + timedelta(seconds=off))
    if fault == "other key":
        headers = signing.sign(signing.new_secret(), event.id, body, now())
    elif fault == "other body":
        body = body.replace(b"1900", b"1")
    elif fault == "no headers":
        headers = {}
    elif fault == "other id":
        headers["webhook-id"] = new_id()
    is_problem(await hand.client.post("/v1/events", content=body, headers=headers), 401)
    is_problem(await hand.client.get("/v1/drops/cap-01"), 404)


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"[]", b"\xff\xfe", b"{" * 5000, b'{"id": NaN}'])
async def test_a_signed_event_that_makes_no_sense_is_refused(hand: Hand, body: bytes) -> None:
    headers = signing.sign(SECRET, "x", body, now()) if body != b"\xff\xfe" else {}
    answer = await hand.client.post("/v1/events", content=body, headers=headers)
    is_problem(answer, 400 if headers else 401)


async def test_an_event_that_is_early_is_wanted_again_and_one_that_is_late_is_not(hand: Hand) -> None:
    early = opened()
    is_problem(await hand.send(early), 409)
    await hand.send(armed())
    assert (await hand.send(early)).json()["state"] == "open"
    await hand.send(armed("mug", run=2))
    is_problem(await hand.send(opened("mug", run=1)), 410)
    is_problem(await hand.send(opened("mug", run=2, expires_s=-1)), 410)
    assert (await hand.state("mug"))["state"] == "armed"


async def test_one_key_is_one_order_and_never_another(hand: Hand) -> None:
    await hand.put_on_sale()
    first = await order(hand, {"quantity": 1}, **{"Idempotency-Key": '"k"'})
    again = await order(hand, {"quantity": 1}, **{"Idempotency-Key": '"k"'})
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = is_problem(await order(hand, {"quantity": 2}, **{"Idempotency-Key": '"k"'}), 422)
    assert other.reason == "key_reused"
    assert (await hand.state())["sold"] == 1


async def test_a_refusal_names_its_reason(hand: Hand) -> None:
    assert is_problem(await order(hand, {"quantity": 1}), 409).reason == "not_open"
    await hand.send(armed())
    assert is_problem(await order(hand, {"quantity": 1}), 409).reason == "not_open"
    await hand.send(opened())
    assert is_problem(await order(hand, {"quantity": 1}), 409).reason == "closed"  # the checkout is
    await hand.send(checkout_opened())
    assert is_problem(await order(hand, {"quantity": 3}), 409).reason == "limit"
    for buyer in "abcdef":
        await order(hand, {"quantity": 1, "buyer": buyer})
    assert is_problem(await order(hand, {"quantity": 1, "buyer": "g"}), 409).reason == "sold_out"
    await hand.send(closed())
    assert is_problem(await order(hand, {"quantity": 1}), 409).reason == "closed"


async def test_a_buyer_gets_no_more_than_the_limit_over_several_orders(hand: Hand) -> None:
    await hand.put_on_sale(per_buyer=2)
    sold = [(await order(hand, {"quantity": 1, "buyer": "b"})).status_code for _ in range(4)]
    assert sold == [201, 201, 409, 409]


async def test_the_price_is_the_shops_alone_and_never_more_than_the_buyer_saw(hand: Hand) -> None:
    await hand.put_on_sale()
    sold = await order(hand, {"quantity": 1, "price_minor": 1, "amount_minor": 1, "currency": "XXX"})
    assert (sold.json()["amount_minor"], sold.json()["currency"]) == (1900, "EUR")
    seen = is_problem(await order(hand, {"quantity": 1, "expect_price_minor": 1500}), 409)
    assert seen.reason == "price"


@pytest.mark.parametrize(
    "body",
    [
        {"quantity": -1},
        {"quantity": 0},
        {"quantity": 1.5},
        {"quantity": "1"},
        {"quantity": True},
        {"quantity": None},
        {"quantity": 10**30},
        {"quantity": [1]},
        {},
        [],
        None,
        {"quantity": 1, "buyer": "x' OR '1'='1"},
        {"quantity": 1, "source": "<script>"},
        {"quantity": 1, "buyer": "x" * 65},
        b"quantity=1",
        b'{"quantity": 1',
        b"\x00",
        b"\xff\xfe",
        b"[" * 60_000,
    ],
)
async def test_an_order_that_is_none_is_refused_and_sells_nothing(hand: Hand, body: Any) -> None:
    await hand.put_on_sale()
    is_problem(await order(hand, body), 422)
    assert (await hand.state())["sold"] == 0


async def test_an_order_without_a_key_or_of_another_kind_is_refused(hand: Hand) -> None:
    await hand.put_on_sale()
    is_problem(await order(hand, {"quantity": 1}, **{"Idempotency-Key": ""}), 400)
    is_problem(await order(hand, {"quantity": 1}, **{"Idempotency-Key": '"' + "k" * 300 + '"'}), 400)
    is_problem(await order(hand, {"quantity": 1}, **{"Content-Type": "text/plain"}), 415)
    is_problem(await order(hand, b"x" * 70_000), 413)
    is_problem(await order(hand, {"quantity": 1}, **{"Content-Length": "99999999999"}), 413)
    assert (await hand.state())["sold"] == 0


@pytest.mark.parametrize(
    "path",
    [
        "/v1/drops/%2e%2e%2fshop.json",
        "/v1/drops/' OR 1=1 --",
        "/v1/drops/cap-01%00",
        "/files/..%2f..%2fpyproject.toml",
        "/files/base.html",
        "/files/%2e%2e/drop.html",
        "/d/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/d/..%2f..%2fetc%2fpasswd",
        "/shop.json",
        "/.env",
        "/v1/",
    ],
)
async def test_a_path_that_is_not_ours_leads_nowhere(hand: Hand, path: str) -> None:
    await hand.put_on_sale()
    answer = await hand.client.get(path)
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


async def test_a_title_is_text_whatever_it_looks_like(hand: Hand) -> None:
    title = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'; DROP TABLE orders; --"
    await hand.put_on_sale(title=title)
    for path in ("/", "/d/cap-01"):
        html = (await hand.client.get(path)).text
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "{{7*7}}" in html
    assert (await hand.state())["title"] == title
    assert (await order(hand, {"quantity": 1})).status_code == 201


async def test_the_page_is_small_and_lets_a_browser_do_only_what_it_needs(hand: Hand) -> None:
    await hand.put_on_sale()
    for path in ("/", "/d/cap-01", "/d/none", "/files/shop.js", "/v1/drops/cap-01", "/v1/nothing"):
        answer = await hand.client.get(path)
        assert len(answer.content) < 50_000
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
    html = (await hand.client.get("/d/cap-01")).text
    assert "style=" not in html
    assert "onclick" not in html


async def test_what_a_phone_loads_before_pictures_is_under_50_kb(hand: Hand) -> None:
    kinds = tuple(Variant(sku=f"kind-{n}", name=f"{n:02} " + "x" * 77, stock=1) for n in range(50))
    largest: dict[str, Any] = {"stock": 50, "title": "T" * 200, "variants": kinds}
    for drop, more in (("cap-01", {}), ("mug", largest)):
        await hand.put_on_sale(drop, **more)
        page = await hand.client.get(f"/d/{drop}")
        answers = [
            page,
            *[await hand.client.get(url) for url in re.findall(r'(?:href|src)="(/files/[^"]+)"', page.text)],
        ]
        assert len(answers) >= 4  # the page, how it looks, what it does, its icon
        sent = sum(int(answer.headers["content-length"]) + len(str(answer.headers.raw)) for answer in answers)
        assert sent < 50_000


async def test_a_page_with_orders_is_small_even_unpacked_and_shows_the_picture(hand: Hand) -> None:
    """A page that is full of kinds and orders, with everything that it names but the product's picture."""
    kinds = tuple(Variant(sku=f"kind-{n}", name=f"Kind number {n}", stock=9) for n in range(12))
    await hand.put_on_sale(stock=108, variants=kinds, per_buyer=99, hold=Hold.RESERVE, picture="cap.jpg")
    for _ in range(6):
        await order(hand, {"quantity": 1, "sku": "kind-1"}, Cookie="buyer=" + "b" * 24)
    page = (await hand.client.get("/d/cap-01", headers={"Cookie": "buyer=" + "b" * 24})).text
    assert '<img src="/pictures/cap.jpg"' in page
    named = set(re.findall(r'(?:src|href)="(/files/[^"]+)"', page))
    assert {name.split("?")[0] for name in named} >= {"/files/shop.js", "/files/tickets.js", "/files/shop.css"}
    files = [await hand.client.get(name) for name in named]
    assert len(page.encode()) + sum(len(file.content) for file in files) < 50_000
    assert sum(int(file.headers["content-length"]) for file in files) < 15_000  # they travel packed
    plain = await hand.client.get("/files/shop.js", headers={"Accept-Encoding": "identity"})
    assert int(plain.headers["content-length"]) == len(plain.content)


async def test_the_orders_and_the_process_are_shown_on_this_machine_alone_or_to_who_can_sign(hand: Hand) -> None:
    for headers in ({"Host": "shop.example"}, {"X-Forwarded-For": "127.0.0.1"}, {"Via": "1.1 tunnel"}):
        is_problem(await hand.client.get("/v1/orders", headers=headers), 401)
        assert (await hand.client.get("/v1/health", headers=headers)).json() == {"ok": True}
    assert (await hand.client.get("/v1/health")).json()["pid"] == 1


async def test_an_address_that_asks_too_often_is_told_to_wait_and_the_others_are_not(hand: Hand) -> None:
    await hand.put_on_sale(stock=500)
    loud = [(await order(hand, {"quantity": 1}, **{"X-Forwarded-For": "203.0.113.9"})).status_code for _ in range(60)]
    assert loud[:40] == [201] * 40
    assert 429 in loud
    assert (await order(hand, {"quantity": 1}, **{"X-Forwarded-For": "203.0.113.10"})).status_code == 201


@pytest.mark.logs("the shop's store: database or disk is full")
async def test_a_full_disk_sells_nothing_and_says_so_and_selling_goes_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    opened_stores: list[SqliteStore] = []

    def open_store() -> SqliteStore:
        opened_stores.append(SqliteStore(tmp_path / "shop.sqlite"))
        return opened_stores[0]

    async with in_process(open_store) as hand:
        await hand.put_on_sale(stock=500)
        store = opened_stores[0]
        limit_pages(store, 1)  # SQLite takes the present size when that is more
        sold, full = 0, False
        for n in range(400):
            answer = await order(hand, {"quantity": 1, "buyer": str(n)})
            sold += answer.status_code == 201
            full = answer.status_code == 503
            if full:
                break
        assert full
        assert (await hand.state())["sold"] == sold
        limit_pages(store, 100_000)
        assert (await order(hand, {"quantity": 1})).status_code == 201
        assert (await hand.state())["sold"] == sold + 1


def test_a_limit_fills_up_again_with_time() -> None:
    at = [0.0]
    limit = Limit(per_s=2, burst=2, now=lambda: at[0])
    limit.take("a")
    limit.take("a")
    with pytest.raises(HttpProblem):
        limit.take("a")
    at[0] = 0.5
    limit.take("a")
    with pytest.raises(HttpProblem):
        limit.take("a")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
BODIES = st.one_of(
    st.binary(max_size=200),
    ANYTHING.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries(
        {"quantity": st.integers(-5, 5) | ANYTHING},
        optional={"buyer": ANYTHING, "source": ANYTHING, "expect_price_minor": ANYTHING},
    ).map(lambda value: json.dumps(value).encode()),
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES, drop=st.sampled_from(["cap-01", "none", "ä"]), key=st.text(st.characters(codec="latin-1")))
async def test_no_body_breaks_the_shop_and_none_sells_what_is_not_there(
    hand: Hand, body: bytes, drop: str, key: str
) -> None:
    await hand.put_on_sale()
    headers = [(b"Content-Type", b"application/json"), (b"Idempotency-Key", f'"{key}"'.encode("latin-1"))]
    answer = await hand.client.post(f"/v1/drops/{drop}/orders", content=body, headers=headers)
    assert answer.status_code in (201, 400, 404, 409, 422)
    state = await hand.state()
    assert state["sold"] + state["stock_left"] == 5
