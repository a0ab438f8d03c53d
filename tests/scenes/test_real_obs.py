"""A real OBS killed, restarted, frozen and thawed under the link."""

import asyncio
from collections.abc import Iterator

import pytest

from console.core.journal import MemoryJournal, Origin
from console.core.outcome import Result
from scenes.state import TakeState
from tests.rigs.obs import RealObs, is_active
from tests.scenes.conftest import Connect
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def own_obs() -> Iterator[RealObs]:
    with RealObs() as obs:
        obs.stop()  # so that it keeps its scenes
        obs.start()
        yield obs


async def test_killed_and_restarted_it_is_found_again(
    own_obs: RealObs, connect: Connect, journal: MemoryJournal
) -> None:
    link = await connect(own_obs.url, own_obs.password)
    await asyncio.to_thread(own_obs.kill)
    await until(lambda: not link.state.value.link.is_up, within_s=1)
    assert link.state.value.program is None
    refused = await link.cut("Close")
    assert refused.result is Result.REFUSED
    await asyncio.to_thread(own_obs.start)
    await until(lambda: link.state.value.program, within_s=20)
    assert link.state.value.scenes[0].name == "Wide"
    assert (await link.cut("Close")).is_done
    assert len(journal.of("obs.up")) == 2


async def test_frozen_it_is_found_silent_and_a_take_is_refused_not_kept(own_obs: RealObs, connect: Connect) -> None:
    link = await connect(own_obs.url, own_obs.password)
    await link.cut("Wide")
    own_obs.freeze()
    try:
        await until(lambda: link.line is None or link.line.silence_s > 0.2)
        assert (await link.cut("Table")).result is Result.REFUSED
        await until(lambda: link.state.value.link.why == "OBS has gone silent.", within_s=5)
    finally:
        own_obs.thaw()
    await until(lambda: link.state.value.program == "Wide", within_s=15)
    assert not link.state.value.in_transition


async def test_safe_is_tried_through_a_transition_a_freeze_and_a_restart(
    own_obs: RealObs, connect: Connect, journal: MemoryJournal
) -> None:
    link = await connect(own_obs.url, own_obs.password)
    assert (await link.cut("Wide")).is_done
    await link.set_studio_mode(True)
    await link.set_transition("Fade", 1500)
    fade = asyncio.create_task(link.auto("Close"))
    await until(lambda: link.state.value.in_transition)
    own_obs.freeze()
    try:
        await until(lambda: link.line is None or link.line.silence_s > 0.2)
        safe = await link.safe(origin=Origin.KEY)
        assert safe.result is Result.PENDING, safe
        assert (await fade).result is Result.FAILED
        other = await link.cut("Table", origin=Origin.KEY)
        assert other.result is Result.REFUSED
    finally:
        own_obs.thaw()
    await asyncio.to_thread(own_obs.kill)
    await until(lambda: not link.state.value.link.is_up, within_s=3)
    take = link.state.value.take
    assert take is not None
    assert (take.state, take.is_safe) == (TakeState.WAITING, True)
    await asyncio.to_thread(own_obs.start)
    await until(lambda: link.state.value.program == "Safe", within_s=20)
    with await asyncio.to_thread(own_obs.client) as witness:
        assert await asyncio.to_thread(is_active, witness, "Safe picture")
        assert not await asyncio.to_thread(is_active, witness, "Table picture")  # what was refused came not
    assert [entry["scene"] for entry in journal.of("take.proved")] == ["Wide", "Safe"]
    await link.set_studio_mode(False)


async def test_a_take_in_flight_when_it_freezes_fails_and_what_came_of_it_is_shown(
    own_obs: RealObs, connect: Connect, journal: MemoryJournal
) -> None:
    link = await connect(own_obs.url, own_obs.password)
    assert (await link.cut("Wide")).is_done
    own_obs.freeze()
    try:
        outcome = await link.cut("Table")  # heard within 150 ms, so it goes out
        assert outcome.result is Result.FAILED, outcome
        assert link.state.value.take is not None
        assert link.state.value.take.state is TakeState.FAILED
    finally:
        own_obs.thaw()
    await until(lambda: link.state.value.program, within_s=15)
    with await asyncio.to_thread(own_obs.client) as witness:  # OBS may or may not carry it out: its inputs know
        landed = await asyncio.to_thread(is_active, witness, "Table picture")
        await until(lambda: link.state.value.program == ("Table" if landed else "Wide"))
    assert bool(journal.of("take.landed_late")) is landed
