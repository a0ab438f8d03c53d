"""Buyers who all wait for one drop, a process of its own: `python -m tests.bench.rush_crowd URL DROP PAGES ORDERS`.

Each page is a stream of its own, each order a connection of its own, as phones have them. It says `ready` when every
page has heard of the drop, orders within the first second of the sale, and prints as JSON what it met.
"""

import asyncio
import contextlib
import json
import random
import resource
import sys
import time
import uuid
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

WITHIN_S: Final = 1.0  # all orders begin within the first second of the sale
AFTER_S: Final = 4.0  # so long it listens on for the news of the end
AT_ONCE: Final = 50  # connections that are being opened
OVER: Final = b'"state": "sold_out"'
OPEN: Final = b'"state": "open"'


@dataclass
class Met:
    """What the crowd met. Moments are the machine's monotonic clock, seconds."""

    heard_open: list[float] = field(default_factory=list)
    heard_over: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    answers: list[tuple[int, float, float]] = field(default_factory=list)  # status, moment, ms
    lines: int = 0  # answers that were a place in the waiting line
    broken: int = 0


class Page(asyncio.Protocol):
    """One stream: notes when it first heard that the sale is open, and that it is over."""

    def __init__(self, request: bytes, met: Met, opened: asyncio.Event) -> None:
        self._request = request
        self._met = met
        self._opened = opened
        self._has_open = self._has_over = False
        self.is_ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        if not self.is_ready.done() and b"event: drop" in data:
            self.is_ready.set_result(None)
        if not self._has_open and (OPEN in data or OVER in data):  # sold out before it was told: it is told late
            self._has_open = True
            self._met.heard_open.append(now)
            self._opened.set()
        if not self._has_over and OVER in data:
            self._has_over = True
            self._met.heard_over.append(now)

    def connection_lost(self, error: Exception | None) -> None:
        self._met.broken += 1
        if not self.is_ready.done():
            self.is_ready.set_exception(ConnectionError("a page was not let in"))


async def crowd(url: str, drop: str, pages: int, orders: int) -> Met:
    """Wait with so many pages, order when it opens, and tell what happened."""
    met, opened, gate = Met(), asyncio.Event(), asyncio.Semaphore(AT_ONCE)
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 0

    async def wait(number: int) -> None:
        head = f"GET /v1/drops/{drop}/stream HTTP/1.1\r\nHost: {host}:{port}\r\nX-Forwarded-For: {_address(number)}\r\n"
        async with gate:
            page = Page(f"{head}\r\n".encode(), met, opened)
            await asyncio.get_running_loop().create_connection(lambda: page, host, port)
            await page.is_ready

    await asyncio.gather(*(wait(number) for number in range(pages)))
    print("ready", flush=True)
    await opened.wait()
    met.broken = 0
    await asyncio.gather(*(_order(met, (host, port), drop, number) for number in range(orders)))
    await asyncio.sleep(AFTER_S)
    return met


async def _order(met: Met, at: tuple[str, int], drop: str, number: int) -> None:
    await asyncio.sleep(random.random() * WITHIN_S)
    head = (
        f"POST /v1/drops/{drop}/orders HTTP/1.1\r\nHost: {at[0]}:{at[1]}\r\nX-Forwarded-For: {_address(number)}\r\n"
        f'Content-Type: application/json\r\nIdempotency-Key: "{uuid.uuid4()}"\r\nConnection: close\r\n'
    )
    body = b'{"quantity": 1}'
    asked = time.monotonic()
    met.asked.append(asked)
    while True:
        reader, writer = await asyncio.open_connection(*at)
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.read()
        now = time.monotonic()
        writer.close()
        status = int(answer.split(b" ", 2)[1])
        if status != 202:
            break
        met.lines += 1
        await asyncio.sleep(json.loads(answer.partition(b"\r\n\r\n")[2])["line"]["ask_again_s"])
    met.answers.append((status, now, (now - asked) * 1e3))


def _address(number: int) -> str:
    """A phone's own address, of the block for benchmarks: the shop counts calls by address."""
    return f"198.18.{number // 250}.{number % 250 + 1}"


def main(url: str, drop: str, pages: int, orders: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(16_384, hard) if hard > 0 else 16_384, hard))
    met = asyncio.run(crowd(url, drop, pages, orders))
    spent = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps(vars(met) | {"cpu_s": spent.ru_utime + spent.ru_stime}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
