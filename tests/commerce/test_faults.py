"""A shop that is away, slow, refuses, answers garbage or cannot be trusted: said plainly, nothing lost."""

import asyncio
import datetime as dt
import ipaddress
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from console.commerce.shops.events import EventsShop
from console.commerce.state import DropState, Lamp
from console.core.alarms import Alarms
from console.core.clock import SteppedClock, SystemClock
from console.core.outcome import Result
from tests.commerce.conftest import Begin, client_for, drop, the_secret
from tests.commerce.fake_shop import FakeShop, Fault, _Handler, always
from tests.waiting import until


@pytest.fixture(autouse=True)
def _nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.commerce.sale.PENDING_AFTER_S", 0.5)


def hang_up(handler: _Handler, when: str) -> bool:
    if when == "before":
        handler.hang_up()
    return when == "before"


def lose_the_answer(handler: _Handler, when: str) -> bool:
    if when == "after":
        handler.hang_up()
    return when == "after"


def too_much(handler: _Handler, when: str) -> bool:
    if when == "before":
        handler.answer(200, b"x" * 1_000_000)
    return when == "before"


PASSING: dict[str, Fault] = {
    "500": always(500),
    "503 with its own words": always(503, b'{"title": "Down for tea"}'),
    "409": always(409),
    "408": always(408),
    "429": always(429, Retry_After="1"),
    "garbage": always(200, b"\xff\x00garbage"),
    "another drop's state": always(200, b'{"id": "mug-01", "run": 1, "state": "armed"}'),
    "a page": always(200, b"<html>"),
    "no answer": hang_up,
    "a lost answer": lose_the_answer,
    "far too much": too_much,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PASSING)
async def test_trouble_that_passes_delays_a_press_and_loses_nothing(begin: Begin, shop: FakeShop, name: str) -> None:
    sale = await begin(client_for(shop.url))
    shop.fault = PASSING[name]
    pressed = await sale.arm("cap-01")
    if name != "a lost answer":
        assert pressed.result is Result.PENDING
        await until(lambda: drop(sale).lamp is Lamp.WAITING, what="the first try")
        assert drop(sale).why
        assert drop(sale).fix
    shop.fault = None
    await until(lambda: drop(sale).state is DropState.ARMED, what="armed")
    assert list(shop.applied.values()) == [1]


