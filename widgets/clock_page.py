"""The clock page: the console's time as codes that a camera can see, so that each tile tells how late it is.

A window of its own: for a second screen, for a camera to be pointed at, for OBS to capture. Qt thread only. Two codes
take turns, thirty times a second: whenever the camera's shutter is open, one of them stands still.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QFont,
    QHideEvent,
    QIcon,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QScreen,
    QShowEvent,
)  # fmt: skip
from PySide6.QtWidgets import QApplication, QWidget

from console.cameras.state import Camera
from console.cameras.timecode import SIDE, cells_of
from console.core.clock import Clock
from console.core.observable import Observable
from console.desk.camera_words import delay_words
from console.desk.view import DeskView
from widgets import theme
from widgets.keys import Keys, Local
from widgets.second_screen import Placed, other_screen

TURN_MS: Final = 33
_PAPER: Final = QColor("#ffffff")
_INK: Final = QColor("#000000")
_GREY: Final = QColor("#5a6470")
_WORDS_SHARE: Final = 0.14  # of the height, below the codes
_CORNER: Final = 0.45, 0.38  # of the screen, where there is nothing else to stand over
_TITLE_PX: Final = 32  # the frame that a desktop puts above a window
_KEYS: Final = "C closes"
_HELP: Final = "Point a camera at this page: its tile tells the delay."


class ClockPage(QWidget):
    """Shows the time while it is visible, and below it the delay of every camera that sees it."""

    closed = Signal()

    def __init__(
        self, clock: Clock, cameras: Observable[tuple[Camera, ...]] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._clock = clock
        self._cells = (_drawn(0), _drawn(0))
        self._turn = 0
        self._is_due = [True, True]  # which code takes the time when it is painted
        self._time = ""
        self._delays = ""
        self._undo = cameras.watch(self._follow) if cameras is not None else None
        self.setWindowTitle("Clock page · Cuedrop")
        self.setWindowIcon(QIcon(str(theme.RESOURCES / "icons" / "cuedrop.svg")))
        self.setAccessibleName("Clock page")
        self.setAccessibleDescription(_HELP)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)  # the keys stay the show's
        self.placed = Placed(self)
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self.tick)
        self.tick()

    @property
    def delays(self) -> str:
        """The delays as shown: "Wide 182 ms · Close 95 ms"; "" while no camera sees the page."""
        return self._delays

    @property
    def is_running(self) -> bool:
        """Whether the time goes on."""
        return self._beat.isActive()

    def open(self, screen: QScreen | None = None, over: QRect | None = None) -> None:
        """Fill `screen`; without one be a window at the left of `over`, or at the lower left of its screen."""
        if screen is not None:
            self.placed.fill(screen)
            return
        room = self.screen().availableGeometry()
        size = QSize(round(room.width() * _CORNER[0]), round(room.height() * _CORNER[1]))
        foot = QRect(room.bottomLeft() - QPoint(0, size.height() - 1), size)
        if over is not None:
            foot = over.adjusted(0, _TITLE_PX, min(0, size.width() - over.width()), 0)
        self.setGeometry(foot)
        self.show()

    def heed(self, chord: str) -> bool:
        """Do what a key means here alone: C or Esc close it, F11 fills the screen or no more. False: no such key."""
        if chord in ("C", "Esc"):
            self.close()
        elif chord == "F11":
            self.placed.toggle()
        else:
            return False
        return True

    def tick(self) -> None:
        """Let the other code take the time, and the words with the first one of a second."""
        self._turn = 1 - self._turn
        self._is_due[self._turn] = True
        self.update(self._code_rect(self._turn))
        time = self._clock.now().astimezone().strftime("%H:%M:%S")
        if time != self._time:
            self._time = time
            self.update(self._words_rect())

    def close_watches(self) -> None:
        """Watch nothing any more."""
        if self._undo is not None:
            self._undo()

    def _follow(self, cameras: tuple[Camera, ...]) -> None:
        seen = [f"{camera.name} {delay_words(camera.delay_ms)}" for camera in cameras if camera.delay_ms is not None]
        words = " · ".join(seen)
        if words != self._delays:
            self._delays = words
            self.setAccessibleDescription(words or _HELP)
            self.update(self._words_rect())

    # --- what Qt calls ---

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say that it is closed, whoever did it."""
        super().closeEvent(event)
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """The time goes on while the page can be seen."""
        super().showEvent(event)
        self._beat.start(TURN_MS)

    def hideEvent(self, event: QHideEvent) -> None:
        """And costs nothing while it cannot."""
        super().hideEvent(event)
        self._beat.stop()

    def changeEvent(self, event: QEvent) -> None:
        """Nothing is drawn while it is minimised."""
        if event.type() is QEvent.Type.WindowStateChange and self.isVisible():
            self._beat.stop() if self.isMinimized() else self._beat.start(TURN_MS)
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Where no show's keys are listened to (`cuedrop clock`): C and Esc close, F11 fills the screen."""
        chords = {Qt.Key.Key_C: "C", Qt.Key.Key_Escape: "Esc", Qt.Key.Key_F11: "F11"}
        if not self.heed(chords.get(Qt.Key(event.key()), "")):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is due; a code has the time of this very moment."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), _PAPER)
        for index in (0, 1):
            rect = self._code_rect(index)
            if event.rect().intersects(rect):
                self._paint_code(painter, index, rect)
        if event.rect().intersects(self._words_rect()):
            self._paint_words(painter, self._words_rect())
        painter.end()

    def _paint_code(self, painter: QPainter, index: int, rect: QRect) -> None:
        if self._is_due[index]:
            self._is_due[index] = False
            drawn = _drawn(self._clock.mono_ns())
            self._cells = (drawn, self._cells[1]) if index == 0 else (self._cells[0], drawn)
        painter.drawImage(rect, self._cells[index])

    def _paint_words(self, painter: QPainter, rect: QRect) -> None:
        size = round(rect.height() * 0.62)
        painter.setFont(_font(size, theme.BOLD))
        painter.setPen(_INK)
        painter.drawText(rect, int(theme.LEFT), self._time)
        rest = rect.adjusted(painter.fontMetrics().horizontalAdvance("00:00:00") + rect.height() // 2, 0, 0, 0)
        painter.setFont(_font(max(11, round(size * 0.46)), theme.STRONG))
        painter.setPen(_GREY)
        painter.drawText(rest, int(theme.RIGHT), _KEYS)
        rest.adjust(0, 0, -painter.fontMetrics().horizontalAdvance(_KEYS) - rect.height() // 2, 0)
        words = self._delays or _HELP
        painter.setFont(_font(max(11, round(size * (0.62 if self._delays else 0.46))), theme.STRONG))
        painter.setPen(_INK if self._delays else _GREY)
        fitting = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, int(theme.RIGHT), fitting)

    def _code_rect(self, index: int) -> QRect:
        """Where a code is drawn: as large as its half has room for, whole device pixels a cell, a cell left around."""
        ratio = self.devicePixelRatioF()
        half, height = self.width() // 2, round(self.height() * (1 - _WORDS_SHARE))
        cell = max(1, int(min(half, height) * ratio) // (SIDE + 2))
        side = round(cell * SIDE / ratio)
        return QRect(index * half + (half - side) // 2, (height - side) // 2, side, side)

    def _words_rect(self) -> QRect:
        height = round(self.height() * _WORDS_SHARE)
        margin = height // 3
        return QRect(margin, self.height() - height, self.width() - 2 * margin, height)


class ClockDoor:
    """Opens and closes the clock page of the director's window, on a screen where nothing of ours is shown."""

    def __init__(
        self, desk: DeskView, window: QWidget, keys: Keys, local: Local, over: Callable[[], QRect]
    ) -> None:  # fmt: skip
        """`over`: what the page may cover of the window, where it has no screen of its own."""
        self._desk, self._window, self._keys, self._local = desk, window, keys, local
        self._over = over
        self.page: ClockPage | None = None

    def toggle(self) -> None:
        """Open the page, or close it."""
        if self.page is not None:
            self.page.close()
            return
        page = self.page = ClockPage(self._desk.clock, self._desk.cameras, self._window)
        page.closed.connect(self._closed)
        self._keys.join(page, lambda chord: page.heed(chord) or self._local(chord))
        over = self._over()
        page.open(self._free_screen(), QRect(self._window.mapToGlobal(over.topLeft()), over.size()))
        self._window.activateWindow()  # where a platform gives the keyboard to every new window

    def leave(self) -> None:
        """Close the page where it covers something of the window."""
        if self.page is not None and self.page.screen() is self._window.screen():
            self.page.close()

    def close(self) -> None:
        """Close the page, if it is open."""
        if self.page is not None:
            self.page.close()

    def _closed(self) -> None:
        page, self.page = self.page, None
        if page is not None:
            if page.isActiveWindow():
                self._window.activateWindow()
            page.close_watches()
            self._keys.part(page)
            page.deleteLater()

    def _free_screen(self) -> QScreen | None:
        screen = other_screen(self._window)
        seen = (widget for widget in QApplication.topLevelWidgets() if widget.isVisible())
        return None if any(widget.screen() is screen for widget in seen) else screen


def _drawn(mono_ns: int) -> QImage:
    """The code of that time, a pixel a cell."""
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    image.fill(_PAPER)
    for y, row in enumerate(cells_of(mono_ns)):
        for x, is_dark in enumerate(row):
            if is_dark:
                image.setPixelColor(x, y, _INK)
    return image


def _font(pixels: int, weight: int) -> QFont:
    font = QFont(theme.font(theme.BODY, weight))
    font.setPixelSize(max(8, pixels))
    return font
