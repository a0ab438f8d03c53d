"""A scripted obs-websocket server for faults that no real OBS shows on demand."""

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Answer = dict[str, Any] | int | None  # responseData, a status code, or no answer at all

BASE: dict[str, dict[str, Any]] = {
    "GetVersion": {"obsVersion": "30.0.0", "platformDescription": "fake"},
    "GetStudioModeEnabled": {"studioModeEnabled": False},
    "GetSceneTransitionList": {"transitions": [{"transitionName": "Cut", "transitionKind": "cut_transition"}]},
    "GetCurrentSceneTransition": {"transitionName": "Cut", "transitionFixed": True, "transitionDuration": None},
    "GetCurrentSceneTransitionCursor": {"transitionCursor": 1.0},
    "GetVideoSettings": {"baseWidth": 640, "baseHeight": 360},
    "GetStreamStatus": {"outputActive": False},
    "GetRecordStatus": {"outputActive": False},
    "GetGroupList": {"groups": []},
}


class FakeObs:
    """Scenes "A" and "B" with one input each; every answer can be scripted. `requests` is what came."""

    def __init__(self, *, password: str = "") -> None:
        self.password = password
        self.program = "A"
        self.script: dict[str, Callable[[dict[str, Any]], Answer]] = {}
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.identified: list[dict[str, Any]] = []
        self.reidentified: list[dict[str, Any]] = []
        self.connections: list[ServerConnection] = []
        self.answers_identify = True
        self.has_meters = True
        self.is_frozen = False  # hears what it is asked, and says nothing at all
        self.is_reversed = False  # answers in the wrong order
        self._held: list[str] = []
        self._server: Server | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._port = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._server = await serve(self._meet, "127.0.0.1", self._port, ping_interval=None, close_timeout=0.2)
        self._port = next(iter(self._server.sockets)).getsockname()[1]
        self._tasks.append(asyncio.create_task(self._meter()))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def push(self, event: str, **data: Any) -> None:
        await self.push_raw(json.dumps({"op": 5, "d": {"eventType": event, "eventIntent": 1, "eventData": data}}))

    async def push_raw(self, text: str | bytes) -> None:
        for connection in self.connections:
            try:
                await connection.send(text)
            except ConnectionClosed:
                continue

    async def close(self, code: int = 1000) -> None:
        for connection in list(self.connections):
            await connection.close(code)

    async def air(self, scene: str) -> None:
        """Put a scene on air as OBS tells it."""
        old, self.program = self.program, scene
        await self.push("SceneTransitionStarted", transitionName="Cut")
        await self.push("InputActiveStateChanged", inputName=f"{scene} picture", videoActive=True)
        await self.push("CurrentProgramSceneChanged", sceneName=scene)
        await self.push("SceneTransitionEnded", transitionName="Cut")
        await self.push("InputActiveStateChanged", inputName=f"{old} picture", videoActive=False)

    async def _meter(self) -> None:
        while True:
            await asyncio.sleep(0.05)
            if self.has_meters and not self.is_frozen:
                await self.push("InputVolumeMeters", inputs=[])

    async def _meet(self, connection: ServerConnection) -> None:
        hello: dict[str, Any] = {"obsWebSocketVersion": "5.1.0", "rpcVersion": 1}
        if self.password:
            hello["authentication"] = {"challenge": "c", "salt": "s"}
        try:
            await connection.send(json.dumps({"op": 0, "d": hello}))
            identify = json.loads(await connection.recv())["d"]
            self.identified.append(identify)
            if self.password and identify.get("authentication") != self._right():
                await connection.close(4009)
                return
            if not self.answers_identify:
                await connection.wait_closed()
                return
            await connection.send(json.dumps({"op": 2, "d": {"negotiatedRpcVersion": 1}}))
            self.connections.append(connection)
            async for text in connection:
                await self._on_message(connection, json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            if connection in self.connections:
                self.connections.remove(connection)

    def _right(self) -> str:
        secret = base64.b64encode(hashlib.sha256((self.password + "s").encode()).digest())
        return base64.b64encode(hashlib.sha256(secret + b"c").digest()).decode()

    async def _on_message(self, connection: ServerConnection, message: dict[str, Any]) -> None:
        data = message["d"]
        if message["op"] == 3:
            self.reidentified.append(data)
        elif message["op"] == 6:
            result = self._answer(data)
            if result is not None:
                await self._send(connection, {"op": 7, "d": {**result, "requestId": data["requestId"]}})
        elif message["op"] == 8:
            results = [self._answer(request) for request in data["requests"]]
            if None not in results:
                body = {"requestId": data["requestId"], "results": results}
                await self._send(connection, {"op": 9, "d": body})

    async def _send(self, connection: ServerConnection, message: dict[str, Any]) -> None:
        self._held.append(json.dumps(message))
        if self.is_reversed and len(self._held) < 2:
            return
        for text in reversed(self._held):
            await connection.send(text)
        self._held.clear()

    def _answer(self, request: dict[str, Any]) -> dict[str, Any] | None:
        name, data = request["requestType"], request.get("requestData") or {}
        self.requests.append((name, data))
        answer = self.script.get(name, self._plain(name))(data)
        if answer is None or self.is_frozen:
            return None
        if isinstance(answer, int):
            return {"requestType": name, "requestStatus": {"result": False, "code": answer, "comment": "scripted"}}
        return {"requestType": name, "requestStatus": {"result": True, "code": 100}, "responseData": answer}

    def _plain(self, name: str) -> Callable[[dict[str, Any]], Answer]:
        scenes = [{"sceneName": "B", "sceneIndex": 0}, {"sceneName": "A", "sceneIndex": 1}]
        known: dict[str, Callable[[dict[str, Any]], Answer]] = {
            "GetSceneList": lambda _: {"currentProgramSceneName": self.program, "scenes": scenes},
            "GetInputList": lambda _: {"inputs": [{"inputName": "A picture"}, {"inputName": "B picture"}]},
            "GetSceneItemList": lambda data: {
                "sceneItems": [{"sourceName": f"{data['sceneName']} picture", "sourceType": "OBS_SOURCE_TYPE_INPUT"}]
            },
            "GetSourceActive": lambda data: {"videoActive": data["sourceName"] == f"{self.program} picture"},
            "GetInputMute": lambda _: 604,
            "SetCurrentProgramScene": self._take,
        }
        return known.get(name, lambda _: BASE.get(name, {}))

    def _take(self, data: dict[str, Any]) -> Answer:
        task = asyncio.get_running_loop().create_task(self.air(data["sceneName"]))
        self._tasks.append(task)
        return {}
