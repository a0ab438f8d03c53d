"""The outbox: what must leave this machine, what came of it, and the sale as last confirmed. All SQL is here.

Blocking (fsync): only ever called on the writer thread. Every failure of the disk is a UserError.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from console.core.clock import rfc3339
from console.core.errors import UserError

VERSION: Final = 1

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    intent TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    type TEXT NOT NULL,
    drop_id TEXT,
    run INTEGER,
    body BLOB NOT NULL,
    pressed_at TEXT NOT NULL,
    expires_at TEXT,
    state TEXT NOT NULL DEFAULT 'pending',
    tries INTEGER NOT NULL DEFAULT 1,
    tried_at TEXT NOT NULL,
    next_try_at TEXT,
    is_uncertain INTEGER NOT NULL DEFAULT 1,
    answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS messages_pending ON messages (seq) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS drops (
    id TEXT PRIMARY KEY, run INTEGER NOT NULL, state TEXT NOT NULL, stock_left INTEGER, sold INTEGER NOT NULL,
    closes_at TEXT, presses INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS terms (
    drop_id TEXT PRIMARY KEY, run INTEGER NOT NULL, price_minor INTEGER NOT NULL, stock INTEGER NOT NULL,
    is_held INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY, show_run TEXT NOT NULL, state TEXT NOT NULL, body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class MessageState(StrEnum):
    """Where a message is."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Message:
    """One event on its way. `tried_at` is the last try's start; `is_uncertain`: that try may have landed.

    `lane` is the drop's id, or "checkout": messages of a lane leave one after the other.
    `deadline_mono_ns` is `expires_at` on the monotonic clock of the process that took the press; it is not kept.
    """

    id: str
    intent: str
    lane: str
    type: str
    drop: str | None
    run: int | None
    body: bytes
    pressed_at: datetime
    tried_at: datetime
    expires_at: datetime | None = None
    tries: int = 1
    is_uncertain: bool = True
    deadline_mono_ns: int | None = None
    is_fresh: bool = False  # pressed in this process and not tried yet


@dataclass(frozen=True, slots=True)
class DropRow:
    """What is kept of a drop. `presses` counts the events made for it, so that every intent has its own key.

    `price_minor` and `stock`: as the shop last said them for this run; None: as the show file says.
    """

    id: str
    run: int
    state: str
    stock_left: int | None = None
    sold: int = 0
    closes_at: datetime | None = None
    presses: int = 0
    price_minor: int | None = None
    stock: int | None = None
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that a restart needs. `orders` are this show run's bodies, oldest first."""

    messages: tuple[Message, ...]
    drops: tuple[DropRow, ...]
    orders: tuple[bytes, ...]
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """One order to keep, as it came."""

    id: str
    state: str
    body: bytes


