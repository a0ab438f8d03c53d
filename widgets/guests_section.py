"""GUESTS: who makes each guest's N-1, the way of the sound, and its tests. Qt thread only; it shows and asks."""

from functools import partial
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from console.audio.state import Sound
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.desk.view import Notice
from widgets import theme
from widgets.ask import Deck
from widgets.camera_buttons import KeyedButton, OwnButton
from widgets.chooser import Chooser
from widgets.controls import Face
from widgets.guest_answers import Answers, Renaming, answers_of, arguments_of, renaming_of, stops_sound, way_of
from widgets.leak_lamp import figures_of, lamp_of
from widgets.theme import CENTRE, draw_text, draw_wrapped, px, width_of

NEW: Final = "+ new"
_TO_DO: Final = "Name them, say where they are, then SAVE."
_NAME_PX: Final = 76  # of the chosen guest, at 1920x1080
QUESTION: Final = "Who makes the N-1?"
_MADE: Final = {"cuedrop": "CUEDROP", "elsewhere": "CALL SOFTWARE"}
_COLOURS: Final = {
    Face.GREEN: theme.GREEN_SOFT, Face.RED: theme.RED_SOFT, Face.AMBER: theme.AMBER_SOFT, Face.OFF: theme.SOFT,
}  # fmt: skip


