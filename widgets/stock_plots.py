"""Sold against stock: of one drop over time, of the whole show as one bar for each drop. Qt thread only."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from console.commerce.figures import Curve, DropFigures
from console.commerce.state import Drop, DropState, Sale
from widgets import theme
from widgets.figures_sizes import paint_heads, words_size
from widgets.theme import RIGHT, draw_text, px, width_of
from widgets.times import clock_words

_HELD: Final = Qt.BrushStyle.BDiagPattern  # told from what is sold without colour


@dataclass(frozen=True, slots=True)
class Pieces:
    """Where a drop's pieces are; together they are its stock."""

    sold: int
    held: int
    left: int

    @property
    def stock(self) -> int:
        """All of them, never none."""
        return max(1, self.sold + self.held + self.left)

    @property
    def words(self) -> str:
        """In words: "12 sold · 3 held · 35 left"; what is not held is not said."""
        held = f"{self.held} held · " if self.held else ""
        return f"{self.sold} sold · {held}{self.left} left"


def pieces_of(drop: Drop, figures: DropFigures) -> Pieces:
    """As the shop says it; where it does not say what is left, as its orders do."""
    if drop.stock_left is None:
        sold, held = figures.figures.sold, figures.figures.held
        return Pieces(sold, held, max(0, drop.stock - sold - held))
    return Pieces(drop.sold, max(0, drop.stock - drop.sold - drop.stock_left), drop.stock_left)


class StockCurve(QWidget):
    """One drop from its opening on: sold below, held above it in stripes, up to the stock."""

    def __init__(self) -> None:
        super().__init__()
        self._curve: Curve | None = None
        self._pieces = Pieces(0, 0, 0)
        self._is_timed = False
        self.setAccessibleName("Sold against stock since the opening")

    def show_drop(self, figures: DropFigures, pieces: Pieces) -> None:
        """Follow one run of a drop."""
        is_timed = figures.opened_at is not None
        if (figures.curve, pieces, is_timed) != (self._curve, self._pieces, self._is_timed):
            self._curve, self._pieces, self._is_timed = figures.curve, pieces, is_timed
            self.setAccessibleDescription(pieces.words)
            self.setToolTip(f"Filled: sold. Striped: held. Empty: left.\n{pieces.words} of {pieces.stock}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw heading, frame, the two areas, scale and times."""
        painter = QPainter(self)
        line_px = theme.line_height(theme.SMALL)
        top = paint_heads(painter, self.rect(), f"sold of {self._pieces.stock} in stock", self._pieces.words)
        scale_px = width_of(f"{self._pieces.stock}", theme.SMALL) + px(5)
        room = QRect(scale_px, top, self.width() - scale_px - 1, self.height() - top - line_px - px(2))
        theme.box(painter, room, theme.WELL, theme.LINE, radius=0)
        scale = QRect(0, room.top(), scale_px - px(4), line_px)
        draw_text(painter, scale, f"{self._pieces.stock}", theme.SMALL, theme.FAINT, align=RIGHT)
        draw_text(painter, scale.translated(0, room.height() - line_px), "0", theme.SMALL, theme.FAINT, align=RIGHT)
        foot = QRect(room.left(), self.height() - line_px, room.width(), line_px)
        if self._curve is None:
            draw_text(painter, room, "No orders yet.", theme.SMALL, theme.FAINT, align=theme.CENTRE, may_cut=True)
        else:
            self._paint_curve(painter, room.adjusted(1, 1, -1, -1), self._curve)
            draw_text(
                painter, foot, "opened" if self._is_timed else "first order", theme.SMALL, theme.FAINT, may_cut=True
            )
            length = f"+{clock_words(self._curve.step_s * len(self._curve.points))}"
            draw_text(painter, foot, length, theme.SMALL, theme.FAINT, align=RIGHT)
        painter.end()

    def _paint_curve(self, painter: QPainter, room: QRect, curve: Curve) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sold = [min(1.0, count / self._pieces.stock) for count, _ in curve.points]
        both = [min(1.0, (count + held) / self._pieces.stock) for count, held in curve.points]
        painter.setPen(QPen(theme.AMBER, 1))
        painter.setBrush(QBrush(theme.AMBER, _HELD))
        painter.drawPolygon(_area(room, both))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.GREEN)
        painter.drawPolygon(_area(room, sold))


