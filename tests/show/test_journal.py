"""The journal: in order, on one clock, whole after any cut, and never the end of the show."""

import asyncio
import errno
import json
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.core.clock import SteppedClock
from console.core.errors import UserError
from console.core.journal import Origin
from console.settings.secrets import hide
from console.show.entries import DAMAGED, Entry
from console.show.journal import FileJournal, read
from tests.waiting import until

RUN = "2026-01-02_1200_test"


@pytest.fixture
def writer() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


async def test_entries_are_on_disk_in_order_with_their_head(
    tmp_path: Path, clock: SteppedClock, writer: Executor
) -> None:
    journal = FileJournal(tmp_path, RUN, clock, writer)
    assert [journal.write("marker", Origin.KEY, text=str(i)) for i in range(300)] == [str(i + 1) for i in range(300)]
    await journal.close()
    rows = [json.loads(line) for line in (tmp_path / "journal" / f"{RUN}.jsonl").read_text().splitlines()]
    assert [row["text"] for row in rows] == [str(i) for i in range(300)]
    assert rows[0] == {
        "seq": 1,
        "boot": 1,
        "at": "2026-01-02T12:00:00.000Z",
        "mono_ns": 1_000_000_000,
        "kind": "marker",
        "origin": "key",
        "text": "0",
    }


async def test_an_entry_reaches_the_disk_without_being_asked(
    tmp_path: Path, clock: SteppedClock, writer: Executor
) -> None:
    synced: list[int] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(handle)
        real(handle)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        journal = FileJournal(tmp_path, RUN, clock, writer)
        for _ in range(50):
            journal.write("marker", Origin.KEY)
        await until(lambda: bool(synced))
        assert len(list(read(journal.path))) == 50
        assert len(synced) <= 2
        await journal.close()


async def test_a_restart_goes_on_counting_with_a_new_boot(
    tmp_path: Path, clock: SteppedClock, writer: Executor
) -> None:
    for _ in range(3):
        journal = FileJournal(tmp_path, RUN, clock, writer)
        journal.write("a", Origin.CONSOLE)
        journal.write("b", Origin.CONSOLE)
        await journal.close()
    entries = list(read(journal.path))
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert [entry.boot for entry in entries] == [1, 1, 2, 2, 3, 3]


@given(cut=st.integers(0, 400))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_journal_torn_anywhere_loses_its_torn_line_and_nothing_else(tmp_path: Path, cut: int) -> None:
    lines = [
        Entry.of(
            "marker", Origin.KEY, {"text": "ü" * i}, seq=i, boot=1, at=datetime(2026, 1, 2, tzinfo=UTC), mono_ns=i
        ).line()
        for i in range(1, 5)
    ]
    data = b"".join(lines)[:cut]
    path = tmp_path / "journal" / f"{RUN}.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    whole = data.count(b"\n")
    assert [entry.seq for entry in read(path)] == list(range(1, whole + 1))

    async def go_on() -> None:
        with ThreadPoolExecutor(1) as executor:
            journal = FileJournal(tmp_path, RUN, SteppedClock(), executor)
            journal.write("after", Origin.CONSOLE)
            await journal.close()

    asyncio.run(go_on())
    entries = list(read(path))
    assert [entry.seq for entry in entries] == list(range(1, whole + 2))
    assert entries[-1].kind == "after"


def test_a_damaged_line_in_the_middle_is_named_and_costs_no_other(tmp_path: Path) -> None:
    good = Entry.of("marker", Origin.KEY, {}, seq=1, boot=1, at=datetime(2026, 1, 2, tzinfo=UTC), mono_ns=0)
    path = tmp_path / "x.jsonl"
    path.write_bytes(good.line() + b"\x00\x00\x00\n" + good.line().replace(b'"seq":1', b'"seq":3'))
    assert [(entry.seq, entry.kind) for entry in read(path)] == [(1, "marker"), (2, DAMAGED), (3, "marker")]


@given(st.lists(st.binary(max_size=60) | st.just(b'{"seq":1}'), max_size=6))
def test_reading_any_bytes_gives_entries_and_never_raises(
    tmp_path_factory: pytest.TempPathFactory, rows: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("j") / "x.jsonl"
    path.write_bytes(b"\n".join(rows))
    assert all(isinstance(entry, Entry) for entry in read(path))


async def test_followers_see_each_entry_and_those_they_missed(
    tmp_path: Path, clock: SteppedClock, writer: Executor
) -> None:
    journal = FileJournal(tmp_path, RUN, clock, writer)
    seen: list[int] = []
    undo = journal.watch(lambda entry: seen.append(entry.seq))
    for _ in range(5):
        journal.write("a", Origin.KEY)
    undo()
    journal.write("a", Origin.KEY)
    assert seen == [1, 2, 3, 4, 5]
    assert [entry.seq for entry in journal.since(4)] == [5, 6]
    assert journal.since(6) == ()
    await journal.close()


async def test_entries_older_than_memory_come_from_the_file(
    tmp_path: Path, clock: SteppedClock, writer: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.show.journal.REMEMBERED", 10)
    journal = FileJournal(tmp_path, RUN, clock, writer)
    for _ in range(50):
        journal.write("a", Origin.KEY)
    await journal.flush()
    assert [entry.seq for entry in journal.since(7)] == list(range(8, 51))
    await journal.close()


JSONISH = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary(max_size=5)
    | st.datetimes()
    | st.just(Origin.KEY),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
        | st.tuples(inner)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["kind", "seq", "at", "text", "money", "ä\udc80"]), JSONISH))
