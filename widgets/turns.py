"""How a tile turns, mirrors and crops its pictures while painting them. Qt thread only; sizes in pixels.

A picture is turned first, then mirrored, then cropped: left, top, right and bottom are those that the director sees.
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QImage, QPainter

from console.settings import show

Crop = tuple[float, float, float, float]
_WHOLE: Final[Crop] = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Turn:
    """Degrees clockwise, mirrored or not, and the parts left out: left, top, right, bottom, each below 0.5."""

    rotate: int = 0
    mirror: bool = False
    crop: Crop = _WHOLE

    @property
    def is_sideways(self) -> bool:
        """True when width and height change places."""
        return self.rotate in (90, 270)

    def part(self, width: int, height: int) -> QRect:
        """The part of a source's picture of that size that is seen."""
        left, top, right, bottom = self._source_crop()
        x, y = round(left * width), round(top * height)
        return QRect(x, y, max(1, width - x - round(right * width)), max(1, height - y - round(bottom * height)))

    def seen(self, size: QSize) -> QSize:
        """How large the part is that is seen of a source's picture of that size, unscaled and turned."""
        part = self.part(size.width(), size.height()).size()
        return part.transposed() if self.is_sideways else part

    def wanted(self, width: int, height: int) -> tuple[int, int]:
        """The room that the source's whole picture needs so that what is seen of it fills `width` x `height`."""
        if self.is_sideways:
            width, height = height, width
        left, top, right, bottom = self._source_crop()
        return round(width / (1.0 - left - right)), round(height / (1.0 - top - bottom))

    def draw(self, painter: QPainter, target: QRect, image: QImage, part: QRect) -> None:
        """Draw `part` of `image` into `target` as the director wants to see it."""
        if not self.rotate and not self.mirror:
            painter.drawImage(target, image, part)
            return
        size = target.size().transposed() if self.is_sideways else target.size()
        painter.translate(target.x() + target.width() / 2, target.y() + target.height() / 2)
        painter.scale(-1 if self.mirror else 1, 1)
        painter.rotate(self.rotate)
        painter.translate(-size.width() / 2, -size.height() / 2)
        painter.drawImage(QRect(QPoint(0, 0), size), image, part)

    def _source_crop(self) -> Crop:
        """What is left out at the source picture's own left, top, right and bottom."""
        left, top, right, bottom = self.crop
        if self.mirror:
            left, right = right, left
        if self.rotate == 90:  # what the source has at its left is seen at the top
            return top, right, bottom, left
        if self.rotate == 180:
            return right, bottom, left, top
        if self.rotate == 270:
            return bottom, left, top, right
        return left, top, right, bottom


UPRIGHT: Final = Turn()


def turn_of(camera: show.Camera | None) -> Turn:
    """How the show wants a camera's pictures shown."""
    return Turn(camera.rotate, camera.mirror, camera.crop or _WHOLE) if camera is not None else UPRIGHT
