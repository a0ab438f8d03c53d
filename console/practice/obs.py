"""The practice OBS: a real obs-websocket 5 server on loopback, so that the console runs the code it runs against OBS.

One asyncio loop; no threads. It records and streams nothing: those are states only. Requests of one connection are
answered in order (real OBS uses a thread pool and may not), events in the order in which they happened. Not there:
MessagePack, event vendors, filters, hotkeys, profiles and collections to change, media controls.
"""

import asyncio
import json
import logging
import math
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from console.practice import collection, pictures
from console.practice.levels import levels_mul
from console.practice.model import Event, Intent, Studio
from console.practice.requests import answer
from console.practice.wire import RPC_VERSION, Close, Closing, Op, Refused, Status, is_right

METER_S: Final = 0.05  # real OBS: every 50 ms, even when nothing sounds
CLIPS_DIR: Final = Path(__file__).resolve().parents[2] / "resources" / "practice"
SERIAL_REALTIME, SERIAL_FRAME, PARALLEL = 0, 1, 2
FRAME_S: Final = 1 / 30

log = logging.getLogger(__name__)


class PracticeObs:
    """A practice OBS; `async with` it. `studio` is its mind, to look into and to set up in tests.

    port: 0 picks a free one. password: None makes one up (`password` tells); "" asks for none.
    scenes: the studio; by default the practice collection (Wide, Close, Table, Slides, Safe).
    """

    def __init__(self, *, port: int = 0, password: str | None = None, scenes: Studio | None = None) -> None:
        self.password = secrets.token_urlsafe(16) if password is None else password
        self.studio = scenes or collection.practice_studio(CLIPS_DIR)
        self._wanted_port = port
        self._server: Server | None = None
        self._sessions: set[_Session] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._due = asyncio.Event()
        self.faults = Faults()

    @property
    def url(self) -> str:
        """Its address, once it runs. Raises RuntimeError before."""
        if self._server is None:
            raise RuntimeError("the practice OBS is not running")
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(pictures.prepare)
        self._server = await serve(
            self._meet,
            "127.0.0.1",
            self._wanted_port,
            subprotocols=[Subprotocol("obswebsocket.json")],
            select_subprotocol=_json_or_none,
            max_size=16 * 1024 * 1024,
            compression=None,
            ping_interval=None,
            logger=_quiet(),
            close_timeout=1,
        )
        self._wanted_port = self._server.sockets[0].getsockname()[1]
        self._tasks = [asyncio.create_task(self._meter()), asyncio.create_task(self._keep_time())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def misbehave(
        self,
        *,
        drop_takes: int = 0,
        freeze: bool = False,
        late_s: float = 0.0,
        not_ready: bool = False,
    ) -> None:
        """From now on behave badly as said; without arguments be good again.

        drop_takes: that many takes are named but never go on air, with no transition running.
        freeze: nothing is answered, sent or metered; what arrives is done on the thaw, even from closed clients.
        late_s: every answer and event takes that much longer. not_ready: every request ends with 207.
        """
        self.studio.drop_takes = drop_takes
        self.faults.late_s = late_s
        self.faults.is_not_ready = not_ready
        if freeze:
            self.faults.thawed.clear()
        else:
            self.faults.thawed.set()

    # -- time

    def do(self, change: Callable[[Studio], None]) -> None:
        """Change the studio as if somebody did it in OBS's own window; clients are told."""
        self.studio.tick(time.monotonic())
        change(self.studio)
        self._tell()

    def ask(self, type: object, data: object) -> dict[str, Any]:
        """The answer to one request, as on the wire but for its id."""
        if self.faults.is_not_ready:
            comment = "OBS is not ready to perform the request."
            return _response(type, Status.NOT_READY, comment)
        self.studio.tick(time.monotonic())
        try:
            data = answer(self.studio, type, data)
        except Refused as refused:
            return _response(type, refused.status, refused.comment)
        finally:
            self._tell()
        response = _response(type, Status.SUCCESS)
        if data is not None:
            response["responseData"] = data
        return response

    def _tell(self) -> None:
        for event in self.studio.take_events():
            self._broadcast(event)
        self._due.set()

    def _broadcast(self, event: Event) -> None:
        for session in self._sessions:
            if session.subscriptions & event.intent:
                session.post(_event(event))

    async def _keep_time(self) -> None:
        """End transitions and outputs' delays on time, also when nobody asks."""
        while True:
            await self.faults.thawed.wait()
            self._due.clear()
            due_s = self.studio.next_due_s()
            wait_s = None if due_s is None else max(0.0, due_s - time.monotonic())
            try:
                await asyncio.wait_for(self._due.wait(), wait_s)
            except TimeoutError:
                await self.faults.thawed.wait()
                self.studio.tick(time.monotonic())
                self._tell()

    async def _meter(self) -> None:
        next_s = time.monotonic()
        while True:
            next_s = max(next_s + METER_S, time.monotonic())
            await asyncio.sleep(next_s - time.monotonic())
            listeners = [s for s in self._sessions if s.subscriptions & Intent.INPUT_VOLUME_METERS]
            if listeners and self.faults.thawed.is_set():
                data = {"inputs": levels_mul(self.studio, time.monotonic())}
                self._broadcast(Event("InputVolumeMeters", Intent.INPUT_VOLUME_METERS, data))

    # -- connections

    async def _meet(self, connection: ServerConnection) -> None:
        session = _Session(connection, self)
        try:
            await session.identify()
            self._sessions.add(session)
            await session.serve()
        except Closing as closing:
            await connection.close(closing.code, closing.reason)
        except ConnectionClosed:
            pass
        except Exception:
            log.exception("the practice OBS failed a client")
        finally:
            self._sessions.discard(session)
            await session.end()


class Faults:
    """How the practice OBS misbehaves now."""

    def __init__(self) -> None:
        self.late_s = 0.0
        self.is_not_ready = False
        self.thawed = asyncio.Event()
        self.thawed.set()


class _Session:
    """One client: its subscriptions, what it asked and what it is to be told."""

    def __init__(self, connection: ServerConnection, obs: PracticeObs) -> None:
        self.subscriptions = Intent(0)
        self._connection = connection
        self._obs = obs
        self._outbox: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
        self._inbox: asyncio.Queue[str | bytes] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())

    def post(self, message: str) -> None:
        """Send `message`, after everything that was posted before."""
        self._outbox.put_nowait((time.monotonic() + self._obs.faults.late_s, message))

    async def _write(self) -> None:
        while True:
            at_s, message = await self._outbox.get()
            await self._obs.faults.thawed.wait()
            delay_s = at_s - time.monotonic()
            if delay_s > 0:
                await asyncio.sleep(delay_s)
            try:
                await self._connection.send(message)
            except ConnectionClosed:
                return

    async def identify(self) -> None:
        """Hello, Identify, Identified. Raises Closing when the client is not let in."""
        hello: dict[str, Any] = {"obsWebSocketVersion": "5.1.0", "rpcVersion": RPC_VERSION}
        keys = {"challenge": _random(), "salt": _random()}
        if self._obs.password:
            hello["authentication"] = keys
        await self._obs.faults.thawed.wait()
        self.post(_message(Op.HELLO, hello))
        op, data = _read(await self._connection.recv())
        if op != Op.IDENTIFY:
            raise Closing(Close.NOT_IDENTIFIED, "You attempted to send a non-Identify message while not identified.")
        if self._obs.password:
            if "authentication" not in data:
                raise Closing(
                    Close.AUTHENTICATION,
                    "Your payload's data is missing an `authentication` string, however authentication is required.",
                )
            if not is_right(data["authentication"], self._obs.password, **keys):
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
        await self._obs.faults.thawed.wait()
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
        response = self._obs.ask(data["requestType"], data.get("requestData"))
        self.post(_message(Op.REQUEST_RESPONSE, {**response, "requestId": data["requestId"]}))

    async def _batch(self, data: dict[str, Any]) -> None:
        if "requestId" not in data:
            raise Closing(Close.MISSING_FIELD, "Your payload data is missing a `requestId`.")
        if not isinstance(data.get("requests"), list):
            code = Close.WRONG_TYPE if "requests" in data else Close.MISSING_FIELD
            raise Closing(code, "Your payload data is missing a `requests`.")
        execution = data.get("executionType", SERIAL_REALTIME)
        if execution not in (SERIAL_REALTIME, SERIAL_FRAME, PARALLEL):
            raise Closing(Close.WRONG_VALUE, "Your `executionType` has an invalid value.")
        results = []
        for request in data["requests"]:
            results.append(await self._one_of_batch(request, execution))
            if data.get("haltOnFailure") and not results[-1]["requestStatus"]["result"]:
                break
        self.post(_message(Op.BATCH_RESPONSE, {"requestId": data["requestId"], "results": results}))

    async def _one_of_batch(self, request: object, execution: int) -> dict[str, Any]:
        given = request if isinstance(request, dict) else {}
        type, data = given.get("requestType"), given.get("requestData")
        if type == "Sleep":
            response = await _sleep(data, execution)
        else:
            response = self._obs.ask(type, data)
        return {**response, "requestId": given["requestId"]} if "requestId" in given else response

    async def end(self) -> None:
        """Stop writing; what is still unsent is lost with the line."""
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)


