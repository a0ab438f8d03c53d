"""Lists of orders in SQLite: to collect, the takings of a day, all of them. Reads only."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from console.contract.orders import OrderState
from console.core.clock import rfc3339
from console.shop.counter import Takings
from console.shop.goods import Order
from console.shop.order_table import order_of_row


class OrderLists:
    """Orders in the database behind `db`, many at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def to_collect(self, *, limit: int) -> Sequence[Order]:
        """What is held, confirmed, or paid and not handed over; the newest `limit`, newest first."""
        rows = self._db.execute(
            "SELECT * FROM orders WHERE state IN (?, ?) OR (state = ? AND handed_at IS NULL) ORDER BY seq DESC LIMIT ?",
            (OrderState.HELD, OrderState.CONFIRMED, OrderState.PAID, limit),
        )
        return list(map(order_of_row, rows))

    def all(self) -> Sequence[Order]:
        """Every order, oldest first."""
        return list(map(order_of_row, self._db.execute("SELECT * FROM orders ORDER BY seq")))

    def takings(self, since: datetime) -> Sequence[Takings]:
        """What came in and was given back since then, each way of paying and currency apart."""
        rows = self._db.execute(
            "SELECT paid_by, currency, SUM(paid_at >= :since) AS count,"
            " SUM(CASE WHEN paid_at >= :since THEN amount_minor ELSE 0 END) AS amount,"
            " SUM(state = :refunded AND changed_at >= :since) AS refunds,"
            " SUM(CASE WHEN state = :refunded AND changed_at >= :since THEN amount_minor ELSE 0 END) AS refunded"
            " FROM orders WHERE state IN (:paid, :refunded) AND paid_at IS NOT NULL AND changed_at >= :since"
            " GROUP BY paid_by, currency ORDER BY paid_by, currency",
            {"since": rfc3339(since), "paid": OrderState.PAID, "refunded": OrderState.REFUNDED},
        )
        return [
            Takings(row["paid_by"], row["currency"], row["count"], row["amount"], row["refunds"], row["refunded"])
            for row in rows
        ]
