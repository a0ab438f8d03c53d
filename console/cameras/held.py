"""Addresses that one program alone can have, and which of OBS's inputs has them. Pure.

A second caller of an SRT listener is refused, and of two programs on one UDP port one gets nothing: what OBS holds
stays OBS's (law 1).
"""

from collections.abc import Iterable, Mapping
from typing import Final

from console.cameras.mrl import Kind, is_loopback, parse_mrl
from console.settings.addresses import may_be_shared

Line = tuple[str, str, str]  # what kind of line, the far side's host, the port

_PORTS: Final = frozenset({"udp", "rtp"})  # received on a port of this machine


def line_of(address: str) -> Line | None:
    """What only one program can have of `address`; None when several may open it."""
    found = parse_mrl(address)
    port = found.place.rpartition(":")[2]
    if found.kind is Kind.LISTENER:
        return "listener", "", port
    if found.kind is not Kind.NETWORK or may_be_shared(address):
        return None
    if found.scheme in _PORTS:
        return "port", "", port
    if found.scheme == "srt":
        return "caller", "here" if is_loopback(found.host) else found.host.lower(), port
    return None


def held_lines(inputs: Mapping[str, Iterable[str]], *, is_here: bool) -> dict[Line, str]:
    """Which input has which line. inputs: the addresses of each; is_here: OBS runs on this machine.

    What another machine listens on, and calls on itself, is no line of this one.
    """
    held: dict[Line, str] = {}
    for name, addresses in inputs.items():
        for address in addresses:
            line = line_of(address)
            if line is not None and (is_here or (line[0] == "caller" and line[1] != "here")):
                held.setdefault(line, name)
    return held
