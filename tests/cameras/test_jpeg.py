"""JPEG to rows of pixels: whatever comes, nothing but a whole picture or none."""

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from console.cameras.jpeg import LARGEST_PX, decode
from console.cameras.looks import is_black


def jpeg(width: int, height: int, colour: tuple[int, int, int] = (200, 200, 200), mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).convert(mode).save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_any_kind_of_jpeg_is_rows_of_bgrx(mode: str) -> None:
    decoded = decode(jpeg(33, 17, mode=mode))
    assert decoded is not None
    assert (decoded.width, decoded.height, decoded.stride) == (33, 17, 132)
    assert len(decoded.pixels) == 17 * 132
    assert min(decoded.pixels) > 190
    assert set(decoded.pixels[3::4]) == {255}


@pytest.mark.parametrize("colour", [(0, 0, 0), (9, 9, 9), (2, 0, 12)])
def test_what_is_dark_all_over_is_black(colour: tuple[int, int, int]) -> None:
    decoded = decode(jpeg(640, 360, colour))
    assert decoded is not None
    assert is_black(decoded.samples)


@pytest.mark.parametrize("colour", [(0, 0, 160), (160, 0, 0), (30, 30, 30)])
def test_a_slide_in_one_deep_colour_is_not_black(colour: tuple[int, int, int]) -> None:
    decoded = decode(jpeg(640, 360, colour))
    assert decoded is not None
    assert not is_black(decoded.samples)


def test_a_picture_larger_than_anything_asked_for_is_none() -> None:
    assert decode(jpeg(LARGEST_PX + 1, 8)) is None


@given(st.binary(max_size=300), st.integers(0, 700), st.randoms(use_true_random=False))
def test_a_damaged_jpeg_is_a_whole_picture_or_none(junk: bytes, cut: int, chance: random.Random) -> None:
    whole = jpeg(64, 36)
    bent = bytearray(whole)
    bent[chance.randrange(len(bent))] = chance.randrange(256)
    for data in (junk, b"\xff\xd8" + junk, whole[:cut], whole[:cut] + junk, bytes(bent)):
        decoded = decode(data)
        assert decoded is None or len(decoded.pixels) == decoded.stride * decoded.height > 0
