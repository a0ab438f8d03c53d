"""What is not as it should be, and what to do now, in a few wrapped lines. Painted; Qt thread only."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.theme import draw_wrapped, px


class Trouble(QWidget):
    """What happened, and what to do now: wrapped, amber, gone when there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self.hide()

    def say(self, why: str, fix: str) -> None:
        """Show the reason and the way out."""
        words = f"{why} {fix}".strip()
        if words != self._words:
            self._words = words
            self.setAccessibleName(words)
            self.setVisible(bool(words))
            self.updateGeometry()
            self.update()

    def hasHeightForWidth(self) -> bool:
        """Its height follows from its width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Room for all lines."""
        return theme.wrapped_height(self._words, width, theme.BODY)

    def sizeHint(self) -> QSize:
        """Room for all lines at the present width."""
        return QSize(px(200), self.heightForWidth(self.width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words."""
        painter = QPainter(self)
        draw_wrapped(painter, self.rect(), self._words, theme.BODY, theme.AMBER_SOFT)
        painter.end()
