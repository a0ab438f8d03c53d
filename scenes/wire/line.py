"""A connection to OBS as the loop sees it: calls are futures, and all of them fail the moment the line does.

Loop thread only. The connection's thread reaches it through `call_soon_threadsafe` alone; what is read across
threads is the time at which OBS was last heard and the newest meters (an int and bytes, each written whole).
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from scenes.wire.socket import SILENCE_S, SUBSCRIPTIONS, HardenedObs, LineError, Message

CALL_TIMEOUT_S: Final = 5.0
SERIAL_REALTIME: Final = 0  # RequestBatchExecutionType: in order, one after the other
NOT_READY: Final = 207  # RequestStatus::NotReady, while OBS loads or changes its scene collection
NO_ANSWER: Final = LineError("OBS did not answer in time.", fix="Look at OBS; the console tries again by itself.")

Request = tuple[str, dict[str, Any]]


class ObsRefused(Exception):
    """OBS answered with a refusal: its status code and comment."""

    def __init__(self, request: str, code: int, comment: str = "") -> None:
        super().__init__(f"{request}: {code} {comment}".strip())
        self.request = request
        self.code = code
        self.comment = comment


class ObsGone(Exception):
    """The line ended before the answer came."""

    def __init__(self, why: str, fix: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.fix = fix


class Line:
    """One connection. `on_event` gets every event's name and data; `ended` is done with the reason at the end."""

    def __init__(
        self, url: str, password: str | None, *, on_event: Callable[[str, Message], None], silence_s: float = SILENCE_S
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_event = on_event
        self._pending: dict[str, asyncio.Future[Message]] = {}
        self._last_id = 0
        self._identified: asyncio.Future[None] = self._loop.create_future()
        self.ended: asyncio.Future[LineError] = self._loop.create_future()
        self._socket = HardenedObs(
            url, password, on_message=self._from_thread, on_end=self._end_from_thread, silence_s=silence_s
        )

    @property
    def silence_s(self) -> float:
        """Seconds since OBS was last heard; read across threads, so a busy loop does not age it."""
        return (time.monotonic_ns() - self._socket.heard_ns) / 1e9

    @property
    def meters(self) -> bytes | None:
        """The newest InputVolumeMeters as it came; None before the first."""
        return self._socket.meters

    @property
    def is_open(self) -> bool:
        """Identified, and not ended."""
        return self._identified.done() and not self.ended.done()

    async def open(self, timeout_s: float = 8.0) -> None:
        """Connect and identify. Raises LineError with the reason in the director's words."""
        self._socket.start()
        try:
            async with asyncio.timeout(timeout_s):
                waited: list[asyncio.Future[Any]] = [self._identified, self.ended]
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            self.drop(NO_ANSWER)
        if self.ended.done():
            raise self.ended.result()

    def send(self, request: str, data: Message | None = None) -> asyncio.Future[Message]:
        """Send a request now; the future gives the answer's data. Raises ObsGone. For what must not wait a turn."""
        body: Message = {"requestType": request}
        if data:
            body["requestData"] = data
        return self._post(6, body)

    async def call(self, request: str, data: Message | None = None, *, timeout_s: float = CALL_TIMEOUT_S) -> Message:
        """The answer's data. Raises ObsRefused, ObsGone."""
        answer = await self._wait(self.send(request, data), timeout_s)
        return answer_of(request, answer)

    def send_batch(self, requests: Sequence[Message]) -> asyncio.Future[Message]:
        """Send requests that OBS carries out in order, as one; see `answers_of`. Raises ObsGone."""
        body = {"executionType": SERIAL_REALTIME, "haltOnFailure": False, "requests": list(requests)}
        return self._post(8, body)

    async def batch(
        self, requests: Sequence[Request], *, timeout_s: float = CALL_TIMEOUT_S
    ) -> list[Message | ObsRefused]:
        """Each request's data or refusal, in order (SerialRealtime). Raises ObsGone."""
        if not requests:
            return []
        plain = [{"requestType": name, "requestData": data} for name, data in requests]
        answer = await self._wait(self.send_batch(plain), timeout_s)
        return answers_of(answer, [name for name, _ in requests])

    def reidentify(self, subscriptions: int = SUBSCRIPTIONS) -> None:
        """Ask for other events. Raises ObsGone."""
        self._socket_post(3, {"eventSubscriptions": subscriptions})

    def drop(self, why: LineError) -> None:
        """Cut the line now; every pending call fails at once."""
        self._socket.drop(why)
        self._end(why)

    def _post(self, op: int, body: Message) -> asyncio.Future[Message]:
        self._last_id += 1
        message_id = str(self._last_id)
        future: asyncio.Future[Message] = self._loop.create_future()
        self._pending[message_id] = future
        future.add_done_callback(lambda _: self._pending.pop(message_id, None))
        try:
            self._socket_post(op, {"requestId": message_id, **body})
        except ObsGone:
            future.cancel()
            raise
        return future

    def _socket_post(self, op: int, body: Message) -> None:
        try:
            self._socket.post(op, body)
        except LineError as error:
            self.drop(error)
            raise ObsGone(error.why, error.fix) from error

    async def _wait(self, future: asyncio.Future[Message], timeout_s: float) -> Message:
        try:
            async with asyncio.timeout(timeout_s):
                return await future
        except TimeoutError as error:
            raise ObsGone(NO_ANSWER.why, NO_ANSWER.fix) from error

    def _from_thread(self, message: Message) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to tell
            self._loop.call_soon_threadsafe(self._on_message, message)

    def _end_from_thread(self, why: LineError) -> None:
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end, why)

    def _on_message(self, message: Message) -> None:
        data = message.get("d")
        if self.ended.done() or not isinstance(data, dict):
            return
        op = message.get("op")
        if op == 5:
            event, about = data.get("eventType"), data.get("eventData")
            if isinstance(event, str):
                self._on_event(event, about if isinstance(about, dict) else {})
        elif op in {7, 9}:
            future = self._pending.get(str(data.get("requestId")))
            if future is not None and not future.done():
                future.set_result(data)
        elif op == 2 and not self._identified.done():
            self._identified.set_result(None)

    def _end(self, why: LineError) -> None:
        if self.ended.done():
            return
        self.ended.set_result(why)
        for future in list(self._pending.values()):
            if not future.done():
                future.set_exception(ObsGone(why.why, why.fix))
                future.exception()  # a caller that no longer waits is no bug


def answer_of(request: str, answer: Message) -> Message:
    """The data of a RequestResponse. Raises ObsRefused."""
    status = answer.get("requestStatus")
    if not isinstance(status, dict) or status.get("result") is not True:
        known = status if isinstance(status, dict) else {}
        code = known.get("code")
        raise ObsRefused(request, code if isinstance(code, int) else 0, str(known.get("comment") or ""))
    data = answer.get("responseData")
    return data if isinstance(data, dict) else {}


def answers_of(answer: Message, names: Sequence[str]) -> list[Message | ObsRefused]:
    """The data or refusal of each request of a batch, in order; those that are missing are refusals."""
    results = answer.get("results")
    known = results if isinstance(results, list) else []
    found: list[Message | ObsRefused] = []
    for index, name in enumerate(names):
        try:
            result = known[index] if index < len(known) and isinstance(known[index], dict) else {}
            found.append(answer_of(name, result))
        except ObsRefused as refusal:
            found.append(refusal)
    return found
