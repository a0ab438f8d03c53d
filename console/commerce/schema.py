"""The outbox's tables, and the way to them from a file of every earlier version. Blocking: the writer thread alone."""

import sqlite3
from typing import Final

from console.core.errors import UserError

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
CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY, show_run TEXT NOT NULL, state TEXT NOT NULL, body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

STEPS: Final = (  # from version 1 on: each makes a file one version younger
    """
    ALTER TABLE messages ADD COLUMN show_run TEXT NOT NULL DEFAULT '';
    ALTER TABLE messages ADD COLUMN ended_at TEXT;
    ALTER TABLE messages ADD COLUMN said TEXT NOT NULL DEFAULT '';
    ALTER TABLE messages ADD COLUMN reason TEXT NOT NULL DEFAULT '';
    """,
    """
    CREATE TABLE terms (
        drop_id TEXT PRIMARY KEY, run INTEGER NOT NULL, price_minor INTEGER NOT NULL, stock INTEGER NOT NULL,
        is_held INTEGER NOT NULL
    );
    """,
    """
    ALTER TABLE drops ADD COLUMN opens_at TEXT;
    ALTER TABLE drops ADD COLUMN room_lead_s REAL NOT NULL DEFAULT 0;
    """,
    """
    ALTER TABLE terms ADD COLUMN pieces TEXT NOT NULL DEFAULT '';
    """,
)
VERSION: Final = 1 + len(STEPS)


def prepare(db: sqlite3.Connection) -> None:
    """Bring a file to VERSION, all or nothing of each step. Raises UserError for a newer one, sqlite3.Error."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise UserError(
            "The outbox was written by a newer Cuedrop.", fix="Start that one, or choose another data folder."
        )
    if version == 0:
        db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = 1; COMMIT;")
        version = 1
    for number, step in enumerate(STEPS[version - 1 :], start=version + 1):
        db.executescript(f"BEGIN IMMEDIATE; {step} PRAGMA user_version = {number}; COMMIT;")
