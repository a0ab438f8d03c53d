"""The messages of the outbox as rows; only those in sight are made. Qt thread only."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import theme
from widgets.outbox_rows import Item, Row, id_of, row_of
from widgets.page import halves
from widgets.theme import RIGHT, draw_text, draw_wrapped, px, width_of

NOTHING: Final = "Nothing was sent in this show yet. Each press stands here until the shop has confirmed it, and after."


class Story(QWidget):
    """How it went with the chosen message, in two lines: a row has no room for all of it."""

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("How it went")

    def say(self, words: str) -> None:
        """Show `words`."""
        if words != self._words:
            self._words = words
            self.setAccessibleDescription(words)
            self.setToolTip(words)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the two lines."""
        painter = QPainter(self)
        height = theme.line_height(theme.SMALL)
        top = (self.height() - 2 * height) // 2
        for number, words in enumerate(halves(self._words, self.width() - px(8))):
            line = QRect(px(8), top + number * height, self.width() - px(8), height)
            draw_text(painter, line, words, theme.SMALL, theme.SOFT, may_cut=True)
        painter.end()


class OutboxList(QWidget):
    """The rows that fit; pressing one chooses it. A chosen row stays chosen wherever it goes."""

    chosen = Signal(str)
    retry_wanted = Signal()
    give_up_wanted = Signal()
    export_wanted = Signal()
    focused = Signal()  # it has the keyboard now, or has it no more

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._items: tuple[Item, ...] = ()
        self._chosen = ""
        self._first = 0
        self._rows: tuple[Row, ...] = ()
        self.story = Story()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Messages to the shop")
        self.setToolTip(
            "Press a message to choose it\n"
            "Key: F7 again or Tab, then ← → choose, N tries it now, Delete gives it up, E exports"
        )

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows in sight."""
        return self._rows

    def show_items(self, items: tuple[Item, ...], chosen: str) -> None:
        """Follow the desk."""
        is_other = chosen != self._chosen
        self._items, self._chosen = items, chosen
        self._first = max(0, min(self._first, len(items) - self._fits()))
        if is_other:
            self._keep_in_sight()
        self.tick()

    def tick(self) -> None:
        """Let ages go on; painted only when a row says something else."""
        now = self._now()
        rows = tuple(row_of(item, now) for item in self._items[self._first : self._first + self._fits()])
        if rows != self._rows or not rows:
            self._rows = rows
            self.update()
        here = next((item for item in self._items if id_of(item) == self._chosen), None)
        row = row_of(here, now) if here is not None else None
        self.setAccessibleDescription(f"{len(self._items)} messages, chosen: {row.words if row else 'none'}")
        self.story.say(row.story if row else "")

    def item_at(self, y: int) -> int:
        """Which item, from 0, stands at this height; it may be past the last."""
        return self._first + max(0, y) // self._row_px()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look further up or down."""
        step = -1 if event.angleDelta().y() > 0 else 1
        self._first = max(0, min(self._first + step, len(self._items) - self._fits()))
        self.tick()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the pressed one."""
        index = self.item_at(int(event.position().y()))
        if event.button() is Qt.MouseButton.LeftButton and index < len(self._items):
            self.chosen.emit(id_of(self._items[index]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose, try now, give up, export; everything else is somebody else's."""
        steps = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}
        wanted = {
            int(Qt.Key.Key_N): self.retry_wanted,
            int(Qt.Key.Key_Delete): self.give_up_wanted,
            int(Qt.Key.Key_E): self.export_wanted,
        }
        if event.key() in steps:
            self._step(steps[event.key()])
        elif event.key() in wanted:
            if not event.isAutoRepeat():
                wanted[event.key()].emit()
        else:
            super().keyPressEvent(event)

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
        self.tick()

    def _step(self, step: int) -> None:
        if self._items:
            there = max(0, min(len(self._items) - 1, self._place() + step))
            self.chosen.emit(id_of(self._items[there]))

    def _place(self) -> int:
        return next((index for index, item in enumerate(self._items) if id_of(item) == self._chosen), 0)

    @staticmethod
    def _row_px() -> int:
        return max(34, px(44))

    def _fits(self) -> int:
        return max(1, self.height() // self._row_px())

    def _keep_in_sight(self) -> None:
        here = self._place()
        self._first = max(0, min(self._first, here, len(self._items) - 1))
        if here >= self._first + self._fits():
            self._first = here - self._fits() + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows in sight, and how many more there are."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self._row_px()
        if not self._items:
            draw_wrapped(painter, self.rect().adjusted(px(8), px(8), -px(8), 0), NOTHING, theme.BODY, theme.FAINT)
        hidden = len(self._items) - self._first - len(self._rows)
        for number, row in enumerate(self._rows):
            place = QRect(0, number * height, self.width(), height)
            is_chosen = id_of(self._items[self._first + number]) == self._chosen
            more = f"{hidden} more ▾" if hidden > 0 and number == len(self._rows) - 1 else ""
            _paint_row(painter, place, row, is_chosen=is_chosen, more=more)
        if self.hasFocus():
            theme.box(painter, self.rect(), None, theme.AMBER, radius=px(5), line_px=2)
        painter.end()


def _paint_row(painter: QPainter, rect: QRect, row: Row, *, is_chosen: bool, more: str) -> None:
    if is_chosen:
        theme.box(painter, rect.adjusted(0, 1, 0, -1), theme.RAISED, theme.SOFT, radius=px(5))
    else:
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.LINE)
    mark = QRect(rect.left() + px(8), rect.top(), width_of("→", theme.LARGE, theme.BOLD) + 2, rect.height())
    draw_text(painter, mark, row.sign, theme.LARGE, row.colour, weight=theme.BOLD, align=theme.CENTRE)
    room = QRect(mark.right() + px(8), rect.top(), rect.right() - mark.right() - px(16), rect.height())
    upper, lower = theme.line_height(theme.BODY, theme.BOLD), theme.line_height(theme.SMALL)
    top = (rect.height() - upper - lower) // 2
    above = QRect(room.left(), room.top() + top, room.width(), upper)
    below = QRect(room.left(), above.bottom(), room.width(), lower)
    state_px = width_of(row.state, theme.BODY, theme.BOLD)
    what = above.adjusted(0, 0, -state_px - px(12), 0)
    draw_text(painter, what, row.what, theme.BODY, theme.TEXT, weight=theme.STRONG, may_cut=True)
    draw_text(painter, above, row.state, theme.BODY, row.colour, weight=theme.BOLD, align=RIGHT)
    if more:
        draw_text(painter, below, more, theme.SMALL, theme.AMBER_SOFT, weight=theme.BOLD, align=RIGHT)
        below.setWidth(below.width() - width_of(more, theme.SMALL, theme.BOLD) - px(8))
    draw_text(painter, below, row.below, theme.SMALL, theme.SOFT, may_cut=True)
