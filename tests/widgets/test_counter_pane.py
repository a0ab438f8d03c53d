"""The COUNTER page: how the table in the room stands, its PIN and its code, and what can be done."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.core.outcome import Outcome
from console.settings.show import Shop
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets.counter_pane import CounterPane
from widgets.pages import COUNTER
from widgets.palette import entries


@pytest.fixture
def pane(shown: Shown, desk: FakeDesk) -> CounterPane:
    desk.be("counter_open")
    shown.tap("F12")
    shown.settle()
    assert shown.window.pages.front == COUNTER
    return shown.window.pages.counter


def press(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_an_open_counter_shows_what_it_sold_its_pin_and_its_code(pane: CounterPane) -> None:
    assert pane.pin.text == "PIN 246 810"
    assert pane.status[0][0] == "COUNTER · ● 12 sold, 18 left"
    assert pane.code.isVisible()
    assert "http://192.168.178.42:8710/counter" in pane.code.toolTip()
    assert "246810" not in pane.code.toolTip()


def test_it_is_closed_stocked_anew_and_opened_by_the_shops_word_alone(
    pane: CounterPane, desk: FakeDesk, shown: Shown
) -> None:
    desk.answer = Outcome.pending("The shop has not answered yet.")
    press(pane.turn)
    press(pane.restock)
    assert desk.asked_ids[-2:] == ["counter.close", "counter.open"]
    assert pane.turn.action_id == "counter.close"  # it is as the shop says, whatever was pressed
    desk.be("counter_closed")
    assert not pane.restock.isVisible()
    press(pane.turn)
    assert desk.asked_ids[-1] == "counter.open"


def test_a_new_pin_is_held_and_its_button_shows_it(pane: CounterPane, desk: FakeDesk, shown: Shown) -> None:
    assert pane.new_pin.note == "hold"
    QTest.mousePress(pane.new_pin, Qt.MouseButton.LeftButton)
    shown.settle()
    assert pane.new_pin._filled > 0
    QTest.mouseRelease(pane.new_pin, Qt.MouseButton.LeftButton)
    assert desk.asked == []


def test_a_counter_that_no_tablet_reaches_says_what_to_write(pane: CounterPane, desk: FakeDesk) -> None:
    desk.be("counter_closed")
    assert "0.0.0.0:8710" in pane.trouble.accessibleName()
    assert not pane.code.isVisible()
    desk.be("counter_away")
    assert pane.trouble.accessibleName() == "The shop does not answer."
    desk.show.set(desk.show.value.model_copy(update={"shop": Shop(kind="manual")}))
    assert pane.trouble.accessibleName() == "Only Cuedrop's own shop has a counter."


def test_everything_is_also_found_by_typing(desk: FakeDesk) -> None:
    found = {entry.action_id for entry in entries(desk)}
    assert {"counter.open", "counter.close", "counter.new_pin", "orders.export"} <= found
