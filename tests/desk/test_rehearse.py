"""The rehearsal says what went otherwise than it should, also a failure that did not come."""

import asyncio
from dataclasses import replace
from typing import cast

import pytest

from console.audio.state import Level, Levels
from console.cameras.state import Camera, CameraState
from console.cameras.state import Origin as Source
from console.core.outcome import Outcome
from console.desk.rehearse import rehearse
from console.practice.rehearsal import STEPS, Step
from tests.desk.parts import Stage

UNSOLD = "No buyer bought anything."


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.cameras.tiles.set((Camera("Wide", "Wide", Source.WORKER, CameraState.LIVE),))
    stage.audio.answers["levels"] = cast(Outcome, Levels((Level(peak_dbfs=-20.0), Level(peak_dbfs=-20.0))))
    return stage


async def played(stage: Stage, *steps: Step) -> list[str]:
    problems = await rehearse(stage.desk, steps, say=lambda line: None)
    assert problems.pop() == UNSOLD
    return problems


async def test_a_step_that_fails_is_a_problem_unless_it_is_to_fail(stage: Stage) -> None:
    step = Step(0.0, "scene.cut", {"scene": "Table"})
    assert await played(stage, step) == []
    stage.obs.answers["cut"] = Outcome.failed("OBS says Table; on air is Wide.", "Press R.")
    assert await played(stage, step) == ["scene.cut failed: OBS says Table; on air is Wide. Press R."]
    assert await played(stage, replace(step, ends="failed")) == []
    stage.obs.answers["cut"] = Outcome.done()
    assert await played(stage, replace(step, ends="failed")) == ["scene.cut done."]


async def test_a_step_that_is_not_waited_for_lets_the_next_one_come(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = asyncio.Event()

    async def auto(*arguments: object, **named: object) -> Outcome:
        async with asyncio.timeout(5):
            await second.wait()
        return Outcome.done()

    async def cut(*arguments: object, **named: object) -> Outcome:
        second.set()
        return Outcome.done()

    monkeypatch.setattr(stage.obs, "auto", auto, raising=False)
    monkeypatch.setattr(stage.obs, "cut", cut, raising=False)
    assert await played(stage, Step(0.0, "scene.auto", is_awaited=False), Step(0.01, "scene.cut")) == []


def test_every_step_of_the_rehearsal_is_an_action_with_its_arguments(stage: Stage) -> None:
    for step in STEPS:
        action = stage.desk.actions.get(step.action)
        assert action is not None, step.action
        action.parse(dict(step.arguments))
