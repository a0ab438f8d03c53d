"""The exported outbox: read back as it was, and harmless in a spreadsheet."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from console.commerce import export
from console.commerce.lines import Contradiction
from console.commerce.outbox import MessageState, Record

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


def record(*, reason: str = "", answer: str = "", body: bytes = b"{}") -> Record:
    return Record(
        "e1", "drop.opened", "cap-01", 1, NOW, NOW, MessageState.GIVEN_UP, 3, NOW, False, answer, "", reason, NOW, body
    )


@given(WORDS, WORDS, WORDS)
def test_no_cell_is_a_formula_and_every_word_is_there(title: str, reason: str, answer: str) -> None:
    text = export.text([(record(reason=reason, answer=answer), title)], (), "csv")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())
    for cell, words in ((row["title"], title), (row["reason"], reason), (row["answer"], answer)):
        assert cell in (words, f"'{words}")


def test_as_json_the_events_and_the_contradictions_are_there_too() -> None:
    found = Contradiction("cap-01", "Linen cap", NOW, "3 sold", "1 sold")
    records = [(record(body=b'{"type": "drop.opened"}'), "Linen cap"), (record(body=b"\xff"), "")]
    document = json.loads(export.text(records, [found], "json"))
    assert [one["event"] for one in document["messages"]] == [{"type": "drop.opened"}, "�"]
    assert document["messages"][0]["pressed"] == "Fire Linen cap"
    assert document["contradictions"][0]["first"] == "3 sold"


def test_the_files_name_tells_the_run_and_the_time() -> None:
    assert export.name("2026-01-02 Friday/drop", NOW, "csv") == "outbox-2026-01-02-Friday-drop-20260102T120000Z.csv"
    assert export.name("", NOW, "json") == "outbox-20260102T120000Z.json"


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    export.write(tmp_path / "exports" / "a.csv", "one\r\n")
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "exports").iterdir()] == [("a.csv", b"one\r\n")]
