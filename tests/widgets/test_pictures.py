"""Live pictures in a view, pixel by pixel: as they are, scaled, in time, and what lies over them."""

import time
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.cameras.state import Picture
from widgets.fits import beside, device_size
from widgets.overlay import Overlay, painted_parts
from widgets.pictures import PictureView
from widgets.turns import Turn

RECTS = st.builds(QRect, st.integers(0, 90), st.integers(0, 90), st.integers(1, 60), st.integers(1, 60))
RED, LIME, BLUE = QColor("red"), QColor("lime"), QColor("blue")


class Memory:
    """A worker's memory: one buffer that each picture is written into."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.sequence = 0
        self._pixels = np.zeros((height, width, 4), np.uint8)

    def write(self, colour: QColor) -> None:
        """The next picture, all of one colour but for its first column, which is white."""
        self._pixels[:] = (colour.blue(), colour.green(), colour.red(), 255)
        self._pixels[:, 0] = 255
        self.sequence += 1

    def newest(self) -> Picture | None:
        if not self.sequence:
            return None
        pixels = self._pixels.data.cast("B").toreadonly()
        return Picture(self.sequence, self.width, self.height, self.width * 4, pixels, mono_ns=1)


class View(PictureView):
    """A view on a screen of any scale, with a lamp over its pictures."""

    ratio = 1.0

    def devicePixelRatioF(self) -> float:
        return self.ratio

    def paint_over(self, painter: QPainter) -> None:
        painter.fillRect(0, 0, 4, 4, BLUE)


def view_of(memory: Memory, width: int, height: int, *, ratio: float = 1.0) -> View:
    view = View(memory.newest)
    view.ratio = ratio
    view.resize(width, height)
    view.show()
    QTest.qWaitForWindowExposed(view)
    view.poll()
    return view


def painted(view: View) -> QImage:
    """What is on the screen, device pixels."""
    image = QImage(device_size(view.rect(), view.ratio), QImage.Format.Format_RGB32)
    image.fill(RED)
    image.setDevicePixelRatio(view.ratio)
    view.render(image)
    image.setDevicePixelRatio(1.0)
    return image


def on_screen(view: View) -> QImage:
    """What Qt has flushed to the window."""
    return view.screen().grabWindow(view.winId()).toImage()


def until(application: QApplication, is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 5.0
    while not is_so():
        assert time.monotonic() < end_s, "did not happen in time"
        application.processEvents()


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_picture_of_the_size_that_is_shown_is_painted_pixel_by_pixel(application: QApplication, ratio: float) -> None:
    memory = Memory(240, 120)
    memory.write(LIME)
    view = view_of(memory, round(240 / ratio), round(180 / ratio), ratio=ratio)
    image = painted(view)
    row = [image.pixelColor(x, 90) for x in range(240)]
    assert row == [QColor("white")] + [LIME] * 239
    column = [image.pixelColor(120, y) for y in range(180)]
    assert column == [QColor("black")] * 30 + [LIME] * 120 + [QColor("black")] * 30
    assert view.shown_rect() == QRect(0, round(30 / ratio), round(240 / ratio), round(120 / ratio))


def test_what_came_since_the_look_is_painted_whole_and_counted(application: QApplication) -> None:
    memory = Memory(160, 90)
    memory.write(LIME)
    view = view_of(memory, 160, 90)
    painted(view)
    memory.write(BLUE)  # the memory of the picture before may hold anything by now
    assert painted(view).pixelColor(80, 45) == BLUE
    memory.sequence = 0
    view.poll()
    assert not view.has_picture()


def test_where_only_a_meter_is_painted_the_rest_of_a_newer_picture_follows(application: QApplication) -> None:
    memory = Memory(160, 90)
    memory.write(LIME)
    view = view_of(memory, 160, 90)
    until(application, lambda: on_screen(view).pixelColor(20, 45) == LIME)
    memory.write(BLUE)
    view.update(QRect(150, 0, 10, 90))
    until(application, lambda: on_screen(view).pixelColor(20, 45) == BLUE)
    assert view.rates.age_s(1) is not None


def test_a_resized_view_stretches_what_it_has_until_a_picture_of_its_size_comes(application: QApplication) -> None:
    memory = Memory(160, 90)
    memory.write(LIME)
    view = view_of(memory, 160, 90)
    view.resize(320, 200)
    assert view.shown_rect() == QRect(0, 10, 320, 180)
    assert painted(view).pixelColor(300, 100) == LIME
    assert painted(view).pixelColor(300, 5) == QColor("black")
    view.poll()
    assert painted(view).pixelColor(300, 188) == LIME


def test_a_mirrored_picture_is_painted_from_a_copy(application: QApplication) -> None:
    memory = Memory(160, 90)
    memory.write(LIME)
    view = view_of(memory, 160, 90)
    view.set_turn(Turn(mirror=True))
    view.poll()
    memory.write(RED)
    assert painted(view).pixelColor(20, 45) == LIME
    assert painted(view).pixelColor(159, 45) == QColor("white")


@given(st.lists(RECTS, max_size=6), st.integers(1, 150), st.integers(1, 150))
def test_an_overlay_blits_all_that_was_drawn_and_nothing_twice(rects: list[QRect], width: int, height: int) -> None:
    def draw(painter: QPainter) -> None:
        for rect in rects:
            painter.fillRect(rect, QColor(255, 0, 0, 90))

    whole = QImage(width, height, QImage.Format.Format_RGB32)
    whole.fill(LIME)
    parts = whole.copy()
    drawn = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    drawn.fill(0)
    for image, paint in ((drawn, draw), (whole, lambda painter: painter.drawImage(0, 0, drawn)),
                         (parts, Overlay(QSize(width, height), 1.0, draw).paint)):  # fmt: skip
        painter = QPainter(image)
        paint(painter)
        painter.end()
    assert parts == whole
    assert not any(one.intersects(other) for one, other in combinations(painted_parts(drawn), 2))


def test_of_a_tile_s_border_and_footing_only_the_edges_are_blitted() -> None:
    image = QImage(640, 360, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.drawRect(0, 0, 639, 359)
    painter.fillRect(0, 320, 640, 40, QColor(0, 0, 0, 120))
    painter.end()
    parts = list(painted_parts(image))
    assert parts == [QRect(0, 0, 640, 16), QRect(0, 16, 16, 304), QRect(624, 16, 16, 304), QRect(0, 320, 640, 40)]
    image.fill(0)
    assert list(painted_parts(image)) == []


@given(RECTS, RECTS)
def test_what_is_beside_a_picture_fills_the_rest_of_its_room(one: QRect, other: QRect) -> None:
    outer = one.united(other)
    strips = beside(one, outer)
    areas = [rect.width() * rect.height() for rect in (one, *strips)]
    assert sum(areas) == outer.width() * outer.height()
    assert all(outer.contains(strip) and not strip.intersects(one) for strip in strips)
