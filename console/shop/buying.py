"""Buying over HTTP: what a buyer sends, who the buyer is, and the words for an order that is not taken. Loop thread."""

import asyncio
import hashlib
import re
import secrets
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from console.contract import signing
from console.contract.codes import digest_of
from console.contract.model import Answer
from console.shop.goods import Reason, Refused, Wish
from console.shop.line import InLine, LineFull
from console.shop.paying import Paying
from console.shop.till import Till
from console.shop.views import order_view
from console.shop.web import HttpProblem, body_of, is_https, is_json, read_as

COOKIE: Final = "buyer"
SOURCE: Final = r"^[A-Za-z0-9_-]{1,32}$"  # cart.js knows it too


class OrderBody(Answer):
    """What a buyer sends. The amount is never theirs to say: what else they send is passed over."""

    quantity: int = Field(ge=1, le=1_000_000)
    buyer: str | None = Field(None, pattern=r"^[A-Za-z0-9._:-]{1,64}$")
    source: str = Field("livestream", pattern=SOURCE)
    expect_price_minor: int | None = Field(None, ge=0, le=10**15)
    sku: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    code: str | None = Field(None, min_length=1, max_length=64)
    waits: bool = False
    viewed_s_ago: float | None = Field(None, ge=0, le=86_400)


async def take_order(till: Till, paying: Paying, public_url: str, id: str, request: Request) -> Response:
    """The order that `request` asks for, taken. Raises HttpProblem with why not."""
    if not is_json(request):
        raise HttpProblem(415, "An order is sent as application/json.")
    key = signing.parse_idempotency_key(request.headers.get("idempotency-key", ""))
    if key is None:
        raise HttpProblem(400, "The order has no Idempotency-Key.", fix="Send one, the same on every try of one order.")
    body = read_as(OrderBody, await body_of(request))
    if not id.isascii() or len(id) > 63:
        raise HttpProblem(404, "There is no such drop.")
    token = token_of(request) or secrets.token_urlsafe(18)
    wish = Wish(
        drop=id,
        key=key,
        fingerprint=hashlib.sha256(body.model_dump_json(exclude={"viewed_s_ago"}).encode()).hexdigest(),
        buyer=f"named:{body.buyer}" if body.buyer else f"cookie:{token}",
        quantity=body.quantity,
        source=body.source,
        expected_price_minor=body.expect_price_minor,
        sku=body.sku,
        code=None if body.code is None else digest_of(body.code),
        waits=body.waits,
        viewed_at=_before(till.now(), body.viewed_s_ago),
    )
    try:
        answer = await till.order(wish)
    except LineFull:
        raise HttpProblem(
            503, "Too many want to buy at this moment.", fix="Try again: it is the same order.", retry_after_s=5
        ) from None
    if isinstance(answer, Refused):
        raise _refusal(answer, had_code=wish.code is not None)
    response = _in_line(answer) if isinstance(answer, InLine) else _taken(await order_view(till, answer, paying))
    set_buyer(response, token, public_url, request)
    return response


def _taken(order: dict[str, Any]) -> Response:
    return JSONResponse(order, 201, {"cache-control": "no-store"})


def _in_line(place: InLine) -> Response:
    """Not yet: the order keeps its place, and whoever asks again with its key finds it, or the answer."""
    headers = {"cache-control": "no-store", "retry-after": str(place.ask_again_s)}
    return JSONResponse({"line": asdict(place)}, 202, headers)


def _before(now: datetime, ago_s: float | None) -> datetime | None:
    return None if ago_s is None else now - timedelta(seconds=ago_s)


async def own_orders(till: Till, paying: Paying, id: str, buyer: str | None) -> dict[str, Any]:
    """The orders of one drop that are the buyer's own, oldest first, and which change of theirs was the newest."""
    if buyer is None:
        return {"orders": [], "changed": 0}
    changed = till.news_of(buyer).changed  # before it is asked: what comes meanwhile is told again
    mine = [order for order in await till.orders_of(buyer) if order.drop == id]
    seen = await asyncio.gather(*(order_view(till, order, paying) for order in mine))
    return {"orders": seen, "changed": changed}


async def give_back(till: Till, id: str, buyer: str | None) -> dict[str, Any]:
    """The buyer's own order, void. Raises HttpProblem: what is not theirs is as if it did not exist."""
    order = await till.order_of(id=id)
    if buyer is None or order is None or order.buyer != buyer:
        raise HttpProblem(404, "There is no such order of yours.")
    given = await till.give_back(id, buyer)
    if isinstance(given, Refused):
        raise HttpProblem(409, "This order stands: it can only be given back at the counter.", reason=given.reason)
    return await order_view(till, given)


def _refusal(refused: Refused, *, had_code: bool) -> HttpProblem:
    """The words for a refused order, and its status."""
    no_entry = "This code is not good for this sale." if had_code else "This sale is for those who have a code."
    limit = refused.limit
    words = {
        Reason.NOT_OPEN: "The sale has not started yet.",
        Reason.CLOSED: "The sale is closed.",
        Reason.SOLD_OUT: f"Only {refused.left} left." if refused.left else "Sold out: every piece is gone.",
        Reason.LIMIT: f"At most {limit} {'piece' if limit == 1 else 'pieces'} for each buyer.",
        Reason.PRICE: "The price has changed.",
        Reason.VARIANT: "Choose one of its kinds first.",
        Reason.ACCESS: f"{no_entry} Type yours in as it was given to you.",
        Reason.CODE_USED: "This code was used already: it is good for one order.",
        Reason.MOVED: "This order is not open any more.",
        Reason.KEY_REUSED: "This Idempotency-Key was used for another order.",
    }
    status = 422 if refused.reason is Reason.KEY_REUSED else 409
    return HttpProblem(status, words[refused.reason], reason=refused.reason)


def set_buyer(response: Response, token: str, public_url: str, request: Request) -> None:
    """Let the browser keep who it is, for the limit per buyer and to find its orders again."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=30 * 86_400,
        httponly=True,
        samesite="lax",
        secure=is_https(request, public_url),
    )


def token_of(request: Request) -> str | None:
    """The buyer's token in the request's cookie, when it is one of ours in form."""
    cookie = request.cookies.get(COOKIE, "")
    return cookie if _is_token(cookie) else None


def buyer_of(request: Request) -> str | None:
    """Whose orders a request may see: those of the browser that it comes from."""
    token = token_of(request)
    return token and f"cookie:{token}"


def is_source(text: str) -> bool:
    """Whether a link's tag can be the source of an order."""
    return re.fullmatch(SOURCE.strip("^$"), text) is not None


def _is_token(text: str) -> bool:
    return len(text) == 24 and text.isascii() and text.replace("-", "a").replace("_", "a").isalnum()
