"""A shop that speaks the event contract over HTTP: the embedded one, or anybody's. The only place with an HTTP client.

Loop thread. Never raises for what the far side does; redirects are not followed, bodies are bounded.
"""

import asyncio
import email.utils
import ipaddress
import json
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx
from httpx_sse import SSEError, aconnect_sse

from console.commerce.shops.port import Answer, ShopTrouble, StreamedOrder, Verdict
from console.contract import codes, orders, problem, signing
from console.contract.errors import ContractError, SignatureError
from console.contract.orders import DropStatus
from console.core.clock import Clock
from console.core.errors import UserError
from console.core.ids import new_id

log = logging.getLogger(__name__)

LONGEST_BODY: Final = 256 * 1024  # bytes; a drop's state is some 150
SKEW_WORTH_SAYING_S: Final = 60.0
STREAM_SILENCE_S: Final = 30.0  # the stream is opened anew after it; resuming loses nothing
AGAIN: Final = frozenset({408, 409, 425, 429})
LONGEST_RETRY_AFTER_S: Final = 10.0

GetSecret = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class _Reply:
    """What came back, wholly read."""

    code: int
    headers: Mapping[str, str]
    body: bytes = b""


class EventsShop:
    """One shop behind one address; `secret` is asked for when it is needed and again after a refused signature."""

    def __init__(
        self,
        url: str,
        *,
        secret: GetSecret,
        clock: Clock,
        public_url: str = "",
        kind: str = "events",
        timeout_s: float = 5.0,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self.kind = kind
        self.url = url.rstrip("/")
        self.public_url = public_url or self.url
        self.timeout_s = timeout_s
        self._get_secret = secret
        self._secret: str | None = None
        self._clock = clock
        self._trusted = trusted
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()

    async def post(self, event_id: str, body: bytes) -> Answer:
        """Deliver one event, signed for this try; 2xx counts only with the drop's state in it."""
        try:
            headers = await self._signed(event_id, body)
            reply = await self._request("POST", "/v1/events", headers, body)
        except ShopTrouble as trouble:
            verdict = Verdict.HELD if trouble.is_held else Verdict.AGAIN
            uncertain = isinstance(trouble, _MayHaveLanded)
            return Answer(verdict, why=trouble.why, fix=trouble.fix, is_uncertain=uncertain)
        return self._judge(reply, body)

    async def ask(self, drop_id: str) -> DropStatus | None:
        """The shop's state of a drop; None when it answers 404. Raises ShopTrouble."""
        headers = await self._signed(new_id(), b"")
        reply = await self._request("GET", f"/v1/drops/{drop_id}", headers)
        if reply.code == 404:
            return None
        if reply.code != 200:
            raise self._trouble(reply)
        try:
            status = orders.status_from_json(reply.body)
        except ContractError as error:
            raise _garbage(error) from error
        if status.id != drop_id:
            raise _garbage(ContractError([f"it speaks of {status.id}"]))
        return status

    async def ask_checkout(self) -> bool | None:
        """Whether buyers may pay, where the shop has /v1/checkout as ours does (the contract does not ask for it)."""
        headers = await self._signed(new_id(), b"")
        reply = await self._request("GET", "/v1/checkout", headers)
        if reply.code >= 500 or reply.code in {401, 403}:
            raise self._trouble(reply)
        try:
            checkout = orders.checkout_from_json(reply.body).checkout if reply.code == 200 else None
        except ContractError:
            return None
        return None if checkout is None else checkout == "open"

    async def orders(self, mark: str) -> AsyncIterator[StreamedOrder]:
        """One connection's orders behind `mark`. Raises ShopTrouble when it ends, whatever ended it."""
        headers = await self._signed(new_id(), b"")
        headers.pop("Content-Type")
        if mark:
            headers["Last-Event-ID"] = mark
        client = await self._open()
        timeout = httpx.Timeout(self.timeout_s, read=STREAM_SILENCE_S)
        try:
            async with aconnect_sse(client, "GET", f"{self.url}/v1/orders", headers=headers, timeout=timeout) as source:
                if source.response.status_code != 200:
                    raise self._trouble(_Reply(source.response.status_code, source.response.headers))
                yield StreamedOrder(mark, None)
                async for sent in source.aiter_sse():
                    if sent.data:  # a comment behind an id is told as an empty event
                        yield StreamedOrder(sent.id, _order(sent.data))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, SSEError, ValueError) as error:
            raise _line(error, self.url) from error
        raise ShopTrouble("The shop ended the orders stream.", fix="It is opened again by itself.")

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _open(self) -> httpx.AsyncClient:
        async with self._opening:
            if self._client is None:
                verify: ssl.SSLContext | bool = False  # plain http: nothing to verify, and no 50 ms for certificates
                if self.url.startswith("https:"):
                    verify = self._trusted if self._trusted else await asyncio.to_thread(ssl.create_default_context)
                self._client = await asyncio.to_thread(  # reads certificates even where none is verified
                    httpx.AsyncClient,
                    verify=verify,
                    follow_redirects=False,
                    trust_env=not _is_loopback(self.url),
                    limits=httpx.Limits(max_connections=50, keepalive_expiry=60),
                )
        return self._client

    async def tickets(self, drop_id: str, count: int) -> tuple[str, ...]:
        """So many tickets of a drop, made from our key. Raises ShopTrouble without one."""
        return codes.tickets(await self._key(), drop_id, count)

    async def _key(self) -> str:
        if self._secret is None:
            try:
                self._secret = await self._get_secret()
            except UserError as error:  # the keyring is locked, or there is none
                raise ShopTrouble(error.what, fix=error.fix, is_held=True) from error
        if not self._secret:
            raise ShopTrouble(
                "There is no key for the shop.",
                fix="Put the shop's whsec_ key into the keyring, or into the environment.",
                is_held=True,
            )
        return self._secret

    async def _signed(self, id: str, body: bytes) -> dict[str, str]:
        key = await self._key()
        try:
            return signing.sign(key, id, body, self._clock.now())
        except SignatureError as error:
            self._secret = None
            raise ShopTrouble(
                "The key for the shop is not a whsec_ key.", fix="Copy it again from the shop.", is_held=True
            ) from error

    async def _request(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> _Reply:
        client = await self._open()
        try:
            async with asyncio.timeout(self.timeout_s):
                request = client.build_request(
                    method, self.url + path, headers=headers, content=body or None, timeout=self.timeout_s
                )
                response = await client.send(request, stream=True)
                try:
                    return _Reply(response.status_code, response.headers, await _read_bounded(response))
                finally:
                    await response.aclose()
        except TimeoutError as error:
            raise _MayHaveLanded(
                f"The shop did not answer within {self.timeout_s:g} s.", fix="It is tried again by itself."
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
            raise _line(error, self.url) from error

    def _judge(self, reply: _Reply, sent: bytes) -> Answer:
        code = reply.code
        if 200 <= code < 300:
            return _accepted(reply, sent)
        trouble = self._trouble(reply)
        if code in {401, 403} or 300 <= code < 400:
            return Answer(Verdict.HELD, code=code, why=trouble.why, fix=trouble.fix)
        if code in AGAIN or code >= 500 or code < 200:
            after_s = _retry_after(reply)
            return Answer(
                Verdict.AGAIN,
                code=code,
                why=trouble.why,
                fix=trouble.fix,
                is_uncertain=code >= 500 or code == 409,  # in flight, or done before: ask first
                retry_after_s=after_s,
            )
        return Answer(Verdict.REFUSED, code=code, why=trouble.why, fix=trouble.fix)

    def _trouble(self, reply: _Reply) -> ShopTrouble:
        code = reply.code
        if code in {401, 403}:
            self._secret = None
            return self._not_trusted(reply)
        if 300 <= code < 400:
            where = reply.headers.get("location", "another address")[:200]
            return ShopTrouble(
                f"The shop sends us on to {where}, and events are not sent on.",
                fix="Write the shop's real address into the show file.",
                is_held=True,
            )
        said = _said(reply)
        if code in AGAIN or code >= 500:
            return ShopTrouble(f"The shop answers {code}{said}.", fix="It is tried again by itself.")
        return ShopTrouble(f"The shop refused it: {code}{said}.", fix="Look at the drop and at the shop.")

    def _not_trusted(self, reply: _Reply) -> ShopTrouble:
        off_s = _clock_off_s(reply, self._clock)
        if off_s is not None and abs(off_s) > SKEW_WORTH_SAYING_S:
            side = "ahead of" if off_s > 0 else "behind"
            return ShopTrouble(
                "The shop does not accept our signature: "
                f"this machine's clock is {abs(off_s):.0f} s {side} the shop's.",
                fix="Set the clock of this machine; then it goes on by itself.",
                is_held=True,
            )
        return ShopTrouble(
            f"The shop does not accept our signature ({reply.code}).",
            fix="Put the shop's present key into the keyring; then it goes on by itself.",
            is_held=True,
        )


class _MayHaveLanded(ShopTrouble):
    """The request left, its answer did not come."""


async def _read_bounded(response: httpx.Response) -> bytes:
    """The whole body. Raises ShopTrouble when it is longer than any answer of the contract."""
    got = bytearray()
    async for chunk in response.aiter_bytes():
        got += chunk
        if len(got) > LONGEST_BODY:
            raise _MayHaveLanded("The shop answers with far too much.", fix="Check the shop's address.")
    return bytes(got)


def _accepted(reply: _Reply, sent: bytes) -> Answer:
    """A 2xx as an answer. About a drop it is proof only with the state of that very drop in it."""
    subject = json.loads(sent).get("subject", "")
    if not subject.startswith("drops/"):
        return Answer(Verdict.ACCEPTED, code=reply.code)
    try:
        status = orders.status_from_json(reply.body)
        if f"drops/{status.id}" != subject:
            raise ContractError([f"it speaks of {status.id}"])
    except ContractError as error:
        trouble = _garbage(error)
        return Answer(Verdict.AGAIN, code=reply.code, why=trouble.why, fix=trouble.fix, is_uncertain=True)
    return Answer(Verdict.ACCEPTED, status=status, code=reply.code)


def _garbage(error: ContractError) -> ShopTrouble:
    log.info("the shop's answer is not of the contract: %s", error)
    return ShopTrouble(
        "The shop answers with something that is not a drop's state.",
        fix="Check the shop's address; it is tried again by itself.",
    )


def _order(data: str) -> orders.Order | None:
    try:
        return orders.order_from_json(data)
    except ContractError as error:
        log.info("an order on the stream is not of the contract: %s", error)
        return None


def _said(reply: _Reply) -> str:
    """The shop's own words, short, if it has any."""
    try:
        told = problem.from_json(reply.body)
    except ContractError:
        return ""
    words = (told.detail or told.title).strip().rstrip(".")
    return f", {words[:200]}" if words else ""


def _retry_after(reply: _Reply) -> float | None:
    value = reply.headers.get("retry-after", "")
    return min(float(value), LONGEST_RETRY_AFTER_S) if value.isascii() and value.isdigit() else None


def _clock_off_s(reply: _Reply, clock: Clock) -> float | None:
    """How far our clock is ahead of the answer's Date, in seconds; None when there is none."""
    try:
        date = email.utils.parsedate_to_datetime(reply.headers["date"])
        return (clock.now() - date).total_seconds()
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _line(error: Exception, url: str) -> ShopTrouble:
    """What a failed connection means, in plain words."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ShopTrouble(
                f"The shop's certificate is not valid: {cause.verify_message}.",
                fix="Have the shop's certificate mended; nothing is sent until then.",
                is_held=True,
            )
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | ValueError):
        # ValueError: the standard library's word for a broken IPv6 address
        return ShopTrouble(f"{url} is not an address.", fix="Mend the shop's address in the show file.", is_held=True)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return ShopTrouble(f"The shop at {url} cannot be reached.", fix="Check that it runs, and the network.")
    return _MayHaveLanded("The line to the shop broke.", fix="It is tried again by itself.")


def _is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        if host == "localhost":
            return True
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name, or no address at all
        return False
