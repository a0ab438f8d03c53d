"""The outbox: what must leave this machine, what came of it, and the sale as last confirmed. All SQL is here,
and the tables in schema.py.

Blocking (fsync): only ever called on the writer thread. Every failure of the disk is a UserError.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from console.commerce import schema
from console.commerce.disk_words import in_words
from console.core.clock import rfc3339


class MessageState(StrEnum):
    """Where a message is."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    GIVEN_UP = "given_up"


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
    show_run: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One message as it stands on disk, for people: how it went, and how it ended."""

    id: str
    type: str
    drop: str | None
    run: int | None
    pressed_at: datetime
    expires_at: datetime | None
    state: MessageState
    tries: int
    tried_at: datetime
    is_uncertain: bool
    answer: str
    said: str
    reason: str
    ended_at: datetime | None
    body: bytes


@dataclass(frozen=True, slots=True)
class DropRow:
    """What is kept of a drop. `presses` counts the events made for it, so that every intent has its own key.

    `price_minor` and `stock`: as the shop last said them for this run; None: as the show file. `pieces`: see presses.
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
    opens_at: datetime | None = None
    room_lead_s: float = 0.0
    pieces: str = ""


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
        with in_words("The outbox cannot be opened"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1.0)
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
                schema.prepare(self._db)
            except BaseException:
                self._db.close()  # else a step that failed would go on holding the file
                raise

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def load(self, show_run: str) -> Kept:
        """All that is pending and known; the orders of one show run. Raises UserError."""
        with in_words("The outbox cannot be read"):
            pending = self._db.execute(
                "SELECT id, intent, lane, type, drop_id, run, body, pressed_at, tried_at, expires_at, tries,"
                " is_uncertain FROM messages WHERE state = 'pending' ORDER BY seq"
            ).fetchall()
            drops = self._db.execute(
                "SELECT id, drops.run, state, stock_left, sold, closes_at, presses, price_minor, stock, is_held,"
                " opens_at, room_lead_s, pieces"
                " FROM drops LEFT JOIN terms ON drop_id = drops.id AND terms.run = drops.run"
            ).fetchall()
            orders = self._db.execute(
                "SELECT body FROM orders WHERE show_run = ? ORDER BY rowid", (show_run,)
            ).fetchall()
            facts = self._db.execute("SELECT name, value FROM facts").fetchall()
        return Kept(
            tuple(_message(row) for row in pending),
            tuple(
                DropRow(
                    id,
                    run,
                    state,
                    left,
                    sold,
                    _moment(ends),
                    presses,
                    price,
                    stock,
                    bool(held),
                    _moment(opens),
                    lead,
                    pieces or "",
                )
                for id, run, state, left, sold, ends, presses, price, stock, held, opens, lead, pieces in drops
            ),
            tuple(bytes(body) for (body,) in orders),
            dict(facts),
        )

    def records(self, show_run: str, *, ended: int | None = None) -> tuple[Record, ...]:
        """All of a show run's messages, oldest first; of those that ended only the last `ended`, if it is given.

        What an earlier run left pending belongs to this one from now on. Raises UserError.
        """
        with in_words("The outbox cannot be read"):
            with self._transaction():
                self._db.execute("UPDATE messages SET show_run = ? WHERE state = 'pending'", (show_run,))
            rows = self._db.execute(
                "SELECT id, type, drop_id, run, pressed_at, expires_at, state, tries, tried_at, is_uncertain, answer,"
                " said, reason, ended_at, body FROM messages WHERE show_run = ? AND (state = 'pending' OR seq IN"
                " (SELECT seq FROM messages WHERE show_run = ? AND state != 'pending' ORDER BY seq DESC LIMIT ?))"
                " ORDER BY seq",
                (show_run, show_run, -1 if ended is None else ended),
            ).fetchall()
        return tuple(_record(row) for row in rows)

    def press(
        self,
        messages: Sequence[Message],
        *,
        drops: Iterable[DropRow] = (),
        supersede: Iterable[str] = (),
        facts: Mapping[str, str] | None = None,
        at: datetime | None = None,
    ) -> tuple[Message, ...]:
        """Keep one press: its messages, what they change, and which pending ones they make pointless `at` that time.

        Returns the messages that are new; one whose intent was kept before is passed over.
        Raises UserError when nothing of it could be kept.
        """
        with in_words("The press could not be kept on disk, and nothing was sent"), self._transaction():
            self._db.executemany(
                "UPDATE messages SET state = 'superseded', ended_at = ? WHERE id = ? AND state = 'pending'",
                [(_text(at), id) for id in supersede],
            )
            new = tuple(message for message in messages if self._insert(message))
            self._put_drops(drops)
            self._put_facts(facts or {})
        return new

    def tried(self, message: Message) -> None:
        """Note that a try begins. Raises UserError."""
        with in_words("The outbox cannot be written"), self._transaction():
            self._db.execute(
                "UPDATE messages SET tries = ?, tried_at = ?, is_uncertain = 1, next_try_at = NULL WHERE id = ?",
                (message.tries, rfc3339(message.tried_at), message.id),
            )

    def put_off(self, id: str, *, answer: str, is_uncertain: bool, next_try_at: datetime) -> None:
        """Note a try that settled nothing. Raises UserError."""
        with in_words("The outbox cannot be written"), self._transaction():
            self._db.execute(
                "UPDATE messages SET answer = ?, is_uncertain = ?, next_try_at = ? WHERE id = ?",
                (answer, is_uncertain, rfc3339(next_try_at), id),
            )

    def said(self, id: str, words: str) -> None:
        """Note what the shop said when it was asked whether an earlier try had landed. Raises UserError."""
        with in_words("The outbox cannot be written"), self._transaction():
            self._db.execute("UPDATE messages SET said = ? WHERE id = ?", (words, id))

    def give_up(self, id: str, *, reason: str, at: datetime, drops: Iterable[DropRow] = ()) -> bool:
        """End a message that nobody wants any more; False when it has ended already. Raises UserError."""
        with in_words("It could not be kept on disk that it is given up"), self._transaction():
            ended = self._db.execute(
                "UPDATE messages SET state = ?, reason = ?, ended_at = ?, next_try_at = NULL"
                " WHERE id = ? AND state = 'pending'",
                (MessageState.GIVEN_UP, reason, rfc3339(at), id),
            ).rowcount
            if ended:
                self._put_drops(drops)
        return ended > 0

    def settle(
        self,
        ids: Iterable[str],
        state: MessageState,
        *,
        answer: str = "",
        drops: Iterable[DropRow] = (),
        facts: Mapping[str, str] | None = None,
        at: datetime | None = None,
    ) -> None:
        """Note the end of messages `at` that time and what it means for drops. Raises UserError."""
        with in_words("The outbox cannot be written"), self._transaction():
            self._db.executemany(
                "UPDATE messages SET state = ?, answer = ?, ended_at = ?, is_uncertain = 0, next_try_at = NULL"
                " WHERE id = ?",
                [(state, answer, _text(at), id) for id in ids],
            )
            self._put_drops(drops)
            self._put_facts(facts or {})

    def keep_orders(self, show_run: str, orders: Sequence[KeptOrder], *, mark: str) -> tuple[str | None, ...]:
        """Keep orders and the mark behind them in one go. Raises UserError.

        Returns for each that is new or changed the show run in which it came first, else None.
        """
        with in_words("Orders cannot be kept on disk"), self._transaction():
            found = [
                self._db.execute(
                    "INSERT INTO orders VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state,"
                    " body = excluded.body WHERE state != excluded.state RETURNING show_run",
                    (order.id, show_run, order.state, order.body),
                ).fetchone()
                for order in orders
            ]
            self._put_facts({"orders_mark": mark})
        return tuple(None if row is None else row[0] for row in found)

    def _insert(self, message: Message) -> bool:
        cursor = self._db.execute(
            "INSERT OR IGNORE INTO messages"
            " (id, intent, lane, type, drop_id, run, body, pressed_at, expires_at, tried_at, show_run)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                message.id,
                message.intent,
                message.lane,
                message.type,
                message.drop,
                message.run,
                message.body,
                rfc3339(message.pressed_at),
                _text(message.expires_at),
                rfc3339(message.tried_at),
                message.show_run,
            ),
        )
        return cursor.rowcount > 0

    def _put_drops(self, drops: Iterable[DropRow]) -> None:
        rows = list(drops)
        self._db.executemany(
            "INSERT INTO drops VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET run = excluded.run,"
            " state = excluded.state, stock_left = excluded.stock_left, sold = excluded.sold,"
            " closes_at = excluded.closes_at, presses = MAX(presses, excluded.presses),"
            " opens_at = excluded.opens_at, room_lead_s = excluded.room_lead_s",
            [
                (row.id, row.run, row.state, row.stock_left, row.sold, _text(row.closes_at), row.presses,
                 _text(row.opens_at), row.room_lead_s)
                for row in rows
            ],
        )  # fmt: skip
        self._db.executemany(
            "INSERT OR REPLACE INTO terms VALUES (?, ?, ?, ?, ?, ?)",
            [
                (row.id, row.run, row.price_minor, row.stock, row.is_held, row.pieces)
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


def _text(at: datetime | None) -> str | None:
    return rfc3339(at) if at else None


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


def _record(row: tuple[Any, ...]) -> Record:
    id, type, drop, run, pressed_at, expires_at, state, tries, tried_at, is_uncertain, answer, said, reason, *rest = row
    ended_at, body = rest
    return Record(
        id=id,
        type=type,
        drop=drop,
        run=run,
        pressed_at=datetime.fromisoformat(pressed_at),
        expires_at=_moment(expires_at),
        state=MessageState(state),
        tries=tries,
        tried_at=datetime.fromisoformat(tried_at),
        is_uncertain=bool(is_uncertain),
        answer=answer,
        said=said,
        reason=reason,
        ended_at=_moment(ended_at),
        body=body,
    )
