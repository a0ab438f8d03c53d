"""The practice OBS: a real obs-websocket 5 server on loopback, so that the console runs the code it runs against OBS.

One asyncio loop; no threads. It records and streams nothing: those are states only.

Told to misbehave by anybody who speaks its protocol (answered first, then obeyed):

    CallVendorRequest {"vendorName": "cuedrop-practice", "requestType": "misbehave", "requestData": {"how", ...}}
        how               what it does                                                           also takes
        "lose_takes"      names the next takes, and leaves the old picture on air                n (1)
        "refuse_takes"    refuses the next takes (702)                                           n (1)
        "stall"           stands still: no answers, no meters; then does what came in meanwhile  for_s (5)
        "late"            answers and tells everything late                                      for_s (5), late_s (0.4)
        "freeze_picture"  shows still pictures, of everything                                    for_s (5)
        "not_ready"       answers 207 to everything, as while it loads                           for_s (5)
        "die"             ends abruptly: its process exits, and its supervisor starts another
        "good"            stops all of this

Where it differs from OBS 29.0.2, asked side by side: requests of one connection are answered in order and events come
as they happened, often before the answer (OBS uses a thread pool); the last scene cannot be removed; what is removed
leaves every scene at once (OBS keeps it in those that it does not draw); moving an item past the end is refused (OBS
crashes); the T-bar is at once where the hand is, and at 1 it has ended; while a collection is changed the same line
waits; a frozen one still answers WebSocket pings; inputs are listed oldest first. Not there: MessagePack, other
vendors, hotkeys, other profiles, audio settings beyond mute and volume. Nothing is ever sent or written: stream,
recording, replay and virtual camera are states with figures.
"""

import asyncio
import logging
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
from console.practice.batch import response
from console.practice.levels import levels_mul
from console.practice.misbehaviour import Misbehaviour
from console.practice.model import Studio
from console.practice.requests import answer
from console.practice.session import Faults, Session, event_message
from console.practice.values import Event, Intent
from console.practice.versions import SPEAKERS, version_of
from console.practice.wire import RPC_VERSION, Closing, Refused, Status

ANSWER_FIRST_S: Final = 0.05  # an order to misbehave is answered before it is obeyed
METER_S: Final = 0.05  # real OBS: every 50 ms, even when nothing sounds
CLIPS_DIR: Final = Path(__file__).resolve().parents[2] / "resources" / "practice"

log = logging.getLogger(__name__)


