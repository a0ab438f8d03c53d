"""A drop's own scene: taken on the shop's word, over what was seen at FIRE, and soon, or not at all."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from console.commerce.state import DropState
from console.core.outcome import Outcome
from console.desk.drop_scenes import CALM_S, SOON_S, DropScenes
from tests.desk.parts import SHOW, Stage
from tests.waiting import until

S = DropState
BY_HAND = "Take it by hand: its number, then CUT."
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
    assert told(stage) == f"Linen cap is open. Table was not taken: The shop's answer came late. {BY_HAND}"


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
        assert told(stage) == (f"Linen cap is open. Table was not taken: Something else was taken just now. {BY_HAND}")
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


RESTARTED = "Linen cap is open. Table was not taken: Cuedrop was started again meanwhile."


def start_again(stage: Stage, *states: DropState, **more: object) -> None:
    """The console was killed after FIRE; the new one knows that from its disk."""
    sale = stage.commerce.state.value
    stage.commerce.state.set(
        replace(sale, fired_before=(("cap-01", 1),), drops=(replace(sale.drops[0], state=states[0]),))
    )
    fire(stage, *states[1:-1])
    stage.sell(state=states[-1], **more)


@pytest.mark.parametrize("first", [S.FIRING, S.ASKING])
async def test_what_opened_while_the_console_was_away_is_left_to_a_hand_and_said(
    stage: Stage, first: DropState
) -> None:
    start_again(stage, first, S.OPEN)
    await asyncio.sleep(0)
    assert stage.called("take") == []
    assert RESTARTED in told(stage)


async def test_it_is_said_when_obs_is_there_and_only_when_another_scene_is_on_air(stage: Stage) -> None:
    stage.switch(program=None, claimed=None)
    start_again(stage, S.ASKING, S.OPEN)
    assert told(stage) == ""
    stage.switch(program="Table", claimed="Table")
    assert told(stage) == ""
    stage.switch(program=None, claimed=None)
    stage.switch(program="Wide", claimed="Wide")
    assert told(stage) == "", "it was on air; what came then is the director's"


async def test_it_is_said_as_soon_as_obs_names_the_scene_that_is_on_air(stage: Stage) -> None:
    stage.switch(program=None, claimed=None)
    start_again(stage, S.FIRING, S.OPEN)
    stage.switch(program="Close", claimed="Close")
    await asyncio.sleep(0)
    assert stage.called("take") == []
    assert RESTARTED in told(stage)


@pytest.mark.parametrize("first", [S.FIRING, S.ASKING])
async def test_a_countdown_that_still_runs_after_a_restart_ends_as_any_other(stage: Stage, first: DropState) -> None:
    start_again(stage, first, S.COUNTDOWN, opens_at=stage.clock.now() + timedelta(seconds=20))
    stage.clock.step(20)
    fire(stage, S.OPEN)
    await until(lambda: stage.called("take"), what="the take")
    assert stage.called("take") == [(("Table",), {"expect": "Wide"})]


async def test_a_console_that_saw_obs_only_just_before_the_end_does_not_know_what_a_hand_did() -> None:
    stage = Stage(WITH_SCENE)
    stage.switch(program=None, claimed=None)
    scenes = DropScenes(stage.desk)
    start_again(stage, S.ASKING, S.COUNTDOWN, opens_at=stage.clock.now() + timedelta(seconds=20))
    stage.clock.step(17)
    stage.switch(program="Wide", claimed="Wide")
    stage.clock.step(3)
    fire(stage, S.OPEN)
    assert stage.called("take") == []
    assert "OBS was seen only just now." in told(stage)
    scenes.close()


async def test_an_opening_that_was_in_doubt_is_left_to_a_hand_and_said(stage: Stage) -> None:
    fire(stage, S.ARMED, S.FIRING, S.ASKING, S.OPEN)
    assert stage.called("take") == []
    assert "Table was not taken: The shop's answer came late." in told(stage)


async def test_what_was_on_air_at_fire_must_be_known(stage: Stage) -> None:
    stage.switch(program=None, claimed=None)
    fire(stage, S.ARMED, S.FIRING)
    stage.switch(program="Close", claimed="Close")
    fire(stage, S.OPEN)
    await asyncio.sleep(0)
    assert stage.called("take") == []
    assert "What was on air at FIRE is not known." in told(stage)


async def test_a_take_that_is_refused_is_told(stage: Stage) -> None:
    stage.obs.answers["take"] = Outcome.refused("Close is on air now, not Wide.")
    fire(stage, S.ARMED, S.FIRING, S.OPEN)
    await until(lambda: told(stage), what="the words")
    assert told(stage) == f"Linen cap is open. Table was not taken: Close is on air now, not Wide. {BY_HAND}"


async def test_a_drop_without_a_scene_takes_nothing() -> None:
    stage = Stage()
    scenes = DropScenes(stage.desk)
    fire(stage, S.ARMED, S.FIRING, S.OPEN)
    assert stage.called("take") == []
    scenes.close()
