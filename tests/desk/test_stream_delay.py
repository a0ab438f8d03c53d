"""Measuring how late viewers see the picture: two presses, sane limits, and the way back."""

import pytest

from console.commerce.state import StreamDelay
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from tests.desk.parts import Stage


async def press(stage: Stage, action: str = "stream.delay.mark") -> Outcome:
    return await stage.desk.run(action, Origin.BUTTON)


def kept(stage: Stage) -> list[object]:
    return [arguments[0] for arguments, _ in stage.called("keep_delay")]


async def test_the_time_between_two_presses_is_kept() -> None:
    stage = Stage()
    assert (await press(stage)).why == "Marked in the room. Press again when the phone shows it."
    stage.clock.step(12.44)
    assert (await press(stage)).why == "Viewers see the picture 12.4 s late."
    assert kept(stage) == [12.4]
    assert stage.journal.of("stream.delay_measured")[0]["seconds"] == 12.4
    stage.desk.close()


@pytest.mark.parametrize("seconds", [0.2, 61.0])
async def test_a_double_press_and_a_forgotten_phone_measure_nothing(seconds: float) -> None:
    stage = Stage()
    await press(stage)
    stage.clock.step(seconds)
    outcome = await press(stage)
    assert outcome.result is Result.REFUSED
    assert outcome.fix
    assert kept(stage) == []
    assert (stage.desk.delay_marked_ns.value is None) is (seconds > 60)
    stage.desk.close()


@pytest.mark.parametrize("action", ["scene.cancel", "stream.delay.forget"])
async def test_the_first_press_is_taken_back(action: str) -> None:
    stage = Stage()
    await press(stage)
    assert (await press(stage, action)).is_done
    assert stage.desk.delay_marked_ns.value is None
    assert kept(stage) == []
    assert (await press(stage, "stream.delay.forget")).result is Result.REFUSED


async def test_what_was_measured_is_forgotten() -> None:
    stage = Stage()
    sale = stage.commerce.state.value
    stage.commerce.state.set(type(sale)(stream_delay=StreamDelay(12.4, is_measured=True)))
    assert (await press(stage, "stream.delay.forget")).is_done
    assert kept(stage) == [None]
