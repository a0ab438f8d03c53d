"""The clock page's time code, as cameras see it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from console.cameras.timecode import DIGITS, LONGEST_MS, SIDE, cells_of, delay_ms, grey_of, times_ms
from tests.cameras.clock_pictures import Shot, page, shoot

NOW_NS = 86_412_345_678_901
EARLIER_NS = NOW_NS - 33_000_000
BOTH = {86_412_345, 86_412_312}
A_CAMERA = Shot(yaw=15, roll=5, blur=0.7, dark=20, light=230, noise=4, quality=50)


@given(st.integers(0, 2**62))
def test_any_time_is_a_code_that_reads_back(mono_ns: int) -> None:
    cells = cells_of(mono_ns)
    assert [len(row) for row in cells] == [SIDE] * SIDE
    assert times_ms(page(mono_ns, width=400, height=400)) == [mono_ns // 1_000_000 % 10**DIGITS]


@pytest.mark.parametrize(
    "shot",
    [
        A_CAMERA,
        replace(A_CAMERA, share=0.3),
        replace(A_CAMERA, size=(480, 270), share=0.4),
        replace(A_CAMERA, size=(320, 180), share=0.5),
        replace(A_CAMERA, share=0.5, blur=2.0),
        replace(A_CAMERA, share=0.9, blur=4.0),
        replace(A_CAMERA, yaw=35, roll=12, share=0.6),
        replace(A_CAMERA, roll=90, share=0.5),
        replace(A_CAMERA, roll=180),
        replace(A_CAMERA, dark=60, light=120),
        replace(A_CAMERA, dark=150, light=255),
        replace(A_CAMERA, noise=25, quality=20),
        replace(A_CAMERA, is_mirrored=True),
    ],
    ids=str,
)
def test_a_camera_in_front_of_the_page_reads_both_codes(shot: Shot) -> None:
    for seed in range(5):
        assert set(times_ms(shoot(page(EARLIER_NS, NOW_NS), shot, seed))) == BOTH


@given(
    st.builds(
        Shot,
        size=st.sampled_from([(480, 270), (640, 360), (960, 540), (360, 640)]),
        share=st.floats(0.5, 0.9),
        yaw=st.floats(-25, 25),
        roll=st.floats(-15, 15),
        blur=st.floats(0, 1),
        dark=st.integers(0, 60),
        light=st.integers(150, 255),
        noise=st.floats(0, 6),
        quality=st.integers(35, 95),
        is_mirrored=st.booleans(),
    ),
    st.integers(0, 1_000),
)
@settings(max_examples=60)
def test_however_the_camera_stands_at_least_one_code_is_read_and_no_wrong_one(shot: Shot, seed: int) -> None:
    found = set(times_ms(shoot(page(EARLIER_NS, NOW_NS), shot, seed)))
    assert found
    assert found <= BOTH


@pytest.mark.parametrize("mix", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_picture_taken_while_one_code_changes_still_shows_the_other(mix: float) -> None:
    before, after = page(EARLIER_NS - 33_000_000, EARLIER_NS), page(NOW_NS, EARLIER_NS)
    mixed = (before * (1 - mix) + after * mix).astype(np.uint8)
    assert 86_412_312 in times_ms(shoot(mixed, A_CAMERA))


def test_the_delay_is_from_the_code_to_the_picture() -> None:
    assert delay_ms(86_412_345, NOW_NS + 150_000_000) == pytest.approx(150.7, abs=0.1)


def test_the_milliseconds_may_begin_anew_meanwhile() -> None:
    assert delay_ms(10**DIGITS - 100, 10**DIGITS * 1_000_000 + 50_000_000) == 150.0


@given(st.integers(0, 10**DIGITS - 1), st.integers(0, 2**62))
def test_a_time_that_is_no_time_of_this_clock_is_no_delay(time_ms: int, seen_ns: int) -> None:
    delay = delay_ms(time_ms, seen_ns)
    assert delay is None or 0 <= delay <= LONGEST_MS
    assert delay_ms((seen_ns // 1_000_000 + 1_000) % 10**DIGITS, seen_ns) is None, "a second ahead of the clock"


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=80)))
def test_any_picture_can_be_looked_into(grey: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> None:
    assert times_ms(grey) == []


def test_pixels_of_a_tile_are_read_with_their_padding() -> None:
    grey = shoot(page(EARLIER_NS, NOW_NS), Shot())
    padded = np.zeros((360, 656, 4), np.uint8)
    padded[:, :640, :3] = grey[:, :, None]
    found = grey_of(padded.tobytes(), 640, 360, 656 * 4)
    assert np.array_equal(found, grey)
    assert set(times_ms(found)) == BOTH
