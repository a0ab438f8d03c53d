"""OBS's own T-bar, lies included: the real OBS and the practice OBS alike, by an independent client."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.rigs.obs import RealObs
from tests.scenes.any_obs import AnyObs
from tests.scenes.on_air import cursor, fade, named, on_air, until_on_air


@pytest.fixture
async def studio(obs: AnyObs, request: pytest.FixtureRequest) -> AsyncIterator[AnyObs]:
    """An OBS in Studio Mode, the Fade chosen, Close on preview; a real one is renewed after a T-bar was taken back."""
    await obs.call("SetStudioModeEnabled", studioModeEnabled=True)
    await fade(obs, 300)
    await obs.call("SetCurrentPreviewScene", sceneName="Close")
    obs.witness.events.clear()
    yield obs
    if obs.is_real:
        real: RealObs = request.getfixturevalue("real_obs")
        await asyncio.to_thread(real.renew)


async def test_a_t_bar_holds_both_pictures_and_the_coming_name(studio: AnyObs) -> None:
    await studio.call("SetTBarPosition", position=0.5, release=False)
    assert await studio.event("SceneTransitionStarted") == {"transitionName": "Fade"}
    await until_on_air(studio, "Wide", "Close")
    assert await named(studio) == "Close"

    async def is_held() -> bool:
        return 0.3 < await cursor(studio) < 0.7

    await studio.until(is_held, what="the middle")
    await studio.call("SetTBarPosition", position=0.0, release=True)

    async def is_back() -> bool:
        return await cursor(studio) < 0.05

    await studio.until(is_back, what="the T-bar's start")
    assert await named(studio) == "Close"  # taken back, OBS still names it
    assert await on_air(studio) == {"Wide", "Close"}
    assert not [name for name, _ in studio.witness.events if name == "SceneTransitionEnded"]
    await studio.call("SetCurrentSceneTransition", transitionName="Cut")
    await studio.call("SetCurrentProgramScene", sceneName="Table")
    await until_on_air(studio, "Table")


async def test_a_take_while_the_t_bar_is_held_is_lost(studio: AnyObs) -> None:
    await studio.call("SetTBarPosition", position=0.5, release=False)
    await until_on_air(studio, "Wide", "Close")
    await studio.call("SetCurrentProgramScene", sceneName="Table")
    assert await named(studio) == "Table"
    assert await on_air(studio) == {"Wide", "Close"}
    await studio.call("SetTBarPosition", position=0.0, release=True)
    await studio.call("SetCurrentSceneTransition", transitionName="Cut")
    await studio.call("SetCurrentProgramScene", sceneName="Safe")
    await until_on_air(studio, "Safe")


@pytest.mark.parametrize("position", [-0.1, 1.1, "half", None])
async def test_a_t_bar_that_is_nowhere_is_refused(obs: AnyObs, position: object) -> None:
    await obs.call("SetStudioModeEnabled", studioModeEnabled=True)
    assert (await obs.ask("SetTBarPosition", position=position))[0] in (300, 401, 402)
