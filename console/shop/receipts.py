"""What a buyer keeps: the receipt of one order, what it unlocks, and the pictures of drops. Loop thread.

A receipt is found by its own token alone. Files are named by their content; nothing else of the folder is served.
"""

import hashlib
import re
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from console.contract import money
from console.contract.orders import OrderState
from console.shop.counter import Receipt
from console.shop.counter_views import words_of
from console.shop.place import FILE, Place
from console.shop.server import Shop
from console.shop.templates import HERE, templates
from console.shop.web import HttpProblem, route

PICTURES: Final = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
_PICTURE: Final = re.compile(r"[0-9a-f]{64}\.(png|jpg|webp)")
_UNLOCKED: Final = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]{1,8})?")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,40}")


def add(app: Starlette, shop: Shop, place: Place) -> None:
    """Add `/r/{token}`, what it unlocks, and `/pictures/{name}` to `app`."""
    environment = templates()
    version = hashlib.sha256((HERE / "receipt.css").read_bytes()).hexdigest()[:12]

    async def known(request: Request) -> Receipt:
        shop.look(request)
        token = request.path_params["token"]
        found = await shop.till.read(lambda store: store.receipt(token)) if _TOKEN.fullmatch(token) else None
        if found is None:
            raise HttpProblem(404, "There is no such receipt, or it was deleted.", fix="Ask the seller.")
        return found

    @route(app, "/r/{token}")
    async def receipt(request: Request) -> Response:
        found = await known(request)
        order = found.order
        is_paid = order.state is OrderState.PAID
        html = environment.get_template("receipt.html").render(
            version=version,
            order=order,
            heading="Receipt" if order.paid_at else "Order",
            seller=found.seller,
            tax_note=found.tax_note,
            amount=money.format(order.amount_minor, order.currency),
            words=words_of(order),
            has_unlock=bool(found.unlock),
            is_paid=is_paid,
        )
        return HTMLResponse(html, headers={"cache-control": "no-store", "x-robots-tag": "noindex"})

    @route(app, "/r/{token}/unlock")
    async def unlock(request: Request) -> Response:
        found = await known(request)
        if not found.unlock:
            raise HttpProblem(404, "Nothing comes with this order.")
        if found.order.state is not OrderState.PAID:
            raise HttpProblem(403, "It opens when the order is paid.", fix="Pay first, then open it again.")
        if not found.unlock.startswith(FILE):
            return RedirectResponse(found.unlock, 303, {"cache-control": "no-store"})
        return _file(place, found)

    @route(app, "/pictures/{name}")
    async def picture(request: Request) -> Response:
        shop.look(request)
        match = _PICTURE.fullmatch(request.path_params["name"])
        path = None if match is None else place.pictures / match[0]
        if match is None or path is None or not path.is_file():
            raise HttpProblem(404, "There is no such picture.")
        return FileResponse(
            path, media_type=PICTURES[match[1]], headers={"cache-control": "public, max-age=31536000, immutable"}
        )


def _file(place: Place, found: Receipt) -> Response:
    """The file that comes with the order, to keep: a browser opens none of it here."""
    name = found.unlock.removeprefix(FILE)
    path = place.files / name
    if not _UNLOCKED.fullmatch(name) or not path.is_file():
        raise HttpProblem(404, "The file is not here any more.", fix="Ask the seller for it.")
    title = re.sub(r"[^A-Za-z0-9]+", "-", found.order.title).strip("-") or "unlocked"
    return FileResponse(
        path,
        media_type="application/octet-stream",
        filename=f"{title}{path.suffix}",
        headers={"cache-control": "private, no-store"},
    )
