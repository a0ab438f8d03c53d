"""A shop with its counter in this process, and what a tablet does to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from console.contract import events, signing
from console.contract.counter import Goods, Stocked
from console.core.clock import SystemClock
from console.core.ids import new_id
from console.shop import counter_pages, pages, receipts
from console.shop.counter_door import Door
from console.shop.place import Place, ShopAddress
from console.shop.server import Shop, add_pin_change, make_app
from console.shop.sqlite_store import SqliteStore
from console.shop.till import Till
from tests.shop.standing import SHOW, Hand, now

SECRET = signing.new_secret()
PIN = "246810"
OURS = {"X-Counter": "1", "Content-Type": "application/json"}


def goods(drop: str = "cap-01", stock: int = 5, **more: Any) -> Goods:
    data: dict[str, Any] = {"sku": drop, "title": "Linen cap", "price_minor": 1900, "currency": "EUR", **more}
    return Goods(drop=drop, stock=stock, **data)


def stocked(*of: Goods, **more: Any) -> events.Event:
    return events.counter_stocked(SHOW, Stocked(goods=of, **more), id=new_id(), at=now())


@dataclass
class Clocks:
    """The door's two clocks, stepped by hand."""

    wall_s: float = 1_800_000_000.0
    mono_s: float = 0.0


class Tablet:
    """A browser at the counter."""

    def __init__(self, hand: Hand, app: Any, address: str = "192.0.2.7") -> None:
        self.hand = hand
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, client=(address, 9)), base_url="http://shop.example:8710"
        )

    async def enter(self, pin: str = PIN, **headers: str) -> httpx.Response:
        return await self.client.post("/counter/session", json={"pin": pin}, headers={**OURS, **headers})

    async def press(self, *, key: str = "", headers: dict[str, str] | None = None, **body: object) -> httpx.Response:
        said = {**OURS, "Idempotency-Key": f'"{key or new_id()}"', **(headers or {})}
        return await self.client.post("/counter/press", json=body, headers=said)

    async def sell(self, quantity: int = 1, *, key: str = "", **more: object) -> httpx.Response:
        what: dict[str, Any] = {"drop": "cap-01", "sku": "cap-01", "by": "cash", "expect_price_minor": 1900, **more}
        return await self.press(key=key, headers=None, deed="sell", quantity=quantity, **what)

    async def state(self) -> dict[str, Any]:
        answer = await self.client.get("/counter/state")
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said


@dataclass
class Counter:
    """The shop, its console's hand, and the door."""

    hand: Hand
    door: Door
    clocks: Clocks
    place: Place
    app: Any
    told: list[str] | None = field(default_factory=list)  # the PINs that were kept; None: the disk is full

    def tablet(self, address: str = "192.0.2.7") -> Tablet:
        return Tablet(self.hand, self.app, address)

    async def inside(self) -> Tablet:
        """A tablet that has typed the PIN, at an open counter of five caps."""
        answer = await self.hand.send(stocked(goods()))
        assert answer.status_code == 200, answer.text
        tablet = self.tablet()
        assert (await tablet.enter()).status_code == 200
        return tablet


@asynccontextmanager
async def counter(folder: Path) -> AsyncIterator[Counter]:
    place = Place(folder)
    till = Till(lambda: SqliteStore(place.database), SystemClock())
    await till.start()
    shop = Shop(till, SECRET, "http://127.0.0.1", {"pid": 1})
    clocks = Clocks()
    door = Door(SECRET, PIN, now_s=lambda: clocks.wall_s, mono_s=lambda: clocks.mono_s)
    app = make_app(shop)
    pages.add(app, shop)
    counter_pages.add(app, shop, door)
    receipts.add(app, shop, place)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=("127.0.0.1", 9)), base_url="http://127.0.0.1"
    ) as client:
        hand = Hand(ShopAddress("http://127.0.0.1", "http://127.0.0.1", SECRET, 1), client)
        made = Counter(hand, door, clocks, place, app)

        async def tell(pin: str) -> None:
            if made.told is None:
                raise OSError("the disk is full")
            made.told.append(pin)

        add_pin_change(app, shop, door, tell)
        yield made
    await till.close()
