"""The limiter's promises: never above the ceiling, nothing changed below it, no delay, no click."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.audio.limiter import RELEASE_DB_PER_S, SLICE, Limiter
from tests.audio.plans import Samples, noise

FRAMES, RATE_HZ = 256, 48_000


def limiter(*ceilings: float, widths: tuple[int, ...] | None = None) -> Limiter:
    return Limiter(widths or (1,) * len(ceilings), ceilings, sample_rate_hz=RATE_HZ, block_frames=FRAMES)


def through(limiter: Limiter, sound: Samples, cuts: tuple[int, ...] = (FRAMES,)) -> Samples:
    """What comes out, with blocks of these lengths in turn."""
    out, start, number = sound.copy(), 0, 0
    while start < len(out):
        end = start + cuts[number % len(cuts)]
        limiter.limit(out[start:end])
        start, number = end, number + 1
    return out


@given(
    ceilings=st.lists(st.floats(0.03, 1), min_size=1, max_size=4).map(tuple),
    loudness=st.lists(st.floats(0, 1000), min_size=1, max_size=8),
    cuts=st.lists(st.integers(1, FRAMES), min_size=1, max_size=6).map(tuple),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=80)
def test_nothing_is_ever_above_the_ceiling(
    ceilings: tuple[float, ...], loudness: list[float], cuts: tuple[int, ...], seed: int
) -> None:
    course = np.repeat(np.array(loudness, dtype=np.float32), 150).reshape(-1, 1)
    heard = through(limiter(*ceilings), noise(len(course), len(ceilings), seed) * course, cuts)
    assert (np.abs(heard).max(axis=0) <= np.array(ceilings, dtype=np.float32)).all()


def test_what_stays_below_is_not_touched() -> None:
    sound = noise(RATE_HZ, 2) * np.float32(0.5)
    assert np.array_equal(through(limiter(0.5, 1.0), sound), sound)


def test_the_gain_goes_down_before_the_peak_so_that_its_shape_stays() -> None:
    at = np.arange(FRAMES) / RATE_HZ
    sine = (0.4 * np.sin(2 * np.pi * 1000 * at)).astype(np.float32).reshape(-1, 1)
    sine[4 * SLICE :] *= 4
    heard = through(limiter(0.5), sine)
    after = slice(5 * SLICE, None)
    ratio = heard[after] @ np.ones(1, dtype=np.float32) / sine[after, 0]
    assert ratio == pytest.approx(np.full_like(ratio, 0.5 / 1.6), rel=0.05)
    assert np.array_equal(heard[: 2 * SLICE], sine[: 2 * SLICE])


def test_a_limited_sine_makes_no_step_that_it_had_not_before() -> None:
    at = np.arange(4 * FRAMES) / RATE_HZ
    sine = (np.sin(2 * np.pi * 200 * at)).astype(np.float32).reshape(-1, 1)
    heard = through(limiter(0.1), sine)
    own_step = 2 * np.pi * 200 / RATE_HZ
    assert np.abs(np.diff(heard, axis=0)).max() < own_step + 0.1 / SLICE


def test_the_gain_comes_back_at_its_rate() -> None:
    one = limiter(0.1)
    through(one, np.full((FRAMES, 1), 1.0, dtype=np.float32))
    assert one.gain == pytest.approx(0.1)
    through(one, np.zeros((round(RATE_HZ * 10 / RELEASE_DB_PER_S), 1), dtype=np.float32))
    assert 20 * np.log10(one.gain[0]) == pytest.approx(-10, abs=0.2)
    through(one, np.zeros((RATE_HZ, 1), dtype=np.float32))
    assert one.gain == 1


def test_both_sides_of_a_stereo_return_go_down_together_and_others_stay() -> None:
    sound = np.zeros((FRAMES, 4), dtype=np.float32)
    sound[:] = (0.4, 1.0, 0.4, 5.0)
    heard = through(limiter(0.5, 0.5, float("inf"), widths=(2, 1, 1)), sound)
    assert heard[-1] == pytest.approx([0.2, 0.5, 0.4, 5.0])


def test_no_bus_and_no_frames_are_nothing_to_do() -> None:
    limiter().limit(np.zeros((FRAMES, 0), dtype=np.float32))
    limiter(0.5).limit(np.zeros((0, 1), dtype=np.float32))
