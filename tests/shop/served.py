"""A shop in the test's own process behind a real socket: its store can be held up, and a real browser can reach it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import uvicorn

from console.contract import signing
from console.core.clock import SystemClock
from console.shop import pages
from console.shop.main import http_config
from console.shop.place import ShopAddress
from console.shop.server import Shop, make_app
from console.shop.sqlite_store import SqliteStore
from console.shop.till import Till
from tests.shop.standing import PLAIN, Hand
from tests.waiting import until


class Server(uvicorn.Server):
    """uvicorn that leaves the signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def served(open_store: Callable[[], SqliteStore]) -> AsyncIterator[Hand]:
    """A hand at a shop that listens on a free port until the block ends."""
    till = Till(open_store, SystemClock())
    await till.start()
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    address = ShopAddress(url, url, signing.new_secret(), 1)
    shop = Shop(till, address.secret, url, {"pid": 1})
    app = make_app(shop)
    pages.add(app, shop)
    server = Server(http_config(app))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await until(lambda: server.started, what="the server")
        async with httpx.AsyncClient(base_url=url, **PLAIN) as client:
            yield Hand(address, client)
    finally:
        shop.streams.end()
        server.should_exit = True
        await serving
        await till.close()
