"""What the shop speaks, as an OpenAPI document: made from the contract's models and one table. Pure.

A test holds it against the routes, and a scanner tries the shop by it: whoever adds a route adds a line here.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from console.contract.orders import CheckoutStatus, DropStatus, Order
from console.contract.problem import MEDIA_TYPE as PROBLEM
from console.contract.problem import Problem
from console.shop.buying import OrderBody
from console.shop.line import InLine

JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"
HTML: Final = "text/html"
MODELS: Final[tuple[type[BaseModel], ...]] = (OrderBody, DropStatus, Order, CheckoutStatus, Problem)
SIGNATURE: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table. `refusals` are statuses with a problem document, beside 429 that every route may give."""

    method: str
    path: str
    summary: str
    media: str = JSON
    schema: dict[str, Any] = field(default_factory=dict)
    refusals: tuple[int, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_PLACE: Final = {"type": "object", "required": ["line"], "properties": {"line": _ref("InLine")}}
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A quoted string, the same on every try of one order; the quotes may be left out.",
    "schema": {"type": "string", "pattern": r'^("[A-Za-z0-9._:-]{1,64}"|[A-Za-z0-9._:-]{1,64})$'},
}
_LAST: Final = {"name": "Last-Event-ID", "in": "header", "schema": {"type": "string", "pattern": "^[0-9]{1,15}$"}}
_SIGNED: Final[dict[str, Any]] = {"security": [{name: [] for name in SIGNATURE}]}
_FROM_PAGE: Final[dict[str, Any]] = {
    "parameters": [{"name": "X-Counter", "in": "header", "required": True, "schema": {"const": "1"}}],
    "requestBody": {"required": True, "content": {JSON: {"schema": {"type": "object"}}}},
}
ROUTES: Final = (
    Route(
        "post",
        "/v1/events",
        "An event of the console: CloudEvents 1.0, signed as in Standard Webhooks.",
        schema={"type": "object"},
        refusals=(400, 401, 408, 409, 410, 413),
        more={
            **_SIGNED,
            "requestBody": {
                "required": True,
                "content": {"application/cloudevents+json": {"schema": {"type": "object"}}},
            },
        },
    ),
    Route(
        "get",
        "/v1/orders",
        "Every order and each change of its state, to the console or to whoever can sign.",
        EVENTS,
        {"type": "string"},
        (401, 503),
        {**_SIGNED, "parameters": [_LAST]},
    ),
    Route(
        "post",
        "/v1/paid/{way}",
        "The word of a provider that orders are paid, signed as that provider signs.",
        schema={"type": "object"},
        refusals=(401, 404, 408, 413),
    ),
    Route("get", "/v1/health", "Whether the shop runs.", schema={"type": "object", "required": ["ok"]}),
    Route(
        "get",
        "/v1/drops",
        "What is on sale, was, or will be soon.",
        schema={"type": "object", "properties": {"drops": {"type": "array", "items": _ref("DropStatus")}}},
    ),
    Route(
        "get",
        "/v1/stream",
        "All drops as they are, and again whenever one has changed.",
        EVENTS,
        {"type": "string"},
        (503,),
    ),
    Route("get", "/v1/checkout", "Whether buyers may pay now.", schema=_ref("CheckoutStatus")),
    Route("get", "/v1/drops/{id}", "One drop as it is.", schema=_ref("DropStatus"), refusals=(404,)),
    Route(
        "get",
        "/v1/drops/{id}/stream",
        "The drop as it is, and again whenever it has changed.",
        EVENTS,
        {"type": "string"},
        (404, 503),
    ),
    Route(
        "post",
        "/v1/drops/{id}/orders",
        "Buy. 202: in the line; the same request, sent again, finds the place or the answer.",
        schema=_ref("Order"),
        refusals=(400, 404, 408, 409, 413, 415, 422, 503),
        more={
            "parameters": [_KEY],
            "requestBody": {"required": True, "content": {JSON: {"schema": _ref("OrderBody")}}},
        },
    ),
    Route(
        "get",
        "/v1/drops/{id}/mine",
        "The orders of the browser that asks, by its cookie; nobody else's.",
        schema={"type": "object", "required": ["orders"]},
    ),
    Route(
        "delete",
        "/v1/mine/{order}",
        "Give a reservation of one's own back, or leave the waiting list.",
        schema={"type": "object", "required": ["id", "state"]},
        refusals=(404, 409),
    ),
    Route("get", "/openapi.json", "This document.", schema={"type": "object"}),
    Route("get", "/", "The buyer's page: the one drop, or all.", HTML, {"type": "string"}),
    Route("get", "/d/{id}", "The buyer's page of one drop.", HTML, {"type": "string"}),
    Route("get", "/files/{name}", "Styles, script and icon of the pages.", "*/*", {"type": "string"}),
    Route("get", "/pictures/{name}", "The picture of a drop.", "image/*", {"type": "string"}, (404,)),
    Route("get", "/r/{token}", "The receipt of one order, for whoever has its address.", HTML, refusals=(404,)),
    Route("get", "/r/{token}/unlock", "What comes with a paid order.", "application/octet-stream", refusals=(403, 404)),
    Route("get", "/counter", "The counter's page: it asks for the PIN.", HTML, {"type": "string"}),
    Route("get", "/counter/files/{name}", "Style and script of that page.", "*/*", {"type": "string"}),
    *(
        Route("get", path, summary, media, refusals=(401, *more))
        for path, summary, media, more in (
            ("/counter/state", "What the counter sells, who is to collect, what came in.", JSON, ()),
            ("/counter/orders/{pickup}", "The order of a pick-up number.", JSON, (404,)),
            ("/counter/picklist", "What to pack and hand out, to print.", HTML, ()),
            ("/counter/picklist.csv", "The same as a table.", "text/csv", ()),
            ("/counter/orders.csv", "All orders.", "text/csv", ()),
            ("/counter/orders.json", "All orders.", JSON, ()),
        )
    ),
    *(
        Route("post", path, summary, refusals=refusals, more=_FROM_PAGE)
        for path, summary, refusals in (
            ("/counter/session", "Type the PIN: the cookie lets in for 12 hours.", (401, 403, 408, 413, 415, 422)),
            ("/counter/session/end", "Take the cookie away.", (403, 415)),
            ("/counter/press", "Sell, pay, hand over, refund.", (400, 401, 403, 408, 409, 413, 415, 422, 503)),
        )
    ),
    Route("post", "/v1/counter/pin", "Another PIN, asked for by the console.", refusals=(401, 403, 503), more=_SIGNED),
)


