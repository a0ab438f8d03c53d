"""Live pictures: polled, scaled once when a new one came, then only blitted. Qt thread only."""

import math
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from console.cameras.state import Picture
from widgets import theme
from widgets.rates import Rates
from widgets.turns import UPRIGHT, Turn

Source = Callable[[], Picture | None]
NEAR_PX: Final = 2  # a picture that fits but for so many pixels is shown as it is: sharp, and nothing to scale


class PictureView(QAbstractButton):
    """One picture source, kept at its shape, with what subclasses paint over it.

    A picture's memory is read only while `poll` runs: the worker may write there again afterwards. A view that
    nobody sees asks for nothing.
    """

    def __init__(self, source: Source, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rates = Rates()
        self._source = source
        self._turn = UPRIGHT
        self._sequence: int | None = None
        self._scaled: QImage | None = None
        self._where = QRect()
        self._over: QPixmap | None = None

    def poll(self) -> None:
        """Take the newest picture, if there is a new one, and ask for a repaint then."""
        if not self.isVisible():
            return
        picture = self._source()
        if picture is None or picture.width <= 0:
            if self._sequence is not None:
                self._sequence = None
                self._scaled = None
                self.rates = Rates()
                self.repaint_over()
            return
        if picture.sequence == self._sequence:
            return
        image = QImage(picture.pixels, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB32)
        if self._scaled is None:
            self._over = None
        self._sequence = picture.sequence
        self.rates.took(picture.sequence, time.monotonic_ns(), picture.mono_ns)
        self._scale(image)
        self.update(self.picture_rect())

    def has_picture(self) -> bool:
        """True when there is a picture to show."""
        return self._scaled is not None

    def set_turn(self, turn: Turn) -> None:
        """Show pictures turned, mirrored and cropped like that from now on."""
        if turn != self._turn:
            self._turn = turn
            self._sequence = None

    def repaint_over(self) -> None:
        """What is painted over the picture has changed."""
        self._over = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scale and paint anew, even the same picture."""
        self._sequence = None
        self._over = None

    def showEvent(self, event: QShowEvent) -> None:
        """What came while nobody looked was not missed."""
        self.rates = Rates()

    def picture_rect(self) -> QRect:
        """Where pictures are painted; subclasses leave room for a border."""
        return self.rect()

    def shown_rect(self) -> QRect:
        """Where the picture itself is, without the bars beside or above it; logical pixels."""
        room = self.picture_rect()
        if self._scaled is None or not self._where.isValid():
            return room
        ratio = self.devicePixelRatioF()
        left, top = self._where.left() / ratio, self._where.top() / ratio
        size = QSize(round(self._where.width() / ratio), round(self._where.height() / ratio))
        return QRect(room.topLeft(), size).translated(round(left), round(top)).intersected(room)

    def wanted_size(self) -> tuple[int, int]:
        """The size at which its source's pictures need no scaling, device pixels."""
        ratio = self.devicePixelRatioF()
        room = self.picture_rect()
        return self._turn.wanted(math.ceil(room.width() * ratio), math.ceil(room.height() * ratio))

    def place_picture(self, size: QSize, room: QSize) -> QRect:
        """Where a picture of that size lies in the view's room, device pixels: in the middle."""
        return fitted(size, room)

    def _scale(self, image: QImage) -> None:
        """Draw `image` into a buffer of the view's own size, letterboxed, reusing the buffer."""
        room = self.picture_rect()
        ratio = self.devicePixelRatioF()
        width, height = math.ceil(room.width() * ratio), math.ceil(room.height() * ratio)
        if self._scaled is None or self._scaled.width() != width or self._scaled.height() != height:
            self._scaled = QImage(width, height, QImage.Format.Format_RGB32)
            self._where = QRect()
        part = self._turn.part(image.width(), image.height())
        turned = part.size().transposed() if self._turn.is_sideways else part.size()
        target = self.place_picture(turned, QSize(width, height))
        if target != self._where:
            self._scaled.fill(QColor("#000000"))
            self._where = target
            self._over = None  # guides lie on the picture
        painter = QPainter(self._scaled)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=target.size() != turned)
        self._turn.draw(painter, target, image, part)
        painter.end()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Blit the picture, then what belongs over it."""
        painter = QPainter(self)
        room = self.picture_rect()
        if self._scaled is not None:
            painter.drawImage(room, self._scaled)
        else:
            paint_nothing(painter, room)
        if self._over is None or self._over.devicePixelRatioF() != self.devicePixelRatioF():
            self._over = self._draw_over()
        painter.drawPixmap(0, 0, self._over)
        self.paint_live(painter)
        painter.end()

    def _draw_over(self) -> QPixmap:
        """What lies over the picture, drawn once and blitted with each picture."""
        ratio = self.devicePixelRatioF()
        over = QPixmap(math.ceil(self.width() * ratio), math.ceil(self.height() * ratio))
        over.setDevicePixelRatio(ratio)
        over.fill(Qt.GlobalColor.transparent)
        painter = QPainter(over)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_over(painter)
        painter.end()
        return over

    def paint_over(self, painter: QPainter) -> None:
        """For names, borders and words: painted again only after `repaint_over`."""

    def paint_live(self, painter: QPainter) -> None:
        """For what moves as fast as the picture."""


def fitted(size: QSize, room: QSize) -> QRect:
    """Where a picture of that size lies in the middle of `room`, as large as it fits, or nearly so and unscaled."""
    factor = min(room.width() / size.width(), room.height() / size.height())
    target = QRect(0, 0, max(1, round(size.width() * factor)), max(1, round(size.height() * factor)))
    is_near = max(target.width() - size.width(), target.height() - size.height()) <= NEAR_PX
    if is_near and size.width() <= room.width() and size.height() <= room.height():
        target.setSize(size)
    target.moveCenter(QRect(0, 0, room.width(), room.height()).center())
    return target


def paint_nothing(painter: QPainter, room: QRect) -> None:
    """Stripes, where a picture should be: nobody takes them for a black camera."""
    painter.fillRect(room, theme.WELL)
    brush = QBrush(QColor("#171d25"), Qt.BrushStyle.BDiagPattern)
    painter.fillRect(room, brush)


def paint_footing(painter: QPainter, room: QRect, height: int) -> None:
    """A dark fade at the bottom of a picture, so that white words are readable on any picture."""
    fade = QLinearGradient(0, room.bottom() - height, 0, room.bottom())
    fade.setColorAt(0, QColor(0, 0, 0, 0))
    fade.setColorAt(0.45, QColor(0, 0, 0, 150))
    fade.setColorAt(1, QColor(0, 0, 0, 225))
    painter.fillRect(QRect(room.left(), room.bottom() - height + 1, room.width(), height), fade)


def paint_border(painter: QPainter, rect: QRect, colour: QColor, width: int, *, dashed: bool = False) -> None:
    """A border inside `rect`; dashed says that it is claimed and not proved."""
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    if dashed:
        pen.setDashPattern([3.0, 2.0])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = width // 2
    painter.drawRect(rect.adjusted(half, half, -(width - half), -(width - half)))
