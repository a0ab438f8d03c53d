"""The plainest obs-websocket 5 client: a bare websocket and JSON, independent of the code under test."""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from console.practice.obs import PracticeObs


class Client:
    """One connection. Events that come while it waits for something else are kept in `events`."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []
        self._count = 0

    async def send(self, op: int, **data: Any) -> None:
        await self.socket.send(json.dumps({"op": op, "d": data}))

    async def next(self) -> tuple[int, dict[str, Any]]:
        message = json.loads(await asyncio.wait_for(self.socket.recv(), 5))
        return message["op"], message["d"]

    async def answer(self, op: int) -> dict[str, Any]:
        while True:
            got, data = await self.next()
            if got == op:
                return data
            self.events.append(data)

    async def ask(self, request: str, **data: Any) -> dict[str, Any]:
        """The whole response."""
        self._count += 1
        body = {"requestType": request, "requestId": str(self._count)}
        await self.send(6, **body, **({"requestData": data} if data else {}))
        response = await self.answer(7)
        assert response["requestId"] == str(self._count)
        return response

    async def code(self, request: str, **data: Any) -> int:
        return int((await self.ask(request, **data))["requestStatus"]["code"])

    async def call(self, request: str, **data: Any) -> dict[str, Any]:
        """The response's data; fails unless it succeeded."""
        response = await self.ask(request, **data)
        assert response["requestStatus"]["code"] == 100, response
        return response.get("responseData") or {}

    async def event(self, type: str) -> dict[str, Any]:
        """The data of the next event of that type, those already kept first; earlier ones are dropped."""
        while True:
            if not self.events:
                op, data = await self.next()
                assert op == 5, data
                self.events.append(data)
            event = self.events.pop(0)
            if event["eventType"] == type:
                return dict(event["eventData"])


def proof(password: str, hello: dict[str, Any]) -> str:
    keys = hello["authentication"]
    secret = base64.b64encode(hashlib.sha256((password + keys["salt"]).encode()).digest()).decode()
    return base64.b64encode(hashlib.sha256((secret + keys["challenge"]).encode()).digest()).decode()


@asynccontextmanager
async def client(obs: PracticeObs, *, mask: int | None = None) -> AsyncIterator[Client]:
    """An identified client of `obs`, subscribed to `mask`."""
    async with connect(obs.url, max_size=None) as socket:
        it = Client(socket)
        _, hello = await it.next()
        identify: dict[str, Any] = {"rpcVersion": 1, "authentication": proof(obs.password, hello)}
        if mask is not None:
            identify["eventSubscriptions"] = mask
        await it.send(1, **identify)
        op, _ = await it.next()
        assert op == 2
        yield it
