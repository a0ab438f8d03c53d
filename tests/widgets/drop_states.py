"""States of the time around a drop: countdowns, announcements, the stream's delay, by the name of the state."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from console.commerce.state import Checkout, DropState, Lamp, StreamDelay
from console.desk.starting_state import Announced, Starts
from console.desk.view import Notice
from console.settings.money import Money
from console.settings.show import Drop, Show

if TYPE_CHECKING:
    from tests.widgets.fake_desk import FakeDesk

CAP = Drop(
    id="cap-01",
    title="Linen cap",
    price=Money(minor=1900, currency="EUR"),
    stock=50,
    scene="Table",
    countdown_s=60,
    at_end="back",
)


def _counting(desk: "FakeDesk", *, room_s: float = 23.0, lead_s: float = 0.0, delay: StreamDelay) -> None:
    opens_at = desk.clock.now() + timedelta(seconds=room_s + lead_s)
    desk.show.set(Show(name="Friday drop", drops=(CAP,)))
    desk.with_drop(
        DropState.COUNTDOWN, sold=0, stock_left=50, opens_at=opens_at, closes_at=opens_at + timedelta(seconds=300),
        lamp=Lamp.CONFIRMED, countdown_s=60, room_lead_s=lead_s, is_heard_by_viewers=lead_s > 0,
    )  # fmt: skip
    desk.sale.set(replace(desk.sale.value, checkout=Checkout.OPEN, stream_delay=delay, orders=()))


def _countdown(desk: "FakeDesk") -> None:
    _counting(desk, delay=StreamDelay())


def _countdown_known(desk: "FakeDesk") -> None:
    """The room opens it; viewers see that later."""
    _counting(desk, delay=StreamDelay(12.0))


def _countdown_viewers(desk: "FakeDesk") -> None:
    _counting(desk, lead_s=12.4, delay=StreamDelay(12.4, is_measured=True))


def _countdown_over(desk: "FakeDesk") -> None:
    """Its moment has come, and the shop has not said so yet."""
    _counting(desk, room_s=-1.0, delay=StreamDelay())


def _announced(desk: "FakeDesk") -> None:
    desk.show.set(Show(name="Friday drop", drops=(CAP.model_copy(update={"start": "cue"}),)))
    desk.with_drop(DropState.ARMED, sold=0, stock_left=50, lamp=Lamp.CONFIRMED, countdown_s=60)
    now = time.monotonic_ns()
    desk.starts.set(Starts((Announced("cap-01", "Linen cap", now - 2_000_000_000, now + 8_000_000_000),)))


def _at_a_time(desk: "FakeDesk") -> None:
    desk.show.set(Show(name="Friday drop", drops=(CAP.model_copy(update={"start": "20:15"}),)))
    desk.with_drop(DropState.ARMED, sold=0, stock_left=50, lamp=Lamp.CONFIRMED, is_heard_by_viewers=True)


def _until_sold_out(desk: "FakeDesk", state: DropState = DropState.OPEN, left: int = 12) -> None:
    ends = desk.clock.now() + timedelta(hours=23, minutes=50)
    desk.with_drop(state, sold=50 - left, stock_left=left, lamp=Lamp.CONFIRMED, closes_at=ends, is_until_sold_out=True)


def _sold_for_good(desk: "FakeDesk") -> None:
    _until_sold_out(desk, DropState.SOLD_OUT, left=0)
    desk.notice.set(Notice("Linen cap is sold out, and closes in 10 s.", "Ctrl+E adds stock."))


def _delay_marked(desk: "FakeDesk") -> None:
    _at_a_time(desk)
    desk.delay_marked_ns.set(time.monotonic_ns() - 7_200_000_000)


DROP_STATES: dict[str, Callable[["FakeDesk"], None]] = {
    "until_sold_out": _until_sold_out,
    "sold_for_good": _sold_for_good,
    "countdown": _countdown,
    "countdown_known": _countdown_known,
    "countdown_viewers": _countdown_viewers,
    "countdown_over": _countdown_over,
    "start_announced": _announced,
    "start_at_a_time": _at_a_time,
    "delay_marked": _delay_marked,
}
