"""K-weighting, against the numbers of BS.1770-5 itself."""

import numpy as np
import pytest
from scipy.signal import sosfreqz

from console.audio.weighting import LAYOUTS, KWeighting, k_weighting

RATES = (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 88_200, 96_000, 192_000)


def test_at_48_khz_the_coefficients_are_those_of_the_standard() -> None:
    shelf, high_pass = k_weighting(48_000)
    assert shelf == pytest.approx(
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241, 0.73248077421585], abs=1e-12
    )
    assert high_pass == pytest.approx([1, -2, 1, 1, -1.99004745483398, 0.99007225036621], abs=1e-12)


@pytest.mark.parametrize("rate_hz", RATES)
def test_the_response_is_the_same_at_every_rate(rate_hz: int) -> None:
    heard_hz = np.geomspace(20, min(20_000, 0.4 * rate_hz), 100)
    _, ours = sosfreqz(k_weighting(rate_hz), heard_hz, fs=rate_hz)
    _, standard = sosfreqz(k_weighting(48_000), heard_hz, fs=48_000)
    allowed_db = 0.1 if rate_hz >= 16_000 else 0.3
    assert 20 * np.log10(np.abs(ours / standard)) == pytest.approx(np.zeros(100), abs=allowed_db)


def test_a_sample_that_is_no_number_does_not_stay_in_the_filter() -> None:
    weighting = KWeighting(2, sample_rate_hz=48_000)
    block = np.full((64, 2), 0.1, dtype=np.float32)
    block[3, 0], block[4, 0] = np.nan, np.inf
    assert np.isfinite(weighting.feed(block)).all()
    assert np.isfinite(weighting.feed(block[10:])).all()


def test_a_column_that_fell_silent_is_exactly_silent_after_a_while() -> None:
    weighting = KWeighting(1, sample_rate_hz=48_000)
    weighting.feed(np.ones((4_800, 1), dtype=np.float32))
    for _ in range(60):
        weighted = weighting.feed(np.zeros((4_800, 1), dtype=np.float32))
    assert not weighted.any()


def test_every_layout_weighs_as_many_channels_as_it_has() -> None:
    assert all(len(layout) == channels for channels, layout in LAYOUTS.items())
    assert dict(LAYOUTS[6]) == {"L": 1, "R": 1, "C": 1, "LFE": 0, "Ls": 1.41, "Rs": 1.41}