def test_any_field_can_be_written_and_read_back_as_it_was_shown(fields: dict[str, Any]) -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    entry = Entry.of("marker", Origin.KEY, fields, seq=7, boot=2, at=at, mono_ns=5)
    line = entry.line()
    assert line.count(b"\n") == 1
    data = json.loads(line)
    assert (data["seq"], data["kind"], data["origin"]) == (7, "marker", "key")
    assert json.loads(json.dumps(entry.as_dict())) == data


async def test_a_secret_never_gets_into_the_journal(tmp_path: Path, clock: SteppedClock, writer: Executor) -> None:
    hide("hunter2-of-the-show")
    journal = FileJournal(tmp_path, RUN, clock, writer)
    journal.write("action", Origin.KEY, arguments={"password": ["is hunter2-of-the-show!"]})
    await journal.close()
    assert "hunter2" not in journal.path.read_text()


class Disk:
    """os.write that can be full, after some bytes."""

    def __init__(self) -> None:
        self.room: int | None = None
        self._write = os.write

    def write(self, handle: int, data: Any) -> int:
        if self.room is None:
            return self._write(handle, data)
        if self.room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self._write(handle, data[: self.room])
        self.room -= written
        return written


@pytest.mark.parametrize("room", [0, 1, 90, 250])
async def test_a_full_disk_is_told_once_and_loses_nothing_when_it_is_back(
    tmp_path: Path, clock: SteppedClock, writer: Executor, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    monkeypatch.setattr("console.show.journal.RETRY_S", 0.01)
    disk = Disk()
    monkeypatch.setattr(os, "write", disk.write)
    troubles: list[UserError] = []
    healed: list[bool] = []
    journal = FileJournal(
        tmp_path, RUN, clock, writer, on_trouble=troubles.append, on_healed=lambda: healed.append(True)
    )
    journal.write("a", Origin.KEY)
    await journal.flush()
    disk.room = room
    for _ in range(20):
        journal.write("a", Origin.KEY)
        await journal.flush()
    await until(lambda: len(troubles) == 1)
    assert "no space left on device" in troubles[0].what
    assert journal.unkept > 0
    disk.room = None
    await until(lambda: bool(healed))
    await journal.close()
    assert len(troubles) == 1
    assert [entry.seq for entry in read(journal.path)] == list(range(1, 22))


async def test_a_folder_that_cannot_be_is_trouble_and_not_an_exception(
    tmp_path: Path, clock: SteppedClock, writer: Executor
) -> None:
    (tmp_path / "journal").write_text("a file where the folder should be")
    troubles: list[UserError] = []
    journal = FileJournal(tmp_path, RUN, clock, writer, on_trouble=troubles.append)
    journal.write("a", Origin.KEY)
    await until(lambda: bool(troubles))
    (tmp_path / "journal").unlink()
    await journal.close()
    assert len(list(read(journal.path))) == 1


async def test_a_really_full_device_is_trouble_and_not_an_exception(
    tmp_path: Path, clock: SteppedClock, writer: Executor
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    (tmp_path / "journal").mkdir()
    os.symlink("/dev/full", tmp_path / "journal" / f"{RUN}.jsonl")
    troubles: list[UserError] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("console.show.journal.whole_bytes", lambda path: 0)  # /dev/full reads zeros without end
        patch.setattr("console.show.journal._entries_so_far", lambda path: [])
        journal = FileJournal(tmp_path, RUN, clock, writer, on_trouble=troubles.append)
        journal.write("a", Origin.KEY)
        await until(lambda: bool(troubles))
        await journal.close()
    assert journal.unkept == 1


def test_last_words_after_the_writer_is_gone_are_still_written(tmp_path: Path, clock: SteppedClock) -> None:
    writer = ThreadPoolExecutor(1)
    journal = FileJournal(tmp_path, RUN, clock, writer)
    writer.shutdown()
    journal.write("run.ended", Origin.CONSOLE)
    assert [entry.kind for entry in read(journal.path)] == ["run.ended"]
    asyncio.run(journal.close())
