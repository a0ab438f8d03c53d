"""Sound at another rate: its quality as figures, and that no way of cutting it into blocks is heard."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.audio.resampler import Resampler
from tests.audio.plans import Samples, noise
from tests.audio.tones import residual_db, tone

RATE_HZ = 48_000
MOST = 1_024


def resampler(step: float, ports: int = 1) -> Resampler:
    return Resampler(ports, step=step, most_in=2 * MOST + 64, most_out=MOST)


def converted(one: Resampler, sound: Samples, pieces: list[int]) -> Samples:
    """As much of `sound` as there is, made in pieces of these many frames."""
    at, made = 0, []
    for frames in pieces:
        need = one.needed(frames)
        if at + need > len(sound):
            break
        one.feed(sound[at : at + need])
        at += need
        assert one.needed(frames) == 0
        assert one.ready() >= frames
        out = np.zeros((frames, sound.shape[1]), dtype=np.float32)
        one.make(out)
        made.append(out)
    return np.concatenate(made)


@pytest.mark.parametrize("step", [1.0, 1 + 200e-6, 1 - 200e-6, 44_100 / 48_000, 48_000 / 44_100, 0.5])
@pytest.mark.parametrize("part", [0.02, 0.3, 19_000 / 44_100])
def test_a_tone_stays_a_clean_tone_of_its_level(step: float, part: float) -> None:
    """part: of the lower rate."""
    hz = part * RATE_HZ / max(1.0, step)
    made = converted(resampler(step), tone(hz, 2 * RATE_HZ), [256] * 200)[MOST:, 0]
    level_db, rest_db = residual_db(made, hz / RATE_HZ * step)
    assert rest_db < -90
    assert abs(level_db) < 0.1


def test_what_the_lower_rate_cannot_hold_is_left_out() -> None:
    made = converted(resampler(2.0), tone(16_000.0, 2 * RATE_HZ), [256] * 100)[MOST:]
    assert 20 * np.log10(np.abs(made).max()) < -80


@given(st.floats(0.5, 2.0), st.lists(st.integers(1, MOST), min_size=1, max_size=12), st.integers(0, 99))
def test_how_it_is_cut_into_blocks_changes_nothing(step: float, pieces: list[int], seed: int) -> None:
    sound = noise(2 * sum(pieces) + 200, 2, seed)
    cut = converted(resampler(step, 2), sound, pieces)
    single = converted(resampler(step, 2), sound, [1] * min(200, sum(pieces)))
    assert cut[: len(single)] == pytest.approx(single, abs=1e-4)


@given(st.lists(st.tuples(st.integers(1, MOST), st.floats(0.5, 2.0)), min_size=1, max_size=12))
def test_no_change_of_the_ratio_clicks(blocks: list[tuple[int, float]]) -> None:
    one = resampler(2.0)
    sound = tone(200.0, 4 * MOST * len(blocks) + 4_000)
    at, made = 0, []
    for frames, step in [(40, 1.0), *blocks]:
        one.step = step
        need = one.needed(frames)
        one.feed(sound[at : at + need])
        at += need
        out = np.zeros((frames, 1), dtype=np.float32)
        one.make(out)
        made.append(out)
    steps = np.abs(np.diff(np.concatenate(made)[40:, 0]))  # the tone's own beginning is a step
    quickest = 2 * np.pi * 200 / RATE_HZ * 2.0
    assert steps.max(initial=0.0) < 1.1 * quickest


def test_a_constant_stays_what_it_is() -> None:
    made = converted(resampler(0.9137), np.full((4_000, 1), 0.5, dtype=np.float32), [64] * 40)
    assert made[128:] == pytest.approx(0.5, abs=1e-5)
