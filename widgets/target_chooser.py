"""The loudness that the programme is to have: one of the usual, or one that is typed. Qt thread only; LUFS."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent

from widgets import theme
from widgets.chooser import Chooser

TARGETS_LUFS: Final = (-14.0, -16.0, -23.0)
LEAST_LUFS: Final = -40.0
MOST_LUFS: Final = -5.0
_ENTERS: Final = (int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter))
_MOST_TYPED: Final = 5


class TargetChooser(Chooser):
    """‹ -16 LUFS ›: the arrows step through the usual targets; a number that is typed, and Enter, is the show's own.

    While it has the keyboard the show's keys are off, as in a text field. A target is below 0: 18 is -18.
    """

    takes_keys = True  # see widgets.keys
    chosen = Signal(float)
    refused = Signal(float)  # a number that no target can be

    def __init__(self) -> None:
        super().__init__("Target", size=theme.SMALL, has_list=True)
        self._target_lufs = TARGETS_LUFS[1]
        self._entry = ""
        self.setToolTip(
            "What the programme is to measure: ‹ and › for the usual, or type your own\n"
            "Key: Tab to it, left and right, or digits and Enter"
        )
        self.list_wanted.connect(self.setFocus)
        self.stepped.connect(self._step)

    def show_target(self, lufs: float) -> None:
        """Follow the desk; what is being typed stays."""
        self._target_lufs = lufs
        self.say(f"{self._entry}_" if self._entry else f"{lufs:g} LUFS")

    @property
    def entry(self) -> str:
        """What is being typed."""
        return self._entry

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the number begins to type."""
        self._type("")
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right step, digits are typed, Enter sets them; nothing goes on to the window."""
        text = event.text().replace(",", ".")
        if event.key() in _ENTERS:
            self._enter()
        elif event.key() == int(Qt.Key.Key_Backspace):
            self._type(self._entry[:-1])
        elif text and (text in "0123456789" or (text == "." and "." not in self._entry)):
            self._type((self._entry + text)[:_MOST_TYPED])
        elif event.key() in (int(Qt.Key.Key_Left), int(Qt.Key.Key_Right)):
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was being typed is forgotten: it was not set."""
        self._type("")
        super().focusOutEvent(event)

    def _type(self, entry: str) -> None:
        self._entry = entry
        self.show_target(self._target_lufs)
        self.update()

    def _enter(self) -> None:
        entry, is_number = self._entry, any(sign.isdigit() for sign in self._entry)
        self._type("")
        if is_number:
            lufs = -float(entry)
            (self.chosen if LEAST_LUFS <= lufs <= MOST_LUFS else self.refused).emit(lufs)

    def _step(self, step: int) -> None:
        now = self._target_lufs
        here = TARGETS_LUFS.index(now) if now in TARGETS_LUFS else -1 if step > 0 else 0
        self.chosen.emit(TARGETS_LUFS[(here + step) % len(TARGETS_LUFS)])
