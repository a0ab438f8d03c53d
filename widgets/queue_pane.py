"""QUEUE: all drops in their order, searched by typing; chosen, pinned, moved, added, edited. Qt thread only."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.commerce.state import Lamp
from console.contract.events import MOST_HIGHLIGHTED
from console.core.journal import Origin
from console.desk.view import Notice
from widgets import theme
from widgets.ask import Deck
from widgets.camera_buttons import KeyedButton, OwnButton
from widgets.controls import Face
from widgets.page import Page
from widgets.queue_copy import CopyForm
from widgets.queue_form import ENTERS, QueueForm
from widgets.queue_list import QueueList, TalkingPoints
from widgets.queue_rows import PIN, Row, found, rows_of
from widgets.theme import px

NOTHING: Final = Notice("There is no drop yet.", "NEW adds one.")
_TOLD: Final = {  # what the shop has said to the pins
    Lamp.SENT: "asked", Lamp.WAITING: "waits", Lamp.CONFIRMED: "✓ shown", Lamp.REFUSED: "not shown", Lamp.LOST: "?",
}  # fmt: skip
_CTRL: Final = Qt.KeyboardModifier.ControlModifier
_STEPS: Final = {int(Qt.Key.Key_Up): -1, int(Qt.Key.Key_Down): 1}


class Search(QLineEdit):
    """What is looked for; its keys act on the list: ↑ ↓, Enter, and some with Ctrl."""

    stepped = Signal(int)
    moved = Signal(int)
    entered = Signal(bool)  # whether Ctrl was held
    lettered = Signal(int)  # a letter with Ctrl, as Qt names it

    def __init__(self) -> None:
        super().__init__()
        self.setMaxLength(80)
        self.setPlaceholderText("Search drops")
        self.setAccessibleName("Search drops")
        self.setToolTip(
            "Search drops: title, id, kinds, talking points\n"
            "Key: F8 twice, then ↑ ↓ choose, Ctrl ↑ ↓ move, Enter: D and F act on it, Ctrl Enter pins it, "
            "Ctrl N new, Ctrl L new like it, Ctrl E edit"
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The list's keys; all others are typed. Nothing goes on to the window."""
        is_ctrl = bool(event.modifiers() & _CTRL)
        if event.key() in _STEPS:
            (self.moved if is_ctrl else self.stepped).emit(_STEPS[event.key()])
        elif event.key() in ENTERS:
            if not event.isAutoRepeat():
                self.entered.emit(is_ctrl)
        elif is_ctrl and event.key() in (int(Qt.Key.Key_N), int(Qt.Key.Key_L), int(Qt.Key.Key_E)):
            self.lettered.emit(event.key())
        else:
            super().keyPressEvent(event)
        event.accept()


class _ForChosen(KeyedButton):
    """A button for the chosen drop; without one a press says what to do."""

    def _ask(self, action_id: str | None = None, **more: object) -> None:
        if self._arguments is not None and self._arguments().get("drop"):
            super()._ask(action_id, **more)
        else:
            self._deck.ask.tell(NOTHING)


