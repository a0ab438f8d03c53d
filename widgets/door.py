"""A few words in a heading that open a page: underlined, with the page's key behind them. Qt thread only."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton

from widgets import theme
from widgets.theme import draw_text, px, width_of


class Door(QAbstractButton):
    """Says what is behind it; what is too long for its place ends in "…"."""

    def __init__(self, key: str, longest: str) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._key, self._longest = key, longest
        self._words, self._colour = "", theme.SOFT
        self._above = ""

    @property
    def words(self) -> str:
        """What it says."""
        return self._words

    @property
    def above(self) -> str:
        """What stands over the words; empty when nothing does."""
        return self._above

    def say(self, words: str, told: str, *, opens: str, colour: QColor = theme.SOFT, above: str = "") -> None:
        """Say `words`; a screen reader and the tooltip say `told`, and what it `opens`. `above`: an amber line more."""
        if (words, told, colour, above) == (self._words, self.accessibleName(), self._colour, self._above):
            return
        self._words, self._colour, self._above = words, colour, above
        self.setAccessibleName(told)
        self.setToolTip(f"{told}. {opens}\nKey: {self._key}")
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the longest words, so that nothing moves, and for a finger."""
        words = width_of(self._longest, theme.SMALL, theme.STRONG) + width_of(self._key, theme.SMALL)
        return QSize(words + px(8), max(32, px(36)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words, with a line under them: this can be pressed."""
        painter = QPainter(self)
        line = theme.line_height(theme.SMALL)
        room = self.rect()
        if self._above:
            top = max(0, (self.height() - 2 * line) // 2)
            upper = QRect(0, top, self.width(), line)
            draw_text(painter, upper, self._above, theme.SMALL, theme.AMBER_SOFT, weight=theme.STRONG, may_cut=True)
            room = QRect(0, top + line - 2, self.width(), line)
        words = theme.elided(self._words, self.width() - width_of(self._key, theme.SMALL) - px(6), theme.SMALL,
                             theme.STRONG)  # fmt: skip
        draw_text(painter, room, words, theme.SMALL, self._colour, weight=theme.STRONG)
        words_px = width_of(words, theme.SMALL, theme.STRONG)
        painter.fillRect(0, room.top() + (room.height() + line) // 2, words_px, 1, self._colour)
        draw_text(painter, room.adjusted(words_px + px(6), 0, 0, 0), self._key, theme.SMALL, theme.FAINT)
        painter.end()
