"""The last five minutes of the outputs, drawn from one sample a second. Qt thread only.

The whole plot is painted anew only when a sample came or its size changed; nothing is kept but the samples.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from scenes.outputs.state import Sample
from widgets import theme
from widgets.theme import RIGHT, draw_text, px, width_of

SPAN_S: Final = 300
_STEPS: Final = (1.0, 2.0, 5.0)
_BITRATE: Final = theme.TEXT
_RENDER: Final = QColor("#6ea8ff")


class Plot(QWidget):
    """Bitrate and render time as lines, each with its own scale; skipped and lagged frames as red ticks."""

    def __init__(self) -> None:
        super().__init__()
        self._samples: tuple[Sample, ...] = ()
        self.setAccessibleName("The last five minutes")

    def show_history(self, samples: tuple[Sample, ...]) -> None:
        """Follow OBS."""
        if samples is not self._samples:
            self._samples = samples
            missed = sum(one.skipped + one.lagged for one in samples)
            words = f"{missed} frames lagged or were skipped in the last five minutes" if samples else "nothing yet"
            self.setAccessibleDescription(words)
            self.setToolTip(f"White: bitrate. Blue: render time. Red below: frames lagged or skipped.\n{words}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, scales, lines, ticks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most_kbps = scale_top(max((one.bitrate_kbps for one in self._samples), default=0.0), least=1000.0)
        most_ms = scale_top(max((one.render_ms for one in self._samples), default=0.0), least=10.0)
        text_px = theme.line_height(theme.SMALL)
        room = self._room(most_kbps, most_ms)
        theme.box(painter, room, theme.WELL, theme.LINE, radius=0)
        self._paint_scales(painter, room, most_kbps, most_ms, text_px)
        inner = room.adjusted(1, 2, -1, -px(8) - 2)
        if self._samples:
            self._paint_ticks(painter, room)
            self._paint_line(painter, inner, [one.render_ms / most_ms for one in self._samples], _RENDER)
            self._paint_line(painter, inner, [one.bitrate_kbps / most_kbps for one in self._samples], _BITRATE)
        painter.end()

    def _room(self, most_kbps: float, most_ms: float) -> QRect:
        """What the scales at both sides and the times below leave."""
        left = max(width_of(mbps_words(most_kbps), theme.SMALL), width_of("Mbit/s", theme.SMALL)) + px(6)
        right = width_of(f"{most_ms:g} ms", theme.SMALL) + px(6)
        below = theme.line_height(theme.SMALL) if self._has_times() else 0
        return QRect(left, px(2), self.width() - left - right, self.height() - below - px(4))

    def _has_times(self) -> bool:
        """Whether there is height for the times below the plot."""
        return self.height() >= 4 * theme.line_height(theme.SMALL)

    def _paint_scales(self, painter: QPainter, room: QRect, most_kbps: float, most_ms: float, text_px: int) -> None:
        left = QRect(0, room.top(), room.left() - px(4), text_px)
        right = QRect(room.right() + px(5), room.top(), self.width() - room.right() - px(5), text_px)
        draw_text(painter, left, mbps_words(most_kbps), theme.SMALL, _BITRATE, align=RIGHT)
        draw_text(painter, right, f"{most_ms:g} ms", theme.SMALL, _RENDER)
        if room.height() >= 3 * text_px:
            draw_text(painter, left.translated(0, text_px), "Mbit/s", theme.SMALL, theme.FAINT, align=RIGHT)
            foot = room.bottom() - text_px - room.top()
            draw_text(painter, left.translated(0, foot), "0", theme.SMALL, theme.FAINT, align=RIGHT)
            draw_text(painter, right.translated(0, foot), "0", theme.SMALL, theme.FAINT)
        if self._has_times():
            below = QRect(room.left(), room.bottom() + px(2), room.width(), text_px)
            draw_text(painter, below, "5 min ago", theme.SMALL, theme.FAINT)
            draw_text(painter, below, "now", theme.SMALL, theme.FAINT, align=RIGHT)
            self._paint_legend(painter, below)
        painter.setPen(QPen(theme.LINE, 1))
        for minute in range(1, 5):
            x = room.left() + room.width() * minute // 5
            painter.drawLine(x, room.top() + 1, x, room.bottom() - 1)

    def _paint_legend(self, painter: QPainter, below: QRect) -> None:
        """What is what, in words and colours, where there is room between the times."""
        parts = (("bitrate", _BITRATE), ("render time", _RENDER), ("lagged or skipped", theme.RED_SOFT))
        gap = px(18)
        width = sum(width_of(words, theme.SMALL) + gap for words, _ in parts)
        free = below.width() - width_of("5 min ago", theme.SMALL) - width_of("now", theme.SMALL) - 2 * gap
        if width > free:
            return
        x = below.left() + (below.width() - width) // 2
        for words, colour in parts:
            draw_text(painter, QRect(x, below.top(), below.right() - x, below.height()), words, theme.SMALL, colour)
            x += width_of(words, theme.SMALL) + gap

    def _x_of(self, index: int, room: QRect) -> float:
        age = len(self._samples) - 1 - index
        return room.right() - age * room.width() / SPAN_S

    def _paint_line(self, painter: QPainter, room: QRect, shares: Sequence[float], colour: QColor) -> None:
        points = QPolygonF(
            [
                QPointF(self._x_of(index, room), room.bottom() - min(1.0, share) * room.height())
                for index, share in enumerate(shares)
            ]
        )
        painter.setPen(QPen(colour, max(1.2, px(2) * 0.8)))
        painter.drawPolyline(points)

    def _paint_ticks(self, painter: QPainter, room: QRect) -> None:
        height, width = px(8), max(2, round(room.width() / SPAN_S))
        for index, one in enumerate(self._samples):
            if one.skipped or one.lagged:
                x = int(self._x_of(index, room))
                painter.fillRect(QRect(x - width // 2, room.bottom() - height, width, height), theme.RED)


def scale_top(most: float, *, least: float) -> float:
    """The round number (1, 2 or 5 and zeros) at or above `most`, and never below `least`: a scale's upper end."""
    top = least
    while top < most:
        power = 10.0 ** len(str(int(top))) / 10
        lead = top / power
        top = next((step * power for step in (*_STEPS, 10.0) if step > lead + 1e-9), 10 * power)
    return top


def mbps_words(kbps: float) -> str:
    """A bitrate in Mbit/s, one place: "5.8"."""
    return f"{kbps / 1000:.1f}" if kbps < 10_000 else f"{kbps / 1000:.0f}"
