"""Meters: one scale, painted once, of which each bar shows a part. Qt thread only; levels in dBFS.

The colours belong to the scale: green to -20, amber to -9, red above (as in OBS).
"""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.audio.state import FLOOR_DBFS, Level
from widgets import theme
from widgets.theme import CENTRE, draw_text, px

BOTTOM_DBFS: Final = -60.0
AMBER_FROM_DBFS: Final = -20.0
RED_FROM_DBFS: Final = -9.0
TICKS_DBFS: Final = (-50, -40, -30, -20, -9, 0)
_MOST_WANTED_DBFS: Final = (-20, -9, 0, -40, -30, -50)  # where there is no room for all numbers

_RMS: Final = QColor(255, 255, 255, 120)

_At = tuple[int, int, int, bool, bool]  # where peak, RMS and hold end, in pixels; clipped; muted


def share_of(dbfs: float) -> float:
    """Where a level lies on the scale, 0.0 (-60 dBFS and below) to 1.0 (0 dBFS and above)."""
    return min(1.0, max(0.0, (dbfs - BOTTOM_DBFS) / -BOTTOM_DBFS))


def level_words(dbfs: float) -> str:
    """A level as a number: "-12.4", "-∞" at the floor."""
    return "-∞" if dbfs <= FLOOR_DBFS + 0.5 else f"{dbfs:.1f}".replace("-0.0", "0.0")


class Meter(QWidget):
    """One horizontal bar: peak, RMS inside it, hold mark, clip lamp. `thin` leaves RMS, ticks and clip out.

    `has_clip_room`: as long as a bar with a clip lamp, so that scales above each other agree.
    """

    def __init__(self, *, thin: bool = False, has_clip_room: bool | None = None) -> None:
        super().__init__()
        self._thin = thin
        self._has_clip_room = not thin if has_clip_room is None else has_clip_room
        self._at: _At = (0, 0, 0, False, False)
        self._lit: QPixmap | None = None
        self._dark: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing behind it is painted for its sake
        self.setAccessibleName("Meter")

    def sizeHint(self) -> QSize:
        """A bar's room."""
        return QSize(px(160), max(5, px(8)) if self._thin else max(14, px(19)))

    def minimumSizeHint(self) -> QSize:
        """Narrow columns are fine."""
        return QSize(px(60), self.sizeHint().height())

    def show_level(self, level: Level, *, is_muted: bool = False) -> None:
        """Show a reading, by its ballistics where it has them; repaints only what a pixel shows."""
        width = self._bar_width()
        has_ballistics = level.ballistic_dbfs > FLOOR_DBFS
        bar_dbfs = level.ballistic_dbfs if has_ballistics else level.peak_dbfs
        at = (
            int(share_of(bar_dbfs) * width), int(share_of(level.rms_dbfs) * width),
            int(share_of(level.hold_dbfs) * width), level.is_clipped, is_muted,
        )  # fmt: skip
        if at != self._at:
            before, self._at = self._at, at
            self.update(self._changed(before, at))

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
            for low, high, colour in (
                (BOTTOM_DBFS, AMBER_FROM_DBFS, theme.GREEN), (AMBER_FROM_DBFS, RED_FROM_DBFS, theme.AMBER),
                (RED_FROM_DBFS, 0.0, theme.RED),
            ):  # fmt: skip
                left, right = int(share_of(low) * width), int(share_of(high) * width)
                shade = colour if lit else _mixed(colour, theme.WELL, 0.16)
                painter.fillRect(QRect(left, 0, right - left, height), shade)
            if not self._thin:
                for tick in TICKS_DBFS:
                    painter.fillRect(QRect(int(share_of(tick) * width) - 1, 0, 1, height), QColor(0, 0, 0, 150))
            painter.end()
            made.append(pixmap)
        self._lit, self._dark = made

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The scales are painted anew."""
        self._dark = None

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
            painter.fillRect(self.width() - px(10), 0, px(10), height, theme.RED)
        if hold:
            painter.fillRect(hold - 2, 0, 2, height, theme.WHITE)
        painter.end()


class MeterScale(QWidget):
    """The numbers of the scale, above or below a column of meters."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A line's room."""
        return QSize(px(160), theme.line_height(theme.SMALL))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the numbers where the ticks are."""
        painter = QPainter(self)
        width = max(1, self.width() - px(14))
        half = theme.width_of("-50", theme.SMALL)
        taken: list[QRect] = []
        for tick in _MOST_WANTED_DBFS:
            x = int(share_of(tick) * width)
            where = QRect(min(x - half // 2, self.width() - half), 0, half, self.height())
            if not any(where.adjusted(-2, 0, 2, 0).intersects(other) for other in taken):
                taken.append(where)
                draw_text(painter, where, str(tick), theme.SMALL, theme.FAINT, align=CENTRE)
        painter.end()


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    return QColor(
        int(one.red() * share + other.red() * (1 - share)),
        int(one.green() * share + other.green() * (1 - share)),
        int(one.blue() * share + other.blue() * (1 - share)),
    )
