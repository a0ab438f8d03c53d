"""Drops and their shelves in SQLite: the statements that count pieces. Inside the store's transactions alone."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from pydantic import TypeAdapter

from console.contract.orders import OrderState, ShopState
from console.core.clock import rfc3339
from console.shop.goods import Books, Drop, PieceState, Pool, Shelf, Terms

TERMS: Final = TypeAdapter(Terms)
Pieces = tuple[str, Pool, int]  # of one kind, from one pool, how many

_WAITING: Final = """(SELECT COUNT(*) FROM orders WHERE state = 'waiting' AND pool IS NULL AND drop_id = drops.id
    AND orders.run = drops.run)"""
_FROM_LEFT: Final = {
    PieceState.HELD: "UPDATE shelves SET left = left - :q, held = held + :q",
    PieceState.SOLD: "UPDATE shelves SET left = left - :q, sold = sold + :q",
}
_TO_LEFT: Final = {
    PieceState.HELD: "UPDATE shelves SET left = left + :q, held = held - :q",
    PieceState.SOLD: "UPDATE shelves SET left = left + :q, sold = sold - :q",
}
_ONE: Final = " WHERE drop_id = :drop AND run = :run AND sku = :sku AND pool = :pool"


class DropTable:
    """Drops in the database behind `db`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def newest(self) -> tuple[Drop, ...]:
        """The newest run of every drop."""
        rows = self._db.execute(f"SELECT *, MAX(run), {_WAITING} AS waiting FROM drops GROUP BY id ORDER BY id")
        return tuple(map(self._drop, rows.fetchall()))

    def one(self, id: str, run: int | None = None) -> Drop | None:
        """That run of a drop; without one the newest."""
        row = self._db.execute(
            f"SELECT *, {_WAITING} AS waiting FROM drops WHERE id = ? AND run = COALESCE(?, run)"
            " ORDER BY run DESC LIMIT 1",
            (id, run),
        ).fetchone()
        return None if row is None else self._drop(row)

    def with_waiting(self) -> tuple[Drop, ...]:
        """Every run with orders that have no piece."""
        rows = self._db.execute(
            f"SELECT *, {_WAITING} AS waiting FROM drops"
            " WHERE (id, run) IN (SELECT DISTINCT drop_id, run FROM orders WHERE state = 'waiting')"
        )
        return tuple(map(self._drop, rows.fetchall()))

    def save(self, drop: Drop) -> None:
        """Keep the drop as it is, with its shelves."""
        self._db.execute(
            "INSERT OR REPLACE INTO drops VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                drop.id,
                drop.run,
                drop.title,
                drop.price_minor,
                drop.currency,
                drop.per_buyer,
                drop.state,
                drop.is_sold_out_by_hand,
                drop.is_ended,
                None if drop.opens_at is None else rfc3339(drop.opens_at),
                None if drop.closes_at is None else rfc3339(drop.closes_at),
                TERMS.dump_json(drop.terms).decode(),
            ),
        )
        self._db.execute(
            "DELETE FROM shelves WHERE drop_id = ? AND run = ? AND pool != ?", (drop.id, drop.run, Pool.COUNTER)
        )
        self._db.executemany(
            "INSERT INTO shelves VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    drop.id,
                    drop.run,
                    shelf.sku,
                    shelf.pool,
                    position,
                    shelf.variant,
                    shelf.price_minor,
                    shelf.allotted,
                    shelf.left,
                    shelf.held,
                    shelf.sold,
                )
                for position, shelf in enumerate(drop.shelves)
            ],
        )

    def move_due(self, now: datetime) -> int:
        """Open what has counted down, and close every sale whose time is over; returns how many."""
        opened = self._db.execute(
            "UPDATE drops SET state = ? WHERE state = ? AND opens_at <= ?",
            (ShopState.OPEN, ShopState.COUNTDOWN, rfc3339(now)),
        ).rowcount
        closed = self._db.execute(
            "UPDATE drops SET state = ? WHERE state = ? AND closes_at <= ?",
            (ShopState.CLOSED, ShopState.OPEN, rfc3339(now)),
        ).rowcount
        return opened + closed

    def next_move(self) -> datetime | None:
        """When the next sale opens or ends by its time."""
        row = self._db.execute(
            "SELECT MIN(CASE state WHEN ? THEN opens_at ELSE closes_at END) FROM drops WHERE state IN (?, ?)",
            (ShopState.COUNTDOWN, ShopState.COUNTDOWN, ShopState.OPEN),
        ).fetchone()
        return instant(row[0])

    def take(self, drop: Drop, sku: str, quantity: int, to: PieceState) -> Pool | None:
        """Take pieces that are left: whatever was read before, none goes that is not there. None: too few are left."""
        for shelf in drop.shelves:
            if shelf.sku == sku and self._moved(
                _FROM_LEFT[to] + _ONE + " AND left >= :q", drop.id, drop.run, (sku, shelf.pool, quantity)
            ):
                return shelf.pool
        return None

    def give_back(self, drop: str, run: int, pieces: Pieces, where: PieceState) -> None:
        """Put pieces that were held or sold back on their shelf."""
        self._moved(_TO_LEFT[where] + _ONE, drop, run, pieces)

    def sell_held(self, drop: str, run: int, pieces: Pieces) -> None:
        """What was held is sold."""
        self._moved("UPDATE shelves SET held = held - :q, sold = sold + :q" + _ONE, drop, run, pieces)

    def hold_sold(self, drop: str, run: int, pieces: Pieces) -> None:
        """What was sold is only held again."""
        self._moved("UPDATE shelves SET held = held + :q, sold = sold - :q" + _ONE, drop, run, pieces)

    def books(self) -> Books:
        """All shelves, and whether each holds what the orders say."""
        rows = self._db.execute(
            """SELECT shelves.*, COALESCE(o.held, 0) AS held_by_orders, COALESCE(o.sold, 0) AS sold_by_orders
            FROM shelves LEFT JOIN (
                SELECT drop_id, run, sku, pool, SUM(CASE WHEN state = :held THEN quantity ELSE 0 END) AS held,
                    SUM(CASE WHEN state != :held THEN quantity ELSE 0 END) AS sold
                FROM orders WHERE pool IS NOT NULL GROUP BY drop_id, run, sku, pool
            ) AS o USING (drop_id, run, sku, pool)""",
            {"held": OrderState.HELD},
        ).fetchall()
        return Books(
            allotted=sum(row["allotted"] for row in rows),
            sold=sum(row["sold"] for row in rows),
            held=sum(row["held"] for row in rows),
            left=sum(row["left"] for row in rows),
            wrong=tuple(_wrong(rows)),
        )

    def _moved(self, statement: str, drop: str, run: int, pieces: Pieces) -> bool:
        sku, pool, quantity = pieces
        moved = self._db.execute(statement, {"q": quantity, "drop": drop, "run": run, "sku": sku, "pool": pool})
        return moved.rowcount == 1

    def _drop(self, row: sqlite3.Row) -> Drop:
        shelves = self._db.execute(
            "SELECT * FROM shelves WHERE drop_id = ? AND run = ? AND pool != ? ORDER BY position",
            (row["id"], row["run"], Pool.COUNTER),
        )
        return Drop(
            id=row["id"],
            run=row["run"],
            title=row["title"],
            price_minor=row["price_minor"],
            currency=row["currency"],
            per_buyer=row["per_buyer"],
            shelves=tuple(map(_shelf, shelves)),
            state=ShopState(row["state"]),
            is_sold_out_by_hand=bool(row["is_sold_out_by_hand"]),
            is_ended=bool(row["is_ended"]),
            opens_at=instant(row["opens_at"]),
            closes_at=instant(row["closes_at"]),
            waiting=row["waiting"],
            terms=TERMS.validate_json(row["terms"]),
        )


def instant(text: str | None) -> datetime | None:
    """A moment as the tables hold it."""
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def _shelf(row: sqlite3.Row) -> Shelf:
    return Shelf(
        sku=row["sku"],
        pool=Pool(row["pool"]),
        allotted=row["allotted"],
        left=row["left"],
        held=row["held"],
        sold=row["sold"],
        variant=row["variant"],
        price_minor=row["price_minor"],
    )


def _wrong(rows: Iterable[sqlite3.Row]) -> Iterable[str]:
    for row in rows:
        name = f"{row['sku']} ({row['pool']}, run {row['run']})"
        if not _shelf(row).is_balanced:
            yield f"{name}: {row['sold']} sold, {row['held']} held and {row['left']} left of {row['allotted']}"
        if (row["held"], row["sold"]) != (row["held_by_orders"], row["sold_by_orders"]):
            yield (
                f"{name}: {row['sold']} sold and {row['held']} held, but the orders say "
                f"{row['sold_by_orders']} and {row['held_by_orders']}"
            )
