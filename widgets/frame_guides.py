"""Frame guides over a picture: safe areas, upright crops, thirds, centre. Qt thread only; logical pixels.

Lines are white on a dark edge, so that they are seen on every picture; colours belong to tally and levels.
"""

from collections.abc import Collection
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from console.settings.show import Guide
from widgets import theme
from widgets.theme import draw_text, px

EVERY: Final[tuple[Guide, ...]] = ("16:9", "9:16", "4:5", "thirds", "centre")
ACTION_SAFE: Final = 0.93  # of width and height: EBU R 95, 16:9
GRAPHICS_SAFE: Final = 0.90  # EBU R 95
_SHAPES: Final[dict[Guide, float]] = {"9:16": 9 / 16, "4:5": 4 / 5}  # width by height
_WIDE: Final = 16 / 9
_EDGE: Final = QColor(0, 0, 0, 130)
_LINE: Final = QColor(255, 255, 255, 225)
_FINE: Final = QColor(255, 255, 255, 150)
_OUTSIDE: Final = QColor(0, 0, 0, 130)


def crop_in(picture: QRectF, shape: float) -> QRectF:
    """The largest frame of that shape (width by height) in the middle of `picture`."""
    width = min(picture.width(), picture.height() * shape)
    frame = QRectF(0, 0, width, width / shape)
    frame.moveCenter(picture.center())
    return frame


def paint_guides(painter: QPainter, picture: QRect, guides: Collection[str]) -> None:
    """Draw the guides over a picture that lies in `picture`; where it is small, without their names."""
    if not guides or picture.isEmpty():
        return
    room = QRectF(picture)
    painter.save()
    painter.setClipRect(picture)
    crops = [(name, crop_in(room, shape)) for name, shape in _SHAPES.items() if name in guides]
    if crops:
        _dim_outside(painter, room, max((frame for _, frame in crops), key=lambda f: f.width() * f.height()))
    if "thirds" in guides:
        _paint_thirds(painter, room)
    if "16:9" in guides:
        _paint_safe(painter, crop_in(room, _WIDE))
    for index, (name, frame) in enumerate(crops):
        _paint_lines(painter, _outline(frame), _LINE)
        _paint_name(painter, frame, name, index)
    if "centre" in guides:
        _paint_centre(painter, room)
    painter.restore()


def _dim_outside(painter: QPainter, room: QRectF, frame: QRectF) -> None:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    path.addRect(room)
    path.addRect(frame)
    painter.fillPath(path, _OUTSIDE)


def _outline(frame: QRectF) -> list[QLineF]:
    inner = frame.adjusted(0.5, 0.5, -0.5, -0.5)
    corners = [inner.topLeft(), inner.topRight(), inner.bottomRight(), inner.bottomLeft()]
    return [QLineF(one, other) for one, other in zip(corners, [*corners[1:], corners[0]], strict=True)]


def _paint_lines(painter: QPainter, lines: list[QLineF], colour: QColor, *, is_dotted: bool = False) -> None:
    width = max(1.0, px(15) / 10)
    for ink, thickness in ((_EDGE, width + 2), (colour, width)):
        pen = QPen(ink, thickness)
        if is_dotted:
            pen.setDashPattern([8.0 / thickness, 6.0 / thickness])
        painter.setPen(pen)
        painter.drawLines(lines)


def _paint_thirds(painter: QPainter, room: QRectF) -> None:
    lines = []
    for part in (1 / 3, 2 / 3):
        x, y = room.left() + part * room.width(), room.top() + part * room.height()
        lines += [QLineF(x, room.top(), x, room.bottom()), QLineF(room.left(), y, room.right(), y)]
    _paint_lines(painter, lines, _FINE)


def _paint_safe(painter: QPainter, frame: QRectF) -> None:
    """Action safe whole, graphics safe dotted."""
    for share, is_dotted in ((ACTION_SAFE, False), (GRAPHICS_SAFE, True)):
        safe = QRectF(0, 0, frame.width() * share, frame.height() * share)
        safe.moveCenter(frame.center())
        _paint_lines(painter, _outline(safe), _FINE if is_dotted else _LINE, is_dotted=is_dotted)


def _paint_centre(painter: QPainter, room: QRectF) -> None:
    arm = min(room.width(), room.height()) * 0.06
    middle = room.center()
    across, down = QPointF(arm, 0), QPointF(0, arm)
    _paint_lines(painter, [QLineF(middle - across, middle + across), QLineF(middle - down, middle + down)], _LINE)


def _paint_name(painter: QPainter, frame: QRectF, name: str, index: int) -> None:
    """At the frame's right edge, each below the one before, where there is room between the badges and the name."""
    width = theme.width_of(name, theme.SMALL, theme.BOLD) + px(12)
    height = theme.line_height(theme.SMALL, theme.BOLD) + 2
    if frame.height() < 10 * height or frame.width() < width + px(8):
        return
    top = frame.top() + frame.height() * 0.24 + index * (height + px(4))
    label = QRectF(frame.right() - width - 3, top, width, height)
    theme.box(painter, label, QColor(8, 10, 13, 190), radius=px(4))
    draw_text(painter, label, name, theme.SMALL, weight=theme.BOLD, align=theme.CENTRE)
