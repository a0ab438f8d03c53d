"""The fields of a form in rows, as many as fit, with what is wrong written under its row. Qt thread only.

Everything here is a text field, choices too: while one has the keyboard, the show's keys are off and nothing that is
typed here can become a take.
"""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QScrollBar, QWidget

from widgets import theme
from widgets.camera_fields import FIELDS, ROWS, Field
from widgets.theme import draw_text, draw_wrapped, px, width_of

KEYS_HELP: Final = "Tab to it · Enter tries, Ctrl Enter saves, F9 cancels, Esc leaves"
_ENTERS: Final = (int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter))


_WIDE_PX: Final = 760  # at 1920x1080: from here on, four fields stand in a row
WIDE_ROWS: Final = (ROWS[0], *(ROWS[index] + ROWS[index + 1] for index in range(1, len(ROWS), 2)))

_WEIGHTS: Final = {field.key: field.share / sum(each.share for each in row) for row in ROWS for field in row}


class FormField(QLineEdit):
    """One field. With choices it is stepped through by arrows or a click on either half."""

    try_wanted = Signal()
    save_wanted = Signal()
    cancel_wanted = Signal()
    focused = Signal()  # it has the keyboard now, or has it no more

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self._choice = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPlaceholderText(field.hint)
        self.setAccessibleName(field.label.capitalize())
        steps = ", ← → choose" if field.choices else ""
        self._help = f"{field.label.capitalize()}: {field.help}\nKey: {KEYS_HELP}{steps}"
        self.setToolTip(self._help)
        if field.is_hidden:
            self.setEchoMode(QLineEdit.EchoMode.Password)
        if field.choices:
            self.setReadOnly(True)
            self.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.write(field.choices[0] if field.choices else "")

    @property
    def value(self) -> str:
        """What it says."""
        return self.field.choices[self._choice] if self.field.choices else self.text()

    def write(self, value: str) -> None:
        """Say `value`."""
        if self.field.choices:
            self._choice = self.field.choices.index(value)
            self.setText(f"‹ {value} ›")
            self.deselect()
        elif value != self.text():
            self.setText(value)
            self.setCursorPosition(0)

    def tell(self, words: str) -> None:
        """Say what is wrong with it, or what should be known of it."""
        self.setAccessibleDescription(words)
        self.setToolTip(f"{words}\n{self._help}" if words else self._help)

    def complete_from(self, words: tuple[str, ...]) -> None:
        """Complete what is typed from `words`; ↑ and ↓ go through them."""
        completer = QCompleter(list(words), self)
        completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter tries, Ctrl Enter saves, F9 cancels; nothing goes on to the window."""
        if event.key() in _ENTERS:
            if not event.isAutoRepeat():
                is_save = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
                (self.save_wanted if is_save else self.try_wanted).emit()
        elif event.key() == int(Qt.Key.Key_F9):
            self.cancel_wanted.emit()
        elif self.field.choices:
            back, on = (int(Qt.Key.Key_Left), int(Qt.Key.Key_Up)), (int(Qt.Key.Key_Right), int(Qt.Key.Key_Down))
            self._step((event.key() in (*on, int(Qt.Key.Key_Space))) - (event.key() in back))
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The form's keys act now."""
        super().focusInEvent(event)
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And no more."""
        super().focusOutEvent(event)
        self.focused.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Step by the half that was hit."""
        super().mousePressEvent(event)
        if self.field.choices and event.button() is Qt.MouseButton.LeftButton:
            self._step(-1 if event.position().x() < self.width() / 2 else 1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel is the form's: it never changes a choice by chance."""
        event.ignore()

    def _step(self, step: int) -> None:
        if step:
            self.write(self.field.choices[(self._choice + step) % len(self.field.choices)])
            self.textEdited.emit(self.text())


class FieldArea(QWidget):
    """All fields of a camera in rows; Tab goes through them and brings each into sight."""

    changed = Signal()
    focused = Signal()  # a field has the keyboard now, or has it no more

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, FormField] = {}
        self._faults: Mapping[str, str] = {}
        self._notes: Mapping[str, str] = {}
        self._said: list[tuple[QRect, str, bool]] = []  # what stands under the rows in sight
        self._labels: list[tuple[QRect, str]] = []
        self._rows = ROWS
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bar.setAccessibleName("Scroll the fields")
        self._bar.valueChanged.connect(self._scrolled)
        for key, field in FIELDS.items():
            widget = FormField(field)
            widget.setParent(self)
            widget.textEdited.connect(lambda _: self.changed.emit())
            widget.focused.connect(self.focused)
            self.fields[key] = widget
        self.setAccessibleName("Fields of the camera")

    @property
    def has_keyboard(self) -> bool:
        """Whether one of the fields has the keyboard: the form's keys act only then."""
        return self._focused() is not None

    def texts(self) -> dict[str, str]:
        """What all fields say."""
        return {key: field.value for key, field in self.fields.items()}

    def write(self, texts: Mapping[str, str]) -> None:
        """Fill all fields, from the first row on."""
        for key, text in texts.items():
            self.fields[key].write(text)
        self._bar.setValue(0)

    def on_keys(self, *, try_it: Callable[[], None], save: Callable[[], None], cancel: Callable[[], None]) -> None:
        """What Enter, Ctrl Enter and F9 do, in whatever field."""
        for field in self.fields.values():
            field.try_wanted.connect(try_it)
            field.save_wanted.connect(save)
            field.cancel_wanted.connect(cancel)

    def say(self, faults: Mapping[str, str], notes: Mapping[str, str]) -> None:
        """Show what is wrong (red) and what should be known (amber), each under the row of its field."""
        if (faults, notes) != (self._faults, self._notes):
            self._faults, self._notes = dict(faults), dict(notes)
            for key, field in self.fields.items():
                field.tell(faults.get(key) or notes.get(key, ""))
            self.lay_out()

    @property
    def said(self) -> tuple[str, ...]:
        """What stands under the rows in sight."""
        return tuple(words for _, words, _ in self._said)

    def go_to(self, key: str) -> None:
        """Bring a field into sight and give it the keyboard."""
        row = next(index for index, each in enumerate(self._rows) if any(field.key == key for field in each))
        self._bring(row)
        self.fields[key].setFocus(Qt.FocusReason.TabFocusReason)
        if not self.fields[key].field.choices:
            self.fields[key].selectAll()

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes through the fields and round again; Esc leaves."""
        keys = list(self.fields)
        here = self._focused()
        step = 1 if next else -1
        self.go_to(keys[(keys.index(here) + step) % len(keys)] if here is not None else keys[0])
        return True

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look further up or down."""
        self._bar.setValue(self._bar.value() + (-1 if event.angleDelta().y() > 0 else 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many rows as fit."""
        self.lay_out()

    def lay_out(self) -> None:
        """Put the fields where they belong."""
        self._rows = WIDE_ROWS if self._inner_px() >= px(_WIDE_PX) else ROWS
        heights = [self._row_px(row) for row in range(len(self._rows))]
        self._bar.setRange(0, self._last_first(heights))
        self._bar.setVisible(self._bar.maximum() > 0)
        self._bar.setGeometry(self.width() - 8, 0, 8, self.height())
        focused = self._focused()
        if focused is not None:
            self._bring(next(index for index, row in enumerate(self._rows) if any(each.key == focused for each in row)))
        self._fill()

    # --- rows ---

    @staticmethod
    def field_px() -> int:
        """The height of a field, logical pixels: a finger's."""
        return max(32, px(36))

    def _row_px(self, row: int) -> int:
        words = self._words_of(row)
        below = sum(theme.wrapped_height(text, self._inner_px(), theme.SMALL) for text, _ in words)
        return self.field_px() + px(4) + (below + px(3) if below else 0)

    def _words_of(self, row: int) -> list[tuple[str, bool]]:
        keys = [field.key for field in self._rows[row]]
        faults = [(f"▲ {self._faults[key]}", True) for key in keys if key in self._faults]
        return faults or [(f"■ {self._notes[key]}", False) for key in keys if key in self._notes]

    def _inner_px(self) -> int:
        return max(60, self.width() - 12)

    def _last_first(self, heights: list[int]) -> int:
        """The first row of the last sight: all rows below it fit."""
        first, used = len(heights), 0
        while first > 0 and used + heights[first - 1] <= self.height():
            first -= 1
            used += heights[first]
        return min(first, len(heights) - 1)

    def _focused(self) -> str | None:
        return next((key for key, field in self.fields.items() if field.hasFocus()), None)

    def _bring(self, row: int) -> None:
        """Scroll so that `row` is in sight, whole."""
        first = min(self._bar.value(), row)
        while first < row and sum(self._row_px(each) for each in range(first, row + 1)) > self.height():
            first += 1
        self._bar.setValue(first)

    def _scrolled(self) -> None:
        self._fill()

    def _fill(self) -> None:
        self._said, self._labels = [], []
        y, first = 0, self._bar.value()
        hidden: list[FormField] = []
        for index, row in enumerate(self._rows):
            height = self._row_px(index)
            is_seen = index >= first and (y + self.field_px() <= self.height() or y == 0)
            if is_seen:
                self._place_row(index, y)
                y += height
            else:
                y = y if index < first else self.height()
                hidden += [self.fields[field.key] for field in row]
        if any(field.hasFocus() for field in hidden):
            self.window().setFocus()  # else Qt would give the keyboard to whatever comes next
        for field in hidden:
            field.hide()
        self.update()

    def _place_row(self, index: int, y: int) -> None:
        height, gap = self.field_px(), px(8)
        row, width = self._rows[index], self._inner_px()
        weights = sum(_WEIGHTS[field.key] for field in row)
        x = 0
        for place, field in enumerate(row):
            label_px = self._label_px(place)
            cell_px = round((width - gap * (len(row) - 1)) * _WEIGHTS[field.key] / weights)
            self._labels.append((QRect(x, y, label_px, height), field.label))
            widget = self.fields[field.key]
            widget.setFont(theme.font(theme.BODY))
            widget.setGeometry(x + label_px, y, max(36, cell_px - label_px), height)
            widget.show()
            x += cell_px + gap
        below = y + height + px(1)
        for words, is_fault in self._words_of(index):
            high = theme.wrapped_height(words, width, theme.SMALL)
            self._said.append((QRect(0, below, width, high), words, is_fault))
            below += high

    def _label_px(self, place: int) -> int:
        """As wide as the widest label of that column."""
        labels = [row[place].label for row in self._rows if len(row) > place]
        return max(width_of(label, theme.SMALL, theme.STRONG) for label in labels) + px(8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw labels, and what is wrong."""
        painter = QPainter(self)
        for rect, label in self._labels:
            draw_text(painter, rect, label, theme.SMALL, theme.SOFT, weight=theme.STRONG)
        for rect, words, is_fault in self._said:
            draw_wrapped(painter, rect, words, theme.SMALL, theme.RED_SOFT if is_fault else theme.AMBER_SOFT)
        painter.end()
