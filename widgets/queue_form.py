"""The form of a drop: a new one from nothing, from a template or like another; or one that is there. Qt thread only.

It shows and asks: what is typed is read by queue_values, and whether it can be is the desk's to say.
"""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from console.core.errors import UserError
from console.core.outcome import Outcome, Result
from console.settings.show import Drop
from console.show.drops import templates_of
from widgets import theme
from widgets.ask import AskOnce, Deck
from widgets.camera_buttons import OwnButton
from widgets.chooser import Chooser
from widgets.controls import Face, Words
from widgets.queue_values import given_of, typed_of
from widgets.theme import px

ENTERS: Final = (int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter))
_POINTS: Final = "Talking points, one a line"
_ROWS: Final = (  # name, what it is called, how wide
    (("title", "Title", 0), ("price", "Price", 110), ("stock", "Pieces", 76), ("duration_s", "Minutes", 96),
     ("per_buyer", "Per buyer", 108)),
    (("scene", "Scene", 0), ("start", "Start", 110), ("countdown_s", "Countdown", 110)),
)  # fmt: skip
_FIELDS: Final = tuple(each for row in _ROWS for each in row)
_HELP: Final = {  # said below while the field has the keyboard: a value alone does not say what it is
    "title": "Title: what is sold.",
    "price": 'Price of a piece, like "19" or "19.00 EUR".',
    "stock": "Pieces, sold ones too.",
    "duration_s": 'Minutes that it is on sale, like "5" or "2:30", or "sold out".',
    "per_buyer": "Pieces that one buyer may have.",
    "scene": "Scene of OBS that is taken when the shop has opened it; empty: none.",
    "start": 'Start: by "hand", with its "cue", or at a time of day like "20:15".',
    "countdown_s": "Countdown after FIRE, 10 to 300 seconds; empty: none.",
}


class _Field(QLineEdit):
    """One value to type."""

    focused = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Its keys act now."""
        super().focusInEvent(event)
        self.focused.emit()


class Points(QPlainTextEdit):
    """Talking points, one a line. Ctrl Enter saves, Tab goes on."""

    saved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setPlaceholderText(_POINTS)
        self.setAccessibleName(_POINTS)
        self.setToolTip(f"{_POINTS}\nKey: Tab to it · Ctrl Enter saves")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl Enter is its own."""
        if event.key() in ENTERS and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if not event.isAutoRepeat():
                self.saved.emit()
            return
        super().keyPressEvent(event)


