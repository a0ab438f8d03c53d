"""Turned, mirrored and cropped pictures, pixel by pixel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from console.settings.show import Camera
from widgets.fits import NEAR_PX, fitted
from widgets.turns import UPRIGHT, Turn, turn_of

SHARES = st.floats(0.0, 0.45)
TURNS = st.builds(
    Turn, st.sampled_from((0, 90, 180, 270)), st.booleans(), st.tuples(SHARES, SHARES, SHARES, SHARES)
)  # fmt: skip
LETTERS = {"r": QColor("red"), "g": QColor("lime"), "b": QColor("blue"), "w": QColor("white")}


def painted(rows: tuple[str, ...]) -> QImage:
    """An image of one pixel a letter."""
    image = QImage(len(rows[0]), len(rows), QImage.Format.Format_RGB32)
    for y, row in enumerate(rows):
        for x, letter in enumerate(row):
            image.setPixelColor(x, y, LETTERS[letter])
    return image


def seen(turn: Turn, rows: tuple[str, ...]) -> tuple[str, ...]:
    """What the director sees of it, a letter a pixel."""
    image = painted(rows)
    part = turn.part(image.width(), image.height())
    size = part.size().transposed() if turn.is_sideways else part.size()
    shown = QImage(size, QImage.Format.Format_RGB32)
    shown.fill(QColor("black"))
    painter = QPainter(shown)
    turn.draw(painter, shown.rect(), image, part)
    painter.end()
    letters = {colour.rgb(): letter for letter, colour in LETTERS.items()}
    return tuple(
        "".join(letters.get(shown.pixel(x, y), "?") for x in range(shown.width())) for y in range(shown.height())
    )


@pytest.mark.parametrize(
    ("turn", "shown"),
    [
        (UPRIGHT, ("rg", "bw", "bb")),
        (Turn(rotate=90), ("bbr", "bwg")),
        (Turn(rotate=180), ("bb", "wb", "gr")),
        (Turn(rotate=270), ("gwb", "rbb")),
        (Turn(mirror=True), ("gr", "wb", "bb")),
        (Turn(rotate=90, mirror=True), ("rbb", "gwb")),
        (Turn(crop=(0.0, 0.4, 0.0, 0.0)), ("bw", "bb")),
        (Turn(rotate=90, crop=(0.4, 0.0, 0.0, 0.0)), ("br", "wg")),
        (Turn(rotate=270, crop=(0.4, 0.0, 0.0, 0.0)), ("wb", "bb")),
        (Turn(rotate=180, crop=(0.0, 0.0, 0.0, 0.4)), ("bb", "wb")),
        (Turn(mirror=True, crop=(0.45, 0.0, 0.0, 0.0)), ("r", "b", "b")),
    ],
    ids=str,
)
def test_a_picture_is_turned_then_mirrored_then_cropped_as_it_is_seen(
    application: QApplication, turn: Turn, shown: tuple[str, ...]
) -> None:
    assert seen(turn, ("rg", "bw", "bb")) == shown


@given(TURNS, st.integers(2, 4000), st.integers(2, 4000))
def test_what_is_seen_lies_within_the_picture(turn: Turn, width: int, height: int) -> None:
    part = turn.part(width, height)
    assert part.width() >= 1
    assert part.height() >= 1
    assert part.left() >= 0
    assert part.top() >= 0
    assert part.right() < width
    assert part.bottom() < height


@given(TURNS, st.integers(80, 4000), st.integers(80, 4000))
def test_a_picture_of_the_wanted_size_is_shown_without_scaling(turn: Turn, width: int, height: int) -> None:
    part = turn.part(*turn.wanted(width, height))
    size = part.size().transposed() if turn.is_sideways else part.size()
    assert abs(size.width() - width) <= 2
    assert abs(size.height() - height) <= 2


@given(st.integers(1, 2000), st.integers(1, 2000), st.integers(1, 2000), st.integers(1, 2000))
def test_a_picture_lies_in_its_room_at_its_shape(width: int, height: int, wide: int, high: int) -> None:
    room = QSize(wide, high)
    target = fitted(QSize(width, height), room)
    assert 0 < target.width() <= wide
    assert 0 < target.height() <= high
    assert target.width() >= wide - NEAR_PX or target.height() >= high - NEAR_PX


def test_a_picture_that_nearly_fills_its_room_is_not_scaled() -> None:
    assert fitted(QSize(848, 476), QSize(849, 606)).size() == QSize(848, 476)
    assert fitted(QSize(244, 136), QSize(245, 138)).size() == QSize(244, 136)
    assert fitted(QSize(1280, 720), QSize(640, 360)).size() == QSize(640, 360)


def test_a_camera_says_how_it_is_turned() -> None:
    camera = Camera(name="Phone", rotate=270, mirror=True, crop=(0.1, 0.0, 0.1, 0.0))
    assert turn_of(camera) == Turn(270, True, (0.1, 0.0, 0.1, 0.0))
    assert turn_of(Camera(name="Wide")) == turn_of(None) == UPRIGHT
