"""500 scenes and 2,000 sources: what is read at a connection and after an edit, counted in requests."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

import pytest

from console.practice.obs import PracticeObs
from scenes.link import ObsLink
from scenes.state import Scene
from scenes.wire.line import Line, ObsRefused, Request
from scenes.wire.socket import Message
from tests.rigs.bare import BareObs
from tests.rigs.big import SCENES, SOURCES, build_big
from tests.scenes.conftest import Connect
from tests.waiting import until

pytestmark = pytest.mark.slow

MANY = 300  # requests in one batch that are still parsed in a few milliseconds
POLLED = {"GetStats", "GetStreamStatus", "GetRecordStatus", "GetReplayBufferStatus", "GetVirtualCamStatus"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The names of the requests of each batch that any line was asked."""
    batches: list[list[str]] = []
    batch = Line.batch

    async def noting(self: Line, requests: Sequence[Request], *, timeout_s: float = 5.0) -> list[Message | ObsRefused]:
        batches.append([name for name, _ in requests])
        return await batch(self, requests, timeout_s=timeout_s)

    monkeypatch.setattr(Line, "batch", noting)
    return batches


@pytest.fixture
async def server() -> AsyncIterator[PracticeObs]:
    async with PracticeObs() as server:
        yield server


@pytest.fixture
async def somebody(server: PracticeObs) -> AsyncIterator[BareObs]:
    """Somebody else who works in that OBS."""
    client = await asyncio.to_thread(BareObs, server.url, server.password)
    await asyncio.to_thread(build_big, client)
    yield client
    await asyncio.to_thread(client.close)


async def big_link(server: PracticeObs, connect: Connect) -> ObsLink:
    link = await connect(server.url, server.password, is_up=False)
    await until(lambda: link.state.value.link.is_up, within_s=60, what="OBS")
    return link


def scene(link: ObsLink, name: str) -> Scene | None:
    return next((each for each in link.state.value.scenes if each.name == name), None)


def count(asked: list[list[str]]) -> Counter[str]:
    return Counter(name for batch in asked for name in batch if name not in POLLED)


async def test_a_large_collection_is_read_once_and_in_small_pieces(
    server: PracticeObs, somebody: BareObs, connect: Connect, asked: list[list[str]]
) -> None:
    link = await big_link(server, connect)
    shown = link.state.value
    assert len(shown.scenes) >= SCENES
    assert sum(len(each.inputs) for each in shown.scenes if each.name.startswith("Scene ")) == SOURCES
    counted = count(asked)
    assert counted["GetSceneItemList"] == len(shown.scenes)
    assert counted["GetSceneList"] <= 2
    assert max(len(batch) for batch in asked) <= MANY
    assert max(batch.count("GetSceneItemList") for batch in asked) <= 50


async def test_after_an_edit_only_that_scene_is_read(
    server: PracticeObs, somebody: BareObs, connect: Connect, asked: list[list[str]]
) -> None:
    link = await big_link(server, connect)
    kept = scene(link, "Scene 008")
    asked.clear()
    where = {"sceneName": "Scene 007", "sceneItemId": 1, "sceneItemEnabled": False}
    await asyncio.to_thread(somebody.call, "SetSceneItemEnabled", **where)
    await until(lambda: "Source 0007" not in (scene(link, "Scene 007") or Scene("")).inputs, what="the hidden source")
    await asyncio.to_thread(somebody.call, "CreateScene", sceneName="New")
    await until(lambda: scene(link, "New"), what="the new scene")
    await asyncio.to_thread(somebody.call, "SetSceneName", sceneName="Scene 100", newSceneName="Hundred")
    await until(lambda: scene(link, "Hundred") and not scene(link, "Scene 100"), what="the new name")
    await asyncio.to_thread(somebody.call, "RemoveScene", sceneName="New")
    await until(lambda: not scene(link, "New"), what="the end of the scene")
    made = {"sceneName": "Scene 009", "inputName": "Fresh", "inputKind": "color_source_v3"}
    await asyncio.to_thread(somebody.call, "CreateInput", **made)
    await until(lambda: "Fresh" in (scene(link, "Scene 009") or Scene("")).inputs, what="the new source")
    assert count(asked)["GetSceneItemList"] <= 8
    assert scene(link, "Scene 008") is kept


async def test_another_collection_is_read_as_a_whole(
    server: PracticeObs, somebody: BareObs, connect: Connect, asked: list[list[str]]
) -> None:
    link = await big_link(server, connect)
    await asyncio.to_thread(somebody.call, "CreateSceneCollection", sceneCollectionName="Small")
    await until(
        lambda: len(link.state.value.scenes) < SCENES and link.state.value.link.is_up, what="the new collection"
    )
    assert link.state.value.claimed is not None
