"""OBS's own behaviour of its outputs and figures, the real OBS and the practice OBS alike, by an independent client."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.rigs.bare import METERS
from tests.scenes.any_obs import AnyObs

OFF = {"outputActive": False, "outputBytes": 0, "outputDuration": 0, "outputTimecode": "00:00:00.000"}


async def is_active(obs: AnyObs, which: str) -> bool:
    return bool((await obs.call(f"Get{which}Status"))["outputActive"])


async def until_active(obs: AnyObs, which: str, is_so: bool) -> None:
    async def now() -> bool:
        return await is_active(obs, which) is is_so

    await obs.until(now, what=f"{which} {is_so}", within_s=15)


async def states(obs: AnyObs, which: str, count: int) -> list[tuple[str, bool]]:
    found = []
    for _ in range(count):
        told = await obs.event(f"{which}StateChanged")
        found.append((str(told["outputState"]).removeprefix("OBS_WEBSOCKET_OUTPUT_"), bool(told["outputActive"])))
    return found


@pytest.fixture
async def idle(obs: AnyObs) -> AsyncIterator[AnyObs]:
    """An OBS whose outputs are off, before and after."""
    obs.witness.events.clear()
    yield obs
    for which in ("Record", "ReplayBuffer"):
        if await is_active(obs, which):
            await obs.ask(f"Stop{which}")
            await until_active(obs, which, False)


async def test_a_recording_starts_pauses_goes_on_and_ends_with_its_file(idle: AnyObs) -> None:
    assert (await idle.ask("PauseRecord"))[0] in (100, 501)  # OBS 29.0.2 says 100 and does nothing
    assert (await idle.ask("StopRecord"))[0] == 501
    await idle.call("StartRecord")
    assert await states(idle, "Record", 2) == [("STARTING", False), ("STARTED", True)]

    async def runs() -> bool:
        return int((await idle.call("GetRecordStatus"))["outputDuration"]) > 0

    await idle.until(runs, what="the clock", within_s=15)
    assert (await idle.ask("StartRecord"))[0] == 500
    await idle.call("PauseRecord")
    assert await states(idle, "Record", 1) == [("PAUSED", False)]
    assert (await idle.ask("PauseRecord"))[0] == 502
    seen: list[float] = []

    async def stands() -> bool:  # a pause that ends within its first frame: OBS 29's recording never ends
        seen.append((await idle.call("GetRecordStatus"))["outputDuration"])
        return len(seen) > 5 and len(set(seen[-5:])) == 1

    await idle.until(stands, what="the clock standing still")
    paused = await idle.call("GetRecordStatus")
    assert (paused["outputActive"], paused["outputPaused"]) == (True, True)
    await idle.call("ResumeRecord")
    assert await states(idle, "Record", 1) == [("RESUMED", True)]
    assert (await idle.ask("ResumeRecord"))[0] == 503

    async def goes_on() -> bool:
        return bool((await idle.call("GetRecordStatus"))["outputDuration"] > paused["outputDuration"])

    await idle.until(goes_on, what="the recording's next frame", within_s=15)
    path = (await idle.call("StopRecord"))["outputPath"]
    assert path.endswith(".mkv")
    told = [await idle.event("RecordStateChanged") for _ in range(2)]
    assert [(one["outputState"][21:], one["outputPath"]) for one in told] == [("STOPPING", None), ("STOPPED", path)]
    await until_active(idle, "Record", False)
    status = await idle.call("GetRecordStatus")
    assert (status["outputDuration"], status["outputPaused"]) == (0, False)


async def saved_replay(obs: AnyObs) -> bool:
    """Saved at last: before its first key frame OBS saves nothing and says nothing, and asked too often never."""

    async def is_there() -> bool:
        return bool((await obs.call("GetLastReplayBufferReplay"))["savedReplayPath"])

    for _ in range(10):
        await obs.call("SaveReplayBuffer")
        with contextlib.suppress(AssertionError):
            await obs.until(is_there, what="the replay", within_s=1.5)
            return True
    return False


async def test_the_replay_buffer_runs_saves_and_ends(idle: AnyObs) -> None:
    assert (await idle.call("GetReplayBufferStatus")) == {"outputActive": False}
    assert [(await idle.ask(f"{verb}ReplayBuffer"))[0] for verb in ("Save", "Stop")] == [501, 501]
    await idle.call("StartReplayBuffer")
    assert await states(idle, "ReplayBuffer", 2) == [("STARTING", False), ("STARTED", True)]
    assert (await idle.ask("StartReplayBuffer"))[0] == 500
    assert (await idle.call("GetLastReplayBufferReplay"))["savedReplayPath"] == ""

    assert await saved_replay(idle)
    assert (await idle.event("ReplayBufferSaved"))["savedReplayPath"].endswith(".mkv")
    await idle.call("StopReplayBuffer")
    assert await states(idle, "ReplayBuffer", 2) == [("STOPPING", False), ("STOPPED", False)]
    assert (await idle.ask("GetLastReplayBufferReplay"))[0] == 501


async def test_what_is_toggled_says_what_it_will_be(idle: AnyObs) -> None:
    assert await idle.call("ToggleReplayBuffer") == {"outputActive": True}
    await until_active(idle, "ReplayBuffer", True)
    assert await idle.call("ToggleReplayBuffer") == {"outputActive": False}
    await until_active(idle, "ReplayBuffer", False)


async def test_a_stream_that_is_off_is_all_zeros_and_cannot_be_stopped(idle: AnyObs) -> None:
    more = {"outputCongestion": 0.0, "outputReconnecting": False, "outputSkippedFrames": 0, "outputTotalFrames": 0}
    assert await idle.call("GetStreamStatus") == {**OFF, **more}
    assert (await idle.ask("StopStream"))[0] == 501


async def test_a_virtual_camera_runs_and_ends_or_is_refused_throughout(idle: AnyObs) -> None:
    if (await idle.ask("GetVirtualCamStatus"))[0] == 604:  # a machine without such a device
        codes = {(await idle.ask(f"{verb}VirtualCam"))[0] for verb in ("Start", "Stop", "Toggle")}
        assert codes == {604}
        return
    await idle.call("StartVirtualCam")
    await until_active(idle, "VirtualCam", True)
    assert await states(idle, "Virtualcam", 2) == [("STARTING", False), ("STARTED", True)]
    await idle.call("StopVirtualCam")
    await until_active(idle, "VirtualCam", False)


async def test_the_figures_have_the_same_names_and_kinds(idle: AnyObs) -> None:
    async def is_in_time() -> bool:  # a busy machine may hold OBS up for a moment
        return bool(25 < (await idle.call("GetStats"))["activeFps"] < 35)

    await idle.until(is_in_time, what="some 30 frames a second", within_s=30)
    found: dict[str, Any] = await idle.call("GetStats")
    assert {name: type(value) for name, value in found.items()} == {
        "activeFps": float,
        "availableDiskSpace": float,
        "averageFrameRenderTime": float,
        "cpuUsage": float,
        "memoryUsage": float,
        "outputSkippedFrames": int,
        "outputTotalFrames": int,
        "renderSkippedFrames": int,
        "renderTotalFrames": int,
        "webSocketSessionIncomingMessages": int,
        "webSocketSessionOutgoingMessages": int,
    }
    assert found["availableDiskSpace"] > 0


async def test_the_meters_come_every_50_ms_and_name_what_sounds_on_air(obs: AnyObs) -> None:
    witness = await obs.another(subscriptions=METERS)
    try:

        async def meters() -> dict[str, Any]:
            told = await witness.event("InputVolumeMeters")
            return {row["inputName"]: row["inputLevelsMul"] for row in told["inputs"]}

        async def mic_sounds() -> bool:
            return bool((await meters()).get("Mic"))

        await obs.until(mic_sounds, what="Mic on the meters")
        levels = (await meters())["Mic"]
        assert all(len(channel) == 3 for channel in levels)
        await obs.call("SetInputMute", inputName="Mic", inputMuted=True)

        async def is_silent_after_the_fader() -> bool:
            now = (await meters()).get("Mic") or [[1, 1, 0]]
            return all(channel[:2] == [0, 0] and channel[2] > 0 for channel in now)

        await obs.until(is_silent_after_the_fader, what="a muted Mic that still moves before its fader")
    finally:
        await witness.close()
        await obs.call("SetInputMute", inputName="Mic", inputMuted=False)
