"""A show's figures for other programs: a CSV file for each table, and all of them in one JSON file. Blocking.

Amounts are integer minor units with their currency beside them, times RFC 3339 in UTC, durations seconds.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.core.clock import rfc3339
from console.core.errors import UserError
from console.core.latency import Latency
from console.core.sheet import Value, csv_text
from console.show.costs import Margin
from console.show.figures import Report
from console.show.selling_figures import (
    OnAirSold,
    by_camera,
    by_scene,
    by_source,
    by_standing,
    from_view,
    latency,
    latency_in_all,
    margin,
    minutes_of,
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name, its columns and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def csv(self) -> str:
        """As CSV with a heading. A text that a spreadsheet would take for a formula begins with an apostrophe."""
        return csv_text(self.columns, self.rows)


def tables_of(report: Report) -> tuple[Table, ...]:
    """Orders, drops, their prices, scenes, cameras, sources, states of orders, minutes, and all in one row."""
    return (
        _orders(report),
        _drops(report),
        _prices(report),
        _on_air("scenes", "scene", by_scene(report)),
        _on_air("cameras", "camera", by_camera(report)),
        _sources(report),
        _states(report),
        _minutes(report),
        _totals(report),
    )


def write_tables(report: Report, folder: Path, stem: str) -> list[Path]:
    """Write STEM.json and STEM-TABLE.csv into a folder; returns the paths. Raises UserError when it cannot."""
    tables = tables_of(report)
    together = {
        "show": report.show,
        "start": _time(report.start),
        "end": _time(report.end),
        "currency": report.currency,
        "rates": report.rates and report.rates.as_fields(),
        **{table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows] for table in tables},
    }
    files = {folder / f"{stem}.json": json.dumps(together, ensure_ascii=False, indent=1) + "\n"}
    files |= {folder / f"{stem}-{table.name}.csv": table.csv() for table in tables}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            path.write_text(text, encoding="utf-8", errors="replace", newline="")
    except OSError as error:
        reason = (error.strerror or "it cannot be written").lower()
        raise UserError(
            f"The tables of the show were not saved in {folder}: {reason}.",
            fix="Free space or choose another folder, then make them again from the journal.",
        ) from error
    return list(files)


def _orders(report: Report) -> Table:
    columns = ("at", "order", "drop", "run", "quantity", "amount_minor", "currency", "source", "state", "counts",
               "standing", "viewed_at", "paid_at", "cost_minor")  # fmt: skip
    rows = sorted(report.orders.values(), key=lambda order: (order.at, order.id))
    return Table("orders", columns, tuple(
        (_time(one.at), one.id, one.drop, one.run, one.quantity, one.amount_minor, one.currency, one.source, one.state,
         int(one.counts), one.standing.value, _time(one.viewed_at), _time(one.paid_at),
         None if report.rates is None else report.rates.cost_minor(one))
        for one in rows
    ))  # fmt: skip


def _drops(report: Report) -> Table:
    columns = ("drop", "run", "title", "price_minor", "currency", "stock", "state", "sold", "revenue_minor",
               "opened_at", "closed_at", "confirm_ms", "order_p50_s", "order_p90_s", "held", "paid_minor",
               "view_p50_s", "view_p90_s", "cost_minor", "margin_minor")  # fmt: skip
    rows = tuple(
        (one.drop, one.run, one.title, one.price_minor, one.currency, one.stock, one.state, one.sold,
         one.revenue_minor, _time(one.opened_at), _time(one.closed_at), one.confirm_ms, *_quick(latency(report, one)),
         one.held, one.paid_minor, *_quick(from_view(report, one)), *_costs(margin(report, one)))
        for one in report.drops.values()
    )  # fmt: skip
    return Table("drops", columns, rows)


def _prices(report: Report) -> Table:
    """Each drop's price from its opening on, and every later one."""
    rows = tuple(
        (_time(at), one.drop, one.run, minor, one.currency)
        for one in report.drops.values()
        for at, minor in one.prices_on_sale()
    )
    return Table("prices", ("at", "drop", "run", "price_minor", "currency"), rows)


def _on_air(name: str, column: str, rows: list[OnAirSold]) -> Table:
    columns = (column, "on_air_s", "orders", "pieces", "revenue_minor", "revenue_minor_per_minute", "paid_minor")
    return Table(name, columns, tuple(
        (row.sold.name, round(row.on_air_s, 1), row.sold.orders, row.sold.pieces, row.sold.revenue_minor,
         None if row.per_minute_minor is None else round(row.per_minute_minor), row.sold.paid_minor)
        for row in rows
    ))  # fmt: skip


def _sources(report: Report) -> Table:
    rows = tuple((one.name, one.orders, one.pieces, one.revenue_minor, one.paid_minor) for one in by_source(report))
    return Table("sources", ("source", "orders", "pieces", "revenue_minor", "paid_minor"), rows)


def _states(report: Report) -> Table:
    rows = tuple((one.name, one.orders, one.pieces, one.revenue_minor) for one in by_standing(report))
    return Table("states", ("standing", "orders", "pieces", "amount_minor"), rows)


def _minutes(report: Report) -> Table:
    rows = tuple((_time(one.at), round(one.authorised_minor), round(one.paid_minor)) for one in minutes_of(report))
    return Table("minutes", ("at", "revenue_minor", "paid_minor"), rows)


def _totals(report: Report) -> Table:
    columns = ("show", "start", "end", "currency", "orders", "pieces", "revenue_minor", "paid_minor", "order_p50_s",
               "order_p90_s", "view_p50_s", "view_p90_s", "cost_minor", "margin_minor")  # fmt: skip
    row: tuple[Value, ...] = (
        report.show, _time(report.start), _time(report.end), report.currency, report.sales, report.pieces,
        report.revenue_minor.get(report.currency, 0), report.paid_minor, *_quick(latency_in_all(report)),
        *_quick(from_view(report)), *_costs(margin(report)),
    )  # fmt: skip
    return Table("totals", columns, (row,) if report.start else ())


def _quick(quick: Latency | None) -> tuple[Value, Value]:
    return (None, None) if quick is None else (round(quick.p50_s, 3), round(quick.p90_s, 3))


def _costs(one: Margin | None) -> tuple[Value, Value]:
    return (None, None) if one is None else (one.cost_minor, one.margin_minor)


def _time(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)
