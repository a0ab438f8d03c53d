"""The door of the host's page: opened and shut by the director, with a token for each role. Loop thread only.

It knows who may come in, not how: the server that stands behind it is the app's (`serve`). Tokens are new with each
opening and void from the moment of the closing. They stand in no file: they are made from the shop's key and the
opening's name, so that a console that died lets the same phones in again.
"""

import asyncio
import hmac
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, Protocol

from console.contract.codes import token as token_of
from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.links import Link, LinkState
from console.core.observable import Observable
from console.core.outcome import Outcome
from console.desk.host_state import HostPage, Pairing
from console.desk.roles import Role
from console.settings.secrets import hide

GONE_S: Final = 10.0  # a page tells every few seconds that it is there
MOST_PAGES: Final = 50
_NO_NETWORK: Final = Link(
    LinkState.DOWN,
    "This computer is in no network: no phone can reach the host's page.",
    "Join the phones' network: the code comes by itself. H opens the host's window.",
)


class Served(Protocol):
    """The page while it is served."""

    async def close(self) -> None:
        """Serve it no more; open streams end with a last word."""
        ...


class HostDoor:
    """Whether the host's page is on, who may use it, and who does. The app sets `serve`, and `key` (the shop's)."""

    def __init__(self, *, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self.state = Observable(HostPage())
        self.serve: Callable[[], Awaitable[Served]] | None = None
        self.key: Callable[[], Awaitable[str | None]] | None = None
        self._served: Served | None = None
        self._tokens: dict[Role, str] = {}
        self._heard: dict[str, tuple[Role, int]] = {}  # page: its role, and when it was heard (monotonic)
        self._turn = asyncio.Lock()

    async def open(self, origin: Origin) -> Outcome:
        """Serve the page, with new tokens. Raises UserError when it cannot listen."""
        return await self._open(origin, secrets.token_urlsafe(12), await self._key_if_any())

    async def open_again(self, opening: str) -> None:
        """Let in the phones of an opening that a dead console left. Nothing where its tokens cannot be made again.

        Raises UserError when it cannot listen.
        """
        if (key := await self._key_if_any()) is not None:
            await self._open(Origin.CONSOLE, opening, key)

    async def _open(self, origin: Origin, opening: str, key: str | None) -> Outcome:
        async with self._turn:
            if self._served is not None:
                return Outcome.refused("The host's page is on already.", "Shift H takes it back.")
            if self.serve is None:
                return Outcome.refused("This console has no host's page.", "Use the host's window (H).")
            made_of = key or secrets.token_urlsafe(24)
            self._tokens = {role: token_of(made_of, f"{opening}/{role.value}") for role in Role}
            for token in self._tokens.values():
                hide(token)
            try:
                self._served = await self.serve()
            except UserError:
                self._tokens = {}
                raise
            page = self.state.value
            self._journal.write("host.opened", origin, address=page.address, opening=opening if key else "")
            return Outcome.done("" if page.link.is_up else f"The host's page is on. {page.link.why} {page.link.fix}")

    async def _key_if_any(self) -> str | None:
        """The shop's key; without one (by hand, a locked keyring) tokens are chance, and end with the console."""
        try:
            return await self.key() if self.key is not None else None
        except UserError:
            return None

    async def close(self, origin: Origin) -> Outcome:
        """Take every token back at once, then serve no more."""
        had_tokens, self._tokens = bool(self._tokens), {}
        self._heard.clear()
        self.state.set(HostPage(message=self.state.value.message))
        if had_tokens:
            self._journal.write("host.closed", origin)
        async with self._turn:
            served, self._served = self._served, None
            if served is not None:
                await served.close()
        return Outcome.done()

    def say(self, message: str) -> None:
        """Show the director's words to host and moderator; "" takes them away."""
        self.state.set(replace(self.state.value, message=message))

    # --- what the server asks and tells ---

    def role_of(self, token: str) -> Role | None:
        """Whose token that is; None for one that was never given, or was taken back."""
        given = token.encode()
        found = [role for role, known in self._tokens.items() if hmac.compare_digest(given, known.encode())]
        return found[0] if found else None

    def reach(self, address: str) -> None:
        """Phones reach the page at `address` now ("http://host:port"); "": there is no way to this computer."""
        if self._tokens:
            link = Link(LinkState.UP) if address else _NO_NETWORK
            self.state.set(replace(self.state.value, is_on=True, link=link, address=address))
            self._show_pairings()

    def heard(self, role: Role, page: str) -> None:
        """A page of that role is there. `page` is its own name for itself."""
        is_new = page not in self._heard
        if is_new and len(self._heard) >= MOST_PAGES:
            return
        self._heard[page] = (role, self._clock.mono_ns())
        if is_new:
            self._journal.write("host.paired", Origin.HOST, role=role.value)
            self._show_pairings()

    def sweep(self) -> None:
        """Forget the pages that were not heard for GONE_S."""
        since_ns = self._clock.mono_ns() - round(GONE_S * 1e9)
        for page, (role, at_ns) in tuple(self._heard.items()):
            if at_ns < since_ns:
                del self._heard[page]
                self._journal.write("host.unpaired", Origin.HOST, role=role.value)
        self._show_pairings()

    def _show_pairings(self) -> None:
        page = self.state.value
        counts = Counter(role for role, _ in self._heard.values())
        pairings = tuple(
            Pairing(role, f"{page.address}/#{token}" if page.address else "", counts[role])
            for role, token in self._tokens.items()
        )
        self.state.set(replace(page, pairings=pairings))
