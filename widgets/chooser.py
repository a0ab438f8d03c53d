"""One of a few, between two arrows. Painted; Qt thread only."""

from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.theme import draw_text, px, width_of

_ARROW_PX: Final = 22  # at 1920x1080


class Chooser(QWidget):
    """‹ one of a few ›: click the arrows, or Tab to it and press left and right. Says what was chosen by `stepped`.

    With `has_list` a click on the words between the arrows asks for the whole list (`list_wanted`).
    """

    stepped = Signal(int)  # -1 or +1
    list_wanted = Signal()

    def __init__(
        self, name: str, *, size: float = theme.BODY, weight: int = theme.STRONG, has_list: bool = False
    ) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._has_list = has_list
        self._name, self._size, self._weight = name, size, weight
        self._text = self._note = ""
        self.setAccessibleName(name)
        self.setToolTip(f"{name}\nKey: Tab to it, then left and right")

    def say(self, text: str, note: str = "") -> None:
        """Show the present choice."""
        if (text, note) == (self._text, self._note):
            return
        self._text, self._note = text, note
        self.setAccessibleDescription(f"{text} {note}".strip())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the words between two arrows."""
        width = width_of(self._text, self._size, self._weight) + 2 * px(_ARROW_PX)
        return QSize(max(width, width_of(self._note, theme.SMALL) + 2 * px(5)) + 4, px(44))

    def minimumSizeHint(self) -> QSize:
        """All of its words, and arrows of a finger's width."""
        return QSize(self.sizeHint().width(), 32)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Step by the half that was hit, or ask for the list."""
        x = event.position().x()
        if self._has_list and px(_ARROW_PX) <= x < self.width() - px(_ARROW_PX):
            self.list_wanted.emit()
            return
        self.stepped.emit(-1 if x < self.width() / 2 else 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right step; everything else is somebody else's."""
        steps = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}
        if event.key() in steps:
            self.stepped.emit(steps[event.key()])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, arrows and the choice; an amber line while it has the keyboard."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = theme.AMBER if self.hasFocus() else theme.LINE
        theme.box(painter, self.rect(), theme.PANEL, line, radius=px(6), line_px=2 if self.hasFocus() else 1)
        arrow = px(_ARROW_PX)
        arrow_height = self.height() - (theme.line_height(theme.SMALL) if self._note else px(3))
        for x, sign in ((0, "‹"), (self.width() - arrow, "›")):
            draw_text(painter, QRect(x, 0, arrow, arrow_height), sign, theme.TITLE, theme.SOFT,
                      align=theme.CENTRE)  # fmt: skip
        middle = self.rect().adjusted(arrow, 0, -arrow, 0)
        if self._note and self.height() >= theme.line_height(self._size) + theme.line_height(theme.SMALL) - 4:
            upper = theme.line_height(self._size)
            top = (self.height() - upper - theme.line_height(theme.SMALL)) // 2
            below = QRect(0, top + upper, self.width(), theme.line_height(theme.SMALL))
            draw_text(painter, below, self._note, theme.SMALL, theme.SOFT, align=theme.CENTRE)
            middle = QRect(QPoint(middle.left(), top), QSize(middle.width(), upper))
        draw_text(painter, middle, self._text, self._size, theme.TEXT, weight=self._weight, align=theme.CENTRE)
        painter.end()
