"""Meters: one scale, painted once, of which each bar shows a part. Qt thread only; levels in dBFS.

The colours and marks belong to the scale (widgets.meter_scales), which goes with the ballistics that the show chose.
"""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.audio.state import FLOOR_DBFS, Level
from widgets import theme
from widgets.meter_scales import DIGITAL, STEPS_PER_DB, Mark, Scale, pixels_of
from widgets.theme import CENTRE, draw_text, px

BOTTOM_DBFS: Final = DIGITAL.bottom_dbfs
AMBER_FROM_DBFS: Final = -20.0  # of a tile's bars
RED_FROM_DBFS: Final = -9.0

_RMS: Final = QColor(255, 255, 255, 120)
_ON_LIT, _ON_DARK = QColor(0, 0, 0, 150), QColor(255, 255, 255, 70)  # marks
_DIM: Final = 0.16  # how much of its colour a band has where the bar is not

_At = tuple[int, int, int, bool, bool]  # where peak, RMS and hold end, in pixels; clipped; muted


def share_of(dbfs: float) -> float:
    """Where a level lies on a tile's bar, 0.0 (-60 dBFS and below) to 1.0 (0 dBFS and above)."""
    return DIGITAL.share(dbfs)


def level_words(dbfs: float, *, digits: int = 1) -> str:
    """A level as a number: "-12.4", "-∞" at the floor."""
    words = f"{dbfs:.{digits}f}"
    return "-∞" if dbfs <= FLOOR_DBFS + 0.5 else words.lstrip("-") if not float(words) else words


