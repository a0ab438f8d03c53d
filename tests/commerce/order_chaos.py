"""A sale with buyers through kills, lost answers and refusals; then both sides' orders and pieces are compared."""

import json
import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.contract import events
from console.contract.events import Listed
from console.shop.sqlite_store import SqliteStore
from tests.commerce.child import DROPS
from tests.commerce.consoles import Child
from tests.commerce.store_shop import StoreShop, is_open
from tests.commerce.test_kills import Chaos

SETTLED_WITHIN_S = 60.0


@dataclass(frozen=True)
class OrderTally:
    """What came of it; from `lost` on everything must be 0."""

    events: int
    orders: int
    voided: int
    paid: int
    kills: int
    lost: int
    doubled: int
    wrong_orders: int
    wrong_drops: int
    wrong_books: int


def soak_orders(folder: Path, *, events: int, seed: int = 1) -> OrderTally:
    """Press about `events` events for drops with kinds and holds, while buyers buy, pay and give back."""
    chance = random.Random(seed)
    store = SqliteStore(folder / "shop.sqlite")
    shop = StoreShop(store, seed).start()
    shop.fault = Chaos(seed)
    kills = 0
    try:
        while kills < max(4, events // 15):
            child = Child(shop.url, folder, "sell", events // len(DROPS))
            assert child.line() == "ready"
            time.sleep(chance.uniform(0.05, 1.5))
            kills += child.is_alive
            child.kill()
        shop.fault = None
        child = Child(shop.url, folder, "sell", events // len(DROPS))
        assert child.line() == "ready"
        assert child.line().startswith("settled")
        shop.stop_buyers()
        _until(lambda: states_of(folder) == {id: str(order["state"]) for id, order in shop.newest().items()})
        child.tell()
        assert child.line() == "finished"
        child.kill()
        return _tally(folder, shop, kills)
    finally:
        shop.is_over.set()
        shop.stop()
        store.close()


def states_of(folder: Path) -> dict[str, str]:
    """The orders as the console keeps them."""
    return dict(_rows(folder, "SELECT id, state FROM orders"))


def _tally(folder: Path, shop: StoreShop, kills: int) -> OrderTally:
    messages = _rows(folder, "SELECT id, type, state, body FROM messages")
    there, here = shop.newest(), states_of(folder)
    taken = [row for row in messages if row[2] == "done"]
    told = [(row[1], _data(row)) for row in taken]
    voided = [id for type, data in told if type == "orders.voided" and isinstance(data, Listed) for id in data.orders]
    states = [str(order["state"]) for order in there.values()]
    return OrderTally(
        events=len(messages),
        orders=len(there),
        voided=states.count("void"),
        paid=states.count("paid"),
        kills=kills,
        lost=sum(not shop.applied[row[0]] for row in taken) + sum(is_open(there[id]) for id in voided),
        doubled=shop.doubled(),
        wrong_orders=sum(here.get(id) != order["state"] for id, order in there.items()) + len(here.keys() - there),
        wrong_drops=sum(_differs(folder, shop, id) for id in DROPS),
        wrong_books=len(shop.store.books().wrong),
    )


def _differs(folder: Path, shop: StoreShop, id: str) -> bool:
    """Whether the console keeps a drop otherwise than the shop holds it."""
    query = "SELECT state, drops.run, stock, price_minor FROM drops JOIN terms ON drop_id = id WHERE id = ?"
    ((state, run, stock, price_minor),) = _rows(folder, query, id)
    drop = shop.drop(id)
    assert drop is not None
    if state == "draft":  # renewed: the shop hears of it when it is armed
        return drop.state.value not in ("draft", "closed")
    return (state, run, stock, price_minor) != (
        drop.state_at(shop.clock.now()).value, drop.run, drop.stock, drop.price_minor
    )  # fmt: skip


def _data(row: tuple[str, str, str, bytes]) -> events.Data:
    return events.from_json(json.dumps(json.loads(row[3]))).data


def _rows(folder: Path, query: str, *values: str) -> list[Any]:
    database = sqlite3.connect(folder / "outbox.sqlite")
    try:
        return database.execute(query, values).fetchall()
    finally:
        database.close()


def _until(condition: Callable[[], bool]) -> None:
    """Wait for it; what is still not so in the end shows in the tally."""
    ends_s = time.monotonic() + SETTLED_WITHIN_S
    while not condition() and time.monotonic() < ends_s:
        time.sleep(0.1)