class QueueForm(QWidget):
    """Fields, a way out, and what is wrong. `closed` says which drop was saved, or ""."""

    closed = Signal(str)
    copy_wanted = Signal()

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._ask = AskOnce(deck.ask)
        self._item: Drop | None = None  # the drop that is edited; None: a new one
        self._likes: tuple[Drop, ...] = ()
        self._like = -1  # which of them a new one is like; -1: none
        self._shown: dict[str, str] = {}
        self._is_wrong = False  # what was typed last; said until something else is typed
        self.fields = {name: self._field(name, label) for name, label, _ in _FIELDS}
        self.points = Points()
        self.points.saved.connect(self.save)
        self.like = Chooser("What the new drop is like", size=theme.SMALL)
        self.like.stepped.connect(self._step)
        self.answer = Words(theme.SMALL, theme.AMBER_SOFT, may_cut=True)
        self._make_buttons()
        self._build()

    def _field(self, name: str, label: str) -> QLineEdit:
        field = _Field()
        field.focused.connect(lambda: self._say_help(name))
        field.textEdited.connect(lambda _: self._say_help(name, is_typed=True))
        field.setMaxLength(200 if name == "scene" else 80)
        field.setPlaceholderText(label)
        field.setAccessibleName(label)
        field.setToolTip(f"{_HELP[name]}\nKey: Tab to it · Enter saves")
        field.returnPressed.connect(self.save)
        return field

    def _make_buttons(self) -> None:
        deck = self._deck
        self.save_button = OwnButton(deck, "drop.add", "SAVE", self.save, size=theme.SMALL).with_hint("Enter")
        self.keep_button = OwnButton(deck, "drop.add", "CANCEL", partial(self.close_form, ""), size=theme.SMALL)
        self.keep_button.with_hint("Esc")
        self.copy_button = OwnButton(deck, "queue.copy", "FROM ANOTHER SHOW…", self.copy_wanted.emit, size=theme.SMALL)
        self.template_button = OwnButton(
            deck, "drop.keep_template", "KEEP AS TEMPLATE", self._keep_template, size=theme.SMALL
        )
        for button in (self.copy_button, self.template_button):
            button.with_hint("Tab to it")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.buttons = (self.like, self.copy_button, self.template_button, self.keep_button, self.save_button)

    def _build(self) -> None:
        self._rows, self._foot = tuple(QHBoxLayout() for _ in _ROWS), QHBoxLayout()
        for layout, row in zip(self._rows, _ROWS, strict=True):
            for name, _, width in row:
                layout.addWidget(self.fields[name], 0 if width else 1)
        self._foot.addWidget(self.like)
        self._foot.addWidget(self.copy_button)
        self._foot.addWidget(self.template_button)
        self._foot.addStretch(1)
        self._foot.addWidget(self.keep_button)
        self._foot.addWidget(self.save_button)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        for layout in self._rows:
            self._outer.addLayout(layout)
        self._outer.addWidget(self.points, 1)
        self._outer.addWidget(self.answer)
        self._outer.addLayout(self._foot)
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        for layout in (self._outer, *self._rows, self._foot):
            layout.setSpacing(px(6))
        for name, _, width in _FIELDS:
            self.fields[name].setFont(theme.font(theme.BODY))
            self.fields[name].setFixedHeight(max(32, px(38)))
            if width:
                self.fields[name].setFixedWidth(px(width))
        self.points.setFont(theme.font(theme.BODY))
        for widget in self.buttons:
            widget.setFixedHeight(max(32, px(38)))

    @property
    def title(self) -> str:
        """What it is open for."""
        return f"EDIT {self._item.title}" if self._item is not None else "NEW DROP"

    def open(self, item: Drop | None, *, like: str = "") -> None:
        """Show `item` to be edited, or an empty form for a new drop like the drop or template `like`."""
        show = self._deck.desk.show.value
        self._item = item
        self._likes = (*templates_of(show), *show.drops)
        self._like = next((n for n, each in enumerate(self._likes) if each.id == like), -1)
        for button, is_seen in (
            (self.like, item is None), (self.copy_button, item is None), (self.template_button, item is not None),
        ):  # fmt: skip
            button.setVisible(is_seen)
        self.save_button.be("drop.add" if item is None else "drop.edit", "SAVE", face=Face.GREEN)
        self.answer.say("")
        self._is_wrong = False
        self._fill(item, everything=True)
        self.fields["title"].setFocus()

    def leave(self) -> None:
        """Esc throws away what was typed."""
        self.close_form("")

    def close_form(self, saved: str) -> None:
        """Close it; the keys are the show's again."""
        self._ask.forget()
        if self.isAncestorOf(self.window().focusWidget() or self.window()):
            self.window().setFocus()
        self.closed.emit(saved)

    def save(self) -> None:
        """Ask for what is typed; nothing typed is no press."""
        try:
            given = given_of(self._typed(), self._shown, currency=self._deck.desk.sale.value.currency)
        except UserError as error:
            self._say(error.what, error.fix)
            return
        if self._item is not None:
            self._ask("drop.edit", {"drop": self._item.id, **given}, heard=self._heard)
        elif not self.fields["title"].text().strip():
            self._say("A drop needs a title.", "Type it.")
        else:
            like = {"like": self._likes[self._like].id} if self._like >= 0 else {}
            title = self.fields["title"].text().strip()
            self._ask("drop.add", {**like, **given, "title": title}, heard=self._heard)

    def _keep_template(self) -> None:
        if self._item is not None:
            name = self.fields["title"].text().strip() or self._item.title
            self._ask("drop.keep_template", {"drop": self._item.id, "name": name[:60]}, heard=self._heard)

    def _heard(self, outcome: Outcome) -> None:
        if outcome.result in (Result.REFUSED, Result.FAILED):
            self._say(outcome.why, outcome.fix)
        else:
            self.close_form(self._item.id if self._item is not None else self._newest())

    def _newest(self) -> str:
        drops = self._deck.desk.show.value.drops
        return drops[-1].id if drops else ""

    def _say(self, what: str, fix: str) -> None:
        self._is_wrong = True
        self.answer.say(f"{what} {fix}".strip(), theme.RED_SOFT)

    def _say_help(self, name: str, *, is_typed: bool = False) -> None:
        self._is_wrong = self._is_wrong and not is_typed
        if not self._is_wrong:
            self.answer.say(_HELP[name], theme.SOFT)

    # --- what is shown ---

    def _step(self, step: int) -> None:
        """Another template, or none; a title that was typed stays."""
        self._like = (self._like + 1 + step) % (len(self._likes) + 1) - 1
        self._fill(self._likes[self._like] if self._like >= 0 else None, everything=False)

    def _fill(self, item: Drop | None, *, everything: bool) -> None:
        """Show what `item` has, or the one that a new drop is like: a title and talking points of its own."""
        like = self._likes[self._like] if self._item is None and self._like >= 0 else None
        source = item or like
        typed = typed_of(source) if source is not None else {}
        is_new = self._item is None
        self._shown = {
            name: text for name, text in typed.items() if not (is_new and name in ("title", "talking_points"))
        }
        for name, field in self.fields.items():
            if everything or name != "title":
                field.setText(self._shown.get(name, ""))
        self.points.setPlainText(self._shown.get("talking_points", ""))
        kinds = source.variants if source is not None else ()
        self.fields["stock"].setEnabled(not kinds)
        self.fields["stock"].setPlaceholderText(f"{sum(kind.stock for kind in kinds)}" if kinds else "Pieces")
        self.like.say(f"like {theme.elided(like.title, px(150), theme.SMALL)}" if like is not None else "from nothing")

    def _typed(self) -> dict[str, str]:
        typed = {name: field.text() for name, field in self.fields.items()}
        return {**typed, "talking_points": self.points.toPlainText()}
