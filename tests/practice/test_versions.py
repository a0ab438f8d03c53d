"""The practice OBS as obs-websocket 5.0 to 5.7, and while it loads."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from console.practice.obs import PracticeObs
from console.practice.versions import SPEAKERS
from tests.practice.client import Client, client

VERSIONS = [f"{major}.{minor}" for major, minor in SPEAKERS]
WITH_UUIDS = [version for version in VERSIONS if version >= "5.4"]


async def speaking(version: str) -> AsyncIterator[tuple[PracticeObs, Client]]:
    async with PracticeObs(version=version) as obs, client(obs, mask=2047 | 1 << 17) as it:
        yield obs, it


@pytest.mark.parametrize("version", VERSIONS)
async def test_it_says_which_version_it_speaks_and_only_that_versions_requests(version: str) -> None:
    async for _, it in speaking(version):
        said = await it.call("GetVersion")
        assert str(said["obsWebSocketVersion"]).startswith(version)
        known = set(said["availableRequests"])
        assert ("GetCanvasList" in known) is (version == "5.7")
        assert ("GetSceneItemSource" in known) is (version >= "5.4")
        assert ("SplitRecordFile" in known) is (version >= "5.5")
        assert await it.code("GetCanvasList") == (100 if version == "5.7" else 204)


@pytest.mark.parametrize("version", ["5.0", "5.1", "5.3"])
async def test_before_5_4_nothing_has_an_identifier_and_none_is_taken(version: str) -> None:
    async for _, it in speaking(version):
        listed = await it.call("GetSceneList")
        assert not [key for key in (*listed, *listed["scenes"][0]) if "Uuid" in key]
        assert await it.code("SetCurrentProgramScene", sceneUuid="x") == 300


@pytest.mark.parametrize("version", WITH_UUIDS)
async def test_from_5_4_on_scenes_are_taken_by_an_identifier_that_outlives_their_name(version: str) -> None:
    async for _, it in speaking(version):
        listed = await it.call("GetSceneList")
        ids = {row["sceneName"]: row["sceneUuid"] for row in listed["scenes"]}
        assert len(set(ids.values())) == 6
        assert listed["currentProgramSceneUuid"] == ids["Wide"]
        await it.call("SetSceneName", sceneUuid=ids["Close"], newSceneName="Very close")
        told = await it.event("SceneNameChanged")
        assert told == {"oldSceneName": "Close", "sceneName": "Very close", "sceneUuid": ids["Close"]}
        await it.call("SetCurrentSceneTransition", transitionName="Cut")
        await it.call("SetCurrentProgramScene", sceneUuid=ids["Close"])
        told = await it.event("InputActiveStateChanged")
        assert (told["inputName"], len(told["inputUuid"])) == ("Close camera", 36)
        now = await it.call("GetCurrentProgramScene")
        assert (now["currentProgramSceneName"], now["currentProgramSceneUuid"]) == ("Very close", ids["Close"])
        assert await it.code("SetCurrentProgramScene", sceneUuid="nobody") == 600


async def test_a_scene_made_anew_under_an_old_name_is_another() -> None:
    async for _, it in speaking("5.7"):
        await it.call("CreateScene", sceneName="New")
        first = (await it.call("GetSceneList"))["scenes"][0]["sceneUuid"]
        await it.call("RemoveScene", sceneName="New")
        assert (await it.event("SceneRemoved"))["sceneUuid"] == first
        await it.call("CreateScene", sceneName="New")
        assert (await it.call("GetSceneList"))["scenes"][0]["sceneUuid"] != first


async def test_an_extra_canvas_is_listed_where_the_version_knows_any() -> None:
    async for obs, it in speaking("5.7"):
        obs.studio.canvases.append("Vertical")
        listed = (await it.call("GetCanvasList"))["canvases"]
    assert [(row["canvasName"], row["canvasFlags"]["MAIN"]) for row in listed] == [("Main", True), ("Vertical", False)]


async def test_from_5_4_on_changed_contents_are_told() -> None:
    async for _, it in speaking("5.4"):
        await it.call("SetInputSettings", inputName="Safe words", inputSettings={"text": "Soon"})
        assert (await it.event("InputSettingsChanged"))["inputSettings"]["text"] == "Soon"


def test_a_version_that_nobody_speaks_is_an_error() -> None:
    for wrong in ("4.9", "5", "5.8", "x"):
        with pytest.raises(ValueError, match="no obs-websocket"):
            PracticeObs(version=wrong)


async def test_while_a_collection_comes_everybody_else_is_told_to_wait() -> None:
    async with PracticeObs() as obs, client(obs) as it, client(obs) as other:
        switching = asyncio.create_task(it.call("CreateSceneCollection", sceneCollectionName="Second"))
        codes = []
        while not switching.done():
            codes.append(await other.code("GetSceneList"))
        assert 207 in codes
        await switching
        assert (await other.call("GetSceneList"))["currentProgramSceneName"] == "Scene"
        assert await other.event("CurrentSceneCollectionChanged") == {"sceneCollectionName": "Second"}
