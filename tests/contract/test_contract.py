"""The border: what we write we can read, and garbage raises the one declared error and nothing else."""

import contextlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.contract import events, money, orders, problem, signing
from console.contract.counter import Goods, Stocked
from console.contract.errors import ContractError, SignatureError
from console.contract.orders import DropStatus, Order, ShopState

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
IDS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True)
EVENT_IDS = st.from_regex(r"[A-Za-z0-9._:-]{1,64}", fullmatch=True)
RUNS = st.integers(1, 1_000_000)
PIECES = st.integers(0, 1_000_000)
MINOR = st.integers(0, 10**15)
CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD", "IQD", "XTS"])
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC)
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def some_event(draw: st.DrawFn) -> events.Event:
    kind = draw(st.sampled_from(list(events.EventType)))
    id, at = draw(EVENT_IDS), draw(TIMES)
    show, drop, run, soon = draw(TEXT), draw(IDS), draw(RUNS), draw(TIMES)
    match kind:
        case events.EventType.DROP_ARMED:
            data = events.Armed(
                drop=drop,
                run=run,
                title=draw(TEXT),
                price_minor=draw(MINOR),
                currency=draw(CURRENCIES),
                stock=draw(PIECES),
                per_buyer=draw(st.integers(1, 1000)),
            )
            return events.drop_armed(show, data, id=id, at=at)
        case events.EventType.DROP_OPENED:
            return events.drop_opened(show, drop, run=run, closes_at=soon, expires_at=draw(TIMES), id=id, at=at)
        case events.EventType.DROP_CHANGED:
            change = events.Changed(
                drop=drop,
                run=run,
                stock=draw(PIECES),
                sold_out=draw(st.none() | st.booleans()),
                price_minor=draw(st.none() | MINOR),
                closes_at=draw(st.none() | TIMES),
            )
            return events.drop_changed(show, change, id=id, at=at, expires_at=draw(st.none() | TIMES))
        case events.EventType.DROP_CLOSED:
            return events.drop_closed(show, drop, run=run, id=id, at=at)
        case events.EventType.DROP_DISARMED:
            return events.drop_disarmed(show, drop, run=run, id=id, at=at)
        case events.EventType.CHECKOUT_OPENED:
            return events.checkout_opened(show, id=id, at=at)
        case events.EventType.DROPS_HIGHLIGHTED:
            return events.drops_highlighted(show, draw(st.lists(IDS, max_size=3)), id=id, at=at)
        case events.EventType.COUNTER_STOCKED:
            goods = Goods(
                drop=drop,
                sku=drop,
                title=draw(TEXT),
                variant=draw(st.none() | TEXT),
                price_minor=draw(MINOR),
                currency=draw(CURRENCIES),
                stock=draw(PIECES),
            )
            return events.counter_stocked(show, Stocked(goods=(goods,), show_run=draw(TEXT)), id=id, at=at)
        case events.EventType.COUNTER_CLOSED:
            return events.counter_closed(show, id=id, at=at)
        case _:
            return events.checkout_closed(show, id=id, at=at)


@given(some_event())
def test_every_event_reads_back_as_it_was_written(event: events.Event) -> None:
    assert events.from_json(events.to_json(event)) == event


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_garbage_raises_nothing_but_the_declared_error(body: bytes) -> None:
    for parse in (events.from_json, orders.order_from_json, orders.status_from_json, problem.from_json):
        with contextlib.suppress(ContractError):
            parse(body)


@given(some_event(), st.data())
def test_an_event_with_one_attribute_replaced_by_garbage_is_read_or_refused(
    event: events.Event, data: st.DataObject
) -> None:
    document = json.loads(events.to_json(event))
    key = data.draw(st.sampled_from([*document, "expiresat", "data_base64"]))
    document[key] = data.draw(JSON)
    with contextlib.suppress(ContractError):
        events.from_json(json.dumps(document))


def test_a_document_of_ten_thousand_brackets_is_refused() -> None:
    with pytest.raises(ContractError):
        events.from_json(b"[" * 100_000)


def test_every_fault_of_an_event_is_named_at_once() -> None:
    data = {"drop": "CAP 1", "run": "1", "title": "", "price_minor": -1, "currency": "euro", "stock": 1.5}
    body = {"specversion": "1.0", "id": "1", "source": "/shows/friday", "type": "drop.armed"}
    with pytest.raises(ContractError) as caught:
        events.from_json(json.dumps({**body, "time": "2026-01-02T12:00:00Z", "subject": "drops/x", "data": data}))
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "data.drop",
        "data.run",
        "data.title",
        "data.price_minor",
        "data.currency",
        "data.stock",
        "data.per_buyer",
    ]


def test_a_change_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        events.Changed(drop="cap-01", run=1)
    change = events.drop_changed("Friday", events.Changed(drop="cap-01", run=1, stock=1), id="a", at=NOW)
    body = json.loads(events.to_json(change))
    assert body["data"] == {"drop": "cap-01", "run": 1, "stock": 1}  # what stays is not named
    with pytest.raises(ContractError, match="at least one"):
        events.from_json(json.dumps({**body, "data": {"drop": "cap-01", "run": 1}}))


def test_a_shop_that_does_not_say_price_and_stock_is_understood() -> None:
    status = orders.status_from_json('{"id": "cap-01", "run": 1, "state": "open"}')
    assert (status.price_minor, status.stock, status.sold_out) == (None, None, None)


def test_highlights_are_three_at_most_and_about_no_drop() -> None:
    event = events.drops_highlighted("Friday", ("cap-01", "mug-01"), id="a", at=NOW)
    body = json.loads(events.to_json(event))
    assert (event.drop, "subject" in body, body["data"]) == (None, False, {"drops": ["cap-01", "mug-01"]})
    with pytest.raises(ContractError, match="drops"):
        events.from_json(json.dumps({**body, "data": {"drops": ["a", "b", "c", "d"]}}))


