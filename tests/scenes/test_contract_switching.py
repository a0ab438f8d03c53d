"""OBS's own switching, lies included: the real OBS and the practice OBS alike, by an independent client."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.rigs.collection import STINGER
from tests.scenes.any_obs import AnyObs
from tests.scenes.on_air import cursor, fade, named, until_on_air


@pytest.fixture
async def studio(obs: AnyObs) -> AsyncIterator[AnyObs]:
    """An OBS in Studio Mode; transitions run out before it is put back."""
    await obs.call("SetStudioModeEnabled", studioModeEnabled=True)
    obs.witness.events.clear()
    yield obs

    async def is_still() -> bool:
        return await cursor(obs) in (0.0, 1.0)

    await obs.until(is_still, what="the end of transitions")


async def test_a_take_in_studio_mode_swaps_preview_and_program_when_it_ends(studio: AnyObs) -> None:
    await fade(studio, 300)
    await studio.call("SetCurrentPreviewScene", sceneName="Close")
    assert await studio.event("CurrentPreviewSceneChanged") == {"sceneName": "Close"}
    await studio.call("TriggerStudioModeTransition")
    assert await studio.event("SceneTransitionStarted") == {"transitionName": "Fade"}
    assert await named(studio) == "Close"  # long before it is there
    assert await studio.event("SceneTransitionVideoEnded") == {"transitionName": "Fade"}
    await until_on_air(studio, "Close")
    assert (await studio.call("GetCurrentPreviewScene"))["currentPreviewSceneName"] == "Wide"


async def test_both_pictures_are_on_air_while_a_transition_runs(studio: AnyObs) -> None:
    await fade(studio, 800)
    await studio.call("SetCurrentProgramScene", sceneName="Close")
    await until_on_air(studio, "Wide", "Close")
    assert await cursor(studio) < 1
    await until_on_air(studio, "Close")
    assert await cursor(studio) == 1


@pytest.mark.slow
async def test_a_take_into_a_running_transition_is_answered_named_told_and_lost(studio: AnyObs) -> None:
    await fade(studio, 900)
    await studio.call("SetCurrentProgramScene", sceneName="Close")
    await studio.event("SceneTransitionStarted")
    await asyncio.sleep(0.2)  # well inside the transition, where OBS loses takes
    assert (await studio.ask("SetCurrentProgramScene", sceneName="Table"))[0] == 100
    assert await named(studio) == "Table"
    await studio.event("SceneTransitionVideoEnded")
    assert await studio.event("CurrentProgramSceneChanged") == {"sceneName": "Table"}
    await until_on_air(studio, "Close")
    assert await named(studio) == "Table"
    assert (await studio.call("GetSceneList"))["currentProgramSceneName"] == "Table"
    await studio.call("SetCurrentSceneTransition", transitionName="Cut")
    await studio.call("SetCurrentProgramScene", sceneName="Table")
    await until_on_air(studio, "Table")


@pytest.mark.slow
async def test_in_direct_mode_the_second_of_two_takes_goes_on_air(obs: AnyObs) -> None:
    await fade(obs, 700)
    obs.witness.events.clear()
    await obs.call("SetCurrentProgramScene", sceneName="Close")
    await obs.event("SceneTransitionStarted")
    await obs.call("SetCurrentProgramScene", sceneName="Table")
    await until_on_air(obs, "Table")
    assert await named(obs) == "Table"


async def test_a_scenes_own_transition_is_used_and_told(obs: AnyObs) -> None:
    own = {"transitionName": "Fade", "transitionDuration": 350}
    try:
        await obs.call("SetSceneSceneTransitionOverride", sceneName="Close", **own)
        obs.witness.events.clear()
        await obs.call("SetCurrentProgramScene", sceneName="Close")
        assert await obs.event("SceneTransitionStarted") == {"transitionName": "Fade"}
        assert (await obs.call("GetCurrentSceneTransition"))["transitionName"] == "Cut"
        await until_on_air(obs, "Close")
        await obs.call("SetSceneSceneTransitionOverride", sceneName="Close", transitionName=None)
        left = await obs.call("GetSceneSceneTransitionOverride", sceneName="Close")
        assert left == {"transitionName": None, "transitionDuration": 350}
        assert (await obs.ask("SetSceneSceneTransitionOverride", sceneName="Close"))[0] == 300
    finally:
        none = {"transitionName": None, "transitionDuration": None}
        await obs.call("SetSceneSceneTransitionOverride", sceneName="Close", **none)


async def test_a_stinger_is_as_long_as_its_clip(studio: AnyObs) -> None:
    async def is_chosen() -> bool:  # OBS 29, just put into Studio Mode on a busy machine, may fall back to its Cut once
        await studio.call("SetCurrentSceneTransition", transitionName=STINGER)
        return bool((await studio.call("GetCurrentSceneTransition"))["transitionKind"] == "obs_stinger_transition")

    await studio.until(is_chosen, what="the stinger")
    chosen = await studio.call("GetCurrentSceneTransition")
    assert (chosen["transitionFixed"], chosen["transitionDuration"]) == (True, None)
    assert chosen["transitionConfigurable"]
    await studio.call("SetCurrentProgramScene", sceneName="Close")
    assert await studio.event("SceneTransitionStarted") == {"transitionName": STINGER}
    assert await cursor(studio) < 1
    await studio.event("SceneTransitionVideoEnded")
    await until_on_air(studio, "Close")


async def test_an_empty_scene_is_black(obs: AnyObs) -> None:
    await obs.call("SetCurrentProgramScene", sceneName="Spare")
    await until_on_air(obs)
    assert await named(obs) == "Spare"


async def test_scenes_count_as_active_in_direct_mode_only(obs: AnyObs) -> None:
    assert (await obs.call("GetSourceActive", sourceName="Wide"))["videoActive"]
    await obs.call("SetCurrentProgramScene", sceneName="Nested")
    await until_on_air(obs, "Table")
    assert (await obs.call("GetSourceActive", sourceName="Table"))["videoActive"]
    await obs.call("SetStudioModeEnabled", studioModeEnabled=True)
    assert not (await obs.call("GetSourceActive", sourceName="Nested"))["videoActive"]
    assert (await obs.call("GetSourceActive", sourceName="Nested"))["videoShowing"]


@pytest.mark.parametrize(
    ("request_type", "data", "code"),
    [
        ("SetCurrentPreviewScene", {"sceneName": "Close"}, 506),
        ("GetCurrentPreviewScene", {}, 506),
        ("TriggerStudioModeTransition", {}, 506),
        ("SetTBarPosition", {"position": 0.5}, 506),
        ("SetCurrentProgramScene", {"sceneName": "Nowhere"}, 600),
        ("SetCurrentProgramScene", {"sceneName": "Mic"}, 602),
        ("SetCurrentProgramScene", {"sceneUuid": "3f1b0c1e-0000-4000-8000-000000000000"}, 300),
        ("SetCurrentSceneTransition", {"transitionName": "Wipe"}, 600),
        ("SetCurrentSceneTransitionDuration", {"transitionDuration": 20}, 402),
        ("SetSceneSceneTransitionOverride", {"sceneName": "Close", "transitionName": "Wipe"}, 600),
    ],
)
async def test_what_makes_no_sense_in_direct_mode_is_refused_with_the_same_code(
    obs: AnyObs, request_type: str, data: dict[str, object], code: int
) -> None:
    assert (await obs.ask(request_type, **data))[0] == code
