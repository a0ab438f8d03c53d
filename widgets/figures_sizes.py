"""How large the words of the FIGURES page are, and the two lines above its plots. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from widgets import theme
from widgets.theme import draw_text, px

_ROOMY: Final = 230  # logical pixels at 1920x1080


def words_size(height: int) -> float:
    """The size of words in a block so high, logical pixels: larger where there is room."""
    return theme.BODY if height >= px(_ROOMY) else theme.SMALL


def paint_heads(painter: QPainter, room: QRect, what: str, figure: str) -> int:
    """What a plot shows, and its figure in words below; returns where the plot begins."""
    size = words_size(room.height())
    above, below = theme.line_height(theme.SMALL), theme.line_height(size, theme.STRONG)
    draw_text(painter, QRect(0, 0, room.width(), above), what, theme.SMALL, theme.SOFT, may_cut=True)
    words = QRect(0, above, room.width(), below)
    draw_text(painter, words, figure, size, theme.TEXT, weight=theme.STRONG, may_cut=True)
    return above + below + px(3)
