"""Sources of a scene: shown, changed, proved; against the real OBS and the practice OBS alike."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from console.core.journal import MemoryJournal, Origin
from console.core.outcome import Result
from console.settings.show import Look, Step
from scenes.link import ObsLink
from scenes.sources.look_run import Taken
from scenes.sources.state import MediaState, Source
from tests.rigs.collection import CLIP_MS
from tests.scenes.conftest import AnyObs, Connect
from tests.waiting import until


@pytest.fixture(autouse=True)
async def _as_it_was(obs: AnyObs) -> AsyncIterator[None]:
    """The sources are put back by hand: the rig's OBS serves many tests."""
    yield
    for scene, source in (("Titles", "Title"), ("Titles", "Logo"), ("Corner", "Badge"), ("Nested", "Table")):
        item = (await obs.call("GetSceneItemId", sceneName=scene, sourceName=source))["sceneItemId"]
        await obs.call("SetSceneItemEnabled", sceneName=scene, sceneItemId=item, sceneItemEnabled=True)
        await obs.call("SetSceneItemLocked", sceneName=scene, sceneItemId=item, sceneItemLocked=False)
    await obs.call("SetSourceFilterEnabled", sourceName="Title", filterName="Tint", filterEnabled=True)
    await obs.call("SetInputSettings", inputName="Title", inputSettings={"text": "Good evening", "from_file": False})
    await obs.call("SetInputSettings", inputName="Logo", inputSettings={"file": str(obs.media.logo)})


async def titles(obs: AnyObs, connect: Connect) -> ObsLink:
    """A link that looks at the scene Titles, read."""
    link = await connect(obs.url, obs.password)
    link.look_at("Titles")
    await until(lambda: link.sources.value.scene == "Titles", what="the sources of Titles")
    return link


def row(link: ObsLink, name: str) -> Source:
    return next(row for row in link.sources.value.rows if row.name == name)


async def is_shown(obs: AnyObs, scene: str, source: str) -> bool:
    item = (await obs.call("GetSceneItemId", sceneName=scene, sourceName=source))["sceneItemId"]
    return bool((await obs.call("GetSceneItemEnabled", sceneName=scene, sceneItemId=item))["sceneItemEnabled"])


async def test_the_rows_are_those_of_the_scene_topmost_first_with_a_groups_items_below_it(
    obs: AnyObs, connect: Connect
) -> None:
    link = await titles(obs, connect)
    rows = link.sources.value.rows
    assert [(each.name, each.holder, each.depth) for each in rows] == [
        ("Clip", "Titles", 0),
        ("Logo", "Titles", 0),
        ("Title", "Titles", 0),
        ("Corner", "Titles", 0),
        ("Badge", "Corner", 1),
    ]
    assert [each.kind for each in rows][3] == "group"
    assert (row(link, "Title").text, row(link, "Logo").text) == ("Good evening", None)
    assert row(link, "Logo").file == str(obs.media.logo)
    assert [(each.name, each.is_enabled) for each in row(link, "Title").filters] == [("Tint", True)]
    assert (row(link, "Clip").is_muted, row(link, "Title").is_muted) == (False, None)
    assert row(link, "Clip").media is not None


async def test_without_a_wish_the_sources_follow_the_preview_else_what_is_on_air(obs: AnyObs, connect: Connect) -> None:
    link = await connect(obs.url, obs.password)
    await until(lambda: [each.name for each in link.sources.value.rows] == ["Mic", "Wide picture"])
    assert (await link.preview("Nested")).is_done
    await until(lambda: [(each.name, each.kind) for each in link.sources.value.rows][-1:] == [("Table", "scene")])
    await link.set_studio_mode(True)
    await link.preview("Close")
    await until(lambda: link.sources.value.scene == "Close")
    link.look_at("Titles")
    await until(lambda: link.sources.value.scene == "Titles")
    link.look_at(None)
    await until(lambda: link.sources.value.scene == "Close")


