"""The counter over HTTP: its page, its presses, the pick list. Loop thread; who is in, console.shop.counter_door says.

Every press comes with a key of its own: over a line that breaks it is sent again, and done once.
"""

import hashlib
import json
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from console.contract import signing
from console.contract.model import Answer, DropId, OrderId, Sku
from console.shop import picking
from console.shop.counter import CounterSale, Deed, Press
from console.shop.counter_door import COOKIE, Door, let_in, same_site
from console.shop.counter_views import counter_view, day_of, order_row, takings_view, why_not
from console.shop.goods import Order, Refused
from console.shop.server import Shop
from console.shop.templates import HERE, templates
from console.shop.web import HttpProblem, body_of, read_as, route

FILES: Final = {"counter.css": "text/css", "counter.js": "text/javascript"}
SHOWN: Final = 200  # orders; an older one is found by its number
NO_STORE: Final = {"cache-control": "no-store"}
Way = Literal["cash", "card"]


class PinBody(Answer):
    """What is typed at the door."""

    pin: str = Field(max_length=20)


class PressBody(Answer):
    """What was pressed on an order."""

    deed: Deed = Field(strict=False)
    order: OrderId
    by: Way | None = None
    returns: bool | None = None


class SaleBody(Answer):
    """What is sold from the counter. The amount is never the page's to say: the price that it saw must be the one."""

    deed: Literal["sell"]
    drop: DropId
    sku: Sku
    quantity: int = Field(ge=1, le=999)
    by: Way
    expect_price_minor: int = Field(ge=0, le=10**15)


def add(app: Starlette, shop: Shop, door: Door) -> None:
    """Add `/counter` and what it needs to `app`."""
    environment = templates()
    files = {name: (HERE / name).read_bytes() for name in FILES}
    style = (HERE / "receipt.css").read_bytes()  # the pick list's
    version = hashlib.sha256(b"".join((*files.values(), style))).hexdigest()[:12]

    @route(app, "/counter")
    async def page(request: Request) -> Response:
        shop.look(request)
        return HTMLResponse(environment.get_template("counter.html").render(version=version), headers=NO_STORE)

    @route(app, "/counter/files/{name}")
    async def file(request: Request) -> Response:
        shop.look(request)
        name = request.path_params["name"]
        if name not in files:
            raise HttpProblem(404, "There is nothing here.")
        return Response(files[name], media_type=FILES[name], headers={"cache-control": "public, max-age=31536000"})

    @route(app, "/counter/picklist")
    async def picklist(request: Request) -> Response:
        _inside(shop, door, request)
        piles = picking.piles(await shop.till.read(lambda store: store.all_orders()))
        values = {"piles": piles, "to_pay": picking.to_pay, "at": shop.till.now().astimezone(), "version": version}
        return HTMLResponse(environment.get_template("picklist.html").render(values), headers=NO_STORE)

    _add_session(app, shop, door)
    _add_presses(app, shop, door)
    _add_tables(app, shop, door)


def _add_session(app: Starlette, shop: Shop, door: Door) -> None:
    @route(app, "/counter/session", method="POST")
    async def enter(request: Request) -> Response:
        shop.look(request)
        same_site(request)
        cookie = door.enter(read_as(PinBody, await body_of(request)).pin.strip(), request)
        response = JSONResponse({"ok": True}, headers=NO_STORE)
        let_in(response, cookie, shop.public_url, request)
        return response

    @route(app, "/counter/session/end", method="POST")
    async def leave(request: Request) -> Response:
        shop.look(request)
        same_site(request)
        response = JSONResponse({"ok": True}, headers=NO_STORE)
        response.delete_cookie(COOKIE, path="/counter", httponly=True, samesite="strict")
        return response


