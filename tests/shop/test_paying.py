"""Every way to pay keeps to the port, a made-up provider too; and the payment link's address is what it should be."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.contract import signing
from console.contract.events import EventType, Hold
from console.contract.orders import OrderState
from console.core.clock import SystemClock
from console.shop import paying
from console.shop.goods import Order, Reason, Refused, Terms, Wish
from console.shop.paying import WAYS, AtTheCounter, Offer, Paying, PaymentLink, Way, payment_link
from console.shop.sqlite_store import SqliteStore
from console.shop.till import Till
from tests.shop.standing import Hand, armed, checkout_opened, now, opened
from tests.shop.store_steps import about
from tests.shop.test_http import in_process, is_problem
from tests.shop.test_http import order as buy
from tests.shop.test_mine import MINE, mine

NAMES = ("order", "amount", "currency", "pickup")


TO_PAY = (OrderState.HELD, OrderState.CONFIRMED)


class FarAway:
    """A provider as one may come: it makes a payment elsewhere, which takes time, and signs what it tells."""

    name = "far"

    def __init__(self) -> None:
        self.secret = signing.new_secret()
        self.made: dict[str, Offer] = {}
        self.answers = asyncio.Event()
        self.answers.set()

    async def offer(self, order: Order, terms: Terms) -> Offer | None:
        await self.answers.wait()
        await asyncio.sleep(0.01)
        return self.made.setdefault(order.id, Offer(f"https://far.example/{len(self.made) + 1}"))

    async def paid(self, headers: Mapping[str, str], body: bytes) -> Sequence[str]:
        signing.verify(self.secret, headers, body, now())
        await asyncio.sleep(0)
        return [json.loads(body)["order"]]

    async def tell(self, hand: Hand, id: str, *, secret: str = "") -> Any:
        body = json.dumps({"order": id}).encode()
        headers = signing.sign(secret or self.secret, "one-message", body, now())
        return await hand.client.post("/v1/paid/far", content=body, headers=headers)


EVERY_WAY = [AtTheCounter, PaymentLink, FarAway]
LINK = Terms(pay_url="https://pay.example/{order}")


@asynccontextmanager
async def till_with(**more: Any) -> AsyncIterator[tuple[Till, Order]]:
    till = Till(lambda: SqliteStore(Path(":memory:")), SystemClock())
    await till.start()
    for event in (armed(stock=1, **more), checkout_opened(), opened()):
        await till.apply(event, event.id)
    bought = await till.order(Wish("cap-01", "k", "f", "buyer", 1))
    assert isinstance(bought, Order)
    yield till, bought
    await till.close()


@pytest.mark.parametrize("make", EVERY_WAY)
@pytest.mark.parametrize("state", TO_PAY)
async def test_every_way_offers_one_order_one_payment_however_often_it_is_asked(
    make: type[Way], state: OrderState
) -> None:
    way = make()
    one, other = (replace(order(id, "1234", 1900, "EUR"), state=state) for id in ("a", "b"))
    first, *again = await asyncio.gather(*(way.offer(one, LINK) for _ in range(3)))
    assert first is not None
    assert again == [first, first]
    assert first.words or first != await way.offer(other, LINK)


@pytest.mark.parametrize("make", EVERY_WAY)
async def test_nothing_is_offered_where_nothing_is_to_pay(make: type[Way]) -> None:
    ways = Paying([make()])
    race = replace(LINK, hold=Hold.FIRST_PAID)
    for state in OrderState:
        one = replace(order("a", "1234", 1900, "EUR"), state=state)
        assert (await ways.offer(one, LINK) is not None) == (state in TO_PAY)
        assert (await ways.offer(one, race) is not None) == (state in (*TO_PAY, OrderState.WAITING))


@pytest.mark.parametrize("make", EVERY_WAY)
@pytest.mark.parametrize("hold", Hold)
async def test_money_that_is_reported_twice_is_one_payment_and_sells_one_piece(make: type[Way], hold: Hold) -> None:
    name = make().name
    async with till_with(hold=hold) as (till, bought):
        for answer in await asyncio.gather(till.pay(bought.id, name), till.pay(bought.id, name)):
            assert isinstance(answer, Order)
            assert (answer.id, answer.state, answer.paid_by) == (bought.id, OrderState.PAID, name)
        [came] = await till.read(lambda store: store.takings(bought.at))
        assert (came.by, came.count, came.amount_minor) == (name, 1, 1900)
        assert ((await till.count_books()).sold, till.books.wrong) == (1, ())


@pytest.mark.parametrize("make", EVERY_WAY)
async def test_money_for_an_order_that_is_over_sells_nothing(make: type[Way]) -> None:
    async with till_with(hold=Hold.RESERVE) as (till, bought):
        await till.give_back(bought.id, "buyer")
        assert await till.pay(bought.id, make().name) == Refused(Reason.MOVED)
        assert (await till.count_books()).sold == 0


@pytest.fixture
def far() -> FarAway:
    return FarAway()


@pytest.fixture
async def hand(tmp_path: Path, far: FarAway) -> AsyncIterator[Hand]:
    async with in_process(lambda: SqliteStore(tmp_path / "shop.sqlite"), far) as made:
        await made.put_on_sale(stock=1, hold=Hold.RESERVE, hold_s=300, pay_url="https://pay.example/{order}")
        yield made


async def test_a_provider_needs_nothing_but_the_port_and_its_word_counts_once(hand: Hand, far: FarAway) -> None:
    bought = (await buy(hand, {"quantity": 1}, **MINE)).json()
    assert (bought["pay_url"], bought["pay_words"]) == ("https://far.example/1", None)
    assert (await mine(hand, MINE))[0]["pay_url"] == "https://far.example/1"
    is_problem(await far.tell(hand, bought["id"], secret=signing.new_secret()), 401)
    assert (await mine(hand, MINE))[0]["state"] == "held"
    for _ in range(2):
        assert (await far.tell(hand, bought["id"])).status_code == 200
    [paid] = await mine(hand, MINE)
    assert (paid["state"], paid["pay_url"]) == ("paid", None)
    assert ((await hand.state())["sold"], (await hand.state())["held"]) == (1, 0)


@pytest.mark.parametrize("way", ["link", "counter", "cash", "nobody"])
async def test_who_is_no_provider_of_this_shop_is_not_heard(hand: Hand, way: str) -> None:
    is_problem(await hand.client.post(f"/v1/paid/{way}", content=b"{}"), 404)


async def test_a_provider_that_does_not_answer_costs_no_order(
    hand: Hand, far: FarAway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paying, "OFFER_WITHIN_S", 0.05)
    far.answers.clear()
    bought = (await buy(hand, {"quantity": 1}, **MINE)).json()
    assert bought["pay_url"] == f"https://pay.example/{bought['id']}"
    far.answers.set()
    assert (await mine(hand, MINE))[0]["pay_url"] == "https://far.example/1"


@pytest.mark.logs("far has money for order .*, which is not to pay")
async def test_a_providers_money_that_nobody_waits_for_is_told_and_asked_for_once(
    hand: Hand, far: FarAway, caplog: pytest.LogCaptureFixture
) -> None:
    bought = (await buy(hand, {"quantity": 1}, **MINE)).json()
    await hand.send(about(EventType.ORDERS_PAID, bought["id"], drop="cap-01"))
    for id in (bought["id"], "unheard-of"):
        assert (await far.tell(hand, id)).status_code == 200  # else it would be sent for days
    assert [record.getMessage().partition("(")[2] for record in caplog.records if record.levelname == "WARNING"] == [
        "paid by link before): give it back",
        "moved): give it back",
    ]


def test_ways_that_would_be_mistaken_for_another_are_refused() -> None:
    class Card(AtTheCounter):
        name = "card"

    for ways in ([*WAYS, PaymentLink()], [Card()]):
        with pytest.raises(ValueError, match="a name of its own"):
            Paying(ways)


def test_an_offer_is_an_address_that_is_safe_to_press_or_words() -> None:
    for address, words in ((None, None), ("https://pay.example", "Or here."), ("javascript:x()", None), ("", None)):
        with pytest.raises(ValueError, match="https"):
            Offer(address, words)


def order(id: str, pickup: str, amount_minor: int, currency: str) -> Order:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return Order(
        id=id, drop="cap", run=1, sku="cap", pool=None, buyer="b", quantity=1, amount_minor=amount_minor,
        currency=currency, source="", pickup=pickup, state=OrderState.HELD, at=at, changed_at=at,
    )  # fmt: skip


@given(
    id=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20),
    pickup=st.text("0123456789{}&=#/?amountrdep", min_size=1, max_size=12),
    amount_minor=st.integers(0, 10**12),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    names=st.permutations(NAMES),
)
def test_whatever_an_order_holds_the_payment_address_carries_it_unharmed_and_nothing_else(
    id: str, pickup: str, amount_minor: int, currency: str, names: list[str]
) -> None:
    template = "https://pay.example/in?" + "&".join(f"x{name}={{{name}}}" for name in names)
    link = payment_link(template, order(id, pickup, amount_minor, currency))
    assert link is not None
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("https", "pay.example", "/in", "")
    said = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
    assert [name for name, _ in said] == [f"x{name}" for name in names]
    amount = dict(said)["xamount"]
    digits = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    assert dict(said) == {"xorder": id, "xpickup": pickup, "xcurrency": currency, "xamount": amount}
    assert int(amount.replace(".", "")) == amount_minor
    assert len(amount.partition(".")[2]) == digits


def test_an_address_that_is_not_the_webs_safe_one_is_not_offered() -> None:
    one = order("o", "1234", 1900, "EUR")
    assert payment_link("javascript:alert({order})", one) is None
    assert payment_link("http://pay.example/{amount}", one) is None
    assert payment_link("https://pay.example/{amount}/{other}", one) == "https://pay.example/19.00/{other}"
