"""What happens when a drop has closed: as the show file says, and never against a hand."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from console.commerce.state import Drop, DropState, Lamp, Sale, Wanted
from console.core.journal import Origin
from console.core.outcome import Outcome
from console.desk.drop_ends import DropEnds
from tests.desk.parts import SHOW, Stage
from tests.waiting import until

S = DropState
BACK = SHOW.replace("[drops.overlay]", 'scene = "Table"\nat_end = "back"\n[drops.overlay]')
MUG = '[[drops]]\nid = "mug-01"\ntitle = "Mug"\nprice = "9.00 EUR"\nstock = 5\n[[cues]]'
SOLD = SHOW.replace("[drops.overlay]", 'duration_s = "sold out"\nat_end = "next"\n[drops.overlay]').replace(
    "[[cues]]", MUG, 1
)
NEXT = SHOW.replace("[drops.overlay]", 'at_end = "next"\n[drops.overlay]').replace("[[cues]]", MUG, 1)


async def turns() -> None:
    """What was begun has begun."""
    for _ in range(3):
        await asyncio.sleep(0)


def on_air(stage: Stage, scene: str | None) -> None:
    stage.switch(program=scene, claimed=scene)


@pytest.fixture
def stage() -> Iterator[Stage]:
    """The cap was fired over Wide, and Table, its own scene, came on air with the opening."""
    stage = Stage(BACK)
    ends = DropEnds(stage.desk)
    for state in (S.ARMED, S.FIRING, S.COUNTDOWN, S.OPEN):
        stage.sell(state=state)
    on_air(stage, "Table")
    yield stage
    ends.close()


async def test_back_takes_the_scene_before_over_the_drops_own(stage: Stage) -> None:
    stage.sell(state=S.SOLD_OUT)
    await turns()
    assert stage.called("take") == []
    stage.sell(state=S.CLOSED)
    await until(lambda: stage.called("take"), what="the way back")
    assert stage.called("take") == [(("Wide",), {"expect": "Table"})]
    assert stage.desk.notice.value is None
    await until(lambda: stage.journal.of("drop.back"), what="the journal")


async def test_a_scene_that_somebody_took_since_is_left_alone(stage: Stage) -> None:
    on_air(stage, "Wide")
    on_air(stage, "Table")  # and back, by hand
    stage.sell(state=S.CLOSED)
    await turns()
    assert stage.called("take") == []


async def test_a_hand_that_took_the_same_scene_again_keeps_it(stage: Stage) -> None:
    await stage.desk.run("scene.cut", Origin.KEY, scene="Table")
    stage.sell(state=S.CLOSED)
    await turns()
    assert stage.called("take") == []


async def test_the_hand_that_took_the_drops_scene_itself_is_brought_back(stage: Stage) -> None:
    late = Stage(BACK)
    ends = DropEnds(late.desk)
    late.sell(state=S.FIRING)
    late.sell(state=S.OPEN)
    await late.desk.run("scene.cut", Origin.KEY, scene="Table")
    on_air(late, None)  # nothing is proved for a moment
    on_air(late, "Table")
    late.sell(state=S.CLOSED)
    await until(lambda: late.called("take"), what="the way back")
    ends.close()


@pytest.mark.parametrize("how", ["stopped", "elsewhere", "never open", "before the console started"])
async def test_what_leads_nowhere(stage: Stage, how: str) -> None:
    if how == "elsewhere":
        on_air(stage, "Safe")
    if how == "never open":
        stage.sell(state=S.CLOSED)
        await until(lambda: stage.called("take"), what="the way back")
        stage.calls.clear()
        for state in (S.DRAFT, S.ARMED, S.FIRING, S.COUNTDOWN):
            stage.sell(state=state, run=2)
    if how == "before the console started":
        stage = Stage(BACK)
        ends = DropEnds(stage.desk)
        on_air(stage, "Table")
        stage.sell(state=S.OPEN)
        ends.close()
    sale: Sale = stage.commerce.state.value
    if how == "stopped":
        stage.commerce.state.set(type(sale)(link=sale.link, drops=sale.drops, is_stopping=True))
        sale = stage.commerce.state.value
        stage.commerce.state.set(type(sale)(link=sale.link, drops=(sale.drops[0].to(S.CLOSED),), is_stopping=True))
    else:
        stage.sell(state=S.CLOSED)
    await turns()
    assert stage.called("take") == []


async def test_a_drop_that_was_taken_out_of_the_show_ends_in_peace(stage: Stage) -> None:
    stage.desk.show.set(stage.desk.show.value.model_copy(update={"drops": ()}))
    stage.sell(state=S.CLOSED)
    await turns()
    assert stage.called("take") == []


async def test_a_way_back_that_is_refused_is_told(stage: Stage) -> None:
    stage.obs.answers["take"] = Outcome.refused("OBS has no scene Wide.")
    stage.sell(state=S.CLOSED)
    await until(lambda: stage.desk.notice.value is not None, what="the words")
    notice = stage.desk.notice.value
    assert notice is not None
    assert notice.what == "Linen cap is closed. Wide was not taken: OBS has no scene Wide."


def selling(stage: Stage, cap: DropState, mug: DropState = S.DRAFT, *, chosen: str = "cap-01") -> None:
    drops = (
        Drop("cap-01", "Linen cap", 1900, "EUR", 50, 2, 300, state=cap),
        Drop("mug-01", "Mug", 900, "EUR", 5, 2, 300, state=mug),
    )
    stage.commerce.state.set(Sale(link=stage.commerce.state.value.link, drops=drops, chosen=chosen))


@pytest.mark.parametrize(
    ("mug", "chosen", "chooses", "arms"),
    [(S.DRAFT, "cap-01", 1, 1), (S.DRAFT, "mug-01", 0, 1), (S.ARMED, "cap-01", 1, 0), (S.OPEN, "cap-01", 1, 0)],
)
async def test_next_chooses_and_arms_the_next_drop_and_fires_nothing(
    mug: DropState, chosen: str, chooses: int, arms: int
) -> None:
    stage = Stage(NEXT)
    ends = DropEnds(stage.desk)
    selling(stage, S.OPEN, mug, chosen=chosen)
    selling(stage, S.CLOSED, mug, chosen=chosen)
    await until(lambda: len(stage.called("arm")) == arms and len(stage.called("choose")) == chooses, what="the next")
    assert {arguments for arguments, _ in (*stage.called("arm"), *stage.called("choose"))} <= {("mug-01",)}
    await turns()
    assert stage.called("fire") == []
    selling(stage, S.CLOSED, S.OPEN)
    selling(stage, S.CLOSED, S.CLOSED)  # the last one: there is nothing behind it
    ends.close()


@pytest.fixture
def sold() -> Iterator[Stage]:
    """A cap on sale until sold out."""
    stage = Stage(SOLD)
    ends = DropEnds(stage.desk, settled_s=0.05)
    for state in (S.ARMED, S.FIRING, S.OPEN):
        stage.sell(state=state, is_until_sold_out=True)
    yield stage
    ends.close()


async def test_a_sale_until_sold_out_announces_its_end_then_closes_once_and_leads_on(sold: Stage) -> None:
    sold.sell(state=S.SOLD_OUT)
    notice = sold.desk.notice.value
    assert notice is not None
    assert (notice.what, notice.fix) == ("Linen cap is sold out, and closes in 0 s.", "Ctrl+E adds stock.")
    await until(lambda: sold.called("close_drop"), what="the end")
    sold.sell(lamp=Lamp.SENT)
    sold.sell(state=S.CLOSED)
    await turns()
    assert [arguments for arguments, _ in sold.called("close_drop")] == [("cap-01",)]
    pressed = [origin for kind, origin, fields in sold.journal.entries if fields.get("action") == "drop.close"]
    assert pressed == [Origin.AUTOMATION]


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"state": S.OPEN},  # a piece came back, or was added
        {"held": 1},  # one is reserved and may still come back
        {"is_held": True},  # a hand says sold out: the same hand may take that back
        {"wanted": Wanted(stock=60)},  # stock is on its way to the shop
        {"state": S.DRAFT, "run": 2},
    ],
)
async def test_whatever_happens_to_it_meanwhile_keeps_it_open(sold: Stage, meanwhile: dict[str, Any]) -> None:
    sold.sell(state=S.SOLD_OUT)
    sold.sell(**meanwhile)
    await asyncio.sleep(0.1)
    assert sold.called("close_drop") == []


async def test_a_drop_with_a_duration_stays_sold_out_until_its_time(stage: Stage) -> None:
    ends = DropEnds(stage.desk, settled_s=0.0)
    stage.sell(state=S.SOLD_OUT)
    await asyncio.sleep(0.05)
    assert stage.called("close_drop") == []
    ends.close()
