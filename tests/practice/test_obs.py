"""The practice OBS over a bare websocket, as a stranger sees it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from console.practice.obs import PracticeObs
from tests.practice.client import Client, client, proof

FULL_MASK = 2047 | 1 << 17
ACTIVE, METERS = 1 << 17, 1 << 16


@pytest.fixture
async def obs() -> AsyncIterator[PracticeObs]:
    async with PracticeObs() as running:
        yield running


async def closing(obs: PracticeObs, *messages: object) -> int | None:
    """The close code after `messages`; each is sent as JSON unless it is text; a callable gets the Hello."""
    async with connect(obs.url) as socket:
        hello = json.loads(await socket.recv())["d"]
        try:
            for message in messages:
                made = message(hello) if callable(message) else message
                await socket.send(made if isinstance(made, str) else json.dumps(made))
            while True:
                await socket.recv()
        except ConnectionClosed:
            return socket.close_code


def identify(password: str, **more: Any) -> Any:
    return lambda hello: {"op": 1, "d": {"rpcVersion": 1, "authentication": proof(password, hello), **more}}


async def test_a_client_with_the_password_is_let_in(obs: PracticeObs) -> None:
    async with client(obs) as it:
        version = await it.call("GetVersion")
    assert version["platformDescription"] == "Cuedrop practice studio"
    assert "GetSourceScreenshot" in version["availableRequests"]


async def test_without_a_password_nobody_is_asked() -> None:
    async with PracticeObs(password="") as obs, connect(obs.url) as socket:
        assert "authentication" not in json.loads(await socket.recv())["d"]
        await socket.send(json.dumps({"op": 1, "d": {"rpcVersion": 1}}))
        assert json.loads(await socket.recv()) == {"op": 2, "d": {"negotiatedRpcVersion": 1}}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (4002, "no json"),
        (4002, []),
        (4003, {"op": 1}),
        (4004, {"op": "1", "d": {}}),
        (4006, {"d": {}}),
        (4007, {"op": 6, "d": {"requestType": "GetVersion", "requestId": "1"}}),
        (4009, {"op": 1, "d": {"rpcVersion": 1}}),
        (4009, {"op": 1, "d": {"rpcVersion": 1, "authentication": "x"}}),
        (4009, identify("wrong")),
        (4010, identify("right", rpcVersion=2)),
        (4004, identify("right", rpcVersion="1")),
        (4004, identify("right", eventSubscriptions="all")),
    ],
)
async def test_a_client_that_does_not_identify_itself_is_closed_as_by_obs(code: int, message: object) -> None:
    async with PracticeObs(password="right") as obs:
        assert await closing(obs, message) == code


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (4008, {"op": 1, "d": {"rpcVersion": 1}}),
        (4006, {"op": 77, "d": {}}),
        (4003, {"op": 6, "d": {}}),
        (4003, {"op": 8, "d": {"requestId": "1"}}),
        (4004, {"op": 8, "d": {"requestId": "1", "requests": 3}}),
        (4005, {"op": 8, "d": {"requestId": "1", "requests": [], "executionType": 7}}),
    ],
)
async def test_a_known_client_that_breaks_the_protocol_is_closed_as_by_obs(code: int, message: object) -> None:
    async with PracticeObs(password="right") as obs:
        assert await closing(obs, identify("right"), message) == code


@pytest.mark.parametrize(
    ("code", "request_type", "data"),
    [
        (204, "Nonsense", {}),
        (301, "SetCurrentProgramScene", {}),
        (300, "GetSourceScreenshot", {"sourceName": "Wide"}),
        (400, "GetSourceScreenshot", {"sourceName": "Wide", "imageFormat": "zz"}),
        (402, "GetSourceScreenshot", {"sourceName": "Wide", "imageFormat": "jpg", "imageWidth": 4}),
        (401, "SetCurrentProgramScene", {"sceneName": 3}),
        (403, "SetCurrentProgramScene", {"sceneName": ""}),
        (600, "SetCurrentProgramScene", {"sceneName": "nope"}),
        (602, "SetCurrentProgramScene", {"sceneName": "Wide camera"}),
        (602, "GetInputMute", {"inputName": "Wide"}),
        (604, "GetInputMute", {"inputName": "Safe ground"}),
        (506, "SetCurrentPreviewScene", {"sceneName": "Wide"}),
        (506, "TriggerStudioModeTransition", {}),
        (506, "GetCurrentPreviewScene", {}),
        (402, "SetCurrentSceneTransitionDuration", {"transitionDuration": 10}),
        (600, "SetCurrentSceneTransition", {"transitionName": "nope"}),
        (601, "CreateScene", {"sceneName": "Wide"}),
        (605, "CreateInput", {"sceneName": "Wide", "inputName": "x", "inputKind": "nope"}),
        (703, "CreateSceneItem", {"sceneName": "Wide", "sourceName": "Wide"}),
        (501, "StopRecord", {}),
    ],
)
async def test_what_obs_refuses_is_refused_with_its_code(
    obs: PracticeObs, code: int, request_type: str, data: dict[str, Any]
) -> None:
    async with client(obs) as it:
        assert await it.code(request_type, **data) == code


async def test_scenes_are_listed_bottom_first_as_obs_does(obs: PracticeObs) -> None:
    async with client(obs) as it:
        scenes = (await it.call("GetSceneList"))["scenes"]
    assert [scene["sceneName"] for scene in scenes] == ["Titles", "Safe", "Slides", "Table", "Close", "Wide"]
    assert [scene["sceneIndex"] for scene in scenes] == [0, 1, 2, 3, 4, 5]


async def fade(it: Client, duration_ms: int) -> None:
    await it.call("SetCurrentSceneTransition", transitionName="Fade")
    await it.call("SetCurrentSceneTransitionDuration", transitionDuration=duration_ms)


async def test_a_take_names_the_scene_at_the_end_of_its_transition(obs: PracticeObs) -> None:
    async with client(obs, mask=FULL_MASK) as it:
        await fade(it, 60)
        await it.call("SetCurrentProgramScene", sceneName="Close")
        assert await it.event("SceneTransitionStarted") == {"transitionName": "Fade"}
        told = await it.event("InputActiveStateChanged")
        assert told == {"inputName": "Close camera", "videoActive": True}
        await it.event("SceneTransitionVideoEnded")
        assert await it.event("CurrentProgramSceneChanged") == {"sceneName": "Close"}
        await it.event("SceneTransitionEnded")
        told = await it.event("InputActiveStateChanged")
        assert told == {"inputName": "Wide camera", "videoActive": False}


async def test_a_take_during_a_transition_is_lost_and_named_all_the_same(obs: PracticeObs) -> None:
    async with client(obs, mask=FULL_MASK) as it:
        await it.call("SetStudioModeEnabled", studioModeEnabled=True)
        await fade(it, 150)
        await it.call("SetCurrentProgramScene", sceneName="Close")
        await it.call("SetCurrentProgramScene", sceneName="Table")
        assert await it.event("CurrentProgramSceneChanged") == {"sceneName": "Table"}
        assert (await it.call("GetCurrentProgramScene"))["currentProgramSceneName"] == "Table"
        assert (await it.call("GetSourceActive", sourceName="Close camera"))["videoActive"]
        assert not (await it.call("GetSourceActive", sourceName="Table camera"))["videoActive"]


async def test_a_dropped_take_names_what_is_not_on_air(obs: PracticeObs) -> None:
    obs.misbehave(drop_takes=1)
    async with client(obs, mask=FULL_MASK) as it:
        await it.call("SetCurrentProgramScene", sceneName="Close")
        assert await it.event("CurrentProgramSceneChanged") == {"sceneName": "Close"}
        assert not (await it.call("GetSourceActive", sourceName="Close camera"))["videoActive"]


async def test_meters_come_even_when_nothing_sounds(obs: PracticeObs) -> None:
    obs.studio.inputs.clear()
    async with client(obs, mask=METERS) as it:
        assert await it.event("InputVolumeMeters") == {"inputs": []}


async def test_a_muted_input_still_moves_before_its_fader(obs: PracticeObs) -> None:
    async with client(obs, mask=METERS) as it:
        await it.call("SetInputMute", inputName="Music", inputMuted=True)
        it.events.clear()
        inputs = {i["inputName"]: i["inputLevelsMul"] for i in (await it.event("InputVolumeMeters"))["inputs"]}
    magnitude, peak, before = inputs["Music"][0]
    assert (magnitude, peak) == (0, 0)
    assert before > 0


async def test_clients_get_only_what_they_subscribed_to(obs: PracticeObs) -> None:
    async with client(obs, mask=1 << 3) as it:
        await it.call("SetCurrentProgramScene", sceneName="Close")
        await it.call("SetInputMute", inputName="Music", inputMuted=True)
        await it.call("GetVersion")
        assert [event["eventType"] for event in it.events] == ["InputMuteStateChanged"]
        await it.send(3, eventSubscriptions=1 << 2)
        assert (await it.answer(2)) == {"negotiatedRpcVersion": 1}
        await it.call("CreateScene", sceneName="New")
        assert await it.event("SceneCreated") == {"sceneName": "New", "isGroup": False}


async def test_a_batch_halts_when_told_to(obs: PracticeObs) -> None:
    wrong, right = {"requestType": "Nope"}, {"requestType": "GetStats", "requestId": "b"}
    async with client(obs) as it:
        await it.send(8, requestId="1", haltOnFailure=True, requests=[wrong, right])
        assert [r["requestStatus"]["code"] for r in (await it.answer(9))["results"]] == [204]
        sleep = {"requestType": "Sleep", "requestData": {"sleepMillis": 1}}
        await it.send(8, requestId="2", requests=[wrong, sleep, right])
        results = (await it.answer(9))["results"]
    assert [r["requestStatus"]["code"] for r in results] == [204, 100, 100]
    assert [r.get("requestId") for r in results] == [None, None, "b"]


async def test_a_batch_carries_an_answer_into_a_later_request(obs: PracticeObs) -> None:
    get = {"requestType": "GetCurrentProgramScene", "outputVariables": {"was": "currentProgramSceneName"}}
    other = {"requestType": "SetCurrentProgramScene", "requestData": {"sceneName": "Close"}}
    back = {"requestType": "SetCurrentProgramScene", "inputVariables": {"sceneName": "was"}}
    async with client(obs) as it:
        await it.send(8, requestId="1", requests=[get, other, back])
        assert [r["requestStatus"]["code"] for r in (await it.answer(9))["results"]] == [100, 100, 100]
        assert (await it.call("GetCurrentProgramScene"))["currentProgramSceneName"] == "Wide"


@pytest.mark.parametrize("message", [{"a": 1}, None, 3, "x", {"requestType": {}}, {"requestData": [1]}])
async def test_a_batch_of_nonsense_is_answered_not_died_of(obs: PracticeObs, message: object) -> None:
    async with client(obs) as it:
        await it.send(8, requestId="1", requests=[message])
        assert (await it.answer(9))["results"][0]["requestStatus"]["result"] is False


async def test_a_take_sent_to_a_frozen_obs_lands_on_the_thaw_even_when_its_client_left(obs: PracticeObs) -> None:
    async with client(obs) as it:
        obs.misbehave(freeze=True)
        await it.send(6, requestType="SetCurrentProgramScene", requestId="1", requestData={"sceneName": "Table"})
    assert obs.studio.program == "Wide"
    async with client_later(obs) as witness:
        assert (await witness.event("CurrentProgramSceneChanged")) == {"sceneName": "Table"}


def client_later(obs: PracticeObs) -> Any:
    """A client that can only get in once the studio thaws, which it does now."""
    obs.misbehave()
    return client(obs)


async def test_an_obs_that_still_loads_says_so(obs: PracticeObs) -> None:
    obs.misbehave(not_ready=True)
    async with client(obs) as it:
        assert await it.code("GetSceneList") == 207
        obs.misbehave()
        assert await it.code("GetSceneList") == 100


async def test_recording_is_a_state_that_clients_are_told(obs: PracticeObs) -> None:
    async with client(obs) as it:
        await it.call("StartRecord")
        states = [(await it.event("RecordStateChanged"))["outputState"] for _ in range(2)]
        assert states == ["OBS_WEBSOCKET_OUTPUT_STARTING", "OBS_WEBSOCKET_OUTPUT_STARTED"]
        assert (await it.call("GetRecordStatus"))["outputActive"]
        await it.call("StopRecord")
        states = [(await it.event("RecordStateChanged"))["outputState"] for _ in range(2)]
        assert states == ["OBS_WEBSOCKET_OUTPUT_STOPPING", "OBS_WEBSOCKET_OUTPUT_STOPPED"]
