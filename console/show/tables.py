"""A show's figures for other programs: a CSV file for each table, and all of them in one JSON file. Blocking.

Amounts are integer minor units with their currency beside them, times RFC 3339 in UTC, durations seconds.
"""

import csv
import io
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from console.core.clock import rfc3339
from console.core.errors import UserError
from console.show.figures import Report, revenue_per_minute
from console.show.selling_figures import by_scene, by_source, latency

Value = str | int | float | None
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name, its columns and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def csv(self) -> str:
        """As CSV with a heading. A text that a spreadsheet would take for a formula begins with an apostrophe."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([_as_text(value) for value in row] for row in self.rows)
        return out.getvalue()


def tables_of(report: Report) -> tuple[Table, ...]:
    """Orders, drops, scenes, sources and minutes."""
    return _orders(report), _drops(report), _scenes(report), _sources(report), _minutes(report)


def write_tables(report: Report, folder: Path, stem: str) -> list[Path]:
    """Write STEM.json and STEM-TABLE.csv into a folder; returns the paths. Raises UserError when it cannot."""
    tables = tables_of(report)
    together = {
        "show": report.show,
        "start": _time(report.start),
        "end": _time(report.end),
        "currency": report.currency,
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
    columns = ("at", "order", "drop", "run", "quantity", "amount_minor", "currency", "source", "state", "counts")
    rows = sorted(report.orders.values(), key=lambda order: (order.at, order.id))
    return Table("orders", columns, tuple(
        (_time(one.at), one.id, one.drop, one.run, one.quantity, one.amount_minor, one.currency, one.source, one.state,
         int(one.counts))
        for one in rows
    ))  # fmt: skip


def _drops(report: Report) -> Table:
    columns = ("drop", "run", "title", "price_minor", "currency", "stock", "state", "sold", "revenue_minor",
               "opened_at", "closed_at", "confirm_ms", "order_p50_s", "order_p90_s")  # fmt: skip
    rows: list[tuple[Value, ...]] = []
    for one in report.drops.values():
        quick = latency(report, one)
        rows.append((
            one.drop, one.run, one.title, one.price_minor, one.currency, one.stock, one.state, one.sold,
            one.revenue_minor, _time(one.opened_at), _time(one.closed_at), one.confirm_ms,
            None if quick is None else quick.p50_s, None if quick is None else quick.p90_s,
        ))  # fmt: skip
    return Table("drops", columns, tuple(rows))


def _scenes(report: Report) -> Table:
    columns = ("scene", "on_air_s", "orders", "pieces", "revenue_minor", "revenue_minor_per_minute")
    rows = [
        (row.sold.name, round(row.on_air_s, 1), row.sold.orders, row.sold.pieces, row.sold.revenue_minor,
         None if row.per_minute_minor is None else round(row.per_minute_minor))
        for row in by_scene(report)
    ]  # fmt: skip
    return Table("scenes", columns, tuple(rows))


def _sources(report: Report) -> Table:
    rows = tuple((one.name, one.orders, one.pieces, one.revenue_minor) for one in by_source(report))
    return Table("sources", ("source", "orders", "pieces", "revenue_minor"), rows)


def _minutes(report: Report) -> Table:
    rows = tuple((_time(at), round(minor)) for at, minor in revenue_per_minute(report))
    return Table("minutes", ("at", "revenue_minor"), rows)


def _time(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)


def _as_text(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
