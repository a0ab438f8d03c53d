"""OUTBOX: every message to the shop, its tries, age and answers; try now, give up, export. Qt thread only."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from console.commerce.lines import LineState, OutboxLine
from console.commerce.state import Sale
from console.contract.books import Books
from console.core.alarms import Alarm
from console.core.journal import Origin
from console.desk.view import Notice
from widgets import theme
from widgets.ask import Deck
from widgets.camera_buttons import KeyedButton
from widgets.controls import Face, Words
from widgets.outbox_list import OutboxList
from widgets.outbox_rows import Item, id_of, items_of
from widgets.page import NO_MARK, Page
from widgets.theme import px
from widgets.times import clock_words

LATE_S: Final = 1.0  # what is confirmed sooner is no news behind another page
NOTHING_WAITS: Final = Notice(
    "Nothing is chosen that waits.", "Choose a message that is not confirmed: those stand first."
)
_ENTERS: Final = (int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter))


class _Reason(QLineEdit):
    """Why a message is given up. Enter gives it up; a closing takes Ctrl Enter."""

    given = Signal(bool)  # whether Ctrl was held

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is its own; nothing goes on to the window."""
        if event.key() not in _ENTERS:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.given.emit(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        event.accept()


class _ForChosen(KeyedButton):
    """A button for the chosen message; without one that waits a press says so."""

    def _ask(self, action_id: str | None = None, **more: object) -> None:
        if self._arguments is not None and self._arguments().get("message"):
            super()._ask(action_id, **more)
        else:
            self._deck.ask.tell(NOTHING_WAITS)


class _Opens(_ForChosen):
    """Opens the line where the reason is typed."""

    wanted = Signal()

    def _ask(self, action_id: str | None = None, **more: object) -> None:
        self.wanted.emit()


class OutboxPane(Page):
    """The messages, and what can be done to the chosen one."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("OUTBOX")
        self._deck = deck
        self._items: tuple[Item, ...] = ()
        self._chosen = ""
        self._giving_up = ""  # the message whose reason is being typed
        self.list = OutboxList(deck.desk.clock.now)
        self.reason = _Reason()
        self.books = Words(theme.SMALL, theme.SOFT, may_cut=True)
        self._build()
        self._connect()
        self._undo = [deck.desk.sale.watch(self._show), deck.desk.alarms.watch(self._show_alarms, now=False)]
        self.restyle()

    def _build(self) -> None:
        deck = self._deck
        self.retry_button = _ForChosen(
            deck, "outbox.retry", "RETRY NOW", arguments=self._message, shows_key=False, size=theme.SMALL
        )
        self.give_up_button = _Opens(deck, "outbox.give_up", "GIVE UP…", hold_s=0.0, shows_key=False, size=theme.SMALL)
        self.export_button = KeyedButton(deck, "outbox.export", "EXPORT", shows_key=False, size=theme.SMALL)
        self.end_button = _ForChosen(deck, "outbox.give_up", "GIVE UP", arguments=self._ending, shows_key=False,
                                     size=theme.SMALL, means=lambda: self._giving_up)  # fmt: skip
        self.keep_button = _Opens(deck, "outbox.give_up", "KEEP IT", hold_s=0.0, shows_key=False, size=theme.SMALL)
        for button, key in (
            (self.retry_button, "F7 twice, then N"), (self.give_up_button, "F7 twice, then Delete"),
            (self.export_button, "F7 twice, then E"), (self.keep_button, "Esc"),
        ):  # fmt: skip
            button.with_hint(key)
        self.reason.setAccessibleName("Why it is given up")
        self.reason.setMaxLength(200)
        self._at_rest = (self.list.story, self.retry_button, self.give_up_button, self.export_button)
        self._form = (self.reason, self.end_button, self.keep_button)
        self._foot = QHBoxLayout()
        for widget in (*self._at_rest, *self._form):
            self._foot.addWidget(widget, widget in (self.list.story, self.reason))
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self.list, 1)
        self._outer.addWidget(self.books)
        self._outer.addLayout(self._foot)

    def _connect(self) -> None:
        self.list.chosen.connect(self.choose)
        self.list.retry_wanted.connect(self._retry_by_key)
        self.list.give_up_wanted.connect(self.open_form)
        self.list.export_wanted.connect(self._export_by_key)
        self.give_up_button.wanted.connect(self.open_form)
        self.keep_button.wanted.connect(self.close_form)
        self.reason.given.connect(self._give_up_typed)
        self.reason.textChanged.connect(lambda _: self._show_form())
        self._show_form()

    def restyle(self) -> None:
        """Take the present scale."""
        self._outer.setContentsMargins(px(12), px(6), px(12), px(10))
        for layout in (self._outer, self._foot):
            layout.setSpacing(px(8))
        self.reason.setFont(theme.font(theme.BODY))
        for widget in (*self._at_rest, *self._form):
            widget.setFixedHeight(max(32, px(42)))  # all alike: the rows stay where they are when the form opens

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def tick(self, now: datetime, now_ns: int) -> None:
        """Let ages go on."""
        self._show_status(now)
        if self.isVisible():
            self.list.tick()

    def show_holds(self) -> None:
        """Follow what is held."""
        self.end_button.show_hold()

    def take_keyboard(self) -> None:
        """Give the keyboard to the list, or to the reason: F7 once more."""
        (self.reason if self._giving_up else self.list).setFocus()

    def leave(self) -> None:
        """Esc keeps the message."""
        self.close_form()

    def minimumSizeHint(self) -> QSize:
        """Two rows and the foot."""
        return QSize(px(300), px(150))

    def choose(self, id: str) -> None:
        """Make this the one that the buttons are for; a reason that was begun for another one is gone."""
        self._chosen = id
        if self._giving_up and id != self._giving_up:
            self.close_form()
        self._show(self._deck.desk.sale.value)

    def open_form(self) -> None:
        """Ask why the chosen message is given up."""
        line = self._pending(self._chosen)
        if line is None:
            self._deck.ask.tell(NOTHING_WAITS)
            return
        self._giving_up = line.id
        self._show_form()
        self.reason.setFocus()

    def close_form(self) -> None:
        """Give nothing up."""
        if self.reason.hasFocus():
            self.window().setFocus()
        self._giving_up = ""
        self.reason.clear()
        self._show_form()

    # --- what is asked ---

    def _message(self) -> dict[str, object]:
        line = self._pending(self._chosen)
        return {"message": line.id} if line is not None else {}

    def _retry_by_key(self) -> None:
        self._deck.ask("outbox.retry", Origin.KEY, self._message(), says_done=True)

    def _export_by_key(self) -> None:
        self._deck.ask("outbox.export", Origin.KEY, says_done=True)

    def _ending(self) -> dict[str, object]:
        line = self._pending(self._giving_up)
        if line is None:
            return {}
        knows = {"buyers_may_buy": True} if line.is_closing else {}
        return {"message": line.id, "reason": self.reason.text().strip(), **knows}

    def _give_up_typed(self, is_sure: bool) -> None:
        arguments = self._ending()
        if not is_sure:
            arguments.pop("buyers_may_buy", None)
        if arguments:
            self._deck.ask("outbox.give_up", Origin.KEY, arguments, says_done=True)

    # --- what is shown ---

    def _pending(self, id: str) -> OutboxLine | None:
        found = (item for item in self._items if isinstance(item, OutboxLine) and item.id == id)
        return next((line for line in found if not line.state.has_ended), None)

    def _show(self, sale: Sale) -> None:
        self._items = items_of(sale)
        if self._chosen not in map(id_of, self._items):
            self._chosen = id_of(self._items[0]) if self._items else ""
        if self._giving_up and self._pending(self._giving_up) is None:
            self.close_form()  # it has ended meanwhile, or was given up
        self.list.show_items(self._items, self._chosen)
        self.books.setVisible(sale.books is not None)
        if sale.books is not None:
            self.books.say(*books_said(sale.books))
        face = Face.PLAIN if self._pending(self._chosen) is not None else Face.OFF
        self.retry_button.be("outbox.retry", "RETRY NOW", face=face)
        self.give_up_button.be("outbox.give_up", "GIVE UP…", face=face)
        self._show_status(self._deck.desk.clock.now())

    def _show_form(self) -> None:
        line = self._pending(self._giving_up)
        for widgets, is_seen in ((self._at_rest, line is None), (self._form, line is not None)):
            for widget in widgets:
                widget.setVisible(is_seen)
        if line is None:
            return
        key = "Ctrl Enter" if line.is_closing else "Enter"
        self.reason.setPlaceholderText(f"Why? {key} gives it up")
        self.reason.setToolTip(f"Why {line.what} is given up\nKey: {key} gives it up, Esc keeps it")
        self.end_button.with_hint(f"{key}, in the field")
        is_ready = bool(self.reason.text().strip())
        face = Face.OFF if not is_ready else Face.RED_LINE if line.is_closing else Face.AMBER_LINE
        title = "BUYERS MAY BUY: GIVE UP" if line.is_closing else "GIVE UP"
        self.end_button.be("outbox.give_up", title, "hold", face=face)

    def _show_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        self._show_status(self._deck.desk.clock.now())

    def _show_status(self, now: datetime) -> None:
        if any(alarm.kind == "shop.contradicts" for alarm in self._deck.desk.alarms.value):
            self.say_mark("▲", theme.RED_SOFT)
            self._say("▲ the shop contradicts itself", "▲ contradiction", "▲", colour=theme.RED_SOFT)
            return
        lines = [item for item in self._items if isinstance(item, OutboxLine) and not item.state.has_ended]
        late_s = max((line.age_s(now) for line in lines), default=0.0)
        if late_s < LATE_S:
            self.say_mark(*NO_MARK)
            self._say("all confirmed" if self._items and not lines else "")
            return
        self.say_mark(f"■ {min(len(lines), 99)}", theme.AMBER_SOFT)
        asking = sum(line.state is LineState.ASKING for line in lines)
        how = f"{asking} asked about" if asking == len(lines) else f"{len(lines)} waiting"
        self._say(f"■ {how}, for {clock_words(late_s)}", f"■ {how}", f"■ {len(lines)}", colour=theme.AMBER_SOFT)

    def _say(self, *texts: str, colour: QColor = theme.SOFT) -> None:
        """Beside the tabs, with the page's name: it has no tab."""
        named = tuple(f"OUTBOX · {text}" if text else "OUTBOX" for text in texts)
        self.say_status(*named, *texts, colour=colour)


def books_said(books: Books) -> tuple[str, QColor]:
    """How the shop's books are, with a sign: "✓ books right 12:04:05: 50 = 12 sold + 3 held + 35 left"."""
    at = f" {books.at.astimezone():%H:%M:%S}" if books.at is not None else ""
    if books.wrong:
        return f"▲ BOOKS WRONG{at}: {'; '.join(books.wrong)}", theme.RED_SOFT
    if books.at is None:
        return "○ the shop has not counted its books yet", theme.SOFT
    return f"✓ books right{at}: {books.words}", theme.GREEN_SOFT
