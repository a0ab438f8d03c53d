"""ORDERS: revenue a minute as bars, where it came from, and the last orders. Qt thread only."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QResizeEvent

from console.commerce.state import Order, Sale
from widgets import theme
from widgets.ask import Deck
from widgets.controls import Panel
from widgets.door import Door
from widgets.minute_bars import most_words, paint_bars
from widgets.money import money_words
from widgets.theme import RIGHT, draw_text, px, width_of
from widgets.unpaid_door import UnpaidDoor

_ROWS_BEFORE_SOURCES = 4  # so many orders are worth more than the line that says where they came from


class OrdersPane(Panel):
    """The money as it comes in, newest first."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("ORDERS")
        self._deck = deck
        self._sale = Sale()
        self.figures = Door("F10", "figures")
        self.figures.setParent(self)
        self.figures.say("figures", "Figures", opens="Opens the page of figures, of the show and of each drop.")
        self.unpaid = UnpaidDoor()
        self.unpaid.setParent(self)
        self._undo = deck.desk.sale.watch(self._show)

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()

    def _show(self, sale: Sale) -> None:
        self._sale = sale
        self.unpaid.show_count(len(sale.unpaid))
        self.say_status(status_words(sale))
        newest = _line(sale.orders[0], sale) if sale.orders else ("", "no orders yet", "", "")
        words = f"{' '.join(filter(None, newest))}. {sources_words(sale)}"
        self.setAccessibleDescription(words.strip())
        self.setToolTip(sources_words(sale))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The doors stand behind the heading."""
        x = px(14) + width_of("ORDERS", theme.SMALL, theme.BOLD) + px(18)
        for door in (self.figures, self.unpaid):
            hint = door.sizeHint()
            door.setGeometry(x, (self.heading_px() - hint.height()) // 2, hint.width(), hint.height())
            x += hint.width() + px(14)

    def paint_inside(self, painter: QPainter) -> None:
        """Bars above, orders below."""
        room = QRect(px(14), self.heading_px(), self.width() - px(28), self.height() - self.heading_px() - px(10))
        row_px = theme.line_height(theme.BODY) + px(5)
        bars_px = min(px(72), max(0, room.height() - 2 * row_px))
        if bars_px >= px(24):
            self._paint_bars(painter, QRect(room.left(), room.top(), room.width(), bars_px))
            room.setTop(room.top() + bars_px + px(8))
        sources = sources_words(self._sale)
        if sources and room.height() >= (_ROWS_BEFORE_SOURCES + 1) * row_px:
            line = QRect(room.left(), room.top(), room.width(), row_px)
            draw_text(painter, line, sources, theme.SMALL, theme.SOFT, may_cut=True)
            room.setTop(room.top() + row_px)
        if not self._sale.orders:
            line = QRect(room.left(), room.top(), room.width(), row_px)
            draw_text(painter, line, "No orders yet.", theme.BODY, theme.FAINT)
        for row, order in enumerate(self._sale.orders[: max(0, room.height() // row_px)]):
            line = QRect(room.left(), room.top() + row * row_px, room.width(), row_px)
            self._paint_order(painter, line, order)

    def _paint_bars(self, painter: QPainter, rect: QRect) -> None:
        line = QRect(rect.left(), rect.top(), rect.width(), theme.line_height(theme.SMALL))
        paint_bars(painter, rect.adjusted(0, line.height(), 0, 0), self._sale.figures)
        label = most_words(self._sale.figures, self._sale.currency)
        draw_text(painter, line, "revenue a minute, 30 min", theme.SMALL, theme.FAINT)
        draw_text(painter, line, label, theme.SMALL, theme.SOFT, align=RIGHT)

    def _paint_order(self, painter: QPainter, line: QRect, order: Order) -> None:
        at, what, amount, source = _line(order, self._sale)
        at_px = theme.width_of("00:00:00", theme.BODY) + px(12)
        amount_px = theme.width_of("888 888.88 €", theme.BODY, theme.STRONG)
        source_px = min(px(110), line.width() // 5)
        x, y, height = line.left(), line.top(), line.height()
        draw_text(painter, QRect(x, y, at_px, height), at, theme.BODY, theme.FAINT)
        right = line.right() - source_px
        draw_text(painter, QRect(right, y, source_px, height), source, theme.SMALL, theme.FAINT, align=RIGHT,
                  may_cut=True)  # fmt: skip
        draw_text(painter, QRect(right - amount_px, y, amount_px, height), amount, theme.BODY,
                  weight=theme.STRONG, align=RIGHT)  # fmt: skip
        what_px = right - amount_px - px(8) - x - at_px
        draw_text(painter, QRect(x + at_px, y, what_px, height), what, theme.BODY, may_cut=True)


def status_words(sale: Sale) -> str:
    """How many orders count, and what is paid where that is not all."""
    figures = sale.figures
    count = f"{figures.orders} {'order' if figures.orders == 1 else 'orders'}"
    if figures.paid_minor == figures.authorised_minor:
        return count
    return f"{count} · {money_words(figures.paid_minor, sale.currency)} paid"


def sources_words(sale: Sale) -> str:
    """Where the revenue came from, the most first; nothing before the first order."""
    parts = [
        f"{one.name or 'not said'} {money_words(one.authorised_minor, sale.currency)}" for one in sale.figures.by_source
    ]
    return f"from {' · '.join(parts)}" if parts else ""


def _line(order: Order, sale: Sale) -> tuple[str, str, str, str]:
    """(time, what, amount, source) of an order; one that is not simply sold says so."""
    drop = sale.drop(order.drop)
    what = f"{order.quantity} × {drop.title if drop else order.drop}"
    if order.state not in ("paid", "confirmed", "placed", "sold", "created", "reserved"):
        what += f" · {order.state}"
    return (
        f"{order.at.astimezone():%H:%M:%S}", what, money_words(order.amount_minor, order.currency), order.source
    )  # fmt: skip
