"""What the watch over a scene's sources reads of OBS, and when: no more than is wanted, and never beside a proof."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from console.settings.show import Step
from scenes.link import ObsLink
from scenes.sources.look_run import Taken
from scenes.sources.state import MediaState
from tests.scenes.conftest import Connect
from tests.scenes.fake_obs import FakeObs
from tests.waiting import until

ITEM = {"sourceType": "OBS_SOURCE_TYPE_INPUT", "inputKind": "ffmpeg_source", "sceneItemId": 7}


class Playing:
    """The media input "A picture" of the fake's scene A."""

    def __init__(self, fake: FakeObs) -> None:
        self.fake = fake
        self.state = "PLAYING"
        self.cursor_ms = 1000
        self.settings: dict[str, Any] = {}
        fake.script["GetInputList"] = self._inputs
        fake.script["GetSceneItemList"] = lambda data: {
            "sceneItems": [{**ITEM, "sourceName": f"{data['sceneName']} picture"}]
        }
        fake.script["GetMediaInputStatus"] = lambda _: {
            "mediaState": f"OBS_MEDIA_STATE_{self.state}", "mediaDuration": 60_000, "mediaCursor": self.cursor_ms,
        }  # fmt: skip
        fake.script["GetInputSettings"] = lambda _: {"inputKind": "ffmpeg_source", "inputSettings": self.settings}

    def _inputs(self, data: dict[str, Any]) -> dict[str, Any]:
        names = ["A picture", "B picture"] if data.get("inputKind") in (None, "ffmpeg_source") else []
        return {"inputs": [{"inputName": name, "inputKind": "ffmpeg_source"} for name in names]}

    def asked(self, request: str) -> int:
        return sum(name == request for name, _ in self.fake.requests)


@pytest.fixture
async def playing() -> AsyncIterator[Playing]:
    async with FakeObs() as obs:
        yield Playing(obs)


async def watched(playing: Playing, connect: Connect) -> ObsLink:
    link = await connect(playing.fake.url, None)
    await until(lambda: link.sources.value.rows and link.sources.value.on_air, what="the sources")
    return link


async def test_media_on_air_is_shown_with_what_is_left_of_it(playing: Playing, connect: Connect) -> None:
    link = await watched(playing, connect)
    [media] = link.sources.value.on_air
    left_s = media.left_s(link.clock.mono_ns())
    assert (media.source, media.state) == ("A picture", MediaState.PLAYING)
    assert left_s is not None
    assert 50 < left_s <= 59
    await playing.fake.air("B")
    await until(lambda: [each.source for each in link.sources.value.on_air] == ["B picture"])


async def test_what_loops_never_runs_out(playing: Playing, connect: Connect) -> None:
    link = await watched(playing, connect)
    playing.settings = {"looping": True}
    await playing.fake.push("InputSettingsChanged", inputName="A picture", inputSettings={})
    await until(lambda: not link.sources.value.on_air)
    assert link.sources.value.rows[0].media is not None
    assert link.sources.value.rows[0].media.is_looping


async def test_a_cursor_is_asked_for_only_while_something_plays(playing: Playing, connect: Connect) -> None:
    link = await watched(playing, connect)
    before = playing.asked("GetMediaInputStatus")
    playing.cursor_ms = 30_000
    await until(lambda: playing.asked("GetMediaInputStatus") > before, what="another look at the cursor")
    await until(lambda: (media := link.sources.value.rows[0].media) and media.cursor_ms == 30_000)
    playing.state = "PAUSED"
    await playing.fake.push("MediaInputActionTriggered", inputName="A picture", mediaAction="x")
    await until(lambda: (media := link.sources.value.rows[0].media) and media.state is MediaState.PAUSED)
    polling = link.source_watch._polling
    await until(lambda: polling is None or polling.done(), what="the end of the polling")


async def test_an_event_of_another_scene_or_source_reads_nothing(playing: Playing, connect: Connect) -> None:
    link = await watched(playing, connect)
    link.look_at("B")
    await until(lambda: link.sources.value.scene == "B")
    reading = link.source_watch._reading
    await until(lambda: reading is None or reading.done())
    for event in ("SceneItemLockStateChanged", "SceneItemListReindexed"):
        await playing.fake.push(event, sceneName="A")
    await playing.fake.push("SourceFilterEnableStateChanged", sourceName="Other", filterName="x", filterEnabled=True)
    await playing.fake.push("InputMuteStateChanged", inputName="Other", inputMuted=True)
    await until(lambda: "Other" in link.state.value.muted_inputs, what="the last of the events")
    assert link.source_watch._reading is reading
    await playing.fake.push("SceneItemLockStateChanged", sceneName="B")
    await until(lambda: link.source_watch._reading is not reading)


