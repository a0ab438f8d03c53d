"""The least shop there is, a process of its own: `python -m tests.bench.rush_floor STOCK`. A floor.

Bare Starlette on uvicorn: one number in memory, no store, no limits, no safety. `POST /open` opens the sale. It prints
its port.
"""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

COALESCE_S = 0.15  # as the embedded shop does
PAD = "x" * 250  # as much as the shop tells besides


class Floor:
    """A number, and those who look at it."""

    def __init__(self, stock: int) -> None:
        self.left = stock
        self.is_open = False
        self.looking = 0
        self.changed = asyncio.Event()

    def wake(self) -> None:
        waiting, self.changed = self.changed, asyncio.Event()
        waiting.set()

    def message(self) -> str:
        state = "armed" if not self.is_open else "open" if self.left else "sold_out"
        return f"event: drop\ndata: {json.dumps({'state': state, 'stock_left': self.left, 'pad': PAD})}\n\n"

    async def look(self) -> AsyncIterator[str]:
        self.looking += 1
        while True:
            change = self.changed
            yield self.message()
            await asyncio.sleep(COALESCE_S + self.looking / 2_000)
            await change.wait()

    async def stream(self, request: Request) -> Response:
        return StreamingResponse(self.look(), media_type="text/event-stream")

    async def open(self, request: Request) -> Response:
        self.is_open = True
        self.wake()
        return JSONResponse({})

    async def order(self, request: Request) -> Response:
        quantity = json.loads(await request.body())["quantity"]
        if quantity > self.left:
            return JSONResponse({"detail": "Sold out."}, 409)
        self.left -= quantity
        self.wake()
        return JSONResponse({"quantity": quantity, "pad": PAD}, 201)


async def main(stock: int) -> None:
    floor = Floor(stock)
    app = Starlette(
        routes=[
            Route("/v1/drops/{id}/stream", floor.stream),
            Route("/v1/drops/{id}/orders", floor.order, methods=["POST"]),
            Route("/open", floor.open, methods=["POST"]),
        ]
    )
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(2_048)
    print(listening.getsockname()[1], flush=True)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none")
    await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(main(int(sys.argv[1])))
