"""Some OBS, real or practice, with an independent witness on it. asyncio; the witness never holds the loop."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.rigs.bare import ALL_EVENTS, BareObs
from tests.rigs.collection import Media


@dataclass
class AnyObs:
    """Some obs-websocket server with the rig's scenes, and a witness on it that never holds the loop."""

    url: str
    password: str
    witness: BareObs
    is_real: bool
    media: Media

    async def ask(self, request: str, **data: Any) -> tuple[int, dict[str, Any]]:
        """The status code and the data of the independent client's request; refusals are no error here."""
        return await asyncio.to_thread(self.witness.ask, request, **data)

    async def call(self, request: str, **data: Any) -> dict[str, Any]:
        """A request of the independent client."""
        return await asyncio.to_thread(self.witness.call, request, **data)

    async def event(self, name: str) -> dict[str, Any]:
        """The next event of that name, as the independent client saw it."""
        return await asyncio.to_thread(self.witness.wait_event, name)

    async def another(self, *, subscriptions: int = ALL_EVENTS) -> "AnyObs":
        """One more independent client of this OBS; close it."""
        witness = await asyncio.to_thread(BareObs, self.url, self.password, subscriptions=subscriptions)
        return replace(self, witness=witness)

    async def close(self) -> None:
        """End the independent client."""
        await asyncio.to_thread(self.witness.close)

    async def event_of(self, name: str, **wanted: object) -> dict[str, Any]:
        """The next event of that name with these fields."""
        while True:
            data = await self.event(name)
            if wanted.items() <= data.items():
                return data

    async def until(self, is_so: Callable[[], Awaitable[bool]], *, what: str, within_s: float = 15.0) -> None:
        """Return when it is so, asked over and over. Raises AssertionError."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        while not await is_so():
            assert loop.time() < deadline, f"not within {within_s} s: {what}"
            await asyncio.sleep(0.02)

    async def is_on_air(self, source: str) -> bool:
        """Whether an input is on program, by the witness."""
        return bool((await self.call("GetSourceActive", sourceName=source))["videoActive"])
