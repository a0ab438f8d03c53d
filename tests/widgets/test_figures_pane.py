"""The FIGURES page: the show's and each drop's, by mouse, key and palette; what is drawn is said in words, too."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.commerce.figures import DropFigures, Figures
from console.commerce.state import Drop
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets.figures_numbers import quick_words
from widgets.figures_pane import WHOLE_SHOW, FiguresPane
from widgets.money import money_words
from widgets.orders_pane import OrdersPane, status_words
from widgets.pages import FIGURES, Pages
from widgets.stock_plots import Pieces, pieces_of


@pytest.fixture
def pages(shown: Shown) -> Pages:
    return shown.window.pages


@pytest.fixture
def pane(shown: Shown, desk: FakeDesk, pages: Pages) -> FiguresPane:
    desk.be("figures_show")
    pages.show_page(FIGURES)
    shown.settle()
    return pages.figures


def test_the_door_in_the_heading_of_the_orders_opens_the_page(shown: Shown, desk: FakeDesk, pages: Pages) -> None:
    (orders,) = shown.window.findChildren(OrdersPane)
    assert "F10" in orders.figures.toolTip()
    QTest.mouseClick(orders.figures, Qt.MouseButton.LeftButton)
    assert pages.front == FIGURES
    assert desk.asked == []


def test_the_whole_show_is_told_in_words(pane: FiguresPane, desk: FakeDesk) -> None:
    figures = desk.sale.value.figures
    first, opening, view, sources = pane.numbers.words.split("\n")
    paid, authorised = money_words(figures.paid_minor, "EUR"), money_words(figures.authorised_minor, "EUR")
    assert first == f"{paid} paid of {authorised} authorised, in 21 orders"
    assert opening == "From the opening to the order: half 14 s, 9 of 10 2:11"
    assert view == "From the first view to the order: half 41 s, 9 of 10 1:37"
    assert sources.startswith("From: livestream ")
    assert pane.numbers.toolTip() == pane.numbers.accessibleDescription() == pane.numbers.words
    assert pane.bars.accessibleDescription() == "most 114.00 €/min"
    assert pane.stocks.accessibleDescription() == "Linen cap: 19 sold · 4 held · 27 left\nCanvas tote: 26 sold · 4 left"
    assert not pane.curve.isVisible()


def test_left_and_right_choose_a_drop_and_come_round(shown: Shown, pane: FiguresPane) -> None:
    shown.tap("F10")
    shown.until(pane.choice.hasFocus)
    seen = []
    for _ in range(4):
        QTest.keyClick(pane.choice, Qt.Key.Key_Right)
        seen.append(pane.of)
    assert seen == ["cap-01", "tote-01", "mug-01", WHOLE_SHOW]
    QTest.keyClick(pane.choice, Qt.Key.Key_Left)
    QTest.keyClick(pane.choice, Qt.Key.Key_Left)
    assert pane.of == "tote-01"
    shown.tap("Esc")
    assert not shown.window.keys.is_typing()


def test_a_drop_has_its_own_figures_and_its_pieces_over_time(shown: Shown, pane: FiguresPane) -> None:
    pane.choose("cap-01")
    shown.settle()
    assert (pane.curve.isVisible(), pane.stocks.isVisible()) == (True, False)
    assert pane.curve.accessibleDescription() == "19 sold · 4 held · 27 left"
    assert pane.choice.accessibleDescription() == "Linen cap · 1 of 3"
    pane.choose("mug-01")
    assert pane.numbers.words.endswith("No orders yet")


def test_a_drop_that_is_gone_from_the_show_leaves_the_whole_show(pane: FiguresPane, desk: FakeDesk) -> None:
    pane.choose("cap-01")
    desk.sale.set(replace(desk.sale.value, drops=desk.sale.value.drops[1:]))
    assert pane.choice.accessibleDescription() == "the whole show"
    assert pane.stocks.isVisible()


def test_the_palette_finds_both(shown: Shown, pane: FiguresPane, pages: Pages) -> None:
    for words, do in pane.offers():
        assert words in shown.window._palette._own
        do()
    assert pane.of == "cap-01"


def test_pieces_are_the_shop_s_and_without_its_word_the_orders() -> None:
    told = Drop("a", "A", 1900, "EUR", 50, 2, 300, stock_left=30, sold=15)
    figures = DropFigures("a", 1, figures=Figures(sold=9, held=2))
    assert pieces_of(told, figures) == Pieces(15, 5, 30)
    assert pieces_of(replace(told, stock_left=None), figures) == Pieces(9, 2, 39)
    assert Pieces(0, 0, 0).stock == 1  # nothing is divided by nothing


def test_what_is_not_known_is_said_so(desk: FakeDesk) -> None:
    assert quick_words(None) == "not known yet"
    assert status_words(replace(desk.sale.value, figures=Figures(orders=1))) == "1 order"
    sale = replace(desk.sale.value, figures=Figures(orders=3, authorised_minor=5700, paid_minor=1900))
    assert status_words(sale) == "3 orders · 19.00 € paid"
