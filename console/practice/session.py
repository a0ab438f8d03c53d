"""One client of the practice OBS: Hello to goodbye, requests, batches, what it is told. asyncio, no threads."""

import asyncio
import json
import secrets
import time
from typing import Any, Final

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from console.practice.batch import Ask, run_batch
from console.practice.values import Event, Intent
from console.practice.wire import RPC_VERSION, Close, Closing, Op, is_right

WHEN_LOADED: Final = ("SetCurrentSceneCollection", "CreateSceneCollection")  # answered when it is done


class Faults:
    """How the practice OBS misbehaves now."""

    def __init__(self) -> None:
        self.late_s = 0.0
        self.is_not_ready = False
        self.thawed = asyncio.Event()
        self.thawed.set()
        self.loaded = asyncio.Event()  # no scene collection is on its way
        self.loaded.set()


class Session:
    """One client: its subscriptions, what it asked and what it is to be told."""

    def __init__(
        self, connection: ServerConnection, ask: Ask, *, password: str, faults: Faults, hello: dict[str, Any]
    ) -> None:
        self.subscriptions = Intent(0)
        self._connection = connection
        self._ask = ask
        self._password = password
        self._faults = faults
        self._hello = hello
        self._outbox: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
        self._inbox: asyncio.Queue[str | bytes] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())

    def post(self, message: str) -> None:
        """Send `message`, after everything that was posted before."""
        self._outbox.put_nowait((time.monotonic() + self._faults.late_s, message))

    async def _write(self) -> None:
        while True:
            at_s, message = await self._outbox.get()
            await self._faults.thawed.wait()
            delay_s = at_s - time.monotonic()
            if delay_s > 0:
                await asyncio.sleep(delay_s)
            try:
                await self._connection.send(message)
            except ConnectionClosed:
                return

    async def identify(self) -> None:
        """Hello, Identify, Identified. Raises Closing when the client is not let in."""
        hello = dict(self._hello)
        keys = {"challenge": _random(), "salt": _random()}
        if self._password:
            hello["authentication"] = keys
        await self._faults.thawed.wait()
        self.post(_message(Op.HELLO, hello))
        op, data = _read(await self._connection.recv())
        if op != Op.IDENTIFY:
            raise Closing(Close.NOT_IDENTIFIED, "You attempted to send a non-Identify message while not identified.")
        if self._password:
            if "authentication" not in data:
                raise Closing(
                    Close.AUTHENTICATION,
                    "Your payload's data is missing an `authentication` string, however authentication is required.",
                )
            if not is_right(data["authentication"], self._password, **keys):
                raise Closing(Close.AUTHENTICATION, "Authentication failed.")
        self._negotiate(data)

    def _negotiate(self, data: dict[str, Any]) -> None:
        if "rpcVersion" not in data:
            raise Closing(Close.MISSING_FIELD, "Your payload's data is missing an `rpcVersion`.")
        if isinstance(data["rpcVersion"], bool) or not isinstance(data["rpcVersion"], int):
            raise Closing(Close.WRONG_TYPE, "Your `rpcVersion` is not an unsigned number.")
        if data["rpcVersion"] != RPC_VERSION:
            raise Closing(Close.RPC_VERSION, "Your requested RPC version is not supported by this server.")
        self._subscribe(data)
        self.post(_message(Op.IDENTIFIED, {"negotiatedRpcVersion": RPC_VERSION}))

    def _subscribe(self, data: dict[str, Any]) -> None:
        wanted = data.get("eventSubscriptions", int(Intent.ALL))
        if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 0:
            raise Closing(Close.WRONG_TYPE, "Your `eventSubscriptions` is not an unsigned number.")
        self.subscriptions = Intent(wanted & 0xFFFFFFFF)

    async def serve(self) -> None:
        """Answer until the client goes. What it sent before it went is still done (as real OBS does)."""
        reader = asyncio.create_task(self._read_on())
        try:
            while True:
                if reader.done() and self._inbox.empty():
                    return
                await self._next(reader)
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _next(self, reader: asyncio.Task[None]) -> None:
        message = asyncio.create_task(self._inbox.get())
        await asyncio.wait({message, reader}, return_when=asyncio.FIRST_COMPLETED)
        if not message.done():
            message.cancel()
            return
        await self._faults.thawed.wait()
        await self._handle(*_read(message.result()))

    async def _read_on(self) -> None:
        async for message in self._connection:
            self._inbox.put_nowait(message)

    async def _handle(self, op: int, data: dict[str, Any]) -> None:
        if op == Op.IDENTIFY:
            raise Closing(Close.ALREADY_IDENTIFIED, "You are already Identified with the obs-websocket server.")
        if op == Op.REIDENTIFY:
            self._subscribe(data)
            self.post(_message(Op.IDENTIFIED, {"negotiatedRpcVersion": RPC_VERSION}))
        elif op == Op.REQUEST:
            await self._request(data)
        elif op == Op.BATCH:
            await self._batch(data)
        else:
            raise Closing(Close.UNKNOWN_OP, f"Unknown OpCode: {op}")

    async def _request(self, data: dict[str, Any]) -> None:
        for name in ("requestId", "requestType"):
            if name not in data:
                raise Closing(Close.MISSING_FIELD, f"Your payload data is missing a `{name}`.")
        answer = self._ask(data["requestType"], data.get("requestData"))
        if data["requestType"] in WHEN_LOADED:
            await self._faults.loaded.wait()
        self.post(_message(Op.REQUEST_RESPONSE, {**answer, "requestId": data["requestId"]}))

    async def _batch(self, data: dict[str, Any]) -> None:
        results = await run_batch(data, self._ask)
        self.post(_message(Op.BATCH_RESPONSE, {"requestId": data["requestId"], "results": results}))

    def abort(self) -> None:
        """Break the line without a goodbye."""
        self._connection.transport.abort()

    async def end(self) -> None:
        """Stop writing; what is still unsent is lost with the line."""
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)


def event_message(event: Event) -> str:
    """An event as on the wire."""
    data = {"eventType": event.type, "eventIntent": int(event.intent), "eventData": event.data}
    return _message(Op.EVENT, data)


def _message(op: Op, data: dict[str, Any]) -> str:
    return json.dumps({"op": int(op), "d": data})


def _read(message: str | bytes) -> tuple[int, dict[str, Any]]:
    """A message's op and data. Raises Closing for what is not one."""
    try:
        whole = json.loads(message, parse_constant=_not_json)
    except (ValueError, RecursionError):
        raise Closing(Close.DECODE, "Unable to decode Json.") from None
    if not isinstance(whole, dict):
        raise Closing(Close.DECODE, "You sent a non-object payload.")
    if "op" not in whole:
        raise Closing(Close.UNKNOWN_OP, "Your request is missing an `op`.")
    if isinstance(whole["op"], bool) or not isinstance(whole["op"], int):
        raise Closing(Close.WRONG_TYPE, "Your `op` is not a number.")
    data = whole.get("d")
    if not isinstance(data, dict):
        raise Closing(Close.MISSING_FIELD, "Your payload is missing data (`d`).")
    return whole["op"], data


def _not_json(word: str) -> None:
    """NaN and Infinity are Python's own idea of JSON."""
    raise ValueError(word)


def _random() -> str:
    return secrets.token_urlsafe(32)
