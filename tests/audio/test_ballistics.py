"""How the bars move: rise and fall of every kind, whatever the blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.audio.ballistics import SLOT_S, Ballistics, Kind
from console.audio.blocks import Samples
from console.audio.state import FLOOR_DBFS
from tests.audio.cutting import LENGTHS, blocks

RATE = 48_000
KINDS: tuple[Kind, ...] = ("digital", "ppm1", "ppm2", "vu", "obs")


def sine(seconds: float, dbfs: float = 0.0, hz: float = 5_000.0) -> Samples:
    at_s = np.arange(round(seconds * RATE)) / RATE
    return (10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * at_s)).astype(np.float32)[:, None]


def silence(seconds: float) -> Samples:
    return np.zeros((round(seconds * RATE), 1), np.float32)


def bar(kind: Kind, *sounds: Samples, frames: int = 480) -> Ballistics:
    made = Ballistics(kind, 1, sample_rate_hz=RATE)
    for block in blocks(np.vstack(sounds), [frames]):
        made.feed(block)
    return made


def highest_dbfs(kind: Kind, *sounds: Samples) -> float:
    """The highest that the bar is at any time."""
    made = Ballistics(kind, 1, sample_rate_hz=RATE)
    highest = FLOOR_DBFS
    for block in blocks(np.vstack(sounds), [round(SLOT_S * RATE)]):
        made.feed(block)
        highest = max(highest, float(made.level_dbfs[0]))
    return highest


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hz", [440.0, 1_000.0, 5_000.0])
def test_every_kind_shows_a_steady_sine_at_its_peak(kind: Kind, hz: float) -> None:
    assert bar(kind, sine(2, -18, hz)).level_dbfs == pytest.approx(-18.0, abs=0.25)


@pytest.mark.parametrize(
    ("kind", "seconds", "fall_db"),
    [("digital", 1.7, 20), ("ppm1", 1.7, 20), ("ppm2", 2.8, 24), ("obs", 0.85, 20)],
)
def test_a_bar_falls_in_its_time(kind: Kind, seconds: float, fall_db: float) -> None:
    assert bar(kind, sine(2, -6), silence(seconds)).level_dbfs == pytest.approx(-6.0 - fall_db, abs=0.2)


@pytest.mark.parametrize("kind", ["digital", "obs"])
def test_one_sample_is_seen(kind: Kind) -> None:
    click = silence(0.01)
    click[100] = -1.0
    assert highest_dbfs(kind, click) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "burst_s", "reads_db", "tolerance_db"),
    [
        ("ppm1", 0.1, 0.0, 0.5),
        ("ppm1", 0.01, -1.0, 0.5),
        ("ppm1", 0.005, -2.0, 1.0),
        ("ppm1", 0.003, -4.0, 1.0),
        ("ppm1", 0.000_4, -15.0, 4.0),
        ("ppm2", 0.1, 0.0, 0.5),
        ("ppm2", 0.01, -2.5, 0.5),
        ("ppm2", 0.005, -4.0, 0.75),
        ("ppm2", 0.001_5, -9.0, 1.0),
    ],
)
@pytest.mark.parametrize("late_frames", [0, 5, 11])
def test_a_ppm_reads_a_short_tone_as_the_standard_says(
    kind: Kind, burst_s: float, reads_db: float, tolerance_db: float, late_frames: int
) -> None:
    late = np.zeros((late_frames, 1), np.float32)
    assert highest_dbfs(kind, late, sine(burst_s), silence(0.2)) == pytest.approx(reads_db, abs=tolerance_db)


def test_a_vu_needle_is_there_after_300_ms_and_swings_over_by_one_percent() -> None:
    before, there = (10 ** (bar("vu", sine(s)).level_dbfs[0] / 20) for s in (0.25, 0.3))
    assert before < 0.98
    assert there == pytest.approx(0.99, abs=0.003)
    assert 1.010 <= 10 ** (highest_dbfs("vu", sine(2)) / 20) <= 1.015


def test_a_vu_shows_the_mean_not_the_peak() -> None:
    clicks = silence(2)
    clicks[::480] = 1.0
    assert bar("vu", clicks).level_dbfs < -30


@given(st.sampled_from(KINDS), LENGTHS)
@settings(max_examples=15, deadline=None)
def test_the_length_of_the_blocks_changes_no_level(kind: Kind, lengths: list[int]) -> None:
    sound = np.vstack((sine(0.2, -3), silence(0.05), sine(0.1, -20)))
    whole, cut = (Ballistics(kind, 1, sample_rate_hz=RATE) for _ in range(2))
    whole.feed(sound)
    for block in blocks(sound, lengths):
        cut.feed(block)
    assert cut.level_dbfs == pytest.approx(whole.level_dbfs, abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_columns_do_not_know_each_other_and_silence_is_the_floor(kind: Kind) -> None:
    both = Ballistics(kind, 2, sample_rate_hz=RATE)
    both.feed(np.hstack((sine(1, -10), silence(1))))
    assert both.level_dbfs == pytest.approx([-10.0, FLOOR_DBFS], abs=0.2)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_that_is_no_number_does_not_stay(kind: Kind) -> None:
    sound = sine(0.1, -20)
    sound[7], sound[9] = np.nan, np.inf
    assert bar(kind, sound, silence(3)).level_dbfs < -20
