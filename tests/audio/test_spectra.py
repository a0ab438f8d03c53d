"""The means and lengths that spectra need, held against scipy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.fft import next_fast_len
from scipy.ndimage import uniform_filter, uniform_filter1d

from console.audio.spectra import fast_length, mean_about, mean_around, median


@given(st.integers(1, 100_000))
def test_a_fast_length_is_the_next_one_that_the_fft_likes(frames: int) -> None:
    assert fast_length(frames) == next_fast_len(frames, real=True)


@pytest.mark.parametrize("width", [1, 2, 64, 129])
def test_means_around_values_are_mirrored_at_the_ends(width: int) -> None:
    values = np.random.default_rng(1).standard_normal(500).astype(np.float32)
    np.testing.assert_allclose(mean_around(values, width), uniform_filter1d(values, width), atol=1e-6)


def test_means_about_cells_go_on_beyond_the_edges() -> None:
    cells = np.random.default_rng(1).standard_normal((30, 20)).astype(np.float32)
    np.testing.assert_allclose(mean_about(cells, 7), uniform_filter(cells, 7, mode="nearest"), atol=1e-6)


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=30))
def test_a_median_is_numpys(values: list[float]) -> None:
    assert median(np.array(values, dtype=np.float32)) == pytest.approx(np.median(values), rel=1e-6, abs=1e-6)
