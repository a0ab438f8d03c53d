"""Drops from another show's file: what it comes to is listed first, then it is done. Qt thread only."""

from functools import partial
from typing import Final

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.core.outcome import Outcome, Result
from widgets import theme
from widgets.ask import AskOnce, Deck
from widgets.camera_buttons import OwnButton
from widgets.controls import Face
from widgets.theme import draw_wrapped, px

_HOW: Final = "Type the path of the other show's file. Enter lists what would be copied, nothing is written by that."
_AGAIN: Final = "Enter again, or COPY, to copy them."


class _Told(QWidget):
    """Words over as many lines as they need."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self._colour = "", theme.SOFT

    def say(self, words: str, colour: QColor = theme.SOFT) -> None:
        """Show `words`."""
        self.words, self._colour = words, colour
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is room for."""
        painter = QPainter(self)
        words = self.words
        while words and theme.wrapped_height(words, self.width(), theme.BODY) > self.height():
            words = words.rsplit(" ", 1)[0].removesuffix("…") + "…" if " " in words else ""
        draw_wrapped(painter, QRect(0, 0, self.width(), self.height()), words, theme.BODY, self._colour)
        painter.end()


class CopyForm(QWidget):
    """A path, how many days later the dates are to be, and what came of looking."""

    closed = Signal(str)

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._ask = AskOnce(deck.ask)
        self._looked: tuple[str, int] | None = None
        self.path = self._field("Path of the other show's file", 1_000)
        self.days = self._field("Days later", 5)
        self.told = _Told()
        self.copy_button = OwnButton(deck, "queue.copy", "LOOK", self.go_on, size=theme.SMALL).with_hint("Enter")
        self.keep_button = OwnButton(deck, "queue.copy", "CANCEL", self.leave, size=theme.SMALL).with_hint("Esc")
        self._upper = QHBoxLayout()
        self._upper.addWidget(self.path, 1)
        for widget in (self.days, self.keep_button, self.copy_button):
            self._upper.addWidget(widget)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.addLayout(self._upper)
        self._outer.addWidget(self.told, 1)
        self.restyle()

    def _field(self, name: str, most: int) -> QLineEdit:
        field = QLineEdit()
        field.setMaxLength(most)
        field.setPlaceholderText(name)
        field.setAccessibleName(name)
        field.setToolTip(f"{name}\nKey: Tab to it · Enter lists what would be copied, again copies it")
        field.returnPressed.connect(self.go_on)
        field.textChanged.connect(lambda _: self._forget())
        return field

    def restyle(self) -> None:
        """Take the present scale."""
        for layout in (self._outer, self._upper):
            layout.setSpacing(px(6))
        for field in (self.path, self.days):
            field.setFont(theme.font(theme.BODY))
        self.days.setFixedWidth(px(110))
        for widget in (self.path, self.days, self.copy_button, self.keep_button):
            widget.setFixedHeight(max(32, px(38)))

    def open(self) -> None:
        """Show it with what was typed before, and the keyboard in the path."""
        self._forget()
        self.path.setFocus()

    def leave(self) -> None:
        """Esc copies nothing."""
        self._close()

    def go_on(self) -> None:
        """Look first; what was looked at is copied at the second time."""
        path, days = self.path.text().strip(), self._days()
        if not path or days is None:
            self.told.say("Type a path." if not path else "Days are a whole number, like 7.", theme.RED_SOFT)
            return
        is_second = self._looked == (path, days)
        arguments = {"show": path, "days": days, "only_look": not is_second}
        self._ask("queue.copy", arguments, heard=self._copied if is_second else partial(self._seen, (path, days)))

    def _days(self) -> int | None:
        text = self.days.text().strip() or "0"
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdigit() else None

    def _seen(self, looked: tuple[str, int], outcome: Outcome) -> None:
        if looked != (self.path.text().strip(), self._days()):
            return  # another one is typed by now
        if outcome.result in (Result.REFUSED, Result.FAILED):
            self.told.say(f"{outcome.why} {outcome.fix}".strip(), theme.RED_SOFT)
            return
        self._looked = looked
        self.told.say(f"{_AGAIN} {outcome.why}", theme.AMBER_SOFT)
        self.copy_button.be("queue.copy", "COPY", face=Face.GREEN)

    def _copied(self, outcome: Outcome) -> None:
        if outcome.result in (Result.REFUSED, Result.FAILED):
            self.told.say(f"{outcome.why} {outcome.fix}".strip(), theme.RED_SOFT)
        else:
            self._close()

    def _forget(self) -> None:
        """What is typed now was not looked at."""
        self._looked = None
        self.told.say(_HOW)
        self.copy_button.be("queue.copy", "LOOK", face=Face.PLAIN)

    def _close(self) -> None:
        self._ask.forget()
        if self.isAncestorOf(self.window().focusWidget() or self.window()):
            self.window().setFocus()
        self.closed.emit("")
