"""Filters made of matrix products, held against scipy's recursion, however the sound is cut into blocks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import sosfilt

from console.audio.recursive import Recursive
from console.audio.weighting import k_weighting


@given(st.lists(st.integers(0, 150), min_size=1, max_size=8).filter(any), st.integers(1, 3))
def test_however_the_blocks_are_cut_it_is_the_recursion(cuts: list[int], columns: int) -> None:
    sound = np.random.default_rng(1).standard_normal((columns, sum(cuts)))
    sections = k_weighting(48_000)
    running = Recursive(sections, columns)
    ends = np.cumsum(cuts)
    filtered = [running.feed(sound[:, end - length : end]) for end, length in zip(ends, cuts, strict=True)]
    np.testing.assert_allclose(np.concatenate(filtered, axis=1), sosfilt(sections, sound, axis=1), atol=1e-9)


@pytest.mark.parametrize("rate_hz", [8_000, 192_000])
def test_it_stays_exact_over_minutes(rate_hz: int) -> None:
    sound = np.random.default_rng(2).standard_normal((1, 4_000_000)) + 0.5
    sections = k_weighting(rate_hz)
    np.testing.assert_allclose(Recursive(sections, 1).feed(sound), sosfilt(sections, sound, axis=1), atol=1e-8)
