"""The shop against those who mean it no good: the OWASP basics, over HTTP as an attacker has it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from console.contract import events, signing
from console.core.clock import SystemClock
from console.core.ids import new_id
from console.shop import pages, patience, web
from console.shop.place import ShopAddress
from console.shop.server import Shop, make_app
from console.shop.sqlite_store import SqliteStore
from console.shop.till import Till
from tests.shop.served import served
from tests.shop.standing import Hand, armed, now, opened
from tests.shop.test_http import SECRET, is_problem, order

OUTSIDE = "203.0.113.5"
ATTACKS = (
    "' OR '1'='1",
    "'; DROP TABLE orders; --",
    '" UNION SELECT value FROM facts --',
    "cap-01'/*",
    "%27%20OR%201=1",
    "${7*7}{{7*7}}<%= 7*7 %>",
    "../../etc/passwd",
    "\r\nSet-Cookie: buyer=x",
    "\x00",
)


@asynccontextmanager
async def shop_for(
    folder: Path, *, peer: str = "127.0.0.1", public_url: str = "http://127.0.0.1"
) -> AsyncIterator[Hand]:
    """The shop as somebody at `peer` has it."""
    till = Till(lambda: SqliteStore(folder / "shop.sqlite"), SystemClock())
    await till.start()
    shop = Shop(till, SECRET, public_url, {"pid": 1})
    app = make_app(shop)
    pages.add(app, shop)
    way = httpx.ASGITransport(app, client=(peer, 9))
    async with httpx.AsyncClient(transport=way, base_url=public_url) as client:
        yield Hand(ShopAddress(public_url, public_url, SECRET, 1), client)
    await till.close()


@pytest.fixture
async def hand(tmp_path: Path) -> AsyncIterator[Hand]:
    async with shop_for(tmp_path) as made:
        await made.put_on_sale(stock=500, per_buyer=500)
        yield made


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_another_site_cannot_buy_for_a_visitor(hand: Hand, kind: str) -> None:
    # These are what a browser sends from anywhere without asking; JSON it asks for first, and gets no leave.
    is_problem(await order(hand, {"quantity": 1}, **{"Content-Type": kind, "Origin": "https://evil.example"}), 415)
    asked = await hand.client.options(
        "/v1/drops/cap-01/orders",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    )
    assert asked.status_code == 405
    for path in ("/", "/v1/drops", "/v1/drops/cap-01", "/v1/drops/none"):
        answer = await hand.client.get(path, headers={"Origin": "https://evil.example"})
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert (await hand.state())["sold"] == 0


async def test_no_page_can_be_framed_or_guessed_at(hand: Hand) -> None:
    for path in ("/", "/d/cap-01", "/d/none", "/files/shop.js", "/v1/drops", "/nothing", "/openapi.json"):
        answer = await hand.client.get(path)
        assert answer.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers


async def test_no_verb_but_those_that_are_meant_does_anything(hand: Hand) -> None:
    for path in ("/", "/d/cap-01", "/files/shop.js", "/v1/drops", "/v1/drops/cap-01", "/v1/drops/cap-01/orders"):
        for verb in ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND"):
            answer = await hand.client.request(verb, path)
            assert answer.status_code == 405, (verb, path)
            assert set(answer.headers["allow"].split(", ")) <= {"GET", "HEAD", "POST"}
    assert (await hand.state())["stock"] == 500


async def test_what_a_buyer_sends_sets_a_quantity_and_nothing_else(hand: Hand) -> None:
    wanted = {
        **{"price_minor": 1, "amount_minor": 1, "currency": "XXX", "stock": 9, "stock_left": 9, "per_buyer": 9},
        **{"state": "paid", "paid_by": "cash", "pool": "counter", "run": 7, "id": "mine", "pickup": "0000"},
        **{"at": "2001-01-01T00:00:00Z", "expires_at": "2099-01-01T00:00:00Z", "hold": "firm", "drop": "mug"},
    }
    before = await hand.state()
    taken = (await order(hand, {"quantity": 2, **wanted, "expect_price_minor": 1900})).json()
    assert (taken["amount_minor"], taken["currency"], taken["state"]) == (3800, "EUR", "confirmed")
    assert (taken["run"], taken["drop"]) == (1, "cap-01")
    assert taken["id"] != "mine"
    after = await hand.state()
    assert after == before | {"sold": 2, "stock_left": 498, "closes_in_s": after["closes_in_s"]} | {
        name: after[name] for name in ("variants", "held", "most") if name in after
    }
    is_problem(await order(hand, {"quantity": 1, "expect_price_minor": 1}), 409)


async def test_what_one_buyer_has_no_other_can_read(hand: Hand) -> None:
    hand.client.cookies.clear()
    mine = await hand.client.get("/d/cap-01")
    cookie = mine.cookies["buyer"]
    key = {"Idempotency-Key": f'"{new_id()}"', "Content-Type": "application/json"}
    taken = await hand.client.post("/v1/drops/cap-01/orders", content=b'{"quantity": 1}', headers=key)
    pickup, id = taken.json()["pickup"], taken.json()["id"]
    assert id in (await hand.client.get("/d/cap-01")).text
    for other in (None, cookie[:-1] + ("a" if cookie[-1] != "a" else "b"), "x" * 24, "' OR 1=1 --", "%00", ""):
        hand.client.cookies.clear()
        headers = {} if other is None else {"Cookie": f"buyer={other}"}
        seen = (await hand.client.get("/d/cap-01", headers=headers)).text
        assert id not in seen
        assert pickup not in seen.replace(cookie, "")
    # Naming oneself as somebody else is naming oneself
    await order(hand, {"quantity": 1, "buyer": f"cookie:{cookie}"})
    named = (await hand.client.get("/d/cap-01", headers={"Cookie": f"buyer={cookie}"})).text
    assert named.count('"pickup"') == 1


async def test_a_buyers_cookie_is_the_browsers_alone(tmp_path: Path) -> None:
    for url, is_secure in (("https://shop.example", True), ("http://127.0.0.1", False)):
        async with shop_for(tmp_path, public_url=url) as hand:
            await hand.put_on_sale("mug" if is_secure else "cap")
            said = (await hand.client.get("/d/mug")).headers["set-cookie"].lower()
            assert "httponly" in said
            assert "samesite=lax" in said
            assert ("secure" in said) == is_secure
            assert "domain" not in said


async def test_a_buyer_in_the_room_is_known_again_though_the_public_address_is_https(tmp_path: Path) -> None:
    async with shop_for(tmp_path, public_url="https://shop.example") as hand:
        await hand.put_on_sale(per_buyer=1)
        for url, proto, is_secure in (
            ("http://192.0.2.7:8710", "", False),  # a browser keeps no secure cookie from there
            ("http://shop.example", "", True),  # a tunnel ends TLS
            ("http://127.0.0.1:8710", "https", True),  # one that puts another name into Host
            ("https://192.0.2.7", "", True),
        ):
            said = (await hand.client.get(f"{url}/d/cap-01", headers={"x-forwarded-proto": proto})).headers[
                "set-cookie"
            ]
            assert ("secure" in said.lower()) == is_secure, url


@pytest.mark.parametrize("claimed", [None, "127.0.0.1", "198.51.100.{n}", "198.51.100.{n}, 127.0.0.1", "{n}"])
async def test_an_address_cannot_lend_itself_others_to_ask_more_often(tmp_path: Path, claimed: str | None) -> None:
    async with shop_for(tmp_path, peer=OUTSIDE) as hand:
        headers = [{} if claimed is None else {"X-Forwarded-For": claimed.format(n=n)} for n in range(60)]
        codes = [(await order(hand, {"quantity": 1}, **said)).status_code for said in headers]
        assert 429 in codes


async def test_behind_a_proxy_the_address_that_the_proxy_saw_counts_and_never_what_it_was_told(tmp_path: Path) -> None:
    async with shop_for(tmp_path) as hand:
        told = [f"198.51.100.{n}, {OUTSIDE}" for n in range(60)]
        assert 429 in [(await order(hand, {"quantity": 1}, **{"X-Forwarded-For": one})).status_code for one in told]
        whole = [f"2001:db8:0:1:{n:x}::1" for n in range(60)]  # one customer's own network
        assert 429 in [(await order(hand, {"quantity": 1}, **{"X-Forwarded-For": one})).status_code for one in whole]
        odd = ["x" * n for n in range(1, 61)]
        assert 429 in [(await order(hand, {"quantity": 1}, **{"X-Forwarded-For": one})).status_code for one in odd]
        assert (await order(hand, {"quantity": 1}, **{"X-Forwarded-For": "198.51.100.1"})).status_code != 429


async def test_from_outside_nothing_is_told_of_the_process_or_of_orders(tmp_path: Path) -> None:
    host = {"Host": "127.0.0.1:8710"}
    async with shop_for(tmp_path, peer=OUTSIDE) as hand:
        assert (await hand.client.get("/v1/health", headers=host)).json() == {"ok": True}
        is_problem(await hand.client.get("/v1/orders", headers=host), 401)
    # A tunnel that hands on bare connections: everybody seems to sit at this machine, and says any Host
    async with shop_for(tmp_path, public_url="https://shop.example") as hand:
        is_problem(await hand.client.get("/v1/orders", headers=host), 401)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[::1]evil", "a b"])
async def test_a_foreign_host_header_leads_nowhere_and_is_never_repeated(hand: Hand, host: str) -> None:
    for path in ("/", "/d/cap-01", "/d/none", "/v1/drops/cap-01", "/nothing", "/v1/drops/", "/d/cap-01/"):
        answer = await hand.client.get(path, headers={"Host": host})
        assert answer.status_code in (200, 404)
        assert host not in answer.text
        assert host not in str(answer.headers)
    assert (await hand.client.get("/v1/health", headers={"Host": host})).json() == {"ok": True}


@pytest.mark.parametrize("fault", ["stripped", "other version", "of another", "old", "doubled", "of the body alone"])
async def test_a_signature_that_is_not_quite_one_is_none(hand: Hand, fault: str) -> None:
    event = armed("mug")
    body = events.to_json(event)
    at = now() - timedelta(seconds=600) if fault == "old" else now()
    headers = signing.sign(hand.address.secret, event.id, body, at)
    given = headers["webhook-signature"]
    headers["webhook-signature"] = {
        "stripped": "",
        "other version": given.replace("v1,", "v2,"),
        "of another": signing.sign(hand.address.secret, new_id(), body, now())["webhook-signature"],
        "doubled": "v1, v1,AAAA " + given[:-4],
        "of the body alone": "v1,",
    }.get(fault, given)
    is_problem(await hand.client.post("/v1/events", content=body, headers=headers), 401)
    is_problem(await hand.client.get("/v1/drops/mug"), 404)


async def test_a_signed_event_that_is_played_again_does_nothing_again(hand: Hand) -> None:
    await hand.send(armed("mug", stock=3))
    opening = opened("mug")
    body = events.to_json(opening)
    headers = signing.sign(hand.address.secret, opening.id, body, now())
    first = await hand.client.post("/v1/events", content=body, headers=headers)
    assert first.status_code == 200
    assert (await order(hand, {"quantity": 2}, drop="mug")).status_code == 201
    await hand.send(events.drop_closed("Test show", "mug", run=1, id=new_id(), at=now()))
    assert (await hand.client.post("/v1/events", content=body, headers=headers)).content == first.content
    assert (await hand.state("mug"))["state"] == "closed"


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.sampled_from(ATTACKS) | st.text(max_size=80), where=st.sampled_from(["buyer", "source", "code", "sku"]))
@example(text="' OR '1'='1", where="code")
async def test_no_text_becomes_sql(hand: Hand, text: str, where: str) -> None:
    before = (await hand.state())["sold"]
    answer = await order(hand, {"quantity": 1, where: text})
    assert answer.status_code in (201, 409, 422)
    path = httpx.URL("http://127.0.0.1/v1/drops/").copy_with(raw_path=b"/v1/drops/" + _quoted(text))
    assert (await hand.client.get(path)).status_code in (200, 404)
    assert (await hand.state())["sold"] == before + (answer.status_code == 201)


def _quoted(text: str) -> bytes:
    return b"".join(b"%%%02X" % byte for byte in text.encode("utf-8", "surrogatepass"))


async def test_a_fault_of_the_shop_tells_no_outsider_what_it_is_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(till: Till, id: str) -> None:
        raise RuntimeError(f"the secret is in {tmp_path}")

    async with served(lambda: SqliteStore(tmp_path / "shop.sqlite")) as hand:
        await hand.put_on_sale()
        monkeypatch.setattr(Till, "drop", fail)
        with caplog.at_level(logging.CRITICAL):  # it is logged, and that is not what is looked at here
            answer = await hand.client.get("/v1/drops/cap-01")
        said = is_problem(answer, 500)
        assert "Traceback" not in answer.text
        assert str(tmp_path) not in answer.text
        assert "RuntimeError" not in answer.text
        assert said.fix
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_no_log_knows_a_buyer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    opened_stores: list[SqliteStore] = []

    def open_store() -> SqliteStore:
        opened_stores.append(SqliteStore(tmp_path / "shop.sqlite"))
        return opened_stores[0]

    with caplog.at_level(logging.DEBUG, logger="console"):
        async with served(open_store) as hand:
            await hand.put_on_sale()
            buyer, key = "t" * 24, new_id()
            headers = {"Cookie": f"buyer={buyer}", "Idempotency-Key": f'"{key}"', "Content-Type": "application/json"}
            for body in (b'{"quantity": 1}', b'{"quantity": 99}', b"{", b'{"quantity": 1, "buyer": "Ada.Lovelace"}'):
                await hand.client.post("/v1/drops/cap-01/orders", content=body, headers=headers)
                headers["Idempotency-Key"] = f'"{key}{len(body)}"'
        said = caplog.text + " ".join(str(vars(record)) for record in caplog.records)
    assert "event" in said
    for known in (buyer, key, "Ada.Lovelace"):
        assert known not in said


async def _until_closed(url: str, *parts: bytes, every_s: float = 0.05) -> tuple[bytes, float]:
    """What a connection that sends `parts`, and then the last one again and again, is told before it is closed."""
    host = urlsplit(url)
    reader, writer = await asyncio.open_connection(host.hostname, host.port)
    began_s = time.monotonic()
    said = asyncio.create_task(reader.read())
    try:
        async with asyncio.timeout(20):
            for part in parts:
                writer.write(part)
            while not said.done():
                await asyncio.sleep(every_s)
                if not writer.is_closing():
                    writer.write(parts[-1] if parts else b"")
            return await said, time.monotonic() - began_s
    except ConnectionError:
        return b"", time.monotonic() - began_s
    finally:
        said.cancel()
        writer.close()


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ((), None),
        ((b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-A: b\r\n"), None),
        ((b"POST /v1/drops/cap-01/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          b'Idempotency-Key: "k"\r\nContent-Length: 5000\r\n\r\n', b" "), 408),
        ((b"GET /v1/drops HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n", b" "), 200),
        ((b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 70_000, b"a"), 400),
        ((b"\x16\x03\x01 no http at all\r\n\r\n", b"x"), 400),
    ],
    ids=["silent", "headers by drops", "body by drops", "body that nobody reads", "endless header", "no http"],
)  # fmt: skip
async def test_whoever_is_slow_on_purpose_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: tuple[bytes, ...], status: int | None
) -> None:
    monkeypatch.setattr(patience, "HEAD_WITHIN_S", 0.2)
    monkeypatch.setattr(web, "BODY_WITHIN_S", 0.2)
    async with served(lambda: SqliteStore(tmp_path / "shop.sqlite")) as hand:
        await hand.put_on_sale()
        said, _ = await _until_closed(hand.address.url, *parts)
        assert said[:12] == (b"" if status is None else b"HTTP/1.1 %d" % status)
        assert (await hand.buy()).status_code == 201


async def test_a_line_break_in_what_is_asked_for_makes_no_header(hand: Hand) -> None:
    for path in ("/d/x%0d%0aSet-Cookie:%20buyer=evil", "/files/x%0d%0aX-Evil:%201", "/v1/drops/x%0d%0aX-Evil:%201"):
        answer = await hand.client.get(path)
        assert answer.status_code == 404
        assert "evil" not in str(answer.headers).lower()
    bad = await order(hand, {"quantity": 1, "source": "a\r\nX-Evil: 1"})
    assert bad.status_code == 422


async def test_a_stream_is_no_way_to_hold_on_to_the_shop(tmp_path: Path) -> None:
    async with served(lambda: SqliteStore(tmp_path / "shop.sqlite")) as hand:
        await hand.put_on_sale()
        said = {"X-Forwarded-For": OUTSIDE}
        opened_: list[httpx.Response] = []
        for _ in range(51):
            asked = hand.client.build_request("GET", "/v1/drops/cap-01/stream", headers=said)
            opened_.append(await hand.client.send(asked, stream=True))
        codes = [answer.status_code for answer in opened_]
        assert codes == [200] * 50 + [503]
        await asyncio.gather(*(answer.aclose() for answer in opened_))
        assert (await hand.buy()).status_code == 201
