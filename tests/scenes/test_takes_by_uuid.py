"""Takes by UUID, against a practice OBS that speaks as one that offers them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from console.practice.obs import PracticeObs
from tests.rigs.bare import BareObs
from tests.rigs.collection import Media, build_scenes
from tests.rigs.practice import empty_studio
from tests.scenes.any_obs import AnyObs
from tests.scenes.conftest import Connect
from tests.waiting import until


@pytest.fixture
async def new_obs(media: Media) -> AsyncIterator[AnyObs]:
    async with PracticeObs(scenes=empty_studio(media), version="5.5") as server:
        witness = await asyncio.to_thread(BareObs, server.url, server.password)
        await asyncio.to_thread(build_scenes, witness, size=(640, 360), media=media)
        yield AnyObs(server.url, server.password, witness, False, media)
        await asyncio.to_thread(witness.close)


@pytest.mark.slow
async def test_a_waiting_take_follows_its_scene_through_a_rename(new_obs: AnyObs, connect: Connect) -> None:
    link = await connect(new_obs.url, new_obs.password)
    scene = link.model.scene("Table")
    assert scene is not None
    assert scene.uuid
    await link.set_studio_mode(True)
    await link.set_transition("Fade", 900)
    first = asyncio.create_task(link.auto("Close"))
    await until(lambda: link.state.value.in_transition)
    second = asyncio.create_task(link.cut("Table"))
    await new_obs.call("SetSceneName", sceneName="Table", newSceneName="Workbench")
    assert (await first).is_done
    assert (await second).is_done
    assert link.state.value.program == "Workbench"
    assert (await link.preview("Close")).is_done
    assert (await link.set_override("Workbench", "Fade", 300)).is_done
    assert (await link.fade_black(duration_ms=100)).is_done
    assert link.state.value.is_black
    assert not await new_obs.is_on_air("Table picture")
