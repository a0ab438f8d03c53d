"""`cuedrop copy-drops`: the list first, then, when it was said yes to, the other show's file."""

import io
from pathlib import Path

import pytest

from console.cli import run
from console.show.file import load_show

FROM = """\
format = 1
name = "Last week"
[[drops]]
id = "cap-01"
title = "Linen cap"
price = "19.00 EUR"
stock = 50
"""
TO = """\
format = 1
name = "This week" # mine
[[drops]]
id = "cap-01"
title = "Woollen cap"
price = "29.00 EUR"
stock = 10
"""


@pytest.fixture
def shows(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "last.toml", tmp_path / "next.toml"
    for path, text in zip(paths, (FROM, TO), strict=True):
        path.write_text(text)
    return paths


def test_drops_are_listed_and_copied_into_the_other_show(
    shows: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["copy-drops", *map(str, shows), "--date", "2026-12-04", "--yes"]) == 0
    assert "Linen cap: added as cap-01-2" in capsys.readouterr().out
    assert [drop.id for drop in load_show(shows[1]).drops] == ["cap-01", "cap-01-2"]
    assert shows[1].read_text().startswith(TO)
    assert run(["copy-drops", *map(str, shows), "--days", "7", "--yes"]) == 0
    assert "is there already" in capsys.readouterr().out
    assert len(load_show(shows[1]).drops) == 2


def test_without_a_yes_nothing_is_copied(
    shows: tuple[Path, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))  # nobody sits there
    assert run(["copy-drops", *map(str, shows)]) == 2
    said = capsys.readouterr()
    assert ("Linen cap" in said.out, "Nothing was copied." in said.err) == (True, True)
    assert shows[1].read_text() == TO


def test_a_show_that_cannot_be_read_is_said(shows: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    shows[0].write_text("format = 1\n")
    assert run(["copy-drops", *map(str, shows), "--yes"]) == 2
    assert "name is missing" in capsys.readouterr().err
