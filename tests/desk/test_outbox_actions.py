"""The outbox's actions: what they ask of the sale, and when they are refused in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.commerce.lines import Contradiction, LineState, OutboxLine
from console.core.journal import Origin
from console.core.outcome import Result
from console.remote.state import state_of
from tests.desk.parts import Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()


def with_a_message(stage: Stage) -> OutboxLine:
    pressed = stage.clock.now() - timedelta(seconds=8)
    line = OutboxLine("e1", "drop.opened", "cap-01", "Linen cap", 1, pressed, LineState.WAITING, 2, "No answer.")
    found = Contradiction("cap-01", "Linen cap", pressed, "3 sold", "1 sold")
    sale = stage.commerce.state.value
    stage.commerce.state.set(replace(sale, outbox_pending=1, outbox=(line,), contradictions=(found,)))
    return line


async def test_with_an_empty_outbox_there_is_nothing_to_try_or_to_give_up(stage: Stage) -> None:
    for action, more in (("outbox.retry", {}), ("outbox.give_up", {"message": "e1", "reason": "why"})):
        outcome = await stage.desk.run(action, Origin.BUTTON, **more)
        assert (outcome.result, outcome.why) == (Result.REFUSED, "Nothing waits in the outbox.")
    assert (await stage.desk.run("outbox.export", Origin.BUTTON)).is_done
    assert stage.called("export") == [(("csv",), {})]


async def test_what_waits_is_tried_now_one_or_all(stage: Stage) -> None:
    with_a_message(stage)
    await stage.desk.run("outbox.retry", Origin.BUTTON)
    await stage.desk.run("outbox.retry", Origin.BUTTON, message="e1")
    assert stage.called("retry") == [((None,), {}), (("e1",), {})]


async def test_giving_up_carries_the_reason_and_what_is_known(stage: Stage) -> None:
    with_a_message(stage)
    await stage.desk.run("outbox.give_up", Origin.BUTTON, message="e1", reason="Wrong price")
    await stage.desk.run("outbox.give_up", Origin.BUTTON, message="e1", reason="Wrong price", buyers_may_buy=True)
    assert stage.called("give_up") == [
        (("e1", "Wrong price"), {"buyers_may_buy": False}),
        (("e1", "Wrong price"), {"buyers_may_buy": True}),
    ]
    outcome = await stage.desk.run("outbox.give_up", Origin.BUTTON, message="e1", reason="")
    assert (outcome.result, outcome.why) == (Result.REFUSED, "Reason is empty.")


async def test_the_state_tells_every_message_and_every_contradiction(stage: Stage) -> None:
    with_a_message(stage)
    outbox = state_of(stage.desk)["outbox"]
    assert isinstance(outbox, dict)
    assert outbox["pending"] == 1
    (message,) = outbox["messages"]
    assert message["what"] == "Fire Linen cap"
    assert (message["state"], message["age_s"], message["tries"], message["answer"]) == (
        "waiting",
        8.0,
        2,
        "No answer.",
    )
    assert outbox["contradictions"][0]["what"] == (
        "The shop contradicts itself about Linen cap: it said 3 sold, then 1 sold."
    )
