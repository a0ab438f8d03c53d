"""The messages of the outbox as rows; only those in sight are made. Qt thread only."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import theme
from widgets.outbox_rows import Item, Row, id_of, row_of
from widgets.page import halves
from widgets.row_list import RowList, paint_more, two_lines
from widgets.theme import RIGHT, draw_text, px, width_of

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


class OutboxList(RowList):
    """The messages, each with how it goes; their ages go on."""

    retry_wanted = Signal()
    give_up_wanted = Signal()
    export_wanted = Signal()

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(
            "Messages to the shop",
            "Press a message to choose it\n"
            "Key: F7 again or Tab, then ← → choose, N tries it now, Delete gives it up, E exports",
            nothing=NOTHING,
        )
        self._now = now
        self._items: tuple[Item, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self.story = Story()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows in sight."""
        return self._rows

    def show_items(self, items: tuple[Item, ...], chosen: str) -> None:
        """Follow the desk."""
        self._items = items
        if chosen != self._chosen:
            self._rows = ()
        self.take_rows(tuple(map(id_of, items)), chosen)
        self.tick()

    def scrolled(self) -> None:
        """Other rows are in sight now."""
        self._rows = ()
        self.tick()

    def tick(self) -> None:
        """Let ages go on; painted only when a row says something else."""
        now = self._now()
        rows = tuple(row_of(self._items[index], now) for index in self.in_sight)
        if rows != self._rows or not rows:
            self._rows = rows
            self.update()
        here = next((item for item in self._items if id_of(item) == self._chosen), None)
        row = row_of(here, now) if here is not None else None
        self.setAccessibleDescription(f"{len(self._items)} messages, chosen: {row.words if row else 'none'}")
        self.story.say(row.story if row else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Try now, give up, export, beside what every list does."""
        wanted = {
            int(Qt.Key.Key_N): self.retry_wanted,
            int(Qt.Key.Key_Delete): self.give_up_wanted,
            int(Qt.Key.Key_E): self.export_wanted,
        }.get(event.key())
        if wanted is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            wanted.emit()

    def paint_row(self, painter: QPainter, rect: QRect, index: int, *, more: str) -> None:
        """Draw a message: what was pressed and how it is, when and how it went."""
        row = self._rows[index - self._first]
        mark = QRect(rect.left() + px(8), rect.top(), width_of("→", theme.LARGE, theme.BOLD) + 2, rect.height())
        draw_text(painter, mark, row.sign, theme.LARGE, row.colour, weight=theme.BOLD, align=theme.CENTRE)
        above, below = two_lines(QRect(mark.right() + px(8), rect.top(), rect.right() - mark.right() - px(16),
                                       rect.height()))  # fmt: skip
        state_px = width_of(row.state, theme.BODY, theme.BOLD)
        what = above.adjusted(0, 0, -state_px - px(12), 0)
        draw_text(painter, what, row.what, theme.BODY, theme.TEXT, weight=theme.STRONG, may_cut=True)
        draw_text(painter, above, row.state, theme.BODY, row.colour, weight=theme.BOLD, align=RIGHT)
        below = paint_more(painter, below, more)
        draw_text(painter, below, row.below, theme.SMALL, theme.SOFT, may_cut=True)
