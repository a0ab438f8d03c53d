"""ORDERS: where the money came from is said where there is room, and always to those who ask."""

from dataclasses import replace

import pytest

from console.commerce.figures import SourceSum
from console.commerce.state import Sale
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets.orders_pane import OrdersPane, sources_words


def with_sources(sale: Sale, *sources: SourceSum) -> Sale:
    return replace(sale, figures=replace(sale.figures, by_source=sources))


@pytest.fixture
def pane(shown: Shown) -> OrdersPane:
    (found,) = shown.window.findChildren(OrdersPane)
    return found


def test_sources_are_said_with_their_money_the_most_first(pane: OrdersPane, desk: FakeDesk) -> None:
    assert sources_words(desk.sale.value) == "from livestream 152.00 € · counter 76.00 €"
    assert pane.toolTip() in pane.accessibleDescription()
    assert pane.toolTip() == sources_words(desk.sale.value)


def test_a_source_that_nobody_named_and_no_orders_at_all_are_said_plainly(pane: OrdersPane, desk: FakeDesk) -> None:
    desk.sale.set(with_sources(desk.sale.value, SourceSum("", 500, 0)))
    assert pane.toolTip() == "from not said 5.00 €"
    desk.sale.set(with_sources(replace(desk.sale.value, orders=())))
    assert (pane.toolTip(), pane.accessibleDescription()) == ("", "no orders yet.")
