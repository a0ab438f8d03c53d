"""The clock page: the console's time as codes that a camera can see, so that each tile tells how late it is.

A window of its own: for a second screen, for a camera to be pointed at, for OBS to capture. Qt thread only. Two codes
take turns, thirty times a second: whenever the camera's shutter is open, one of them stands still.
"""

from typing import Final

from PySide6.QtCore import QEvent, QRect, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFont,
    QHideEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)  # fmt: skip
from PySide6.QtWidgets import QWidget

from console.cameras.state import Camera
from console.cameras.timecode import SIDE, cells_of
from console.core.clock import Clock
from console.core.observable import Observable
from console.desk.camera_words import delay_words
from widgets import theme
from widgets.own_page import OwnPage

TURN_MS: Final = 33
_PAPER: Final = QColor("#ffffff")
_INK: Final = QColor("#000000")
_GREY: Final = QColor("#5a6470")
_WORDS_SHARE: Final = 0.14  # of the height, below the codes
_KEYS: Final = "C closes"
_HELP: Final = "Point a camera at this page: its tile tells the delay."


class ClockPage(OwnPage):
    """Shows the time while it is visible, and below it the delay of every camera that sees it."""

    def __init__(
        self, clock: Clock, cameras: Observable[tuple[Camera, ...]] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__("Clock page", "C", parent)
        self._clock = clock
        self._cells = (_drawn(0), _drawn(0))
        self._turn = 0
        self._is_due = [True, True]  # which code takes the time when it is painted
        self._time = ""
        self._delays = ""
        self._undo = cameras.watch(self._follow) if cameras is not None else None
        self.setAccessibleDescription(_HELP)
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