def _add_presses(app: Starlette, shop: Shop, door: Door) -> None:
    @route(app, "/counter/state")
    async def state(request: Request) -> Response:
        _inside(shop, door, request)
        said = await _state(shop, shop.till.now())
        tag = f'"{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:20]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={**NO_STORE, "etag": tag})
        return JSONResponse(said, headers={**NO_STORE, "etag": tag})

    @route(app, "/counter/orders/{pickup}")
    async def find(request: Request) -> Response:
        _inside(shop, door, request)
        pickup = request.path_params["pickup"]
        order = await shop.till.order_of(pickup=pickup) if pickup.isascii() and pickup.isdigit() else None
        if order is None:
            raise HttpProblem(404, f"No order has the number {pickup[:20]}.", fix="Ask for it once more.")
        return JSONResponse({"order": order_row(order, shop.till.now())}, headers=NO_STORE)

    @route(app, "/counter/press", method="POST")
    async def press(request: Request) -> Response:
        _inside(shop, door, request)
        same_site(request)
        pressed = _press(_key(request), await body_of(request))
        answer = await shop.till.press(pressed)
        if isinstance(answer, Refused):
            order = await shop.till.order_of(id=pressed.order) if isinstance(pressed, Press) else None
            what, fix = why_not(answer, order)
            raise HttpProblem(409, what, fix=fix, reason=answer.reason)
        return JSONResponse({"order": order_row(answer, shop.till.now())}, headers=NO_STORE)


def _add_tables(app: Starlette, shop: Shop, door: Door) -> None:
    async def orders(request: Request) -> list[Order]:
        _inside(shop, door, request)
        return list(await shop.till.read(lambda store: store.all_orders()))

    @route(app, "/counter/picklist.csv")
    async def picklist(request: Request) -> Response:
        return _download(picking.pick_csv(await orders(request)), "picklist.csv", "text/csv; charset=utf-8")

    @route(app, "/counter/orders.csv")
    async def as_csv(request: Request) -> Response:
        return _download(picking.orders_csv(await orders(request)), "orders.csv", "text/csv; charset=utf-8")

    @route(app, "/counter/orders.json")
    async def as_json(request: Request) -> Response:
        text = json.dumps({"orders": picking.orders_list(await orders(request))}, ensure_ascii=False, indent=1)
        return _download(text, "orders.json", "application/json")


async def _state(shop: Shop, now: datetime) -> dict[str, Any]:
    day = day_of(now)
    waiting, takings = await shop.till.read(lambda store: (store.to_collect(limit=SHOWN), store.takings(day)))
    return {
        "counter": counter_view(shop.till.counter),
        "orders": [order_row(order, now) for order in waiting],
        "is_more": len(waiting) == SHOWN,
        "takings": takings_view(takings),
        "since": f"{day:%H:%M}",
    }


def _inside(shop: Shop, door: Door, request: Request) -> None:
    shop.look(request)
    door.check(request)


def _press(key: str, body: bytes) -> Press | CounterSale:
    """What was pressed. Raises HttpProblem 422."""
    fingerprint = hashlib.sha256(body).hexdigest()
    try:
        is_sale = json.loads(body).get("deed") == "sell"
    except (ValueError, AttributeError) as error:
        raise HttpProblem(422, "The press cannot be read.", reason="body") from error
    if is_sale:
        sale = read_as(SaleBody, body)
        return CounterSale(
            key, fingerprint, sale.drop, sale.sku, sale.quantity, sale.by, expected_price_minor=sale.expect_price_minor
        )
    said = read_as(PressBody, body)
    if said.deed is Deed.PAY and said.by is None:
        raise HttpProblem(422, "Say how it was paid: cash or card.", reason="body")
    if said.deed is Deed.REFUND and said.returns is None:
        raise HttpProblem(422, "Say whether the piece came back.", reason="body")
    return Press(key, fingerprint, said.deed, said.order, by=said.by or "", returns=bool(said.returns))


def _key(request: Request) -> str:
    key = signing.parse_idempotency_key(request.headers.get("idempotency-key", ""))
    if key is None:
        raise HttpProblem(400, "The press has no Idempotency-Key.", fix="Send one, the same on every try of one press.")
    return key


def _download(text: str, name: str, media_type: str) -> Response:
    headers = {**NO_STORE, "content-disposition": f'attachment; filename="{name}"'}
    return Response(text.encode("utf-8", "replace"), media_type=media_type, headers=headers)
