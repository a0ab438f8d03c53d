"""What is seen of a camera that is tried: its test picture, and the words under it. Qt thread only."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.pictures import PictureView, Source, paint_footing
from widgets.theme import draw_text, draw_wrapped, px


class TestPicture(PictureView):
    """The picture of the camera that is tried, and in it how that camera is."""

    __test__ = False  # no test case, whatever its name says

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._words, self._colour = "", theme.SOFT
        self.setAccessibleName("Test picture")
        self.setToolTip("Test picture of the address as typed\nKey: Enter in a field")

    def say(self, words: str, colour: QColor) -> None:
        """Show how it is."""
        if (words, colour) != (self._words, self._colour):
            self._words, self._colour = words, colour
            self.setAccessibleDescription(words)
            self.repaint_over()

    def paint_over(self, painter: QPainter) -> None:
        """Its state at the foot, or in the middle while there is no picture."""
        height = theme.line_height(theme.BODY, theme.BOLD) + px(6)
        room = self.rect().adjusted(px(8), 0, -px(8), 0)
        if self.has_picture():
            paint_footing(painter, self.rect(), height + px(8))
            room = QRect(room.left(), self.height() - height, room.width(), height)
            draw_text(painter, room, self._words, theme.BODY, self._colour, weight=theme.BOLD, may_cut=True)
        else:
            draw_text(painter, room, self._words, theme.BODY, self._colour, weight=theme.BOLD, align=theme.CENTRE,
                      may_cut=True)  # fmt: skip
        theme.box(painter, self.rect(), None, theme.LINE, radius=2)


class Answer(QWidget):
    """Under the test picture: why there is none, the figures, or what the desk said; as many words as fit."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[tuple[str, QColor], ...] = ()

    @property
    def words(self) -> str:
        """What it says."""
        return " ".join(words for words, _ in self._parts)

    def say(self, *parts: tuple[str, QColor]) -> None:
        """Show these, the most urgent first."""
        shown = tuple((words, colour) for words, colour in parts if words)
        if shown != self._parts:
            self._parts = shown
            self.setAccessibleName(self.words)
            self.setToolTip(self.words)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits, wrapped; the tooltip has all of it."""
        painter = QPainter(self)
        y = 0
        for words, colour in self._parts:
            room = QRect(0, y, self.width(), self.height() - y)
            if theme.wrapped_height(words, room.width(), theme.SMALL) > room.height():
                if room.height() >= theme.line_height(theme.SMALL):
                    line = QRect(0, y, self.width(), theme.line_height(theme.SMALL))
                    draw_text(painter, line, words, theme.SMALL, colour, may_cut=True)
                break
            y += draw_wrapped(painter, room, words, theme.SMALL, colour) + px(2)
        painter.end()
