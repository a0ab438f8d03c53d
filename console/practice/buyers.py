"""Simulated buyers: they look at an open drop and buy it over HTTP, as the buyer's page does. asyncio, httpx.

They pay later, at the counter: `payers` says which, and whoever runs the practice tells the shop.

Never pointed at a real shop: the practice studio hands in the address of its own.
"""

import asyncio
import logging
import random
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

import httpx

TRIES: Final = 3
TRY_AGAIN_S: Final = 0.5
LOOK_S: Final = 0.5
GIVE_UP_PART: Final = 0.15  # of those who look, how many leave without buying
TWO_PART: Final = 0.25  # of those who buy, how many take two
THINK_S: Final = (0.1, 1.2)
PAY_PART: Final = 0.8  # of those who bought, how many come to the counter while the sale runs
SOURCES: Final = ("livestream", "livestream", "livestream", "qr", "share")

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Counts:
    """What became of the buyers. `bought` counts orders, `pieces` what is in them."""

    bought: int = 0
    pieces: int = 0
    sold_out: int = 0
    limit: int = 0
    closed: int = 0
    gave_up: int = 0
    errors: int = 0


async def run(
    shop_url: str,
    *,
    drop: str,
    until: Callable[[], bool] | None = None,
    rate_per_s: float = 1.2,
    rng: random.Random | None = None,
    client: httpx.AsyncClient | None = None,
) -> Counts:
    """Send buyers to `drop` at random moments, `rate_per_s` on average, while the shop says that it is open.

    until: an end of the caller's own. rng: a seeded one makes the same crowd again. client: for tests.
    Returns when every buyer is gone. Trouble with the shop counts as `errors`; nothing is raised for it.
    """
    if client is None:
        client = await asyncio.to_thread(_client)  # reads certificates even where none is verified
    crowd = _Crowd(shop_url, drop, rng or random.Random(), client)
    async with crowd.client:
        await crowd.come(until or (lambda: False), rate_per_s)
    return crowd.counts


def payers(unpaid: Sequence[str], asked: set[str], rng: random.Random) -> list[str]:
    """Who of these orders pays now; each is asked once, and some never pay. Notes in `asked` whom it has asked."""
    news = [order for order in unpaid if order not in asked]
    asked.update(news)
    return [order for order in news if rng.random() < PAY_PART]


def no_cookies() -> CookieJar:
    """A jar that stays empty, so that each buyer is somebody else."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(cookies=no_cookies(), timeout=5, trust_env=False, verify=False)  # loopback, no TLS


class _Crowd:
    """The buyers of one drop."""

    def __init__(self, shop_url: str, drop: str, rng: random.Random, client: httpx.AsyncClient) -> None:
        self.counts = Counts()
        self.client = client
        self._url = f"{shop_url.rstrip('/')}/v1/drops/{drop}"
        self._rng = rng
        self._is_over = False
        self._buyers: set[asyncio.Task[None]] = set()

    async def come(self, until: Callable[[], bool], rate_per_s: float) -> None:
        """Let buyers in until the drop is over, then wait for those who are still there."""
        watch = asyncio.create_task(self._watch())
        try:
            while not self._is_over and not until():
                await asyncio.sleep(min(3.0, self._rng.expovariate(rate_per_s)))
                if not self._is_over and not until():
                    self._let_in()
            await asyncio.gather(*self._buyers)
        finally:
            for task in (watch, *self._buyers):
                task.cancel()
            await asyncio.gather(watch, *self._buyers, return_exceptions=True)

    def _let_in(self) -> None:
        plan = (
            self._rng.random() < GIVE_UP_PART,
            2 if self._rng.random() < TWO_PART else 1,
            self._rng.uniform(*THINK_S),
            self._rng.choice(SOURCES),
        )
        buyer = asyncio.create_task(self._buyer(*plan))
        self._buyers.add(buyer)
        buyer.add_done_callback(self._buyers.discard)

    async def _watch(self) -> None:
        """Follow the drop, as the page does; sold out and closed end it."""
        while not self._is_over:
            answer = await _tried(lambda: self.client.get(self._url))
            if answer is not None and answer.is_success:
                self._is_over = _body(answer).get("state") not in ("open", "armed")
            await asyncio.sleep(LOOK_S)

    async def _buyer(self, gives_up: bool, quantity: int, think_s: float, source: str) -> None:
        await asyncio.sleep(think_s)
        if gives_up:
            self.counts.gave_up += 1
            return
        headers = {"Idempotency-Key": f'"{uuid.UUID(int=self._rng.getrandbits(128), version=4)}"'}
        order = {"quantity": quantity, "source": source, "viewed_s_ago": think_s}
        url = f"{self._url}/orders"
        self._count(await _tried(lambda: self.client.post(url, json=order, headers=headers)), quantity)

    def _count(self, answer: httpx.Response | None, quantity: int) -> None:
        counts = self.counts
        reason = "" if answer is None else str(_body(answer).get("reason", ""))
        if answer is not None and answer.status_code == httpx.codes.CREATED:
            counts.bought += 1
            counts.pieces += quantity
        elif reason == "sold_out":
            counts.sold_out += 1
        elif reason == "limit":
            counts.limit += 1
        elif reason in ("closed", "not_open"):
            counts.closed += 1
        else:
            counts.errors += 1


async def _tried(call: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response | None:
    """The answer, asked again with the same key when the shop is busy or away; None when it never came."""
    answer = None
    for attempt in range(TRIES):
        try:
            answer = await call()
        except httpx.TransportError as error:
            log.debug("the shop did not answer: %s", error)
        is_undecided = answer is None or answer.status_code in (202, 429) or answer.is_server_error  # 202: in the line
        if not is_undecided:
            return answer
        await asyncio.sleep(TRY_AGAIN_S * (attempt + 1))
    return answer


def _body(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
