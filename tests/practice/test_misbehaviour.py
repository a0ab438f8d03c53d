"""The practice OBS told to do wrong over its own protocol, as the rehearsal menu tells it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from console.practice.obs import PracticeObs
from tests.practice.client import Client, client
from tests.waiting import until

FULL_MASK = 2047 | 1 << 17


@pytest.fixture
async def obs() -> AsyncIterator[PracticeObs]:
    async with PracticeObs() as running:
        yield running


async def tell(it: Client, how: str, **more: Any) -> None:
    data = {"vendorName": "cuedrop-practice", "requestType": "misbehave", "requestData": {"how": how, **more}}
    answer = await it.call("CallVendorRequest", **data)
    assert answer == {"vendorName": "cuedrop-practice", "requestType": "misbehave", "responseData": {}}


async def test_the_next_take_is_lost_and_the_one_after_is_not(obs: PracticeObs) -> None:
    async with client(obs, mask=FULL_MASK) as it:
        await tell(it, "lose_takes", n=1)
        await until(lambda: obs.studio.drop_takes == 1)
        await it.call("SetCurrentSceneTransition", transitionName="Cut")
        await it.call("SetCurrentProgramScene", sceneName="Close")
        assert await it.event("CurrentProgramSceneChanged") == {"sceneName": "Close"}
        assert not (await it.call("GetSourceActive", sourceName="Close camera"))["videoActive"]
        await it.call("SetCurrentProgramScene", sceneName="Table")
        assert (await it.call("GetSourceActive", sourceName="Table camera"))["videoActive"]


async def test_the_next_takes_are_refused(obs: PracticeObs) -> None:
    async with client(obs) as it:
        await tell(it, "refuse_takes", n=2)
        await until(lambda: obs.studio.refuse_takes == 2)
        codes = [await it.code("SetCurrentProgramScene", sceneName="Close") for _ in range(3)]
    assert codes == [702, 702, 100]


async def test_it_stands_still_and_then_does_what_came_in(obs: PracticeObs) -> None:
    async with client(obs, mask=FULL_MASK) as it:
        await tell(it, "stall", for_s=0.3)
        await until(lambda: not obs.faults.thawed.is_set())
        await it.send(6, requestType="SetCurrentProgramScene", requestId="1", requestData={"sceneName": "Table"})
        assert obs.studio.program == "Wide"
        assert (await it.answer(7))["requestStatus"]["code"] == 100
        assert obs.studio.program == "Table"
        assert obs.faults.thawed.is_set()


async def test_it_answers_late_for_a_while(obs: PracticeObs) -> None:
    loop = asyncio.get_running_loop()
    async with client(obs) as it:
        await tell(it, "late", for_s=0.4, late_s=0.2)
        await until(lambda: obs.faults.late_s == 0.2)
        asked_s = loop.time()
        await it.call("GetVersion")
        assert loop.time() - asked_s >= 0.2
        await until(lambda: obs.faults.late_s == 0)


async def test_its_pictures_stand_still(obs: PracticeObs) -> None:
    picture = {"sourceName": "Wide", "imageFormat": "png", "imageWidth": 64}
    async with client(obs) as it:
        await tell(it, "freeze_picture", for_s=60)
        await until(lambda: obs.studio.pictures_stand_s is not None)
        first = await it.call("GetSourceScreenshot", **picture)
        obs.studio.tick(obs.studio.now_s + 3)
        assert await it.call("GetSourceScreenshot", **picture) == first
        await tell(it, "good")
        await until(lambda: obs.studio.pictures_stand_s is None)
        assert await it.call("GetSourceScreenshot", **picture) != first


async def test_it_dies_without_a_goodbye_and_its_port_refuses(obs: PracticeObs) -> None:
    async with client(obs) as it:
        url = obs.url
        await tell(it, "die")
        with pytest.raises(ConnectionClosed):
            await it.socket.recv()
        assert it.socket.close_code == 1006
        with pytest.raises(OSError):  # noqa: PT011 - refused or reset, as the system likes
            await connect(url)


@pytest.mark.parametrize("data", [{}, {"how": "sing"}, {"how": "stall", "for_s": -1}, {"how": "late", "late_s": "x"}])
async def test_an_order_that_is_none_is_refused(obs: PracticeObs, data: dict[str, Any]) -> None:
    order = {"vendorName": "cuedrop-practice", "requestType": "misbehave", "requestData": data}
    async with client(obs) as it:
        assert await it.code("CallVendorRequest", **order) in (300, 301, 400, 401, 402, 403)
        assert await it.code("CallVendorRequest", vendorName="someone", requestType="x") == 600
        assert await it.code("GetVersion") == 100
