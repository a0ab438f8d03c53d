"""An outbox of every earlier version opens, and says of its messages what it knows (law 10)."""

import sqlite3
from pathlib import Path

import pytest

from console.commerce.lines import LineState
from console.commerce.outbox import Outbox
from console.commerce.schema import VERSION
from console.commerce.state import DropState
from console.core.errors import UserError
from tests.commerce.conftest import Begin, client_for, drop
from tests.commerce.fake_shop import FakeShop
from tests.waiting import until

# What Cuedrop wrote before its messages knew their show run.
VERSION_1 = """
CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, intent TEXT NOT NULL UNIQUE, lane TEXT NOT NULL,
    type TEXT NOT NULL, drop_id TEXT, run INTEGER, body BLOB NOT NULL, pressed_at TEXT NOT NULL, expires_at TEXT,
    state TEXT NOT NULL DEFAULT 'pending', tries INTEGER NOT NULL DEFAULT 1, tried_at TEXT NOT NULL, next_try_at TEXT,
    is_uncertain INTEGER NOT NULL DEFAULT 1, answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX messages_pending ON messages (seq) WHERE state = 'pending';
CREATE TABLE drops (
    id TEXT PRIMARY KEY, run INTEGER NOT NULL, state TEXT NOT NULL, stock_left INTEGER, sold INTEGER NOT NULL,
    closes_at TEXT, presses INTEGER NOT NULL
);
CREATE TABLE orders (id TEXT PRIMARY KEY, show_run TEXT NOT NULL, state TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO messages (id, intent, lane, type, drop_id, run, body, pressed_at, state, tried_at, answer) VALUES
    ('e1', 'drop.armed/cap-01/1/1', 'cap-01', 'drop.armed', 'cap-01', 1, '{}', '2026-01-02T11:00:00.000Z', 'done',
     '2026-01-02T11:00:00.000Z', '200');
INSERT INTO drops VALUES ('cap-01', 1, 'armed', 50, 0, NULL, 1);
PRAGMA user_version = 1;
"""
PENDING = """
INSERT INTO messages (id, intent, lane, type, drop_id, run, body, pressed_at, tried_at) VALUES
    ('e2', 'drop.disarmed/cap-01/1/2', 'cap-01', 'drop.disarmed', 'cap-01', 1, ?, '2026-01-02T12:00:00.000Z',
     '2026-01-02T12:00:00.000Z')
"""
BODY = (
    b'{"specversion": "1.0", "id": "e2", "source": "/shows/friday-drop", "type": "drop.disarmed",'
    b' "time": "2026-01-02T12:00:00.000Z", "subject": "drops/cap-01", "data": {"drop": "cap-01", "run": 1}}'
)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "outbox.sqlite"
    database = sqlite3.connect(path)
    database.executescript(VERSION_1)
    database.execute(PENDING, (BODY,))
    database.commit()
    database.close()
    return path


def version_of(path: Path) -> int:
    database = sqlite3.connect(path)
    (version,) = database.execute("PRAGMA user_version").fetchone()
    database.close()
    return int(version)


async def test_what_an_older_cuedrop_left_pending_is_asked_about_and_delivered(
    begin: Begin, shop: FakeShop, old: Path
) -> None:
    shop.drops["cap-01"] = {"id": "cap-01", "run": 1, "state": "armed", "stock_left": 50, "sold": 0, "closes_at": None}
    sale = await begin(client_for(shop.url, timeout_s=0.2))
    assert version_of(old) == VERSION
    waits = sale.state.value.outbox[0]
    assert (waits.what, waits.state) == ("Disarm Linen cap", LineState.ASKING)
    await until(lambda: drop(sale).state is DropState.DRAFT, what="the old press")
    assert dict(shop.received) == {"e2": 1}
    await sale.close()
    assert [(record.id, record.state.value) for record in Outbox(old).records("")] == [("e1", "done"), ("e2", "done")]


def test_a_step_that_was_cut_short_is_taken_whole_the_next_time(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ("ALTER TABLE messages ADD COLUMN show_run TEXT NOT NULL DEFAULT ''; SELECT nothing FROM nowhere;",)
    with monkeypatch.context() as patch:
        patch.setattr("console.commerce.schema.STEPS", broken)
        with pytest.raises(UserError, match="cannot be opened"):
            Outbox(old)
    assert version_of(old) == 1
    outbox = Outbox(old)
    assert [record.id for record in outbox.records("tonight")] == ["e2"], "what waits belongs to tonight"
    outbox.close()
    Outbox(old).close()
    assert version_of(old) == VERSION


def test_a_newer_outbox_is_left_alone(old: Path) -> None:
    database = sqlite3.connect(old)
    database.execute(f"PRAGMA user_version = {VERSION + 1}")
    database.close()
    with pytest.raises(UserError, match="newer Cuedrop"):
        Outbox(old)
    assert version_of(old) == VERSION + 1


def test_a_new_outbox_is_of_the_present_version(tmp_path: Path) -> None:
    Outbox(tmp_path / "outbox.sqlite").close()
    assert version_of(tmp_path / "outbox.sqlite") == VERSION
