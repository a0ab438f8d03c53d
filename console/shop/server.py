"""The shop over HTTP: signed events in, orders in and out, what is on sale to everybody.

Loop thread only; the store's work is the till's. Answers are JSON or problem documents (RFC 9457).
Plain Starlette: importing FastAPI would double the time that a killed shop is away.
"""

import hashlib
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from console.contract import events, signing
from console.contract.errors import ContractError, SignatureError
from console.core.clock import rfc3339
from console.shop.buying import buyer_of, give_back, own_orders, take_order
from console.shop.counter import Counter
from console.shop.counter_door import Door, new_pin
from console.shop.goods import Drop, Refused
from console.shop.openapi import document
from console.shop.paying import Paying
from console.shop.rules import Verdict
from console.shop.streams import Streams, is_set
from console.shop.till import Till
from console.shop.views import view, wire_order
from console.shop.web import HEADERS, Caller, HttpProblem, Limit, SafeHeaders, body_of, caller, is_loopback, route

log = logging.getLogger(__name__)

WRONG_SAID: Final = 20  # of what is wrong with the books: the console reads no endless answer


@dataclass(slots=True)
class Shop:
    """What the routes share."""

    till: Till
    secret: str = field(repr=False)
    public_url: str
    health: dict[str, Any] = field(default_factory=dict)
    paying: Paying = field(default_factory=Paying)
    looks: Limit = field(default_factory=lambda: Limit(per_s=50, burst=200))
    buys: Limit = field(default_factory=lambda: Limit(per_s=10, burst=40))
    streams: Streams = field(init=False)

    def __post_init__(self) -> None:
        self.streams = Streams(self.till)

    @property
    def is_local(self) -> bool:
        """Whether buyers come from this machine alone. Otherwise a tunnel may make anybody look so."""
        return is_loopback(urlsplit(self.public_url).hostname or "")

    def look(self, request: Request) -> Caller:
        """Who calls, counted. Raises HttpProblem 429."""
        who = caller(request)
        self.looks.take(who.address)
        return who


