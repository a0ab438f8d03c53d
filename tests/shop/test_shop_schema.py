"""A shop's file from before goes on selling: nothing of it is lost, and its stream's numbers go on."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.contract.orders import OrderState, ShopState
from console.core.errors import UserError
from console.shop import schema
from console.shop.goods import Order, Wish
from console.shop.sqlite_store import SqliteStore
from tests.shop.store_steps import AT, Hand

# As the first released shop made them.
FIRST = """
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
INSERT INTO checkout VALUES (1, 1);
INSERT INTO drops VALUES ('cap', 1, 'Cap', 1900, 'EUR', 5, 2, 3, 2, 'open', 0, '2026-01-02T12:10:00.000Z');
INSERT INTO drops VALUES ('mug', 1, '', 0, 'EUR', 0, 1, 0, 0, 'closed', 0, NULL);
INSERT INTO orders VALUES
    (7, 'o7', 'cap', 1, 'cookie:a', 2, 3800, 'EUR', 'livestream', '0815', '2026-01-02T12:00:00.000Z');
INSERT INTO answers VALUES ('cap', 'k', 'f', 'o7', NULL, 0, 0, '2026-01-02T12:00:00.000Z');
PRAGMA user_version = 1;
"""


def first_file(folder: Path) -> Path:
    path = folder / "shop.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(FIRST)
    db.close()
    return path


def test_a_first_shops_file_sells_on_where_it_was(tmp_path: Path) -> None:
    path = first_file(tmp_path)
    for _ in range(2):  # brought to today once, and opened again as it is
        store = SqliteStore(path)
        hand = Hand(store)
        cap, mug = store.drops()
        assert (cap.state_at(AT), cap.price_minor, cap.per_buyer, hand.pieces) == (ShopState.OPEN, 1900, 2, (2, 0, 3))
        assert (mug.state, mug.title) == (ShopState.CLOSED, "")
        known = store.order(Wish("cap", "k", "f", "cookie:a", 2), AT)
        assert isinstance(known, Order)
        assert (known.id, known.state, known.pickup) == ("o7", OrderState.CONFIRMED, "0815")
        assert [(one.seq, one.order.id) for one in store.orders_after(0, limit=9)] == [(7, "o7")]
        assert store.books().wrong == ()
        store.close()
    store = SqliteStore(path)
    new = store.order(Wish("cap", "k2", "f", "cookie:b", 1, source="livestream"), AT)
    assert isinstance(new, Order)
    assert [one.order.id for one in store.orders_after(7, limit=9)] == [new.id]
    store.tidy(datetime(2026, 1, 2, 12, 10, tzinfo=UTC) + timedelta(seconds=1))
    assert store.drops()[0].state is ShopState.CLOSED
    store.close()


def test_orders_of_the_second_file_have_receipts_and_say_what_was_bought(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(f"{schema.DROPS}{schema.ORDERS}{schema.ANSWERS}{schema.FACTS}")
        db.execute("INSERT INTO drops VALUES ('cap', 1, 'Cap', 1900, 'EUR', 2, 'closed', 0, 1, NULL, NULL, '{}')")
        db.execute("INSERT INTO shelves VALUES ('cap', 1, 's', 'live', 0, 'S', NULL, 2, 0, 0, 2)")
        for number, state in enumerate(("confirmed", "paid")):
            db.execute(
                "INSERT INTO orders (id, drop_id, run, sku, pool, buyer, quantity, amount_minor, currency, source,"
                " pickup, state, at, changed_at, paid_by)"
                " VALUES (?, 'cap', 1, 's', 'live', 'b', 1, 1900, 'EUR', '', ?, ?,"
                " '2026-01-02T12:00:00.000Z', '2026-01-02T12:01:00.000Z', '')",
                (f"o{number}", f"000{number}", state),
            )
        db.execute("PRAGMA user_version = 2")
    db.close()
    store = SqliteStore(path)
    unpaid, paid = store.all_orders()
    assert (unpaid.what, paid.what, unpaid.paid_at, paid.paid_at) == ("Cap, S", "Cap, S", None, paid.changed_at)
    assert len({unpaid.token, paid.token}) == 2
    found = store.receipt(paid.token)
    assert found is not None
    assert found.order == paid
    assert store.books().wrong == ()
    store.close()


def test_a_file_of_a_newer_cuedrop_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    db.close()
    with pytest.raises(UserError, match="newer Cuedrop"):
        SqliteStore(path)
