"""Unpaid orders in the window: all ticked after a stop, voided with a held press only, complete by keyboard."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.commerce.state import OrderList
from console.contract.books import Books
from console.core.journal import Origin
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.order_states import unpaid_orders
from tests.widgets.shown import Shown
from tests.widgets.test_pages import misplaced
from widgets.drop_pane import DropPane
from widgets.orders_pane import OrdersPane
from widgets.outbox_pane import books_said
from widgets.palette import entries
from widgets.unpaid_form import UnpaidForm

LEFT = Qt.MouseButton.LeftButton
RUN = ("cap-01", 1)


@pytest.fixture
def form(shown: Shown, desk: FakeDesk) -> Iterator[UnpaidForm]:
    """The form on the list that the desk has open after a stop: 11 unpaid, one of them on its way."""
    form = shown.window.pages.unpaid
    desk.be("unpaid")
    shown.settle()
    yield form
    desk.be("open")


def ids(desk: FakeDesk) -> list[str]:
    """Those that can be ticked."""
    listed = desk.sale.value.listed
    assert listed is not None
    return [order.id for order in listed.orders[2:] if order.id not in listed.asked]


def list_only(desk: FakeDesk, *, is_after_stop: bool) -> None:
    orders = unpaid_orders(desk, 3)
    stopped = (RUN,) if is_after_stop else ()
    desk.sale.set(replace(desk.sale.value, stopped=stopped, unpaid=orders, listed=OrderList((RUN,), orders)))


def test_after_a_stop_all_are_ticked_and_voided_with_a_held_press(
    shown: Shown, desk: FakeDesk, form: UnpaidForm
) -> None:
    assert form.isVisible()
    assert form.void.title == "VOID 10 · 285.00 €"
    QTest.mouseClick(form.void, LEFT)
    assert desk.asked == [], "a nudge voids nothing"
    QTest.mousePress(form.void, LEFT)
    shown.until(lambda: bool(desk.asked))
    QTest.mouseRelease(form.void, LEFT)
    assert desk.asked == [("orders.void", Origin.BUTTON, {"drop": "cap-01", "run": 1, "orders": ids(desk)})]


def test_single_orders_are_unticked_and_a_settled_one_has_no_tick(desk: FakeDesk, form: UnpaidForm) -> None:
    row = form.list._row_px()
    QTest.mouseClick(form.list, LEFT, pos=QPoint(40, 2 * row + row // 2))
    assert form.void.title.startswith("VOID 9")
    QTest.mouseClick(form.list, LEFT, pos=QPoint(40, row // 2))  # void already
    assert form.void.title.startswith("VOID 9")
    assert form.list.rows[0] == "o0001: 2 × Linen cap, Medium, 38.00 €, void, settled"


def test_it_is_complete_by_keyboard(shown: Shown, desk: FakeDesk, form: UnpaidForm) -> None:
    form.list.setFocus()
    shown.until(form.list.hasFocus)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_O):
        QTest.keyClick(form.list, key)
    assert form.void.title.startswith("VOID 9")
    QTest.keyPress(form.list, Qt.Key.Key_Delete)
    QTest.keyRelease(form.list, Qt.Key.Key_Delete)
    assert desk.asked == []
    QTest.keyPress(form.list, Qt.Key.Key_Delete)
    shown.until(lambda: bool(desk.asked))
    QTest.keyRelease(form.list, Qt.Key.Key_Delete)
    ((action_id, _, said),) = desk.asked
    assert (action_id, said["orders"]) == ("orders.void", ids(desk)[1:])
    desk.asked.clear()
    QTest.keyClick(form.list, Qt.Key.Key_A)
    QTest.keyPress(form.list, Qt.Key.Key_Y)
    shown.until(lambda: bool(desk.asked))
    QTest.keyRelease(form.list, Qt.Key.Key_Y)
    assert desk.asked_ids == ["orders.paid"]


def test_the_show_keys_stay_live_and_losing_the_keyboard_ends_a_hold(
    shown: Shown, desk: FakeDesk, form: UnpaidForm
) -> None:
    form.list.setFocus()
    shown.until(form.list.hasFocus)
    assert not shown.window.keys.is_typing()
    QTest.keyPress(form.list, Qt.Key.Key_Delete)
    shown.window.setFocus()
    shown.until(lambda: not form.list.hasFocus())
    assert not shown.window.deck.holds.fraction("orders.void")
    shown.tap("B")
    assert desk.asked_ids == ["marker.add"]


def test_without_a_stop_nothing_is_ticked_until_somebody_does(desk: FakeDesk, form: UnpaidForm) -> None:
    desk.sale.set(replace(desk.sale.value, listed=None))
    assert not form.isVisible()
    list_only(desk, is_after_stop=False)
    assert form.void.title.startswith("VOID 0")
    QTest.mouseClick(form.all, LEFT)
    assert form.void.title.startswith("VOID 3")
    QTest.mouseClick(form.all, LEFT)
    assert form.void.title.startswith("VOID 0")


def test_an_order_that_comes_while_the_list_is_open_is_ticked_after_a_stop_and_an_unticked_one_stays_so(
    desk: FakeDesk, form: UnpaidForm
) -> None:
    desk.sale.set(replace(desk.sale.value, listed=None))
    list_only(desk, is_after_stop=True)
    form.list.turned.emit("o0001")
    orders = unpaid_orders(desk, 4)
    desk.sale.set(replace(desk.sale.value, listed=OrderList((RUN,), orders)))
    assert form.void.title.startswith("VOID 3")


def test_orders_that_come_do_not_move_the_rows_that_somebody_has_scrolled_to(desk: FakeDesk, form: UnpaidForm) -> None:
    orders = unpaid_orders(desk, 40)
    desk.sale.set(replace(desk.sale.value, unpaid=orders, listed=OrderList((RUN,), orders[:39])))
    before = form.list.rows
    wheel = QWheelEvent(QPointF(9, 9), QPointF(9, 9), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(form.list, wheel)
    scrolled = form.list.rows
    assert scrolled[0] == before[1]
    desk.sale.set(replace(desk.sale.value, listed=OrderList((RUN,), orders)))
    assert form.list.rows == scrolled


def test_orders_of_two_drops_are_two_presses_and_a_button_that_changes_under_the_finger_does_nothing(
    shown: Shown, desk: FakeDesk, form: UnpaidForm
) -> None:
    cap = unpaid_orders(desk, 2)
    orders = (cap[0], replace(cap[1], drop="mug-01"))
    runs = (RUN, ("mug-01", 1))
    desk.sale.set(replace(desk.sale.value, listed=None))
    desk.sale.set(replace(desk.sale.value, stopped=runs, unpaid=orders, listed=OrderList(runs, orders)))
    QTest.mousePress(form.void, LEFT)
    form.list.turned.emit(orders[0].id)
    shown.until(lambda: not shown.window.deck.holds.fraction("orders.void"))
    QTest.mouseRelease(form.void, LEFT)
    assert desk.asked == []
    form.list.turned.emit(orders[0].id)
    QTest.mousePress(form.void, LEFT)
    shown.until(lambda: len(desk.asked) == 2)
    QTest.mouseRelease(form.void, LEFT)
    assert [said["drop"] for _, _, said in desk.asked] == ["cap-01", "mug-01"]


def test_esc_done_and_another_page_close_the_list_on_the_desk(shown: Shown, desk: FakeDesk, form: UnpaidForm) -> None:
    QTest.mouseClick(form.done, LEFT)
    assert desk.asked_ids == ["orders.unlist"]
    assert not form.isVisible()
    desk.be("unpaid")
    shown.window.pages.leave()
    desk.be("unpaid")
    shown.window.pages.show_page(1)
    assert desk.asked_ids == ["orders.unlist"] * 3


def test_it_is_reached_from_the_banner_the_orders_the_keyboard_and_the_palette(
    shown: Shown, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    banner, orders = shown.window.banner, shown.window.findChildren(OrdersPane)[0]
    monkeypatch.setattr(banner, "_answer", None)  # to a press of another test
    desk.be("stopped")
    shown.settle()
    QTest.mouseClick(banner._offer, LEFT)
    assert orders.unpaid.words == "11 unpaid"
    QTest.mouseClick(orders.unpaid, LEFT)
    shown.tap("U")
    asked = [(action_id, said) for action_id, _, said in desk.asked]
    assert asked == [("orders.list", {}), ("orders.list", {"drop": "cap-01"}), ("orders.list", {})]
    assert "Void unpaid…: Linen cap" in [entry.words for entry in entries(desk)]
    desk.be("open")
    assert not orders.unpaid.isVisible()


def test_u_gives_it_the_keyboard_where_it_is_open_and_a_list_that_came_to_nothing_takes_none_later(
    shown: Shown, desk: FakeDesk, form: UnpaidForm
) -> None:
    shown.tap("U")
    shown.until(form.list.hasFocus)
    form.leave()
    desk.sale.set(replace(desk.sale.value, listed=None))
    shown.tap("U")  # the desk lists nothing
    list_only(desk, is_after_stop=True)  # opened from the banner
    assert form.isVisible()
    assert not form.list.hasFocus()


def test_a_hold_outlasts_the_repeats_that_x11_does_not_mark(shown: Shown, desk: FakeDesk, form: UnpaidForm) -> None:
    form.list.setFocus()
    shown.until(form.list.hasFocus)
    QTest.keyPress(form.list, Qt.Key.Key_Delete)
    end = time.monotonic() + 3
    while not desk.asked and time.monotonic() < end:
        QTest.keyRelease(form.list, Qt.Key.Key_Delete)
        QTest.keyPress(form.list, Qt.Key.Key_Delete)
        QTest.qWait(40)
    QTest.keyRelease(form.list, Qt.Key.Key_Delete)
    assert desk.asked_ids == ["orders.void"]


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_everything_of_it_is_in_sight(shown: Shown, desk: FakeDesk, form: UnpaidForm, size: tuple[int, int]) -> None:
    shown.window.resize(*size)
    shown.settle()
    assert misplaced(form) == []
    assert form.list.height() >= 2 * form.list._row_px()


def test_kinds_holds_and_access_stand_in_the_drop_pane(shown: Shown, desk: FakeDesk) -> None:
    desk.be("kinds")
    pane = shown.window.findChildren(DropPane)[0]
    assert pane._facts.text == (
        "29 of 50 left · 3 held · 2 waiting · Small 0, Medium 12, Large 17 · reserved 5 min · "
        "codes for 60 s, then everybody · 2 per buyer · 5:00"
    )
    assert pane._facts.toolTip() == pane._facts.text


def test_change_has_a_key_its_kinds_and_the_way_back(shown: Shown, desk: FakeDesk) -> None:
    desk.be("kinds")
    form = shown.window.pages.changing
    shown.tap("E", Qt.KeyboardModifier.ControlModifier)
    shown.until(form.price.hasFocus)
    assert form.back.title == "BACK TO 24.00 €"
    QTest.mouseClick(form.back, LEFT)
    form.stock.setFocus()
    shown.until(form.stock.hasFocus)
    QTest.keyClick(form.stock, Qt.Key.Key_Down)
    assert form.stock_words.text == "20 in all · 6 sold · 2 held"
    QTest.keyClicks(form.stock, "7")
    assert form.stock_words.text == "6 are sold and 2 held already."
    form.stock.setText("25")
    QTest.keyClick(form.stock, Qt.Key.Key_Return)
    QTest.mouseClick(form.more[0], LEFT)
    assert [(action_id, said) for action_id, _, said in desk.asked] == [
        ("drop.price_back", {"drop": "cap-01"}),
        ("drop.stock", {"drop": "cap-01", "sku": "cap-m", "stock": "25"}),
        ("drop.stock", {"drop": "cap-01", "sku": "cap-m", "stock": 25}),
    ]
    form.leave()
    desk.be("practice")
    shown.tap("E", Qt.KeyboardModifier.ControlModifier)
    assert not form.isVisible()
    assert "nothing to change" in shown.window.banner.words


def test_the_books_are_said_with_a_sign() -> None:
    at = unpaid_orders(FakeDesk())[0].at
    books = Books(allotted=50, sold=12, held=3, left=35, wrong=(), at=at)
    assert books_said(books)[0] == f"✓ books right {at.astimezone():%H:%M:%S}: 50 = 12 sold + 3 held + 35 left"
    assert books_said(books.model_copy(update={"wrong": ("cap-s: 1 too many",)}))[0].startswith("▲ BOOKS WRONG")
    assert books_said(books.model_copy(update={"at": None}))[0].startswith("○")
