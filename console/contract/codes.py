"""Access codes: how a shop knows a code without being told it; tickets and tokens made from its key. Pure."""

import base64
import hashlib
import hmac
from typing import Final

_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no two of them look alike
_TICKET: Final = (4, 4, 2)  # letters of 5 bits: 50 bits


def digest_of(code: str) -> str:
    """SHA-256, hexadecimal, of the code's letters and digits in capitals: a dash or a space more is no other code."""
    return hashlib.sha256("".join(filter(str.isalnum, code.upper())).encode()).hexdigest()


def ticket(secret: str, drop: str, number: int) -> str:
    """Ticket `number` (from 1) of a drop, like "K7Q2-9XMA-3T": whoever has the shop's key can make it again.

    HMAC-SHA256 (RFC 2104) of "ticket/<drop>/<number>" under the key as it is written, its first 50 bits.
    """
    made = hmac.digest(secret.encode(), f"ticket/{drop}/{number}".encode(), "sha256")
    bits = int.from_bytes(made[:7]) >> 6
    letters = "".join(_LETTERS[bits >> 5 * place & 31] for place in range(sum(_TICKET) - 1, -1, -1))
    ends = [sum(_TICKET[: part + 1]) for part in range(len(_TICKET))]
    return "-".join(letters[end - size : end] for end, size in zip(ends, _TICKET, strict=True))


def tickets(secret: str, drop: str, count: int) -> tuple[str, ...]:
    """Tickets 1 to `count` of a drop."""
    return tuple(ticket(secret, drop, number) for number in range(1, count + 1))


def token(secret: str, name: str) -> str:
    """What lets one in who was given it, 32 characters: whoever has the shop's key can make it again from `name`.

    HMAC-SHA256 (RFC 2104) of "token/<name>" under the key as it is written, its first 192 bits.
    """
    made = hmac.digest(secret.encode(), f"token/{name}".encode(), "sha256")
    return base64.urlsafe_b64encode(made[:24]).decode()
