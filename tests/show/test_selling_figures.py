"""What sold when: every order counts once, to what was on air; and the same as CSV and JSON."""

import csv
import io
import json
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.contract import money
from console.core.clock import rfc3339
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.latency import Latency
from console.show.chart import chart_svg
from console.show.figures import Report
from console.show.report import report_html
from console.show.selling_figures import (
    by_camera,
    by_scene,
    by_source,
    by_standing,
    from_view,
    latency,
    latency_in_all,
    minutes_of,
)
from console.show.tables import Table, tables_of, write_tables
from tests.show.test_report import START, Tape

SCENES = ("Wide", "Close", "Table")


def sold(tape: Tape, second: float, id: str, amount_minor: int, how: str = "livestream") -> None:
    """An order; how: where it came from, or "cancelled"."""
    tape.note(
        second, "order.received", Origin.OUTSIDE, order=id, drop="cap-01", run=1, quantity=1,
        amount_minor=amount_minor, currency="EUR", source=how, state="cancelled" if how == "cancelled" else "paid",
    )  # fmt: skip


@pytest.fixture
def evening() -> Tape:
    """Wide for 60 s, Close for 120 s, Wide again for 60 s; a drop opens after 50 s."""
    tape = Tape()
    tape.note(0, "run.started", Origin.CONSOLE, show="Friday drop")
    for second, scene in ((10, "Wide"), (70, "Close"), (190, "Wide")):
        tape.note(second, "take.proved", Origin.OUTSIDE, scene=scene, ms=40)
    tape.note(60, "drop.opened", Origin.OUTSIDE, drop="cap-01", run=1, title="Cap", currency="EUR", price_minor=1900)
    sold(tape, 5, "early", 100)
    sold(tape, 65, "o-1", 1900)
    sold(tape, 80, "o-2", 1900, "counter")
    sold(tape, 100, "o-3", 3800)
    sold(tape, 200, "o-4", 1900, "=cmd()")
    sold(tape, 201, "void", 1900, "cancelled")
    tape.note(250, "run.ended", Origin.CONSOLE)
    return tape


def test_a_drop_that_counted_down_opened_at_its_end_and_one_that_was_stopped_before_never_did() -> None:
    tape = Tape()
    for run, stopped in ((1, 200), (2, 210)):
        opens_at = {1: 90, 2: 230}[run]
        tape.note(stopped - 140, "drop.opened", Origin.OUTSIDE, drop="cap-01", run=run, proved=True,
                  opens_at=rfc3339(START + timedelta(seconds=opens_at)))  # fmt: skip
        tape.note(stopped, "drop.closed", Origin.OUTSIDE, drop="cap-01", run=run, proved=True)
    found = {run: (drop.opened_at, drop.state) for (_, run), drop in tape.report.drops.items()}
    assert found == {1: (START + timedelta(seconds=90), "closed"), 2: (None, "closed")}


def test_a_drop_that_had_pieces_again_after_it_was_sold_out_was_on_sale_until_it_ended() -> None:
    tape = Tape()
    for second, kind in ((10, "opened"), (60, "sold_out"), (90, "open"), (200, "closed")):
        tape.note(second, f"drop.{kind}", Origin.OUTSIDE, drop="cap-01", run=1)
    (drop,) = tape.report.drops.values()
    assert (drop.opened_at, drop.closed_at) == (START + timedelta(seconds=10), START + timedelta(seconds=200))


def test_orders_count_to_what_was_on_air_the_best_first(evening: Tape) -> None:
    rows = by_scene(evening.report)
    found = [
        (row.sold.name, row.on_air_s, row.sold.orders, row.sold.revenue_minor, row.per_minute_minor) for row in rows
    ]
    assert found == [("Close", 120, 2, 5700, 2850), ("Wide", 120, 2, 3800, 1900), ("", 0, 1, 100, None)]


def test_orders_count_to_where_they_came_from(evening: Tape) -> None:
    found = [(one.name, one.orders, one.revenue_minor) for one in by_source(evening.report)]
    assert found == [("livestream", 3, 5800), ("=cmd()", 1, 1900), ("counter", 1, 1900)]


