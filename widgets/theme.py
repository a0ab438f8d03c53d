"""Colours, sizes, fonts and text of the window. Qt thread only.

Sizes are written for a window of 1920x1080 and grow and shrink with it (`px`). Text goes through `draw_text`, which
notes in `CUT` whatever did not fit, so that a test can walk every state and find nothing there.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QWidget

RESOURCES: Final = Path(__file__).resolve().parent.parent / "resources"

GROUND: Final = QColor("#0e1116")
PANEL: Final = QColor("#151a21")
RAISED: Final = QColor("#222934")
LINE: Final = QColor("#2a323d")
WELL: Final = QColor("#080a0d")
TEXT: Final = QColor("#eef1f5")
SOFT: Final = QColor("#a9b3c0")
FAINT: Final = QColor("#7f8b9a")
RED: Final = QColor("#e5383b")
RED_SOFT: Final = QColor("#ff8a8c")
RED_DEEP: Final = QColor("#4a171a")
GREEN: Final = QColor("#2fbf71")
GREEN_SOFT: Final = QColor("#63dc9c")
GREEN_DEEP: Final = QColor("#10351f")
AMBER: Final = QColor("#f2a93b")
AMBER_SOFT: Final = QColor("#ffc773")
AMBER_DEEP: Final = QColor("#3d2b10")
WHITE: Final = QColor("#eef1f5")
INK: Final = QColor("#0b0e12")

SMALL: Final = 13.0
BODY: Final = 15.0
LARGE: Final = 18.0
TITLE: Final = 22.0
CLOCK: Final = 26.0
HUGE: Final = 30.0

REGULAR: Final = 400
STRONG: Final = 600
BOLD: Final = 700

LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE: Final = Qt.AlignmentFlag.AlignCenter
WRAPPED: Final = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop

CUT: deque[str] = deque(maxlen=200)

_SMALLEST_TEXT_PX: Final = 11
_scale = 1.0


def scale_for(width: int, height: int) -> float:
    """How large everything is in a window of that size (logical pixels): 1.0 at 1920x1080, 0.8 at 1280x720."""
    fraction = min(width / 1920, height / 1080)
    return max(0.68, min(2.2, round(0.4 + 0.6 * fraction, 2)))


def set_scale(scale: float) -> bool:
    """Use `scale` from now on; True when it is another one than before."""
    global _scale  # noqa: PLW0603 - one window, one scale
    changed = scale != _scale
    _scale = scale
    return changed


@contextmanager
def scaled(scale: float) -> Iterator[None]:
    """Use `scale` for as long as this lasts: what is in another window is seen from further away, or is larger."""
    before = _scale
    set_scale(scale)
    try:
        yield
    finally:
        set_scale(before)


def px(size: float) -> int:
    """`size`, written for 1920x1080, in logical pixels of the present window."""
    return max(1, round(size * _scale))


def text_px(size: float) -> int:
    """A text size in logical pixels; never too small to read."""
    return max(_SMALLEST_TEXT_PX, round(size * _scale))


@lru_cache(maxsize=256)
def _font(pixels: int, weight: int) -> QFont:
    font = QFont("Inter")
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight(weight))
    font.setFeature(QFont.Tag("tnum"), 1)  # clocks and levels must not dance
    return font


@lru_cache(maxsize=256)
def _metrics(pixels: int, weight: int) -> QFontMetricsF:
    return QFontMetricsF(_font(pixels, weight))


def font(size: float, weight: int = REGULAR) -> QFont:
    """The window's font at `size` (for 1920x1080), with digits of one width."""
    return _font(text_px(size), weight)


def width_of(text: str, size: float, weight: int = REGULAR) -> int:
    """How wide `text` is, in logical pixels, rounded up."""
    return int(_metrics(text_px(size), weight).horizontalAdvance(text)) + 1


def line_height(size: float, weight: int = REGULAR) -> int:
    """How high a line of that size is, in logical pixels."""
    return int(_metrics(text_px(size), weight).height()) + 1


