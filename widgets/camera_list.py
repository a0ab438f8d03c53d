"""The cameras of the show as rows: place, name, how each is and how its stream arrives. Qt thread only."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.camera_line import Line, short_words, state_of
from widgets.keys import RELEASE_MS
from widgets.theme import draw_text, draw_wrapped, px, width_of

NO_CAMERAS: Final = "No cameras yet. FIND looks for them, ADD takes an address."


class CameraList(QWidget):
    """The rows that fit; pressing one chooses it, dragging one gives it another place."""

    chosen = Signal(str)
    moved = Signal(str, int)  # a camera and its new place, from 1
    edit_wanted = Signal(str)
    add_wanted = Signal()
    removal = Signal(bool)  # the key of the removal is held, or let go
    focused = Signal()  # it has the keyboard now, or has it no more

    def __init__(self, now_ns: Callable[[], int]) -> None:
        super().__init__()
        self._now_ns = now_ns
        self._lines: tuple[Line, ...] = ()
        self._chosen = ""
        self._painted: object = None  # what the rows say, so that they are painted only when they say something else
        self._first = 0
        self._dragged = ""
        self._over: int | None = None  # the row that a dragged one would take
        self._leaving = QTimer(self)  # Delete was let go, unless it is pressed again at once
        self._leaving.setSingleShot(True)
        self._leaving.setTimerType(Qt.TimerType.PreciseTimer)
        self._leaving.timeout.connect(lambda: self.removal.emit(False))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Cameras")
        self.setToolTip(
            "Press a camera to see how it is, drag it to give it another place, double click to edit it\n"
            "Key: F5 again or Tab, then ← → choose, Ctrl ← → move, E edit, N add, Delete held removes"
        )

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
        is_same_place = chosen == self._chosen and len(lines) == len(self._lines)
        self._lines, self._chosen = lines, chosen
        if painted == self._painted:
            return
        self._painted = painted
        words = [f"{line.name}, {short_words(line, now_ns)}" for line in lines if line.name == chosen]
        self.setAccessibleDescription(f"{len(lines)} cameras, chosen: {''.join(words) or 'none'}")
        if not is_same_place:
            self._keep_in_sight()
        self.update()

    @property
    def rows(self) -> tuple[str, ...]:
        """What each row says: sign, name, and how it is."""
        now_ns = self._now_ns()
        return tuple(
            f"{state_of(line.tile, now_ns)[0]} {line.name}: {short_words(line, now_ns)}" for line in self._lines
        )

    def row_at(self, y: int) -> int:
        """Which camera, from 0, stands at this height; it may be past the last."""
        return self._first + max(0, y) // self._row_px()

    # --- pointer ---

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look further up or down."""
        step = -1 if event.angleDelta().y() > 0 else 1
        self._first = max(0, min(self._first + step, len(self._lines) - self._fits()))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the pressed one; it may be dragged from now on."""
        index = self.row_at(int(event.position().y()))
        if event.button() is Qt.MouseButton.LeftButton and index < len(self._lines):
            self._dragged = self._lines[index].name if self._lines[index].kept else ""
            self.chosen.emit(self._lines[index].name)

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
        """Choose, move, edit, add, remove; everything else is somebody else's."""
        steps = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}
        if event.key() in steps:
            self._step(steps[event.key()], is_move=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif event.key() == Qt.Key.Key_E:
            self.edit_wanted.emit(self._chosen)
        elif event.key() == Qt.Key.Key_N:
            self.add_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self._hold_delete(event)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of the removal."""
        if event.key() == Qt.Key.Key_Delete:
            if not event.isAutoRepeat():
                self._leaving.start(RELEASE_MS)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Its keys act now."""
        super().focusInEvent(event)
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A hold ends when the keyboard goes."""
        super().focusOutEvent(event)
        self._leaving.stop()
        self.removal.emit(False)
        self.focused.emit()

    def _hold_delete(self, event: QKeyEvent) -> None:
        """Begin a hold; a press right after a release is a repeat of the same finger."""
        if self._leaving.isActive():
            self._leaving.stop()
        elif not event.isAutoRepeat():
            self.removal.emit(True)

    def _step(self, step: int, *, is_move: bool) -> None:
        here = self._place(self._chosen)
        there = max(0, min(len(self._lines) - 1, here + step))
        if not self._lines or there == here:
            return
        if not is_move:
            self.chosen.emit(self._lines[there].name)
        elif self._lines[here].kept and self._lines[there].kept:
            self.moved.emit(self._chosen, there + 1)

    # --- where and how ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the chosen one in sight."""
        self._keep_in_sight()

    def _place(self, name: str) -> int:
        names = [line.name for line in self._lines]
        return names.index(name) if name in names else 0

    @staticmethod
    def _row_px() -> int:
        return max(34, px(44))

    def _fits(self) -> int:
        return max(1, self.height() // self._row_px())

    def _keep_in_sight(self) -> None:
        here = self._place(self._chosen)
        self._first = max(0, min(self._first, here, len(self._lines) - 1))
        if here >= self._first + self._fits():
            self._first = here - self._fits() + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that fit, and where a dragged one would go."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self._row_px()
        if not self._lines:
            draw_wrapped(painter, self.rect().adjusted(px(8), px(8), -px(8), 0), NO_CAMERAS, theme.BODY, theme.FAINT)
        seen = self._lines[self._first : self._first + self._fits()]
        hidden = len(self._lines) - self._first - len(seen)
        more = f"{hidden} more ▾" if hidden > 0 else ""
        for row, line in enumerate(seen):
            place = QRect(0, row * height, self.width(), height)
            self._paint_row(painter, place, self._first + row, line, more=more if row == len(seen) - 1 else "")
        if self._over is not None:
            self._paint_drop(painter, height)
        if self.hasFocus():
            theme.box(painter, self.rect(), None, theme.AMBER, radius=px(5), line_px=2)
        painter.end()

    def _paint_drop(self, painter: QPainter, height: int) -> None:
        assert self._over is not None
        row = self._over - self._first + (1 if self._over > self._place(self._dragged) else 0)
        painter.fillRect(QRect(0, max(0, row * height - 2), self.width(), 4), theme.AMBER)

    def _paint_row(self, painter: QPainter, rect: QRect, index: int, line: Line, *, more: str) -> None:
        is_chosen, now_ns = line.name == self._chosen, self._now_ns()
        if is_chosen:
            theme.box(painter, rect.adjusted(0, 1, 0, -1), theme.RAISED, theme.SOFT, radius=px(5))
        else:
            painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.LINE)
        sign, _, colour = state_of(line.tile, now_ns)
        number = QRect(rect.left() + px(8), rect.top(), width_of("16", theme.BODY, theme.BOLD) + 2, rect.height())
        draw_text(painter, number, str(index + 1), theme.BODY, theme.SOFT, weight=theme.STRONG)
        mark = QRect(number.right() + px(4), rect.top(), width_of("●", theme.LARGE, theme.BOLD) + 2, rect.height())
        draw_text(painter, mark, sign, theme.LARGE, colour, weight=theme.BOLD, align=theme.CENTRE)
        room = QRect(mark.right() + px(8), rect.top(), rect.right() - mark.right() - px(14), rect.height())
        if more:
            draw_text(painter, room, more, theme.SMALL, theme.AMBER_SOFT, weight=theme.BOLD, align=theme.RIGHT)
            room.setWidth(room.width() - width_of(more, theme.SMALL, theme.BOLD) - px(8))
        upper, lower = theme.line_height(theme.BODY, theme.BOLD), theme.line_height(theme.SMALL)
        top = (rect.height() - upper - lower) // 2
        name = QRect(room.left(), room.top() + top, room.width(), upper)
        below = QRect(room.left(), name.bottom(), room.width(), lower)
        weight = theme.BOLD if is_chosen else theme.STRONG
        draw_text(painter, name, line.name, theme.BODY, theme.TEXT, weight=weight, may_cut=True)
        ink = colour
        if colour == theme.GREEN_SOFT:
            ink = theme.AMBER_SOFT if line.lacks_scene else theme.FAINT
        draw_text(painter, below, short_words(line, now_ns), theme.SMALL, ink, may_cut=True)
