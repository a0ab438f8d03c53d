"""The tests' misbehaving shop with the real store behind it: holds, kinds, a waiting list, and books to count."""

import hashlib
import json
import random
import threading
from collections import Counter

from console.contract import events
from console.contract.events import Event
from console.contract.orders import OrderState
from console.core.ids import new_id
from console.shop.goods import Drop, Order, Wish
from console.shop.rules import Verdict
from console.shop.sqlite_store import SqliteStore
from console.shop.views import wire_order
from tests.commerce.fake_shop import FakeShop, Refusal


class StoreShop(FakeShop):
    """`orders` is the store's log as the stream tells it; buyers act through `buy_something`."""

    def __init__(self, store: SqliteStore, seed: int) -> None:
        super().__init__()
        self.store = store
        self.orders_per_line = (20, 60)
        self.chance = random.Random(seed)
        self.is_over = threading.Event()
        self._buying = threading.Thread(target=self._buy_for_ever, daemon=True)

    def start(self) -> "StoreShop":
        super().start()
        self._buying.start()
        return self

    def stop_buyers(self) -> None:
        self.is_over.set()
        self._buying.join()

    def apply(self, event: Event) -> dict[str, object]:
        with self.changed:
            self.received[event.id] += 1
            self.types[event.id] = event.type.value
            answer = self.store.apply(event, hashlib.sha256(events.to_json(event)).hexdigest(), self.clock.now())
            self._tell()
        if answer.verdict is not Verdict.ACCEPTED:
            raise Refusal(409 if answer.verdict is Verdict.LATER else 410, answer.why)
        self.applied[event.id] = 1
        said: dict[str, object] = json.loads(answer.status)
        return said

    def status(self, drop: str | None) -> dict[str, object] | None:
        known = self.drop(drop or "")
        if known is None:
            return None
        said: dict[str, object] = json.loads(known.status(self.clock.now()).model_dump_json())
        return said

    def drop(self, id: str) -> Drop | None:
        return next((drop for drop in self.store.drops() if drop.id == id), None)

    def newest(self) -> dict[str, dict[str, object]]:
        """Every order as it stands."""
        return {str(order["id"]): order for order in self.orders}

    def doubled(self) -> int:
        """How often an order came to a state in which it had been before."""
        seen = Counter((order["id"], order["state"]) for order in self.orders)
        return sum(count - 1 for count in seen.values())

    def _tell(self) -> None:
        logged = self.store.orders_after(len(self.orders), limit=10_000)
        self.orders += [json.loads(wire_order(each.order).model_dump_json()) for each in logged]
        if logged:
            self.changed.notify_all()

    def _buy_for_ever(self) -> None:
        while not self.is_over.wait(self.chance.uniform(0.0, 0.02)):
            with self.changed:
                self._do_something()
                self.store.tidy(self.clock.now())
                self._tell()

    def _do_something(self) -> None:
        """A buyer buys, pays, or has the money given back."""
        dice, now = self.chance.random(), self.clock.now()
        drop = self.drop(self.chance.choice("abcd"))
        if drop is not None and dice < 0.6:
            sku = self.chance.choice(drop.skus) if drop.skus else None
            key, quantity = new_id(), self.chance.randint(1, 2)
            wish = Wish(drop.id, key, key, buyer=key, quantity=quantity, sku=sku, waits=dice < 0.3)
            self.store.order(wish, now)
        elif self.orders:
            id = str(self.chance.choice(self.orders[-200:])["id"])
            if dice < 0.85:
                self.store.pay(id, "link", now)
            else:
                self.store.refund(id, now, returns=dice < 0.95)


def is_open(order: dict[str, object] | Order) -> bool:
    """Whether an order can still be voided."""
    state = order.state if isinstance(order, Order) else order["state"]
    return state in (OrderState.WAITING, OrderState.HELD, OrderState.CONFIRMED)
