"""What the DROP pane and PROGRAM say of the time around a drop."""

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.commerce.state import Drop, DropState, StreamDelay
from console.core.journal import Origin
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets.controls import ActionButton
from widgets.drop_clock import Times, delay_words, end_words, fire_words


def times(desk: FakeDesk) -> Times:
    sale = desk.sale.value
    start = next((one.start for one in desk.show.value.drops), "hand")
    return Times(desk.clock.now(), 0, sale.stream_delay, None, start)


def cap(desk: FakeDesk) -> Drop:
    return desk.sale.value.drops[0]


@pytest.mark.parametrize(
    ("state", "title", "note"),
    [
        ("countdown", "OPENS 0:23", "by itself"),
        ("countdown_known", "OPENS 0:23", "here · 0:35 for viewers"),
        ("countdown_viewers", "OPENS 0:23", "here · 0:36 for viewers"),
        ("countdown_over", "OPENS 0:00", "waiting for the shop"),
        ("start_at_a_time", "FIRE", "armed · starts 20:15"),
    ],
)
def test_fire_says_what_comes_and_when_here_and_for_viewers(desk: FakeDesk, state: str, title: str, note: str) -> None:
    desk.be(state)
    said = fire_words(cap(desk), times(desk))
    assert (said.title, said.note) == (title, note)


def test_an_end_that_is_far_away_has_no_clock(desk: FakeDesk) -> None:
    ends = desk.clock.now() + timedelta(hours=23)
    desk.with_drop(DropState.OPEN, closes_at=ends, is_until_sold_out=True)
    assert fire_words(cap(desk), times(desk)).note == "until sold out"
    desk.with_drop(DropState.OPEN, closes_at=ends)
    assert fire_words(cap(desk), times(desk)).note == "all day"
    desk.with_drop(DropState.OPEN, closes_at=desk.clock.now() + timedelta(seconds=90), is_until_sold_out=True)
    assert fire_words(cap(desk), times(desk)).note == "left"  # somebody has set an end


@pytest.mark.parametrize(
    ("changes", "note"), [({}, "closes by itself"), ({"held": 2}, "some not paid"), ({"is_held": True}, "by hand")]
)
def test_one_until_sold_out_says_what_keeps_it(desk: FakeDesk, changes: dict[str, Any], note: str) -> None:
    ends = desk.clock.now() + timedelta(hours=23)
    desk.with_drop(DropState.SOLD_OUT, closes_at=ends, is_until_sold_out=True, **changes)
    assert fire_words(cap(desk), times(desk)).note == note


def test_an_armed_drop_says_how_long_it_will_count(desk: FakeDesk) -> None:
    desk.with_drop(DropState.ARMED, countdown_s=60)
    assert fire_words(cap(desk), times(desk)).note == "armed · counts 1:00"
    desk.with_drop(DropState.ARMED, countdown_s=60, is_heard_by_viewers=True)
    late = Times(desk.clock.now(), 0, StreamDelay(12.4))
    assert fire_words(cap(desk), late).note == "armed · counts 1:13"
    desk.with_drop(DropState.ARMED)
    assert fire_words(cap(desk), late).note == "armed"


def test_a_fire_on_its_way_says_its_own_clock(desk: FakeDesk) -> None:
    desk.with_drop(DropState.FIRING, opens_at=desk.clock.now() + timedelta(seconds=23))
    said = fire_words(cap(desk), times(desk))
    assert said.title.startswith("SENT 0:2")
    assert said.note == "waiting for the shop"


def test_every_state_has_its_words(desk: FakeDesk) -> None:
    for state in DropState:
        desk.with_drop(state)
        assert fire_words(cap(desk), times(desk)).title


def test_the_end_is_told_while_the_drop_runs(desk: FakeDesk) -> None:
    desk.be("countdown")
    item = desk.show.value.drops[0]
    assert end_words(cap(desk), item) == "then back"
    desk.with_drop(DropState.CLOSED)
    assert end_words(cap(desk), item) == end_words(cap(desk), None) == ""


@pytest.mark.parametrize(
    ("delay", "marked_ns", "words"),
    [
        (StreamDelay(), None, ("? s", "delay")),
        (StreamDelay(12.0), None, ("12 s", "delay, set")),
        (StreamDelay(12.4, is_measured=True), None, ("12.4 s", "delay")),
        (StreamDelay(12.4, is_measured=True), 1_000_000_000, ("7 s", "phone?")),
    ],
)
def test_the_delay_is_shown_with_where_it_comes_from(
    delay: StreamDelay, marked_ns: int | None, words: tuple[str, str]
) -> None:
    said = delay_words(delay, marked_ns, 8_000_000_000)
    assert (said.title, said.note) == words


def test_hold_is_there_on_program_and_in_the_pane_while_a_start_is_announced(shown: Shown) -> None:
    shown.desk.be("start_announced")
    shown.settle()
    every = shown.window.findChildren(ActionButton)
    buttons = [button for button in every if button.action_id == "start.hold" and button.isVisible()]
    assert [button.title for button in buttons] == ["HOLD", "HOLD"]
    for button in buttons:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    asked = sorted(len(arguments) for action, origin, arguments in shown.desk.asked if origin is Origin.BUTTON)
    assert (shown.desk.asked_ids, asked) == (["start.hold"] * 2, [0, 1])
