"""Outputs over the link: their true ends, what OBS has none of, what came from outside."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from console.core.journal import MemoryJournal, Origin
from console.core.outcome import Result
from scenes.link import ObsLink
from scenes.state import OutputState
from tests.scenes.conftest import Connect
from tests.scenes.fake_obs import FakeObs
from tests.waiting import until

EVENTS = {"stream": "StreamStateChanged", "record": "RecordStateChanged", "replay": "ReplayBufferStateChanged"}


@pytest.fixture
async def fake() -> AsyncIterator[FakeObs]:
    async with FakeObs() as server:
        yield server


async def say(fake: FakeObs, which: str, *states: str) -> None:
    for state in states:
        await fake.push(EVENTS[which], outputState=f"OBS_WEBSOCKET_OUTPUT_{state}")


def on(fake: FakeObs, request: str, which: str, *states: str) -> None:
    """Answer `request` with Success, and tell these states."""
    tasks: set[asyncio.Task[None]] = set()

    def answer(_: dict[str, Any]) -> dict[str, Any]:
        tasks.add(asyncio.get_running_loop().create_task(say(fake, which, *states)))
        return {}

    fake.script[request] = answer


def written(journal: MemoryJournal, *kinds: str) -> list[tuple[str, Origin]]:
    return [(kind, origin) for kind, origin, _ in journal.entries if kind in kinds]


async def connected(fake: FakeObs, connect: Connect) -> ObsLink:
    link = await connect(fake.url, None)
    await until(lambda: link.outputs.value.history)
    return link


async def test_a_start_is_done_when_obs_says_so_and_not_when_it_answers(fake: FakeObs, connect: Connect) -> None:
    fake.script["StartStream"] = lambda _: {}
    link = await connected(fake, connect)
    start = asyncio.create_task(link.set_output("stream", True))
    await until(lambda: ("StartStream", {}) in fake.requests)
    await say(fake, "stream", "STARTING")
    await until(lambda: link.outputs.value.stream.state is OutputState.STARTING)
    assert link.state.value.stream is OutputState.STARTING
    assert not start.done()
    await say(fake, "stream", "STARTED")
    assert (await start).why == "The stream runs."
    assert link.state.value.on_air


async def test_a_stream_that_obs_gives_up_fails_at_once_and_says_where_to_look(fake: FakeObs, connect: Connect) -> None:
    on(fake, "StartStream", "stream", "STARTING", "STOPPED")
    link = await connected(fake, connect)
    outcome = await link.set_output("stream", True)
    assert (outcome.result, outcome.why) == (Result.FAILED, "OBS did not start the stream.")
    assert "Settings, Stream" in outcome.fix


async def test_reconnecting_and_back_is_shown_and_written_down(
    fake: FakeObs, connect: Connect, journal: MemoryJournal
) -> None:
    link = await connected(fake, connect)
    await say(fake, "stream", "STARTED", "RECONNECTING")
    await until(lambda: link.outputs.value.stream.state is OutputState.RECONNECTING)
    await say(fake, "stream", "RECONNECTED")
    await until(lambda: link.outputs.value.stream.state is OutputState.ON)
    assert [entry["state"] for entry in journal.of("output.changed")] == ["reconnecting", "on"]


async def test_who_started_it_is_written_down(fake: FakeObs, connect: Connect, journal: MemoryJournal) -> None:
    on(fake, "StartRecord", "record", "STARTED")
    link = await connected(fake, connect)
    assert (await link.set_output("record", True, origin=Origin.KEY)).is_done
    await say(fake, "record", "STOPPED")
    await until(lambda: not link.state.value.on_air)
    entries = written(journal, "record.started", "record.stopped")
    assert entries == [("record.started", Origin.KEY), ("record.stopped", Origin.OUTSIDE)]


async def test_an_end_whose_event_never_came_is_found_by_asking(fake: FakeObs, connect: Connect) -> None:
    fake.script["GetRecordStatus"] = lambda _: {"outputActive": True, "outputDuration": 5000}
    link = await connected(fake, connect)
    assert link.state.value.record.value == "on"
    del fake.script["GetRecordStatus"]
    await until(lambda: link.outputs.value.record.state is OutputState.OFF)
    assert link.state.value.record.value == "off"
    assert link.state.value.on_air_since_mono_ns is None


async def test_outputs_that_obs_has_none_of_are_refused_with_the_reason(fake: FakeObs, connect: Connect) -> None:
    fake.script["GetReplayBufferStatus"] = fake.script["GetVirtualCamStatus"] = lambda _: 604
    link = await connected(fake, connect)
    await until(lambda: link.outputs.value.why_no_vcam)
    for which, words in (("replay", "Replay Buffer"), ("vcam", "v4l2loopback")):
        outcome = await link.set_output(which, True)
        assert outcome.result is Result.REFUSED
        assert words in outcome.fix
    assert (await link.save_replay()).result is Result.REFUSED


async def test_an_obs_that_does_not_know_the_question_is_said_to_be_too_old(fake: FakeObs, connect: Connect) -> None:
    fake.script["GetVersion"] = lambda _: {"obsVersion": "28.0.0", "availableRequests": ["GetVersion", "GetStats"]}
    fake.script["GetVirtualCamStatus"] = lambda _: 204
    link = await connected(fake, connect)
    assert not link.state.value.can("GetVirtualCamStatus")
    assert "newer OBS" in link.outputs.value.why_no_vcam


async def test_a_replay_is_saved_when_obs_names_the_file(
    fake: FakeObs, connect: Connect, journal: MemoryJournal
) -> None:
    link = await connected(fake, connect)
    assert (await link.save_replay()).why == "The replay buffer is not running."
    await say(fake, "replay", "STARTED")
    await until(lambda: link.outputs.value.replay and link.outputs.value.replay.state is OutputState.ON)
    fake.script["GetLastReplayBufferReplay"] = lambda _: {"savedReplayPath": "/old.mkv"}
    save = asyncio.create_task(link.save_replay(origin=Origin.BUTTON))
    await until(lambda: ("SaveReplayBuffer", {}) in fake.requests)
    fake.script["GetLastReplayBufferReplay"] = lambda _: {"savedReplayPath": "/new.mkv"}
    assert (await save).why == "The replay is saved: /new.mkv"
    assert journal.of("replay.saved") == [{"path": "/new.mkv"}]


async def test_a_pause_is_done_when_obs_says_so(fake: FakeObs, connect: Connect, journal: MemoryJournal) -> None:
    fake.script["GetRecordStatus"] = lambda _: {"outputActive": True, "outputDuration": 5000}
    on(fake, "PauseRecord", "record", "PAUSED")
    link = await connected(fake, connect)
    assert (await link.pause_record(True)).is_done
    assert link.outputs.value.record.is_paused
    assert len(journal.of("record.paused")) == 1


async def test_a_recording_goes_on_only_after_its_pause_has_come(fake: FakeObs, connect: Connect) -> None:
    running = iter(range(5000, 5000 + 33 * 40, 33))
    status: dict[str, Any] = {"outputActive": True}
    fake.script["GetRecordStatus"] = lambda _: status | {"outputDuration": status.get("at", next(running, 9999))}
    on(fake, "PauseRecord", "record", "PAUSED")
    on(fake, "ResumeRecord", "record", "RESUMED")
    link = await connected(fake, connect)
    await until(lambda: link.outputs.value.record.state is OutputState.ON)
    pause = asyncio.create_task(link.pause_record(True))
    await until(lambda: link.outputs.value.record.is_paused)
    resume = asyncio.create_task(link.pause_record(False))
    before = fake.requests.count(("GetRecordStatus", {}))
    await until(lambda: fake.requests.count(("GetRecordStatus", {})) > before + 2)
    assert not pause.done()
    assert ("ResumeRecord", {}) not in fake.requests
    status["at"] = 9000
    assert (await pause).is_done
    assert (await resume).is_done


async def test_a_save_that_obs_forgot_is_asked_for_again(
    fake: FakeObs, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenes.outputs.controls.SAVE_AGAIN_S", 0.1)
    link = await connected(fake, connect)
    await say(fake, "replay", "STARTED")
    await until(lambda: link.outputs.value.replay and link.outputs.value.replay.state is OutputState.ON)
    fake.script["GetLastReplayBufferReplay"] = lambda _: {"savedReplayPath": ""}
    save = asyncio.create_task(link.save_replay(origin=Origin.BUTTON))
    await until(lambda: fake.requests.count(("SaveReplayBuffer", {})) == 2)
    fake.script["GetLastReplayBufferReplay"] = lambda _: {"savedReplayPath": "/new.mkv"}
    assert (await save).is_done


async def test_outputs_end_with_the_line_only_as_far_as_they_are_known(fake: FakeObs, connect: Connect) -> None:
    fake.script["GetStreamStatus"] = lambda _: {"outputActive": True, "outputCongestion": 0.2}
    link = await connected(fake, connect)
    await until(lambda: link.outputs.value.stream.congestion == 0.2)
    start = asyncio.create_task(link.set_output("record", True))
    await until(lambda: ("StartRecord", {}) in fake.requests)
    await fake.close()
    assert (await start).result is Result.FAILED
    assert link.outputs.value.stream.congestion is None


async def test_another_canvas_is_named(fake: FakeObs, connect: Connect) -> None:
    canvases = [{"canvasName": "Main", "canvasFlags": {"MAIN": True}}, {"canvasName": "Vertical", "canvasFlags": {}}]
    fake.script["GetCanvasList"] = lambda _: {"canvases": canvases}
    link = await connected(fake, connect)
    assert link.outputs.value.note.startswith("OBS has another canvas (Vertical)")