async def test_what_somebody_else_changes_is_shown(obs: AnyObs, connect: Connect) -> None:
    link = await titles(obs, connect)
    item = row(link, "Logo").item_id
    await obs.call("SetSceneItemEnabled", sceneName="Titles", sceneItemId=item, sceneItemEnabled=False)
    await obs.call("SetSceneItemLocked", sceneName="Titles", sceneItemId=item, sceneItemLocked=True)
    await until(lambda: (row(link, "Logo").is_visible, row(link, "Logo").is_locked) == (False, True))
    badge = row(link, "Badge").item_id
    await obs.call("SetSceneItemEnabled", sceneName="Corner", sceneItemId=badge, sceneItemEnabled=False)
    await until(lambda: not row(link, "Badge").is_visible)
    await obs.call("SetSourceFilterEnabled", sourceName="Title", filterName="Tint", filterEnabled=False)
    await until(lambda: not row(link, "Title").filters[0].is_enabled)
    await obs.call("SetInputMute", inputName="Clip", inputMuted=True)
    await until(lambda: row(link, "Clip").is_muted)
    await obs.call("SetInputMute", inputName="Clip", inputMuted=False)
    await until(lambda: row(link, "Clip").is_muted is False)


async def test_visibility_and_lock_are_proved_in_a_scene_in_a_group_and_of_a_nested_scene(
    obs: AnyObs, connect: Connect, journal: MemoryJournal
) -> None:
    link = await titles(obs, connect)
    outcome = await link.do(Step(do="hide", source="Title", scene="Titles"), origin=Origin.KEY)
    assert (outcome.result, outcome.why) == (Result.DONE, "Title is hidden in Titles.")
    assert not await is_shown(obs, "Titles", "Title")
    await until(lambda: not row(link, "Title").is_visible)
    assert (await link.do(Step(do="hide", source="Badge", scene="Corner"))).is_done
    assert not await is_shown(obs, "Corner", "Badge")
    assert (await link.do(Step(do="hide", source="Table", scene="Nested"))).is_done
    assert not await is_shown(obs, "Nested", "Table")
    assert (await link.do(Step(do="show", source="Table", scene="Nested"))).is_done
    assert (await link.do(Step(do="lock", source="Logo", scene="Titles"))).is_done
    await until(lambda: row(link, "Logo").is_locked)
    lines = [entry["line"] for entry in journal.of("source.changed")]
    assert lines[:2] == ["Hide Title in Titles", "Hide Badge in Corner"]


async def test_filters_texts_pictures_and_mutes_are_proved(obs: AnyObs, connect: Connect) -> None:
    link = await titles(obs, connect)
    assert (await link.do(Step(do="filter_off", source="Title", filter="Tint"))).is_done
    known = await obs.call("GetSourceFilter", sourceName="Title", filterName="Tint")
    assert known["filterEnabled"] is False
    assert (await link.do(Step(do="text", source="Title", text="Hello\nyou"))).is_done
    assert (await obs.call("GetInputSettings", inputName="Title"))["inputSettings"]["text"] == "Hello\nyou"
    await until(lambda: row(link, "Title").text == "Hello\nyou")
    assert (await link.do(Step(do="image", source="Logo", file=""))).is_done
    await until(lambda: row(link, "Logo").file == "")
    assert (await link.do(Step(do="mute", source="Mic"))).is_done
    assert (await obs.call("GetInputMute", inputName="Mic"))["inputMuted"] is True
    assert (await link.do(Step(do="unmute", source="Mic"))).is_done


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Step(do="show", source="Nope", scene="Titles"), "OBS has no Nope in Titles."),
        (Step(do="show", source="Title", scene="Nowhere"), "OBS has no Title in Nowhere."),
        (Step(do="filter_on", source="Title", filter="Nope"), "OBS has no filter Nope on Title."),
        (Step(do="text", source="Nope", text="x"), "OBS has no input Nope."),
        (Step(do="text", source="Logo", text="x"), "Logo is no text."),
        (Step(do="image", source="Title", file="x"), "Title is no picture."),
        (Step(do="mute", source="Title"), "Title has no sound."),
        (Step(do="play", source="Logo"), "Logo has nothing to play."),
        (Step(do="play", source="Nope"), "OBS has no input Nope."),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(obs: AnyObs, connect: Connect, step: Step, why: str) -> None:
    link = await titles(obs, connect)
    before = await obs.call("GetInputSettings", inputName="Logo")
    outcome = await link.do(step)
    assert not outcome.is_done
    assert outcome.why.endswith(why)
    assert await obs.call("GetInputSettings", inputName="Logo") == before


