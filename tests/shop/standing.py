"""A shop for tests: a real process on a free port, and a console's hand to sign events for it."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from console.contract import events, signing
from console.contract.events import Armed, Event
from console.core.ids import new_id
from console.shop import adopt
from console.shop.adopt import ShopKeeper
from console.shop.place import Reach, ShopAddress

SHOW = "Test show"
# Plain http on loopback: loading the certificates of the world would cost 50 ms for each buyer.
PLAIN: dict[str, Any] = {"timeout": 20, "verify": False, "trust_env": False}


def now() -> datetime:
    return datetime.now(UTC)


def armed(drop: str = "cap-01", *, run: int = 1, stock: int = 5, per_buyer: int = 2, **more: Any) -> Event:
    data = {"title": "Linen cap", "price_minor": 1900, "currency": "EUR", **more}
    return events.drop_armed(
        SHOW, Armed(drop=drop, run=run, stock=stock, per_buyer=per_buyer, **data), id=new_id(), at=now()
    )


def opened(
    drop: str = "cap-01", *, run: int = 1, for_s: float = 300.0, expires_s: float = 10.0, in_s: float = 0.0
) -> Event:
    opens = now() + timedelta(seconds=in_s)
    ends, late = opens + timedelta(seconds=for_s), opens + timedelta(seconds=expires_s)
    return events.drop_opened(
        SHOW, drop, run=run, closes_at=ends, expires_at=late, id=new_id(), at=now(), opens_at=opens if in_s else None
    )


def closed(drop: str = "cap-01", *, run: int = 1) -> Event:
    return events.drop_closed(SHOW, drop, run=run, id=new_id(), at=now())


def checkout_opened() -> Event:
    return events.checkout_opened(SHOW, id=new_id(), at=now())


def checkout_closed() -> Event:
    return events.checkout_closed(SHOW, id=new_id(), at=now())


class Hand:
    """What a console and its buyers do to a shop over HTTP."""

    def __init__(self, address: ShopAddress, client: httpx.AsyncClient) -> None:
        self.address = address
        self.client = client

    async def send(self, event: Event) -> httpx.Response:
        body = events.to_json(event)
        headers = signing.sign(self.address.secret, event.id, body, now())
        return await self.client.post("/v1/events", content=body, headers=headers)

    async def put_on_sale(self, drop: str = "cap-01", *, stock: int = 5, per_buyer: int = 2, **more: Any) -> None:
        for event in (armed(drop, stock=stock, per_buyer=per_buyer, **more), checkout_opened(), opened(drop)):
            answer = await self.send(event)
            assert answer.status_code == 200, answer.text

    async def buy(
        self, drop: str = "cap-01", quantity: object = 1, *, key: str | None = None, **more: object
    ) -> httpx.Response:
        # A client of its own for each: a shared one would carry the first buyer's cookie.
        async with httpx.AsyncClient(base_url=self.address.url, **PLAIN) as buyer:
            key = signing.idempotency_key(key or new_id())
            while True:
                answer = await buyer.post(
                    f"/v1/drops/{drop}/orders", json={"quantity": quantity, **more}, headers={"Idempotency-Key": key}
                )
                if answer.status_code != 202:
                    return answer
                await asyncio.sleep(0.2)  # in the line, on a busy machine: asked again, as the page does

    async def state(self, drop: str = "cap-01") -> dict[str, Any]:
        answer = await self.client.get(f"/v1/drops/{drop}")
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said


@asynccontextmanager
async def shop(data_dir: Path) -> AsyncIterator[tuple[Hand, ShopKeeper]]:
    """A kept shop process; it has ended when the block ends, whatever was on sale."""
    keeper = ShopKeeper(data_dir, Reach())
    address = await keeper.start()
    async with httpx.AsyncClient(base_url=address.url, **PLAIN) as client:
        hand = Hand(address, client)
        try:
            yield hand, keeper
        finally:
            # The pid may be another by now: a test may have killed the first.
            if keeper.state.value.link.is_up:
                await hand.send(checkout_closed())
            last = keeper.state.value.address
            await keeper.close()
            await asyncio.to_thread(end_shop, (last or address).pid)


def end_shop(pid: int) -> None:
    """End a shop that this process started, if it still runs: a reservation would keep it alive until it runs out."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    for process in adopt._started:
        if process.pid == pid:
            process.wait(20)


async def orders_until(
    url: str, count: int, *, after: str = "", headers: dict[str, str] | None = None
) -> list[tuple[str, dict[str, Any]]]:
    """The next `count` orders of the stream after `after`, as (id, order)."""
    got: list[tuple[str, dict[str, Any]]] = []
    said = {**(headers or {}), **({"Last-Event-ID": after} if after else {})}
    async with (
        asyncio.timeout(20),
        httpx.AsyncClient(**PLAIN) as client,
        client.stream("GET", f"{url}/v1/orders", headers=said) as lines,
    ):
        assert lines.status_code == 200
        id = ""
        async for line in lines.aiter_lines():
            if line.startswith("id: "):
                id = line[4:]
            elif line.startswith("data: "):
                got.append((id, json.loads(line[6:])))
                if len(got) == count:
                    break
    return got