def draw_text(
    painter: QPainter,
    rect: QRect | QRectF,
    text: str,
    size: float,
    colour: QColor = TEXT,
    *,
    weight: int = REGULAR,
    align: Qt.AlignmentFlag = LEFT,
    may_cut: bool = False,
) -> None:
    """Draw one line of text in `rect`. What does not fit ends in "…" and is noted in CUT unless `may_cut`."""
    if not text:
        return
    pixels = text_px(size)
    metrics = _metrics(pixels, weight)
    if metrics.horizontalAdvance(text) > rect.width() + 1:
        if not may_cut:
            CUT.append(text)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.setFont(_font(pixels, weight))
    painter.setPen(colour)
    painter.drawText(QRectF(rect), int(align), text)


def draw_wrapped(  # like draw_text, for sentences
    painter: QPainter, rect: QRect, text: str, size: float, colour: QColor = TEXT, *, weight: int = REGULAR
) -> int:
    """Draw `text` over as many lines as it needs in `rect`; returns the height used, in logical pixels."""
    bounds = _metrics(text_px(size), weight).boundingRect(QRectF(rect), int(WRAPPED), text)
    if bounds.height() > rect.height() + 1:
        CUT.append(text)
    painter.setFont(font(size, weight))
    painter.setPen(colour)
    painter.drawText(QRectF(rect), int(WRAPPED), text)
    return int(bounds.height()) + 1


def wrapped_height(text: str, width: int, size: float, weight: int = REGULAR) -> int:
    """How high `text` is when wrapped into `width` logical pixels."""
    room = QRectF(0, 0, max(1, width), 100_000)
    return int(_metrics(text_px(size), weight).boundingRect(room, int(WRAPPED), text).height()) + 1


def box(
    painter: QPainter, rect: QRect | QRectF, fill: QColor | None, line: QColor | None = None, *, radius: float = 6,
    line_px: float = 1.0,
) -> None:  # fmt: skip
    """Draw a rounded box whose line lies inside `rect`."""
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if line is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(rect), radius, radius)
        return
    painter.setPen(QPen(line, line_px))
    half = line_px / 2
    painter.drawRoundedRect(QRectF(rect).adjusted(half, half, -half, -half), radius, radius)


def elided(text: str, width: int, size: float, weight: int = REGULAR) -> str:
    """`text`, ending in "…" where it is wider than `width` logical pixels."""
    return _metrics(text_px(size), weight).elidedText(text, Qt.TextElideMode.ElideRight, width)


def chip(
    painter: QPainter, right_or_left: int, centre_y: int, text: str, *, fill: QColor, colour: QColor,
    size: float = SMALL, from_right: bool = False, line: QColor | None = None,
) -> QRect:  # fmt: skip
    """Draw a small labelled box starting (or ending, `from_right`) at x; returns where it is."""
    pad = px(8)
    width = width_of(text, size, BOLD) + 2 * pad
    height = line_height(size, BOLD) + px(6)
    left = right_or_left - width if from_right else right_or_left
    rect = QRect(left, centre_y - height // 2, width, height)
    box(painter, rect, fill, line, radius=px(5))
    draw_text(painter, rect, text, size, colour, weight=BOLD, align=CENTRE)
    return rect


def stand_on(window: QWidget, ground: QColor) -> None:
    """Give a window its ground, and text that is read on it."""
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Window, ground)
    palette.setColor(QPalette.ColorRole.WindowText, TEXT)
    window.setPalette(palette)
    window.setAutoFillBackground(True)


def dress(application: QApplication) -> None:
    """Give the application the house's fonts and style sheet."""
    for path in sorted((RESOURCES / "fonts").glob("*.otf")):
        QFontDatabase.addApplicationFont(str(path))
    application.setFont(_font(14, REGULAR))
    style = (RESOURCES / "styles" / "cuedrop.qss").read_text(encoding="utf-8")
    application.setStyleSheet(style.replace("@resources", RESOURCES.as_posix()))
