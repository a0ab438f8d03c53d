"""OBS's own behaviour towards sources, the real OBS and the practice OBS alike, seen by an independent client."""

from pathlib import Path
from typing import Any

import pytest

from tests.scenes.any_obs import AnyObs
from tests.scenes.titles import TITLES, item_id, items, until_on_air

# -- items


async def test_items_are_listed_bottom_first_with_their_kinds(titles: AnyObs) -> None:
    found = await items(titles)
    assert [item["sourceName"] for item in found] == ["Corner", "Title", "Logo", "Clip"]
    assert [item["sceneItemIndex"] for item in found] == [0, 1, 2, 3]
    kinds = [(item["sourceType"], item["inputKind"], item["isGroup"]) for item in found]
    assert kinds == [
        ("OBS_SOURCE_TYPE_SCENE", None, True),
        ("OBS_SOURCE_TYPE_INPUT", "text_ft2_source_v2", None),
        ("OBS_SOURCE_TYPE_INPUT", "image_source", None),
        ("OBS_SOURCE_TYPE_INPUT", "ffmpeg_source", None),
    ]


async def test_a_hidden_item_is_off_air_at_once_and_told(titles: AnyObs) -> None:
    where = {**TITLES, "sceneItemId": await item_id(titles, "Logo")}
    await titles.call("SetSceneItemEnabled", **where, sceneItemEnabled=False)
    assert await titles.event("SceneItemEnableStateChanged") == {**where, "sceneItemEnabled": False}
    await until_on_air(titles, "Logo", False)
    assert (await titles.call("GetSceneItemEnabled", **where))["sceneItemEnabled"] is False
    await titles.call("SetSceneItemEnabled", **where, sceneItemEnabled=True)
    await until_on_air(titles, "Logo")


async def test_in_studio_mode_a_hidden_item_stays_on_air_until_the_next_take(titles: AnyObs) -> None:
    await titles.call("SetStudioModeEnabled", studioModeEnabled=True)
    await titles.call("SetCurrentPreviewScene", sceneName="Spare")
    where = {**TITLES, "sceneItemId": await item_id(titles, "Logo")}
    await titles.call("SetSceneItemEnabled", **where, sceneItemEnabled=False)
    await titles.event("SceneItemEnableStateChanged")
    assert await titles.is_on_air("Logo")
    await titles.call("SetCurrentProgramScene", **TITLES)
    await until_on_air(titles, "Logo", False)


async def test_showing_what_is_shown_is_told_to_nobody(titles: AnyObs) -> None:
    where = {**TITLES, "sceneItemId": await item_id(titles, "Logo")}
    await titles.call("SetSceneItemEnabled", **where, sceneItemEnabled=True)
    await titles.call("SetSceneItemLocked", **where, sceneItemLocked=False)
    await titles.call("SetSceneItemLocked", **where, sceneItemLocked=True)
    assert await titles.event("SceneItemLockStateChanged") == {**where, "sceneItemLocked": True}
    assert not [name for name, _ in titles.witness.events if "SceneItemEnable" in name]


async def test_a_locked_item_says_so_and_can_still_be_hidden(titles: AnyObs) -> None:
    where = {**TITLES, "sceneItemId": await item_id(titles, "Logo")}
    await titles.call("SetSceneItemLocked", **where, sceneItemLocked=True)
    assert (await titles.call("GetSceneItemLocked", **where)) == {"sceneItemLocked": True}
    assert [item["sceneItemLocked"] for item in await items(titles)] == [False, False, True, False]
    await titles.call("SetSceneItemEnabled", **where, sceneItemEnabled=False)
    await until_on_air(titles, "Logo", False)


@pytest.mark.parametrize(
    ("request_type", "data", "code"),
    [
        ("SetSceneItemLocked", {"sceneName": "Titles", "sceneItemId": 99, "sceneItemLocked": True}, 600),
        ("SetSceneItemLocked", {"sceneName": "Titles", "sceneItemId": 1, "sceneItemLocked": 1}, 401),
        ("SetSceneItemLocked", {"sceneName": "Titles", "sceneItemId": 1}, 300),
        ("SetSceneItemEnabled", {"sceneName": "Nowhere", "sceneItemId": 1, "sceneItemEnabled": True}, 600),
        ("SetSceneItemIndex", {"sceneName": "Titles", "sceneItemId": 1, "sceneItemIndex": -1}, 402),
        ("SetSourceFilterEnabled", {"sourceName": "Title", "filterName": "None", "filterEnabled": True}, 600),
        ("SetSourceFilterEnabled", {"sourceName": "None", "filterName": "Tint", "filterEnabled": True}, 600),
        ("CreateSourceFilter", {"sourceName": "Title", "filterName": "Tint", "filterKind": "gain_filter"}, 601),
        ("CreateSourceFilter", {"sourceName": "Title", "filterName": "New", "filterKind": "sparkle"}, 607),
        ("GetGroupSceneItemList", {"sceneName": "Titles"}, 602),
        ("GetSceneItemList", {"sceneName": "Corner"}, 602),
        ("GetMediaInputStatus", {"inputName": "Nothing"}, 600),
        ("GetMediaInputStatus", {"inputName": "Titles"}, 602),
        ("TriggerMediaInputAction", {"inputName": "Clip", "mediaAction": "PLAY"}, 400),
        ("SetMediaInputCursor", {"inputName": "Clip", "mediaCursor": -5}, 402),
        ("SetInputSettings", {"inputName": "Title", "inputSettings": 3}, 401),
        ("SetInputSettings", {"inputName": "Title", "inputSettings": {}}, 100),
        ("CreateSceneItem", {"sceneName": "Corner", "sourceName": "Logo"}, 602),
        ("CreateInput", {"sceneName": "Corner", "inputName": "New", "inputKind": "image_source"}, 602),
    ],
)
async def test_what_makes_no_sense_is_refused_with_the_same_code(
    obs: AnyObs, request_type: str, data: dict[str, Any], code: int
) -> None:
    assert (await obs.ask(request_type, **data))[0] == code


