"""Whether buyers can reach the shop under the address that they are given, as far as this machine can tell.

Asked from here: an answer proves the address and the tunnel behind it, not every way to it. The question blocks, and
is asked in a thread.
"""

import asyncio
import ipaddress
import json
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

WITHIN_S: Final = 5.0


class ReachState(StrEnum):
    """How far the shop's address reaches."""

    HERE = "here"  # this machine alone
    NEAR = "near"  # the local network
    FAR = "far"  # it answers under a public address, asked from here
    SILENT = "silent"  # nothing, or something else, answers there


@dataclass(frozen=True, slots=True)
class Reached:
    """The state, in words what is known, and what to do when that is not enough."""

    state: ReachState
    says: str
    fix: str = ""


def span(url: str) -> ReachState:
    """How far an address can reach at best, by what it is: a name may lead anywhere."""
    host = (urlsplit(url).hostname or "").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return ReachState.HERE
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ReachState.NEAR if "." not in host or host.endswith((".local", ".lan", ".home.arpa")) else ReachState.FAR
    if address.is_loopback:
        return ReachState.HERE
    return ReachState.FAR if address.is_global else ReachState.NEAR


def judged(url: str, why_silent: str) -> Reached:
    """What is to be said of `url`. why_silent: empty when the shop answered there."""
    if why_silent:
        return Reached(
            ReachState.SILENT,
            f"{url} does not answer, asked from this machine: {why_silent}.",
            "Start the tunnel, or set public_url in [shop] to the address that leads here.",
        )
    where = span(url)
    if where is ReachState.HERE:
        return Reached(
            where,
            f"{url} is this machine alone: no phone can reach it.",
            "Set listen in [shop] for the local network, or public_url to the address of a tunnel.",
        )
    if where is ReachState.NEAR:
        return Reached(
            where,
            f"{url} answers on the local network. Buyers outside of it cannot reach it.",
            "For the world, set public_url in [shop] to the address of a tunnel or a rented host.",
        )
    return Reached(where, f"{url} answers, asked from this machine. Open it once on a phone without Wi-Fi.")


async def look(url: str, *, within_s: float = WITHIN_S) -> Reached:
    """Ask the shop behind `url` how it is, from here; returns within some `within_s`."""
    return judged(url, await asyncio.to_thread(_why_silent, url, within_s))


def _why_silent(url: str, within_s: float) -> str:
    """Why no shop answers at `url`; empty when one does."""
    try:
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=within_s)
        try:
            connection.request("GET", f"{parts.path.rstrip('/')}/v1/health")
            answer = connection.getresponse()
            said = json.loads(answer.read(10_000)) if answer.status == 200 else None
        finally:
            connection.close()
    except TimeoutError:
        return "no answer in time"
    except OSError as error:
        return error.strerror or str(error)
    except (HTTPException, ValueError):
        return "something else answers there"
    return "" if isinstance(said, dict) and said.get("ok") is True else "something else answers there"
