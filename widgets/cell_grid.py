"""A painted table of values with one chosen cell: strips and matrix. Qt thread only; it shows and asks.

While it has the keyboard the show's keys are off, as in a text field: arrows choose, + and - step, digits type a
value, Enter sets it, Delete puts it back, Space turns it over. A mouse chooses without taking the keyboard.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from widgets import theme
from widgets.short_names import short_name
from widgets.theme import CENTRE, draw_text, px, width_of

KEYS_HELP: Final = (
    "F6 again or Tab to it, arrows choose, + and - step, digits and Enter set, Delete puts back, Esc leaves"
)
_MOVES: Final = {
    int(Qt.Key.Key_Left): (0, -1), int(Qt.Key.Key_Right): (0, 1), int(Qt.Key.Key_Up): (-1, 0),
    int(Qt.Key.Key_Down): (1, 0),
}  # fmt: skip
_ENTERS: Final = (int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter))
_CLEARS: Final = (int(Qt.Key.Key_Delete), int(Qt.Key.Key_Backspace))
_MOST_TYPED: Final = 6


class Look(Enum):
    """How a cell looks: (fill, text). What it says never hangs on the colour."""

    PLAIN = (theme.WELL, theme.SOFT)
    SET = (theme.RAISED, theme.TEXT)
    LOCKED = (theme.PANEL, theme.FAINT)
    RED = (theme.RED, QColor("#ffffff"))
    AMBER = (theme.AMBER, theme.INK)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: as it stands there, and in words ("Gain of Host: +3 dB")."""

    text: str
    words: str
    look: Look = Look.PLAIN
    turns: bool = False  # a click turns it over, it is not only chosen


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table's contents. `room`: the widest text of each column."""

    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    cells: tuple[tuple[Cell, ...], ...] = ()
    room: tuple[str, ...] = ()
    empty: str = ""  # what is said when there is no cell


