"""The outbox as a file for the morning after: CSV or JSON. Only `write` does I/O, and blocks."""

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from console.commerce.board import line_of
from console.commerce.lines import Contradiction
from console.commerce.outbox import Record
from console.core.clock import rfc3339

COLUMNS: Final = (
    "id", "pressed", "drop", "title", "run", "type", "pressed_at", "expires_at", "state", "tries", "tried_at",
    "ended_at", "answer", "said", "reason",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet runs what begins so


def name(show_run: str, at: datetime, form: str) -> str:
    """The file's name: "outbox-RUN-20260102T120000Z.csv"; a run's name keeps only what every disk takes."""
    run = re.sub(r"[^A-Za-z0-9._-]+", "-", show_run).strip("-.")
    return "-".join(part for part in ("outbox", run, f"{at:%Y%m%dT%H%M%SZ}") if part) + f".{form}"


def text(records: Iterable[tuple[Record, str]], contradictions: Sequence[Contradiction], form: str) -> str:
    """All messages with their drops' titles, oldest first; JSON holds the events and the contradictions, too."""
    if form == "csv":
        return _csv(records)
    document = {
        "messages": [{**_row(record, title), "event": _event(record)} for record, title in records],
        "contradictions": [
            {"drop": one.drop, "title": one.title, "at": rfc3339(one.at), "first": one.first, "then": one.then}
            for one in contradictions
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write(path: Path, text: str) -> None:
    """Write the file whole or not at all. Blocking. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="")
    os.replace(part, path)


def _csv(records: Iterable[tuple[Record, str]]) -> str:
    out = io.StringIO()
    rows = csv.DictWriter(out, COLUMNS)
    rows.writeheader()
    rows.writerows({key: _harmless(value) for key, value in _row(*each).items()} for each in records)
    return out.getvalue()


def _row(record: Record, title: str) -> dict[str, object]:
    line = line_of(record, title)
    return {
        "id": record.id,
        "pressed": line.what,
        "drop": record.drop,
        "title": title,
        "run": record.run,
        "type": record.type,
        "pressed_at": rfc3339(record.pressed_at),
        "expires_at": rfc3339(record.expires_at) if record.expires_at else None,
        "state": line.state.value,
        "tries": record.tries,
        "tried_at": rfc3339(record.tried_at),
        "ended_at": rfc3339(record.ended_at) if record.ended_at else None,
        "answer": record.answer,
        "said": record.said,
        "reason": record.reason,
    }


def _event(record: Record) -> object:
    """The document as it was sent; as text where it is not JSON."""
    try:
        return json.loads(record.body)
    except ValueError:
        return record.body.decode(errors="replace")


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
