"""How many orders are unpaid, in the heading of ORDERS; a press lists the chosen drop's. Qt thread only."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton

from widgets import theme
from widgets.theme import draw_text, px, width_of

_KEY: Final = "U"


class UnpaidDoor(QAbstractButton):
    """Says "13 unpaid"; hidden while there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._count = -1
        self.hide()

    @property
    def words(self) -> str:
        """What it says."""
        return f"{self._count if self._count < 1_000 else '999+'} unpaid"

    def show_count(self, count: int) -> None:
        """Say how many orders can still be voided."""
        if count == self._count:
            return
        self._count = count
        self.setVisible(count > 0)
        self.setAccessibleName(f"{self.words}: look through them")
        self.setToolTip(f"{self.words}. Lists those of the chosen drop, to void them or mark them paid.\nKey: {_KEY}")
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the longest words, so that nothing moves, and for a finger."""
        words = width_of("999+ unpaid", theme.SMALL, theme.STRONG) + width_of(_KEY, theme.SMALL)
        return QSize(words + px(8), max(32, px(36)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words, with a line under them: this can be pressed."""
        painter = QPainter(self)
        draw_text(painter, self.rect(), self.words, theme.SMALL, theme.AMBER_SOFT, weight=theme.STRONG)
        words_px = width_of(self.words, theme.SMALL, theme.STRONG)
        y = (self.height() + theme.line_height(theme.SMALL)) // 2
        painter.fillRect(0, y, words_px, 1, theme.AMBER_SOFT)
        draw_text(painter, self.rect().adjusted(words_px + px(6), 0, 0, 0), _KEY, theme.SMALL, theme.FAINT)
        painter.end()
