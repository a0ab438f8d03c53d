"""The ledger: every order counts once by its newest state, however often it was told and whatever it was before."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.commerce.book import shown_order
from console.commerce.figures import Figures
from console.commerce.ledger import Ledger
from console.commerce.tally import MINUTES, POINTS
from console.contract.orders import Order as Told
from console.contract.orders import order_from_json, order_to_json
from console.core.latency import Latency

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
OPENED = NOW - timedelta(seconds=900)
STATES = ("held", "confirmed", "paid", "void", "expired", "refunded", "waiting", "Cancelled", "placed")
COUNTED = {"held", "confirmed", "paid", "placed"}


def told(id: str = "o-1", state: str = "paid", *, ago_s: float = 60, **more: object) -> Told:
    fields: dict[str, object] = {
        "drop": "cap-01", "run": 1, "quantity": 1, "amount_minor": 1900, "currency": "EUR", "source": "live",
        "at": NOW - timedelta(seconds=ago_s),
    }  # fmt: skip
    return Told.model_validate({**fields, **more, "id": id, "state": state})


def ledger_of(tellings: Iterable[Told], *, now: datetime = NOW) -> tuple[Ledger, dict[str, Told]]:
    """A ledger that was told these one by one, and the orders as they would be on disk."""
    ledger = Ledger("EUR")
    kept: dict[str, Told] = {}
    ledger.opened("cap-01", 1, OPENED)
    for order in tellings:
        (one,) = ledger.settled([order], now=now)
        if ledger.state_of(one.id) != one.state:
            ledger.put(shown_order(one))
            kept[one.id] = one
    return ledger, kept


@dataclass(frozen=True)
class Telling:
    """An order of some id in some state."""

    id: int
    state: str
    late_s: int  # when it is told, after the one before


# What is the same in every telling of an order follows from its id: only states change.
TELLINGS = st.lists(st.builds(Telling, st.integers(0, 7), st.sampled_from(STATES), st.integers(0, 300)), max_size=40)


def as_told(one: Telling) -> Told:
    return told(
        f"o-{one.id}", one.state, ago_s=60 * one.id - 30, quantity=1 + one.id % 3, amount_minor=700 * one.id,
        currency=("EUR", "USD")[one.id == 5], source=("", "counter", "live")[one.id % 3], run=1 + one.id % 2,
        viewed_at=NOW - timedelta(seconds=100 * one.id) if one.id % 2 else None,
    )  # fmt: skip


@given(TELLINGS)
def test_after_any_states_and_repeats_the_figures_are_those_of_counting_the_newest_from_scratch(
    tellings: list[Telling],
) -> None:
    ledger, kept = Ledger("EUR"), dict[str, Told]()
    ledger.opened("cap-01", 1, OPENED)
    now = NOW
    for telling in tellings:
        now += timedelta(seconds=telling.late_s)
        (one,) = ledger.settled([as_told(telling)], now=now)
        if ledger.state_of(one.id) != one.state:
            ledger.put(shown_order(one))
            kept[one.id] = one
    scratch = Ledger("EUR")  # as the next start counts them from the disk
    scratch.opened("cap-01", 1, OPENED)
    for one in reversed(kept.values()):
        scratch.put(shown_order(order_from_json(order_to_json(one))))
    standing = [one for one in kept.values() if one.state in COUNTED]
    dropped = {(one.drop, one.run) for one in standing}
    assert ledger.figures(now) == scratch.figures(now)
    assert ledger.newest(99) == scratch.newest(99)
    ours = {(one.drop, one.run): one for one in ledger.by_drop(now, {})}
    theirs = {(one.drop, one.run): one for one in scratch.by_drop(now, {})}
    assert ours == theirs
    assert all((ours[key].curve is None) == (key not in dropped) for key in ours)
    _agrees(ledger.figures(now), list(kept.values()), now)


def _agrees(figures: Figures, orders: list[Told], now: datetime) -> None:
    """The figures are what a plain sum says."""
    standing = [one for one in orders if one.state in COUNTED]
    euros = [one for one in standing if one.currency == "EUR"]
    paid = [one for one in euros if one.state == "paid"]
    assert figures.orders == len(standing)
    assert figures.held == sum(one.quantity for one in standing if one.state == "held")
    assert figures.sold == sum(one.quantity for one in standing if one.state != "held")
    assert figures.authorised_minor == sum(one.amount_minor for one in euros)
    assert figures.paid_minor == sum(one.amount_minor for one in paid)
    ordered_at = [(one.at, one.amount_minor) for one in euros]
    assert figures.authorised_per_minute == per_minute(ordered_at, now)
    assert figures.paid_per_minute == per_minute([(one.changed_at or one.at, one.amount_minor) for one in paid], now)
    by_source: dict[str, int] = {}
    for one in euros:
        by_source[one.source] = by_source.get(one.source, 0) + one.amount_minor
    assert {one.name: one.authorised_minor for one in figures.by_source} == {k: v for k, v in by_source.items() if v}
    sums = [one.authorised_minor for one in figures.by_source]
    assert sums == sorted(sums, reverse=True)
    since_view = [
        (one.at - one.viewed_at).total_seconds() for one in standing if one.viewed_at and one.viewed_at <= one.at
    ]
    assert (figures.from_view is None) == (not since_view)
    assert figures.from_view is None or figures.from_view.p50_s == statistics.median(since_view)


def per_minute(amounts: list[tuple[datetime, int]], now: datetime) -> tuple[int, ...]:
    minutes = [0] * MINUTES
    for at, amount_minor in amounts:
        age_s = int(now.timestamp()) - int(at.timestamp())
        if 0 <= age_s < MINUTES * 60:
            minutes[-1 - age_s // 60] += amount_minor
    return tuple(minutes)


def test_an_order_is_authorised_when_it_came_and_paid_when_it_became_paid() -> None:
    ledger, _ = ledger_of([told(state="held", ago_s=600)], now=NOW - timedelta(seconds=600))
    before = ledger.figures(NOW)
    assert (before.held, before.sold, before.authorised_minor, before.paid_minor) == (1, 0, 1900, 0)
    (paid,) = ledger.settled([told(state="paid", ago_s=0)], now=NOW)
    ledger.put(shown_order(paid))
    after = ledger.figures(NOW)
    assert (after.held, after.sold, after.authorised_minor, after.paid_minor) == (0, 1, 1900, 1900)
    assert after.authorised_per_minute[-11] == after.paid_per_minute[-1] == 1900
    assert ledger.newest(1)[0].at == NOW - timedelta(seconds=600)
    (back,) = ledger.settled([told(state="refunded", ago_s=0)], now=NOW)
    ledger.put(shown_order(back))
    assert ledger.figures(NOW) == Figures(
        authorised_per_minute=(0,) * MINUTES, paid_per_minute=(0,) * MINUTES,
    )  # fmt: skip
    assert ledger.state_of("o-1") == "refunded"
    assert ledger.state_of("o-2") is None


def test_the_shop_s_word_on_when_it_was_paid_stands_and_its_future_is_now() -> None:
    ledger = Ledger("EUR")
    held = told(state="held", ago_s=300)
    paid = told(state="paid", ago_s=290, changed_at=NOW - timedelta(seconds=200))
    late = told("o-2", ago_s=-50)
    first, second, third = ledger.settled([held, paid, late], now=NOW)
    assert (first.changed_at, second.at, second.changed_at) == (held.at, held.at, paid.changed_at)
    assert (third.at, third.changed_at) == (NOW, NOW)


def test_how_quickly_buyers_order_is_told_from_the_opening_and_from_their_first_view() -> None:
    orders = [
        told(f"o-{n}", ago_s=900 - after_s, viewed_at=NOW - timedelta(seconds=900 - after_s + 4 * n))
        for n, after_s in enumerate((10, 20, 30, 40, 200))
    ]
    ledger, _ = ledger_of([told("early", ago_s=1000), *orders])
    (drop,) = ledger.by_drop(NOW, {})
    assert drop.figures.from_opening == ledger.figures(NOW).from_opening == Latency(30.0, 200.0)
    assert drop.figures.from_view == Latency(8.0, 16.0)


def test_the_first_word_of_an_opening_stands() -> None:
    ledger = Ledger("EUR")
    assert ledger.opened("cap-01", 1, OPENED)
    assert not ledger.opened("cap-01", 1, NOW)
    ledger.put(shown_order(told(ago_s=60)))
    assert ledger.by_drop(NOW, {})[0].opened_at == OPENED


def test_the_curve_begins_at_the_opening_and_ends_with_the_drop() -> None:
    ledger, _ = ledger_of([
        told("o-1", ago_s=880, quantity=2), told("o-2", "held", ago_s=450), told("o-3", "void", ago_s=400),
    ])  # fmt: skip
    (drop,) = ledger.by_drop(NOW, {("cap-01", 1): OPENED + timedelta(seconds=600)})
    assert drop.curve is not None
    assert (drop.curve.start_at, drop.curve.step_s, len(drop.curve.points)) == (OPENED, 10.0, POINTS)
    assert (drop.curve.points[0], drop.curve.points[1]) == ((0, 0), (2, 0))
    assert (drop.curve.points[43], drop.curve.points[44], drop.curve.points[-1]) == ((2, 0), (2, 1), (2, 1))


def test_a_drop_that_is_over_is_not_counted_anew_and_one_that_changes_is() -> None:
    ledger, _ = ledger_of([told(ago_s=2400)])
    (first,) = ledger.by_drop(NOW, {})
    (again,) = ledger.by_drop(NOW + timedelta(seconds=5), {})
    assert again is first
    (refunded,) = ledger.settled([told(state="refunded", ago_s=2400)], now=NOW)
    ledger.put(shown_order(refunded))
    assert ledger.by_drop(NOW, {})[0].figures.orders == 0


def test_minutes_that_pass_empty_the_figures_of_a_drop() -> None:
    ledger, _ = ledger_of([told(ago_s=30)])
    later = [ledger.by_drop(NOW + timedelta(seconds=after_s), {})[0].figures for after_s in (0, 900, 1769, 1770, 4000)]
    assert [sum(figures.paid_per_minute) for figures in later] == [1900, 1900, 1900, 0, 0]
