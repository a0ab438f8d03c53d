"""What a person does on a platform that answers nobody: the words for each press. Pure.

Platforms move their buttons: the words name the thing to be done, and a show file can say its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.contract import money
from console.contract.events import Armed, Changed, Event, EventType, Opened
from console.settings.timing import LONGEST_S

E = EventType
ANYWHERE: Final[Mapping[EventType, str]] = {
    E.DROP_ARMED: "prepare {title}: {price}, {stock} pieces, at most {per_buyer} for a buyer; do not show it yet.",
    E.DROP_OPENED: "put {title} on sale {when}, until {until}.",
    E.DROP_CHANGED: "change {title}: {changes}.",
    E.DROP_CLOSED: "end the sale of {title} now.",
    E.DROP_DISARMED: "take {title} out again.",
    E.CHECKOUT_OPENED: "let buyers pay.",
    E.CHECKOUT_CLOSED: "let nobody pay any more.",
}
KNOWN: Final[Mapping[str, Mapping[EventType, str]]] = {
    "tiktok": {
        E.DROP_ARMED: "in LIVE Manager add {title} to the LIVE's products: {price}, {stock} pieces; do not pin it yet.",
        E.DROP_OPENED: "in LIVE Manager pin {title} {when}, until {until}.",
        E.DROP_CLOSED: "in LIVE Manager unpin {title} and take it off the LIVE's products.",
        E.CHECKOUT_OPENED: "products can be bought as soon as they are pinned: nothing to do.",
        E.CHECKOUT_CLOSED: "in LIVE Manager take every product off the LIVE.",
    },
    "whatnot": {
        E.DROP_ARMED: "in the show's shop prepare {title} as Buy It Now: {price}, {stock} pieces; do not pin it yet.",
        E.DROP_OPENED: "in the show's shop pin {title} {when}, until {until}.",
        E.DROP_CLOSED: "in the show's shop unpin {title} and deactivate it. What was bought stays bought.",
    },
    "bambuser": {
        E.DROP_ARMED: "in the dashboard check that {title} is among the show's products: {price}, {stock} pieces.",
        E.DROP_OPENED: "in the dashboard highlight {title} {when}, until {until}.",
        E.DROP_CLOSED: "in the dashboard take the highlight off {title} and hide it.",
    },
}
ENDINGS: Final = frozenset({E.DROP_CLOSED, E.CHECKOUT_CLOSED})
NOT_FROM_HERE: Final = "It cannot be cancelled from here: buyers may buy until you have done it."
KEYS: Final[Mapping[EventType, str]] = {
    E.DROP_ARMED: "arm",
    E.DROP_OPENED: "fire",
    E.DROP_CHANGED: "change",
    E.DROP_CLOSED: "close",
    E.DROP_DISARMED: "disarm",
    E.CHECKOUT_OPENED: "open_checkout",
    E.CHECKOUT_CLOSED: "close_checkout",
}


@dataclass(frozen=True, slots=True)
class Named:
    """What an event's words need of its drop; nothing for the checkout."""

    title: str = ""
    currency: str = "EUR"


def words(event: Event, drop: Named, *, platform: str = "", own: Mapping[str, str] | None = None) -> str:
    """What to do there for `event`: the show's own words, else the platform's, else what holds anywhere.

    own: by the keys of `KEYS`; {title}, {price}, {stock}, {per_buyer}, {when}, {until} and {changes} are filled in.
    """
    said = (own or {}).get(KEYS.get(event.type, ""), "")
    text = said or KNOWN.get(platform.strip().lower(), {}).get(event.type) or ANYWHERE.get(event.type, "")
    filled = _filled(text, event, drop)
    where = f"On {platform}: {filled}" if platform else f"{filled[:1].upper()}{filled[1:]}"
    return f"{where} {NOT_FROM_HERE}" if event.type in ENDINGS else where


def _filled(text: str, event: Event, drop: Named) -> str:
    for name, value in _values(event, drop).items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _values(event: Event, drop: Named) -> dict[str, str]:
    title = drop.title
    match event.data:
        case Armed() as data:
            price = money.format(data.price_minor, data.currency)
            return {"title": title, "price": price, "stock": str(data.stock), "per_buyer": str(data.per_buyer)}
        case Opened() as data:
            when = "now" if data.opens_at is None else f"at {_clock(data.opens_at)}, when the countdown ends"
            return {"title": title, "when": when, "until": _end(event, data)}
        case Changed() as data:
            return {"title": title, "changes": _changes(data, drop.currency)}
        case _:
            return {"title": title}


def _changes(data: Changed, currency: str) -> str:
    parts = []
    if data.price_minor is not None:
        parts.append(f"its price to {money.format(data.price_minor, currency)}")
    if data.stock is not None:
        what = "its stock" if data.sku is None else f"the stock of {data.sku}"
        parts.append(f"{what} to {data.stock} in all, sold ones too")
    if data.closes_at is not None:
        parts.append(f"its end to {_clock(data.closes_at)}")
    if data.sold_out is not None:
        parts.append("it is sold out" if data.sold_out else "it is on sale again")
    return " and ".join(parts)


def _end(event: Event, data: Opened) -> str:
    lasts_s = (data.closes_at - (data.opens_at or event.at)).total_seconds()
    return "it is sold out" if lasts_s >= LONGEST_S else _clock(data.closes_at)


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%H:%M:%S}"
