"""A list of rows of a finger's height: one is chosen, those in sight are painted. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from widgets import theme
from widgets.theme import RIGHT, draw_text, draw_wrapped, px, width_of

STEPS: Final = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}


class RowList(QWidget):
    """The rows that fit; pressing one chooses it. A chosen row stays chosen wherever it goes."""

    chosen = Signal(str)
    focused = Signal()  # it has the keyboard now, or has it no more

    def __init__(self, name: str, tip: str, *, nothing: str) -> None:
        super().__init__()
        self._ids: tuple[str, ...] = ()
        self._chosen = ""
        self._first = 0
        self._nothing = nothing
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setToolTip(tip)

    def take_rows(self, ids: tuple[str, ...], chosen: str) -> None:
        """These are the rows now; the chosen one is in sight when it is another, or was: who scrolls away stays."""
        is_moved = chosen != self._chosen or not self._ids or self._place(chosen) in self.in_sight
        self._ids, self._chosen = ids, chosen
        self._first = max(0, min(self._first, len(ids) - self._fits()))
        if is_moved:
            self._keep_in_sight()

    def say_nothing(self, words: str) -> None:
        """What stands there when there are no rows."""
        if words != self._nothing:
            self._nothing = words
            self.update()

    def paint_row(self, painter: QPainter, rect: QRect, index: int, *, more: str) -> None:
        """Draw a row; `more` says in the last one in sight how many follow."""
        raise NotImplementedError

    def scrolled(self) -> None:
        """Other rows are in sight now."""
        self.update()

    def moved_by(self, step: int) -> None:
        """Ctrl and an arrow: rows that have an order of their own change place."""

    @property
    def in_sight(self) -> range:
        """Which rows, from 0, are in sight."""
        return range(self._first, min(self._first + self._fits(), len(self._ids)))

    def row_at(self, y: int) -> int:
        """Which row, from 0, stands at this height; it may be past the last."""
        return self._first + max(0, y) // self._row_px()

    def step(self, step: int) -> None:
        """Choose the row so many further."""
        if self._ids:
            self.chosen.emit(self._ids[max(0, min(len(self._ids) - 1, self._place(self._chosen) + step))])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look further up or down."""
        step = -1 if event.angleDelta().y() > 0 else 1
        self._first = max(0, min(self._first + step, len(self._ids) - self._fits()))
        self.scrolled()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the pressed one."""
        index = self.row_at(int(event.position().y()))
        if event.button() is Qt.MouseButton.LeftButton and index < len(self._ids):
            self.chosen.emit(self._ids[index])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right choose, with Ctrl they move; everything else is somebody else's."""
        step = STEPS.get(event.key())
        if step is None:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.moved_by(step)
        else:
            self.step(step)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Its keys act now."""
        super().focusInEvent(event)
        self.focused.emit()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And no more."""
        super().focusOutEvent(event)
        self.focused.emit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the chosen one in sight."""
        self._keep_in_sight()
        self.scrolled()

    def _place(self, id: str) -> int:
        return self._ids.index(id) if id in self._ids else 0

    @staticmethod
    def _row_px() -> int:
        return max(34, px(44))

    def _fits(self) -> int:
        return max(1, self.height() // self._row_px())

    def _keep_in_sight(self) -> None:
        here = self._place(self._chosen)
        self._first = max(0, min(self._first, here, len(self._ids) - 1))
        if here >= self._first + self._fits():
            self._first = here - self._fits() + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows in sight, and how many more there are."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._ids:
            room = self.rect().adjusted(px(8), px(8), -px(8), 0)
            draw_wrapped(painter, room, self._nothing, theme.BODY, theme.FAINT)
        height, seen = self._row_px(), self.in_sight
        hidden = len(self._ids) - seen.stop
        for number, index in enumerate(seen):
            place = QRect(0, number * height, self.width(), height)
            is_last = index == seen.stop - 1
            self.paint_ground(painter, place, is_chosen=self._ids[index] == self._chosen)
            self.paint_row(painter, place, index, more=f"{hidden} more ▾" if hidden > 0 and is_last else "")
        self.paint_above(painter)
        if self.hasFocus():
            theme.box(painter, self.rect(), None, theme.AMBER, radius=px(5), line_px=2)
        painter.end()

    def paint_above(self, painter: QPainter) -> None:
        """Draw what lies over the rows."""

    def paint_ground(self, painter: QPainter, rect: QRect, *, is_chosen: bool) -> None:
        """Draw what a row stands on."""
        if is_chosen:
            theme.box(painter, rect.adjusted(0, 1, 0, -1), theme.RAISED, theme.SOFT, radius=px(5))
        else:
            painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.LINE)


def two_lines(room: QRect) -> tuple[QRect, QRect]:
    """Where the upper, larger line and the lower one of a row stand in `room`."""
    upper, lower = theme.line_height(theme.BODY, theme.BOLD), theme.line_height(theme.SMALL)
    top = (room.height() - upper - lower) // 2
    above = QRect(room.left(), room.top() + top, room.width(), upper)
    return above, QRect(room.left(), above.bottom(), room.width(), lower)


def paint_more(painter: QPainter, room: QRect, more: str) -> QRect:
    """Draw how many more there are at the right of `room`; returns what is left of it."""
    if not more:
        return room
    draw_text(painter, room, more, theme.SMALL, theme.AMBER_SOFT, weight=theme.BOLD, align=RIGHT)
    return room.adjusted(0, 0, -width_of(more, theme.SMALL, theme.BOLD) - px(8), 0)
