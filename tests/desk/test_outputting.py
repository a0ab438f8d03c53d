"""What the director can do with OBS's outputs, and what each action says when it cannot run."""

from dataclasses import replace
from typing import Any

import pytest

from console.core.journal import Origin
from console.core.links import Link, LinkState
from console.core.outcome import Result
from console.desk.catalogue import ACTIONS
from console.desk.needing import all_of, needs
from scenes.outputs.state import Output, Outputs
from scenes.state import OutputState
from tests.desk.parts import Stage

ON = Output(OutputState.ON)
FULL = Outputs(replay=Output(), vcam=Output())


@pytest.fixture
async def stage() -> Stage:
    stage = Stage()
    stage.obs.outputs.set(FULL)
    return stage


async def ran(stage: Stage, action: str, **arguments: object) -> tuple[Result, str]:
    outcome = await stage.desk.run(action, Origin.KEY, **arguments)
    return outcome.result, outcome.why


@pytest.mark.parametrize("which", ["stream", "record", "replay", "vcam"])
async def test_an_output_is_started_and_then_stopped_and_never_twice(stage: Stage, which: str) -> None:
    held_s = [action.hold_s for action in ACTIONS if action.id in (f"{which}.start", f"{which}.stop")]
    assert held_s == [0.5, 1.0]
    assert (await ran(stage, f"{which}.stop"))[0] is Result.REFUSED
    assert (await ran(stage, f"{which}.start"))[0] is Result.DONE
    running: Any = {which: ON}
    stage.obs.outputs.set(replace(FULL, **running))
    result, why = await ran(stage, f"{which}.start")
    assert (result, "is running already" in why) == (Result.REFUSED, True)
    assert (await ran(stage, f"{which}.stop"))[0] is Result.DONE
    assert [arguments for arguments, _ in stage.called("set_output")] == [(which, True), (which, False)]


@pytest.mark.parametrize("state", [OutputState.STARTING, OutputState.RECONNECTING, OutputState.STOPPING])
async def test_what_tries_to_run_can_be_stopped(stage: Stage, state: OutputState) -> None:
    stage.obs.outputs.set(replace(FULL, stream=Output(state)))
    assert (await ran(stage, "stream.stop"))[0] is Result.DONE


async def test_what_obs_has_none_of_says_why(stage: Stage) -> None:
    stage.obs.outputs.set(Outputs(why_no_replay="Switch it on in OBS.", why_no_vcam="Install one."))
    for action, why in (("replay.start", "Switch it on in OBS."), ("replay.save", "Switch it on in OBS.")):
        assert await ran(stage, action) == (Result.REFUSED, why)
    assert await ran(stage, "vcam.start") == (Result.REFUSED, "Install one.")


async def test_a_recording_is_paused_and_a_replay_saved_only_while_they_run(stage: Stage) -> None:
    assert (await ran(stage, "record.pause", on=True))[0] is Result.REFUSED
    assert (await ran(stage, "replay.save"))[0] is Result.REFUSED
    stage.obs.outputs.set(replace(FULL, record=ON, replay=ON))
    assert (await ran(stage, "record.pause", on=True))[0] is Result.DONE
    assert (await ran(stage, "replay.save"))[0] is Result.DONE
    assert stage.called("pause_record") == [((True,), {})]


async def test_a_request_that_this_obs_does_not_know_greys_out_what_needs_it_and_says_why(stage: Stage) -> None:
    stage.switch(version="28.0.0", requests=frozenset({"StartStream", "StopStream"}))
    assert (await ran(stage, "stream.start"))[0] is Result.DONE
    result, why = await ran(stage, "record.start")
    assert (result, why) == (Result.REFUSED, "OBS 28.0.0 cannot do this from outside. Install a newer OBS.")
    assert needs("StartStream")(stage.desk).is_enabled
    assert not needs("StartStream", "StartRecord")(stage.desk).is_enabled


async def test_the_first_reason_is_the_one_that_is_said(stage: Stage) -> None:
    stage.switch(link=Link(LinkState.DOWN, "OBS does not answer."))
    assert needs("StartStream")(stage.desk).why == "OBS does not answer."
    assert all_of(needs("StartStream"), needs("Nothing"))(stage.desk).why == "OBS does not answer."
    stage.switch(link=Link(LinkState.UP))
    assert all_of(needs("StartStream"))(stage.desk).is_enabled
