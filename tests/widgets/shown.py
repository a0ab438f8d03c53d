"""A window on a fake desk, with keys that come as the platform sends them."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from console.core.outcome import Outcome
from tests.widgets.fake_desk import FakeDesk
from widgets import theme
from widgets.pages import RUNDOWN
from widgets.stage import Stage
from widgets.window import MainWindow

SCAN = {
    "Esc": 1, "1": 2, "2": 3, "3": 4, "Backspace": 14, "Enter": 28, "Space": 57, "D": 32, "F": 33, "G": 34, "X": 45,
    "T": 20, "M": 50, "B": 48, "L": 38, "Up": 103, "Down": 108, "KP3": 81, "A": 30, "K": 37, "P": 25,
    "0": 11, "R": 19, "/": 53, "PageUp": 104, "PageDown": 109, "Home": 102, "C": 46, "E": 18, "U": 22,
    "F1": 59, "F2": 60, "F3": 61, "F4": 62, "F5": 63, "F6": 64, "F7": 65, "F8": 66, "F9": 67, "F10": 68, "H": 35,
    "F11": 87, "F12": 88, "V": 47, "Z": 44, "S": 31, "Left": 105, "Right": 106, "Tab": 15, "-": 12, "=": 13,
}  # fmt: skip
NONE = Qt.KeyboardModifier.NoModifier


def at_once(coroutine: Coroutine[Any, Any, None]) -> object:
    """Run a coroutine to its end, here and now: the fake desk waits for nothing."""
    if asyncio._get_running_loop() is None:
        return asyncio.run(coroutine)
    with contextlib.suppress(StopIteration):  # asked for within another one
        coroutine.send(None)
        raise AssertionError("it waits for something")
    return None


class Shown:
    def __init__(self, application: QApplication, desk: FakeDesk, size: tuple[int, int] = (1280, 720)) -> None:
        self.application, self.desk = application, desk
        self.window = MainWindow(desk, schedule=at_once, platform="xcb")
        self.window.resize(*size)
        self.window.show()
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)
        self.window.setFocus()
        self.settle()

    def begin_anew(self) -> None:
        """As just opened, on an open drop."""
        desk = self.desk
        self.window.keys.let_go_of_everything()
        desk.hot.set(False)
        desk.is_locked.set(False)
        desk.notice.set(None)
        desk.inputs = ("Mic", "Desktop Audio", "Music", "Guest call")
        desk.be("open")
        self.window.pages.show_page(RUNDOWN)
        self.window.pages.sources.follow_program(False)
        desk.answer = Outcome.done()
        desk.asked.clear()
        self.window.resize(1280, 720)
        if theme.set_scale(theme.scale_for(1280, 720)):  # another window had it
            for stage in self.window.findChildren(Stage):
                QCoreApplication.sendEvent(stage, QResizeEvent(stage.size(), stage.size()))
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)
        self.window.setFocus()
        self.until(self.window.hasFocus)
        self.settle()

    def settle(self, frames: int = 14) -> None:
        for _ in range(frames):
            self.window.tick()
        self.application.processEvents()

    def until(self, is_so: Callable[[], bool], *, within_s: float = 5.0) -> None:
        end = time.monotonic() + within_s
        while not is_so():
            assert time.monotonic() < end, "did not happen in time"
            self.application.processEvents()

    def press(self, key: str, modifiers: Qt.KeyboardModifier = NONE, *, repeat: bool = False) -> bool:
        return self._send(QEvent.Type.KeyPress, key, modifiers, repeat)

    def release(self, key: str, modifiers: Qt.KeyboardModifier = NONE, *, repeat: bool = False) -> bool:
        was_taken = self._send(QEvent.Type.KeyRelease, key, modifiers, repeat)
        if not repeat:
            self.until(lambda: not self.window.keys.is_down(key.removeprefix("KP")))
        return was_taken

    def repeat_unmarked(self, key: str) -> None:
        """An auto-repeat as X11 without detectable auto-repeat hands it out."""
        self._send(QEvent.Type.KeyRelease, key, NONE, False)
        self._send(QEvent.Type.KeyPress, key, NONE, False)

    def tap(self, key: str, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self.press(key, modifiers)
        self.release(key, modifiers)

    def _send(self, kind: QEvent.Type, key: str, modifiers: Qt.KeyboardModifier, repeat: bool) -> bool:
        # The meaning is an Arabic letter's: only the position may count.
        event = QKeyEvent(kind, 0x0634, modifiers, SCAN[key] + 8, 0, 0, "", repeat)
        target: QWidget = QApplication.focusWidget() or self.window
        return QCoreApplication.sendEvent(target, event)

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.application.processEvents()
