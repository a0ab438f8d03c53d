"""Live pictures: polled, scaled only where they are not of the size that is shown, then blitted. Qt thread only."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from console.cameras.state import Picture
from widgets import theme
from widgets.fits import Fit, beside, device_size, fitted, logical
from widgets.overlay import Overlay
from widgets.rates import Rates
from widgets.turns import UPRIGHT, Turn

Source = Callable[[], Picture | None]
_FORMAT: Final = QImage.Format.Format_RGB32


class PictureView(QAbstractButton):
    """One picture source, kept at its shape, with what subclasses paint over it.

    A picture that has the size at which it is shown is painted right out of the worker's memory, which is whole until
    the source is asked again: so painting asks again first. Any other is scaled once. A view that nobody sees asks for
    nothing.
    """

    def __init__(self, source: Source, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rates = Rates()
        self._source = source
        self._turn = UPRIGHT
        self._sequence: int | None = None  # of the picture that is shown; None: the newest is taken anew
        self._fit: Fit | None = None  # None: there is no picture
        self._scaled: QImage | None = None  # None: there is no picture, or it is painted as it is
        self._over: Overlay | None = None

    def poll(self) -> None:
        """Take the newest picture, if there is a new one, and ask for a repaint then."""
        if not self.isVisible():
            return
        picture = self._source()
        if picture is None or picture.width <= 0:
            if self._fit is not None:
                self._sequence = self._fit = self._scaled = None
                self.rates = Rates()
                self.repaint_over()
        elif picture.sequence != self._sequence:
            self._note(picture)
            fit = self._fit
            if fit is None or fit.size != (picture.width, picture.height):
                fit = self._find_fit(picture.width, picture.height)
            self._scaled = None if fit.is_exact else self._scale(_image_of(picture), fit.where.size())
            self.update(fit.shown)

    def has_picture(self) -> bool:
        """True when there is a picture to show."""
        return self._fit is not None

    def set_turn(self, turn: Turn) -> None:
        """Show pictures turned, mirrored and cropped like that from now on."""
        if turn != self._turn:
            self._turn = turn
            self._fit_anew()

    def repaint_over(self) -> None:
        """What is painted over the picture has changed."""
        self._over = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scale and paint anew, even the same picture; until then it is stretched."""
        self._fit_anew()

    def showEvent(self, event: QShowEvent) -> None:
        """What came while nobody looked was not missed."""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # no ground under it; Qt's style takes this away
        self.rates = Rates()

    def picture_rect(self) -> QRect:
        """Where pictures are painted; subclasses leave room for a border."""
        return self.rect()

    def shown_rect(self) -> QRect:
        """Where the picture itself is, without the bars beside or above it; logical pixels."""
        room = self.picture_rect()
        return room if self._fit is None else self._fit.shown.intersected(room)

    def wanted_size(self) -> tuple[int, int]:
        """The size at which its source's pictures need no scaling, device pixels."""
        room = device_size(self.picture_rect(), self.devicePixelRatioF())
        return self._turn.wanted(room.width(), room.height())

    def place_picture(self, size: QSize, room: QSize) -> QRect:
        """Where a picture of that size lies in the view's room, device pixels: in the middle."""
        return fitted(size, room)

    # --- which picture, and where ---

    def _note(self, picture: Picture) -> None:
        """`picture` is the one that is shown from now on."""
        self._sequence = picture.sequence
        self.rates.took(picture.sequence, time.monotonic_ns(), picture.mono_ns)

    def _fit_anew(self) -> None:
        """The view or the turn is another: the next look scales, and until then what there is is stretched."""
        self._sequence = None
        self.repaint_over()
        if self._fit is not None:
            self._find_fit(*self._fit.size)

    def _find_fit(self, width: int, height: int) -> Fit:
        """Find where a source's pictures of that size are shown; guides lie on them."""
        ratio, rect = self.devicePixelRatioF(), self.picture_rect()
        room = QRect(QPoint(round(rect.left() * ratio), round(rect.top() * ratio)), device_size(rect, ratio))
        seen = self._turn.seen(QSize(width, height))
        where = self.place_picture(seen, room.size()).translated(room.topLeft())
        is_exact = self._turn == UPRIGHT and seen == where.size()
        self._fit = Fit((width, height), is_exact, ratio, where, beside(where, room), logical(where, ratio))
        self.repaint_over()
        return self._fit

    def _scale(self, image: QImage, size: QSize) -> QImage:
        """What is seen of `image`, at `size`, in the buffer of the picture before where it has that size."""
        scaled = self._scaled
        if scaled is None or scaled.size() != size:
            scaled = QImage(size, _FORMAT)
        painter = QPainter(scaled)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=size != self._turn.seen(image.size()))
        self._turn.draw(painter, scaled.rect(), image, self._turn.part(image.width(), image.height()))
        painter.end()
        return scaled

    def _as_it_is(self, event: QPaintEvent) -> QImage | None:
        """The newest picture, now that it is to be painted: it may have come since `poll` looked."""
        picture, fit = self._source(), self._fit
        if picture is None or picture.width <= 0 or fit is None:
            return None
        if picture.sequence != self._sequence and fit.is_exact and fit.size == (picture.width, picture.height):
            self._note(picture)
            if not event.rect().contains(fit.shown):  # a meter moved: the rest of the picture follows
                self.update(fit.shown)
        return _image_of(picture)

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Blit the picture, then what belongs over it."""
        ratio = self.devicePixelRatioF()
        if self._fit is not None and self._fit.ratio != ratio:
            self._fit_anew()
        image = self._scaled or self._as_it_is(event)
        if self._over is None or self._over.ratio != ratio:
            self._over = Overlay(device_size(self.rect(), ratio), ratio, self._draw_over)
        painter = QPainter(self)
        if image is None or self._fit is None:
            paint_nothing(painter, self.picture_rect())
        if ratio != 1.0:
            painter.scale(1 / ratio, 1 / ratio)
        if image is not None and self._fit is not None:
            for bar in self._fit.bars:
                painter.fillRect(bar, Qt.GlobalColor.black)
            painter.drawImage(self._fit.where, image)
        self._over.paint(painter)
        if ratio != 1.0:
            painter.resetTransform()
        self.paint_live(painter)
        painter.end()

    def _draw_over(self, painter: QPainter) -> None:
        """What lies over the picture, and the ground of the border that its room leaves."""
        for edge in beside(self.picture_rect(), self.rect()):
            painter.fillRect(edge, self.palette().window())
        self.paint_over(painter)

    def paint_over(self, painter: QPainter) -> None:
        """For names, borders and words: painted again only after `repaint_over`."""

    def paint_live(self, painter: QPainter) -> None:
        """For what moves as fast as the picture."""


def _image_of(picture: Picture) -> QImage:
    """`picture` without a copy: good as long as its memory is."""
    return QImage(picture.pixels, picture.width, picture.height, picture.stride, _FORMAT)


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
