"""The plainest client of obs-websocket 5 there is: an independent witness. Blocking, no threads."""

import base64
import contextlib
import hashlib
import json
import secrets
import time
from collections.abc import Sequence
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

ALL_EVENTS = (1 << 11) - 1 | 1 << 17  # everything but the meters
METERS = 1 << 16
BATCH_SIZE = 500
BATCH_S = 60.0


class BareObs:
    """One connection. `events` holds what came so far and was not waited for."""

    def __init__(self, url: str, password: str, *, subscriptions: int = ALL_EVENTS) -> None:
        self._stack = contextlib.ExitStack()
        self._socket: ClientConnection = self._stack.enter_context(
            connect(url, open_timeout=5, max_size=None, max_queue=None)
        )
        hello = self._receive()["authentication"]
        secret = base64.b64encode(hashlib.sha256((password + hello["salt"]).encode()).digest())
        answer = base64.b64encode(hashlib.sha256(secret + hello["challenge"].encode()).digest()).decode()
        identify = {"rpcVersion": 1, "authentication": answer, "eventSubscriptions": subscriptions}
        self._socket.send(json.dumps({"op": 1, "d": identify}))
        self._receive()
        self.events: list[tuple[str, dict[str, Any]]] = []

    def _receive(self, timeout: float | None = 10) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(timeout=timeout))
        data: dict[str, Any] = message["d"]
        if message["op"] == 5:
            self.events.append((data["eventType"], data.get("eventData", {})))
        return data

    def ask(self, request: str, **data: Any) -> tuple[int, dict[str, Any]]:
        """The answer's status code and data."""
        message_id = secrets.token_hex(4)
        wanted = {"requestType": request, "requestId": message_id, "requestData": data}
        self._socket.send(json.dumps({"op": 6, "d": wanted}))
        answer = self._answer(message_id)
        said: dict[str, Any] = answer.get("responseData") or {}
        self.last_comment = str(answer["requestStatus"].get("comment", ""))
        return int(answer["requestStatus"]["code"]), said

    def _answer(self, message_id: str, timeout: float = 10) -> dict[str, Any]:
        while True:
            answer = self._receive(timeout)
            if answer.get("requestId") == message_id:
                return answer

    def call(self, request: str, **data: Any) -> dict[str, Any]:
        """The answer's data. Raises RuntimeError with OBS's comment when it refuses."""
        code, said = self.ask(request, **data)
        if code != 100:
            raise RuntimeError(f"{request}: {code} {self.last_comment}")
        return said

    def batch(self, requests: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Many requests in order, a few hundred at once. Raises RuntimeError when one is refused."""
        for start in range(0, len(requests), BATCH_SIZE):
            message_id = secrets.token_hex(4)
            some = requests[start : start + BATCH_SIZE]
            wanted = [{"requestType": request, "requestData": data} for request, data in some]
            self._socket.send(json.dumps({"op": 8, "d": {"requestId": message_id, "requests": wanted}}))
            for result in self._answer(message_id, BATCH_S)["results"]:
                if not result["requestStatus"]["result"]:
                    raise RuntimeError(f"{result['requestType']}: {result['requestStatus']}")

    def wait_event(self, event: str, timeout_s: float = 15.0) -> dict[str, Any]:
        """The next event of that name that has not been waited for. Raises TimeoutError."""
        deadline = time.monotonic() + timeout_s
        while True:
            for index, (name, data) in enumerate(self.events):
                if name == event:
                    del self.events[: index + 1]
                    return data
            self._receive(max(0.001, deadline - time.monotonic()))

    def close(self) -> None:
        """Say goodbye."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
