"""The keyboard: physical positions to actions, in one filter over the whole application. Qt thread only.

Auto-repeat is ignored, losing the focus ends every hold, and a text field keeps its keys (all but Esc).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QWidget,
)

from console.core.journal import Origin
from console.desk.actions import Action
from console.desk.view import Notice
from widgets.arguments import fill, scene_name, seen
from widgets.ask import Deck

SAFE_HOLD_S: Final = 0.4
NUDGE_S: Final = 0.4  # an Enter so soon after one in a field that it left was meant for that one
_PAGES: Final = ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F12")
# WORKAROUND Qt on X11 without detectable auto-repeat: it hands out repeats as unmarked releases and presses, at most
# 1 ms apart (seen on Xvfb with Qt 6.11). No finger is that quick, so a release counts only when no press follows.
RELEASE_MS: Final = 25
_TYPING: Final = (QLineEdit, QTextEdit, QPlainTextEdit)

# Positions by their US names. Linux evdev codes (linux/input-event-codes.h); X11 and Wayland add 8. Windows' set-1
# scan codes are the same for the main block; extended keys carry 0x100 there.
_EVDEV: Final[Mapping[int, str]] = {
    1: "Esc", 14: "Backspace", 15: "Tab", 28: "Enter", 57: "Space", 96: "Enter", 103: "Up", 108: "Down",
    **{code: str(number) for number, code in enumerate(range(2, 11), start=1)}, 11: "0",
    **dict(zip((79, 80, 81, 75, 76, 77, 71, 72, 73), "123456789", strict=True)), 82: "0",
    **dict(zip(range(16, 26), "QWERTYUIOP", strict=True)), **dict(zip(range(30, 39), "ASDFGHJKL", strict=True)),
    **dict(zip(range(44, 51), "ZXCVBNM", strict=True)), 53: "/", 98: "/",
    102: "Home", 104: "PageUp", 109: "PageDown", **{58 + number: f"F{number}" for number in range(1, 11)},
    87: "F11", 88: "F12",
    105: "Left", 106: "Right", 12: "-", 74: "-", 13: "=", 78: "=",
}  # fmt: skip
_WINDOWS_EXTENDED: Final[Mapping[int, str]] = {
    0x148: "Up", 0x150: "Down", 0x11C: "Enter", 0x135: "/", 0x147: "Home", 0x149: "PageUp", 0x151: "PageDown",
    0x14B: "Left", 0x14D: "Right",
}  # fmt: skip
_QT: Final[Mapping[int, str]] = {
    int(Qt.Key.Key_Escape): "Esc", int(Qt.Key.Key_Backspace): "Backspace", int(Qt.Key.Key_Return): "Enter",
    int(Qt.Key.Key_Enter): "Enter", int(Qt.Key.Key_Space): "Space", int(Qt.Key.Key_Up): "Up",
    int(Qt.Key.Key_Down): "Down", int(Qt.Key.Key_Slash): "/", int(Qt.Key.Key_Home): "Home",
    int(Qt.Key.Key_PageUp): "PageUp", int(Qt.Key.Key_PageDown): "PageDown",
    int(Qt.Key.Key_Left): "Left", int(Qt.Key.Key_Right): "Right", int(Qt.Key.Key_Tab): "Tab",
    int(Qt.Key.Key_Backtab): "Tab", int(Qt.Key.Key_Minus): "-", int(Qt.Key.Key_Equal): "=", int(Qt.Key.Key_Plus): "=",
    **{int(Qt.Key.Key_F1) + number: f"F{number + 1}" for number in range(12)},
    **{code: chr(code) for code in (*range(0x30, 0x3A), *range(0x41, 0x5B))},
}  # fmt: skip


def position_of(event: QKeyEvent, platform: str) -> str:
    """The physical position of a key by its US name ("A" is the key left of "S" on every layout), or "".

    Where the platform tells no scan code (macOS, tests) the key's own meaning is taken.
    """
    scan = event.nativeScanCode()
    by_meaning = _QT.get(int(event.key()), "")
    if scan == 0:
        return by_meaning
    if platform == "windows":
        return _WINDOWS_EXTENDED.get(scan) or _EVDEV.get(scan, "")
    if platform == "xcb" or platform.startswith("wayland"):
        return _EVDEV.get(scan - 8, "")
    return by_meaning


@dataclass(frozen=True, slots=True)
class _Press:
    """What a key began, so that its release ends just that."""

    action: Action
    is_hold: bool


Local = Callable[[str], bool]


class Keys(QObject):
    """Turns key events of the show's windows into actions, through the actions' declared keys.

    The first window is the director's; others join it: every key means the same there, but for their own few.
    """

    palette_wanted = Signal()  # Ctrl K
    finder_wanted = Signal()  # "/": a scene by typing
    page_wanted = Signal(int)  # F1-F10, F12: a page of the lower left pane, from 0
    tapped = Signal()  # Esc, let go before it was SAFE, and nothing waits: whatever lies open may go

    def __init__(self, deck: Deck, window: QWidget, *, platform: str | None = None) -> None:
        super().__init__(window)
        self._deck = deck
        self._window = window
        self._windows: dict[QWidget, Local] = {window: lambda _: False}
        self._platform = QGuiApplication.platformName() if platform is None else platform
        self._by_key: dict[str, Action] = {}
        self._down: dict[str, _Press | None] = {}
        self._typed: set[str] = set()
        self._entered_ns: int | None = None  # when a field last had an Enter (monotonic)
        self._leaving: dict[str, QTimer] = {}
        self._escape_is_tap = False
        for action in deck.desk.actions:
            for key in action.keys:
                self._by_key.setdefault(key, action)

    def install(self) -> None:
        """Begin to listen to the whole application."""
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def join(self, window: QWidget, local: Local) -> None:
        """Listen to `window`, too. `local` gets a chord ("Shift+Left") first, and says whether that was its own."""
        self._windows[window] = local

    def part(self, window: QWidget) -> None:
        """Listen to `window` no more."""
        self._windows.pop(window, None)

    def is_heard(self) -> bool:
        """True while one of the show's windows has the keyboard."""
        return any(window.isActiveWindow() for window in self._windows)

    def is_down(self, position: str) -> bool:
        """True while that key counts as held."""
        return position in self._down

    @property
    def is_guarding(self) -> bool:
        """True while an Enter is the second one of a double press: the first left its field, this one is no AUTO."""
        since_ns = None if self._entered_ns is None else self._deck.desk.clock.mono_ns() - self._entered_ns
        return since_ns is not None and since_ns < NUDGE_S * 1e9

    @staticmethod
    def is_typing() -> bool:
        """True while a text field, or a table that is typed into, has the keyboard."""
        widget = QApplication.focusWidget()
        if getattr(widget, "takes_keys", False):
            return True
        return isinstance(widget, _TYPING) or (isinstance(widget, QComboBox) and widget.isEditable())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that mean an action; everything else goes its way."""
        kind = event.type()
        if kind in (QEvent.Type.WindowDeactivate, QEvent.Type.ApplicationDeactivate):
            if watched in self._windows or kind is QEvent.Type.ApplicationDeactivate:
                self.let_go_of_everything()
            return False
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) or not isinstance(event, QKeyEvent):
            return False
        window = self._window_of(watched)
        if window is None:
            return False
        position = position_of(event, self._platform)
        if event.isAutoRepeat():
            return position in self._down or position == "Enter"  # held in a field, it would enter again and again
        if kind is QEvent.Type.KeyRelease:
            return self._released(position)
        return self._pressed(position, event.modifiers(), window)

    def let_go_of_everything(self) -> None:
        """End every hold and forget every finger: the keyboard is somebody else's now."""
        for position in tuple(self._leaving):
            self._stay(position)
        self._down.clear()
        self._typed.clear()
        self._entered_ns = None
        self._escape_is_tap = False
        self._deck.holds.end_all()

    def _window_of(self, watched: QObject) -> QWidget | None:
        """The show's window that an event is for, if it is for one."""
        if isinstance(watched, QWidget):
            return watched.window() if watched.window() in self._windows else None
        if not isinstance(watched, QWindow):
            return None
        return next((window for window in self._windows if window.windowHandle() is watched), None)

    def _pressed(self, position: str, modifiers: Qt.KeyboardModifier, window: QWidget) -> bool:
        if not position:
            return False
        if position in self._down:
            self._stay(position)
            return True
        if position == "Esc":
            return self._escape_pressed(modifiers)
        if self.is_typing() or position in self._typed or _is_of_a_button(position):
            self._type(position)
            return False
        chord = _chord(position, modifiers)
        if chord == "Enter" and self.is_guarding:
            self._down[position] = None
            return True
        if self._windows[window](chord):
            self._down[position] = None
            return True
        if position.isdigit() and modifiers & Qt.KeyboardModifier.ControlModifier:
            self._down[position] = None
            self._hot_cut(position)
            return True
        windows_own = self._windows_own(chord)
        if windows_own is not None:
            self._down[position] = None
            windows_own()
            return True
        action = self._by_key.get(chord)
        if action is None:
            return False
        self._down[position] = self._begin(action, position)
        return True

    def _type(self, position: str) -> None:
        """A key is the field's until it is let go: Qt offers an Enter to its parents, too."""
        self._typed.add(position)
        if position == "Enter":
            self._entered_ns = self._deck.desk.clock.mono_ns()

    def _windows_own(self, chord: str) -> Callable[[], None] | None:
        """What a key does in this window alone: no action, nothing on air."""
        if chord in _PAGES:
            return lambda: self.page_wanted.emit(_PAGES.index(chord))
        return {"Ctrl+K": self.palette_wanted.emit, "/": self.finder_wanted.emit}.get(chord)

    def _hot_cut(self, position: str) -> None:
        """Ctrl with a number cuts to that scene, only while HOT is latched."""
        if not self._deck.desk.hot.value:
            self._deck.ask.tell(Notice("HOT is off: nothing was cut.", "Latch HOT first, then Ctrl 1-9 cuts."))
            return
        scene = scene_name(self._deck.desk, int(position))
        if scene:
            self._deck.ask("scene.cut", Origin.KEY, {"scene": scene, **seen(self._deck.desk)})
        else:
            self._deck.ask.tell(_nothing_there(action_id="scene.cut", position=position))

    def _begin(self, action: Action, position: str) -> _Press | None:
        request = fill(self._deck.desk, action, position)
        if position.isdigit() and "" in map(request.arguments.get, ("scene", "look", "channel")):
            self._deck.ask.tell(_nothing_there(action_id=action.id, position=position))
            return None
        if action.release or action.id.endswith(".hold"):
            ending = action.release or action.id
            self._deck.ask(action.id, Origin.KEY, {**request.arguments, **_on(action, True)})
            end = self._deck.desk.actions.get(ending) or action
            self._deck.holds.press(action.id, lambda: self._deck.ask(ending, Origin.KEY, _on(end, False)))
            return _Press(action, is_hold=True)
        if action.hold_s > 0:
            self._deck.holds.start(
                action.id, action.hold_s, lambda: self._deck.ask(request.action_id, Origin.KEY, request.arguments)
            )
            return _Press(action, is_hold=True)
        self._deck.ask(request.action_id, Origin.KEY, request.arguments)
        return _Press(action, is_hold=False)

    def _escape_pressed(self, modifiers: Qt.KeyboardModifier) -> bool:
        """Esc is a tap or a hold; which one is known when it is let go. It works while typing, too."""
        is_shifted = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        action_id = "safe.mics_off" if is_shifted else "scene.safe"
        action = self._deck.desk.actions.get(action_id)
        self._escape_is_tap = not is_shifted
        if action is None:
            self._down["Esc"] = None
            return True

        def end() -> None:
            self._escape_is_tap = False
            self._deck.ask(action_id, Origin.KEY)

        self._deck.holds.start(action_id, action.hold_s or SAFE_HOLD_S, end)
        self._down["Esc"] = _Press(action, is_hold=True)
        return True

    def _released(self, position: str) -> bool:
        self._typed.discard(position)
        if position not in self._down:
            return False
        if position not in self._leaving:
            timer = QTimer(self)
            timer.setSingleShot(True)
            timer.setTimerType(Qt.TimerType.PreciseTimer)
            timer.timeout.connect(lambda: self._gone(position))
            self._leaving[position] = timer
            timer.start(RELEASE_MS)
        return True

    def _stay(self, position: str) -> None:
        """The release was none: a repeat's press followed."""
        timer = self._leaving.pop(position, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()

    def _gone(self, position: str) -> None:
        self._stay(position)
        press = self._down.pop(position)
        if press is not None and press.is_hold:
            self._deck.holds.let_go(press.action.id)
            self._deck.holds.release(press.action.id)
        if position == "Esc" and self._escape_is_tap:
            self._escape_is_tap = False
            self._escape_tapped()

    def _escape_tapped(self) -> None:
        """Leave a field; else take back what waits; else leave what is the window's own, or what lies open.

        A chooser is left, and this is done too. A countdown is held at once, whatever is being typed.
        """
        was_typing = self.is_typing()
        if QApplication.focusWidget() not in (None, *self._windows):
            self._window.setFocus()
        desk = self._deck.desk
        if was_typing and not (desk.failover.value.is_counting or desk.starts.value.is_counting):
            return
        action = self._deck.desk.actions.get("scene.cancel")
        if action is not None and action.enabled(self._deck.desk).is_enabled:
            self._deck.ask(action.id, Origin.KEY)
        elif not was_typing and not self._is_own("Esc"):
            self.tapped.emit()

    def _is_own(self, chord: str) -> bool:
        """True when the window that has the keyboard took `chord` for itself."""
        return any(local(chord) for window, local in tuple(self._windows.items()) if window.isActiveWindow())


def _is_of_a_button(position: str) -> bool:
    """Space and Enter are for the button or box of a panel that has the keyboard: live controls never have it."""
    return position in ("Space", "Enter") and isinstance(QApplication.focusWidget(), QPushButton | QCheckBox)


def _chord(position: str, modifiers: Qt.KeyboardModifier) -> str:
    """A position with its modifiers, as actions declare them ("Ctrl+1"); the keypad is no modifier."""
    control = "Ctrl+" if modifiers & Qt.KeyboardModifier.ControlModifier else ""
    shift = "Shift+" if modifiers & Qt.KeyboardModifier.ShiftModifier else ""
    alt = "Alt+" if modifiers & Qt.KeyboardModifier.AltModifier else ""
    return f"{control}{alt}{shift}{position}"


def _nothing_there(*, action_id: str, position: str) -> Notice:
    """The answer to a number that nothing has."""
    if action_id == "look.run":
        return Notice(f"There is no look {position}.", "F3 shows the looks with their numbers.")
    if action_id == "channel.pfl":
        return Notice(f"There is no channel {position}.", "The channels count from the top of the SOUND pane.")
    return Notice(f"There is no scene {position}.", "/ finds a scene by typing.")


def _on(action: Action, is_on: bool) -> dict[str, object]:
    return {"on": is_on} if "on" in action.arguments.model_fields else {}