def document() -> dict[str, Any]:
    """The whole document, as JSON holds it."""
    _, schemas = models_json_schema([(model, "validation") for model in MODELS], ref_template=_ref("{model}")["$ref"])
    places: dict[str, Any] = {name: {"type": "integer", "minimum": 1} for name in InLine.__dataclass_fields__}
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Cuedrop's embedded shop", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": {
                **schemas["$defs"],
                "InLine": {"type": "object", "required": list(places), "properties": places},
            },
            "securitySchemes": {name: {"type": "apiKey", "in": "header", "name": name} for name in SIGNATURE},
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    body = {"content": {route.media: {"schema": route.schema}}}
    answers: dict[str, Any] = {"201" if route.schema == _ref("Order") else "200": {"description": "Done.", **body}}
    if route.schema == _ref("Order"):
        answers["202"] = {"description": "In the line.", "content": {JSON: {"schema": _PLACE}}}
    refused = {"content": {PROBLEM: {"schema": _ref("Problem")}}}
    if route.media in (HTML, "*/*") and "{" in route.path:
        answers["404"] = {"description": "A page that says that there is nothing.", "content": {HTML: {"schema": {}}}}
    answers |= {str(status): {"description": "Refused.", **refused} for status in (*route.refusals, 429)}
    names = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
    inside = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    more = {**route.more, "parameters": [*inside, *route.more.get("parameters", [])]}
    return {"summary": route.summary, "responses": answers, **more}
