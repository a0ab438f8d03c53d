"""The shop as a process: locks its folder, binds its port, sells until it is told to end.

Started by a console it ends when no console wants it any more and nothing is on sale; while something is, it stays,
and the next console finds it by its `shop.json`.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import platformdirs
import uvicorn
from filelock import Timeout
from starlette.types import ASGIApp

from console.contract import signing
from console.core.clock import SystemClock
from console.core.errors import UserError
from console.settings.logs import start_logging
from console.shop import counter_pages, pages, receipts
from console.shop.bandwidth import Bandwidth, Slowed
from console.shop.counter_door import Door, is_pin, new_pin
from console.shop.export import write_orders
from console.shop.patience import Patient
from console.shop.place import (
    KEEP_DAYS,
    LOCK_WITHIN_S,
    Place,
    Reach,
    ShopAddress,
    host_and_port,
    in_the_room,
    is_held,
    reachable,
    url_of,
)
from console.shop.server import Shop, add_pin_change, make_app
from console.shop.sqlite_store import SqliteStore
from console.shop.till import Till

log = logging.getLogger(__name__)

TICK_S: Final = 0.25
BOOKS_EVERY_S: Final = 5.0
GRACE_S: Final = 3.0  # how long a shop waits for the next console when nothing is on sale


def command(argv: list[str]) -> int:
    """`cuedrop shop`: run the shop until it is told to end; 0 after a clean end. Raises UserError."""
    parser = argparse.ArgumentParser(prog="cuedrop shop", description="The embedded shop by itself.")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="keep all state below DIR")
    parser.add_argument("--listen", default="127.0.0.1:8710", metavar="HOST:PORT", help="port 0 picks one")
    parser.add_argument("--public-url", metavar="URL", help="the address that buyers know")
    parser.add_argument(
        "--buyers-kbps", type=int, metavar="N", help="what buyers' pages may take of the uplink, kbit/s"
    )
    parser.add_argument(
        "--keep-days", type=int, default=KEEP_DAYS, metavar="N", help="how long it knows whose an order was"
    )
    parser.add_argument("--practice", action="store_true", help="sell nothing real, from a folder of its own")
    parser.add_argument("--with-console", action="store_true", help="end when no console wants it any more")
    parser.add_argument("--export", type=Path, metavar="FOLDER", help="write all orders there as CSV and JSON, and end")
    given = parser.parse_args(argv)
    start_logging(logging.INFO)
    data_dir = given.data_dir or Path(platformdirs.user_data_dir("cuedrop", appauthor=False))
    if given.export is not None:
        write_orders(Place.below(data_dir, practice=given.practice), given.export)
        return 0
    if not 1 <= given.keep_days <= 3_650:
        parser.error("--keep-days is a number of days, 1 to 3650")
    reach = Reach(given.listen, given.public_url, given.buyers_kbps, given.keep_days)
    run(data_dir, reach, practice=given.practice, with_console=given.with_console)
    return 0


def run(
    data_dir: Path,
    reach: Reach,
    secret: str | None = None,
    *,
    practice: bool = False,
    with_console: bool = False,
) -> None:
    """Run the shop of `data_dir` until SIGTERM, SIGINT, or (`with_console`) until no console wants it.

    secret: `whsec_...`; without one the shop's own, made the first time and kept in `shop.json`.
    Raises UserError when another shop runs here, the port is taken or the folder cannot be used.
    """
    place = Place.below(data_dir, practice=practice)
    if secret is not None and not signing.is_secret(secret):
        raise UserError(
            "The shop's key is not a whsec_ key of 24 to 64 bytes.", fix="Set it with cuedrop secret set shop."
        )
    lock = place.shop_lock()
    try:
        lock.acquire(timeout=LOCK_WITHIN_S)
    except Timeout:
        raise UserError(
            f"A shop is already running in {place.folder}.", fix="Use that one, or choose another --data-dir."
        ) from None
    except OSError as error:
        raise UserError(
            f"The folder {place.folder} cannot be written to ({error.strerror}).",
            fix="Choose another with --data-dir.",
        ) from error
    with lock:
        _allow_many_buyers()
        before = place.read()
        secret = secret or (before.secret if before else signing.new_secret())
        door = Door(secret, before.pin if before and is_pin(before.pin) else new_pin())
        with bound(reach.listen, before) as listening:
            asyncio.run(_sell(place, listening, reach, door, secret, with_console=with_console))


async def _sell(
    place: Place,
    listening: socket.socket,
    reach: Reach,
    door: Door,
    secret: str,
    *,
    with_console: bool,
) -> None:
    host, port = listening.getsockname()[:2]
    url = url_of(reachable(host), port)
    public_url = (reach.public_url or url).rstrip("/")
    counter_url = await asyncio.to_thread(in_the_room, host, port)
    address = ShopAddress(url, public_url, secret, os.getpid(), f"{counter_url}/counter", door.pin)
    till = Till(lambda: SqliteStore(place.database), SystemClock(), keep_days=reach.keep_days)
    await till.start()
    health = {
        "pid": address.pid,
        "listen": reach.listen,
        "public_url": address.public_url,
        "buyers_kbps": reach.buyers_kbps,
        "keep_days": reach.keep_days,
        "with_console": with_console,
    }
    shop = Shop(till, secret, address.public_url, health)
    app = make_app(shop)
    pages.add(app, shop)
    counter_pages.add(app, shop, door)
    receipts.add(app, shop, place)
    asgi = app if reach.buyers_kbps is None else Slowed(app, Bandwidth(reach.buyers_kbps))
    server = _Server(shop, place, address, http_config(asgi))
    add_pin_change(app, shop, door, server.tell_pin)
    with _ended_by_signals(server):
        ticking = asyncio.create_task(_tick(till, server, place, with_console=with_console))
        try:
            await server.serve(sockets=[listening])
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            await till.close()
    log.info("the shop has ended")


def http_config(app: ASGIApp) -> uvicorn.Config:
    """How the shop speaks HTTP."""
    return uvicorn.Config(
        app,
        http=Patient,
        log_config=None,
        log_level="error",  # else every broken request from outside would fill the log
        access_log=False,
        server_header=False,
        proxy_headers=False,  # console.shop.web decides whom to believe
        lifespan="off",
        ws="none",
        timeout_keep_alive=15,
        timeout_graceful_shutdown=3,
    )


class _Server(uvicorn.Server):
    """uvicorn, telling where it listens once it does, and ending its streams before it waits for them."""

    def __init__(self, shop: Shop, place: Place, address: ShopAddress, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._shop = shop
        self._place = place
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so in `shop.json`."""
        await super().startup(sockets)
        self._place.write(self._address)
        log.info("the shop sells at %s (for buyers: %s)", self._address.url, self._address.public_url)

    async def tell_pin(self, pin: str) -> None:
        """Keep the counter's new PIN in `shop.json`. Raises OSError."""
        self._address = replace(self._address, pin=pin)
        await asyncio.to_thread(self._place.write, self._address)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, finish the rest."""
        self._shop.streams.end()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to us: uvicorn would raise them again before the store is closed."""
        yield