async def _sleep(data: object, execution: int) -> dict[str, Any]:
    """The request that exists in batches only: milliseconds in real time, frames in the frame mode."""
    given = data if isinstance(data, dict) else {}
    name, unit_s = ("sleepFrames", FRAME_S) if execution == SERIAL_FRAME else ("sleepMillis", 0.001)
    amount = given.get(name)
    if amount is None:
        return _response("Sleep", Status.MISSING_FIELD, f"Your request is missing the `{name}` field.")
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not math.isfinite(amount):
        return _response("Sleep", Status.WRONG_TYPE, f"The field value of `{name}` must be a number.")
    await asyncio.sleep(min(max(amount, 0) * unit_s, 50))
    return _response("Sleep", Status.SUCCESS)


def _response(type: object, status: Status, comment: str = "") -> dict[str, Any]:
    said: dict[str, Any] = {"result": status is Status.SUCCESS, "code": int(status)}
    if comment:
        said["comment"] = comment
    return {"requestType": type if isinstance(type, str) else "", "requestStatus": said}


def _event(event: Event) -> str:
    data = {"eventType": event.type, "eventIntent": int(event.intent), "eventData": event.data}
    return _message(Op.EVENT, data)


def _message(op: Op, data: dict[str, Any]) -> str:
    return json.dumps({"op": int(op), "d": data})


def _read(message: str | bytes) -> tuple[int, dict[str, Any]]:
    """A message's op and data. Raises Closing for what is not one."""
    try:
        whole = json.loads(message)
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


def _quiet() -> logging.Logger:
    """The library's log, without its errors for clients that connect and say nothing."""
    logger = logging.getLogger(f"{__name__}.line")
    logger.setLevel(logging.CRITICAL)
    return logger


def _random() -> str:
    return secrets.token_urlsafe(32)


def _json_or_none(_: ServerConnection, offered: Any) -> Subprotocol | None:
    """JSON when it is offered; also none at all, since older clients do not say (OBS accepts them too)."""
    return Subprotocol("obswebsocket.json") if "obswebsocket.json" in offered else None
