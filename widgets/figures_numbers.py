"""The numbers of a sale beside its plots: money, how quickly buyers order, where they come from. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.commerce.figures import Figures, SourceSum
from console.core.latency import Latency
from widgets import theme
from widgets.figures_sizes import words_size
from widgets.money import money_words
from widgets.theme import RIGHT, draw_text, px, width_of
from widgets.times import clock_words

_SIZES: Final = (theme.HUGE, theme.CLOCK, theme.TITLE, theme.LARGE, theme.BODY)


class FiguresNumbers(QWidget):
    """Paid and authorised large; below how quickly, then the sources as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._figures, self._currency = Figures(), "EUR"
        self.setAccessibleName("Figures")

    @property
    def words(self) -> str:
        """All of it in sentences."""
        figures, currency = self._figures, self._currency
        sources = ", ".join(
            f"{one.name or 'not said'} {money_words(one.authorised_minor, currency)}" for one in figures.by_source
        )
        return "\n".join(
            (
                f"{money_words(figures.paid_minor, currency)} paid of "
                f"{money_words(figures.authorised_minor, currency)} authorised, in {figures.orders} orders",
                f"From the opening to the order: {quick_words(figures.from_opening)}",
                f"From the first view to the order: {quick_words(figures.from_view)}",
                f"From: {sources}" if sources else "No orders yet",
            )
        )

    def show_figures(self, figures: Figures, currency: str) -> None:
        """Follow the sale."""
        if (figures, currency) != (self._figures, self._currency):
            self._figures, self._currency = figures, currency
            self.setAccessibleDescription(self.words)
            self.setToolTip(self.words)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw row under row."""
        painter = QPainter(self)
        y = self._paint_money(painter)
        y = self._paint_latencies(painter, y + px(4))
        self._paint_sources(painter, y + px(4))
        painter.end()

    def _paint_money(self, painter: QPainter) -> int:
        """Both amounts in one size, the largest that fits."""
        sums = (("■ paid", self._figures.paid_minor, theme.GREEN_SOFT, theme.GREEN_SOFT),
                ("□ authorised", self._figures.authorised_minor, theme.TEXT, theme.AMBER_SOFT))  # fmt: skip
        texts = [money_words(minor, self._currency) for _, minor, _, _ in sums]
        words = words_size(self.height())
        label_px = width_of("□ authorised", words) + px(8)
        sizes = _SIZES if words > theme.SMALL else _SIZES[2:]
        widest = {size: max(width_of(text, size, theme.BOLD) for text in texts) for size in sizes}
        size = next((size for size in sizes if widest[size] <= self.width() - label_px), theme.BODY)
        row_px = theme.line_height(size, theme.BOLD)
        for number, (label, _, colour, label_colour) in enumerate(sums):
            row = QRect(0, number * row_px, self.width(), row_px)
            draw_text(painter, row, label, words, label_colour)
            draw_text(painter, row, texts[number], size, colour, weight=theme.BOLD, align=RIGHT)
        return 2 * row_px

    def _paint_latencies(self, painter: QPainter, top: int) -> int:
        """A small table: half by, nine of ten by; from the opening, from the first view."""
        size = words_size(self.height())
        row_px = theme.line_height(size)
        rows: list[tuple[str, str, str, QColor]] = [("ordered after", "half", "9 of 10", theme.FAINT)]
        for label, latency in (("opening", self._figures.from_opening), ("first view", self._figures.from_view)):
            p50, p90 = ("–", "–") if latency is None else (_time(latency.p50_s), _time(latency.p90_s))
            rows.append((label, p50, p90, theme.TEXT))
        last_px = max(width_of(p90, size, theme.STRONG) for _, _, p90, _ in rows)
        for number, (label, p50, p90, colour) in enumerate(rows):
            row = QRect(0, top + number * row_px, self.width(), row_px)
            weight = theme.STRONG if number else theme.REGULAR
            draw_text(painter, row, label, size, theme.SOFT if number else theme.FAINT)
            draw_text(painter, row, p90, size, colour, weight=weight, align=RIGHT)
            before = row.adjusted(0, 0, -last_px - px(14), 0)
            draw_text(painter, before, p50, size, colour, weight=weight, align=RIGHT)
        return top + len(rows) * row_px

    def _paint_sources(self, painter: QPainter, top: int) -> None:
        """A row for each source with a bar as long as its share; the rest in one row."""
        row_px = theme.line_height(words_size(self.height())) + px(3)
        places = max(0, (self.height() - top) // row_px)
        sources = self._figures.by_source
        if len(sources) > places > 0:
            rest = sources[places - 1 :]
            others = SourceSum(f"{len(rest)} more", *(sum(sums) for sums in zip(*_sums(rest), strict=True)))
            sources = (*sources[: places - 1], others)
        most = max((one.authorised_minor for one in sources), default=0)
        for number, one in enumerate(sources[:places]):
            row = QRect(0, top + number * row_px, self.width(), row_px)
            self._paint_source(painter, row, one, share=one.authorised_minor / most if most else 0.0)

    def _paint_source(self, painter: QPainter, row: QRect, one: SourceSum, *, share: float) -> None:
        amount, size = money_words(one.authorised_minor, self._currency), words_size(self.height())
        painter.fillRect(row.adjusted(0, 0, -round(row.width() * (1 - share)), -px(2)), theme.RAISED)
        draw_text(painter, row, amount, size, theme.TEXT, weight=theme.STRONG, align=RIGHT)
        room = row.adjusted(px(4), 0, -width_of(amount, size, theme.STRONG) - px(6), 0)
        draw_text(painter, room, one.name or "not said", size, theme.TEXT, may_cut=True)


def quick_words(latency: Latency | None) -> str:
    """The middle one, and by when nine of ten had come, in words."""
    return "not known yet" if latency is None else f"half {_time(latency.p50_s)}, 9 of 10 {_time(latency.p90_s)}"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 59.5 else clock_words(seconds + 0.5)


def _sums(sources: tuple[SourceSum, ...]) -> list[tuple[int, int]]:
    return [(one.authorised_minor, one.paid_minor) for one in sources]
