"""FIGURES: what a drop, or the whole show, has sold and how fast, at a glance. Shows only. Qt thread only."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from console.commerce.state import Drop, Sale
from widgets import theme
from widgets.ask import Deck
from widgets.chooser import Chooser
from widgets.figures_numbers import FiguresNumbers
from widgets.minute_bars import MinuteBars
from widgets.money import money_words
from widgets.page import Page
from widgets.stock_plots import StockBars, StockCurve, pieces_of
from widgets.theme import px

WHOLE_SHOW: Final = ""
_TITLE_LETTERS: Final = 30


class FiguresPane(Page):
    """Numbers, revenue a minute, and sold against stock; above them of what."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("FIGURES")
        self._deck = deck
        self._of = WHOLE_SHOW
        self.choice = Chooser("Figures of", size=theme.SMALL)
        self.choice.stepped.connect(self._step)
        self.numbers, self.bars = FiguresNumbers(), MinuteBars()
        self.curve, self.stocks = StockCurve(), StockBars()
        for widget in (self.choice, self.numbers, self.bars, self.curve, self.stocks):
            widget.setParent(self)
        self._undo = deck.desk.sale.watch(self._show)

    @property
    def of(self) -> str:
        """Which drop the figures are of; WHOLE_SHOW for all."""
        return self._of

    def choose(self, drop: str) -> None:
        """Show the figures of a drop, or of WHOLE_SHOW."""
        self._of = drop
        self._show(self._deck.desk.sale.value)

    def offers(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        """What the palette offers, and what it does here before the page comes to the front."""
        return (
            ("Figures of the whole show (F10)", lambda: self.choose(WHOLE_SHOW)),
            ("Figures of the chosen drop (F10)", self.choose_chosen),
        )

    def choose_chosen(self) -> None:
        """Show the figures of the drop that D and F act on."""
        self.choose(self._deck.desk.sale.value.chosen or WHOLE_SHOW)

    def restyle(self) -> None:
        """Take the present scale."""
        self._place()

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()

    def take_keyboard(self) -> None:
        """Left and right choose."""
        self.choice.setFocus()

    def leave(self) -> None:
        """The keys are the show's again."""
        if self.choice.hasFocus():
            self.window().setFocus()

    def minimumSizeHint(self) -> QSize:
        """The choice and a few lines."""
        return QSize(px(300), px(150))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        self._place()

    def _place(self) -> None:
        """The choice above; numbers, bars and stock side by side below it."""
        room = self.rect().adjusted(px(14), px(2), -px(14), -px(10))
        top = room.top() + max(32, px(36)) + px(6)
        gap = px(20)
        self.choice.setGeometry(room.left(), room.top(), room.width(), max(32, px(36)))
        numbers_px = min(px(330), int(room.width() * 0.37))
        plots_px = (room.width() - numbers_px - 2 * gap) // 2
        x = room.left()
        widths: tuple[tuple[tuple[QWidget, ...], int], ...] = (
            ((self.numbers,), numbers_px), ((self.bars,), plots_px), ((self.curve, self.stocks), plots_px),
        )  # fmt: skip
        for widgets, width in widths:
            for widget in widgets:
                widget.setGeometry(x, top, width, max(0, room.bottom() - top))
            x += width + gap

    def _step(self, step: int) -> None:
        ids = [WHOLE_SHOW, *(drop.id for drop in self._deck.desk.sale.value.drops)]
        here = ids.index(self._of) if self._of in ids else 0
        self.choose(ids[(here + step) % len(ids)])

    def _show(self, sale: Sale) -> None:
        drop = sale.drop(self._of)
        self.choice.say(_choice_words(sale, drop))
        self.curve.setVisible(drop is not None)
        self.stocks.setVisible(drop is None)
        if drop is None:
            figures = sale.figures
            self.stocks.show_sale(sale)
        else:
            of_drop = sale.figures_of(drop)
            figures = of_drop.figures
            self.curve.show_drop(of_drop, pieces_of(drop, of_drop))
        currency = sale.currency
        self.numbers.show_figures(figures, currency)
        self.bars.show_figures(figures, currency)
        orders = f"{figures.orders} {'order' if figures.orders == 1 else 'orders'}"
        paid = f"{money_words(figures.paid_minor, currency)} paid"
        self.say_status(f"FIGURES · {orders} · {paid}", f"FIGURES · {orders}", "FIGURES")


def _choice_words(sale: Sale, drop: Drop | None) -> str:
    if drop is None:
        return "the whole show"
    title = drop.title if len(drop.title) <= _TITLE_LETTERS else f"{drop.title[: _TITLE_LETTERS - 1].rstrip()}…"
    run = f", run {drop.run}" if drop.run > 1 else ""
    index = [other.id for other in sale.drops].index(drop.id)
    return f"{title}{run} · {index + 1} of {len(sale.drops)}"
