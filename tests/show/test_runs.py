"""Which journal a console writes to: a show that was cut off goes on, a finished one stays as it is."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.clock import SteppedClock
from console.core.journal import Origin
from console.show.journal import FileJournal
from console.show.runs import current_run, is_another_day, slug_of

NOW = datetime(2026, 11, 22, 19, 30, tzinfo=UTC)


async def written(data_dir: Path, run: str, *kinds: str, at: datetime = NOW) -> None:
    with ThreadPoolExecutor(1) as writer:
        journal = FileJournal(data_dir, run, SteppedClock(at), writer)
        for kind in kinds:
            journal.write(kind, Origin.CONSOLE)
        await journal.close()


def test_a_new_run_is_named_by_its_start_and_its_show(tmp_path: Path) -> None:
    assert current_run(tmp_path, "Friday drop!", NOW) == f"{NOW.astimezone():%Y-%m-%d_%H%M}_friday-drop"


async def test_a_run_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    run = current_run(tmp_path, "Friday drop", NOW)
    await written(tmp_path, run, "run.started", "take.sent")
    assert current_run(tmp_path, "Friday drop", NOW + timedelta(hours=5)) == run
    assert current_run(tmp_path, "Friday drop", NOW + timedelta(hours=7)) != run
    assert current_run(tmp_path, "Friday", NOW) != run
    assert current_run(tmp_path, "Friday drop two", NOW) != run


async def test_an_ended_run_stays_ended_even_within_its_minute(tmp_path: Path) -> None:
    run = current_run(tmp_path, "Friday drop", NOW)
    await written(tmp_path, run, "run.started", "run.ended")
    second = current_run(tmp_path, "Friday drop", NOW)
    assert second == f"{run}_2"
    await written(tmp_path, second, "run.started")
    assert current_run(tmp_path, "Friday drop", NOW + timedelta(minutes=9)) == second


def test_another_day_is_six_hours_after_the_last_word_of_any_show(tmp_path: Path) -> None:
    assert is_another_day(tmp_path, NOW)
    folder = tmp_path / "journal"
    folder.mkdir()
    for name, hours in (("2026-01-01_1000_x", 30), ("2026-01-02_1000_y", 5)):
        (folder / f"{name}.jsonl").touch()
        at_s = NOW.timestamp() - hours * 3600
        os.utime(folder / f"{name}.jsonl", (at_s, at_s))
    assert not is_another_day(tmp_path, NOW)
    assert is_another_day(tmp_path, NOW + timedelta(hours=2))


def test_a_run_without_a_single_whole_line_is_not_continued(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    run = current_run(tmp_path, "x", NOW)
    (tmp_path / "journal" / f"{run}.jsonl").write_bytes(b'{"seq":1,')
    assert current_run(tmp_path, "x", NOW) == f"{run}_2"


@pytest.mark.parametrize(("name", "slug"), [("Café Müller", "cafe-muller"), ("日本", "show"), ("  a  b ", "a-b")])
def test_a_shows_name_becomes_a_file_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@given(st.text())
def test_any_name_becomes_a_safe_file_name(name: str) -> None:
    slug = slug_of(name)
    assert 0 < len(slug) <= 40
    assert all(c in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in slug)