def test_how_quickly_a_drop_sold_is_told_from_its_opening(evening: Tape) -> None:
    report = evening.report
    (drop,) = report.drops.values()
    assert latency(report, drop) == Latency(30.0, 140.0)  # 5, 20, 40 and 140 s after it
    drop.opened_at = None
    assert latency(report, drop) is None


def test_the_report_says_which_scene_sold(evening: Tape) -> None:
    page = report_html(evening.report)
    assert "What sold when" in page
    assert page.index("<b>Close</b>") < page.index("<b>Wide</b>")
    assert money.format(2850, "EUR") in page
    assert "9 of 10 after 2:20" in page


@given(
    takes=st.lists(st.tuples(st.floats(0, 500), st.sampled_from(SCENES)), max_size=12),
    orders=st.lists(
        st.tuples(st.floats(-50, 600), st.integers(0, 10_000), st.sampled_from(("", "counter", "live"))), max_size=20
    ),
)
@settings(deadline=None)
def test_every_order_counts_exactly_once(takes: list[tuple[float, str]], orders: list[tuple[float, int, str]]) -> None:
    tape = Tape()
    for second, scene in sorted(takes):
        tape.note(second, "take.proved", Origin.OUTSIDE, scene=scene)
    for number, (second, amount_minor, source) in enumerate(orders):
        sold(tape, second, f"o-{number}", amount_minor, source)
    report = tape.report
    wanted = sum(amount for _, amount, _ in orders)
    assert sum(row.sold.revenue_minor for row in by_scene(report)) == wanted
    assert sum(one.revenue_minor for one in by_source(report)) == wanted
    assert sum(row.sold.orders for row in by_scene(report)) == len(orders)
    on_air = timedelta(seconds=sum(row.on_air_s for row in by_scene(report)))
    assert report.start is None or on_air <= (report.end or report.start) - report.start + timedelta(milliseconds=1)


def test_a_camera_sells_while_its_scene_is_on_air(evening: Tape) -> None:
    cameras = [{"camera": "Left", "scene": "Close"}, {"camera": "Top", "scene": "Table"}]
    evening.note(251, "run.continued", Origin.CONSOLE, show="Friday drop", cameras=cameras)
    rows = [(row.sold.name, row.on_air_s, row.sold.revenue_minor) for row in by_camera(evening.report)]
    assert rows == [("Left", 120, 5700), ("", 121, 3900)]
    page = report_html(evening.report)
    assert page.index("<b>Left</b>") < page.index("<b>no camera of the show</b>")
    assert "camera Left" in page[: page.index("What sold when")]


def test_a_journal_without_cameras_has_none(evening: Tape) -> None:
    assert by_camera(evening.report) == []


def test_an_order_is_paid_when_the_shop_says_so_or_tells_it(evening: Tape) -> None:
    for second, id, state in ((210, "h", "held"), (220, "p", "held"), (225, "p", "paid"), (230, "h", "paid")):
        more = {"changed_at": "2026-11-20T18:33:42.000Z"} if second == 225 else {}
        fields = {"drop": "cap-01", "run": 1, "quantity": 1, "amount_minor": 1000, "currency": "EUR"}
        evening.note(second, "order.received", Origin.OUTSIDE, boot=1, id=id, state=state, **fields, **more)
    report = evening.report
    paid = [(report.orders[id].at, report.orders[id].paid_at) for id in ("p", "h", "o-1")]
    after = [tuple((at - START).total_seconds() for at in times if at) for times in paid]
    assert after == [(220, 222), (210, 230), (65, 65)]
    assert sum(one.paid_minor for one in minutes_of(report)) == report.paid_minor == 11_600
    assert sum(one.authorised_minor for one in minutes_of(report)) == 11_600