class CellGrid(QWidget):
    """Rows and columns, as many as fit, the chosen cell always in sight."""

    takes_keys = True  # as a text field does: see widgets.keys

    chosen = Signal()
    stepped = Signal(int)
    typed = Signal(float)
    cleared = Signal()
    turned = Signal(bool)  # by the keyboard (True) or by a click

    def __init__(self, name: str) -> None:
        super().__init__()
        self._sheet = Sheet()
        self._row = self._column = 0
        self._first_row = self._first_column = 0
        self._entry = ""
        self._pressed: tuple[int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}\nKey: {KEYS_HELP}")

    def show_sheet(self, sheet: Sheet) -> None:
        """Follow the desk; repaints only what changed."""
        if sheet == self._sheet:
            return
        is_other = (sheet.rows, sheet.columns) != (self._sheet.rows, self._sheet.columns)
        self._sheet = sheet
        if is_other:
            self._entry = ""
        self._choose(min(self._row, len(sheet.rows) - 1), min(self._column, len(sheet.columns) - 1))

    @property
    def place(self) -> tuple[int, int]:
        """The chosen row and column, from 0."""
        return self._row, self._column

    @property
    def cell(self) -> Cell | None:
        """The chosen cell, if there is one."""
        return self._sheet.cells[self._row][self._column] if self._sheet.rows and self._sheet.columns else None

    @property
    def entry(self) -> str:
        """What is being typed."""
        return self._entry

    def choose(self, row: int, column: int) -> None:
        """Choose a cell; what was being typed is forgotten."""
        self._entry = ""
        self._choose(row, column)

    def _choose(self, row: int, column: int) -> None:
        self._row = max(0, min(row, len(self._sheet.rows) - 1))
        self._column = max(0, min(column, len(self._sheet.columns) - 1))
        self._keep_in_sight()
        cell = self.cell
        self.setAccessibleDescription(cell.words if cell else self._sheet.empty)
        self.update()
        self.chosen.emit()

    # --- keyboard ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, + and -, digits, Enter, Delete, Space; nothing goes on to the window."""
        key = event.key()
        if key in _MOVES:
            rows, columns = _MOVES[key]
            self.choose(self._row + rows, self._column + columns)
        elif key in _ENTERS:
            self._enter()
        elif key in _CLEARS:
            self._clear()
        elif key == int(Qt.Key.Key_Space):
            self.turned.emit(True)
        else:
            self._type(event.text())
        event.accept()

    def _enter(self) -> None:
        entry, self._entry = self._entry, ""
        if any(sign.isdigit() for sign in entry):
            self.typed.emit(float(entry))
        elif not entry:
            self.turned.emit(True)
        self.update()

    def _clear(self) -> None:
        if self._entry:
            self._entry = self._entry[:-1]
            self.update()
        else:
            self.cleared.emit()

    def _type(self, text: str) -> None:
        if text and (text in "0123456789" or (text in ".," and "." not in self._entry)):
            self._entry = (self._entry + text.replace(",", "."))[:_MOST_TYPED]
        elif text == "-" and self._entry:  # a gain is typed as it comes to mind: 6, then its sign
            self._entry = self._entry.removeprefix("-") if self._entry.startswith("-") else f"-{self._entry}"
        elif text in ("+", "=", "-") and not self._entry:
            self.stepped.emit(-1 if text == "-" else 1)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The chosen cell says that the keyboard is here."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was being typed is forgotten: it was not set."""
        self._entry = ""
        self.update()

    # --- mouse ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell that was hit."""
        at = self._hit(event)
        self._pressed = at if event.button() is Qt.MouseButton.LeftButton else None
        if at is not None and self._pressed is not None:
            self.choose(*at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Turn it over, if it is of that kind and the finger is still on it."""
        at, self._pressed = self._pressed, None
        cell = self.cell
        if at is not None and at == self._hit(event) == self.place and cell is not None and cell.turns:
            self.turned.emit(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look further; with Shift to the sides. The wheel never changes a value."""
        delta = event.angleDelta()
        step = -1 if (delta.y() or delta.x()) > 0 else 1
        if delta.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            last = self._last_first([self._column_px(n) for n in range(len(self._sheet.columns))], self._cells_px())
            self._first_column = max(0, min(self._first_column + step, last))
        else:
            self._first_row = max(0, min(self._first_row + step, len(self._sheet.rows) - self._rows_fit()))
        self.update()

    def _hit(self, event: QMouseEvent) -> tuple[int, int] | None:
        at = event.position().toPoint()
        seen = self._seen()
        return next((place for place, rect in seen.items() if rect.contains(at)), None)

    def event(self, event: QEvent) -> bool:
        """The tooltip is of the cell below the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            at = next((place for place, rect in self._seen().items() if rect.contains(event.pos())), None)
            words = f"{self._sheet.cells[at[0]][at[1]].words}\n" if at else f"{self.accessibleName()}\n"
            QToolTip.showText(event.globalPos(), f"{words}Key: {KEYS_HELP}", self)
            return True
        return super().event(event)

    # --- where things are ---

    def rect_of(self, row: int, column: int) -> QRect:
        """Where a cell lies; empty while it is out of sight."""
        return self._seen().get((row, column), QRect())

    @staticmethod
    def row_px() -> int:
        """The height of a row: a finger's."""
        return max(32, px(36))

    @staticmethod
    def head_px() -> int:
        """The height of the columns' names."""
        return theme.line_height(theme.SMALL) + px(4)

    def minimumSizeHint(self) -> QSize:
        """A row and its head."""
        return QSize(px(200), self.head_px() + self.row_px())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The chosen cell stays in sight."""
        self._keep_in_sight()

    def name_of(self, row: int) -> str:
        """A row's name as it stands before it: cut so that it differs from the others'."""
        width, rows = self._names_px() - px(6), self._sheet.rows
        return short_name(rows[row], rows, lambda text: width_of(text, theme.BODY, theme.STRONG) <= width)

    def head_of(self, column: int) -> str:
        """A column's name as it stands above it while it is in sight: cut so that it differs from the others'."""
        width = self._seen()[self._first_row, column].width() - 4
        columns = self._sheet.columns
        return short_name(columns[column], columns, lambda text: width_of(text, theme.SMALL) <= width)

    def _names_px(self) -> int:
        widest = max((width_of(name, theme.BODY, theme.STRONG) for name in self._sheet.rows), default=0)
        return min(widest + px(10), self.width() * 28 // 100)

    def _cells_px(self) -> int:
        return max(1, self.width() - self._names_px() - px(10))

    def _column_px(self, column: int) -> int:
        """A column's own width: room for what it may say, and a finger."""
        return max(38, width_of(self._sheet.room[column], theme.SMALL, theme.BOLD) + px(7))

    def _rows_fit(self) -> int:
        return max(1, (self.height() - self.head_px()) // self.row_px())

    @staticmethod
    def _last_first(sizes: list[int], room: int) -> int:
        """The first of the last that fit together."""
        first, used = len(sizes), 0
        while first > 0 and used + sizes[first - 1] <= room:
            first -= 1
            used += sizes[first]
        return min(first, max(0, len(sizes) - 1))

    def _keep_in_sight(self) -> None:
        fits = self._rows_fit()
        last = max(0, len(self._sheet.rows) - fits)
        self._first_row = max(0, min(max(self._first_row, self._row - fits + 1), self._row, last))
        sizes = [self._column_px(column) for column in range(len(self._sheet.columns))]
        first = min(self._first_column, self._column, self._last_first(sizes, self._cells_px())) if sizes else 0
        while first < self._column and sum(sizes[first : self._column + 1]) > self._cells_px():
            first += 1
        self._first_column = max(0, first)

    def _seen(self) -> dict[tuple[int, int], QRect]:
        """Where the cells in sight lie; what is over is shared among the columns in sight."""
        columns: list[int] = []
        used = 0
        for column in range(self._first_column, len(self._sheet.columns)):
            width = self._column_px(column)
            if columns and used + width > self._cells_px():
                break
            columns.append(column)
            used += width
        spare = max(0, self._cells_px() - used) // max(1, len(columns))
        spare = min(spare, px(40))
        rows = range(self._first_row, min(len(self._sheet.rows), self._first_row + self._rows_fit()))
        places: dict[tuple[int, int], QRect] = {}
        x = self._names_px()
        for column in columns:
            width = self._column_px(column) + spare
            for line, row in enumerate(rows):
                y = self.head_px() + line * self.row_px()
                places[(row, column)] = QRect(x, y, width, self.row_px())
            x += width
        return places

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw names and cells; the chosen one has a line, an amber one while the keyboard is here."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = self._seen()
        if not seen:
            draw_text(painter, self.rect(), self._sheet.empty, theme.BODY, theme.FAINT, may_cut=True)
            painter.end()
            return
        for (row, column), rect in seen.items():
            self._paint_names(painter, row, column, rect)
            self._paint_cell(painter, row, column, rect.adjusted(1, 1, -1, -1))
        self._paint_more(painter, seen)
        painter.end()

    def _paint_names(self, painter: QPainter, row: int, column: int, rect: QRect) -> None:
        if column == self._first_column:
            name = QRect(0, rect.top(), self._names_px() - px(6), rect.height())
            colour = theme.TEXT if row == self._row else theme.SOFT
            draw_text(painter, name, self.name_of(row), theme.BODY, colour, weight=theme.STRONG, may_cut=True)
        if row == self._first_row:
            head = QRect(rect.left() + 2, 0, rect.width() - 4, self.head_px())
            colour = theme.TEXT if column == self._column else theme.FAINT
            draw_text(painter, head, self.head_of(column), theme.SMALL, colour, align=CENTRE, may_cut=True)

    def _paint_cell(self, painter: QPainter, row: int, column: int, rect: QRect) -> None:
        cell = self._sheet.cells[row][column]
        is_chosen = (row, column) == self.place
        fill, ink = cell.look.value
        text = cell.text
        if is_chosen and self._entry:
            fill, ink, text = theme.AMBER_DEEP, theme.AMBER_SOFT, f"{self._entry}_"
        line = (theme.AMBER if self.hasFocus() else theme.WHITE) if is_chosen else theme.LINE
        theme.box(painter, rect, fill, line, radius=px(4), line_px=2 if is_chosen else 1)
        draw_text(painter, rect, text, theme.SMALL, ink, weight=theme.BOLD, align=CENTRE, may_cut=True)

    def _paint_more(self, painter: QPainter, seen: dict[tuple[int, int], QRect]) -> None:
        """Marks where more rows or columns wait."""
        last_row, last_column = max(seen)[0], max(place[1] for place in seen)
        right = self.width() - px(10)
        marks = (
            (self._first_row > 0, "▴", QRect(right, self.head_px(), px(10), px(16))),
            (last_row < len(self._sheet.rows) - 1, "▾", QRect(right, self.height() - px(20), px(10), px(16))),
            (self._first_column > 0, "◂", QRect(self._names_px() - px(12), 0, px(12), self.head_px())),
            (last_column < len(self._sheet.columns) - 1, "▸", QRect(right, 0, px(10), self.head_px())),
        )
        for is_so, sign, rect in marks:
            if is_so:
                draw_text(painter, rect, sign, theme.SMALL, theme.AMBER_SOFT, align=CENTRE, may_cut=True)