def test_a_subject_that_names_another_drop_is_refused() -> None:
    body = json.loads(events.to_json(events.drop_closed("Friday", "cap-01", run=1, id="a", at=NOW)))
    with pytest.raises(ContractError, match="subject"):
        events.from_json(json.dumps({**body, "subject": "drops/mug-01"}))


def test_extension_attributes_that_we_do_not_know_are_passed_over() -> None:
    event = events.drop_closed("Friday", "cap-01", run=1, id="a", at=NOW)
    body = json.loads(events.to_json(event)) | {"traceparent": "00-1-1-00"}
    assert events.from_json(json.dumps(body)) == event


def test_a_show_is_named_by_its_slug() -> None:
    assert events.source("Café: Friday  drop!") == "/shows/cafe-friday-drop"
    assert events.source("金曜日") == "/shows/show"


@given(
    st.builds(
        DropStatus,
        id=IDS,
        run=RUNS,
        state=st.sampled_from(ShopState),
        stock_left=st.none() | PIECES,
        sold=PIECES,
        closes_at=st.none() | TIMES,
        price_minor=st.none() | MINOR,
        stock=st.none() | PIECES,
        sold_out=st.none() | st.booleans(),
    )
)
def test_a_drops_state_reads_back_as_it_was_written(status: DropStatus) -> None:
    assert orders.status_from_json(orders.status_to_json(status)) == status


@given(
    st.builds(
        Order,
        id=EVENT_IDS,
        drop=IDS,
        run=RUNS,
        quantity=st.integers(1, 1000),
        amount_minor=MINOR,
        currency=CURRENCIES,
        source=st.just("livestream"),
        state=st.just("paid"),
        at=TIMES,
    )
)
def test_an_order_reads_back_as_it_was_written(order: Order) -> None:
    assert orders.order_from_json(orders.order_to_json(order)) == order


@given(EVENT_IDS, TEXT, st.integers(-299, 299))
def test_a_signed_message_is_known_again_within_five_minutes(id: str, text: str, off_s: int) -> None:
    secret = signing.new_secret()
    headers = signing.sign(secret, id, text.encode(), NOW)
    now = NOW + timedelta(seconds=off_s)
    upper = {name.upper(): value for name, value in headers.items()}
    assert signing.verify(secret, upper, text.encode(), now) == id
    assert headers["Idempotency-Key"] == f'"{id}"'
    assert signing.parse_idempotency_key(headers["Idempotency-Key"]) == id


def test_the_librarys_own_verifier_accepts_our_signature() -> None:
    from standardwebhooks.webhooks import Webhook

    secret = signing.new_secret()
    headers = signing.sign(secret, "a", b'{"a": 1}', datetime.now(UTC))
    assert Webhook(secret).verify(b'{"a": 1}', headers) == {"a": 1}


@given(st.binary(max_size=60), st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp"]), TEXT), TEXT)
def test_garbage_is_never_taken_for_a_signature(body: bytes, headers: dict[str, str], signature: str) -> None:
    secret = signing.new_secret()
    stamps = {"webhook-id": "a", "webhook-timestamp": str(int(NOW.timestamp()))}
    for these in ({**headers}, {**stamps, "webhook-signature": signature}, {**stamps, **headers}):
        with pytest.raises(SignatureError):
            signing.verify(secret, these, body, NOW)


@pytest.mark.parametrize("off_s", [-3600, 3600])
def test_a_clock_that_is_an_hour_off_is_said_plainly(off_s: int) -> None:
    secret = signing.new_secret()
    headers = signing.sign(secret, "a", b"{}", NOW)
    with pytest.raises(SignatureError, match=r"clock is 3600 s (ahead of|behind) ours"):
        signing.verify(secret, headers, b"{}", NOW + timedelta(seconds=off_s))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!", "secret", "whsec_c2hvcnQ="])
def test_a_key_that_is_no_key_is_refused(secret: str) -> None:
    assert not signing.is_secret(secret)
    with pytest.raises(SignatureError):
        signing.sign(secret, "a", b"{}", NOW)


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (1900, "EUR", "en", "19.00 €"),
        (123456789, "EUR", "en", "1,234,567.89 €"),
        (1900, "EUR", "de", "19,00 €"),
        (1900, "EUR", "de-AT", "19,00 €"),
        (1900, "JPY", "en", "1,900 ¥"),
        (1900, "KWD", "en", "1.900 KWD"),
        (0, "USD", "xx-nonsense", "0.00 $"),
        (5, "XTS", "en", "0.05 XTS"),
    ],
)
def test_money_reads_as_in_the_shops_of_the_place(minor: int, currency: str, locale: str, text: str) -> None:
    assert money.format(minor, currency, locale=locale) == text.replace(" ", "\u00a0")


def test_whole_amounts_can_leave_out_their_zeros() -> None:
    assert money.format(22800, "EUR", drop_zeros=True) == "228\u00a0€"
    assert money.format(22801, "EUR", drop_zeros=True) == "228.01\u00a0€"


@given(MINOR, CURRENCIES)
def test_money_never_loses_a_minor_unit(minor: int, currency: str) -> None:
    shown = money.format(minor, currency)
    assert int("".join(c for c in shown if c.isdigit())) == minor


def test_a_problem_says_only_what_it_knows() -> None:
    body = problem.to_json(problem.Problem(title="Sold out", status=409, reason="sold_out"))
    assert json.loads(body) == {"title": "Sold out", "status": 409, "reason": "sold_out"}
    assert problem.from_json(body).reason == "sold_out"
