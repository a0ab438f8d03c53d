"""What every answer of the shop's HTTP side shares: problem documents, callers, limits, bodies, headers.

Loop thread. Nothing here knows what is sold.
"""

import asyncio
import ipaddress
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.contract import problem
from console.contract.errors import ContractError
from console.contract.model import M, read

MAX_BODY_BYTES: Final = 64 * 1024
BODY_WITHIN_S: Final = 10.0
HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class HttpProblem(Exception):
    """An answer that is not the one hoped for, as RFC 9457 writes it."""

    def __init__(
        self, status: int, detail: str, *, fix: str = "", reason: str = "", retry_after_s: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.problem = problem.Problem(
            title=HTTPStatus(status).phrase, status=status, detail=detail, fix=fix, reason=reason
        )
        self.retry_after_s = retry_after_s

    def response(self) -> Response:
        """The problem as an HTTP answer."""
        headers = {} if self.retry_after_s is None else {"retry-after": str(self.retry_after_s)}
        return Response(problem.to_json(self.problem), self.status, headers, problem.MEDIA_TYPE)


Handler = Callable[[Request], Awaitable[Response]]


def route(app: Starlette, path: str, *, method: str = "GET") -> Callable[[Handler], Handler]:
    """Let the decorated function answer `method` at `path`."""

    def add(handler: Handler) -> Handler:
        app.router.routes.append(Route(path, handler, methods=[method]))
        return handler

    return add


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. `is_here`: on this machine, under a loopback name, through no proxy. `address` None: cannot tell."""

    address: str | None
    is_here: bool


def caller(request: Request) -> Caller:
    """Who calls: behind a proxy on this machine, the address that the proxy names last."""
    peer = request.client.host if request.client else ""
    if not is_loopback(peer):
        return Caller(_counted_as(peer), is_here=False)
    forwarded = request.headers.get("x-forwarded-for", "").split(",")[-1].strip()
    if forwarded:
        return Caller(_counted_as(forwarded), is_here=False)
    # A tunnel that names nobody: the public name in Host gives it away, and all its buyers share one address.
    is_proxied = any(name in request.headers for name in ("forwarded", "via", "x-forwarded-host", "x-real-ip"))
    return Caller(None, is_here=not is_proxied and is_loopback(_host(request)))


def _host(request: Request) -> str:
    """The name under which we were called; empty when it is none, for a library may then put its own in the place."""
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]+)?", request.headers.get("host", ""))
    return match[1] if match else ""


def _counted_as(address: str) -> str:
    """What calls are counted by: an address, for IPv6 the network that one customer gets (RFC 6177), never long."""
    try:
        known = ipaddress.ip_address(address.removeprefix("[").split("]")[0].split("%")[0])
    except ValueError:
        return "unreadable"
    if known.version == 6 and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def is_loopback(host: str) -> bool:
    """True for this machine's own addresses and names."""
    if host in ("localhost", "testclient"):
        return host == "localhost"
    try:
        return ipaddress.ip_address(host.strip("[]").split("%")[0]).is_loopback
    except ValueError:
        return False


def is_https(request: Request, public_url: str) -> bool:
    """Whether the browser speaks https, which a tunnel may end. In the room it does not, and keeps no secure cookie."""
    if "https" in (request.url.scheme, request.headers.get("x-forwarded-proto")):
        return True
    return public_url.startswith("https://") and request.url.hostname == urlsplit(public_url).hostname


class Limit:
    """At most `per_s` calls a second from one address on average, `burst` at once."""

    MAX_ADDRESSES = 20_000

    def __init__(self, per_s: float, burst: int, *, now: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._burst = burst
        self._now = now
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, address: str | None) -> None:
        """Count one call. Raises HttpProblem 429 when it is one too many; an unknown address is not counted."""
        if address is None:
            return
        now = self._now()
        left, at = self._left.get(address, (float(self._burst), now))
        left = min(self._burst, left + (now - at) * self._per_s)
        if left < 1:
            raise HttpProblem(429, "Too many requests at once.", fix="Wait a moment.", retry_after_s=1)
        if len(self._left) >= self.MAX_ADDRESSES:
            self._left.clear()
        self._left[address] = (left - 1, now)


async def body_of(request: Request) -> bytes:
    """The raw body. Raises HttpProblem 413 when it is too large, 408 when it is too slow."""
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > MAX_BODY_BYTES:
        raise HttpProblem(413, "The request is too large.")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            async for part in request.stream():
                body += part
                if len(body) > MAX_BODY_BYTES:
                    raise HttpProblem(413, "The request is too large.")
    except TimeoutError:
        raise HttpProblem(408, "The request did not arrive in time.") from None
    return bytes(body)


def is_json(request: Request) -> bool:
    """Whether the body is said to be JSON: another site's page cannot say so without asking first."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower() == "application/json"


def read_as(model: type[M], body: bytes) -> M:
    """The body as `model`. Raises HttpProblem 422."""
    try:
        return read(model, body)
    except ContractError as error:
        raise HttpProblem(422, str(error), reason="body") from error


class SafeHeaders:
    """Puts the headers on every answer that keep a browser from doing what the page did not ask for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, with the headers added."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    *((name.encode(), value.encode()) for name, value in HEADERS.items()),
                ]
            await send(message)

        await self._app(scope, receive, send_safely)
