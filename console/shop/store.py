"""What the shop remembers, on SQLite: drops, orders, answers given. All SQL of the shop is here.

One thread at a time calls it (the till's writer). WAL with synchronous=FULL: what was answered survives a power cut.
"""

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from console.contract.events import Event, EventType
from console.contract.orders import ShopState
from console.core.clock import rfc3339
from console.core.errors import UserError
from console.core.ids import new_id
from console.shop import rules
from console.shop.goods import Drop, Reason, Refused, Sold, Wish
from console.shop.rules import Verdict

SCHEMA_VERSION: Final = 1
SCHEMA: Final = """
CREATE TABLE drops (
    id TEXT NOT NULL, run INTEGER NOT NULL, title TEXT NOT NULL, price_minor INTEGER NOT NULL,
    currency TEXT NOT NULL, stock INTEGER NOT NULL, per_buyer INTEGER NOT NULL,
    left INTEGER NOT NULL CHECK (left >= 0), sold INTEGER NOT NULL CHECK (sold >= 0),
    state TEXT NOT NULL, is_held INTEGER NOT NULL, closes_at TEXT,
    PRIMARY KEY (id, run), CHECK (sold + left = stock)
) WITHOUT ROWID;
CREATE TABLE orders (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, drop_id TEXT NOT NULL, run INTEGER NOT NULL,
    buyer TEXT NOT NULL, quantity INTEGER NOT NULL CHECK (quantity > 0), amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL, source TEXT NOT NULL, pickup TEXT NOT NULL UNIQUE, at TEXT NOT NULL
);
CREATE INDEX orders_of_a_buyer ON orders (drop_id, run, buyer);
CREATE TABLE answers (
    drop_id TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, order_id TEXT,
    reason TEXT, limit_pieces INTEGER NOT NULL, left_pieces INTEGER NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (drop_id, key)
) WITHOUT ROWID;
CREATE TABLE events (
    id TEXT PRIMARY KEY, digest TEXT NOT NULL, type TEXT NOT NULL, verdict TEXT NOT NULL,
    status TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE checkout (only INTEGER PRIMARY KEY CHECK (only = 1), is_open INTEGER NOT NULL);
INSERT INTO checkout VALUES (1, 0);
"""


@dataclass(frozen=True, slots=True)
class EventAnswer:
    """What an event was answered: the verdict, the body as JSON (empty when there is none), and why."""

    verdict: Verdict
    status: str = ""
    why: str = ""


class Store(Protocol):
    """What a database must do for the shop. Each method is one transaction and blocks until it is durable."""

    def drops(self) -> tuple[Drop, ...]:
        """The newest run of every drop."""
        ...

    def is_checkout_open(self) -> bool:
        """Whether buyers may pay now."""
        ...

    def apply(self, event: Event, digest: str, now: datetime) -> EventAnswer:
        """Obey `event` once; its id's first final answer for every repeat. `digest` is its content's."""
        ...

    def order(self, wish: Wish, now: datetime) -> Sold | Refused:
        """Take the order or refuse it; the first answer for every repeat of its key."""
        ...

    def close_due(self, now: datetime) -> int:
        """Close every sale whose time is over; returns how many."""
        ...

    def orders_after(self, seq: int, *, limit: int) -> Sequence[Sold]:
        """The orders after `seq`, oldest first; from the first when `seq` is from another store's life."""
        ...

    def orders_of(self, drop: str, run: int, buyer: str) -> Sequence[Sold]:
        """What one buyer has bought in one run."""
        ...

    def close(self) -> None:
        """Let the database go."""
        ...


