"""The host's page on loopback: its server in this process, callers of each role, and a phone that is a real browser."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from console.core.ids import new_id
from console.core.journal import Origin
from console.desk.roles import Role
from console.remote.host_server import HostServer
from tests.desk.parts import SHOW, Stage
from tests.rigs.browser import PHONE, Browser, browser

HOST_SHOW = SHOW + '\n[host]\nlisten = "127.0.0.1:0"\n'


def token_of(stage: Stage, role: Role) -> str:
    """The token in the role's code."""
    return stage.desk.host.value.pairing(role).url.partition("#")[2]


async def turn_on(stage: Stage) -> None:
    stage.desk.host_door.serve = lambda: HostServer.start(stage.desk)
    assert (await stage.desk.run("host.open", Origin.BUTTON)).is_done


class Caller:
    """What somebody with a token does over HTTP, page or no page."""

    def __init__(self, address: str, token: str) -> None:
        bearer = {"Authorization": f"Bearer {token}"}
        self.client = httpx.AsyncClient(base_url=address, headers=bearer, verify=False, trust_env=False)

    async def state(self) -> httpx.Response:
        return await self.client.get("/v1/state")

    async def press(
        self, action: str = "drop.fire", *, drop: str = "cap-01", run: int = 1, key: str | None = None, **more: Any
    ) -> httpx.Response:
        headers = {"Idempotency-Key": f'"{key or new_id()}"'}
        body = {"drop": drop, "run": run, **more}
        return await self.client.post(f"/v1/actions/{action}", json=body, headers=headers)


@asynccontextmanager
async def caller(stage: Stage, role: Role = Role.HOST, *, token: str | None = None) -> AsyncIterator[Caller]:
    one = Caller(stage.desk.host.value.address, token if token is not None else token_of(stage, role))
    async with one.client:
        yield one


class Phone:
    """A browser whose page is served by this loop: each look at it goes by a thread."""

    def __init__(self, page: Browser) -> None:
        self.page = page

    async def open(self, url: str) -> None:
        await asyncio.to_thread(self.page.open, url)

    async def run(self, script: str) -> Any:
        return await asyncio.to_thread(self.page.run, script)

    async def text(self, selector: str) -> str:
        return await asyncio.to_thread(self.page.text, selector)

    async def wait(self, selector: str, wanted: str) -> str:
        return await asyncio.to_thread(self.page.wait_text, selector, wanted)

    async def down(self) -> None:
        """Lay a finger on the button."""
        await asyncio.to_thread(self.page.touch, "#press", True)

    async def up(self) -> None:
        """Lift it."""
        await asyncio.to_thread(self.page.touch, "#press", False)

    async def press(self, headline: str) -> None:
        """Hold the button until the page says `headline`."""
        await self.down()
        await self.wait("#headline", headline)
        await self.up()


@asynccontextmanager
async def phone(folder: Path, size: tuple[int, int] = PHONE) -> AsyncIterator[Phone]:
    """A phone of its own, with a folder of its own."""
    folder.mkdir(exist_ok=True)
    window = browser(folder, size=size)
    page = await asyncio.to_thread(window.__enter__)
    try:
        yield Phone(page)
    finally:
        await asyncio.to_thread(window.__exit__, None, None, None)
