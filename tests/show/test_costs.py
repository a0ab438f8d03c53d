"""What orders cost: the rates travel in the journal, or come with the command; every order is added up once."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cli import run
from console.core.journal import Origin
from console.settings.fulfilment import Fulfilment
from console.show.costs import Margin, Rates, margin_of
from console.show.file import ShowFileError, load_rates, parse_show
from console.show.plan import plan_of
from console.show.records import Order
from console.show.report import report_html
from console.show.selling_figures import margin
from tests.show.shows import GOOD
from tests.show.test_report import START, Tape

RATES = """\
per_order = "1.20 EUR"
per_piece = "0.35 EUR"
shipping = "4.90 EUR"
payment_percent = 1.4
payment_fixed = "0.25 EUR"
"""
AS_RATES = Rates("EUR", 120, 35, 490, 1.4, 25)
TABLE = f"[shop.fulfilment]\n{RATES}"


def order(id: str = "o-1", *, quantity: int = 2, amount_minor: int = 3800, state: str = "paid") -> Order:
    return Order(START, id, "cap-01", 1, quantity, amount_minor, "EUR", "live", state)


def sold(tape: Tape, second: float, id: str, state: str, **more: object) -> None:
    fields = {"drop": "cap-01", "run": 1, "quantity": 1, "amount_minor": 1900, "currency": "EUR", "source": "live"}
    tape.note(second, "order.received", Origin.OUTSIDE, boot=1, **{**fields, **more}, id=id, state=state)


def test_an_order_costs_what_each_rate_says() -> None:
    assert AS_RATES.cost_minor(order()) == 120 + 2 * 35 + 490 + 53 + 25  # 1.4 % of 38.00 is 53.2 cents
    assert AS_RATES.cost_minor(order(state="refunded")) == 0
    assert Rates("USD", 120).cost_minor(order()) is None
    assert Rates(payment_percent=50.0).cost_minor(order(amount_minor=3)) == 2  # half a cent counts


def test_the_margin_is_what_is_left_and_none_without_rates_that_fit() -> None:
    orders = [order("a"), order("b", state="held"), order("c", state="void")]
    found = margin_of(orders, AS_RATES)
    assert found == Margin(2, 7600, 2 * 758)
    assert (found.margin_minor, found.per_order_minor) == (6084, 758)
    assert Margin(0, 0, 0).per_order_minor is None
    assert margin_of(orders, None) is None
    assert margin_of(orders, Rates("USD", 1)) is None


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 10**6), st.sampled_from(["paid", "held", "void", "waiting"]))),
    st.builds(
        Rates, st.sampled_from(["", "EUR"]), st.integers(0, 999), st.integers(0, 999), st.integers(0, 999),
        st.floats(0, 100).map(lambda percent: round(percent, 2)), st.integers(0, 99),
    ),
)  # fmt: skip
def test_costs_add_up_and_reach_the_journal_and_back(orders: list[tuple[int, int, str]], rates: Rates) -> None:
    made = [order(f"o-{n}", quantity=q, amount_minor=a, state=s) for n, (q, a, s) in enumerate(orders)]
    found = margin_of(made, rates)
    assert found is not None
    assert found.cost_minor == sum(rates.cost_minor(one) or 0 for one in made)
    assert found.margin_minor + found.cost_minor == sum(one.amount_minor for one in made if one.counts)
    assert Rates.read(json.loads(json.dumps(rates.as_fields()))) == rates


def test_the_report_is_made_with_the_rates_of_the_journal_alone() -> None:
    show = parse_show(GOOD.replace("[shop]\n", "[shop]\nfulfilment.payment_percent = 0\n"))
    assert Rates.of(show.shop.fulfilment or Fulfilment()) == Rates()
    assert "rates" not in plan_of(parse_show(GOOD))
    tape = Tape()
    tape.note(0, "run.started", Origin.CONSOLE, boot=1, show="Friday drop", **plan_of(parse_show(f"{GOOD}{TABLE}")))
    tape.note(10, "drop.opened", Origin.OUTSIDE, drop="cap-01", run=1)
    for second, id, state in ((20, "a", "held"), (21, "b", "paid"), (22, "c", "paid"), (60, "c", "refunded")):
        sold(tape, second, id, state)
    report = tape.report
    assert report.rates == AS_RATES
    assert margin(report) == Margin(2, 3800, 2 * (120 + 35 + 490 + 27 + 25))
    page = report_html(report)
    assert "What fulfilling it costs" in page
    assert "24.06" in page  # 38.00 less twice 6.97
    assert (
        "1.20\u00a0€ an order, 0.35\u00a0€ a piece, 4.90\u00a0€ postage an order, 0.25\u00a0€ a payment, 1.4 % of"
        in page
    )
    assert all(words in page for words in ("held, not paid yet", "refunded", "authorised, 19.00\u00a0€ of it paid"))


def test_rates_in_another_currency_are_said_to_be() -> None:
    tape = Tape()
    tape.note(0, "run.started", Origin.CONSOLE, show="A", rates={"currency": "USD", "per_order_minor": 100})
    sold(tape, 5, "a", "paid")
    assert "The rates are in USD, the orders are in EUR" in report_html(tape.report)
    assert Rates.read({"per_order_minor": -5, "payment_percent": "x", "shipping_minor": [1]}) == Rates()


def test_a_file_of_rates_is_read_alone_or_from_a_show(tmp_path: Path) -> None:
    path = tmp_path / "rates.toml"
    for text in (RATES, f"{GOOD}{TABLE}"):
        path.write_text(text)
        assert load_rates(path) == AS_RATES


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (RATES.replace("per_piece", "per_pice"), r"line 2.*Did you mean \"per_piece\""),
        (RATES.replace("0.25 EUR", "0.25 USD"), "more than one currency"),
        (RATES.replace("1.4", "140"), "payment_percent"),
        ("per_order = ", "per_order"),
        (GOOD, r"has no \[shop.fulfilment\]"),
    ],
)
def test_what_is_wrong_with_the_rates_is_said_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "rates.toml"
    path.write_text(text)
    with pytest.raises(ShowFileError) as caught:
        load_rates(path)
    assert re.search(words, f"{caught.value.what} {caught.value.fix}", re.DOTALL)


def test_the_command_takes_rates_for_a_journal_that_has_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tape = Tape()
    tape.note(0, "run.started", Origin.CONSOLE, show="Friday drop")
    sold(tape, 5, "a", "paid")
    journal = tmp_path / "journal" / "run-1.jsonl"
    journal.parent.mkdir()
    journal.write_bytes(b"".join(entry.line() for entry in tape.entries))
    rates = tmp_path / "rates.toml"
    rates.write_text(RATES)
    assert run(["report", str(journal), "--tables", "--rates", str(rates)]) == 0
    page, together, *_ = map(Path, capsys.readouterr().out.split("\n"))
    assert "What fulfilling it costs" in page.read_text(encoding="utf-8")
    found = json.loads(together.read_text(encoding="utf-8"))
    assert found["rates"]["shipping_minor"] == 490
    assert (found["totals"][0]["cost_minor"], found["totals"][0]["margin_minor"]) == (697, 1203)
    assert found["orders"][0]["cost_minor"] == 697
    assert run(["report", str(journal), "--rates", str(tmp_path / "none.toml")]) == 2
