"""Tables as CSV for spreadsheets. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

Value = str | int | float | None
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """A table as CSV with a heading. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_as_text(value) for value in row] for row in rows)
    return out.getvalue()


def _as_text(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
