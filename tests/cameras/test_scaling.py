"""Decoded pictures become what is painted: the right size, the right colours, and samples for judging."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cameras.looks import SAMPLES
from console.cameras.scaling import Scaler, fit, luma_samples, planes, size_of, unpadded, unpadded_size

SIDES = st.integers(2, 400)


def picture(width: int, height: int, *, luma: int, u: int = 128, v: int = 128) -> np.ndarray:
    pixels = np.empty(size_of(width, height), np.uint8)
    for plane, value in zip(planes(pixels, (width, height)), (luma, u, v), strict=True):
        plane[:] = value
    return pixels


@given(st.tuples(st.integers(0, 8_000), st.integers(0, 8_000)))
def test_a_picture_of_any_shape_fits_its_room(source: tuple[int, int]) -> None:
    for room in ((480, 270), (1280, 720), (301, 169), (2, 2)):
        width, height = fit(source, room)
        assert 2 <= width <= room[0]
        assert 2 <= height <= room[1]
        assert width % 2 == height % 2 == 0


def test_portrait_keeps_its_shape() -> None:
    assert fit((1080, 1920), (640, 360)) == (202, 360)
    assert fit((1920, 1080), (640, 360)) == (640, 360)


def test_the_padding_of_decoders_is_taken_off() -> None:
    for padded, seen in (
        ((1280, 738), (1280, 720)),
        ((640, 386), (640, 360)),
        ((1920, 1090), (1920, 1080)),
        ((1088, 1922), (1080, 1920)),
        ((720, 578), (720, 576)),
        ((1280, 720), (1280, 720)),
        ((333, 77), (333, 77)),
    ):
        assert unpadded(*padded) == seen


@given(SIDES, SIDES, st.integers(0, 32), st.integers(0, 32))
def test_the_bytes_tell_the_size_within_the_padding(width: int, height: int, right: int, below: int) -> None:
    padded = width + right, height + below
    assert unpadded_size(padded, size_of(width, height), (width, height)) == (width, height)
    guessed = unpadded_size(padded, size_of(width, height), None)
    assert guessed is not None
    assert size_of(*guessed) == size_of(width, height)


def test_bytes_of_no_picture_tell_no_size() -> None:
    assert unpadded_size((640, 386), 7, (640, 360)) is None


@given(SIDES, SIDES, st.integers(1, 200), st.integers(1, 200))
def test_every_pixel_of_any_size_is_written_and_nothing_beside_it(
    width: int, height: int, wide: int, high: int
) -> None:
    room = np.zeros((high * 2, wide * 2 + 16, 4), np.uint8)
    Scaler().scale(picture(width, height, luma=235), (width, height), room[:, : wide * 2])
    assert (room[:, : wide * 2] >= 253).all()
    assert not room[:, wide * 2 :].any()


@pytest.mark.parametrize(
    ("yuv", "bgr"),
    [((81, 90, 240), (0, 0, 255)), ((41, 240, 110), (255, 0, 0)), ((16, 128, 128), (0, 0, 0))],
    ids=["red", "blue", "black"],
)
def test_colours_are_what_they_are(yuv: tuple[int, int, int], bgr: tuple[int, int, int]) -> None:
    out = np.empty((36, 64, 4), np.uint8)
    Scaler().scale(picture(1280, 720, luma=yuv[0], u=yuv[1], v=yuv[2]), (1280, 720), out)
    assert (np.abs(out[:, :, :3].astype(int) - bgr) <= 3).all()
    assert (out[:, :, 3] == 255).all()


def test_stripes_of_a_pixel_become_grey_and_do_not_flicker() -> None:
    pixels = picture(1280, 720, luma=16)
    planes(pixels, (1280, 720))[0][:, ::2] = 235
    out = np.empty((180, 320, 4), np.uint8)
    Scaler().scale(pixels, (1280, 720), out)
    assert (np.abs(out[:, :, :3].astype(int) - 128) <= 3).all()


def test_one_scaler_serves_every_size() -> None:
    scaler = Scaler()
    for width, height in ((640, 360), (384, 216), (1280, 720), (640, 360)):
        out = np.zeros((height, width, 4), np.uint8)
        scaler.scale(picture(1280, 720, luma=235), (1280, 720), out)
        assert (out >= 253).all()


@given(st.integers(32, 1920), st.integers(32, 1080))
def test_samples_are_spread_over_the_whole_picture(width: int, height: int) -> None:
    pixels = picture(width, height, luma=16)
    planes(pixels, (width, height))[0][:, width // 2 :] = 235
    samples = luma_samples(pixels, (width, height))
    assert min(SAMPLES, width * height) <= len(samples) <= 4 * SAMPLES
    assert set(samples) == {0, 255}
    assert 0.3 < samples.count(255) / len(samples) < 0.7
