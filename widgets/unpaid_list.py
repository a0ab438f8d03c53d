"""Unpaid orders as rows with a tick each; only those in sight are made. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy

from console.commerce.ledger import UNPAID
from console.commerce.state import Order, OrderList, Sale
from widgets import theme
from widgets.held_keys import HeldKeys
from widgets.money import money_words
from widgets.row_list import RowList
from widgets.theme import RIGHT, draw_text, px, width_of

_STATES: Final = {
    "waiting": theme.SOFT, "held": theme.AMBER_SOFT, "confirmed": theme.TEXT, "paid": theme.GREEN_SOFT,
    "void": theme.RED_SOFT,
}  # fmt: skip


class UnpaidList(RowList):
    """A press on a row ticks or unticks it; what is not unpaid any more has no tick."""

    turned = Signal(str)  # one order is to be ticked, or not any more
    all_wanted = Signal()
    held = Signal(str, bool)  # the action whose key is held ("orders.void", "orders.paid"), and whether it is down

    def __init__(self) -> None:
        super().__init__(
            "Unpaid orders",
            "Press an order to tick or untick it\n"
            "Key: ← → go through them, O ticks or unticks one, A all, Delete held voids, Y held marks paid",
            nothing="",
        )
        self._sale = Sale()
        self._orders: tuple[Order, ...] = ()
        self._asked: frozenset[str] = frozenset()
        self._ticked: frozenset[str] = frozenset()
        self._keys = HeldKeys(_HELD, self)
        self._keys.turned.connect(lambda key, is_down: self.held.emit(_HELD[key], is_down))
        self.chosen.connect(self._go_to)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def rows(self) -> tuple[str, ...]:
        """What the rows in sight say."""
        return tuple(self._row_words(self._orders[index]) for index in self.in_sight)

    def show_orders(self, sale: Sale, listed: OrderList, ticked: frozenset[str]) -> None:
        """Follow the desk."""
        self._sale, self._orders, self._asked, self._ticked = sale, listed.orders, listed.asked, ticked
        ids = tuple(order.id for order in listed.orders)
        self.take_rows(ids, self._chosen if self._chosen in ids else ids[0] if ids else "")
        self._describe()
        self.update()

    def _go_to(self, id: str) -> None:
        self.take_rows(self._ids, id)
        self._describe()
        self.update()

    def _describe(self) -> None:
        here = self._row_words(self._orders[self._place(self._chosen)]) if self._orders else "none"
        self.setAccessibleDescription(f"{len(self._orders)} orders, {len(self._ticked)} ticked, here: {here}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tick or untick the pressed one."""
        index = self.row_at(int(event.position().y()))
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and index < len(self._orders):
            self.turned.emit(self._orders[index].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick and hold, beside what every list does."""
        if self._keys.take_press(event):
            return
        if event.key() not in (Qt.Key.Key_O, Qt.Key.Key_A):
            super().keyPressEvent(event)
        elif event.isAutoRepeat():
            return
        elif event.key() == Qt.Key.Key_A:
            self.all_wanted.emit()
        elif self._orders:
            self.turned.emit(self._chosen)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A hold ends."""
        if not self._keys.take_release(event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was held is let go."""
        super().focusOutEvent(event)
        self._keys.let_go()

    @staticmethod
    def _row_px() -> int:
        return max(32, px(34))

    def _row_words(self, order: Order) -> str:
        tick = "ticked" if order.id in self._ticked else "not ticked" if order.state in UNPAID else "settled"
        return f"{order.id}: {what_of(order, self._sale)}, {money_words(order.amount_minor, order.currency)}, " + (
            f"{self._state_of(order)}, {tick}"
        )

    def _state_of(self, order: Order) -> str:
        return "on its way" if order.id in self._asked and order.state in UNPAID else order.state

    def paint_ground(self, painter: QPainter, rect: QRect, *, is_chosen: bool) -> None:
        """The present row is marked while the keys act on it."""
        super().paint_ground(painter, rect, is_chosen=is_chosen and self.hasFocus())

    def paint_row(self, painter: QPainter, rect: QRect, index: int, *, more: str) -> None:
        """Draw an order: its tick, and its columns."""
        order = self._orders[index]
        box = QRect(rect.left() + px(10), rect.center().y() - px(8), px(17), px(17))
        if order.state in UNPAID:
            theme.box(painter, box, theme.PANEL, theme.SOFT, radius=px(3))
            if order.id in self._ticked:
                draw_text(painter, box, "✓", theme.BODY, theme.AMBER_SOFT, weight=theme.BOLD, align=theme.CENTRE)
        columns = self._columns(order, more)
        x = box.right() + px(12)
        right = rect.right() - px(10)
        for text, width, colour, weight in reversed(columns[2:]):
            place = QRect(right - width, rect.top(), width, rect.height())
            draw_text(painter, place, text, theme.BODY, colour, weight=weight, align=RIGHT, may_cut=True)
            right -= width + px(12)
        for text, width, colour, weight in columns[:2]:
            room = min(width, right - x) if width else right - x
            place = QRect(x, rect.top(), max(0, room), rect.height())
            draw_text(painter, place, text, theme.BODY, colour, weight=weight, may_cut=True)
            x += width + px(12)

    def _columns(self, order: Order, more: str) -> tuple[tuple[str, int, QColor, int], ...]:
        """Time; what, as wide as there is room; number, amount and state at the right."""
        state = more or self._state_of(order)
        colour = theme.AMBER_SOFT if more else _STATES.get(state, theme.SOFT)
        id_px = min(width_of(order.id, theme.BODY) + 2, px(110))
        return (
            (f"{order.at.astimezone():%H:%M:%S}", width_of("00:00:00", theme.BODY), theme.FAINT, theme.REGULAR),
            (what_of(order, self._sale), 0, theme.TEXT, theme.STRONG),
            (order.id, id_px, theme.FAINT, theme.REGULAR),
            (money_words(order.amount_minor, order.currency), width_of("8 888.88 €", theme.BODY), theme.TEXT,
             theme.STRONG),
            (state, width_of("confirmed", theme.BODY, theme.BOLD), colour, theme.BOLD),
        )  # fmt: skip


def what_of(order: Order, sale: Sale) -> str:
    """What was ordered: "2 × Linen cap, large"."""
    drop = sale.drop(order.drop)
    kind = drop.variant(order.sku) if drop is not None else None
    name = f"{drop.title if drop else order.drop}{f', {kind.name}' if kind else ''}"
    return f"{order.quantity} × {name}"


_HELD: Final = {int(Qt.Key.Key_Delete): "orders.void", int(Qt.Key.Key_Y): "orders.paid"}