def test_where_orders_stand_is_told_apart(evening: Tape) -> None:
    for id, state in (("h", "held"), ("c", "confirmed"), ("w", "waiting"), ("e", "expired"), ("r", "refunded")):
        evening.note(230, "order.received", Origin.OUTSIDE, id=id, state=state, drop="cap-01", amount_minor=500,
                     currency="EUR")  # fmt: skip
    evening.note(231, "order.of_earlier_show", Origin.OUTSIDE, id="old", state="paid", amount_minor=900, currency="EUR")
    report = evening.report
    found = [(one.name, one.orders, one.revenue_minor) for one in by_standing(report)]
    assert found == [
        ("paid", 5, 9600), ("firm", 1, 500), ("held", 1, 500), ("waiting", 1, 500), ("expired", 1, 500),
        ("void", 1, 1900), ("refunded", 1, 500),
    ]  # fmt: skip
    (drop,) = report.drops.values()
    assert (drop.sold, drop.held, drop.revenue_minor, drop.paid_minor) == (6, 1, 10_600, 9_600)
    page = report_html(report)
    assert page.index("Where the orders stand") < page.index("<b>expired unpaid</b>") < page.index("<b>void</b>")
    states = next(table for table in tables_of(report) if table.name == "states")
    assert [row["standing"] for row in read_csv(states)] == [name for name, *_ in found]


def test_the_first_view_counts_where_the_page_knew_it(evening: Tape) -> None:
    evening.note(240, "order.received", Origin.OUTSIDE, id="v", drop="cap-01", amount_minor=500, currency="EUR",
                 viewed_at="2026-11-20T18:33:30.000Z")  # fmt: skip
    report = evening.report
    (drop,) = report.drops.values()
    assert from_view(report, drop) == from_view(report) == Latency(30.0, 30.0)
    assert latency_in_all(report) == latency(report, drop)
    assert "30 s from the first view" in report_html(report)


def test_a_price_is_drawn_from_the_opening_on(evening: Tape) -> None:
    for second, price in ((55, 1500), (100, 1200)):
        evening.note(second, "drop.changed", Origin.OUTSIDE, drop="cap-01", run=1, price_minor=price)
    report = evening.report
    (drop,) = report.drops.values()
    assert [((at - START).total_seconds(), minor) for at, minor in drop.prices_on_sale()] == [(60, 1500), (100, 1200)]
    chart = chart_svg(report, UTC)
    assert all(f">{words}<" in chart for words in ("1  15.00", "12.00", "1"))
    drop.opened_at = None
    assert drop.prices_on_sale() == []


def read_csv(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.csv())))


def test_tables_hold_all_figures_and_no_formula_gets_into_a_spreadsheet(evening: Tape) -> None:
    tables = {table.name: read_csv(table) for table in tables_of(evening.report)}
    assert list(tables) == [
        "orders",
        "drops",
        "prices",
        "scenes",
        "cameras",
        "sources",
        "states",
        "minutes",
        "totals",
    ]
    assert [row["order"] for row in tables["orders"] if row["counts"] == "1"] == ["early", "o-1", "o-2", "o-3", "o-4"]
    assert tables["orders"][0]["at"] == "2026-11-20T18:30:05.000Z"
    assert tables["drops"][0]["order_p90_s"] == "140.0"
    assert tables["scenes"][0] == {
        "scene": "Close", "on_air_s": "120.0", "orders": "2", "pieces": "2", "revenue_minor": "5700",
        "revenue_minor_per_minute": "2850", "paid_minor": "5700",
    }  # fmt: skip
    assert tables["sources"][1]["source"] == "'=cmd()"
    assert sum(int(row["revenue_minor"]) for row in tables["minutes"]) == 9600


def test_the_same_tables_are_in_one_json_file(evening: Tape, tmp_path: Path) -> None:
    first, *others = write_tables(evening.report, tmp_path / "reports", "run-1")
    assert first.name == "run-1.json"
    assert {path.name for path in others} == {f"run-1-{table.name}.csv" for table in tables_of(evening.report)}
    together = json.loads(first.read_text())
    assert (together["show"], together["currency"]) == ("Friday drop", "EUR")
    assert together["sources"][1]["source"] == "=cmd()"  # JSON is nobody's formula
    assert together["scenes"][0]["revenue_minor_per_minute"] == 2850


def test_a_show_without_a_journal_line_has_empty_tables(tmp_path: Path) -> None:
    assert all(not table.rows for table in tables_of(Report.of([])))
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="were not saved"):
        write_tables(Report.of([]), tmp_path / "file", "run-1")
