"""High-pass, polarity and delay, held against scipy, however the sound is cut into blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from console.audio.fades import FADE_S
from console.audio.plan import Strip
from console.audio.strips import Strips
from tests.audio.plans import Samples, noise

FRAMES, RATE_HZ = 256, 48_000


def strips_of(*settings: Strip, rate_hz: int = RATE_HZ) -> Strips:
    strips = Strips(len(settings), sample_rate_hz=rate_hz, block_frames=FRAMES)
    strips.set(settings)
    through(strips, np.zeros((round(2 * FADE_S * rate_hz) + FRAMES, len(settings)), dtype=np.float32))
    return strips


def through(strips: Strips, sound: Samples, cuts: tuple[int, ...] = (FRAMES,)) -> Samples:
    """What comes out, with blocks of these lengths in turn."""
    out, start, number = sound.copy(), 0, 0
    while start < len(out):
        end = start + cuts[number % len(cuts)]
        strips.process(out[start:end])
        start, number = end, number + 1
    return out


lengths = st.lists(st.integers(1, FRAMES), min_size=1, max_size=6).map(tuple)


@given(
    cutoff_hz=st.floats(20, 400),
    rate_hz=st.sampled_from([8_000, 44_100, 48_000, 192_000]),
    cuts=lengths,
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=40)
def test_the_high_pass_is_a_butterworth_of_second_order_at_any_rate_and_block(
    cutoff_hz: float, rate_hz: int, cuts: tuple[int, ...], seed: int
) -> None:
    strips = strips_of(Strip(high_pass_hz=cutoff_hz), Strip(), Strip(high_pass_hz=cutoff_hz / 2 + 10), rate_hz=rate_hz)
    sound = noise(4_000, 3, seed) + np.float32(0.5)
    heard = through(strips, sound, cuts)
    for column, cutoff in ((0, cutoff_hz), (2, cutoff_hz / 2 + 10)):
        sections = signal.butter(2, cutoff, "highpass", fs=rate_hz, output="sos")
        wanted = signal.sosfilt(sections, sound[:, column].astype(np.float64))
        assert np.abs(heard[:, column] - wanted).max() < 1e-6
    assert np.array_equal(heard[:, 1], sound[:, 1])


@pytest.mark.parametrize(("hz", "db"), [(80.0, -3.01), (40.0, -12.3), (20.0, -24.1), (800.0, 0.0)])
def test_the_high_pass_falls_by_12_db_an_octave(hz: float, db: float) -> None:
    sine = np.sin(2 * np.pi * hz * np.arange(2 * RATE_HZ) / RATE_HZ).astype(np.float32).reshape(-1, 1)
    heard = through(strips_of(Strip(high_pass_hz=80.0)), sine)[RATE_HZ:]
    assert 20 * np.log10(np.abs(heard).max()) == pytest.approx(db, abs=0.05)


@given(delay_ms=st.floats(0, 1000), is_inverted=st.booleans(), cuts=lengths)
@settings(deadline=None, max_examples=40)
def test_a_delay_holds_back_by_whole_frames_and_polarity_turns_over(
    delay_ms: float, is_inverted: bool, cuts: tuple[int, ...]
) -> None:
    rate_hz = 8_000
    strips = strips_of(Strip(delay_ms=delay_ms, is_inverted=is_inverted), Strip(), rate_hz=rate_hz)
    sound, frames = noise(2 * rate_hz, 2), round(delay_ms / 1000 * rate_hz)
    heard = through(strips, sound, cuts)
    assert not heard[:frames, 0].any()
    assert np.array_equal(heard[frames:, 0], sound[: len(sound) - frames, 0] * (-1 if is_inverted else 1))
    assert np.array_equal(heard[:, 1], sound[:, 1])


def test_a_change_fades_from_the_old_to_the_new() -> None:
    strips = strips_of(Strip())
    sound = np.full((RATE_HZ, 1), 0.5, dtype=np.float32)
    for strip in (Strip(is_inverted=True), Strip(delay_ms=7.0), Strip(high_pass_hz=100.0), Strip()):
        before = through(strips, sound)
        strips.set((strip,))
        after = through(strips, sound)
        steps = np.abs(np.diff(np.concatenate((before[-1:], after)), axis=0))
        assert steps.max() < 0.5 * (np.pi / (FADE_S * RATE_HZ) + 2 * np.pi * 100 / RATE_HZ)
    assert after[-1, 0] == 0.5


def test_a_filter_that_stays_goes_on_while_another_channel_is_changed() -> None:
    strips = strips_of(Strip(high_pass_hz=80.0), Strip())
    alone = strips_of(Strip(high_pass_hz=80.0))
    sound = noise(4 * FRAMES, 2)
    strips.set((Strip(high_pass_hz=80.0), Strip(high_pass_hz=200.0)))
    assert through(strips, sound)[:, 0] == pytest.approx(through(alone, sound[:, :1])[:, 0], abs=1e-6)


def test_a_filter_comes_to_rest_in_silence() -> None:
    strips = strips_of(Strip(high_pass_hz=400.0))
    through(strips, noise(FRAMES, 1))
    assert not through(strips, np.zeros((RATE_HZ, 1), dtype=np.float32))[-1].any()
