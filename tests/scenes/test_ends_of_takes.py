"""How presses end where two meet: in the turn of SAFE's proof, when Studio Mode goes, when only a claim lands late."""

import asyncio
from dataclasses import replace

from console.core.outcome import Outcome, Result
from scenes.state import Scene, TakeState
from scenes.taking.takes import How
from tests.scenes.test_takes import FakeStage, answered, pressed, sent


async def _safe_in_flight(stage: FakeStage) -> asyncio.Task[Outcome]:
    safe = asyncio.ensure_future(stage.takes.safe())
    for _ in range(3):
        await asyncio.sleep(0)
    assert sent(stage) == ["C"]
    await answered(stage)
    return safe


async def test_a_press_in_the_very_turn_of_safes_proof_is_a_take() -> None:
    stage = FakeStage(studio_mode=False)
    safe = await _safe_in_flight(stage)
    stage.air("C")
    cut = await pressed(stage, "A", How.CUT)
    assert sent(stage) == ["C", "A"]
    await answered(stage)
    stage.air("A")
    assert (await safe).is_done
    assert (await cut).is_done


async def test_a_safe_that_is_proved_cannot_be_taken_back_any_more() -> None:
    stage = FakeStage(studio_mode=False)
    safe = await _safe_in_flight(stage)
    stage.air("C")
    assert stage.takes.cancel_waiting().result is Result.REFUSED
    assert (await safe).is_done


async def test_a_safe_pressed_in_the_turn_in_which_one_was_taken_back_is_tried() -> None:
    stage = FakeStage(studio_mode=False)
    first = await _safe_in_flight(stage)
    assert stage.takes.cancel_waiting().is_done
    second = asyncio.ensure_future(stage.takes.safe())
    assert (await first).result is Result.REFUSED
    await asyncio.sleep(0)
    assert sent(stage) == ["C", "C"]
    await answered(stage)
    stage.air("C")
    assert (await second).is_done


async def test_a_take_in_flight_ends_when_studio_mode_goes_and_the_waiting_safe_goes_out() -> None:
    stage = FakeStage(studio_mode=True)
    first = await pressed(stage, "B")
    stage.tell("SceneTransitionStarted")
    second = asyncio.ensure_future(stage.takes.safe())
    for _ in range(3):
        await asyncio.sleep(0)
    stage.tell("StudioModeStateChanged", studioModeEnabled=False)
    assert sent(stage) == ["B", "C"]
    assert (await first).result is Result.FAILED
    await answered(stage)
    stage.air("C")
    assert (await second).is_done


async def test_a_take_that_lands_late_where_nothing_can_prove_it_is_claimed_and_not_on_air() -> None:
    stage = FakeStage(studio_mode=False)
    twins = (*stage.model.shown.scenes, Scene("B too", inputs=frozenset({"b"})))
    stage.model = replace(stage.model, shown=replace(stage.model.shown, scenes=twins))
    stage.takes.on_model()
    lost = await pressed(stage, "B")
    line = stage.line
    stage.end()
    assert (await lost).result is Result.FAILED
    stage.line = line
    stage.clock.step(1.0)
    stage.air("B")
    stage.settle()
    late = stage.taken[-1]
    assert (late.scene, late.state) == ("B", TakeState.CLAIMED)
    assert late.why.startswith("Late:")
