"""A real OBS killed and started again, over and over: each time the whole truth, and nothing left behind."""

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.core.journal import MemoryJournal
from console.core.outcome import Result
from scenes.link import ObsLink
from tests.rigs.obs import RealObs
from tests.scenes.conftest import Connect
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]

TIMES = 5
GROWN_KB = 30_000


@pytest.fixture(scope="module")
def own_obs() -> Iterator[RealObs]:
    with RealObs() as obs:
        obs.stop()  # so that it keeps its scenes
        obs.start()
        yield obs


def held() -> tuple[int, int]:
    """Memory in kB, and threads that belong to the link."""
    rows = Path(f"/proc/{os.getpid()}/status").read_text().splitlines()
    rss = next(int(row.split()[1]) for row in rows if row.startswith("VmRSS"))
    return rss, sum(thread.name == "obs-link" for thread in threading.enumerate())


async def truth(obs: RealObs) -> dict[str, Any]:
    """What an independent client reads."""
    with await asyncio.to_thread(obs.client) as client:
        listed = await asyncio.to_thread(client.call, "GetSceneList")
        mode = await asyncio.to_thread(client.call, "GetStudioModeEnabled")
        transition = await asyncio.to_thread(client.call, "GetCurrentSceneTransition")
        record = await asyncio.to_thread(client.call, "GetRecordStatus")
    rows = sorted(listed["scenes"], key=lambda row: -row["sceneIndex"])
    return {
        "scenes": tuple(row["sceneName"] for row in rows),
        "claimed": listed["currentProgramSceneName"],
        "studio_mode": mode["studioModeEnabled"],
        "transition": transition["transitionName"],
        "records": record["outputActive"],
    }


def shown(link: ObsLink) -> dict[str, Any]:
    state = link.state.value
    return {
        "scenes": tuple(scene.name for scene in state.scenes),
        "claimed": state.claimed,
        "studio_mode": state.studio_mode,
        "transition": state.transition,
        "records": state.record.value == "on",
    }


async def test_killed_and_started_five_times_it_is_known_again(
    own_obs: RealObs, connect: Connect, journal: MemoryJournal
) -> None:
    link = await connect(own_obs.url, own_obs.password)
    await until(lambda: link.outputs.value.history, what="a second of peace")
    before = held()
    for _ in range(TIMES):
        wanted = next(name for name in ("Close", "Wide") if name != link.state.value.program)
        take = asyncio.create_task(link.cut(wanted))
        await asyncio.sleep(0)  # it is on its way
        await asyncio.to_thread(own_obs.kill)
        await until(lambda: not link.state.value.link.is_up, what="the end of OBS")
        assert link.state.value.program is None
        await take
        assert (await link.cut(wanted)).result is Result.REFUSED
        sent = len(journal.of("take.sent"))
        await asyncio.to_thread(own_obs.start, wait=False)
        await until(lambda: link.state.value.link.is_up and link.state.value.program, what="OBS again")
        assert shown(link) == await truth(own_obs)
        assert link.state.value.program == link.state.value.claimed
        assert len(journal.of("take.sent")) == sent
    assert len(journal.of("obs.up")) == TIMES + 1
    first = len(link.outputs.value.history)
    await until(lambda: len(link.outputs.value.history) > first + 1, what="its outputs")
    after = held()
    assert after[1] <= before[1]
    assert after[0] < before[0] + GROWN_KB