class SqliteStore:
    """The store in one SQLite file."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raises UserError when it cannot be used."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
        except (sqlite3.Error, OSError) as error:
            raise _unusable(path, error) from error
        try:
            version = self._prepare()
        except sqlite3.Error as error:
            self._db.close()
            raise _unusable(path, error) from error
        if version > SCHEMA_VERSION:
            self._db.close()
            raise UserError(
                f"{path} was written by a newer Cuedrop.", fix="Install that version or use another --data-dir."
            )

    def _prepare(self) -> int:
        """Make the tables if there are none; returns the version of the file."""
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if version == 0:
            self._db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        return version

    def drops(self) -> tuple[Drop, ...]:
        """The newest run of every drop."""
        rows = self._db.execute("SELECT *, MAX(run) FROM drops GROUP BY id ORDER BY id")
        return tuple(_drop(row) for row in rows)

    def is_checkout_open(self) -> bool:
        """Whether buyers may pay now."""
        return bool(self._db.execute("SELECT is_open FROM checkout").fetchone()[0])

    def apply(self, event: Event, digest: str, now: datetime) -> EventAnswer:
        """Obey `event` once; its id's first final answer for every repeat."""
        with self._transaction():
            known = self._db.execute("SELECT * FROM events WHERE id = ?", (event.id,)).fetchone()
            if known is not None:
                if known["digest"] != digest:
                    return EventAnswer(Verdict.GONE, why="This id was used before for another event.")
                return EventAnswer(Verdict(known["verdict"]), known["status"], known["why"])
            answer = self._obey(event, now)
            if answer.verdict is not Verdict.LATER:
                self._db.execute(
                    "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (event.id, digest, event.type, answer.verdict, answer.status, answer.why, rfc3339(now)),
                )
            return answer

    def order(self, wish: Wish, now: datetime) -> Sold | Refused:
        """Take the order or refuse it; the first answer for every repeat of its key."""
        with self._transaction():
            known = self._db.execute(
                "SELECT * FROM answers WHERE drop_id = ? AND key = ?", (wish.drop, wish.key)
            ).fetchone()
            if known is not None:
                return self._answer_again(known, wish)
            answer = self._sell(wish, now)
            if isinstance(answer, Refused) and answer.reason is Reason.NOT_OPEN:
                return answer  # not kept: anybody could fill the disk with drops that there never were
            is_sold = isinstance(answer, Sold)
            self._db.execute(
                "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    wish.drop,
                    wish.key,
                    wish.fingerprint,
                    answer.id if isinstance(answer, Sold) else None,
                    None if isinstance(answer, Sold) else answer.reason,
                    0 if is_sold else answer.limit,  # type: ignore[union-attr]
                    0 if is_sold else answer.left,  # type: ignore[union-attr]
                    rfc3339(now),
                ),
            )
            return answer

    def close_due(self, now: datetime) -> int:
        """Close every sale whose time is over; returns how many."""
        with self._transaction():
            return self._db.execute(
                "UPDATE drops SET state = ? WHERE state = ? AND closes_at <= ?",
                (ShopState.CLOSED, ShopState.OPEN, rfc3339(now)),
            ).rowcount

    def orders_after(self, seq: int, *, limit: int) -> Sequence[Sold]:
        """The orders after `seq`, oldest first; from the first when `seq` is from another store's life."""
        newest = self._db.execute("SELECT MAX(seq) FROM orders").fetchone()[0] or 0
        rows = self._db.execute(
            "SELECT * FROM orders WHERE seq > ? ORDER BY seq LIMIT ?", (seq if seq <= newest else 0, limit)
        )
        return [_sold(row) for row in rows]

    def orders_of(self, drop: str, run: int, buyer: str) -> Sequence[Sold]:
        """What one buyer has bought in one run."""
        rows = self._db.execute(
            "SELECT * FROM orders WHERE drop_id = ? AND run = ? AND buyer = ? ORDER BY seq", (drop, run, buyer)
        )
        return [_sold(row) for row in rows]

    def close(self) -> None:
        """Let the database go."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk may have rolled it back already
                self._db.execute("ROLLBACK")
            raise

    def _newest(self, drop: str) -> Drop | None:
        row = self._db.execute("SELECT * FROM drops WHERE id = ? ORDER BY run DESC LIMIT 1", (drop,)).fetchone()
        return None if row is None else _drop(row)

    def _obey(self, event: Event, now: datetime) -> EventAnswer:
        if event.drop is None:
            return self._obey_checkout(event, now)
        before = self._newest(event.drop)
        ruling = rules.rule(before, event, now)
        if ruling.verdict is Verdict.ACCEPTED and ruling.drop is not None and ruling.drop != before:
            self._save(ruling.drop)
        status = "" if ruling.drop is None else ruling.drop.status(now).model_dump_json()
        return EventAnswer(ruling.verdict, status, ruling.why)

    def _obey_checkout(self, event: Event, now: datetime) -> EventAnswer:
        if event.has_expired(now):
            return EventAnswer(Verdict.GONE, why="It came after it had expired: the moment is over.")
        is_open = event.type is EventType.CHECKOUT_OPENED
        self._db.execute("UPDATE checkout SET is_open = ?", (is_open,))
        return EventAnswer(Verdict.ACCEPTED, '{"checkout":"open"}' if is_open else '{"checkout":"closed"}')

    def _save(self, drop: Drop) -> None:
        closes_at = None if drop.closes_at is None else rfc3339(drop.closes_at)
        self._db.execute(
            "INSERT OR REPLACE INTO drops VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                drop.id,
                drop.run,
                drop.title,
                drop.price_minor,
                drop.currency,
                drop.stock,
                drop.per_buyer,
                drop.left,
                drop.sold,
                drop.state,
                drop.is_held,
                closes_at,
            ),
        )

    def _answer_again(self, known: sqlite3.Row, wish: Wish) -> Sold | Refused:
        if known["fingerprint"] != wish.fingerprint:
            return Refused(Reason.KEY_REUSED)
        if known["order_id"] is None:
            return Refused(Reason(known["reason"]), limit=known["limit_pieces"], left=known["left_pieces"])
        row = self._db.execute("SELECT * FROM orders WHERE id = ?", (known["order_id"],)).fetchone()
        return _sold(row)

    def _sell(self, wish: Wish, now: datetime) -> Sold | Refused:
        drop = self._newest(wish.drop)
        bought = 0 if drop is None else sum(o.quantity for o in self.orders_of(drop.id, drop.run, wish.buyer))
        refused = rules.refusal(drop, wish, bought=bought, is_checkout_open=self.is_checkout_open(), now=now)
        if refused is not None or drop is None:
            return refused or Refused(Reason.NOT_OPEN)
        # The gate: whatever was read above, no piece leaves that is not there.
        gate = self._db.execute(
            "UPDATE drops SET left = left - :q, sold = sold + :q WHERE id = :id AND run = :run AND left >= :q",
            {"q": wish.quantity, "id": drop.id, "run": drop.run},
        )
        if gate.rowcount != 1:
            return Refused(Reason.SOLD_OUT)
        order_id, pickup = new_id(), self._pickup()
        row = self._db.execute(
            "INSERT INTO orders (id, drop_id, run, buyer, quantity, amount_minor, currency, source, pickup, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
            (
                order_id,
                drop.id,
                drop.run,
                wish.buyer,
                wish.quantity,
                wish.quantity * drop.price_minor,
                drop.currency,
                wish.source,
                pickup,
                rfc3339(now),
            ),
        ).fetchone()
        return _sold(row)

    def _pickup(self) -> str:
        """A free number, short enough to say aloud: random, so that it tells nobody how much was sold."""
        count = self._db.execute("SELECT MAX(seq) FROM orders").fetchone()[0] or 0
        digits = 4
        while 10**digits < count * 10:
            digits += 1
        while True:
            pickup = f"{secrets.randbelow(10**digits):0{digits}d}"
            if self._db.execute("SELECT 1 FROM orders WHERE pickup = ?", (pickup,)).fetchone() is None:
                return pickup


def _unusable(path: Path, error: Exception) -> UserError:
    return UserError(
        f"The shop cannot keep its orders in {path} ({error}).",
        fix="Free space on that disk or choose another folder with --data-dir.",
    )


def _drop(row: sqlite3.Row) -> Drop:
    return Drop(
        id=row["id"],
        run=row["run"],
        title=row["title"],
        price_minor=row["price_minor"],
        currency=row["currency"],
        stock=row["stock"],
        per_buyer=row["per_buyer"],
        left=row["left"],
        state=ShopState(row["state"]),
        is_held=bool(row["is_held"]),
        closes_at=None if row["closes_at"] is None else _instant(row["closes_at"]),
    )


def _sold(row: sqlite3.Row) -> Sold:
    return Sold(
        seq=row["seq"],
        id=row["id"],
        drop=row["drop_id"],
        run=row["run"],
        buyer=row["buyer"],
        quantity=row["quantity"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        source=row["source"],
        pickup=row["pickup"],
        at=_instant(row["at"]),
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
