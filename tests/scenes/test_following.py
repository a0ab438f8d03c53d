"""The scene list follows OBS live: order, groups, nested scenes, other collections. Real and practice OBS alike."""

import asyncio
from typing import Any

from console.core.journal import MemoryJournal
from scenes.link import ObsLink
from scenes.state import Scene
from tests.scenes.any_obs import AnyObs
from tests.scenes.conftest import Connect
from tests.scenes.fake_obs import FakeObs
from tests.waiting import until


def names(link: ObsLink) -> tuple[str, ...]:
    return tuple(scene.name for scene in link.state.value.scenes)


def inputs(link: ObsLink, scene: str) -> frozenset[str]:
    return next((each for each in link.state.value.scenes if each.name == scene), Scene(scene)).inputs


async def truth(obs: AnyObs) -> tuple[str, ...]:
    rows: list[dict[str, Any]] = (await obs.call("GetSceneList"))["scenes"]
    return tuple(row["sceneName"] for row in sorted(rows, key=lambda row: -row["sceneIndex"]))


async def test_new_scenes_stand_where_obs_has_them(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    for name in ("Zebra", "Aardvark"):
        await obs.call("CreateScene", sceneName=name)
    await until(lambda: {"Zebra", "Aardvark"} <= set(names(link)), what="the new scenes")
    assert names(link) == await truth(obs)
    for name in ("Zebra", "Aardvark"):
        await obs.call("RemoveScene", sceneName=name)
    await until(lambda: not {"Zebra", "Aardvark"} & set(names(link)), what="their end")
    assert names(link) == await truth(obs)


async def test_what_a_nested_scene_shows_is_followed_where_it_is_nested(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    made = await obs.call("CreateSceneItem", sceneName="Table", sourceName="Slides picture")
    await until(lambda: "Slides picture" in inputs(link, "Nested"), what="the source in the nesting scene")
    await obs.call("RemoveSceneItem", sceneName="Table", sceneItemId=made["sceneItemId"])
    await until(lambda: "Slides picture" not in inputs(link, "Nested"), what="its end")


async def test_what_is_in_a_group_belongs_to_the_scene_and_a_hidden_group_hides_it(
    obs: AnyObs, connect: Connect
) -> None:
    link = await connect(obs.url, obs.password)
    assert "Badge" in inputs(link, "Titles")
    rows = (await obs.call("GetSceneItemList", sceneName="Titles"))["sceneItems"]
    where = {"sceneName": "Titles", "sceneItemId": next(r["sceneItemId"] for r in rows if r["sourceName"] == "Corner")}
    await obs.call("SetSceneItemEnabled", **where, sceneItemEnabled=False)
    await until(lambda: "Badge" not in inputs(link, "Titles"), what="the hidden group")
    await obs.call("SetSceneItemEnabled", **where, sceneItemEnabled=True)
    await until(lambda: "Badge" in inputs(link, "Titles"), what="the group again")


async def test_a_renamed_input_and_scene_are_known_by_their_new_names(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    await obs.call("SetInputName", inputName="Table picture", newInputName="Desk picture")
    await until(lambda: "Desk picture" in inputs(link, "Nested"), what="the new name of the input")
    assert (await link.cut("Table")).is_done
    assert link.state.value.program == "Table"
    await obs.call("SetInputName", inputName="Desk picture", newInputName="Table picture")
    await until(lambda: "Table picture" in inputs(link, "Nested"), what="the old name of the input")
    assert link.state.value.program == "Table"


async def test_a_new_name_of_what_is_on_air_is_no_take(obs: AnyObs, connect: Connect, journal: MemoryJournal) -> None:
    link = await connect(obs.url, obs.password)
    await obs.call("SetSceneName", sceneName="Wide", newSceneName="Very wide")
    await until(lambda: link.state.value.program == "Very wide", what="the new name")
    assert (await link.cut("Close", expect="Very wide")).is_done
    await obs.call("SetSceneName", sceneName="Very wide", newSceneName="Wide")
    await until(lambda: "Wide" in names(link), what="the old name")
    assert journal.of("program.changed") == []


async def test_scenes_that_are_put_in_another_order_are_shown_in_it(connect: Connect) -> None:
    async with FakeObs() as fake:
        link = await connect(fake.url, None, safe_scene=None)
        rows = [{"sceneName": "A", "sceneIndex": 0}, {"sceneName": "B", "sceneIndex": 1}]
        fake.script["GetSceneList"] = lambda _: {"currentProgramSceneName": "A", "scenes": rows}
        assert names(link) == ("A", "B")
        await fake.push("SceneListChanged", scenes=rows)
        await until(lambda: names(link) == ("B", "A"), what="the new order")


async def test_another_collection_is_shown_whole_and_the_first_one_again(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    first = names(link)
    listed = await obs.call("GetSceneCollectionList")
    home = listed["currentSceneCollectionName"]
    request = "SetCurrentSceneCollection" if "Other" in listed["sceneCollections"] else "CreateSceneCollection"
    await obs.call(request, sceneCollectionName="Other")
    await until(lambda: link.state.value.link.is_up and names(link) not in (first, ()), what="the other collection")
    assert names(link) == await truth(obs)
    await obs.call("SetCurrentSceneCollection", sceneCollectionName=home)
    await until(lambda: link.state.value.link.is_up and names(link) == first, what="the first collection")
    await until(lambda: link.state.value.claimed in first, what="what is on air")
    assert (await link.cut("Close")).is_done
    assert link.state.value.program == "Close"


async def test_events_that_come_in_a_flood_end_in_the_truth(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    made = [("CreateScene", {"sceneName": f"Many {number}"}) for number in range(30)]
    gone = [("RemoveScene", {"sceneName": f"Many {number}"}) for number in range(0, 30, 2)]
    named = [("SetSceneName", {"sceneName": f"Many {n}", "newSceneName": f"Odd {n}"}) for n in range(1, 30, 2)]
    await asyncio.to_thread(obs.witness.batch, [*made, *gone, *named])
    expected = {f"Odd {number}" for number in range(1, 30, 2)}
    await until(
        lambda: {name for name in names(link) if name.startswith(("Many", "Odd"))} == expected, what="the truth"
    )
    assert names(link) == await truth(obs)
    await asyncio.to_thread(obs.witness.batch, [("RemoveScene", {"sceneName": name}) for name in sorted(expected)])
    await until(lambda: not expected & set(names(link)), what="their end")