class Outbox:
    """One SQLite file. Every method is one transaction: it is on disk (WAL, fsync) when the method returns."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raises UserError when it cannot be used."""
        with _in_words("The outbox cannot be opened"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1.0)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise UserError(
                    "The outbox was written by a newer Cuedrop.", fix="Start that one, or choose another data folder."
                )
            self._db.executescript(SCHEMA)
            self._db.execute(f"PRAGMA user_version = {VERSION}")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def load(self, show_run: str) -> Kept:
        """All that is pending and known; the orders of one show run. Raises UserError."""
        with _in_words("The outbox cannot be read"):
            pending = self._db.execute(
                "SELECT id, intent, lane, type, drop_id, run, body, pressed_at, tried_at, expires_at, tries,"
                " is_uncertain FROM messages WHERE state = 'pending' ORDER BY seq"
            ).fetchall()
            drops = self._db.execute(
                "SELECT id, drops.run, state, stock_left, sold, closes_at, presses, price_minor, stock, is_held"
                " FROM drops LEFT JOIN terms ON terms.drop_id = drops.id AND terms.run = drops.run"
            ).fetchall()
            orders = self._db.execute(
                "SELECT body FROM orders WHERE show_run = ? ORDER BY rowid", (show_run,)
            ).fetchall()
            facts = self._db.execute("SELECT name, value FROM facts").fetchall()
        return Kept(
            tuple(_message(row) for row in pending),
            tuple(
                DropRow(id, run, state, left, sold, _moment(closes_at), presses, price_minor, stock, bool(is_held))
                for id, run, state, left, sold, closes_at, presses, price_minor, stock, is_held in drops
            ),
            tuple(bytes(body) for (body,) in orders),
            dict(facts),
        )

    def press(
        self,
        messages: Sequence[Message],
        *,
        drops: Iterable[DropRow] = (),
        supersede: Iterable[str] = (),
        facts: Mapping[str, str] | None = None,
    ) -> tuple[Message, ...]:
        """Keep one press: its messages, what they change, and which pending ones they make pointless.

        Returns the messages that are new; one whose intent was kept before is passed over.
        Raises UserError when nothing of it could be kept.
        """
        with _in_words("The press could not be kept on disk, and nothing was sent"), self._transaction():
            self._db.executemany(
                "UPDATE messages SET state = 'superseded' WHERE id = ? AND state = 'pending'",
                [(id,) for id in supersede],
            )
            new = tuple(message for message in messages if self._insert(message))
            self._put_drops(drops)
            self._put_facts(facts or {})
        return new

    def tried(self, message: Message) -> None:
        """Note that a try begins. Raises UserError."""
        with _in_words("The outbox cannot be written"), self._transaction():
            self._db.execute(
                "UPDATE messages SET tries = ?, tried_at = ?, is_uncertain = 1, next_try_at = NULL WHERE id = ?",
                (message.tries, rfc3339(message.tried_at), message.id),
            )

    def put_off(self, id: str, *, answer: str, is_uncertain: bool, next_try_at: datetime) -> None:
        """Note a try that settled nothing. Raises UserError."""
        with _in_words("The outbox cannot be written"), self._transaction():
            self._db.execute(
                "UPDATE messages SET answer = ?, is_uncertain = ?, next_try_at = ? WHERE id = ?",
                (answer, is_uncertain, rfc3339(next_try_at), id),
            )

    def settle(
        self,
        ids: Iterable[str],
        state: MessageState,
        *,
        answer: str = "",
        drops: Iterable[DropRow] = (),
        facts: Mapping[str, str] | None = None,
    ) -> None:
        """Note the end of messages and what it means for drops. Raises UserError."""
        with _in_words("The outbox cannot be written"), self._transaction():
            self._db.executemany(
                "UPDATE messages SET state = ?, answer = ?, is_uncertain = 0, next_try_at = NULL WHERE id = ?",
                [(state, answer, id) for id in ids],
            )
            self._put_drops(drops)
            self._put_facts(facts or {})

    def keep_orders(self, show_run: str, orders: Sequence[KeptOrder], *, mark: str) -> tuple[bool, ...]:
        """Keep orders and the mark behind them in one go. Returns for each whether it is new or changed.

        Raises UserError.
        """
        with _in_words("Orders cannot be kept on disk"), self._transaction():
            fresh = tuple(
                self._db.execute(
                    "INSERT INTO orders VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
                    " SET state = excluded.state, body = excluded.body WHERE state != excluded.state",
                    (order.id, show_run, order.state, order.body),
                ).rowcount
                > 0
                for order in orders
            )
            self._put_facts({"orders_mark": mark})
        return fresh

    def _insert(self, message: Message) -> bool:
        cursor = self._db.execute(
            "INSERT OR IGNORE INTO messages"
            " (id, intent, lane, type, drop_id, run, body, pressed_at, expires_at, tried_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                message.id,
                message.intent,
                message.lane,
                message.type,
                message.drop,
                message.run,
                message.body,
                rfc3339(message.pressed_at),
                rfc3339(message.expires_at) if message.expires_at else None,
                rfc3339(message.tried_at),
            ),
        )
        return cursor.rowcount > 0

    def _put_drops(self, drops: Iterable[DropRow]) -> None:
        rows = list(drops)
        self._db.executemany(
            "INSERT INTO drops VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET run = excluded.run,"
            " state = excluded.state, stock_left = excluded.stock_left, sold = excluded.sold,"
            " closes_at = excluded.closes_at, presses = MAX(presses, excluded.presses)",
            [
                (
                    row.id,
                    row.run,
                    row.state,
                    row.stock_left,
                    row.sold,
                    rfc3339(row.closes_at) if row.closes_at else None,
                    row.presses,
                )
                for row in rows
            ],
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO terms VALUES (?, ?, ?, ?, ?)",
            [
                (row.id, row.run, row.price_minor, row.stock, row.is_held)
                for row in rows
                if row.price_minor is not None and row.stock is not None
            ],
        )

    def _put_facts(self, facts: Mapping[str, str]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", list(facts.items()))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")


def again(message: Message, at: datetime) -> Message:
    """The message with one more try, which begins at `at`."""
    return replace(message, tries=message.tries + 1, tried_at=at, is_uncertain=True)


@contextmanager
def _in_words(what: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        fix = "Free some space, or choose another data folder." if _is_full(error) else "Check the data folder."
        raise UserError(f"{what} ({error}).", fix=fix) from error


def _is_full(error: Exception) -> bool:
    return "full" in str(error) or "space" in str(error)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _message(row: tuple[object, ...]) -> Message:
    id, intent, lane, type, drop, run, body, pressed_at, tried_at, expires_at, tries, is_uncertain = row
    return Message(
        id=str(id),
        intent=str(intent),
        lane=str(lane),
        type=str(type),
        drop=None if drop is None else str(drop),
        run=run if isinstance(run, int) else None,
        body=body if isinstance(body, bytes) else b"",
        pressed_at=datetime.fromisoformat(str(pressed_at)),
        tried_at=datetime.fromisoformat(str(tried_at)),
        expires_at=_moment(None if expires_at is None else str(expires_at)),
        tries=tries if isinstance(tries, int) else 1,
        is_uncertain=bool(is_uncertain),
    )
