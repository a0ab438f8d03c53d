"""The buyer's pages: HTML that works on a phone, made from templates in resources/shop. Loop thread only.

Everything that came from outside is escaped by the templates; scripts and styles are files (the CSP allows no others).
"""

import gzip
import hashlib
import secrets
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from console.contract.orders import OrderState, ShopState
from console.shop.buying import buyer_of, is_source, own_orders, set_buyer, token_of
from console.shop.goods import Drop
from console.shop.server import Shop
from console.shop.templates import HERE, templates
from console.shop.views import listed, order_view, view
from console.shop.web import route

FILES: Final = {
    "shop.css": "text/css",
    "cart.js": "text/javascript",
    "tickets.js": "text/javascript",
    "receipt.css": "text/css",
    "shop.js": "text/javascript",
    "list.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
WORDS: Final = {
    ShopState.DRAFT: "Not on sale",
    ShopState.ARMED: "Opens soon",
    ShopState.COUNTDOWN: "Opens in a moment",
    ShopState.OPEN: "On sale now",
    ShopState.SOLD_OUT: "Sold out",
    ShopState.CLOSED: "The sale is over",
}

ORDER_WORDS: Final = {
    OrderState.WAITING: "Waiting for a piece",
    OrderState.HELD: "Reserved: pay in time",
    OrderState.CONFIRMED: "Yours: pay when you collect",
    OrderState.PAID: "Paid",
    OrderState.VOID: "Taken back",
    OrderState.EXPIRED: "Over: nothing to pay",
    OrderState.REFUNDED: "Money given back",
}


def add(app: Starlette, shop: Shop) -> None:
    """Add `/`, `/d/{id}` and their files to `app`."""
    environment = templates()
    files = {name: (HERE / name).read_bytes() for name in FILES}
    packed = {name: gzip.compress(file, mtime=0) for name, file in files.items()}
    version = hashlib.sha256(b"".join(files.values())).hexdigest()[:12]

    def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
        html = environment.get_template(template).render(version=version, words=WORDS, **values)
        return HTMLResponse(html, status, {"cache-control": "no-store"})

    async def drop_page(request: Request, drop: Drop) -> Response:
        mine = await own_orders(shop.till, shop.paying, drop.id, buyer_of(request))
        now = view(shop.till, drop)
        response = page("drop.html", drop=now, seed={"drop": now, "mine": mine})
        set_buyer(response, token_of(request) or secrets.token_urlsafe(18), shop.public_url, request)
        return response

    @route(app, "/")
    async def home(request: Request) -> Response:
        shop.look(request)
        drops = [d for id in shop.till.drops if (d := shop.till.drop(id))]
        if len(drops) == 1:
            return await drop_page(request, drops[0])
        buyer = buyer_of(request)
        bought = [] if buyer is None else await shop.till.orders_of(buyer)
        return page(
            "list.html",
            drops=listed(shop.till),
            tag=f"?from={tag}" if is_source(tag := request.query_params.get("from", "")) else "",
            mine=[await order_view(shop.till, order) for order in reversed(bought)],
            order_words=ORDER_WORDS,
        )

    @route(app, "/d/{id}")
    async def one(request: Request) -> Response:
        shop.look(request)
        drop = shop.till.drop(request.path_params["id"])
        return page("gone.html", 404) if drop is None else await drop_page(request, drop)

    @route(app, "/files/{name}")
    async def file(request: Request) -> Response:
        shop.look(request)
        name = request.path_params["name"]
        if name not in files:
            return page("gone.html", 404)
        headers = {"cache-control": "public, max-age=31536000", "vary": "accept-encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(files[name], media_type=FILES[name], headers=headers)
        return Response(packed[name], media_type=FILES[name], headers={**headers, "content-encoding": "gzip"})