async def test_a_storm_of_events_is_a_few_readings(playing: Playing, connect: Connect) -> None:
    link = await watched(playing, connect)
    reading = link.source_watch._reading
    await until(lambda: reading is None or reading.done())
    playing.fake.requests.clear()
    for number in range(200):
        await playing.fake.push("SceneItemLockStateChanged", sceneName="A", sceneItemLocked=bool(number % 2))
    playing.fake.script["GetSceneItemList"] = lambda _: {
        "sceneItems": [{**ITEM, "sourceName": "A picture", "sceneItemLocked": True}]
    }
    await playing.fake.push("SceneItemLockStateChanged", sceneName="A")
    await until(lambda: link.sources.value.rows[0].is_locked, what="the last of it")
    assert playing.asked("GetSceneItemList") < 20


async def test_nothing_is_read_while_a_take_is_being_proved(playing: Playing, connect: Connect) -> None:
    link = await watched(playing, connect)
    reading = link.source_watch._reading
    await until(lambda: reading is None or reading.done())
    playing.fake.script["SetCurrentProgramScene"] = lambda _: None  # on its way
    taking = asyncio.create_task(link.auto("B"))
    await until(lambda: (take := link.state.value.take) and take.state.value == "sent")
    playing.fake.requests.clear()
    await playing.fake.push("SceneItemLockStateChanged", sceneName="A")
    await playing.fake.push("InputMuteStateChanged", inputName="A picture", inputMuted=True)
    await until(lambda: "A picture" in link.state.value.muted_inputs)
    assert playing.asked("GetSceneItemList") == 0
    assert playing.asked("GetSourceFilterList") == 0
    await playing.fake.close()
    await taking


async def test_when_obs_goes_its_sources_are_not_known_and_they_come_back_with_it(
    playing: Playing, connect: Connect
) -> None:
    link = await watched(playing, connect)
    await playing.fake.close()
    await until(lambda: link.sources.value.scene is None)
    assert link.sources.value.rows == ()
    await until(lambda: link.sources.value.rows and link.sources.value.on_air)


async def test_a_scene_that_is_looked_at_is_followed_when_it_is_renamed_and_left_when_it_goes(
    playing: Playing, connect: Connect
) -> None:
    link = await watched(playing, connect)
    link.look_at("B")
    await until(lambda: link.sources.value.scene == "B")
    renamed = [{"sceneName": "C", "sceneIndex": 0}, {"sceneName": "A", "sceneIndex": 1}]
    playing.fake.script["GetSceneList"] = lambda _: {"currentProgramSceneName": "A", "scenes": renamed}
    await playing.fake.push("SceneNameChanged", oldSceneName="B", sceneName="C")
    await until(lambda: link.sources.value.scene == "C")
    playing.fake.script["GetSceneList"] = lambda _: {"currentProgramSceneName": "A", "scenes": renamed[1:]}
    await playing.fake.push("SceneRemoved", sceneName="C")
    await until(lambda: link.sources.value.scene == "A")


async def test_texts_and_pictures_are_noted_where_obs_tells_of_them(playing: Playing, connect: Connect) -> None:
    link = await watched(playing, connect)
    noted: list[Step | Taken] = []
    link.watch_changes(noted.append)
    playing.fake.script["GetInputSettings"] = lambda _: {
        "inputKind": "text_gdiplus_v3", "inputSettings": {"text": "Hello"},
    }  # fmt: skip
    await playing.fake.push("InputSettingsChanged", inputName="Title", inputSettings={"text": "Hello"})
    await until(lambda: Step(do="text", source="Title", text="Hello") in noted)
    playing.fake.script["GetInputSettings"] = lambda _: {
        "inputKind": "image_source", "inputSettings": {"file": "a.png"},
    }  # fmt: skip
    await playing.fake.push("InputSettingsChanged", inputName="Logo", inputSettings={})
    await until(lambda: Step(do="image", source="Logo", file="a.png") in noted)


@pytest.mark.parametrize("data", [{}, {"sceneName": 5}, {"inputName": None}, {"sceneName": "A", "sceneItemId": "x"}])
async def test_junk_in_events_breaks_nothing(playing: Playing, connect: Connect, data: dict[str, Any]) -> None:
    link = await watched(playing, connect)
    link.watch_changes(lambda _: None)
    for event in (
        "SceneItemEnableStateChanged", "SourceFilterEnableStateChanged", "InputMuteStateChanged", "InputCreated",
        "InputSettingsChanged", "MediaInputPlaybackEnded", "InputActiveStateChanged", "SceneNameChanged",
    ):  # fmt: skip
        await playing.fake.push(event, **data)
    await playing.fake.push("InputMuteStateChanged", inputName="Last", inputMuted=True)
    await until(lambda: "Last" in link.state.value.muted_inputs)
    assert link.state.value.link.is_up
