"""The queue's rows, and beside them what is said about the chosen drop, large. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import theme
from widgets.queue_rows import PIN, STATES, Row
from widgets.row_list import RowList, paint_more, two_lines
from widgets.theme import RIGHT, draw_text, px, width_of

NO_DROPS: Final = "No drops yet. NEW adds one: from nothing, from a template, or from another show."
NOT_FOUND: Final = "No drop has these words in its title, its id, its kinds or its talking points."
NO_POINTS: Final = "No talking points. EDIT adds them, one a line."
_SIZES: Final = (theme.TITLE, theme.LARGE, theme.BODY)


class QueueList(RowList):
    """The drops in their order; one pressed twice is the one that the keys act on."""

    moved = Signal(str, int)  # a drop and its new place, from 1
    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__(
            "Queue of drops",
            "Press a drop to see what is said about it, twice to let the keys act on it\n"
            "Key: F8 again, then ↑ ↓ choose, Enter lets D and F act on it",
            nothing=NO_DROPS,
        )
        self._rows: tuple[Row, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows that a search has left."""
        return self._rows

    def show_rows(self, rows: tuple[Row, ...], chosen: str, *, is_search: bool) -> None:
        """Follow the desk and the search."""
        self.say_nothing(NOT_FOUND if is_search else NO_DROPS)
        is_same = (rows, chosen) == (self._rows, self._chosen)
        self._rows = rows
        self.take_rows(tuple(row.drop.id for row in rows), chosen)
        if not is_same:
            here = next((row.words for row in rows if row.drop.id == chosen), "none")
            self.setAccessibleDescription(f"{len(rows)} drops, chosen: {here}")
            self.update()

    def moved_by(self, step: int) -> None:
        """Give the chosen one the next place of the whole queue."""
        row = next((row for row in self._rows if row.drop.id == self._chosen), None)
        if row is not None and row.place + step >= 1:
            self.moved.emit(row.drop.id, row.place + step)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Let the keys act on it."""
        index = self.row_at(int(event.position().y()))
        if index < len(self._rows):
            self.picked.emit(self._rows[index].drop.id)

    def paint_row(self, painter: QPainter, rect: QRect, index: int, *, more: str) -> None:
        """Draw a drop: place, sign and pin, title and state, price and pieces."""
        row = self._rows[index]
        sign, _, colour = STATES[row.drop.state]
        number = QRect(rect.left() + px(6), rect.top(), width_of("88", theme.SMALL, theme.BOLD) + 2, rect.height())
        draw_text(painter, number, str(row.place), theme.SMALL, theme.SOFT, weight=theme.STRONG, align=RIGHT)
        mark = QRect(number.right() + px(6), rect.top(), width_of("●", theme.BODY, theme.BOLD) + 2, rect.height())
        draw_text(painter, mark, sign, theme.BODY, colour, weight=theme.BOLD, align=theme.CENTRE)
        room = QRect(mark.right() + px(6), rect.top(), rect.right() - mark.right() - px(14), rect.height())
        above, below = two_lines(room)
        state_px = width_of(row.state, theme.SMALL, theme.BOLD)
        draw_text(painter, above, row.state, theme.SMALL, colour, weight=theme.BOLD, align=RIGHT)
        above = above.adjusted(0, 0, -state_px - px(8), 0)
        if row.is_pinned:
            draw_text(painter, above, PIN, theme.BODY, theme.AMBER_SOFT, weight=theme.BOLD)
            above = above.adjusted(width_of(PIN, theme.BODY, theme.BOLD) + px(5), 0, 0, 0)
        ink = theme.SOFT if row.drop.state.value == "closed" else theme.TEXT
        draw_text(painter, above, row.drop.title, theme.BODY, ink, weight=theme.STRONG, may_cut=True)
        below = paint_more(painter, below, more)
        draw_text(painter, below, row.price, theme.SMALL, theme.SOFT, weight=theme.STRONG, align=RIGHT)
        below = below.adjusted(0, 0, -width_of(row.price, theme.SMALL, theme.STRONG) - px(8), 0)
        draw_text(painter, below, row.below, theme.SMALL, theme.SOFT, may_cut=True)


class TalkingPoints(QWidget):
    """What is said about a drop on air, as large as there is room for; the wheel goes on."""

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._points: tuple[str, ...] = ()
        self._first = 0
        self.setAccessibleName("Talking points")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def points(self) -> tuple[str, ...]:
        """What it shows."""
        return self._points

    def show_points(self, title: str, points: tuple[str, ...]) -> None:
        """Show these, from the first on."""
        if (title, points) == (self._title, self._points):
            return
        self._title, self._points, self._first = title, points, 0
        self.setAccessibleDescription(". ".join(points) or NO_POINTS)
        self.setToolTip("\n".join((title, *points)))
        self.update()

    def sizeHint(self) -> QSize:
        """As much as is left."""
        return QSize(px(200), px(80))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look at the points further up or down."""
        step = -1 if event.angleDelta().y() > 0 else 1
        self._first = max(0, min(self._first + step, len(self._points) - 1))
        self.update()

    def _height(self, size: float) -> int:
        width = self.width() - px(16)
        return sum(theme.wrapped_height(point, width, size, theme.STRONG) + px(4) for point in self._points)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw those that fit, in the largest letters in which all of them do."""
        painter = QPainter(self)
        if not self._points:
            theme.draw_wrapped(painter, self.rect(), NO_POINTS if self._title else "", theme.SMALL, theme.FAINT)
            painter.end()
            return
        size = next((size for size in _SIZES if self._height(size) <= self.height()), _SIZES[-1])
        y = 0
        for number, point in enumerate(self._points[self._first :], start=self._first):
            room = QRect(px(16), y, self.width() - px(16), self.height() - y)
            height = theme.wrapped_height(point, room.width(), size, theme.STRONG)
            if y and y + height > self.height():
                self._paint_more(painter, len(self._points) - number)
                break
            draw_text(painter, QRect(0, y, px(16), theme.line_height(size)), "•", size, theme.SOFT)
            painter.setFont(theme.font(size, theme.STRONG))
            painter.setPen(theme.TEXT)
            painter.drawText(room, int(theme.WRAPPED), point)
            y += height + px(4)
        painter.end()

    def _paint_more(self, painter: QPainter, count: int) -> None:
        foot = QRect(0, self.height() - theme.line_height(theme.SMALL), self.width(), theme.line_height(theme.SMALL))
        painter.fillRect(foot, theme.PANEL)
        draw_text(painter, foot, f"{count} more ▾", theme.SMALL, theme.AMBER_SOFT, weight=theme.BOLD, align=RIGHT)
