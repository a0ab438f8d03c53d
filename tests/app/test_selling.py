"""The selling side of a run: whether the show goes on when the console ends now."""

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


@pytest.mark.parametrize(
    ("state", "is_open"),
    [(S.DRAFT, False), (S.ARMED, False), (S.FIRING, True), (S.COUNTDOWN, True), (S.OPEN, True), (S.CLOSED, False),
     (S.SOLD_OUT, True), (S.ASKING, True)],
)  # fmt: skip
async def test_a_run_goes_on_as_long_as_a_drop_may_still_sell(
    tmp_path: Path, clock: SteppedClock, journal: MemoryJournal, state: DropState, is_open: bool
) -> None:
    with ThreadPoolExecutor(1) as writer:
        selling = Selling(
            Show.model_validate(SHOW),
            tmp_path,
            run="",
            is_practice=False,
            clock=clock,
            journal=journal,
            alarms=Alarms(clock, journal),
            writer=writer,
        )
        sale = selling.commerce.state
        sale.set(replace(sale.value, drops=(replace(sale.value.drops[0], state=state),)))
        assert selling.is_open() is is_open
