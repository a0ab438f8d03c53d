"""The tables of the shop's SQLite file, and how an older file becomes one of today. No other SQL is here."""

import sqlite3
from typing import Final

VERSION: Final = 3
DROPS: Final = """
CREATE TABLE drops (
    id TEXT NOT NULL, run INTEGER NOT NULL, title TEXT NOT NULL, price_minor INTEGER NOT NULL,
    currency TEXT NOT NULL, per_buyer INTEGER NOT NULL, state TEXT NOT NULL,
    is_sold_out_by_hand INTEGER NOT NULL, is_ended INTEGER NOT NULL, opens_at TEXT, closes_at TEXT,
    terms TEXT NOT NULL, PRIMARY KEY (id, run)
) WITHOUT ROWID;
CREATE TABLE shelves (
    drop_id TEXT NOT NULL, run INTEGER NOT NULL, sku TEXT NOT NULL, pool TEXT NOT NULL, position INTEGER NOT NULL,
    variant TEXT NOT NULL, price_minor INTEGER, allotted INTEGER NOT NULL,
    left INTEGER NOT NULL CHECK (left >= 0), held INTEGER NOT NULL CHECK (held >= 0),
    sold INTEGER NOT NULL CHECK (sold >= 0), PRIMARY KEY (drop_id, run, sku, pool),
    CHECK (sold + held + left = allotted)
) WITHOUT ROWID;
"""
ORDERS: Final = """
CREATE TABLE orders (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, drop_id TEXT NOT NULL, run INTEGER NOT NULL,
    sku TEXT NOT NULL, pool TEXT, buyer TEXT NOT NULL, quantity INTEGER NOT NULL CHECK (quantity > 0),
    amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, source TEXT NOT NULL, pickup TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL, at TEXT NOT NULL, changed_at TEXT NOT NULL, expires_at TEXT, paid_by TEXT NOT NULL,
    viewed_at TEXT
);
CREATE INDEX orders_of_a_buyer ON orders (buyer, drop_id, run);
CREATE INDEX orders_by_state ON orders (state, drop_id, run);
CREATE TABLE order_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL,
    expires_at TEXT
);
CREATE TABLE codes_used (
    drop_id TEXT NOT NULL, run INTEGER NOT NULL, digest TEXT NOT NULL, order_id TEXT NOT NULL,
    PRIMARY KEY (drop_id, run, digest)
) WITHOUT ROWID;
"""
ANSWERS: Final = """
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
FACTS: Final = "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
# Orders were all firm, and each was told once: the stream's numbers go on from where they were.
FROM_1: Final = f"""
ALTER TABLE drops RENAME TO drops_1;
ALTER TABLE orders RENAME TO orders_1;
DROP INDEX orders_of_a_buyer;
{DROPS}
{ORDERS}
{FACTS}
INSERT INTO drops SELECT id, run, title, price_minor, currency, per_buyer, state, is_held, state = 'closed',
    NULL, closes_at, '{{}}' FROM drops_1;
INSERT INTO shelves SELECT id, run, id, 'live', 0, '', NULL, stock, left, 0, sold FROM drops_1 WHERE title != '';
INSERT INTO orders SELECT seq, id, drop_id, run, drop_id, 'live', buyer, quantity, amount_minor, currency, source,
    pickup, 'confirmed', at, at, NULL, '', NULL FROM orders_1 ORDER BY seq;
INSERT INTO order_log SELECT seq, id, 'confirmed', at, NULL FROM orders_1 ORDER BY seq;
DROP TABLE drops_1;
DROP TABLE orders_1;
"""


# What stands on receipts, and the counter.
FROM_2: Final = """
ALTER TABLE orders ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN variant TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN token TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN paid_at TEXT;
ALTER TABLE orders ADD COLUMN handed_at TEXT;
ALTER TABLE orders ADD COLUMN told_run INTEGER NOT NULL DEFAULT 0;
UPDATE orders SET token = lower(hex(randomblob(16))), paid_at = CASE WHEN state = 'paid' THEN changed_at END,
    title = COALESCE((SELECT title FROM drops WHERE id = drop_id AND drops.run = orders.run), drop_id),
    variant = COALESCE((SELECT variant FROM shelves WHERE shelves.drop_id = orders.drop_id
        AND shelves.run = orders.run AND shelves.sku = orders.sku LIMIT 1), '');
CREATE UNIQUE INDEX orders_by_token ON orders (token);
CREATE TABLE counter (
    drop_id TEXT NOT NULL, sku TEXT NOT NULL, position INTEGER NOT NULL, title TEXT NOT NULL, variant TEXT NOT NULL,
    price_minor INTEGER NOT NULL, currency TEXT NOT NULL, unlock TEXT NOT NULL, sold_before INTEGER NOT NULL,
    is_offered INTEGER NOT NULL, PRIMARY KEY (drop_id, sku)
) WITHOUT ROWID;
"""


def prepare(db: sqlite3.Connection) -> int:
    """Make the tables, or bring them to today; returns the version that the file had, or has. Raises sqlite3.Error."""
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version >= VERSION:
        return version
    script = {0: f"{DROPS}{ORDERS}{ANSWERS}{FACTS}{FROM_2}", 1: f"{FROM_1}{FROM_2}", 2: FROM_2}[version]
    db.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {VERSION}; COMMIT;")
    return VERSION
