"""What the leak test keeps of the sound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.audio.narrowband import Past


@pytest.mark.parametrize(
    ("rate_hz", "slow_hz"), [(8_000, 8_000), (16_000, 8_000), (44_100, 8_820), (48_000, 8_000), (96_000, 8_000)]
)
def test_every_rate_becomes_about_8_khz(rate_hz: int, slow_hz: float) -> None:
    assert Past(rate_hz, 1).rate_hz == slow_hz


@pytest.mark.parametrize(("tone_hz", "least_db", "most_db"), [(300, -0.5, 0.5), (2800, -1, 0.5), (5000, -200, -30)])
def test_speech_stays_and_what_would_fold_back_goes(tone_hz: float, least_db: float, most_db: float) -> None:
    past = Past(48_000, 1)
    tone = np.sqrt(2) * np.sin(2 * np.pi * tone_hz * np.arange(48_000) / 48_000)
    past.feed(tone.reshape(-1, 1).astype(np.float32))
    kept = past.last(0, 0.5)
    assert least_db < 10 * np.log10(np.mean(kept**2)) < most_db


@given(st.lists(st.integers(0, 700), min_size=1, max_size=12))
def test_however_the_blocks_are_cut_the_past_is_the_same(cuts: list[int]) -> None:
    sound = np.random.default_rng(1).standard_normal((sum(cuts), 2)).astype(np.float32)
    whole, pieces = Past(48_000, 2, seconds=0.05), Past(48_000, 2, seconds=0.05)
    whole.feed(sound)
    for end, length in zip(np.cumsum(cuts), cuts, strict=True):
        pieces.feed(sound[end - length : end])
    for column in (0, 1):
        np.testing.assert_allclose(pieces.last(column, 0.05), whole.last(column, 0.05), atol=1e-6)


def test_what_was_never_heard_is_silence_and_only_the_last_is_kept() -> None:
    past = Past(8_000, 1, seconds=0.01)
    past.feed(np.ones((20, 1), dtype=np.float32))
    assert past.last(0, 1.0).tolist() == [0.0] * 60 + [1.0] * 20
    past.feed(np.arange(500, dtype=np.float32).reshape(-1, 1))
    assert past.last(0, 0.01).tolist() == list(range(420, 500))
    assert past.heard_s == pytest.approx(520 / 8_000)