class QueuePane(Page):
    """The list, what is said about the chosen drop, and what can be done to it; or a form."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("QUEUE")
        self._deck = deck
        self._chosen = ""
        self.list = QueueList()
        self.points = TalkingPoints()
        self.search = Search()
        self.form = QueueForm(deck)
        self.copy_form = CopyForm(deck)
        self._make_buttons()
        self._build()
        self._connect()
        desk = deck.desk
        self._undo = [desk.sale.watch(lambda _: self._show(), now=False), desk.show.watch(lambda _: self._show())]
        self.restyle()
        self._open(None)

    def _make_buttons(self) -> None:
        deck = self._deck

        def button(action_id: str, title: str, arguments: Callable[[], Mapping[str, object]]) -> _ForChosen:
            return _ForChosen(deck, action_id, title, arguments=arguments, shows_key=False, size=theme.SMALL)

        self.choose_button = button("drop.choose", "CHOOSE", self._named)
        self.pin_button = button("drop.highlight", f"{PIN} PIN", self._pin)
        self.up_button = button("drop.move", "▲", partial(self._moved, -1))
        self.down_button = button("drop.move", "▼", partial(self._moved, 1))
        self.remove_button = button("drop.remove", "REMOVE", self._named)
        self.new_button = OwnButton(deck, "drop.add", "NEW", self.add, size=theme.SMALL)
        self.edit_button = OwnButton(deck, "drop.edit", "EDIT", self.edit, means=lambda: self._chosen, size=theme.SMALL)
        self.undo_button = KeyedButton(deck, "queue.undo", "UNDO", shows_key=False, size=theme.SMALL)
        self._buttons: tuple[KeyedButton, ...] = (
            self.choose_button, self.pin_button, self.new_button, self.edit_button, self.up_button, self.down_button,
            self.undo_button, self.remove_button,
        )  # fmt: skip
        keyed: tuple[tuple[KeyedButton, str], ...] = (
            (self.choose_button, "Enter"), (self.pin_button, "Ctrl Enter"), (self.new_button, "Ctrl N"),
            (self.edit_button, "Ctrl E"), (self.up_button, "Ctrl ↑"), (self.down_button, "Ctrl ↓"),
        )  # fmt: skip
        for each, key in keyed:
            each.with_hint(f"F8 twice, then {key}")
        for each in (self.undo_button, self.remove_button):
            each.with_hint("Ctrl K, then a few letters of it")

    def _build(self) -> None:
        self._right, self._body, self._foot = QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self._right.addWidget(self.search)
        self._right.addWidget(self.points, 1)
        self._body.addWidget(self.list, 11)
        self._body.addLayout(self._right, 9)
        for button in self._buttons:
            self._foot.addWidget(button, 1)
        self._outer = QVBoxLayout(self)
        self._outer.addLayout(self._body, 1)
        self._outer.addLayout(self._foot)
        for form in (self.form, self.copy_form):
            self._outer.addWidget(form, 1)

    def _connect(self) -> None:
        self.list.chosen.connect(self.choose)
        self.list.moved.connect(self._move_to)
        self.list.picked.connect(self._pick)
        self.search.textChanged.connect(lambda _: self._show())
        self.search.stepped.connect(self.list.step)
        self.search.moved.connect(self.list.moved_by)
        self.search.entered.connect(self._entered)
        self.search.lettered.connect(self._lettered)
        self.form.closed.connect(self._closed)
        self.copy_form.closed.connect(self._closed)
        self.form.copy_wanted.connect(self.copy)

    def restyle(self) -> None:
        """Take the present scale."""
        self._outer.setContentsMargins(px(12), px(6), px(12), px(10))
        for layout in (self._outer, self._foot, self._right):
            layout.setSpacing(px(6))
        self._body.setSpacing(px(14))
        self.search.setFont(theme.font(theme.BODY))
        self.search.setFixedHeight(max(32, px(36)))
        for button in self._buttons:
            button.setFixedHeight(max(32, px(42)))
        self.form.restyle()
        self.copy_form.restyle()

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def show_holds(self) -> None:
        """Follow what is held."""
        self.remove_button.show_hold()

    def take_keyboard(self) -> None:
        """Give the keyboard to the search, or to the form: F8 once more."""
        if not self.form.isHidden():
            self.form.fields["title"].setFocus()
        elif not self.copy_form.isHidden():
            self.copy_form.path.setFocus()
        else:
            self.search.setFocus()
            self.search.selectAll()

    def leave(self) -> None:
        """What lies open goes: a form, else the search."""
        if not self.form.isHidden():
            self.form.leave()
        elif not self.copy_form.isHidden():
            self.copy_form.leave()
        else:
            self.search.clear()

    def minimumSizeHint(self) -> QSize:
        """Two rows and the foot."""
        return QSize(px(300), px(150))

    # --- what is done ---

    def choose(self, id: str) -> None:
        """Show what is said about this drop; the keys of the show act on the one that they acted on."""
        self._chosen = id
        self._show()

    def add(self, *, like: str = "") -> None:
        """Open an empty form, or one like a drop."""
        self._open(self.form)
        self.form.open(None, like=like)

    def edit(self) -> None:
        """Open the form of the chosen drop."""
        row = self._row()
        if row is None or row.item is None:
            self._deck.ask.tell(NOTHING)
            return
        self._open(self.form)
        self.form.open(row.item)

    def copy(self) -> None:
        """Open the form that copies from another show."""
        self._open(self.copy_form)
        self.copy_form.open()

    def _open(self, form: QWidget | None) -> None:
        """Show a form in place of the list, or the list."""
        for each in (self.form, self.copy_form):
            each.setVisible(each is form)
        for widget in (self.list, self.search, self.points, *self._buttons):
            widget.setVisible(form is None)
        self._show_status(rows_of(self._deck.desk))

    def _closed(self, saved: str) -> None:
        self._open(None)
        if saved:
            self._chosen = saved
        self._show()

    def _entered(self, is_pin: bool) -> None:
        if is_pin and self._chosen:
            self._deck.ask("drop.highlight", Origin.KEY, self._pin(), says_done=True)
        elif self._chosen:
            self._pick(self._chosen)

    def _lettered(self, key: int) -> None:
        if key == int(Qt.Key.Key_E):
            self.edit()
        else:
            self.add(like=self._chosen if key == int(Qt.Key.Key_L) else "")

    def _pick(self, id: str) -> None:
        self._deck.ask("drop.choose", Origin.KEY, {"drop": id})

    def _move_to(self, id: str, to: int) -> None:
        if to <= len(self._deck.desk.sale.value.drops):
            self._deck.ask("drop.move", Origin.KEY, {"drop": id, "to": to})

    def _named(self) -> dict[str, object]:
        return {"drop": self._chosen}

    def _pin(self) -> dict[str, object]:
        return {**self._named(), "on": self._chosen not in self._deck.desk.sale.value.highlighted}

    def _moved(self, step: int) -> dict[str, object]:
        row = self._row()
        last = len(self._deck.desk.sale.value.drops)
        return {**self._named(), "to": max(1, min(last, row.place + step)) if row is not None else 1}

    # --- what is shown ---

    def _row(self) -> Row | None:
        return next((row for row in self.list.rows if row.drop.id == self._chosen), None)

    def _show(self) -> None:
        every = rows_of(self._deck.desk)
        rows = found(every, self.search.text())
        ids = [row.drop.id for row in rows]
        if self._chosen not in ids:
            now = self._deck.desk.sale.value.chosen
            self._chosen = now if now in ids else ids[0] if ids else ""
        self.list.show_rows(rows, self._chosen, is_search=bool(self.search.text().strip()))
        row = self._row()
        self.points.show_points(row.drop.title if row is not None else "", row.points if row is not None else ())
        self._show_buttons(row, last=len(every))
        self._show_status(every)

    def _show_buttons(self, row: Row | None, *, last: int) -> None:
        def face(is_on: bool) -> Face:
            return Face.PLAIN if is_on else Face.OFF

        self.choose_button.be("drop.choose", "CHOOSE", face=face(row is not None and not row.is_chosen))
        is_pinned = row is not None and row.is_pinned
        told = _TOLD.get(self._deck.desk.sale.value.highlight_lamp, "") if is_pinned else ""
        self.pin_button.be("drop.highlight", f"{PIN} UNPIN" if is_pinned else f"{PIN} PIN", told,
                           face=Face.AMBER_LINE if is_pinned else face(row is not None))  # fmt: skip
        self.new_button.be("drop.add", "NEW", face=Face.PLAIN if last else Face.GREEN)
        self.edit_button.be("drop.edit", "EDIT", face=face(row is not None and row.item is not None))
        self.up_button.be("drop.move", "▲", face=face(row is not None and row.place > 1))
        self.down_button.be("drop.move", "▼", face=face(row is not None and row.place < last))
        self.remove_button.be("drop.remove", "REMOVE", "hold", face=face(row is not None))
        self.undo_button.show_enabled()
        title = row.drop.title if row is not None else "the drop"
        self.up_button.speak(f"Move {title} up")
        self.down_button.speak(f"Move {title} down")

    def _show_status(self, rows: tuple[Row, ...]) -> None:
        """Beside the tabs, with the page's name: it has no tab."""
        if not self.form.isHidden() or not self.copy_form.isHidden():
            title = self.form.title if not self.form.isHidden() else "COPY DROPS"
            self.say_status(f"QUEUE · {title}", title, "QUEUE", colour=theme.AMBER_SOFT)
            return
        sale = self._deck.desk.sale.value
        count = len(sale.highlighted)
        pins = f"{PIN} {count} of {MOST_HIGHLIGHTED}" if count else ""
        refused = " · this shop shows no highlights" if sale.highlight_lamp is Lamp.REFUSED and count else ""
        drops = f"{len(rows)} drop{'' if len(rows) == 1 else 's'}"
        words = " · ".join(part for part in (drops, pins) if part)
        self.say_status(f"QUEUE · {words}{refused}", f"QUEUE · {words}", f"QUEUE · {drops}", drops,
                        colour=theme.AMBER_SOFT if refused else theme.SOFT)  # fmt: skip