async def test_media_is_played_paused_sought_stopped_and_its_time_left_is_shown(obs: AnyObs, connect: Connect) -> None:
    link = await titles(obs, connect)
    assert (await link.cut("Titles")).is_done
    assert (await link.do(Step(do="restart", source="Clip"))).is_done
    assert (await link.do(Step(do="pause", source="Clip"))).is_done
    await until(lambda: [each.state for each in link.sources.value.on_air] == [MediaState.PAUSED], what="media on air")
    await until(lambda: (media := row(link, "Clip").media) and media.state is MediaState.PAUSED)
    [media] = link.sources.value.on_air
    left_s = media.left_s(link.clock.mono_ns())
    assert (media.source, media.duration_ms) == ("Clip", CLIP_MS)
    assert left_s is not None
    assert 0 < left_s <= CLIP_MS / 1000
    outcome = await link.seek("Clip", 2000)
    assert outcome.is_done, outcome
    await until(lambda: (media := row(link, "Clip").media) and abs((media.cursor_ms or 0) - 2000) < 1000)
    assert (await link.do(Step(do="play", source="Clip"))).is_done
    await until(lambda: not link.sources.value.on_air, what="the end of the clip")
    assert (await link.do(Step(do="restart", source="Clip"))).is_done
    assert (await link.do(Step(do="stop", source="Clip"))).is_done
    await until(lambda: (media := row(link, "Clip").media) and media.state is not MediaState.PLAYING)


async def test_in_studio_mode_a_change_of_what_is_on_air_says_when_it_shows(obs: AnyObs, connect: Connect) -> None:
    link = await titles(obs, connect)
    assert (await link.cut("Titles")).is_done
    await link.set_studio_mode(True)
    outcome = await link.do(Step(do="hide", source="Title", scene="Titles"))
    assert "On air from its next take on" in outcome.why
    assert await obs.is_on_air("Title") is True


async def test_a_look_with_a_failing_step_does_the_rest_and_its_take_and_names_the_one(
    obs: AnyObs, connect: Connect, journal: MemoryJournal
) -> None:
    link = await titles(obs, connect)
    look = Look(
        name="Open",
        scene="Titles",
        transition="Fade",
        duration_ms=300,
        steps=(
            Step(do="text", source="Title", text="Now"),
            Step(do="filter_off", source="Title", filter="Nope"),
            Step(do="hide", source="Badge", scene="Corner"),
        ),
    )
    run = await link.run_look(look, origin=Origin.REMOTE)
    assert run.outcome.result is Result.FAILED
    assert "1 of 4 not done: Filter Nope of Title off (OBS has no filter Nope on Title)" in run.outcome.why
    assert [(step.line, step.is_done) for step in run.steps] == [
        ("Text of Title: Now", True),
        ("Filter Nope of Title off", False),
        ("Hide Badge in Corner", True),
        ("Take Titles with Fade, 0.3 s", True),
    ]
    assert link.state.value.program == "Titles"
    assert not await is_shown(obs, "Corner", "Badge")
    assert journal.of("look.run")[0]["result"] == "failed"
    assert run.back is not None
    assert [(step.do, step.source) for step in run.back.steps] == [("show", "Badge"), ("text", "Title")]
    assert run.back.scene == "Wide"
    undone = await link.run_look(run.back)
    assert undone.outcome.is_done, undone
    assert link.state.value.program == "Wide"
    assert await is_shown(obs, "Corner", "Badge")
    assert (await obs.call("GetInputSettings", inputName="Title"))["inputSettings"]["text"] == "Good evening"
    assert undone.back is not None