def make_app(shop: Shop) -> Starlette:
    """The whole HTTP side of `shop`; the buyer's pages are added by console.shop.pages."""
    app = Starlette()
    app.router.redirect_slashes = False  # it would send people to wherever Host says
    app.state.shop = shop
    app.add_middleware(SafeHeaders)
    app.add_exception_handler(HttpProblem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(sqlite3.Error, _on_store_trouble)
    app.add_exception_handler(Exception, _on_bug)
    _add_console_routes(app, shop)
    _add_buyer_routes(app, shop)
    return app


def _add_console_routes(app: Starlette, shop: Shop) -> None:
    @route(app, "/v1/events", method="POST")
    async def take_event(request: Request) -> Response:
        return await _take_event(shop, request)

    @route(app, "/v1/orders")
    async def stream_orders(request: Request) -> Response:
        who = shop.look(request)
        if not (who.is_here and shop.is_local):
            _verify(shop, request, b"")
        last = request.headers.get("last-event-id", "0")
        seq = int(last) if last.isascii() and last.isdigit() and len(last) < 16 else 0
        return shop.streams.answer(who, _orders(shop, seq))

    @route(app, "/v1/paid/{way}", method="POST")
    async def hear_of_money(request: Request) -> Response:
        return await _hear_of_money(shop, request)

    @route(app, "/v1/health")
    async def health(request: Request) -> Response:
        who = shop.look(request)
        inside = {**shop.health, "is_selling": shop.till.is_selling, "books": _books(shop.till)}
        inside["counter"] = _counted(shop.till.counter)
        return _json({"ok": True, **(inside if who.is_here else {})})


def _add_buyer_routes(app: Starlette, shop: Shop) -> None:
    @route(app, "/v1/drops")
    async def list_drops(request: Request) -> Response:
        shop.look(request)
        return _json({"drops": [view(shop.till, d) for i in shop.till.drops if (d := shop.till.drop(i))]})

    @route(app, "/v1/stream")
    async def stream_all(request: Request) -> Response:
        return shop.streams.answer(shop.look(request), shop.streams.of_all())

    @route(app, "/v1/checkout")
    async def checkout(request: Request) -> Response:
        shop.look(request)
        return _json({"checkout": "open" if shop.till.is_checkout_open else "closed"})

    @route(app, "/v1/drops/{id}")
    async def one_drop(request: Request) -> Response:
        shop.look(request)
        return _json(view(shop.till, _known(shop, request.path_params["id"])))

    @route(app, "/v1/drops/{id}/stream")
    async def stream_drop(request: Request) -> Response:
        who = shop.look(request)
        drop = _known(shop, request.path_params["id"])
        return shop.streams.answer(who, shop.streams.of_drop(drop.id, buyer_of(request)))

    @route(app, "/openapi.json")
    async def openapi(request: Request) -> Response:
        shop.look(request)
        return _json(document())

    @route(app, "/v1/drops/{id}/orders", method="POST")
    async def order(request: Request) -> Response:
        shop.buys.take(caller(request).address)
        return await take_order(shop.till, shop.paying, shop.public_url, request.path_params["id"], request)

    @route(app, "/v1/drops/{id}/mine")
    async def mine(request: Request) -> Response:
        shop.look(request)
        return _json(await own_orders(shop.till, shop.paying, request.path_params["id"], buyer_of(request)))

    @route(app, "/v1/mine/{order}", method="DELETE")
    async def take_back(request: Request) -> Response:
        shop.buys.take(caller(request).address)
        return _json(await give_back(shop.till, request.path_params["order"], buyer_of(request)))


def _books(till: Till) -> dict[str, object]:
    at = None if till.counted_at is None else rfc3339(till.counted_at)
    return {**asdict(till.books), "wrong": till.books.wrong[:WRONG_SAID], "at": at}


def add_pin_change(app: Starlette, shop: Shop, door: Door, tell: Callable[[str], Awaitable[None]]) -> None:
    """Let the console change the counter's PIN; `tell` keeps it. The answer does not hold it: `shop.json` does."""

    @route(app, "/v1/counter/pin", method="POST")
    async def change(request: Request) -> Response:
        if not shop.look(request).is_here:
            raise HttpProblem(403, "The PIN is changed on the shop's own machine alone.")
        _verify(shop, request, await body_of(request))
        pin = new_pin()
        try:
            await tell(pin)
        except OSError as error:
            raise HttpProblem(503, "The new PIN could not be kept.", fix="Free space on the shop's disk.") from error
        door.change(pin)
        log.info("the counter has a new PIN")
        return _json({"ok": True})


async def _take_event(shop: Shop, request: Request) -> Response:
    shop.look(request)
    body = await body_of(request)
    signed_id = _verify(shop, request, body)
    try:
        event = events.from_json(body)
    except ContractError as error:
        raise HttpProblem(400, str(error), fix="Send the event as the contract says.") from error
    if event.id != signed_id:
        raise HttpProblem(400, "The event's id is not the one that was signed.")
    answer = await shop.till.apply(event, hashlib.sha256(body).hexdigest())
    log.info("event %s %s: %s %s", event.type, event.drop or "", answer.verdict, answer.why)
    match answer.verdict:
        case Verdict.ACCEPTED:
            return Response(answer.status, media_type="application/json")
        case Verdict.LATER:
            raise HttpProblem(409, answer.why, fix="Try again.", reason="later", retry_after_s=1)
        case Verdict.GONE:
            raise HttpProblem(410, answer.why, fix="Ask for the drop's state.", reason="gone")


async def _hear_of_money(shop: Shop, request: Request) -> Response:
    """A provider says who has paid. It is thanked also for what cannot be: else it would say so again for days."""
    shop.look(request)
    way = shop.paying.provider(request.path_params["way"])
    if way is None:
        raise HttpProblem(404, "Nobody reports payments here.")
    try:
        ids = await way.paid(request.headers, await body_of(request))
    except SignatureError as error:
        raise HttpProblem(401, str(error), fix="Compare the key of both sides.") from error
    for id in ids:
        order = await shop.till.pay(id, way.name)
        if isinstance(order, Refused) or order.paid_by != way.name:
            why = order.reason if isinstance(order, Refused) else f"paid by {order.paid_by} before"
            log.warning("%s has money for order %s, which is not to pay (%s): give it back", way.name, id, why)
    return _json({"ok": True})


def _verify(shop: Shop, request: Request, body: bytes) -> str:
    try:
        return signing.verify(shop.secret, request.headers, body, shop.till.now())
    except SignatureError as error:
        raise HttpProblem(401, str(error), fix="Compare the key and the clocks of both sides.") from error


def _counted(counter: Counter) -> dict[str, int | bool]:
    """The counter in figures, for the console."""
    pieces = {name: sum(getattr(one, name) for one in counter.goods) for name in ("stock", "sold", "left")}
    return {"is_open": counter.is_open, **pieces}


def _known(shop: Shop, id: str) -> Drop:
    drop = shop.till.drop(id)
    if drop is None:
        raise HttpProblem(404, "There is no such drop, or it is not armed yet.", reason="draft")
    return drop


async def _orders(shop: Shop, seq: int) -> AsyncIterator[str]:
    """What became of orders after `seq`, then each new one and each change as it is made."""
    while not shop.streams.is_ending:
        change = shop.till.next_change()
        batch = await shop.till.orders_after(seq)
        for logged in batch:
            seq = logged.seq
            yield f"id: {seq}\nevent: order\ndata: {wire_order(logged.order).model_dump_json()}\n\n"
        if not batch and not await is_set(change):
            yield ": still here\n\n"


def _json(content: object, status: int = 200) -> Response:
    return JSONResponse(content, status, {"cache-control": "no-store"})


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HttpProblem)
    return error.response()


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    what = {404: "There is nothing here.", 405: "This cannot be done here."}.get(error.status_code, error.detail)
    response = HttpProblem(error.status_code, what).response()
    response.headers.update(error.headers or {})  # what is allowed, with a 405
    return response


async def _on_store_trouble(request: Request, error: Exception) -> Response:
    log.error("the shop's store: %s", error)
    return HttpProblem(
        503, "The shop cannot write down orders right now.", fix="Free space on its disk.", retry_after_s=2
    ).response()


async def _on_bug(request: Request, error: Exception) -> Response:
    """A bug of ours: the server logs it with its traceback, the caller is told as always."""
    response = HttpProblem(500, "The shop has a fault of its own.", fix="Try again.").response()
    response.headers.update(HEADERS)  # this answer is made outside of the app
    return response
