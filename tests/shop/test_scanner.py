"""The shop's OpenAPI document: it names every route, and a scanner that attacks by it finds nothing."""

import asyncio
from pathlib import Path

import pytest
from starlette.routing import Route

from console.core.clock import SystemClock
from console.shop import counter_pages, pages, receipts
from console.shop.counter_door import Door
from console.shop.openapi import document
from console.shop.place import Place
from console.shop.server import Shop, add_pin_change, make_app
from console.shop.sqlite_store import SqliteStore
from console.shop.till import Till
from tests.rigs.scanner import scan
from tests.shop.served import served


async def _kept(pin: str) -> None:
    return None


def test_every_route_is_in_the_document_and_nothing_else_is() -> None:
    shop = Shop(Till(lambda: SqliteStore(Path("never opened")), SystemClock()), "", "http://127.0.0.1")
    app = make_app(shop)
    door = Door("", "123456")
    pages.add(app, shop)
    counter_pages.add(app, shop, door)
    receipts.add(app, shop, Place(Path("never opened")))
    add_pin_change(app, shop, door, _kept)
    routes = {
        (method, route.path) for route in app.routes if isinstance(route, Route) for method in route.methods or ()
    }
    told = {(method.upper(), path) for path, of in document()["paths"].items() for method in of}
    assert {route for route in routes if route[0] != "HEAD"} == told


@pytest.mark.real
@pytest.mark.slow
async def test_a_scanner_finds_nothing_that_the_document_does_not_promise(tmp_path: Path) -> None:
    async with served(lambda: SqliteStore(tmp_path / "shop.sqlite")) as hand:
        await hand.put_on_sale(stock=1_000, per_buyer=1_000)
        found_nothing, said = await asyncio.to_thread(
            scan, hand.address.url, phases="coverage", only="^/v1/(events|drops/{id}/orders)$"
        )
        assert found_nothing, said
        state = await hand.state()
        assert state["sold"] + state["stock_left"] == 1_000