class GuestField(QLineEdit):
    """One answer; Enter saves all of them."""

    wanted = Signal()
    turned = Signal()  # the other answer to the question

    def __init__(self, name: str, help: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setMaxLength(80)
        self.setToolTip(f"{help}\nKey: Tab to it, ↑ or ↓ who makes the N-1, Enter saves, Esc leaves")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter saves, ↑ and ↓ turn the answer over; nothing goes on to the window."""
        if event.key() in (int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter)):
            self.wanted.emit()
        elif event.key() in (int(Qt.Key.Key_Up), int(Qt.Key.Key_Down)):
            self.turned.emit()
        else:
            super().keyPressEvent(event)
        event.accept()


class GuestsSection(QWidget):
    """One guest at a time: the question, the answers, the way of the sound or what was found, the tests."""

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._chosen = ""  # the name of the return; "" for a new one
        self._next = ""  # the name that it is to have
        self._is_new = False
        self._made_by = "cuedrop"
        self._kept: Answers | None = None  # what the fields were filled from
        self._answer: tuple[str, QColor] = ("", theme.SOFT)
        self._question = self._way = self._lamp = QRect()
        self._labels: list[tuple[QRect, str]] = []
        self.guest = Chooser("Guest", size=theme.SMALL)
        self.made = {
            kind: OwnButton(deck, "guest.set", words, partial(self._make, kind), size=theme.SMALL)
            for kind, words in _MADE.items()
        }
        self.name = GuestField("Name", "The guest's name; another one renames them")
        self.voice = GuestField(
            "Own channel",
            "The channel of the guest's own voice: it is left out of what they hear. A new name renames it",
        )
        self.inputs = GuestField("Inputs", "Device inputs on which their voice comes, from 1: 3, or 3 4")
        self.ports = GuestField("Outputs", "Device outputs that lead to the guest, from 1: 3, or 3 4")
        self.save = OwnButton(deck, "guest.set", "SAVE", lambda: self._save(Origin.BUTTON), size=theme.SMALL)
        self.test = OwnButton(deck, "return.test", "TEST", lambda: self._try("return.test"), size=theme.SMALL)
        self.line = OwnButton(deck, "line.test", "LINE TEST", lambda: self._try("line.test"), size=theme.SMALL)
        self.add = OwnButton(deck, "guest.set", "ADD", self._add, size=theme.SMALL)
        self.undo = OwnButton(deck, "sound.undo", "UNDO", self._take_back, size=theme.SMALL)
        self.remove = KeyedButton(deck, "guest.remove", "REMOVE", size=theme.SMALL, shows_key=False, hold_s=1.0,
                                   arguments=lambda: {"return": self._chosen})  # fmt: skip
        self._fields = (self.name, self.voice, self.inputs, self.ports)
        self._left: tuple[KeyedButton, ...] = (self.add, self.undo)
        self._right: tuple[KeyedButton, ...] = (self.test, self.line, self.remove)
        for answer in self.made.values():
            answer.with_hint("↑ or ↓ in one of the fields")
        self.save.with_hint("Enter in one of the fields")
        self.add.with_hint("Tab to the guest's name, ← and → up to + new")
        for button in (self.test, self.line, self.undo, self.remove):
            button.with_key("")
        for widget in (self.guest, *self.made.values(), *self._fields, self.save, *self._left, *self._right):
            widget.setParent(self)
        self.guest.stepped.connect(self._step)
        for field in self._fields:
            field.wanted.connect(lambda: self._save(Origin.KEY))
            field.turned.connect(lambda: self._make("elsewhere" if self._made_by == "cuedrop" else "cuedrop"))
            field.textEdited.connect(lambda _: self._show_answers())
        self.setAccessibleName("Guests")

    @property
    def words(self) -> str:
        """What it says of the chosen guest, or the answer to the last test."""
        return self._answer[0] or self._said()[0]

    def take_keyboard(self) -> None:
        """The chooser of guests has it."""
        self.guest.setFocus()

    def show_sound(self, sound: Sound) -> None:
        """Follow the desk; what is being typed stays."""
        names = [made_for.name for made_for in sound.returns]
        if self._chosen not in names and self._next in names:  # renamed
            self._chosen, self._kept = self._next, None
        if self._chosen not in names and not self._is_new:
            self._chosen = names[0] if names else ""
            self._is_new = not names
            self._answer = ("", theme.SOFT)
        kept = self._of_show()
        if kept != self._kept:
            self._fill(kept)
        self._show_answers()

    def _of_show(self) -> Answers:
        return Answers() if self._is_new else answers_of(self._deck.desk.show.value.audio, self._chosen)

    def _fill(self, kept: Answers) -> None:
        self._kept = kept
        self._type(kept)

    def _type(self, answers: Answers) -> None:
        self._made_by = answers.made_by
        texts = (answers.name, answers.voice, answers.inputs, answers.ports)
        for field, text in zip(self._fields, texts, strict=True):
            if field.text() != text:
                field.setText(text)
                field.setCursorPosition(0)

    def _typed(self) -> Answers:
        return Answers(self.name.text().strip(), self._made_by, self.voice.text().strip(), self.inputs.text().strip(),
                       self.ports.text().strip())  # fmt: skip

    # --- what is done ---

    def _step(self, step: int) -> None:
        names = [made_for.name for made_for in self._deck.desk.sound.value.returns]
        places = [*names, ""]
        here = len(names) if self._is_new else names.index(self._chosen) if self._chosen in names else 0
        self.choose(places[(here + step) % len(places)])

    def choose(self, name: str) -> None:
        """Show a guest, or with "" ask for a new one."""
        self._chosen, self._is_new = name, not name
        self._kept, self._next, self._answer = None, "", ("", theme.SOFT)
        self.show_sound(self._deck.desk.sound.value)

    def _add(self) -> None:
        """A new guest: their name comes first."""
        self.choose("")
        self.name.setFocus()

    def _take_back(self) -> None:
        self._deck.ask("sound.undo", Origin.BUTTON, heard=self._heard)

    def _make(self, kind: str) -> None:
        """The answer to the question; it is the show's when it is saved."""
        if kind != self._made_by:
            self._made_by = kind
            self.ports.setText(self._kept.ports if self._kept and self._kept.made_by == kind else "")
        self._show_answers()

    def _renaming(self) -> Renaming:
        channels = {channel.name for channel in self._deck.desk.sound.value.channels}
        return renaming_of(self._typed(), self._kept or Answers(), channels)

    def _save(self, origin: Origin) -> None:
        renaming = self._renaming()
        self._next = renaming.after.name
        self._go_on(renaming, 0, origin, Outcome.done())

    def _go_on(self, renaming: Renaming, number: int, origin: Origin, outcome: Outcome) -> None:
        """One request after the other; the rest of the answers last."""
        if outcome.result is not Result.DONE:
            self._heard(outcome)
        elif number < len(renaming.requests):
            action_id, arguments = renaming.requests[number]
            heard = partial(self._go_on, renaming, number + 1, origin)
            self._deck.ask(action_id, origin, arguments, heard=heard)
        elif renaming.requests and renaming.after == renaming.before:
            self._saved(renaming.after.name, outcome)
        else:
            self._set(renaming, origin)

    def _set(self, renaming: Renaming, origin: Origin) -> None:
        arguments = arguments_of(renaming.after, renaming.before)
        if isinstance(arguments, Notice):
            self._say(f"{arguments.what} {arguments.fix}", theme.AMBER_SOFT)
            return
        heard = partial(self._was_set, renaming.after)
        new = {"new": True} if self._is_new else {}
        self._deck.ask("guest.set", origin, {**arguments, **new}, heard=heard)

    def _was_set(self, after: Answers, outcome: Outcome) -> None:
        self._saved(after.name, outcome)
        if outcome.result is not Result.DONE:  # a renaming before it may have filled the fields anew: to be mended
            self._type(after)
            self._show_answers()

    def _saved(self, name: str, outcome: Outcome) -> None:
        if outcome.result is Result.DONE:
            self._chosen, self._is_new, self._kept = name, False, None
            self.show_sound(self._deck.desk.sound.value)
        self._heard(outcome)

    def _try(self, action_id: str) -> None:
        if not self._chosen:
            self._say(f"There is no guest yet. {_TO_DO}", theme.AMBER_SOFT)
            return
        self._say("listening…" if action_id == "return.test" else "a tone is played to them…", theme.AMBER_SOFT)
        self._deck.ask(action_id, Origin.BUTTON, {"return": self._chosen}, heard=self._heard)

    def _heard(self, outcome: Outcome) -> None:
        is_done = outcome.result is Result.DONE
        self._say(f"{'✓' if is_done else '▲'} {outcome.why or 'done'} {outcome.fix}".strip(),
                  theme.GREEN_SOFT if is_done else theme.RED_SOFT)  # fmt: skip

    def _say(self, words: str, colour: QColor) -> None:
        self._answer = (words, colour)
        self._show_answers()

    # --- what is shown ---

    def _show_answers(self) -> None:
        self.guest.say(theme.elided(self._chosen or NEW, px(_NAME_PX), theme.SMALL, theme.STRONG))
        for kind, button in self.made.items():
            is_it = kind == self._made_by
            button.be("guest.set", f"✓ {_MADE[kind]}" if is_it else _MADE[kind],
                      face=Face.MAIN if is_it else Face.PLAIN)  # fmt: skip
            button.speak(f"{QUESTION} {_MADE[kind].capitalize()}{', chosen' if is_it else ''}")
        is_changed = self._kept is None or self._typed() != self._kept
        renaming = self._renaming()
        is_name = bool(renaming.requests) and renaming.after == renaming.before
        self.save.be("guest.set", "RENAME" if is_name else "SAVE", face=Face.GREEN if is_changed else Face.OFF)
        face = Face.OFF if self._is_new else Face.PLAIN
        for each in (self.add, *self._right):
            each.be(each.action_id, each.title, "hold" if each is self.remove else "", face=face)
        self.undo.show_enabled()
        self.setAccessibleDescription(self.words)
        self._place()
        self.update()

    def _said(self) -> tuple[str, QColor]:
        """What SAVE costs, or what is known of the chosen guest."""
        typed, kept = self._typed(), self._kept or Answers()
        if typed.name and typed != kept and stops_sound(typed, kept):
            return "■ SAVE stops the sound for about a second.", theme.AMBER_SOFT
        return self._finding()

    def _finding(self) -> tuple[str, QColor]:
        """What the lamp of the chosen guest says, with its figures."""
        sound = self._deck.desk.sound.value
        made_for = next((one for one in sound.returns if one.name == self._chosen), None)
        if made_for is None:
            return _TO_DO, theme.SOFT
        words, face = lamp_of(made_for, is_heard=sound.link.is_up)
        figures = figures_of(made_for, is_heard=sound.link.is_up)
        sign = {Face.GREEN: "✓", Face.RED: "▲", Face.AMBER: "■"}.get(face, "○")
        return f"{sign} {words}{f' · {figures}' if figures else ''}", _COLOURS[face]

    # --- where things are ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The question, the answers, the way, the tests."""
        self._place()

    @staticmethod
    def _row_px() -> int:
        return max(32, px(38))

    def _place(self) -> None:
        row, gap, small = self._row_px(), px(5), theme.line_height(theme.SMALL)
        guest = px(_NAME_PX) + 2 * px(24)
        self.guest.setGeometry(0, 0, guest, row)
        right = self.width()
        for kind in reversed(_MADE):
            width = width_of(f"✓ {_MADE[kind]}", theme.SMALL, theme.BOLD) + 2 * px(9)
            right -= width
            self.made[kind].setGeometry(right, 0, width, row)
            right -= gap
        self._question = QRect(guest + px(8), 0, max(0, right - guest - px(10)), row)
        y = row + gap + small
        save = width_of("RENAME", theme.SMALL, theme.BOLD) + 2 * px(9)
        shown = self._fields
        width = (self.width() - save - gap * len(shown)) // len(shown)
        self._labels = []
        for index, field in enumerate(shown):
            field.setFont(theme.font(theme.BODY))
            field.setGeometry(index * (width + gap), y, width, row)
            self._labels.append((QRect(index * (width + gap), y - small, width, small), self._label(field)))
        self.save.setGeometry(self.width() - save, y, save, row)
        foot, top = self.height() - row, y + row + gap
        x = 0
        for button in self._left:
            button.setGeometry(x, foot, button.sizeHint().width(), row)
            x += button.sizeHint().width() + gap
        x = self.width()
        for button in reversed(self._right):
            x -= button.sizeHint().width()
            button.setGeometry(x, foot, button.sizeHint().width(), row)
            x -= gap
        self._lamp = QRect(0, max(top, foot - gap - small), self.width(), small)
        self._way = QRect(0, top, self.width(), max(0, self._lamp.top() - top - px(2)))

    def _label(self, field: GuestField) -> str:
        if field is self.ports:
            return "outputs" if self._made_by == "cuedrop" else "loopback inputs"
        return field.accessibleName().lower()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the question, the labels, the way or the answer, and what was found."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_text(painter, self._question, QUESTION, theme.SMALL, theme.TEXT, weight=theme.STRONG, may_cut=True)
        for rect, label in self._labels:
            draw_text(painter, rect, label, theme.SMALL, theme.FAINT, may_cut=True)
        finding, colour = self._said()
        draw_text(painter, self._lamp, finding, theme.SMALL, colour, weight=theme.BOLD, may_cut=True)
        words, ink = self._answer
        if words and theme.wrapped_height(words, self._way.width(), theme.SMALL) <= self._way.height():
            draw_wrapped(painter, self._way, words, theme.SMALL, ink)
        elif words:
            draw_text(painter, self._way, words, theme.SMALL, ink, may_cut=True)
        elif self._way.height() >= 2 * theme.line_height(theme.SMALL):
            self._paint_way(painter)
        painter.end()

    def _paint_way(self, painter: QPainter) -> None:
        """Three boxes and two arrows."""
        small, arrow = theme.line_height(theme.SMALL), px(26)
        way = way_of(self._typed())
        width = (self._way.width() - arrow * (len(way) - 1)) // len(way)
        height = min(self._way.height(), 2 * small + px(8))
        top = self._way.top() + (self._way.height() - height) // 2
        for index, (what, where) in enumerate(way):
            rect = QRect(index * (width + arrow), top, width, height)
            theme.box(painter, rect, theme.WELL, theme.LINE, radius=px(5))
            inner = rect.adjusted(px(4), (height - 2 * small) // 2, -px(4), 0)
            upper = QRect(inner.left(), inner.top(), inner.width(), small)
            draw_text(painter, upper, what, theme.SMALL, theme.TEXT, weight=theme.STRONG, align=CENTRE, may_cut=True)
            draw_text(painter, upper.translated(0, small), where, theme.SMALL, theme.SOFT, align=CENTRE, may_cut=True)
            if index:
                between = QRect(rect.left() - arrow, top, arrow, height)
                draw_text(painter, between, "→", theme.BODY, theme.SOFT, align=CENTRE)
