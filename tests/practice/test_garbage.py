"""Whatever is sent to the practice OBS: the line is closed for cause or answered, and the next client is served."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from console.practice.obs import PracticeObs
from console.practice.requests import REQUESTS
from tests.practice.client import Client, client, proof

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
REQUEST = st.fixed_dictionaries(
    {"requestType": st.sampled_from(sorted(REQUESTS)) | JSON, "requestId": JSON},
    optional={"requestData": JSON, "inputVariables": JSON, "outputVariables": JSON},
)
BATCH = st.fixed_dictionaries(
    {"requestId": JSON, "requests": st.lists(REQUEST | JSON, max_size=3) | JSON},
    optional={"variables": JSON, "executionType": st.sampled_from((0, 1, 2)) | JSON, "haltOnFailure": JSON},
)
MESSAGE = (
    st.text(max_size=20)
    | st.binary(max_size=20)
    | st.builds(json.dumps, JSON)
    | st.builds(lambda op, data: json.dumps({"op": op, "d": data}), st.integers(-1, 10), JSON)
    | st.builds(lambda data: json.dumps({"op": 6, "d": data}), REQUEST)
    | st.builds(lambda data: json.dumps({"op": 8, "d": data}), BATCH)
)


async def said(socket: Any, message: str | bytes) -> None:
    """Send it and one request after it; return when that is answered or the line is closed."""
    await socket.send(message)
    await socket.send(json.dumps({"op": 6, "d": {"requestType": "GetVersion", "requestId": "last one"}}))
    while json.loads(await socket.recv())["d"].get("requestId") != "last one":
        pass


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=st.lists(MESSAGE, max_size=4), is_known=st.booleans())
async def test_garbage_ends_its_own_line_at_most(messages: list[str | bytes], is_known: bool) -> None:
    async with PracticeObs() as obs:
        async with connect(obs.url) as socket:
            hello = json.loads(await socket.recv())["d"]
            if is_known:
                identify = {"rpcVersion": 1, "authentication": proof(obs.password, hello), "eventSubscriptions": 0}
                await socket.send(json.dumps({"op": 1, "d": identify}))
                await socket.recv()
            try:
                for message in messages:
                    await said(socket, message)
            except ConnectionClosed:
                assert socket.close_code in range(4002, 4011)
        obs.misbehave()
        async with client(obs) as it:
            await still_serves(it)


async def still_serves(it: Client) -> None:
    assert "GetSceneList" in (await it.call("GetVersion"))["availableRequests"]
