"""The selling side of a run: whether the show goes on when the console ends, and what an earlier one sold."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from console.app.selling import Selling
from console.commerce.state import DropState
from console.core.alarms import Alarms
from console.core.clock import SteppedClock
from console.core.journal import MemoryJournal
from console.settings.show import Show

SHOW = {
    "name": "Friday drop",
    "shop": {"kind": "manual"},
    "drops": [{"id": "cap", "title": "Cap", "price": "19.00 EUR", "stock": 5}],
}
S = DropState


@pytest.fixture
def selling(tmp_path: Path, clock: SteppedClock, journal: MemoryJournal) -> Iterator[Selling]:
    """A sale by hand of one cap."""
    with ThreadPoolExecutor(1) as writer:
        yield Selling(
            Show.model_validate(SHOW),
            tmp_path,
            run="",
            is_practice=False,
            clock=clock,
            journal=journal,
            alarms=Alarms(clock, journal),
            writer=writer,
        )


@pytest.mark.parametrize(
    ("state", "is_open"),
    [(S.DRAFT, False), (S.ARMED, False), (S.FIRING, True), (S.COUNTDOWN, True), (S.OPEN, True), (S.CLOSED, False),
     (S.SOLD_OUT, True), (S.ASKING, True)],
)  # fmt: skip
async def test_a_run_goes_on_as_long_as_a_drop_may_still_sell(
    selling: Selling, state: DropState, is_open: bool
) -> None:
    be(selling, state)
    assert selling.is_open() is is_open


@pytest.mark.parametrize(
    ("state", "then", "run"),
    [(S.CLOSED, S.DRAFT, 2), (S.OPEN, S.OPEN, 1), (S.SOLD_OUT, S.SOLD_OUT, 1), (S.DRAFT, S.DRAFT, 1)],
)
async def test_what_an_earlier_show_closed_is_a_draft_again_and_nothing_else_is_touched(
    selling: Selling, state: DropState, then: DropState, run: int
) -> None:
    await selling.start()
    be(selling, state)
    await selling.sell_anew()
    (cap,) = selling.commerce.state.value.drops
    assert (cap.state, cap.run) == (then, run)
    await selling.commerce.close()


def be(selling: Selling, state: DropState) -> None:
    sale = selling.commerce.state
    sale.set(replace(sale.value, drops=(replace(sale.value.drops[0], state=state),)))
