"""Lamps: a confirmed state as a shape and a word. Painted; Qt thread only."""

from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.core.links import Link, LinkState
from widgets import theme
from widgets.controls import Face
from widgets.theme import CENTRE, draw_text, px, width_of

_COLOURS: Final = {
    LinkState.UP: theme.GREEN,
    LinkState.CONNECTING: theme.AMBER,
    LinkState.DOWN: theme.RED,
}


class Lamp(QWidget):
    """A word in a box, coloured by its meaning; the word says it without the colour."""

    def __init__(self, *, size: float = theme.SMALL) -> None:
        super().__init__()
        self._size, self._words, self._face = size, "", Face.OFF
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words

    def show_words(self, words: str, face: Face) -> None:
        """Say `words`; an empty text hides the lamp."""
        if (words, face) == (self._words, self._face):
            return
        self._words, self._face = words, face
        self.setVisible(bool(words))
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the words."""
        return QSize(width_of(self._words, self._size, theme.BOLD) + 2 * px(10),
                     theme.line_height(self._size) + px(10))  # fmt: skip

    def minimumSizeHint(self) -> QSize:
        """All of the words."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, line, colour = self._face.value
        theme.box(painter, self.rect(), fill, line, radius=px(5))
        draw_text(painter, self.rect(), self._words, self._size, colour, weight=theme.BOLD, align=CENTRE)
        painter.end()


class LinkLamp(QWidget):
    """One outside system: ● up, ■ connecting, ▲ down, with its name and, when it is not well, the word for it."""

    def __init__(self, name: str, *, room_for: str = "") -> None:
        """room_for: a note that often comes and goes; nothing beside the lamp moves for it."""
        super().__init__()
        self._name, self._note, self._state = name, "", LinkState.DOWN
        self._room_for = f"{name} {room_for}".strip()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    @property
    def words(self) -> str:
        """What it says."""
        return f"{self._name} {self._note}".strip()

    def show_link(self, link: Link, note: str = "", *, more: str = "") -> None:
        """Follow a link; `note` stands behind the name, else the state's own word when it is not up.

        `more` is for the tooltip. A link that is up with a note that begins with "≠" is amber: up, and not alike.
        """
        note = note or ("" if link.is_up else "down" if link.state is LinkState.DOWN else "…")
        self.setToolTip(f"{self._name}: {link.state.value}\n{link.why}\n{link.fix}\n{more}".strip())
        if (note, link.state) == (self._note, self._state):
            return
        self._note, self._state = note, link.state
        self.setAccessibleName(f"{self._name}: {link.state.value} {note}".strip())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for shape and words."""
        room = width_of(self._room_for, theme.BODY, theme.STRONG) + px(22)
        return self.minimumSizeHint().expandedTo(QSize(room, 0))

    def minimumSizeHint(self) -> QSize:
        """All of the words; the room for others is given up in a small window."""
        return QSize(width_of(self.words, theme.BODY, theme.STRONG) + px(22), theme.line_height(theme.BODY))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape, then the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = px(11)
        top = (self.height() - side) // 2
        rect = QRectF(1, top, side, side)
        painter.setPen(theme.GROUND)
        painter.setBrush(_COLOURS[self._state])
        if self._state is LinkState.UP:
            painter.drawEllipse(rect)
        elif self._state is LinkState.CONNECTING:
            painter.drawRect(rect)
        else:
            middle = QPointF(rect.center().x(), rect.top())
            painter.drawPolygon(QPolygonF([middle, rect.bottomRight(), rect.bottomLeft()]))
        is_well = self._state is LinkState.UP and not self._note.startswith("≠")
        colour = theme.TEXT if is_well else theme.AMBER_SOFT
        if self._state is LinkState.DOWN:
            colour = theme.RED_SOFT
        words = QRect(px(18), 0, self.width() - px(18), self.height())
        draw_text(painter, words, self.words, theme.BODY, colour, weight=theme.STRONG)
        painter.end()
