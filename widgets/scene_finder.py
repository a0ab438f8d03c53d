"""Any scene by typing parts of its name: "/" opens it, Enter is preview. Not modal; Qt thread only."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from console.core.journal import Origin
from console.desk.view import Notice
from scenes.state import Switcher
from widgets import theme
from widgets.arguments import scene_request, seen
from widgets.ask import Deck
from widgets.theme import chip, draw_text, px, width_of

_ENTERS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """`text` without accents and case: "Café" and "CAFE" are the same."""
    parts = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o").replace("Ø", "o"))
    return "".join(sign for sign in parts if not unicodedata.combining(sign)).casefold()


def find(names: Sequence[str], query: str) -> list[int]:
    """Which of `names` match, best first, as places from 0; all of them, in their order, for an empty query.

    Each part of the query must be found: as the beginning of a word, inside the name, or as letters in this order.
    A number finds the scene of that number first.
    """
    parts = plain(query).split()
    if not parts:
        return list(range(len(names)))
    ranked = []
    for index, name in enumerate(names):
        rank = 0
        flat = plain(name)
        for part in parts:
            quality = _quality(flat, part)
            if quality is None and part != str(index + 1):
                break
            rank += 0 if part == str(index + 1) else quality or 0
        else:
            ranked.append((rank, index))
    return [index for _, index in sorted(ranked)]


def _quality(flat: str, part: str) -> int | None:
    """How well a part is found in a name, less is better; None: not at all."""
    at = flat.find(part)
    if at == 0:
        return 1
    if at > 0:
        return 2 if not flat[at - 1].isalnum() or f" {part}" in flat else 4
    if len(part) < 2 or part.isdigit():
        return None
    place = -1
    for sign in part:
        place = flat.find(sign, place + 1)
        if place < 0:
            return None
    return 8


class FoundScenes(QWidget):
    """The scenes that match, painted; one is chosen."""

    pressed = Signal(int)  # a place in what is shown

    def __init__(self) -> None:
        super().__init__()
        self._found: list[int] = []
        self._switcher = Switcher()
        self.chosen = 0
        self._first = 0
        self.setAccessibleName("Scenes found")
        self.setToolTip("Press a scene: it goes to preview\nKey: ↑ ↓ choose, Enter is preview")

    def show_found(self, found: list[int], switcher: Switcher) -> None:
        """Show these of the switcher's scenes."""
        self._found, self._switcher = found, switcher
        self.choose(min(self.chosen, len(found) - 1))

    def choose(self, row: int) -> None:
        """Choose a row and keep it in sight."""
        self.chosen = max(0, min(row, len(self._found) - 1))
        self._first = max(0, min(self._first, self.chosen))
        if self.chosen >= self._first + self._fits():
            self._first = self.chosen - self._fits() + 1
        self.setAccessibleDescription(self.chosen_name or "nothing found")
        self.update()

    @property
    def names(self) -> tuple[str, ...]:
        """The scenes that match, best first."""
        return tuple(self._switcher.scenes[index].name for index in self._found)

    @property
    def chosen_name(self) -> str:
        """The chosen scene, or ""."""
        return self._switcher.scenes[self._found[self.chosen]].name if self._found else ""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look further up or down."""
        step = -3 if event.angleDelta().y() > 0 else 3
        self._first = max(0, min(self._first + step, len(self._found) - self._fits()))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say which was hit."""
        column, row = int(event.position().x()) // self._column_px(), int(event.position().y()) // self.row_px()
        place = self._first + column * self._rows() + row
        if row < self._rows() and place < len(self._found):
            self.pressed.emit(place)

    @staticmethod
    def row_px() -> int:
        """The height of a row, logical pixels."""
        return max(32, px(36))

    def _rows(self) -> int:
        return max(1, self.height() // self.row_px())

    def _columns(self) -> int:
        return max(1, self.width() // px(400))

    def _column_px(self) -> int:
        return max(1, self.width() // self._columns())

    def _fits(self) -> int:
        return self._rows() * self._columns()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that fit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.row_px()
        if not self._found:
            rect = QRect(px(6), 0, self.width() - px(6), height)
            draw_text(painter, rect, "No scene is called like that.", theme.BODY, theme.AMBER_SOFT)
        for row in range(self._first, min(len(self._found), self._first + self._fits())):
            column, line = divmod(row - self._first, self._rows())
            width = self._column_px()
            self._paint_row(painter, QRect(column * width, line * height, width - px(10), height), row)
        painter.end()

    def _paint_row(self, painter: QPainter, rect: QRect, row: int) -> None:
        index = self._found[row]
        name = self._switcher.scenes[index].name
        if row == self.chosen:
            theme.box(painter, rect.adjusted(0, 1, 0, -1), theme.RAISED, theme.AMBER, radius=px(5))
        number_px = width_of("888", theme.BODY) + px(14)
        number = QRect(rect.left() + px(8), rect.top(), number_px, rect.height())
        draw_text(painter, number, str(index + 1), theme.BODY, theme.FAINT)
        right = rect.right() - px(10)
        for words, fill, ink in self._tally(name):
            right = chip(painter, right, rect.center().y(), words, fill=fill, colour=ink, from_right=True).left() - px(
                6
            )
        room = QRect(number.right(), rect.top(), right - number.right(), rect.height())
        weight = theme.BOLD if row == self.chosen else theme.REGULAR
        draw_text(painter, room, name, theme.LARGE, theme.TEXT, weight=weight, may_cut=True)

    def _tally(self, name: str) -> list[tuple[str, QColor, QColor]]:
        tally = []
        if name == self._switcher.program:
            tally.append(("PGM", theme.RED, QColor("#ffffff")))
        elif self._switcher.program is None and name == self._switcher.claimed:
            tally.append(("CLAIMED", theme.AMBER_DEEP, theme.AMBER_SOFT))
        if name == self._switcher.preview:
            tally.append(("PVW", theme.GREEN, theme.INK))
        return tally


class SceneFinder(QWidget):
    """A field and the scenes that match it; Enter: preview, Ctrl Enter: cut while HOT is latched, Esc leaves."""

    def __init__(self, deck: Deck, parent: QWidget) -> None:
        super().__init__(parent)
        self._deck = deck
        self.setAccessibleName("Find a scene")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Scene: type parts of its name. Enter: preview · Ctrl Enter: cut (HOT) · Esc")
        self.field.setAccessibleName("Find a scene")
        self.field.setToolTip("Find a scene\nKey: /")
        self.list = FoundScenes()
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.field)
        self._column.addWidget(self.list, 1)
        self.field.textChanged.connect(self._find_anew)
        self.field.installEventFilter(self)
        self.list.pressed.connect(self._pressed)
        self._undo = deck.desk.switcher.watch(self._follow, now=False)
        self.hide()

    def open(self) -> None:
        """Show it, empty, with the keyboard in its field."""
        margin = px(12)
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(px(8))
        self.field.setFont(theme.font(theme.LARGE))
        self.field.clear()
        self.show()
        self.raise_()
        self._find_anew()
        self.field.setFocus()

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up, down and Enter act on the list; losing the keyboard closes the finder."""
        if event.type() is QEvent.Type.FocusOut:
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        steps = {
            int(Qt.Key.Key_Up): -1, int(Qt.Key.Key_Down): 1, int(Qt.Key.Key_PageUp): -8, int(Qt.Key.Key_PageDown): 8,
        }  # fmt: skip
        if event.key() in steps:
            self.list.choose(self.list.chosen + steps[event.key()])
            return True
        if event.key() in _ENTERS:
            if not event.isAutoRepeat():
                self._ask(is_cut=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
            return True
        return False

    def _find_anew(self) -> None:
        """The words changed: the best match is chosen."""
        switcher = self._deck.desk.switcher.value
        self.list.show_found(self._find(switcher), switcher)
        self.list.choose(0)

    def _follow(self, switcher: Switcher) -> None:
        """The scenes changed: what was chosen stays chosen while it is there, wherever it moved."""
        if self.isHidden():
            return
        chosen = self.list.chosen_name
        self.list.show_found(self._find(switcher), switcher)
        if chosen in self.list.names:
            self.list.choose(self.list.names.index(chosen))

    def _find(self, switcher: Switcher) -> list[int]:
        return find([scene.name for scene in switcher.scenes], self.field.text())

    def _pressed(self, row: int) -> None:
        self.list.choose(row)
        self._ask(is_cut=False, origin=Origin.BUTTON)

    def _ask(self, *, is_cut: bool, origin: Origin = Origin.KEY) -> None:
        scene = self.list.chosen_name
        desk = self._deck.desk
        if not scene:
            return
        if is_cut and not desk.hot.value:
            self._deck.ask.tell(Notice("HOT is off: nothing was cut.", "Latch HOT first, then Ctrl Enter cuts."))
            return
        action_id, arguments = scene_request(desk, scene)
        if is_cut:
            action_id, arguments = "scene.cut", {"scene": scene, **seen(desk)}
        self._deck.ask(action_id, origin, arguments)
        self.window().setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme.box(painter, self.rect(), theme.PANEL, theme.AMBER, radius=px(8), line_px=2)
        painter.end()