async def _tick(till: Till, server: _Server, place: Place, *, with_console: bool) -> None:
    """Close what is due; end the shop when nobody needs it."""
    wanted_at = time.monotonic()
    counted_at = wanted_at - BOOKS_EVERY_S  # a file that was damaged meanwhile is told at once
    while True:
        await asyncio.sleep(TICK_S)
        try:
            await till.sweep()
            if time.monotonic() - counted_at > BOOKS_EVERY_S:
                counted_at = time.monotonic()
                await _count(till)
        except Exception:  # neither a full disk nor a bug may end the closing of sales for good
            log.exception("closing what is due did not work; it is tried again")
        if not with_console:
            continue
        if till.is_selling or await asyncio.to_thread(is_held, place.console_lock()):
            wanted_at = time.monotonic()
        elif time.monotonic() - wanted_at > GRACE_S:
            log.info("no console wants the shop and nothing is on sale")
            server.should_exit = True


async def _count(till: Till) -> None:
    """Count everything once more; what does not add up is said once, until it does."""
    before = till.books
    books = await till.count_books()
    if books.wrong and books.wrong != before.wrong:
        log.error("the books are wrong: %s", "; ".join(books.wrong))


@contextlib.contextmanager
def _ended_by_signals(server: _Server) -> Iterator[None]:
    def end(number: int, frame: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _allow_many_buyers() -> None:
    """Each buyer's page holds a connection; the usual limit of 1,024 open files would end at half a small show."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 16_384 if hard == resource.RLIM_INFINITY else min(16_384, hard)
        if soft < wanted:
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def bound(listen: str, before: ShopAddress | None) -> socket.socket:
    """A socket on `listen`; port 0 means the port of the last time when it is free, else any.

    Buyers keep the page open while a killed shop is started again: its address must not move.
    """
    host, port = host_and_port(listen)
    if port == 0 and before is not None:
        last = urlsplit(before.url)
        with contextlib.suppress(OSError, ValueError):
            if last.hostname == reachable(host) and last.port:
                return _bind(host, last.port)
    try:
        return _bind(host, port)
    except OSError as error:
        raise UserError(
            f"The shop cannot listen on {listen} ({error.strerror or error}).",
            fix='Close the program that uses it, or set another "listen" in [shop] of the show file.',
        ) from error


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once (TCP_NODELAY) only where the protocol is named: else each answer may wait 40 ms for an ACK
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":  # there it would let two programs share the port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2_048)
    except OSError:
        listening.close()
        raise
    return listening
