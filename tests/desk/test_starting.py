"""Drops that are fired by themselves: announced, held by Esc, ended by whatever a hand does, fired through the door."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from console.commerce.state import DropState
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.desk.starting_core import LEAST_S
from tests.desk.parts import SHOW, Stage
from tests.waiting import until

CUE = SHOW.replace("stock = 50", 'stock = 50\nstart = "cue"')


def by_the_clock(stage: Stage, in_s: float) -> str:
    """A show whose cap is fired at the next full minute that is at least `in_s` away, by the stage's clock."""
    at = (stage.clock.now() + timedelta(seconds=in_s + 59)).astimezone()
    return SHOW.replace("stock = 50", f'stock = 50\nstart = "{at:%H:%M}"')


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage(CUE)
    stage.desk.starter.open()
    yield stage
    stage.desk.close()


async def go(stage: Stage) -> Outcome:
    """GO on the cue of the cap, which is armed then."""
    await stage.desk.run("cue.standby", Origin.KEY, cue="2")
    outcome = await stage.desk.run("cue.go", Origin.KEY)
    stage.sell(state=DropState.ARMED)
    await until(lambda: stage.desk.starts.value.is_counting, what="the announcement")
    return outcome


def due_in_s(stage: Stage) -> float:
    (announced,) = stage.desk.starts.value.announced
    return (announced.due_mono_ns - stage.clock.mono_ns()) / 1e9


async def test_go_arms_announces_and_fires_through_the_one_door(stage: Stage) -> None:
    assert (await go(stage)).is_done
    assert len(stage.called("arm")) == 1
    assert due_in_s(stage) == LEAST_S
    assert not stage.called("fire")
    stage.clock.step(LEAST_S)
    await until(lambda: stage.called("fire"), what="the fire")
    assert stage.called("fire") == [(("cap-01",), {})]
    pressed = [origin for _, origin, fields in stage.journal.entries if fields.get("action") == "drop.fire"]
    assert pressed == [Origin.AUTOMATION]
    kinds = [kind for kind, _, _ in stage.journal.entries if kind.startswith("start.")]
    assert kinds == ["start.announced", "start.fired"]
    assert not stage.desk.starts.value.is_counting


async def test_go_on_a_cue_whose_drop_is_fired_by_hand_only_arms() -> None:
    stage = Stage()
    stage.desk.starter.open()
    await stage.desk.run("cue.standby", Origin.KEY, cue="2")
    await stage.desk.run("cue.go", Origin.KEY)
    stage.sell(state=DropState.ARMED)
    stage.clock.step(60)
    assert len(stage.called("arm")) == 1
    assert not stage.desk.starts.value.is_counting
    stage.desk.close()


async def test_an_arming_that_is_refused_announces_nothing(stage: Stage) -> None:
    stage.commerce.answers["arm"] = Outcome.refused("The shop is away.", "Wait.")
    await stage.desk.run("cue.standby", Origin.KEY, cue="2")
    assert (await stage.desk.run("cue.go", Origin.KEY)).result is Result.REFUSED
    stage.sell(state=DropState.ARMED)
    stage.desk.starter._look()
    assert not stage.desk.starts.value.is_counting


@pytest.mark.parametrize("is_locked", [False, True])
async def test_esc_holds_it_on_a_locked_desk_too(stage: Stage, is_locked: bool) -> None:
    await go(stage)
    stage.desk.is_locked.set(is_locked)
    outcome = await stage.desk.run("scene.cancel", Origin.KEY)
    assert (outcome.result, outcome.why) == (Result.DONE, "Held: Linen cap. Fire it by hand.")
    stage.clock.step(60)
    stage.desk.starter._look()
    assert not stage.called("fire")
    assert (await stage.desk.run("start.hold", Origin.KEY)).result is Result.REFUSED


@pytest.mark.parametrize("action", ["drop.disarm", "drop.fire", "sale.stop"])
async def test_what_a_hand_does_with_the_drop_ends_it(stage: Stage, action: str) -> None:
    await go(stage)
    await stage.desk.run(action, Origin.KEY, **({} if action == "sale.stop" else {"drop": "cap-01"}))
    pressed = len(stage.called("fire"))
    assert not stage.desk.starts.value.is_counting
    stage.clock.step(60)
    stage.desk.starter._look()
    assert len(stage.called("fire")) == pressed


async def test_a_time_of_day_fires_what_is_armed_and_a_clock_that_is_set_does_not() -> None:
    stage = Stage(by_the_clock(Stage(), 60))
    desk = stage.desk
    stage.sell(state=DropState.ARMED)
    desk.starter._look()
    while not desk.starts.value.is_counting:
        stage.clock.step(1.0)
        desk.starter._look()
    assert LEAST_S <= due_in_s(stage) <= 30
    stage.clock.step(-3600, wall_only=True)
    desk.starter._look()
    assert desk.starts.value.announced == ()
    notice = desk.notice.value
    assert notice is not None
    assert notice.what == "The machine's clock was set: Linen cap is not fired now."
    stage.clock.step(3600, wall_only=True)
    desk.starter._look()  # and back: announced anew
    stage.clock.step(31.0)
    desk.starter._look()
    await until(lambda: stage.called("fire"), what="the fire")
    desk.close()


async def test_a_start_that_is_changed_or_taken_out_in_mid_show_is_not_announced_any_more(stage: Stage) -> None:
    def announced() -> int:
        return len(stage.desk.starts.value.announced)

    await go(stage)
    desk, show = stage.desk, stage.desk.show.value
    desk.show.set(show.model_copy(update={"name": "Another name"}))
    assert announced() == 1
    by_hand = tuple(drop.model_copy(update={"start": "hand"}) for drop in show.drops)
    desk.show.set(show.model_copy(update={"drops": by_hand}))
    assert announced() == 0
    desk.show.set(show)
    assert announced() == 0
    stage.clock.step(60)
    desk.starter._look()
    assert not stage.called("fire")
    await go(stage)


async def test_a_start_that_comes_in_mid_show_is_looked_at(stage: Stage) -> None:
    later = Stage()
    later.desk.starter.open()
    later.desk.show.set(stage.desk.show.value)
    await go(later)
    assert later.desk.starts.value.is_counting
    later.desk.close()


async def test_a_drop_that_is_not_armed_is_told_before_and_after() -> None:
    stage = Stage(by_the_clock(Stage(), 60))
    desk, told = stage.desk, []
    desk.notice.watch(lambda notice: told.append(notice and f"{notice.what} {notice.fix}"), now=False)
    for _ in range(150):
        stage.clock.step(1.0)
        desk.starter._look()
    at = next(drop.start for drop in desk.show.value.drops)
    assert told == [
        f"Linen cap is to be fired at {at} and is not armed. Arm it now, else nothing is fired.",
        f"Linen cap was to be fired at {at}, and was not: it was not armed. Fire it by hand.",
    ]
    assert not stage.called("fire")
    desk.close()
