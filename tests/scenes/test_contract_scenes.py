"""OBS's own scene list and collections, the real OBS and the practice OBS alike, by an independent client."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.rigs.collection import GROUP, SCENES, STINGER
from tests.scenes.any_obs import AnyObs


async def scenes(obs: AnyObs) -> list[str]:
    """The scenes as OBS's window lists them, top first."""
    listed = (await obs.call("GetSceneList"))["scenes"]
    return [row["sceneName"] for row in sorted(listed, key=lambda row: -row["sceneIndex"])]


@pytest.fixture
async def tidy(obs: AnyObs) -> AsyncIterator[AnyObs]:
    """An OBS from which the scenes Extra and Other are gone afterwards."""
    obs.witness.events.clear()
    yield obs
    for name in ("Extra", "Other"):
        await obs.ask("RemoveScene", sceneName=name)


async def test_a_new_scene_is_last_and_told_with_the_whole_list(tidy: AnyObs) -> None:
    await tidy.call("CreateScene", sceneName="Extra")
    assert await scenes(tidy) == [*SCENES, "Extra"]
    told = (await tidy.event("SceneListChanged"))["scenes"]
    assert told[0] == {"sceneIndex": 0, "sceneName": "Extra"}
    assert len(told) == len(SCENES) + 1
    assert await tidy.event("SceneCreated") == {"sceneName": "Extra", "isGroup": False}


async def test_a_scene_is_renamed_and_keeps_its_place(tidy: AnyObs) -> None:
    await tidy.call("SetSceneName", sceneName="Spare", newSceneName="Other")
    assert await tidy.event("SceneNameChanged") == {"oldSceneName": "Spare", "sceneName": "Other"}
    assert (await scenes(tidy))[-1] == "Other"
    await tidy.call("SetSceneName", sceneName="Other", newSceneName="Spare")


async def test_a_scene_that_is_removed_is_out_of_the_scene_on_air_that_held_it(tidy: AnyObs) -> None:
    held = await tidy.call("GetSceneItemList", sceneName="Wide")
    await tidy.call("CreateScene", sceneName="Extra")
    await tidy.call("CreateSceneItem", sceneName="Wide", sourceName="Extra")
    await tidy.call("RemoveScene", sceneName="Extra")
    assert await tidy.event("SceneRemoved") == {"sceneName": "Extra", "isGroup": False}

    async def is_gone() -> bool:
        return await tidy.call("GetSceneItemList", sceneName="Wide") == held and await scenes(tidy) == list(SCENES)

    await tidy.until(is_gone, what="the scene's end")


@pytest.mark.parametrize(
    ("request_type", "data", "code"),
    [
        ("CreateScene", {"sceneName": "Wide"}, 601),
        ("CreateScene", {"sceneName": "Mic"}, 601),
        ("CreateScene", {"sceneName": ""}, 403),
        ("SetSceneName", {"sceneName": "Spare", "newSceneName": "Wide"}, 601),
        ("SetSceneName", {"sceneName": GROUP, "newSceneName": "New"}, 602),
        ("RemoveScene", {"sceneName": "Nowhere"}, 600),
        ("RemoveScene", {"sceneName": GROUP}, 602),
        ("RemoveScene", {"sceneName": "Mic"}, 602),
        ("SetCurrentSceneCollection", {"sceneCollectionName": "Nowhere"}, 600),
        ("GetCanvasList", {}, 204),
        ("SingASong", {}, 204),
        ("CallVendorRequest", {"vendorName": "nobody", "requestType": "x"}, 600),
    ],
)
async def test_what_makes_no_sense_is_refused_with_the_same_code(
    obs: AnyObs, request_type: str, data: dict[str, str], code: int
) -> None:
    assert (await obs.ask(request_type, **data))[0] == code


async def test_groups_are_listed_apart(obs: AnyObs) -> None:
    assert await obs.call("GetGroupList") == {"groups": [GROUP]}
    assert GROUP not in await scenes(obs)


@pytest.mark.slow
async def test_another_scene_collection_comes_whole_and_the_first_comes_back(obs: AnyObs) -> None:
    before = await obs.call("GetSceneCollectionList")
    home = before["currentSceneCollectionName"]
    items = await obs.call("GetSceneItemList", sceneName="Titles")
    obs.witness.events.clear()
    if "Second" in before["sceneCollections"]:
        await obs.call("SetCurrentSceneCollection", sceneCollectionName="Second")
    else:
        await obs.call("CreateSceneCollection", sceneCollectionName="Second")
    assert await obs.event("CurrentSceneCollectionChanging") == {"sceneCollectionName": home}
    assert await obs.event("CurrentSceneCollectionChanged") == {"sceneCollectionName": "Second"}
    assert (await obs.call("GetSceneCollectionList"))["currentSceneCollectionName"] == "Second"
    assert await scenes(obs) == ["Scene"]
    assert (await obs.ask("CreateSceneCollection", sceneCollectionName=home))[0] == 601
    other = await obs.another()
    try:
        codes = []
        switching = asyncio.create_task(obs.call("SetCurrentSceneCollection", sceneCollectionName=home))
        while not switching.done():
            codes.append((await other.ask("GetSceneList"))[0])
            await asyncio.sleep(0.02)  # OBS 29 may crash when it is asked without a pause while it loads
        await switching
    finally:
        await other.close()
    assert set(codes) <= {100, 207}
    assert await obs.event("CurrentSceneCollectionChanged") == {"sceneCollectionName": home}
    assert await scenes(obs) == list(SCENES)
    after = await obs.call("GetSceneItemList", sceneName="Titles")
    assert [(i["sceneItemId"], i["sourceName"]) for i in after["sceneItems"]] == [
        (i["sceneItemId"], i["sourceName"]) for i in items["sceneItems"]
    ]
    listed = (await obs.call("GetSceneTransitionList"))["transitions"]
    assert STINGER in {row["transitionName"] for row in listed}
    assert (await obs.call("GetSourceFilterList", sourceName="Title"))["filters"][0]["filterName"] == "Tint"
