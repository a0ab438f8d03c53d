"""Changing the drop on sale: a price is meant twice, everything else once, and nothing typed ever reaches the show."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.commerce.state import DropState, Lamp, Wanted
from console.core.clock import SteppedClock
from console.core.journal import Origin
from console.desk.once_more import OnceMore
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from tests.widgets.test_pages import misplaced
from widgets import theme
from widgets.change_form import OPENS, ChangeForm
from widgets.controls import ActionButton
from widgets.drop_pane import DropPane
from widgets.palette import entries

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def pane(shown: Shown) -> DropPane:
    return shown.window.findChildren(DropPane)[0]


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def form(shown: Shown, clock: SteppedClock) -> ChangeForm:
    """The form, opened from the keyboard."""
    form = shown.window.pages.changing
    form._twice = OnceMore(clock)
    form.open()
    shown.until(form.price.hasFocus)
    return form


def sell(desk: FakeDesk, state: DropState = DropState.OPEN, **changes: object) -> None:
    """Linen cap on sale, otherwise."""
    ends = desk.clock.now() + timedelta(seconds=252)
    desk.with_drop(state, **{"closes_at": ends, "lamp": Lamp.CONFIRMED, **changes})


def type_into(field: QWidget, text: str) -> None:
    QTest.keyClicks(field, text)


def enter(field: QWidget) -> None:
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_the_mouse_opens_it_without_taking_the_keys_and_it_is_there_only_when_there_is_something_to_change(
    shown: Shown, desk: FakeDesk, pane: DropPane
) -> None:
    form = shown.window.pages.changing
    QTest.mouseClick(pane.change, LEFT)
    assert form.isVisible()
    assert not shown.window.keys.is_typing()
    assert desk.asked == []
    sell(desk, state=DropState.CLOSED)
    assert not form.isVisible()
    assert not pane.change.isVisible()
    sell(desk, state=DropState.ARMED)
    assert pane.change.isVisible()


def test_a_price_is_held_with_the_mouse(shown: Shown, desk: FakeDesk, form: ChangeForm) -> None:
    type_into(form.price, "15")
    assert form.price_words.text == "19.00 € → 15.00 € · -21 %"
    QTest.mousePress(form.set_price, LEFT)
    QTest.mouseRelease(form.set_price, LEFT)
    assert desk.asked == []
    QTest.mousePress(form.set_price, LEFT)
    shown.until(lambda: bool(desk.asked))
    QTest.mouseRelease(form.set_price, LEFT)
    assert desk.asked == [("drop.price", Origin.BUTTON, {"drop": "cap-01", "price": "15"})]


def test_a_price_is_entered_twice_and_a_double_press_is_once(
    desk: FakeDesk, form: ChangeForm, clock: SteppedClock
) -> None:
    enter(form.price)  # nothing typed
    type_into(form.price, "15")
    enter(form.price)
    enter(form.price)  # too soon for anybody to have read what it would be
    assert desk.asked == []
    assert "Enter again" in form.price_words.text
    clock.step(1.0)
    type_into(form.price, "0")
    enter(form.price)  # 150: another price, asked for once
    assert desk.asked == []
    clock.step(1.0)
    enter(form.price)
    assert desk.asked == [("drop.price", Origin.KEY, {"drop": "cap-01", "price": "150"})]


def test_what_is_no_price_is_said_while_it_is_typed(form: ChangeForm) -> None:
    type_into(form.price, "1,5x")
    assert form.price_words.text == '"1,5x" is not a price in EUR.'
    type_into(form.stock, "11")
    assert form.stock_words.text == "12 are sold already."


def test_stock_time_and_mark_are_absolute_and_asked_for_at_once(desk: FakeDesk, form: ChangeForm) -> None:
    type_into(form.stock, "60")
    enter(form.stock)
    QTest.mouseClick(form.more[0], LEFT)
    sell(desk, wanted=Wanted(stock=55), lamp=Lamp.SENT)
    QTest.mouseClick(form.more[1], LEFT)  # ten more than what is on its way
    QTest.mouseClick(form.later[1], LEFT)
    QTest.mouseClick(form.sold_out, LEFT)
    sell(desk, is_held=True, state=DropState.SOLD_OUT)
    assert form.sold_out.title == "SELL ON"
    QTest.mouseClick(form.sold_out, LEFT)
    asked = [(action_id, {k: v for k, v in said.items() if k != "drop"}) for action_id, _, said in desk.asked]
    assert asked == [
        ("drop.stock", {"stock": "60"}),
        ("drop.stock", {"stock": 55}),
        ("drop.stock", {"stock": 65}),
        ("drop.extend", {"seconds": 300}),
        ("drop.sold_out", {"on": True}),
        ("drop.sold_out", {"on": False}),
    ]


def test_what_is_asked_for_stands_apart_from_what_is_true_until_the_shop_has_said_it(
    desk: FakeDesk, pane: DropPane, form: ChangeForm
) -> None:
    type_into(form.price, "15")
    sell(desk, wanted=Wanted(price_minor=1500), lamp=Lamp.WAITING)
    assert (pane._price.text, pane._facts.text) == ("19.00 €", "asked for: 15.00 €")
    assert form.price_words.text == "19.00 € → 15.00 € asked for"
    assert form.lamp.words == "WAITING"
    sell(desk, lamp=Lamp.REFUSED, why="No. Linen cap costs 19.00 € as before.")
    assert (pane._price.text, form.price.text()) == ("19.00 €", "15")  # to be tried again, or mended
    assert "as before" in form.answer.accessibleName()
    sell(desk, price_minor=1500)
    assert (pane._price.text, form.price.text(), form.lamp.words) == ("15.00 €", "", "CONFIRMED")


def test_a_drop_that_closes_while_a_price_is_typed_lets_no_digit_reach_the_show(
    shown: Shown, desk: FakeDesk, form: ChangeForm
) -> None:
    sell(desk, state=DropState.CLOSED)
    assert shown.window.keys.is_typing()
    type_into(form.price, "15")
    enter(form.price)
    assert not any(action_id.startswith("scene.") for action_id in desk.asked_ids)
    shown.tap("Esc")
    shown.tap("Esc")
    assert not form.isVisible()


def test_another_drop_takes_over_nothing_that_was_typed(desk: FakeDesk, form: ChangeForm) -> None:
    type_into(form.price, "15")
    sale = desk.sale.value
    drops = tuple(replace(one, state=DropState.OPEN) for one in sale.drops)
    desk.sale.set(replace(sale, drops=drops, chosen="tote-01"))
    assert form.price.text() == ""
    QTest.mouseClick(form.later[0], LEFT)
    assert desk.asked[-1][2] == {"drop": "tote-01", "seconds": 60}


def test_escape_leaves_the_field_and_then_the_form_and_a_page_key_closes_it(shown: Shown, form: ChangeForm) -> None:
    shown.tap("Esc")
    assert form.isVisible()
    assert not shown.window.keys.is_typing()
    shown.tap("Esc")
    assert not form.isVisible()
    form.open(takes_keyboard=False)
    shown.tap("F3")
    assert not form.isVisible()


def test_the_palette_knows_every_change(shown: Shown, desk: FakeDesk) -> None:
    shown.window._palette.open("change the drop")
    assert OPENS in [entry.words for entry in shown.window._palette._shown]
    shown.window.setFocus()
    found = {entry.words: entry for entry in entries(desk)}
    assert found["Linen cap: 10 pieces more, 60 in all"].arguments == {"drop": "cap-01", "stock": 60}
    assert found["Linen cap: close 5 min later"].arguments == {"drop": "cap-01", "seconds": 300}
    assert "Mark as sold out" in found
    sell(desk, is_held=True, state=DropState.SOLD_OUT)
    held = {entry.words: entry for entry in entries(desk)}
    assert held["Linen cap: sell on"].arguments == {"drop": "cap-01", "on": False}


def test_a_change_by_hand_is_confirmed_where_the_drop_is_closed_otherwise(
    desk: FakeDesk, pane: DropPane, form: ChangeForm
) -> None:
    sell(desk, lamp=Lamp.WAITING, wanted=Wanted(price_minor=1500))
    desk.sale.set(replace(desk.sale.value, kind="manual"))
    assert (pane._left.action_id, pane._left.title) == ("drop.confirm", "CONFIRM")


@pytest.mark.parametrize("size", [(1280, 720), (1120, 630)], ids=str)  # larger ones have more room for all
def test_in_every_window_nothing_of_it_is_cut_off_or_lies_over_another(
    application: QApplication, size: tuple[int, int]
) -> None:
    desk = FakeDesk("open")
    shown = Shown(application, desk, size)
    form = shown.window.pages.changing
    faults: list[str] = []
    for state in ("open", "armed", "changing", "change_refused", "crowded"):
        desk.be(state)
        form.open(takes_keyboard=False)
        form.price.setText("1234567.89")
        shown.settle()
        theme.CUT.clear()
        for widget in form.findChildren(QWidget):
            widget.update()
        form.grab()
        faults += [f"{state}: cut off: {text}" for text in sorted(set(theme.CUT))]
        faults += [f"{state}: {fault}" for fault in misplaced(form)]
        assert all(each.toolTip() and each.accessibleName() for each in form.findChildren(ActionButton))
    shown.close()
    assert faults == [], "; ".join(faults)
