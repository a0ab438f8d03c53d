"""What the director asks for when an open drop is changed: the desk reads the words, the sale does the rest."""

from datetime import timedelta

import pytest

from console.commerce.state import DropState, Wanted
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from tests.desk.parts import Stage


@pytest.fixture
def stage() -> Stage:
    """A desk whose cap is on sale."""
    stage = Stage()
    stage.sell(state=DropState.OPEN, sold=12, stock_left=38, closes_at=stage.clock.now() + timedelta(seconds=60))
    return stage


async def ask(stage: Stage, action_id: str, **arguments: object) -> Outcome:
    return await stage.desk.run(action_id, Origin.BUTTON, drop="cap-01", **arguments)


@pytest.mark.parametrize("words", ["15", "15.00", "15,00", " 15.0 EUR "])
async def test_a_price_is_read_as_people_write_it(stage: Stage, words: str) -> None:
    assert (await ask(stage, "drop.price", price=words)).is_done
    assert stage.called("change") == [(("cap-01", Wanted(price_minor=1500)), {})]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("a lot", '"a lot" is not a price in EUR.'),
        ("-5", '"-5" is not a price in EUR.'),
        ("15.001", '"15.001" is not a price in EUR.'),
        ("1.500,00", '"1.500,00" is not a price in EUR.'),
        ("15 USD", "Linen cap is sold in EUR."),
    ],
)
async def test_what_is_no_price_of_this_drop_is_refused_and_nothing_is_asked(
    stage: Stage, words: str, why: str
) -> None:
    outcome = await ask(stage, "drop.price", price=words)
    assert (outcome.result, outcome.why) == (Result.REFUSED, why)
    assert outcome.fix
    assert not stage.called("change")


async def test_stock_time_and_mark_go_to_the_sale_as_they_are(stage: Stage) -> None:
    await ask(stage, "drop.stock", stock=60)
    await ask(stage, "drop.sold_out")
    await ask(stage, "drop.sold_out", on=False)
    await ask(stage, "drop.extend", seconds=300)
    wanted = [arguments[1] for arguments, _ in stage.called("change")]
    assert wanted == [Wanted(stock=60), Wanted(sold_out=True), Wanted(sold_out=False)]
    assert stage.called("extend") == [(("cap-01", 300), {})]


@pytest.mark.parametrize(
    ("action_id", "arguments"),
    [("drop.extend", {"seconds": 0}), ("drop.extend", {"seconds": 7200}), ("drop.stock", {"stock": -1}),
     ("drop.price", {"price": ""}), ("drop.stock", {})],
)  # fmt: skip
async def test_arguments_out_of_range_are_refused(stage: Stage, action_id: str, arguments: dict[str, object]) -> None:
    assert (await ask(stage, action_id, **arguments)).result is Result.REFUSED
    assert not stage.called("change")
    assert not stage.called("extend")


@pytest.mark.parametrize(
    ("state", "possible"),
    [
        (DropState.DRAFT, set()),
        (DropState.ARMED, {"drop.price", "drop.stock"}),
        (DropState.OPEN, {"drop.price", "drop.stock", "drop.extend", "drop.sold_out"}),
        (DropState.SOLD_OUT, {"drop.price", "drop.stock", "drop.extend", "drop.sold_out"}),
        (DropState.CLOSED, set()),
    ],
)
def test_what_can_be_changed_depends_on_where_the_drop_is(stage: Stage, state: DropState, possible: set[str]) -> None:
    stage.sell(state=state)
    every = [stage.desk.actions.get(f"drop.{what}") for what in ("price", "stock", "extend", "sold_out")]
    enabled = {action.id: action.enabled(stage.desk) for action in every if action is not None}
    assert {id for id, one in enabled.items() if one.is_enabled} == possible
    assert all(one.is_enabled or one.why.endswith(".") for one in enabled.values())
