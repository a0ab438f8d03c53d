"""Serves the host's page on a socket of its own, and keeps telling the door where phones reach it. Loop thread."""

import asyncio
from collections.abc import Callable
from typing import Final

from console.core.lan import is_everywhere, lan_address
from console.desk.desk import Desk
from console.remote.host_api import HostApi
from console.remote.serving import Serving, address_of, bind

LOOK_S: Final = 2.0  # how often it is looked who is there
NETWORK_EVERY: Final = 3  # looks: a laptop may come into another network in mid-show
MOST_CONNECTIONS: Final = 64  # a page takes two; whoever floods the port must not slow the window


class HostServer:
    """The page while it listens."""

    def __init__(self, desk: Desk, serving: Serving, find: Callable[[], str]) -> None:
        self._door = desk.host_door
        self._serving = serving
        self._find = find
        self._looking: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, desk: Desk, *, find: Callable[[], str] = lan_address) -> "HostServer":
        """Listen where the show says. `find` says this computer's address. Raises UserError when that cannot be."""
        listen = desk.show.value.host.listen
        fix = 'Close the program that uses it, or set another "listen" in [host] of the show file.'
        listener = await asyncio.to_thread(bind, listen, who="The host's page", fix=fix)
        app = await asyncio.to_thread(HostApi, desk)
        server = cls(desk, Serving(app.app, listener, most_connections=MOST_CONNECTIONS), find)
        await server._tell()
        server._looking = asyncio.create_task(server._look(), name="host's page")
        return server

    async def close(self) -> None:
        """Listen no more."""
        if self._looking is not None:
            self._looking.cancel()
        await self._serving.close(cuts_streams=False)

    async def _look(self) -> None:
        looks = 0
        while True:
            await asyncio.sleep(LOOK_S)
            self._door.sweep()
            looks += 1
            if looks % NETWORK_EVERY == 0:
                await self._tell()

    async def _tell(self) -> None:
        host = self._serving.host
        if is_everywhere(host):
            host = await asyncio.to_thread(self._find)
        self._door.reach(address_of(host, self._serving.port) if host else "")
