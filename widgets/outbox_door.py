"""How much waits for the shop, in the heading of DROP; a press opens the OUTBOX page. Qt thread only."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton

from widgets import theme
from widgets.theme import draw_text, px, width_of

_KEY: Final = "F7"


class OutboxDoor(QAbstractButton):
    """Says "outbox 2": amber while something waits, red when the shop contradicts itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._pending, self._is_doubtful = -1, False

    @property
    def words(self) -> str:
        """What it says."""
        sign = "▲ " if self._is_doubtful else "■ " if self._pending else ""
        return f"{sign}outbox {self._pending if self._pending < 100 else '99+'}"

    def show_outbox(self, pending: int, *, is_doubtful: bool) -> None:
        """Say how many messages are not confirmed; `is_doubtful`: the shop contradicts itself."""
        if (pending, is_doubtful) == (self._pending, self._is_doubtful):
            return
        self._pending, self._is_doubtful = pending, is_doubtful
        words = f"Outbox: {pending} not confirmed" + (", the shop contradicts itself" if is_doubtful else "")
        self.setAccessibleName(words)
        self.setToolTip(f"{words}. Opens the page of all messages to the shop.\nKey: F7")
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the longest words, so that nothing moves, and for a finger."""
        words = width_of("■ outbox 99+", theme.SMALL, theme.STRONG) + width_of(_KEY, theme.SMALL)
        return QSize(words + px(8), max(32, px(36)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words, with a line under them: this can be pressed."""
        painter = QPainter(self)
        colour = theme.RED_SOFT if self._is_doubtful else theme.AMBER_SOFT if self._pending else theme.SOFT
        draw_text(painter, self.rect(), self.words, theme.SMALL, colour, weight=theme.STRONG)
        words_px = width_of(self.words, theme.SMALL, theme.STRONG)
        y = (self.height() + theme.line_height(theme.SMALL)) // 2
        painter.fillRect(0, y, words_px, 1, colour)
        draw_text(painter, self.rect().adjusted(words_px + px(6), 0, 0, 0), _KEY, theme.SMALL, theme.FAINT)
        painter.end()
