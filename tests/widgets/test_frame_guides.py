"""Frame guides: where they lie, and that they are seen on every picture."""

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from widgets.frame_guides import ACTION_SAFE, EVERY, crop_in, paint_guides

PICTURE = QRect(20, 10, 640, 360)


def painted(guides: tuple[str, ...], *, ground: str = "#808080") -> QImage:
    image = QImage(680, 380, QImage.Format.Format_RGB32)
    image.fill(QColor(ground))
    painter = QPainter(image)
    paint_guides(painter, PICTURE, guides)
    painter.end()
    return image


def changed(image: QImage, x: float, y: float, *, ground: str = "#808080") -> bool:
    """True when a line lies within two pixels of that place in the picture."""
    around = [(dx, dy) for dx in range(-2, 3) for dy in range(-2, 3)]
    at = QPoint(round(PICTURE.left() + x), round(PICTURE.top() + y))
    return any(image.pixelColor(at + QPoint(*step)) != QColor(ground) for step in around)


@pytest.mark.parametrize(
    ("guide", "x", "y"),
    [
        ("thirds", 640 / 3, 40), ("thirds", 100, 240), ("centre", 320, 180), ("9:16", 320 - 360 * 9 / 32, 180),
        ("4:5", 320 + 360 * 4 / 10, 180), ("16:9", 640 * (1 - ACTION_SAFE) / 2, 180),
    ],
)  # fmt: skip
def test_each_guide_lies_where_it_belongs(application: QApplication, guide: str, x: float, y: float) -> None:
    assert changed(painted((guide,)), x, y)
    assert not changed(painted(()), x, y)


def test_what_an_upright_crop_leaves_out_is_dimmed(application: QApplication) -> None:
    image = painted(("9:16", "4:5"))
    assert image.pixelColor(PICTURE.left() + 60, 190).value() < 100  # outside both
    assert image.pixelColor(PICTURE.left() + 205, 190) == QColor("#808080")  # within 4:5


@pytest.mark.parametrize("ground", ["#ffffff", "#000000", "#808080"])
@pytest.mark.parametrize("guide", EVERY)
def test_lines_are_seen_on_every_picture(application: QApplication, guide: str, ground: str) -> None:
    image = painted((guide,), ground=ground)
    places = ((x, y) for x in range(0, 680, 1) for y in range(10, 370, 30))
    contrast = {abs(image.pixelColor(x, y).value() - QColor(ground).value()) for x, y in places}
    assert max(contrast) > 60


def test_nothing_is_painted_outside_the_picture(application: QApplication) -> None:
    image = painted(EVERY)
    inside = PICTURE.adjusted(-1, -1, 1, 1)
    assert all(
        inside.contains(x, y) or image.pixelColor(x, y) == QColor("#808080")
        for x in range(0, 680, 3) for y in range(0, 380, 3)
    )  # fmt: skip


def test_a_crop_is_as_large_as_the_picture_allows() -> None:
    assert crop_in(QRectF(0, 0, 1600, 900), 9 / 16) == QRectF(546.875, 0, 506.25, 900)
    assert crop_in(QRectF(0, 0, 900, 1600), 9 / 16) == QRectF(0, 0, 900, 1600)
    assert crop_in(QRectF(0, 0, 900, 1600), 16 / 9).width() == 900
