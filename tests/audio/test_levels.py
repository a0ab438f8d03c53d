"""Meters, on numbers alone."""

import numpy as np
import pytest

from console.audio.levels import Meters, level
from console.audio.state import FLOOR_DBFS, Level

RATE, FRAMES = 48_000, 256


def run(meters: Meters, sound: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> None:
    for start in range(0, len(sound), FRAMES):
        meters.update(sound[start : start + FRAMES])


def sine(amplitude: float, seconds: float, hz: float = 1000.0) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    at = np.arange(round(seconds * RATE)) / RATE
    return (amplitude * np.sin(2 * np.pi * hz * at)).astype(np.float32).reshape(-1, 1)


def silence(seconds: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.zeros((round(seconds * RATE), 1), dtype=np.float32)


def meters(columns: int = 1) -> Meters:
    return Meters(columns, sample_rate_hz=RATE, block_frames=FRAMES)


def test_a_sine_reads_its_peak_and_three_decibels_less_as_rms() -> None:
    m = meters()
    run(m, sine(0.1, 3))
    read = level(m.reading, (0,))
    assert read.peak_dbfs == pytest.approx(-20.0, abs=0.05)
    assert read.hold_dbfs == pytest.approx(-20.0, abs=0.05)
    assert read.rms_dbfs == pytest.approx(-23.01, abs=0.05)
    assert not read.is_clipped


def test_silence_reads_the_floor() -> None:
    m = meters()
    run(m, silence(1))
    assert level(m.reading, (0,)) == Level()
    assert level(m.reading, ()).peak_dbfs == FLOOR_DBFS


def test_the_peak_falls_at_its_rate_and_hold_waits_two_seconds() -> None:
    m = meters()
    run(m, sine(0.5, 0.5))
    run(m, silence(1.0))
    read = level(m.reading, (0,))
    assert read.peak_dbfs == pytest.approx(-6.02 - 23.53, abs=0.3)
    assert read.hold_dbfs == pytest.approx(-6.02, abs=0.05)
    run(m, silence(2.0))
    assert level(m.reading, (0,)).hold_dbfs == pytest.approx(-6.02 - 20.0, abs=0.5)


def test_rms_reaches_63_percent_of_the_power_in_300_ms() -> None:
    m = meters()
    run(m, sine(1.0, 0.3))
    assert 10 ** (level(m.reading, (0,)).rms_dbfs / 10) == pytest.approx(0.5 * 0.632, rel=0.02)


def test_a_clip_stays_until_it_is_reset() -> None:
    m = meters(2)
    block = np.zeros((FRAMES, 2), dtype=np.float32)
    block[5, 1] = -1.0
    m.update(block)
    run(m, np.zeros((RATE * 5, 2), dtype=np.float32))
    assert level(m.reading, (0, 1)).is_clipped
    assert not level(m.reading, (0,)).is_clipped
    m.reset_clips()
    assert not level(m.reading, (0, 1)).is_clipped


def test_several_ports_read_as_the_highest() -> None:
    m = meters(2)
    m.update(np.hstack((sine(0.1, FRAMES / RATE), sine(0.5, FRAMES / RATE))))
    assert level(m.reading, (0, 1)).peak_dbfs == level(m.reading, (1,)).peak_dbfs
