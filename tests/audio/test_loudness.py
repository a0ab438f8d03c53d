"""Loudness, beside the signals of the EBU: blocks of any length, any rate, groups, pauses, and hours."""

import numpy as np
import pytest
from hypothesis import given, settings

from console.audio.blocks import Samples
from console.audio.loudness import Loudness
from console.audio.state import NO_LOUDNESS_LUFS
from tests.audio.cutting import LENGTHS, blocks

STEREO = {0: 1.0, 1: 1.0}
RATE = 16_000


def noise(seconds: float, amplitude: float = 0.1, columns: int = 2, seed: int = 1) -> Samples:
    made = amplitude * np.random.default_rng(seed).standard_normal((round(seconds * RATE), columns))
    return made.astype(np.float32)


def tone(seconds: float, dbfs: float, rate_hz: int = RATE) -> Samples:
    at_s = np.arange(round(seconds * rate_hz)) / rate_hz
    sound = 10 ** (dbfs / 20) * np.sin(2 * np.pi * 1000 * at_s)
    return np.repeat(sound.astype(np.float32)[:, None], 2, axis=1)


def feed(loudness: Loudness, sound: Samples, frames: int = 800) -> None:
    for block in blocks(sound, [frames]):
        loudness.feed(block)


def stereo(rate_hz: int = RATE) -> Loudness:
    return Loudness([STEREO], sample_rate_hz=rate_hz)


@given(LENGTHS)
@settings(max_examples=8, deadline=None)
def test_the_length_of_the_blocks_changes_nothing(lengths: list[int]) -> None:
    sound = noise(3.5)
    whole, cut = stereo(), stereo()
    whole.feed(sound)
    for block in blocks(sound, lengths):
        cut.feed(block)
    for reading in ("momentary_lufs", "short_term_lufs", "momentary_max_lufs", "short_term_max_lufs"):
        assert getattr(cut, reading) == pytest.approx(getattr(whole, reading), abs=1e-6)
    assert cut.integrated_lufs() == pytest.approx(whole.integrated_lufs(), abs=1e-6)
    assert cut.range_lu() == pytest.approx(whole.range_lu(), abs=1e-6)


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 32_000, 44_100, 96_000, 192_000])
def test_a_tone_is_as_loud_at_every_rate(rate_hz: int) -> None:
    loudness = stereo(rate_hz)
    feed(loudness, tone(4, -23, rate_hz), 4_096)
    for found in (loudness.momentary_lufs, loudness.short_term_lufs, loudness.integrated_lufs()):
        assert found == pytest.approx(-23.0, abs=0.05)


def test_groups_share_columns_and_weigh_them() -> None:
    loudness = Loudness([{0: 1.0}, {0: 1.0, 1: 1.0}, {1: 1.41}, {2: 1.0}], sample_rate_hz=RATE)
    feed(loudness, np.hstack((tone(4, -23), np.zeros((4 * RATE, 1), np.float32))))
    assert loudness.integrated_lufs() == pytest.approx([-26.01, -23.0, -24.52, NO_LOUDNESS_LUFS], abs=0.05)


def test_silence_and_a_sound_too_short_have_no_loudness_and_no_range() -> None:
    loudness = stereo()
    feed(loudness, tone(0.39, -23))
    assert loudness.integrated_lufs() == NO_LOUDNESS_LUFS
    assert loudness.momentary_max_lufs > -24
    loudness.reset()
    feed(loudness, np.zeros((5 * RATE, 2), np.float32))
    assert loudness.momentary_lufs == loudness.integrated_lufs() == NO_LOUDNESS_LUFS
    assert loudness.range_lu() == 0.0


def test_after_a_reset_nothing_from_before_counts() -> None:
    loudness = stereo()
    feed(loudness, tone(5, -10))
    loudness.reset()
    assert loudness.measured_s == 0.0
    feed(loudness, tone(5, -30))
    for found in (loudness.integrated_lufs(), loudness.momentary_max_lufs, loudness.short_term_max_lufs):
        assert found == pytest.approx(-30.0, abs=0.05)


def test_what_is_said_in_a_pause_is_shown_but_never_counts() -> None:
    loudness = stereo()
    feed(loudness, tone(5, -30))
    loudness.pause(True)
    feed(loudness, tone(5, -10))
    assert loudness.momentary_lufs == pytest.approx(-10.0, abs=0.05)
    loudness.pause(False)
    feed(loudness, tone(5, -30))
    assert loudness.measured_s == pytest.approx(10.0, abs=0.02)
    for found in (loudness.integrated_lufs(), loudness.momentary_max_lufs, loudness.short_term_max_lufs):
        assert found == pytest.approx(-30.0, abs=0.05)


def test_pausing_twice_is_pausing_once() -> None:
    loudness = stereo()
    feed(loudness, tone(4, -23))
    loudness.pause(False)
    assert loudness.short_term_lufs == pytest.approx(-23.0, abs=0.05)


def test_a_telephone_line_reads_within_a_quarter_of_a_decibel() -> None:
    loudness = stereo(8_000)
    feed(loudness, tone(4, -23, 8_000))
    assert loudness.integrated_lufs() == pytest.approx(-23.0, abs=0.25)


@pytest.mark.slow
def test_an_hour_is_integrated_as_exactly_as_a_minute() -> None:
    loudness = stereo()
    minute = np.vstack([noise(20, amplitude, seed=seed) for seed, amplitude in enumerate((0.02, 0.1, 0.3))])
    feed(loudness, minute, 80_000)
    after_a_minute = loudness.integrated_lufs()
    for _ in range(59):
        feed(loudness, minute, 80_000)
    assert loudness.measured_s == pytest.approx(3_600.0)
    assert loudness.integrated_lufs() == pytest.approx(after_a_minute, abs=0.05)


def test_the_relative_gate_leaves_out_what_is_ten_lower() -> None:
    loud, quiet, both = stereo(), stereo(), stereo()
    feed(loud, tone(10, -20))
    feed(quiet, tone(10, -40))
    feed(both, np.vstack((tone(10, -20), tone(30, -40))))
    assert quiet.integrated_lufs() == pytest.approx(-40.0, abs=0.05)
    assert both.integrated_lufs() == pytest.approx(loud.integrated_lufs(), abs=0.1)
