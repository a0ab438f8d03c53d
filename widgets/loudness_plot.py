"""The last minutes of one bus's loudness, with the band around its target. Qt thread only."""

from typing import Final

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from console.audio.state import NO_LOUDNESS_LUFS
from widgets import theme
from widgets.programme_strip import OFF_LU
from widgets.theme import RIGHT, draw_text, px, width_of

SPAN_S: Final = 300
ABOVE_LU: Final = 12.0  # the scale reaches from so much above the target
BELOW_LU: Final = 24.0  # to so much below it
_MOMENTARY: Final = QColor("#6ea8ff")

Sample = tuple[float, float]  # momentary and short-term, LUFS, once a second


class LoudnessPlot(QWidget):
    """Short-term in white, momentary in blue; painted anew only when a sample came."""

    def __init__(self) -> None:
        super().__init__()
        self._samples: tuple[Sample, ...] = ()
        self._target_lufs = -16.0
        self.setAccessibleName("Loudness of the last five minutes")
        self.setToolTip("White: short-term, 3 s. Blue: momentary, 0.4 s. Green band: the target, 1 LU up and down.")

    def show_samples(self, samples: tuple[Sample, ...], target_lufs: float) -> None:
        """Follow the measuring; the newest sample is the last."""
        if (samples, target_lufs) != (self._samples, self._target_lufs):
            self._samples, self._target_lufs = samples, target_lufs
            self.setAccessibleDescription(f"target {target_lufs:g} LUFS")
            self.update()

    @property
    def samples(self) -> tuple[Sample, ...]:
        """What is drawn."""
        return self._samples

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, band, scale and lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale_px = width_of("-88", theme.SMALL) + px(6)
        line_px = theme.line_height(theme.SMALL)
        has_times = self.height() >= 5 * line_px
        room = QRect(scale_px, 1, self.width() - scale_px - 1, self.height() - 2 - (line_px if has_times else 0))
        theme.box(painter, room, theme.WELL, theme.LINE, radius=0)
        self._paint_band(painter, room)
        self._paint_scale(painter, room, line_px)
        self._paint_line(painter, room, [one[0] for one in self._samples], _MOMENTARY)
        self._paint_line(painter, room, [one[1] for one in self._samples], theme.TEXT)
        if has_times:
            below = QRect(room.left(), room.bottom() + 1, room.width(), line_px)
            draw_text(painter, below, "5 min ago", theme.SMALL, theme.FAINT)
            draw_text(painter, below, "now", theme.SMALL, theme.FAINT, align=RIGHT)
        painter.end()

    def _paint_band(self, painter: QPainter, room: QRect) -> None:
        top = int(y_of(self._target_lufs + OFF_LU, self._target_lufs, room))
        bottom = int(y_of(self._target_lufs - OFF_LU, self._target_lufs, room))
        painter.fillRect(QRect(room.left() + 1, top, room.width() - 2, max(3, bottom - top)), theme.GREEN_DEEP)
        painter.setPen(QPen(theme.LINE, 1))
        for minute in range(1, 5):
            x = room.left() + room.width() * minute // 5
            painter.drawLine(x, room.top() + 1, x, room.bottom() - 1)

    def _paint_scale(self, painter: QPainter, room: QRect, line_px: int) -> None:
        target = self._target_lufs
        for lufs, colour in ((target, theme.GREEN_SOFT), (target + 9, theme.FAINT), (target - 18, theme.FAINT)):
            y = int(y_of(lufs, target, room)) - line_px // 2
            y = max(0, min(y, self.height() - line_px))
            where = QRect(0, y, room.left() - px(4), line_px)
            draw_text(painter, where, f"{lufs:.0f}", theme.SMALL, colour, align=RIGHT)

    def _paint_line(self, painter: QPainter, room: QRect, values: list[float], colour: QColor) -> None:
        """A line that is broken where nothing was measured."""
        painter.setPen(QPen(colour, max(1.2, px(2) * 0.8)))
        inner = room.adjusted(1, 1, -1, -1)
        run: list[QPointF] = []
        for index, lufs in enumerate(values):
            if lufs <= NO_LOUDNESS_LUFS + 0.5:
                painter.drawPolyline(QPolygonF(run))
                run = []
                continue
            age = len(values) - 1 - index
            run.append(QPointF(inner.right() - age * inner.width() / SPAN_S, y_of(lufs, self._target_lufs, inner)))
        painter.drawPolyline(QPolygonF(run))


def y_of(lufs: float, target_lufs: float, room: QRect) -> float:
    """Where a loudness lies in `room`, logical pixels; what is off the scale lies at its edge."""
    share = (target_lufs + ABOVE_LU - lufs) / (ABOVE_LU + BELOW_LU)
    return room.top() + min(1.0, max(0.0, share)) * room.height()