class Meter(QWidget):
    """One horizontal bar: peak, RMS inside it, hold mark, clip lamp. `thin` leaves RMS and clip out.

    `has_clip_room`: as long as a bar with a clip lamp, so that scales above each other agree.
    `low`: with little height.
    """

    pressed = Signal()  # while its clip lamp is lit

    def __init__(
        self, *, thin: bool = False, has_clip_room: bool | None = None, low: bool = False, scale: Scale = DIGITAL
    ) -> None:
        super().__init__()
        self._thin, self._low = thin, low
        self._scale = scale
        self._pixels = pixels_of(scale, 1)
        self._has_clip_room = not thin if has_clip_room is None else has_clip_room
        self._at: _At = (0, 0, 0, False, False)
        self._lit: QPixmap | None = None
        self._dark: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing behind it is painted for its sake
        self.setAccessibleName("Meter")

    def sizeHint(self) -> QSize:
        """A bar's room."""
        high = max(5, px(8)) if self._thin else max(9, px(12)) if self._low else max(14, px(19))
        return QSize(px(160), high)

    def minimumSizeHint(self) -> QSize:
        """Narrow columns are fine."""
        return QSize(px(60), self.sizeHint().height())

    def use_scale(self, scale: Scale) -> None:
        """Show levels on another scale from now on."""
        if scale != self._scale:
            self._scale, self._dark = scale, None
            self._pixels = pixels_of(scale, self._bar_width())
            self.update()

    def show_level(self, level: Level, *, is_muted: bool = False) -> None:
        """Show a reading, by its ballistics where it has them; repaints only what a pixel shows."""
        has_ballistics = level.ballistic_dbfs > FLOOR_DBFS
        bar = self._x(level.ballistic_dbfs if has_ballistics else level.peak_dbfs)
        rms, hold = (self._x(level.rms_dbfs), self._x(level.hold_dbfs)) if self._scale.has_peaks else (0, 0)
        at = (bar, rms, hold, level.is_clipped, is_muted)
        if at != self._at:
            before, self._at = self._at, at
            self.update(self._changed(before, at))

    def _x(self, dbfs: float) -> int:
        """Where a level lies, in pixels."""
        step = int(-STEPS_PER_DB * dbfs)
        return self._pixels[0 if step < 0 else step if step < len(self._pixels) else -1]

    def _changed(self, before: _At, now: _At) -> QRect:
        """What is to be painted anew: from one end of the bar to where it ends now, not the whole of it."""
        if before[3:] != now[3:]:
            return self.rect()
        ends = [x for old, new in zip(before[:3], now[:3], strict=True) if old != new for x in (old, new)]
        left = min(ends) - 3
        return QRect(left, 0, max(ends) - left + 3, self.height())

    def _bar_width(self) -> int:
        return max(1, self.width() - px(14)) if self._has_clip_room else self.width()

    def _draw_scales(self) -> None:
        """Paint the whole scale once, lit and dark; the bars are cut out of them."""
        ratio = self.devicePixelRatioF()
        width, height = self._bar_width(), self.height()
        made = []
        for lit in (True, False):
            pixmap = QPixmap(int(self.width() * ratio), int(height * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(theme.PANEL)
            painter = QPainter(pixmap)
            painter.fillRect(0, 0, width, height, theme.WELL)
            if not self._thin:
                painter.fillRect(self.width() - px(10), 0, px(10), height, theme.WELL)
            tops = [*(begin for begin, _ in self._scale.bands[1:]), self._scale.top_dbfs]
            for (low, colour), high in zip(self._scale.bands, tops, strict=True):
                left, right = int(self._scale.share(low) * width), int(self._scale.share(high) * width)
                painter.fillRect(left, 0, right - left, height, colour if lit else _mixed(colour, theme.WELL, _DIM))
            for mark in self._scale.marks:
                x = int(self._scale.share(mark.dbfs) * width)
                if 0 < x < width:
                    painter.fillRect(x - 1, 0, 1, height, _ON_LIT if lit else _ON_DARK)
            painter.end()
            made.append(pixmap)
        self._lit, self._dark = made

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask to put the clip lamp out, while it is lit."""
        if self._at[3] and event.button() is Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The scales are painted anew."""
        self._dark = None
        self._pixels = pixels_of(self._scale, self._bar_width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Cut the bar out of the two scales."""
        ratio = self.devicePixelRatioF()
        if self._dark is None or self._dark.devicePixelRatioF() != ratio:
            self._draw_scales()
        assert self._lit is not None
        assert self._dark is not None
        peak, rms, hold, is_clipped, is_muted = self._at
        height = self.height()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._dark)
        if peak and is_muted:
            painter.setOpacity(0.35)
        if peak:
            painter.drawPixmap(0, 0, self._lit, 0, 0, int(peak * ratio), int(height * ratio))
        if peak and is_muted:
            painter.setOpacity(1.0)
        if not self._thin:
            painter.fillRect(0, height // 2 - 1, rms, 3, _RMS)
        if is_clipped and not self._thin:
            lamp = QRect(self.width() - px(10), 0, px(10), height)
            painter.fillRect(lamp, theme.RED)
            draw_text(painter, lamp, "!", theme.SMALL, theme.WHITE, weight=theme.BOLD, align=CENTRE)
        if hold:
            painter.fillRect(hold - 2, 0, 2, height, theme.WHITE)
        painter.end()


class MeterScale(QWidget):
    """The figures of the scale, above or below a column of meters."""

    def __init__(self, scale: Scale = DIGITAL) -> None:
        super().__init__()
        self._scale = scale
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name()

    @property
    def scale(self) -> Scale:
        """What it shows."""
        return self._scale

    def use_scale(self, scale: Scale) -> None:
        """Show another scale from now on."""
        if scale != self._scale:
            self._scale = scale
            self._name()
            self.update()

    def _name(self) -> None:
        self.setAccessibleName(f"Scale of the meters: {self._scale.name}")
        self.setToolTip(f"Scale of the meters: {self._scale.name}")

    def sizeHint(self) -> QSize:
        """A line's room."""
        return QSize(px(60), theme.line_height(theme.SMALL))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the figures where the marks are, as many as there is room for."""
        painter = QPainter(self)
        for mark, where in self.figures():
            colour = theme.RED_SOFT if mark.dbfs >= self._scale.bands[-1][0] else theme.SOFT
            draw_text(painter, where, mark.figure, theme.SMALL, colour, align=CENTRE)
        painter.end()

    def figures(self) -> list[tuple[Mark, QRect]]:
        """The marks whose figures have room, all of a rank or none, and where they stand."""
        shown: list[tuple[Mark, QRect]] = []
        for rank in sorted({mark.rank for mark in self._scale.marks}):
            more = [(mark, self._where(mark)) for mark in self._scale.marks if mark.rank == rank]
            gap = px(2)
            rects = [rect for _, rect in (*shown, *more)]
            if any(
                one.adjusted(-gap, 0, gap, 0).intersects(other)
                for place, one in enumerate(rects)
                for other in rects[:place]
            ):
                break
            shown += more
        return shown

    def _where(self, mark: Mark) -> QRect:
        width = max(1, self.width() - px(14))
        wide = theme.width_of(mark.figure, theme.SMALL)
        x = int(self._scale.share(mark.dbfs) * width) - wide // 2
        return QRect(max(0, min(x, self.width() - wide)), 0, wide, self.height())


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    return QColor(
        int(one.red() * share + other.red() * (1 - share)),
        int(one.green() * share + other.green() * (1 - share)),
        int(one.blue() * share + other.blue() * (1 - share)),
    )