class StockBars(QWidget):
    """A bar for each drop that was on sale, in the show's order: sold, held, left."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[tuple[str, Pieces], ...] = ()
        self.setAccessibleName("Sold against stock, each drop")

    def show_sale(self, sale: Sale) -> None:
        """Follow the sale."""
        rows = tuple(
            (drop.title, pieces_of(drop, figures))
            for drop, figures in ((drop, sale.figures_of(drop)) for drop in sale.drops)
            if figures.figures.orders or drop.state not in (DropState.DRAFT, DropState.ARMING)
        )
        if rows != self._rows:
            self._rows = rows
            words = "\n".join(f"{title}: {pieces.words}" for title, pieces in rows) or "no drop was on sale yet"
            self.setAccessibleDescription(words)
            self.setToolTip(f"Filled: sold. Striped: held. Empty: left.\n{words}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as many rows as there is room for, and say how many more there are."""
        painter = QPainter(self)
        line_px = theme.line_height(theme.SMALL)
        size = words_size(self.height())
        draw_text(painter, QRect(0, 0, self.width(), line_px), "sold of the stock", theme.SMALL, theme.SOFT)
        row_px = theme.line_height(size) + px(16)
        places = max(1, (self.height() - line_px) // row_px)
        shown = self._rows if len(self._rows) <= places else self._rows[: places - 1]
        for number, (title, pieces) in enumerate(shown):
            self._paint_row(painter, QRect(0, line_px + px(4) + number * row_px, self.width(), row_px), title, pieces)
        below = QRect(0, line_px + px(4) + len(shown) * row_px, self.width(), line_px)
        more = len(self._rows) - len(shown)
        words = f"{more} more" if more else "" if self._rows else "No drop was on sale yet."
        draw_text(painter, below, words, theme.SMALL, theme.FAINT, may_cut=True)
        painter.end()

    def _paint_row(self, painter: QPainter, row: QRect, title: str, pieces: Pieces) -> None:
        size = words_size(self.height())
        line_px = theme.line_height(size)
        held = f"+{pieces.held}" if pieces.held else ""
        count = f"{pieces.sold}{held} of {pieces.stock}"
        count_px = width_of(count, size, theme.STRONG) + px(6)
        words = QRect(row.left(), row.top(), row.width(), line_px)
        draw_text(painter, words.adjusted(0, 0, -count_px, 0), title, size, theme.TEXT, may_cut=True)
        draw_text(painter, words, count, size, theme.TEXT, weight=theme.STRONG, align=RIGHT)
        bar = QRect(row.left(), row.top() + line_px, row.width(), px(9))
        theme.box(painter, bar, theme.WELL, theme.LINE, radius=0)
        sold_px = round(bar.width() * pieces.sold / pieces.stock)
        held_px = round(bar.width() * pieces.held / pieces.stock)
        painter.fillRect(QRect(bar.left(), bar.top(), sold_px, bar.height()), theme.GREEN)
        painter.fillRect(QRect(bar.left() + sold_px, bar.top(), held_px, bar.height()), QBrush(theme.AMBER, _HELD))


def _area(room: QRect, shares: list[float]) -> QPolygonF:
    """The area below a line from nothing at the left edge through one point for each share."""
    step = room.width() / max(1, len(shares))
    points = [QPointF(room.left(), room.bottom() + 1)]
    points += [
        QPointF(room.left() + (index + 1) * step, room.bottom() + 1 - share * room.height())
        for index, share in enumerate(shares)
    ]
    return QPolygonF([*points, QPointF(room.right() + 1, room.bottom() + 1)])
