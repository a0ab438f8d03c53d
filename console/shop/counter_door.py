"""Who may stand at the counter: a PIN, tries that are counted, and a signed cookie. Loop thread; no I/O.

Sessions are not kept: a cookie is signed with a key made of the PIN, so a new PIN ends them all, and a shop that was
killed knows its tablets again.
"""

import hashlib
import hmac
import math
import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from console.shop.web import HttpProblem, caller, is_https, is_json

COOKIE: Final = "counter"
SESSION_S: Final = 12 * 3_600
WRONG_PER_ADDRESS: Final = 5
ADDRESS_WITHIN_S: Final = 60.0
WRONG_IN_ALL: Final = 30
IN_ALL_WITHIN_S: Final = 3_600.0
_DIGITS: Final = 6


def new_pin() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def is_pin(text: str) -> bool:
    """Whether that could be a PIN of ours."""
    return len(text) == _DIGITS and text.isascii() and text.isdigit()


class Door:
    """Lets in who knows the PIN. `pin` is what it is now."""

    def __init__(
        self,
        secret: str,
        pin: str,
        *,
        now_s: Callable[[], float] = time.time,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._secret = secret
        self.pin = pin
        self._now_s = now_s
        self._mono_s = mono_s
        self._wrong: deque[tuple[float, str]] = deque(maxlen=WRONG_IN_ALL)  # when, and from where

    def change(self, pin: str) -> None:
        """From now on another PIN: nobody is in any more, and nothing is held against anybody."""
        self.pin = pin
        self._wrong.clear()

    def enter(self, pin: str, request: Request) -> str:
        """The cookie for who knows the PIN. Raises HttpProblem 401 for a wrong one, 429 after too many of them."""
        address = caller(request).address or ""
        self._check_tries(address)
        if not hmac.compare_digest(pin.encode(), self.pin.encode()):
            self._wrong.append((self._mono_s(), address))
            raise HttpProblem(401, "That is not the PIN.", fix="Look at the console, then type it again.", reason="pin")
        return self._signed(f"{int(self._now_s()) + SESSION_S}.{secrets.token_hex(8)}")

    def check(self, request: Request) -> None:
        """Nothing, for who is in. Raises HttpProblem 401."""
        said = request.cookies.get(COOKIE, "")
        text, _, _ = said.rpartition(".")
        ends, _, _ = text.partition(".")
        is_ours = hmac.compare_digest(said.encode(), self._signed(text).encode())
        if not is_ours or not ends.isdigit() or int(ends) <= self._now_s():
            raise HttpProblem(401, "The counter needs its PIN.", fix="Type it; the console shows it.", reason="session")

    def _check_tries(self, address: str) -> None:
        now = self._mono_s()
        here = [at for at, where in self._wrong if where == address and now - at < ADDRESS_WITHIN_S]
        if len(here) >= WRONG_PER_ADDRESS:
            wait_s = math.ceil(here[-WRONG_PER_ADDRESS] + ADDRESS_WITHIN_S - now)
            raise HttpProblem(
                429, "Too many wrong PINs from here.", fix=f"Try again in {wait_s} s.", retry_after_s=wait_s
            )
        if len(self._wrong) == WRONG_IN_ALL and now - self._wrong[0][0] < IN_ALL_WITHIN_S:
            wait_s = math.ceil(self._wrong[0][0] + IN_ALL_WITHIN_S - now)
            raise HttpProblem(
                429,
                "Too many wrong PINs in an hour: nobody new gets in. Tablets that are in stay in.",
                fix=f"Wait {math.ceil(wait_s / 60)} min, or make a new PIN in the console.",
                retry_after_s=wait_s,
            )

    def _signed(self, text: str) -> str:
        key = hashlib.sha256(f"counter {self.pin} {self._secret}".encode()).digest()
        return f"{text}.{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()}"


def let_in(response: Response, cookie: str, public_url: str, request: Request) -> None:
    """Let the browser keep the cookie, for the counter's own pages alone."""
    is_secure = is_https(request, public_url)
    response.set_cookie(
        COOKIE, cookie, max_age=SESSION_S, path="/counter", httponly=True, samesite="strict", secure=is_secure
    )


def same_site(request: Request) -> None:
    """Nothing, for a press on the counter's own page. Raises HttpProblem 403 for what another page has sent."""
    origin = request.headers.get("origin")
    is_ours = request.headers.get("x-counter") == "1" and (
        origin is None or urlsplit(origin).netloc == request.headers.get("host")
    )
    if not is_ours or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HttpProblem(403, "This did not come from the counter's page.", fix="Open the counter's page again.")
    if not is_json(request):
        raise HttpProblem(415, "The counter's page sends application/json.")
