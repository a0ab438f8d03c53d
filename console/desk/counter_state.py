"""The counter as the director sees it. Pure values."""

import contextlib
import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from console.shop.adopt import Keeping


@dataclass(frozen=True, slots=True)
class CounterState:
    """What our own shop says of its counter; `is_open` None: there is none, or it does not answer.

    `url` opens its page; `is_in_room`: tablets reach it, not this machine alone. The PIN is shown, and never logged.
    """

    url: str = ""
    pin: str = field(default="", repr=False)
    is_in_room: bool = False
    is_open: bool | None = None
    stock: int = 0
    sold: int = 0
    left: int = 0


def state_of(keeping: Keeping) -> CounterState:
    """The counter of the shop that is kept."""
    address, counted = keeping.address, keeping.counter
    if address is None:
        return CounterState()
    here = CounterState(address.counter_url, address.pin, _is_in_room(address.counter_url))
    if counted is None or not keeping.link.is_up:
        return here
    return CounterState(here.url, here.pin, here.is_in_room, counted.is_open, counted.stock, counted.sold, counted.left)


def _is_in_room(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    with contextlib.suppress(ValueError):
        return not ipaddress.ip_address(host).is_loopback
    return host not in ("", "localhost")
