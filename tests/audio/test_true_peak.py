"""The true peak, beside the signals of the EBU."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.audio.blocks import Samples
from console.audio.true_peak import TruePeak
from tests.audio.cutting import LENGTHS, blocks


def db(amplitude: Samples) -> list[float]:
    return [float(value) for value in 20 * np.log10(amplitude)]


def noise(frames: int, columns: int = 3) -> Samples:
    made = np.random.default_rng(frames).standard_normal((frames, columns)) * np.linspace(0.1, 1, columns)
    return made.astype(np.float32)


def measured(sound: Samples, *lengths: int, is_maximum_only: bool = False) -> Samples:
    meter = TruePeak(sound.shape[1], is_maximum_only=is_maximum_only)
    for block in blocks(sound, lengths):
        meter.feed(block)
    meter.flush()
    return meter.maximum


@pytest.mark.parametrize("part_of_rate", [0.01, 0.1237, 0.25, 1 / 3, 0.4, 0.41])
def test_a_sine_reads_its_peak_whatever_its_phase_up_to_20_khz(part_of_rate: float) -> None:
    phases = np.linspace(0, np.pi, 24, endpoint=False)
    sound = np.sin(2 * np.pi * part_of_rate * np.arange(2_000)[:, None] + phases).astype(np.float32)
    sound *= np.hanning(2_000).astype(np.float32)[:, None]
    assert db(measured(sound, 480)) == pytest.approx([0.0] * 24, abs=0.15)


@given(LENGTHS)
@settings(max_examples=15, deadline=None)
def test_the_length_of_the_blocks_changes_nothing(lengths: list[int]) -> None:
    sound = noise(9_000)
    assert measured(sound, *lengths) == pytest.approx(measured(sound, 9_000), rel=1e-5)


@given(st.integers(1, 3_000))
@settings(max_examples=30, deadline=None)
def test_leaving_out_what_cannot_win_changes_no_maximum(length: int) -> None:
    sound = noise(6_000)
    assert measured(sound, length, is_maximum_only=True) == pytest.approx(measured(sound, length), rel=1e-5)


def test_no_reading_is_below_the_samples() -> None:
    sound = noise(5_000)
    assert (measured(sound, 100) >= np.abs(sound).max(axis=0)).all()


def test_the_peak_of_now_and_the_maximum_are_two_readings() -> None:
    meter = TruePeak(1)
    loud, quiet = np.full((480, 1), 0.5, np.float32), np.full((480, 1), 0.01, np.float32)
    meter.feed(loud)
    meter.feed(quiet)
    meter.feed(quiet)
    assert meter.now[0] < 0.02
    assert meter.maximum[0] >= 0.5
    meter.reset()
    meter.feed(quiet)
    assert meter.maximum[0] < 0.02


def test_the_last_samples_of_a_stream_count() -> None:
    sound = np.zeros((100, 1), np.float32)
    sound[-6:, 0] = [0.5, 0.5, -0.5, -0.5, 0.5, 0.5]  # fs/4 at 45 degrees: its peaks lie between the samples
    meter = TruePeak(1)
    meter.feed(sound)
    assert meter.maximum[0] == pytest.approx(0.5)
    meter.flush()
    assert meter.maximum[0] > 0.6


def test_a_sample_that_is_no_number_does_not_stay() -> None:
    sound = noise(500)
    sound[100] = np.nan
    assert np.isfinite(measured(sound, 64)).all()
