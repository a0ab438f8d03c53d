"""Frozen and black pictures."""

from hypothesis import given
from hypothesis import strategies as st

from console.cameras.looks import Looks, is_same, samples_of
from console.cameras.messages import Look

STRIDE = 640 * 4


def grey(level: int) -> bytes:
    return samples_of(bytes([level]) * (STRIDE * 360), STRIDE)


def test_a_picture_that_does_not_change_for_two_seconds_is_frozen() -> None:
    looks = Looks()
    assert [looks.see(grey(90), at) for at in (0.0, 1.0, 1.9, 2.0)] == [Look.MOVING] * 3 + [Look.FROZEN]
    assert looks.see(grey(130), 2.5) is Look.MOVING


def test_a_small_thing_that_moves_keeps_a_picture_alive() -> None:
    still = bytearray(STRIDE * 360)
    clock = bytearray(still)
    for row in range(100, 120):  # 20 x 20 of 640 x 360 pixels: 0.17 %
        clock[row * STRIDE + 400 : row * STRIDE + 480] = b"\xff" * 80
    assert not is_same(samples_of(bytes(still), STRIDE), samples_of(bytes(clock), STRIDE))


def test_black_is_black_even_when_frozen() -> None:
    looks = Looks()
    assert looks.see(grey(3), 0.0) is Look.BLACK
    assert looks.see(grey(3), 9.0) is Look.BLACK


@given(st.binary(max_size=5_000), st.integers(4, 4_000))
def test_any_picture_has_a_look(pixels: bytes, stride: int) -> None:
    assert Looks().see(samples_of(pixels, stride), 1.0) in Look
