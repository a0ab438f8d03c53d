"""Revenue of the last thirty minutes as bars: filled what was paid, in outline what was authorised. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from console.commerce.figures import Figures
from widgets import theme
from widgets.figures_sizes import paint_heads
from widgets.money import money_words
from widgets.theme import RIGHT, draw_text, px

MINUTES: Final = 30
_MEANS: Final = "Filled: paid in that minute. Outline: ordered in that minute, paid or not."


class MinuteBars(QWidget):
    """The bars with their scale, and the words that say what is what."""

    def __init__(self) -> None:
        super().__init__()
        self._figures, self._currency = Figures(), "EUR"
        self.setAccessibleName("Revenue a minute, the last 30 minutes")

    def show_figures(self, figures: Figures, currency: str) -> None:
        """Follow the sale."""
        if (figures, currency) == (self._figures, self._currency):
            return
        self._figures, self._currency = figures, currency
        words = most_words(figures, currency) or "nothing in the last 30 minutes"
        self.setAccessibleDescription(words)
        self.setToolTip(f"{_MEANS}\n{words}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw heading, bars and the times below."""
        painter = QPainter(self)
        line_px = theme.line_height(theme.SMALL)
        top = paint_heads(painter, self.rect(), "revenue a minute", most_words(self._figures, self._currency))
        room = QRect(0, top, self.width(), self.height() - top - line_px - px(2))
        paint_bars(painter, room, self._figures)
        foot = QRect(0, self.height() - line_px, self.width(), line_px)
        draw_text(painter, foot, "30 min ago", theme.SMALL, theme.FAINT)
        draw_text(painter, foot, "now", theme.SMALL, theme.FAINT, align=RIGHT)
        painter.end()


def most_words(figures: Figures, currency: str) -> str:
    """The best minute: "most 31.00 €/min"; nothing before the first order."""
    most = _most(figures)
    return f"most {money_words(most, currency)}/min" if most else ""


def paint_bars(painter: QPainter, room: QRect, figures: Figures) -> None:
    """The bars alone; a minute without revenue is a thin line."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    most = _most(figures)
    slot = room.width() / MINUTES
    wide = max(2, int(slot) - max(1, int(slot / 4)))
    for index in range(MINUTES):
        x = room.left() + int(index * slot)
        paid, authorised = (_bar_px(values, index, most, room.height()) for values in _both(figures))
        painter.fillRect(QRect(x, room.bottom() - 1, wide, 2), theme.LINE)
        if authorised > paid:
            painter.fillRect(QRect(x, room.bottom() - authorised + 1, wide, authorised), theme.AMBER_DEEP)
        if paid:
            painter.fillRect(QRect(x, room.bottom() - paid + 1, wide, paid), theme.GREEN)
        if authorised and authorised != paid:
            painter.setPen(QPen(theme.AMBER, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRect(x, room.bottom() - authorised + 1, wide - 1, authorised - 1))


def _both(figures: Figures) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return figures.paid_per_minute, figures.authorised_per_minute


def _most(figures: Figures) -> int:
    return max((minor for values in _both(figures) for minor in values), default=0)


def _bar_px(values: tuple[int, ...], index: int, most: int, height: int) -> int:
    """How high a minute's bar is; `values` may be fewer than the minutes, the newest is the last."""
    at = index - (MINUTES - len(values))
    value = values[at] if at >= 0 else 0
    return max(3, int(height * value / most)) if most and value else 0
