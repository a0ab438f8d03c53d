"""The line test on lines of every kind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from console.audio.line_test import LATEST_S, LineResult, line_result, line_signal
from tests.rigs.voices import Sound, speech

RATE_HZ = 48_000


def back(signal: Sound, *, gain_db: float = 0.0, delay_s: float = 0.0, rate_hz: int = RATE_HZ) -> Sound:
    """The signal as a line gives it back, with the silence around it."""
    heard = np.zeros(len(signal) + round(LATEST_S * rate_hz), dtype=np.float32)
    start = round(delay_s * rate_hz)
    heard[start : start + len(signal)] = signal * np.float32(10 ** (gain_db / 20))
    return heard


def result(heard: Sound, rate_hz: int = RATE_HZ) -> LineResult:
    found = line_result(line_signal(rate_hz), heard, rate_hz)
    assert found is not None
    return found


def test_the_sweep_is_short_quiet_and_begins_and_ends_in_silence() -> None:
    sweep = line_signal(RATE_HZ)
    assert len(sweep) == RATE_HZ // 2
    assert 20 * np.log10(np.abs(sweep).max()) == pytest.approx(-20.0, abs=0.1)
    assert np.abs(sweep[[0, -1]]).max() < 1e-6


@given(gain_db=st.floats(-50, 6), delay_ms=st.floats(0, 1500), is_inverted=st.booleans())
@settings(max_examples=15)
def test_a_perfect_line_is_measured_as_it_is(gain_db: float, delay_ms: float, is_inverted: bool) -> None:
    heard = back(line_signal(RATE_HZ), gain_db=gain_db, delay_s=delay_ms / 1000)
    found = result(-heard if is_inverted else heard)
    assert found.level_db == pytest.approx(gain_db, abs=0.3)
    assert found.delay_ms == pytest.approx(delay_ms, abs=0.05)
    assert found.is_inverted is is_inverted
    assert found.from_hz < 100
    assert found.to_hz > 14_000


@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 96_000])
def test_any_rate_will_do(rate_hz: int) -> None:
    found = result(back(line_signal(rate_hz), gain_db=-12, delay_s=0.2, rate_hz=rate_hz), rate_hz)
    assert found.level_db == pytest.approx(-12, abs=0.3)
    assert found.delay_ms == pytest.approx(200, abs=0.2)
    assert found.to_hz == pytest.approx(min(16_000, 0.45 * rate_hz), rel=0.3)


@pytest.mark.parametrize("noise", ["a voice", "hiss"])
def test_a_telephone_line_is_known_by_its_band_though_somebody_talks(noise: str) -> None:
    band = butter(4, (300, 3400), "bandpass", fs=RATE_HZ, output="sos")
    heard = sosfilt(band, back(line_signal(RATE_HZ), gain_db=-6, delay_s=0.212))
    chance = np.random.default_rng(4).standard_normal(len(heard))
    voice = speech(1, seconds=len(heard) / RATE_HZ, rate_hz=RATE_HZ)
    heard = heard + (voice * 0.3 if noise == "a voice" else chance * 0.003)
    found = result(heard.astype(np.float32))
    assert found.level_db == pytest.approx(-6, abs=2)
    assert found.delay_ms == pytest.approx(212, abs=1)
    assert 200 <= found.from_hz < 400
    assert 2800 < found.to_hz < 4800


@pytest.mark.parametrize("what", ["silence", "hiss", "a voice"])
def test_where_nothing_came_back_nothing_is_claimed(what: str) -> None:
    frames = round((LATEST_S + 0.5) * RATE_HZ)
    heard = np.zeros(frames, dtype=np.float32)
    if what == "hiss":
        heard += np.random.default_rng(5).standard_normal(frames).astype(np.float32) * np.float32(0.01)
    elif what == "a voice":
        heard += speech(2, seconds=frames / RATE_HZ, rate_hz=RATE_HZ)
    assert line_result(line_signal(RATE_HZ), heard, RATE_HZ) is None


def test_the_result_says_itself_in_words() -> None:
    found = LineResult(level_db=-12.2, delay_ms=211.7, is_inverted=True, from_hz=89.8, to_hz=7900.0)
    assert str(found) == "comes back at -12 dB after 212 ms, inverted, 90 Hz to 7.9 kHz"
