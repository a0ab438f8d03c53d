"""Unpaid orders as rows with a tick each; only those in sight are made. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.commerce.ledger import UNPAID
from console.commerce.state import Order, OrderList, Sale
from widgets import theme
from widgets.held_keys import HeldKeys
from widgets.money import money_words
from widgets.theme import RIGHT, draw_text, px, width_of

_STATES: Final = {
    "waiting": theme.SOFT, "held": theme.AMBER_SOFT, "confirmed": theme.TEXT, "paid": theme.GREEN_SOFT,
    "void": theme.RED_SOFT,
}  # fmt: skip


class UnpaidList(QWidget):
    """The rows that fit. A press on one ticks or unticks it; what is not unpaid any more has no tick."""

    turned = Signal(str)  # one order is to be ticked, or not any more
    all_wanted = Signal()
    held = Signal(str, bool)  # the action whose key is held ("orders.void", "orders.paid"), and whether it is down

    def __init__(self) -> None:
        super().__init__()
        self._sale = Sale()
        self._orders: tuple[Order, ...] = ()
        self._asked: frozenset[str] = frozenset()
        self._ticked: frozenset[str] = frozenset()
        self._first = self._here = 0
        self._keys = HeldKeys(_HELD, self)
        self._keys.turned.connect(lambda key, is_down: self.held.emit(_HELD[key], is_down))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Unpaid orders")
        self.setToolTip(
            "Press an order to tick or untick it\n"
            "Key: ← → go through them, O ticks or unticks one, A all, Delete held voids, Y held marks paid"
        )

    @property
    def rows(self) -> tuple[str, ...]:
        """What the rows in sight say."""
        return tuple(self._row_words(order) for order in self._orders[self._first : self._first + self._fits()])

    def show_orders(self, sale: Sale, listed: OrderList, ticked: frozenset[str]) -> None:
        """Follow the desk."""
        self._sale, self._orders, self._asked, self._ticked = sale, listed.orders, listed.asked, ticked
        self._here = max(0, min(self._here, len(self._orders) - 1))
        self._first = max(0, min(self._first, len(self._orders) - self._fits()))  # orders come: nothing else moves
        here = self._row_words(self._orders[self._here]) if self._orders else "none"
        self.setAccessibleDescription(f"{len(self._orders)} orders, {len(ticked)} ticked, here: {here}")
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look further up or down."""
        step = -1 if event.angleDelta().y() > 0 else 1
        self._first = max(0, min(self._first + step, len(self._orders) - self._fits()))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tick or untick the pressed one."""
        index = self._first + max(0, int(event.position().y())) // self._row_px()
        if event.button() is Qt.MouseButton.LeftButton and index < len(self._orders):
            self._here = index
            self.turned.emit(self._orders[index].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through them, tick, hold; everything else is somebody else's."""
        steps = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}
        if event.key() in steps:
            self._here = max(0, min(len(self._orders) - 1, self._here + steps[event.key()]))
            self._keep_in_sight()
            self.update()
        elif self._keys.take_press(event):
            return
        elif event.key() == Qt.Key.Key_O and self._orders:
            if not event.isAutoRepeat():
                self.turned.emit(self._orders[self._here].id)
        elif event.key() == Qt.Key.Key_A:
            if not event.isAutoRepeat():
                self.all_wanted.emit()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A hold ends."""
        if not self._keys.take_release(event):
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Its keys act now."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And no more: what was held is let go."""
        super().focusOutEvent(event)
        self._keys.let_go()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the present one in sight."""
        self._keep_in_sight()

    @staticmethod
    def _row_px() -> int:
        return max(32, px(34))

    def _fits(self) -> int:
        return max(1, self.height() // self._row_px())

    def _keep_in_sight(self) -> None:
        self._first = max(0, min(self._first, self._here, len(self._orders) - 1))
        if self._here >= self._first + self._fits():
            self._first = self._here - self._fits() + 1

    def _row_words(self, order: Order) -> str:
        tick = "ticked" if order.id in self._ticked else "not ticked" if order.state in UNPAID else "settled"
        return f"{order.id}: {what_of(order, self._sale)}, {money_words(order.amount_minor, order.currency)}, " + (
            f"{self._state_of(order)}, {tick}"
        )

    def _state_of(self, order: Order) -> str:
        return "on its way" if order.id in self._asked and order.state in UNPAID else order.state

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows in sight, and how many more there are."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self._row_px()
        shown = self._orders[self._first : self._first + self._fits()]
        hidden = len(self._orders) - self._first - len(shown)
        for number, order in enumerate(shown):
            place = QRect(0, number * height, self.width(), height)
            is_here = self.hasFocus() and self._first + number == self._here
            more = f"{hidden} more ▾" if hidden > 0 and number == len(shown) - 1 else ""
            self._paint_row(painter, place, order, is_here=is_here, more=more)
        if self.hasFocus():
            theme.box(painter, self.rect(), None, theme.AMBER, radius=px(5), line_px=2)
        painter.end()

    def _paint_row(self, painter: QPainter, rect: QRect, order: Order, *, is_here: bool, more: str) -> None:
        if is_here:
            theme.box(painter, rect.adjusted(2, 1, -2, -1), theme.RAISED, theme.SOFT, radius=px(5))
        else:
            painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.LINE)
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
