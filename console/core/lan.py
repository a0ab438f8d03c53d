"""This computer's address in the local network: the one that a phone beside it can open. Sends nothing; may block."""

import contextlib
import ipaddress
import socket
from typing import Final

# Where a packet to these would leave from is asked of the system's routes; none is sent (UDP's connect only chooses).
# Private networks first (RFC 1918): a phone in the studio is in one; then the way out (TEST-NET-1, RFC 5737).
_ASKED: Final = ("192.168.0.1", "10.0.0.1", "172.16.0.1", "192.0.2.1")
_EVERYWHERE: Final = ("0.0.0.0", "::")


def is_everywhere(host: str) -> bool:
    """True for a listening address that means all networks of this computer."""
    return host in _EVERYWHERE


def lan_address() -> str:
    """The likeliest address, a private one first; "" when this computer is in no network."""
    found = list(dict.fromkeys(each for each in (*map(_way_out, _ASKED), *_named()) if _is_of_use(each)))
    found.sort(key=lambda each: not ipaddress.ip_address(each).is_private)  # a stable sort: else as they were found
    return found[0] if found else ""


def _way_out(target: str) -> str:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((target, 9))
        return str(probe.getsockname()[0])
    return ""


def _named() -> list[str]:
    """What this computer's own name stands for: where there is no way out, an isolated network is found so."""
    with contextlib.suppress(OSError, UnicodeError):
        return socket.gethostbyname_ex(socket.gethostname())[2]
    return []


def _is_of_use(address: str) -> bool:
    """Not this computer alone, and not what a card gives itself while nobody answers (169.254, RFC 3927)."""
    if not address:
        return False
    ip = ipaddress.ip_address(address)
    return not (ip.is_loopback or ip.is_link_local or ip.is_unspecified)
