"""What lies over a live picture: drawn once, and what was painted of it blitted with each picture. Qt thread only.

Blending a whole tile that is empty but for its edges costs as much as the picture under it.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage, QPainter

_CELL: Final = 16  # device pixels: what is painted is found in squares of that size


class Overlay:
    """One drawing, `size` device pixels large; `draw` paints it in logical pixels, `ratio` device pixels each."""

    def __init__(self, size: QSize, ratio: float, draw: Callable[[QPainter], None]) -> None:
        self.ratio = ratio
        self._image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        self._image.fill(0)
        self._image.setDevicePixelRatio(ratio)
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw(painter)
        painter.end()
        self._image.setDevicePixelRatio(1.0)
        self._parts = list(painted_parts(self._image))

    def paint(self, painter: QPainter) -> None:
        """Blit it to where `painter`, which counts device pixels, has its origin."""
        for part in self._parts:
            painter.drawImage(part.topLeft(), self._image, part)


def painted_parts(image: QImage) -> Iterator[QRect]:
    """The parts of `image` (premultiplied ARGB32) that hold all that is not transparent; they never overlap."""
    width, height = image.width(), image.height()
    if not width or not height:
        return
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(height, -1)[:, :width]
    bands = np.bitwise_or.reduceat(pixels, np.arange(0, height, _CELL), axis=0)
    cells = np.bitwise_or.reduceat(bands, np.arange(0, width, _CELL), axis=1) != 0
    top = 0
    for runs, same in groupby(_runs(row) for row in cells):  # bands that are alike are one part
        bottom = min(height, top + _CELL * sum(1 for _ in same))
        for left, right in runs:
            yield QRect(left, top, min(width, right) - left, bottom - top)
        top = bottom


def _runs(row: NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
    """From where to where cells are painted, device pixels."""
    edges = np.flatnonzero(np.diff(row, prepend=False, append=False)) * _CELL
    return tuple((int(left), int(right)) for left, right in zip(edges[::2], edges[1::2], strict=True))
