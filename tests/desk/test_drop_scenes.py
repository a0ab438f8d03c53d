"""A drop's own scene: taken on the shop's word, over what was seen at FIRE, and soon, or not at all."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from console.commerce.state import DropState
from console.core.outcome import Outcome
from console.desk.drop_scenes import CALM_S, SOON_S, DropScenes
from tests.desk.parts import SHOW, Stage
from tests.waiting import until

S = DropState
WITH_SCENE = SHOW.replace("[drops.overlay]", 'scene = "Table"\n[drops.overlay]')


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage(WITH_SCENE)
    scenes = DropScenes(stage.desk)
    yield stage
    scenes.close()


def fire(stage: Stage, *states: DropState) -> None:
    for state in states:
        stage.sell(state=state)


def told(stage: Stage) -> str:
    notice = stage.desk.notice.value
    return "" if notice is None else f"{notice.what} {notice.fix}"


async def test_the_scene_is_taken_when_the_shop_has_opened_the_drop_and_not_before(stage: Stage) -> None:
    fire(stage, S.ARMED, S.FIRING)
    assert stage.called("take") == []
    fire(stage, S.OPEN)
    await until(lambda: stage.called("take"), what="the take")
    assert stage.called("take") == [(("Table",), {"expect": "Wide"})]
    fire(stage, S.SOLD_OUT, S.OPEN, S.CLOSED)
    assert len(stage.called("take")) == 1
    assert told(stage) == ""


async def test_a_drop_that_was_open_when_the_console_started_takes_nothing(stage: Stage) -> None:
    fire(stage, S.ASKING, S.OPEN)
    fire(stage, S.CLOSED, S.DRAFT, S.ARMED, S.FIRING, S.ARMED, S.OPEN)  # refused, then opened by another console
    assert stage.called("take") == []


async def test_a_scene_that_is_on_air_already_is_left_alone(stage: Stage) -> None:
    fire(stage, S.ARMED, S.FIRING)
    stage.switch(program="Table", claimed="Table")
    fire(stage, S.OPEN)
    assert stage.called("take") == []


async def test_a_shop_that_answers_late_leaves_the_take_to_a_hand(stage: Stage) -> None:
    fire(stage, S.ARMED, S.FIRING)
    stage.clock.step(SOON_S + 0.1)
    fire(stage, S.OPEN)
    assert stage.called("take") == []
    assert told(stage) == "Linen cap is open. Table was not taken: The shop's answer came late. Take it by hand."


@pytest.mark.parametrize("seconds", [3.0, 60.0])
async def test_a_countdown_takes_it_at_its_end_over_what_is_on_air_then(stage: Stage, seconds: float) -> None:
    fire(stage, S.ARMED, S.FIRING)
    opens_at = stage.clock.now() + timedelta(seconds=60)
    stage.sell(state=S.COUNTDOWN, opens_at=opens_at)
    stage.clock.step(60.0 - seconds)
    stage.switch(program="Close", claimed="Close")  # somebody cuts meanwhile
    stage.clock.step(seconds)
    await asyncio.sleep(0)
    assert stage.called("take") == []
    fire(stage, S.OPEN)
    if seconds < CALM_S:
        assert told(stage) == (
            "Linen cap is open. Table was not taken: Something else was taken just now. Take it by hand."
        )
    else:
        await until(lambda: stage.called("take"), what="the take")
        assert stage.called("take") == [(("Table",), {"expect": "Close"})]


async def test_for_the_viewers_it_is_taken_when_the_rooms_countdown_ends(stage: Stage) -> None:
    stage.clock.step(60)
    fire(stage, S.ARMED, S.FIRING)
    opens_at = stage.clock.now() + timedelta(seconds=12.05)
    stage.sell(state=S.COUNTDOWN, opens_at=opens_at, room_lead_s=12.0)
    await until(lambda: stage.called("take"), what="the take")
    fire(stage, S.OPEN)
    assert stage.called("take") == [(("Table",), {"expect": "Wide"})]


async def test_what_is_closed_in_its_countdown_takes_nothing(stage: Stage) -> None:
    fire(stage, S.ARMED, S.FIRING, S.COUNTDOWN, S.CLOSED, S.DRAFT)
    await asyncio.sleep(0)
    assert stage.called("take") == []
    assert told(stage) == ""


async def test_a_shop_that_opens_long_after_the_countdown_leaves_the_take_to_a_hand(stage: Stage) -> None:
    fire(stage, S.ARMED, S.FIRING)
    stage.sell(state=S.COUNTDOWN, opens_at=stage.clock.now() + timedelta(seconds=60))
    stage.clock.step(60 + SOON_S + 1)
    fire(stage, S.OPEN)
    assert "The shop's answer came late." in told(stage)


async def test_a_take_that_is_refused_is_told(stage: Stage) -> None:
    stage.obs.answers["take"] = Outcome.refused("Close is on air now, not Wide.")
    fire(stage, S.ARMED, S.FIRING, S.OPEN)
    await until(lambda: told(stage), what="the words")
    assert told(stage) == "Linen cap is open. Table was not taken: Close is on air now, not Wide. Take it by hand."


async def test_a_drop_without_a_scene_takes_nothing() -> None:
    stage = Stage()
    scenes = DropScenes(stage.desk)
    fire(stage, S.ARMED, S.FIRING, S.OPEN)
    assert stage.called("take") == []
    scenes.close()