class PracticeObs:
    """A practice OBS; `async with` it. `studio` is its mind, to look into and to set up in tests.

    port: 0 picks a free one. password: None makes one up (`password` tells); "" asks for none.
    scenes: the studio; by default the practice collection (Wide, Close, Table, Slides, Safe, Titles).
    version: which obs-websocket it speaks as, "5.0" to "5.7"; by default that of `scenes`, or 5.1.
    on_die: what being told to die does; by default every line breaks and the port refuses.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        password: str | None = None,
        scenes: Studio | None = None,
        on_die: Callable[[], object] | None = None,
        version: str | None = None,
    ) -> None:
        self.password = secrets.token_urlsafe(16) if password is None else password
        self.studio = scenes or collection.practice_studio(CLIPS_DIR)
        if version is not None:
            self.studio.version = version_of(version)
        self._wanted_port = port
        self._server: Server | None = None
        self._sessions: set[Session] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._due = asyncio.Event()
        self._on_die = on_die or self.break_off
        self._until: dict[str, asyncio.TimerHandle] = {}
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
        for timer in self._until.values():
            timer.cancel()
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
        for timer in self._until.values():
            timer.cancel()
        self._until.clear()
        self.studio.drop_takes = drop_takes
        self.studio.refuse_takes = 0
        self.studio.pictures_stand_s = None
        self.faults.late_s = late_s
        self.faults.is_not_ready = not_ready
        if freeze:
            self.faults.thawed.clear()
        else:
            self.faults.thawed.set()

    def obey(self, order: Misbehaviour) -> None:
        """Begin to misbehave as ordered, for as long as ordered; a later order of the same kind replaces it."""
        begin, end = self._ways()[order.how]
        begin(order)
        if timer := self._until.pop(order.how, None):
            timer.cancel()
        if end is not None:
            self._until[order.how] = asyncio.get_running_loop().call_later(order.for_s, end)

    def _ways(self) -> dict[str, tuple[Callable[[Misbehaviour], object], Callable[[], object] | None]]:
        studio, faults = self.studio, self.faults
        return {
            "lose_takes": (lambda order: setattr(studio, "drop_takes", order.n), None),
            "refuse_takes": (lambda order: setattr(studio, "refuse_takes", order.n), None),
            "stall": (lambda _: faults.thawed.clear(), faults.thawed.set),
            "late": (lambda order: setattr(faults, "late_s", order.late_s), lambda: setattr(faults, "late_s", 0.0)),
            "freeze_picture": (
                lambda _: setattr(studio, "pictures_stand_s", studio.now_s),
                lambda: setattr(studio, "pictures_stand_s", None),
            ),
            "not_ready": (
                lambda _: setattr(faults, "is_not_ready", True),
                lambda: setattr(faults, "is_not_ready", False),
            ),
            "die": (lambda _: self._on_die(), None),
            "good": (lambda _: self.misbehave(), None),
        }

    def break_off(self) -> None:
        """End as a killed program does: no goodbyes, every line broken, nobody listening."""
        if self._server is not None:
            self._server.close(close_connections=False)
        for session in list(self._sessions):
            session.abort()

    # -- time

    def do(self, change: Callable[[Studio], None]) -> None:
        """Change the studio as if somebody did it in OBS's own window; clients are told."""
        self.studio.tick(time.monotonic())
        change(self.studio)
        self._tell()

    def ask(self, type: object, data: object) -> dict[str, Any]:
        """The answer to one request, as on the wire but for its id."""
        self.studio.tick(time.monotonic())
        if self.faults.is_not_ready or self.studio.is_loading:
            self._tell()
            return response(type, Status.NOT_READY, "OBS is not ready to perform the request.")
        try:
            data = answer(self.studio, type, data)
        except Refused as refused:
            return response(type, refused.status, refused.comment)
        finally:
            self._tell()
        said = response(type, Status.SUCCESS)
        return said if data is None else {**said, "responseData": data}

    def _tell(self) -> None:
        orders, self.studio.orders = self.studio.orders, []
        for order in orders:  # the answer goes out before
            asyncio.get_running_loop().call_later(ANSWER_FIRST_S, self.obey, order)
        for event in self.studio.take_events():
            self._broadcast(event)
        if self.studio.is_loading:
            self.faults.loaded.clear()
        else:
            self.faults.loaded.set()
        self._due.set()

    def _broadcast(self, event: Event) -> None:
        for session in self._sessions:
            if session.subscriptions & event.intent:
                session.post(event_message(event))

    async def _keep_time(self) -> None:
        """End transitions and outputs' delays on time, also when nobody asks."""
        while True:
            await self.faults.thawed.wait()
            self._due.clear()
            due_s = self.studio.next_due_s()
            wait_s = None if due_s is None else max(0.0, due_s - time.monotonic())
            try:
                async with asyncio.timeout(wait_s):  # wait_for may swallow a cancellation on Python 3.11
                    await self._due.wait()
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
        websocket, obs = SPEAKERS[self.studio.version]
        hello = {"obsWebSocketVersion": websocket, "rpcVersion": RPC_VERSION}
        if self.studio.version >= (5, 5):
            hello["obsStudioVersion"] = obs
        session = Session(connection, self.ask, password=self.password, faults=self.faults, hello=hello)
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


def _quiet() -> logging.Logger:
    """The library's log, without its errors for clients that connect and say nothing."""
    logger = logging.getLogger(f"{__name__}.line")
    logger.setLevel(logging.CRITICAL)
    return logger


def _json_or_none(_: ServerConnection, offered: Any) -> Subprotocol | None:
    """JSON when it is offered; also none at all, since older clients do not say (OBS accepts them too)."""
    return Subprotocol("obswebsocket.json") if "obswebsocket.json" in offered else None