@pytest.mark.parametrize("code", [401, 403])
async def test_a_shop_that_does_not_trust_us_holds_the_outbox_and_says_so(
    begin: Begin, shop: FakeShop, alarms: Alarms, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.commerce.sender.HELD_BACKOFF_S", 0.3)
    sale = await begin(client_for(shop.url))
    shop.fault = always(code)
    assert (await sale.arm("cap-01")).result is Result.PENDING
    await until(lambda: sale.state.value.outbox_held, what="the words")
    assert "does not accept our signature" in sale.state.value.outbox_held
    assert "outbox.held" in [alarm.kind for alarm in alarms.present.value]
    shop.fault = None
    await until(lambda: drop(sale).state is DropState.ARMED, what="armed")
    assert sale.state.value.outbox_held == ""
    assert "outbox.held" not in [alarm.kind for alarm in alarms.present.value]


async def test_a_clock_that_is_off_is_named_as_the_reason(begin: Begin, shop: FakeShop) -> None:
    clock = SteppedClock(SystemClock().now() + dt.timedelta(hours=1))
    sale = await begin(client_for(shop.url, clock), clock=clock)
    await sale.arm("cap-01")
    await until(lambda: sale.state.value.outbox_held, what="the words")
    assert "clock is 3" in sale.state.value.outbox_held
    assert "ahead of the shop's" in sale.state.value.outbox_held


@pytest.mark.parametrize("code", [400, 404, 410, 422])
async def test_another_refusal_is_for_good_and_the_drop_goes_back(begin: Begin, shop: FakeShop, code: int) -> None:
    sale = await begin(client_for(shop.url))
    shop.fault = always(code, b'{"detail": "No such product."}')
    outcome = await sale.arm("cap-01")
    assert not outcome.is_done
    await until(lambda: drop(sale).lamp is Lamp.REFUSED, what="the refusal")
    assert "No such product" in drop(sale).why
    assert (drop(sale).state, drop(sale).lamp) == (DropState.DRAFT, Lamp.REFUSED)
    assert sale.state.value.outbox_pending == 0


async def test_a_redirect_is_not_followed(begin: Begin, shop: FakeShop) -> None:
    elsewhere = FakeShop().start()
    try:
        sale = await begin(client_for(shop.url))
        shop.fault = always(307, Location=f"{elsewhere.url}/v1/events")
        assert (await sale.arm("cap-01")).result is Result.PENDING
        await until(lambda: sale.state.value.outbox_held, what="the words")
        assert "sends us on" in sale.state.value.outbox_held
        assert not elsewhere.bodies
    finally:
        elsewhere.stop()


async def test_a_shop_that_hangs_is_not_waited_for_longer_than_the_time_out(begin: Begin, shop: FakeShop) -> None:
    gate = threading.Event()
    shop.fault = lambda handler, when: when == "before" and bool(gate.wait(5)) and False
    sale = await begin(client_for(shop.url, timeout_s=0.3))
    assert (await sale.arm("cap-01")).result is Result.PENDING
    await until(lambda: "did not answer" in drop(sale).why, what="the time-out")
    gate.set()
    shop.fault = None
    await until(lambda: drop(sale).state is DropState.ARMED, what="armed")
    assert set(shop.applied.values()) == {1}


async def test_a_shop_that_is_away_is_an_alarm_that_ends_when_it_is_back(
    begin: Begin, alarms: Alarms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.commerce.hearing.DOWN_WORTH_AN_ALARM_S", 0.1)
    gone = FakeShop()
    port, url = gone.port, gone.url
    gone.stop()
    sale = await begin(client_for(url))
    assert (await sale.arm("cap-01")).result is Result.PENDING
    await until(lambda: "shop.down" in [alarm.kind for alarm in alarms.present.value], what="the alarm")
    back = FakeShop(port=port).start()
    try:
        await until(lambda: drop(sale).state is DropState.ARMED, what="armed")
        await until(lambda: not alarms.present.value, what="no alarm")
        assert list(back.received.values()) == [1]
    finally:
        back.stop()


@pytest.mark.parametrize("url", ["http://[", "ftp://127.0.0.1", "http://nosuch.invalid"])
async def test_an_address_that_is_none_is_said_plainly(begin: Begin, url: str) -> None:
    sale = await begin(client_for(url))
    assert (await sale.arm("cap-01")).result is Result.PENDING
    await until(lambda: drop(sale).why, what="the words")
    assert not sale.state.value.link.is_up


async def test_no_key_for_the_shop_holds_the_outbox(begin: Begin, shop: FakeShop) -> None:
    async def none() -> str | None:
        return None

    sale = await begin(EventsShop(shop.url, secret=none, clock=SystemClock(), timeout_s=1.0))
    assert (await sale.arm("cap-01")).result is Result.PENDING
    await until(lambda: sale.state.value.outbox_held, what="the words")
    assert "no key" in sale.state.value.outbox_held
    assert not shop.bodies


def self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, key_file = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem, key_file


async def test_a_certificate_that_nobody_signed_is_not_trusted_and_named(begin: Begin, tmp_path: Path) -> None:
    pem, key = self_signed(tmp_path)
    shop = FakeShop()
    shop.with_tls(pem, key)
    shop.start()
    try:
        sale = await begin(client_for(shop.url))
        assert (await sale.arm("cap-01")).result is Result.PENDING
        await until(lambda: sale.state.value.outbox_held, what="the words")
        assert "certificate is not valid" in sale.state.value.outbox_held
        assert not shop.bodies
        trusting = EventsShop(
            shop.url,
            secret=the_secret,
            clock=SystemClock(),
            timeout_s=1.0,
            trusted=ssl.create_default_context(cafile=pem),
        )
        assert await trusting.ask("cap-01") is None
        await trusting.close()
    finally:
        await asyncio.to_thread(shop.stop)  # its loop goes on, lest a handshake wait for an answer from here
