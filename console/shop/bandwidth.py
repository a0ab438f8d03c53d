"""A limit on what buyers' pages may take of the uplink, so that the show's stream never stutters for them.

Loop thread. Pages and streams wait for their turn, first come first served; orders, the counter and the console's own
lines never do, though they count: money before looks.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BURST_S: Final = 0.25
"""So much may go out at once after a pause."""
_LEAST_S: Final = 1e-4  # no clock steps by less: waiting for it would never end
_CONSOLE: Final = frozenset({"/v1/events", "/v1/orders", "/v1/health"})


class Bandwidth:
    """So many kilobits a second on average. What is larger than the burst goes out whole, and the next one waits."""

    def __init__(self, kbit_per_s: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self._bytes_per_s = kbit_per_s * 125
        self._most = self._left = self._bytes_per_s * BURST_S
        self._now = now
        self._at = now()
        self._turn = asyncio.Lock()

    def spend(self, count: int) -> None:
        """Count bytes that go out at once, whatever was left."""
        self._refill()
        self._left -= count

    async def take(self, count: int) -> None:
        """Wait until it is the turn of these bytes, and count them."""
        async with self._turn:
            while (wait_s := self._owed_s()) > _LEAST_S:
                await asyncio.sleep(wait_s)
            self.spend(count)

    def _owed_s(self) -> float:
        self._refill()
        return max(0.0, -self._left / self._bytes_per_s)

    def _refill(self) -> None:
        now = self._now()
        self._left = min(self._most, self._left + (now - self._at) * self._bytes_per_s)
        self._at = now


class Slowed:
    """An app whose answers keep to a bandwidth."""

    def __init__(self, app: ASGIApp, bandwidth: Bandwidth) -> None:
        self._app = app
        self._bandwidth = bandwidth

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, each part in its turn."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_first = (
            scope["method"] in ("POST", "DELETE") or scope["path"] in _CONSOLE or scope["path"].startswith("/counter")
        )

        async def send_in_turn(message: Message) -> None:
            count = _size(message)
            if is_first or not count:
                self._bandwidth.spend(count)
            else:
                await self._bandwidth.take(count)
            await send(message)

        await self._app(scope, receive, send_in_turn)


def _size(message: Message) -> int:
    """The bytes of a part: what it carries, or its headers."""
    if message["type"] == "http.response.start":
        return sum(len(name) + len(value) + 4 for name, value in message["headers"])
    return len(message.get("body", b""))
