"""The cameras of the show as rows: place, name, how each is and how its stream arrives. Qt thread only."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter

from widgets import theme
from widgets.camera_line import Line, short_words, state_of
from widgets.held_keys import HeldKeys
from widgets.row_list import RowList, paint_more, two_lines
from widgets.theme import draw_text, px, width_of

NO_CAMERAS: Final = "No cameras yet. FIND looks for them, ADD takes an address."


class CameraList(RowList):
    """The cameras; dragging one gives it another place."""

    moved = Signal(str, int)  # a camera and its new place, from 1
    edit_wanted = Signal(str)
    add_wanted = Signal()
    removal = Signal(bool)  # the key of the removal is held, or let go

    def __init__(self, now_ns: Callable[[], int]) -> None:
        super().__init__(
            "Cameras",
            "Press a camera to see how it is, drag it to give it another place, double click to edit it\n"
            "Key: F5 again or Tab, then ← → choose, Ctrl ← → move, E edit, N add, Delete held removes",
            nothing=NO_CAMERAS,
        )
        self._now_ns = now_ns
        self._lines: tuple[Line, ...] = ()
        self._painted: object = None  # what the rows say, so that they are painted only when they say something else
        self._dragged = ""
        self._over: int | None = None  # the row that a dragged one would take
        self._delete = HeldKeys((int(Qt.Key.Key_Delete),), self)
        self._delete.turned.connect(lambda _, is_down: self.removal.emit(is_down))

    def show_lines(self, lines: tuple[Line, ...], chosen: str) -> None:
        """Follow the desk."""
        if self._dragged and self._dragged not in [line.name for line in lines]:
            self._dragged, self._over = "", None
        now_ns = self._now_ns()
        painted = (
            chosen,
            self._over,
            tuple((line.name, state_of(line.tile, now_ns), short_words(line, now_ns)) for line in lines),
        )
        self._lines = lines
        self.take_rows(tuple(line.name for line in lines), chosen)
        if painted == self._painted:
            return
        self._painted = painted
        words = [f"{line.name}, {short_words(line, now_ns)}" for line in lines if line.name == chosen]
        self.setAccessibleDescription(f"{len(lines)} cameras, chosen: {''.join(words) or 'none'}")
        self.update()

    @property
    def rows(self) -> tuple[str, ...]:
        """What each row says: sign, name, and how it is."""
        now_ns = self._now_ns()
        return tuple(
            f"{state_of(line.tile, now_ns)[0]} {line.name}: {short_words(line, now_ns)}" for line in self._lines
        )

    # --- pointer ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the pressed one; it may be dragged from now on."""
        index = self.row_at(int(event.position().y()))
        if event.button() is Qt.MouseButton.LeftButton and index < len(self._lines):
            self._dragged = self._lines[index].name if self._lines[index].kept else ""
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show where the dragged one would go."""
        if self._dragged:
            last = sum(line.kept is not None for line in self._lines) - 1
            over = max(0, min(last, self.row_at(int(event.position().y()))))
            self._over = over if over != self._place(self._dragged) else None
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Give it its new place."""
        name, over = self._dragged, self._over
        self._dragged, self._over = "", None
        self.update()
        if name and over is not None:
            self.moved.emit(name, over + 1)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit it."""
        index = self.row_at(int(event.position().y()))
        if index < len(self._lines):
            self.edit_wanted.emit(self._lines[index].name)

    # --- keyboard ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Edit, add, remove, beside what every list does."""
        if event.key() == Qt.Key.Key_E:
            self.edit_wanted.emit(self._chosen)
        elif event.key() == Qt.Key.Key_N:
            self.add_wanted.emit()
        elif not self._delete.take_press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of the removal."""
        if not self._delete.take_release(event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A hold ends when the keyboard goes."""
        self._delete.let_go()
        super().focusOutEvent(event)

    def moved_by(self, step: int) -> None:
        """Give the chosen one the next place."""
        here = self._place(self._chosen)
        there = max(0, min(len(self._lines) - 1, here + step))
        if self._lines and there != here and self._lines[here].kept and self._lines[there].kept:
            self.moved.emit(self._chosen, there + 1)

    def paint_above(self, painter: QPainter) -> None:
        """Draw where a dragged one would go."""
        if self._over is None:
            return
        row = self._over - self._first + (1 if self._over > self._place(self._dragged) else 0)
        painter.fillRect(QRect(0, max(0, row * self._row_px() - 2), self.width(), 4), theme.AMBER)

    def paint_row(self, painter: QPainter, rect: QRect, index: int, *, more: str) -> None:
        """Draw a camera: place, sign, name, and how it is."""
        line, now_ns = self._lines[index], self._now_ns()
        sign, _, colour = state_of(line.tile, now_ns)
        number = QRect(rect.left() + px(8), rect.top(), width_of("16", theme.BODY, theme.BOLD) + 2, rect.height())
        draw_text(painter, number, str(index + 1), theme.BODY, theme.SOFT, weight=theme.STRONG)
        mark = QRect(number.right() + px(4), rect.top(), width_of("●", theme.LARGE, theme.BOLD) + 2, rect.height())
        draw_text(painter, mark, sign, theme.LARGE, colour, weight=theme.BOLD, align=theme.CENTRE)
        room = QRect(mark.right() + px(8), rect.top(), rect.right() - mark.right() - px(14), rect.height())
        name, below = two_lines(paint_more(painter, room, more))
        weight = theme.BOLD if line.name == self._chosen else theme.STRONG
        draw_text(painter, name, line.name, theme.BODY, theme.TEXT, weight=weight, may_cut=True)
        ink = colour
        if colour == theme.GREEN_SOFT:
            ink = theme.AMBER_SOFT if line.lacks_scene else theme.FAINT
        draw_text(painter, below, short_words(line, now_ns), theme.SMALL, ink, may_cut=True)