async def test_an_item_moved_up_is_told_with_the_whole_order(titles: AnyObs) -> None:
    where = {**TITLES, "sceneItemId": await item_id(titles, "Title")}
    await titles.call("SetSceneItemIndex", **where, sceneItemIndex=3)
    told = (await titles.event("SceneItemListReindexed"))["sceneItems"]
    assert [row["sceneItemIndex"] for row in told] == [0, 1, 2, 3]
    assert told[3]["sceneItemId"] == where["sceneItemId"]
    assert [item["sourceName"] for item in await items(titles)] == ["Corner", "Logo", "Clip", "Title"]
    assert (await titles.call("GetSceneItemIndex", **where)) == {"sceneItemIndex": 3}


async def test_what_is_in_a_group_is_shown_and_hidden_by_the_groups_name(titles: AnyObs) -> None:
    held = (await titles.call("GetGroupSceneItemList", sceneName="Corner"))["sceneItems"]
    assert [item["sourceName"] for item in held] == ["Badge"]
    where = {"sceneName": "Corner", "sceneItemId": held[0]["sceneItemId"]}
    await titles.call("SetSceneItemEnabled", **where, sceneItemEnabled=False)
    assert await titles.event("SceneItemEnableStateChanged") == {**where, "sceneItemEnabled": False}
    await until_on_air(titles, "Badge", False)
    await titles.call("SetSceneItemEnabled", **where, sceneItemEnabled=True)
    await until_on_air(titles, "Badge")


async def test_hiding_a_group_hides_what_is_in_it(titles: AnyObs) -> None:
    where = {**TITLES, "sceneItemId": await item_id(titles, "Corner")}
    await titles.call("SetSceneItemEnabled", **where, sceneItemEnabled=False)
    await until_on_air(titles, "Badge", False)


# -- filters


async def test_a_filter_is_switched_and_told_even_when_it_changes_nothing(titles: AnyObs) -> None:
    where = {"sourceName": "Title", "filterName": "Tint"}
    for _ in range(2):
        await titles.call("SetSourceFilterEnabled", **where, filterEnabled=False)
        assert await titles.event("SourceFilterEnableStateChanged") == {**where, "filterEnabled": False}
    found = (await titles.call("GetSourceFilterList", sourceName="Title"))["filters"]
    assert found == [
        {
            "filterName": "Tint",
            "filterKind": "color_filter_v2",
            "filterIndex": 0,
            "filterEnabled": False,
            "filterSettings": {"opacity": 0.5},
        }
    ]
    assert "filterName" not in await titles.call("GetSourceFilter", **where)


async def test_a_filter_comes_is_renamed_moved_and_goes(titles: AnyObs) -> None:
    await titles.call("CreateSourceFilter", sourceName="Logo", filterName="One", filterKind="color_filter_v2")
    assert (await titles.event("SourceFilterCreated"))["filterIndex"] == 0
    await titles.call("CreateSourceFilter", sourceName="Logo", filterName="Two", filterKind="color_filter_v2")
    await titles.call("SetSourceFilterName", sourceName="Logo", filterName="Two", newFilterName="Three")
    told = await titles.event("SourceFilterNameChanged")
    assert told == {"sourceName": "Logo", "oldFilterName": "Two", "filterName": "Three"}
    await titles.call("SetSourceFilterIndex", sourceName="Logo", filterName="Three", filterIndex=0)
    told = await titles.event("SourceFilterListReindexed")
    assert [row["filterName"] for row in told["filters"]] == ["Three", "One"]
    for name in ("One", "Three"):
        await titles.call("RemoveSourceFilter", sourceName="Logo", filterName=name)
        assert await titles.event("SourceFilterRemoved") == {"sourceName": "Logo", "filterName": name}
    assert (await titles.call("GetSourceFilterList", sourceName="Logo"))["filters"] == []


# -- contents


async def test_a_text_is_changed_over_the_rest_unless_told_otherwise(titles: AnyObs) -> None:
    await titles.call("SetInputSettings", inputName="Title", inputSettings={"text": "Two"})
    settings = (await titles.call("GetInputSettings", inputName="Title"))["inputSettings"]
    assert (settings["text"], settings["font"]["size"]) == ("Two", 32)
    await titles.call("SetInputSettings", inputName="Title", inputSettings={"text": "Three"}, overlay=False)
    assert (await titles.call("GetInputSettings", inputName="Title"))["inputSettings"] == {"text": "Three"}


async def test_an_image_is_changed_by_its_file(titles: AnyObs, tmp_path: Path) -> None:
    other = str(tmp_path / "other.png")
    await titles.call("SetInputSettings", inputName="Logo", inputSettings={"file": other})
    found = await titles.call("GetInputSettings", inputName="Logo")
    assert found == {"inputKind": "image_source", "inputSettings": {"file": other}}