@pytest.mark.parametrize("studio", [False, True])
@pytest.mark.parametrize("transition", ["Cut", "Fade", None])
async def test_what_a_look_shows_is_on_air_with_its_take(
    obs: AnyObs, connect: Connect, studio: bool, transition: str | None
) -> None:
    link = await titles(obs, connect)
    await link.set_studio_mode(studio)
    for name, scene in (("Title", "Titles"), ("Badge", "Corner")):
        assert (await link.do(Step(do="hide", source=name, scene=scene))).is_done
    look = Look(
        name="Open",
        scene="Titles",
        transition=transition,
        duration_ms=200 if transition == "Fade" else None,
        steps=(
            Step(do="show", source="Title", scene="Titles"),
            Step(do="show", source="Badge", scene="Corner"),
            Step(do="restart", source="Clip"),
        ),
    )
    run = await link.run_look(look, origin=Origin.KEY)
    assert run.outcome.is_done, run
    assert link.state.value.program == "Titles"
    assert await obs.is_on_air("Title")
    assert await obs.is_on_air("Badge")
    override = await obs.call("GetSceneSceneTransitionOverride", sceneName="Titles")
    assert override == {"transitionName": None, "transitionDuration": None}
    assert (await obs.call("GetCurrentSceneTransition"))["transitionName"] == "Cut"


async def test_a_look_waits_whole_with_its_take_and_is_taken_back_whole(obs: AnyObs, connect: Connect) -> None:
    link = await titles(obs, connect)
    await link.set_studio_mode(True)
    await link.set_transition("Fade", 1500)
    first = asyncio.create_task(link.auto("Close"))
    await until(lambda: link.state.value.in_transition)
    look = Look(name="Open", scene="Table", steps=(Step(do="text", source="Title", text="Now"),))
    second = asyncio.create_task(link.run_look(look, origin=Origin.REMOTE))
    await until(lambda: (take := link.state.value.take) and take.scene == "Table", what="the look's take")
    assert link.cancel_waiting().is_done
    run = await second
    assert (run.outcome.result, [step.is_done for step in run.steps]) == (Result.REFUSED, [None, None])
    assert (await obs.call("GetInputSettings", inputName="Title"))["inputSettings"]["text"] == "Good evening"
    assert (await first).is_done
    assert (await link.run_look(look, origin=Origin.REMOTE)).outcome.is_done
    assert link.state.value.program == "Table"


async def test_what_anybody_does_is_noted_as_steps(obs: AnyObs, connect: Connect) -> None:
    link = await titles(obs, connect)
    noted: list[Step | Taken] = []
    undo = link.watch_changes(noted.append)
    item = row(link, "Logo").item_id
    await obs.call("SetSceneItemEnabled", sceneName="Titles", sceneItemId=item, sceneItemEnabled=False)
    await obs.call("SetSourceFilterEnabled", sourceName="Title", filterName="Tint", filterEnabled=False)
    await obs.call("SetInputMute", inputName="Mic", inputMuted=True)
    frame = (await obs.call("GetSceneItemId", sceneName="Nested", sourceName="Table"))["sceneItemId"]
    await obs.call("SetSceneItemLocked", sceneName="Nested", sceneItemId=frame, sceneItemLocked=True)
    await link.do(Step(do="text", source="Title", text="Hello"))
    await obs.call("SetCurrentProgramScene", sceneName="Close")
    wanted = {
        Step(do="hide", source="Logo", scene="Titles"),
        Step(do="filter_off", source="Title", filter="Tint"),
        Step(do="mute", source="Mic"),
        Step(do="lock", source="Table", scene="Nested"),
        Step(do="text", source="Title", text="Hello"),
        Taken("Close", "Cut", None),
    }
    await until(lambda: wanted <= set(noted), what=f"all notes ({noted})")
    undo()
    await obs.call("SetInputMute", inputName="Mic", inputMuted=False)
    await until(lambda: "Mic" not in link.state.value.muted_inputs)
    assert Step(do="unmute", source="Mic") not in noted


async def test_a_new_name_of_what_is_on_air_is_noted_as_no_take(obs: AnyObs, connect: Connect) -> None:
    link = await titles(obs, connect)
    noted: list[Step | Taken] = []
    undo = link.watch_changes(noted.append)
    await obs.call("SetSceneName", sceneName="Wide", newSceneName="Far")
    await until(lambda: link.state.value.program == "Far", what="the new name")
    await obs.call("SetSceneName", sceneName="Far", newSceneName="Wide")
    await until(lambda: link.state.value.program == "Wide", what="the old name")
    undo()
    assert noted == []
