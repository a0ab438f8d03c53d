"""Arranging the multiview: a layer over its tiles that takes the pointer, so that nothing is put to preview meanwhile.

Drag one tile onto another, or: arrows choose, Ctrl with arrows moves, Tab changes what is shown there. Qt thread only.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from console.settings.show import BUSES
from widgets import theme
from widgets.multiview_layouts import neighbour, stepped, swapped
from widgets.multiview_tiles import scale_of
from widgets.pictures import paint_border
from widgets.theme import CENTRE, draw_text, px

Arranged = Callable[[tuple[str, ...]], None]
ARROWS = ("Left", "Right", "Up", "Down")


def words_of(name: str) -> str:
    """What a place shows, in words."""
    return name.upper() if name in BUSES else name or "empty"


class ArrangeLayer(QWidget):
    """Shows what each place shows and which one is chosen; `arranged` is called with every change."""

    def __init__(self, arranged: Arranged, parent: QWidget) -> None:
        super().__init__(parent)
        self._arranged = arranged
        self._names: tuple[str, ...] = ()
        self._cameras: tuple[str, ...] = ()
        self._places: list[QRect] = []
        self._chosen = 0
        self._dragged: int | None = None
        self._pointer = QPoint()
        self.setAccessibleName("Arranging the multiview")
        self.setToolTip(
            "Drag a tile onto another one\nKey: arrows choose, Ctrl with arrows moves, Tab changes it, Enter keeps"
        )
        self.setMouseTracking(True)

    @property
    def chosen(self) -> int:
        """Which place is chosen, from 0."""
        return self._chosen

    def show_places(self, names: tuple[str, ...], places: Sequence[QRect], cameras: tuple[str, ...]) -> None:
        """Follow the window. What is being dragged is dropped only when something else is there now."""
        if (names, list(places)) != (self._names, self._places):
            self._dragged = None
        self._names, self._places, self._cameras = names, list(places), cameras
        self._chosen = min(self._chosen, len(names) - 1)
        self.setAccessibleDescription(f"Place {self._chosen + 1}: {words_of(names[self._chosen])}")
        self.update()

    def key(self, chord: str) -> bool:
        """Do what a key means while arranging; True when it means something."""
        key = chord.removeprefix("Ctrl+").removeprefix("Shift+")
        if key in ARROWS:
            there = neighbour(self._places, self._chosen, key)
            moves, here = chord != key, self._chosen
            self._chosen = there
            if moves and there != here:
                self._arranged(swapped(self._names, here, there))
            self.show_places(self._names, self._places, self._cameras)
            return True
        if chord in ("Tab", "Shift+Tab"):
            self._arranged(stepped(self._names, self._chosen, self._cameras, 1 if chord == "Tab" else -1))
            return True
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a place, and begin to drag what it shows."""
        at = self._place_at(event.position().toPoint())
        if at is not None and event.button() is Qt.MouseButton.LeftButton:
            self._chosen = self._dragged = at
            self._pointer = event.position().toPoint()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show where it would land."""
        self._pointer = event.position().toPoint()
        if self._dragged is not None:
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it land: the two places are exchanged."""
        landing = self._place_at(event.position().toPoint())
        dragged, self._dragged = self._dragged, None
        if dragged is not None and landing is not None and landing != dragged:
            self._chosen = landing
            self._arranged(swapped(self._names, dragged, landing))
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change what the place under the pointer shows."""
        at = self._place_at(event.position().toPoint())
        if at is not None and event.angleDelta().y():
            self._chosen = at
            self._arranged(stepped(self._names, at, self._cameras, -1 if event.angleDelta().y() > 0 else 1))

    def _place_at(self, point: QPoint) -> int | None:
        return next((index for index, place in enumerate(self._places) if place.contains(point)), None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil over the pictures, their names, the chosen place in amber."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(8, 10, 13, 120))
        landing = self._place_at(self._pointer) if self._dragged is not None else None
        for index, (place, name) in enumerate(zip(self._places, self._names, strict=False)):
            with theme.scaled(scale_of(place.width())):
                self._paint_place(painter, place, name)
                if index in (self._chosen, landing):
                    colour = theme.AMBER if index == self._chosen else theme.AMBER_SOFT
                    paint_border(painter, place, colour, px(5), dashed=index == landing != self._chosen)
        if self._dragged is not None and self._dragged < len(self._names):
            self._paint_dragged(painter, self._names[self._dragged])
        painter.end()

    @staticmethod
    def _paint_place(painter: QPainter, place: QRect, name: str) -> None:
        height = theme.line_height(theme.LARGE, theme.BOLD) + px(14)
        words = words_of(name)
        width = min(place.width() - px(20), theme.width_of(words, theme.LARGE, theme.BOLD) + px(28))
        box = QRect(0, 0, width, height)
        box.moveCenter(place.center())
        theme.box(painter, box, QColor(8, 10, 13, 230), theme.LINE, radius=px(6))
        inner = box.adjusted(px(10), 0, -px(10), 0)
        draw_text(painter, inner, words, theme.LARGE, weight=theme.BOLD, align=CENTRE, may_cut=True)

    def _paint_dragged(self, painter: QPainter, name: str) -> None:
        with theme.scaled(1.4):
            width = theme.width_of(words_of(name), theme.LARGE, theme.BOLD) + px(24)
            box = QRect(0, 0, width, theme.line_height(theme.LARGE) + px(14))
            box.moveCenter(self._pointer + QPoint(0, -px(30)))
            theme.box(painter, box, theme.AMBER, radius=px(6))
            draw_text(painter, box, words_of(name), theme.LARGE, theme.INK, weight=theme.BOLD, align=CENTRE)
