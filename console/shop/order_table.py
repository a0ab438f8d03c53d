"""Orders, what became of them, and the answers given, in SQLite. Inside the store's transactions alone."""

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from console.contract.orders import OrderState
from console.core.clock import rfc3339
from console.core.errors import IllegalMove
from console.core.ids import new_id
from console.shop.drop_table import instant
from console.shop.goods import MOVES, STANDING, Drop, Logged, Order, Pool, Reason, Refused

TOKEN_BYTES: Final = 16  # 128 bits: nobody guesses another's receipt
_MARKS: Final = ", ".join("?" * len(STANDING))


class Asked(Protocol):
    """What came under a key, so that a repeat is told what the first was."""

    @property
    def drop(self) -> str:
        """The drop that it is about: keys are one's own in each."""
        ...

    @property
    def key(self) -> str:
        """The same on every try."""
        ...

    @property
    def fingerprint(self) -> str:
        """Of what is asked for."""
        ...


class OrderTable:
    """Orders in the database behind `db`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def answered(self, wish: Asked) -> Order | Refused | None:
        """What the wish's key was answered before: the order as it is by now, or the refusal. None: nothing yet."""
        known = self._db.execute(
            "SELECT * FROM answers WHERE drop_id = ? AND key = ?", (wish.drop, wish.key)
        ).fetchone()
        if known is None:
            return None
        if known["fingerprint"] != wish.fingerprint:
            return Refused(Reason.KEY_REUSED)
        if known["order_id"] is None:
            return Refused(Reason(known["reason"]), limit=known["limit_pieces"], left=known["left_pieces"])
        return self.one(id=known["order_id"])

    def keep_answer(self, wish: Asked, answer: Order | Refused, now: datetime) -> None:
        """Keep what the wish's key was answered, for every repeat."""
        order, refused = (None, answer) if isinstance(answer, Refused) else (answer, Refused(Reason.CLOSED))
        self._db.execute(
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                wish.drop,
                wish.key,
                wish.fingerprint,
                order and order.id,
                None if order else refused.reason,
                refused.limit,
                refused.left,
                rfc3339(now),
            ),
        )

    def add(self, order: Order) -> Order:
        """A new order, with an id and a pick-up number of its own."""
        order = replace(order, id=new_id(), pickup=self._pickup(), token=secrets.token_urlsafe(TOKEN_BYTES))
        self._db.execute(
            "INSERT INTO orders (id, drop_id, run, sku, pool, buyer, quantity, amount_minor, currency, source, pickup,"
            " state, at, changed_at, expires_at, paid_by, viewed_at, title, variant, token, paid_at, told_run)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                order.id,
                order.drop,
                order.run,
                order.sku,
                order.pool,
                order.buyer,
                order.quantity,
                order.amount_minor,
                order.currency,
                order.source,
                order.pickup,
                order.state,
                rfc3339(order.at),
                rfc3339(order.changed_at),
                _text(order.expires_at),
                order.paid_by,
                _text(order.viewed_at),
                order.title,
                order.variant,
                order.token,
                _text(order.paid_at),
                order.told_run,
            ),
        )
        self._log(order)
        return order

    def move(self, order: Order, state: OrderState, now: datetime, **what: object) -> Order:
        """The order in a new state, with `pool`, `paid_by`, `paid_at` or `expires_at` anew. Raises IllegalMove."""
        if state not in MOVES[order.state]:
            raise IllegalMove(f"order {order.id}: {order.state} to {state}")
        moved = replace(order, state=state, changed_at=now, **{"expires_at": None, **what})  # type: ignore[arg-type]
        self._db.execute(
            "UPDATE orders SET state = ?, pool = ?, changed_at = ?, expires_at = ?, paid_by = ?,"
            " paid_at = ? WHERE id = ?",
            (
                moved.state,
                moved.pool,
                rfc3339(now),
                _text(moved.expires_at),
                moved.paid_by,
                _text(moved.paid_at),
                moved.id,
            ),
        )
        self._log(moved)
        return moved

    def hand(self, order: Order, handed_at: datetime | None) -> Order:
        """The order as handed over at that time; None: it is not."""
        self._db.execute("UPDATE orders SET handed_at = ? WHERE id = ?", (_text(handed_at), order.id))
        return replace(order, handed_at=handed_at)

    def before_paid(self, order: Order) -> tuple[OrderState, datetime | None]:
        """The state that a paid order had before, and until when it was held then."""
        row = self._db.execute(
            "SELECT state, expires_at FROM order_log WHERE order_id = ? ORDER BY seq DESC LIMIT 1 OFFSET 1",
            (order.id,),
        ).fetchone()
        return (OrderState.PAID, None) if row is None else (OrderState(row["state"]), instant(row["expires_at"]))

    def use_code(self, drop: Drop, code: str, order: Order) -> None:
        """The code is good for no other order of this run."""
        self._db.execute("INSERT INTO codes_used VALUES (?, ?, ?, ?)", (drop.id, drop.run, code, order.id))

    def is_code_used(self, drop: Drop, code: str) -> bool:
        """Whether an order of this run that was not taken back has used that code."""
        return (
            self._db.execute(
                "SELECT 1 FROM codes_used WHERE drop_id = ? AND run = ? AND digest = ?", (drop.id, drop.run, code)
            ).fetchone()
            is not None
        )

    def free_code(self, order: Order) -> None:
        """Whoever did not get the piece can use the code again."""
        self._db.execute("DELETE FROM codes_used WHERE order_id = ?", (order.id,))

    def one(self, *, id: str = "", pickup: str = "", token: str = "") -> Order | None:
        """The order of that id, of that pick-up number, or with that token."""
        column, value = ("id", id) if id else ("token", token) if token else ("pickup", pickup)
        row = self._db.execute(f"SELECT * FROM orders WHERE {column} = ?", (value,)).fetchone()
        return None if row is None else order_of_row(row)

    def of(self, buyer: str) -> Sequence[Order]:
        """What one buyer has ordered, oldest first."""
        rows = self._db.execute("SELECT * FROM orders WHERE buyer = ? ORDER BY seq", (buyer,))
        return list(map(order_of_row, rows))

    def pieces_of(self, drop: str, run: int, buyer: str) -> int:
        """How many pieces of one run count for the buyer's limit."""
        row = self._db.execute(
            f"SELECT SUM(quantity) FROM orders WHERE drop_id = ? AND run = ? AND buyer = ? AND state IN ({_MARKS})",
            (drop, run, buyer, *STANDING),
        ).fetchone()
        return int(row[0] or 0)

    def run_out(self, now: datetime) -> Sequence[Order]:
        """The reservations whose time is over, oldest first."""
        rows = self._db.execute(
            "SELECT * FROM orders WHERE state = ? AND expires_at <= ? ORDER BY seq", (OrderState.HELD, rfc3339(now))
        )
        return list(map(order_of_row, rows))

    def waiting(self, drop: Drop) -> Sequence[Order]:
        """The run's waiting list, first come first; of a sale to whoever pays first, all who have not paid."""
        rows = self._db.execute(
            "SELECT * FROM orders WHERE state = ? AND drop_id = ? AND run = ? ORDER BY seq",
            (OrderState.WAITING, drop.id, drop.run),
        )
        return list(map(order_of_row, rows))

    def all_waiting(self) -> Sequence[Order]:
        """Everybody who waits, first come first."""
        rows = self._db.execute("SELECT * FROM orders WHERE state = ? ORDER BY seq", (OrderState.WAITING,))
        return list(map(order_of_row, rows))

    def next_end(self) -> datetime | None:
        """When the next reservation runs out."""
        row = self._db.execute("SELECT MIN(expires_at) FROM orders WHERE state = ?", (OrderState.HELD,)).fetchone()
        return instant(row[0])

    def is_awaited(self, order: Order) -> bool:
        """Whether somebody waits for a piece of that kind already."""
        return (
            self._db.execute(
                "SELECT 1 FROM orders WHERE state = ? AND drop_id = ? AND run = ? AND sku = ?",
                (OrderState.WAITING, order.drop, order.run, order.sku),
            ).fetchone()
            is not None
        )

    def newest_change(self) -> int:
        """The number of the newest change; 0 before the first."""
        return int(self._db.execute("SELECT MAX(seq) FROM order_log").fetchone()[0] or 0)

    def log_after(self, seq: int, *, limit: int) -> Sequence[Logged]:
        """What became of orders after `seq`, oldest first; from the first when `seq` is from another store's life."""
        rows = self._db.execute(
            "SELECT orders.*, order_log.seq AS log_seq, order_log.state AS then_state, order_log.at AS then_at,"
            " order_log.expires_at AS then_expires_at"
            " FROM order_log JOIN orders ON orders.id = order_log.order_id"
            " WHERE order_log.seq > ? ORDER BY order_log.seq LIMIT ?",
            (seq if seq <= self.newest_change() else 0, limit),
        )
        return [_logged(row) for row in rows]

    def forget(self, before: datetime) -> int:
        """Orders older than that are nobody's: no buyer, no key, no code, no receipt is theirs. Returns how many."""
        late = rfc3339(before)
        old = "SELECT id FROM orders WHERE changed_at < ? AND buyer != ''"
        self._db.execute(f"DELETE FROM codes_used WHERE order_id IN ({old})", (late,))
        self._db.execute("DELETE FROM answers WHERE at < ?", (late,))
        return self._db.execute(
            "UPDATE orders SET buyer = '', token = lower(hex(randomblob(16))) WHERE changed_at < ? AND buyer != ''",
            (late,),
        ).rowcount

    def _log(self, order: Order) -> None:
        self._db.execute(
            "INSERT INTO order_log (order_id, state, at, expires_at) VALUES (?, ?, ?, ?)",
            (order.id, order.state, rfc3339(order.changed_at), _text(order.expires_at)),
        )

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


def _text(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)


def _at(text: str) -> datetime:
    at = instant(text)
    assert at is not None
    return at


def order_of_row(row: sqlite3.Row) -> Order:
    """The order that a row of the table holds."""
    return Order(
        id=row["id"],
        drop=row["drop_id"],
        run=row["run"],
        sku=row["sku"],
        pool=None if row["pool"] is None else Pool(row["pool"]),
        buyer=row["buyer"],
        quantity=row["quantity"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        source=row["source"],
        pickup=row["pickup"],
        state=OrderState(row["state"]),
        at=_at(row["at"]),
        changed_at=_at(row["changed_at"]),
        expires_at=instant(row["expires_at"]),
        paid_by=row["paid_by"],
        viewed_at=instant(row["viewed_at"]),
        title=row["title"],
        variant=row["variant"],
        token=row["token"],
        paid_at=instant(row["paid_at"]),
        handed_at=instant(row["handed_at"]),
        told_run=row["told_run"],
    )


def _logged(row: sqlite3.Row) -> Logged:
    then = replace(
        order_of_row(row),
        state=OrderState(row["then_state"]),
        changed_at=_at(row["then_at"]),
        expires_at=instant(row["then_expires_at"]),
    )
    return Logged(row["log_seq"], then)
