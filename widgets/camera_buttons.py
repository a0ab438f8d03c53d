"""The buttons of the CAMERAS page and of its form: each says how it is reached without a mouse. Qt thread only."""

from collections.abc import Callable
from typing import Self

from PySide6.QtCore import Signal

from console.desk.view import Notice
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Face


class KeyedButton(ActionButton):
    """A button whose key acts while the list has the keyboard, or none but the palette's."""

    _says_done = True
    _hint = ""
    _spoken = ""

    def with_key(self, key: str) -> Self:
        """Say this of its key."""
        return self.with_hint(f"F5 twice, then {key}" if key else "Ctrl K, then a few letters of it")

    def with_hint(self, words: str) -> Self:
        """Say how it is reached without a mouse."""
        self._hint = f"Key: {words}"
        self._name_anew()
        return self

    def speak(self, words: str) -> None:
        """Say these words to a screen reader and in the tooltip, in place of its title."""
        if words != self._spoken:
            self._spoken = words
            self._name_anew()

    def _name_anew(self) -> None:
        action = self._deck.desk.actions.get(self.action_id)
        self._name_it(action.help if action else "")

    def _name_it(self, help: str) -> None:
        super()._name_it(help)
        lines = self.toolTip().split("\n")
        if self._spoken:
            self.setAccessibleName(self._spoken)
            lines[0] = self._spoken
        if self._hint:
            self.setAccessibleDescription(self._hint)
            lines[-1] = self._hint
        self.setToolTip("\n".join(lines))


class OwnButton(KeyedButton):
    """A button that does something of the page's own before, or instead of, asking."""

    def __init__(
        self, deck: Deck, action_id: str, title: str, do: Callable[[], None], *,
        means: Callable[[], object] | None = None, size: float = theme.BODY,
    ) -> None:  # fmt: skip
        self._do = do
        super().__init__(deck, action_id, title, means=means, size=size, shows_key=False)

    def _ask(self, action_id: str | None = None, **more: object) -> None:
        self._do()


class ChosenButton(KeyedButton):
    """A button for the chosen camera; without one a press says what to do."""

    def _ask(self, action_id: str | None = None, **more: object) -> None:
        if self._arguments is not None and self._arguments().get("camera"):
            super()._ask(action_id, **more)
        else:
            self._deck.ask.tell(Notice("There is no camera yet.", "FIND looks for cameras, ADD takes an address."))


class FormButton(ActionButton):
    """A button of the form: a press does what its key does, with what is typed; the desk may say no then."""

    pressed_it = Signal()

    def __init__(self, deck: Deck, action_id: str, title: str, key: str, *, face: Face = Face.PLAIN) -> None:
        self._field_key = key
        super().__init__(deck, action_id, title, face=face, shows_key=False)

    def show_keys(self, has_keyboard: bool, title: str, *, action_id: str = "", face: Face | None = None) -> None:
        """Say the key: it acts while a field has the keyboard, and F5 gives it that."""
        self.be(action_id or self.action_id, title, f"{'' if has_keyboard else 'F5, '}{self._field_key}", face=face)

    def show_enabled(self) -> None:
        """What is typed can always be tried, kept or thrown away."""

    def _name_it(self, help: str) -> None:
        super()._name_it(help)
        self.setAccessibleDescription(f"Key: {self._field_key}, in a field")
        self.setToolTip(f"{self._title.capitalize()} what is typed\nKey: {self._field_key}, in a field")

    def _ask(self, action_id: str | None = None, **more: object) -> None:
        self.pressed_it.emit()
