"""How long FIRE takes to the shop's acknowledgement, against a bare POST with an fsync before it.

The shop is a process of its own that answers at once; both sides keep their connection alive, in turns.
"""

import asyncio
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from console.commerce.sale import Commerce
from console.commerce.shops.events import EventsShop
from console.contract import signing
from console.core.alarms import Alarms
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.settings.show import Show
from tests.bench.figures import Figure, against, p95, paired

PAIRS = 60
SHOW = Show.model_validate(
    {
        "name": "Bench",
        "drops": [{"id": "cap", "title": "Cap", "price": "19.00 EUR", "stock": 50, "duration_s": 3600}],
    }
)
STATES = {"drop.armed": "armed", "drop.opened": "open", "drop.closed": "closed"}


def measure(*, pairs: int = PAIRS) -> list[Figure]:
    """Milliseconds of FIRE to the proof and of the bare POST with its fsync, by turns."""
    server = subprocess.Popen([sys.executable, "-m", "tests.bench.fire"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        port = int(server.stdout.readline())
        with tempfile.TemporaryDirectory() as folder:
            return asyncio.run(_measure(Path(folder), port, pairs))
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


async def _measure(folder: Path, port: int, pairs: int) -> list[Figure]:
    secret = signing.new_secret()

    async def get_secret() -> str:
        return secret

    clock, journal = SystemClock(), MemoryJournal()
    line = http.client.HTTPConnection("127.0.0.1", port)
    fire_ms, floor_ms = [], []
    with ThreadPoolExecutor(1) as writer, (folder / "floor").open("ab") as floor:
        sale = Commerce(
            SHOW,
            data_dir=folder,
            shop=EventsShop(f"http://127.0.0.1:{port}", secret=get_secret, clock=clock),
            clock=clock,
            journal=journal,
            alarms=Alarms(clock, journal),
            writer=writer,
        )
        await sale.start()
        await sale.open_checkout()
        for turn in range(pairs + 1):
            fire = await _fire(sale)
            bare = _bare(line, floor.fileno())
            if turn:  # the first opens the connections
                fire_ms.append(fire)
                floor_ms.append(bare)
        await sale.close()
    line.close()
    worst, floor_worst = p95(fire_ms), p95(floor_ms)
    return [
        paired("fire to the shop's acknowledgement, bare POST + fsync", fire_ms, floor_ms, "ms"),
        against("fire, p95", worst, floor_worst, "ms", f"max {max(fire_ms):.0f}"),
    ]


async def _fire(sale: Commerce) -> float:
    """Milliseconds of one FIRE until it is proved; everything around it is not counted."""
    armed = await sale.arm("cap")
    begin = time.perf_counter()
    fired = await sale.fire("cap")
    took_ms = (time.perf_counter() - begin) * 1e3
    closed = await sale.close_drop("cap")
    renewed = await sale.renew("cap")
    for outcome in (armed, fired, closed, renewed):
        assert outcome.is_done, outcome
    await asyncio.sleep(0.02)  # what is written behind the press is not the next pair's
    return took_ms


def _bare(line: http.client.HTTPConnection, file: int) -> float:
    """Milliseconds of one small write with fsync and one POST, with nothing around them."""
    body = json.dumps({"type": "drop.opened", "data": {"drop": "cap", "run": 1, "pad": "x" * 200}}).encode()
    begin = time.perf_counter()
    os.write(file, body)
    os.fsync(file)
    line.request("POST", "/bare", body, {"Content-Type": "application/cloudevents+json"})
    line.getresponse().read()
    return (time.perf_counter() - begin) * 1e3


async def _serve() -> None:
    state: dict[str, object] = {}

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await _answer(reader, writer, state)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, state: dict[str, object]) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    size = int(head.split("content-length:")[1].split()[0]) if "content-length:" in head else 0
    body = await reader.readexactly(size)
    if head.startswith("get /v1/orders"):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: hello\n\n")
        return
    if head.startswith("post /v1/events"):
        event = json.loads(body)
        if event["type"] in STATES:
            state |= {"id": event["data"]["drop"], "run": event["data"]["run"], "state": STATES[event["type"]]}
    code = "404 Not Found" if head.startswith("get") and not state else "200 OK"
    answer = json.dumps(state).encode()
    writer.write(f"HTTP/1.1 {code}\r\nContent-Length: {len(answer)}\r\n\r\n".encode() + answer)


if __name__ == "__main__":
    asyncio.run(_serve())
