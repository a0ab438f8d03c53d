"""The search for a voice: what it finds, and what it does not take for one."""

import numpy as np
import pytest

from console.audio.leak_search import Peak, find
from console.audio.voice import Voice
from tests.rigs.calls import RATE_HZ, delayed, talkers
from tests.rigs.voices import Sound

LEAD = RATE_HZ // 2


def search(voice: Sound, sound: Sound, *, earliest: int = 0) -> Peak:
    return find(Voice(voice, LEAD), sound[LEAD:], earliest=earliest, latest=LEAD)


def noise(seed: int, size: float = 1e-3) -> Sound:
    return (np.random.default_rng(seed).standard_normal(round(3.5 * RATE_HZ)) * size).astype(np.float32)


def two_voices(seed: int) -> tuple[Sound, Sound]:
    both = talkers(np.random.default_rng(seed), 2, 3.5)
    return both[:, 0], both[:, 1]


@pytest.mark.parametrize("late_s", [0.0, 0.0123456, 0.3, 0.4999])
@pytest.mark.parametrize("gain", [1.0, 0.01, -0.01])
def test_a_voice_in_noise_is_measured(gain: float, late_s: float) -> None:
    voice, _ = two_voices(1)
    peak = search(voice, delayed(voice, late_s) * np.float32(gain) + noise(2))
    assert peak.late == pytest.approx(late_s * RATE_HZ, abs=0.5)
    assert 20 * np.log10(peak.gain / abs(gain)) == pytest.approx(0.0, abs=1.5)
    assert peak.clarity > 10
    assert peak.steadiness > 2.6
    assert peak.is_highest


@pytest.mark.parametrize("seed", range(8))
def test_in_noise_alone_nothing_stands_out(seed: int) -> None:
    assert search(two_voices(seed)[0], noise(seed)).clarity < 6


@pytest.mark.parametrize("seed", range(8))
def test_in_somebody_elses_voice_nothing_stands_out_steadily(seed: int) -> None:
    voice, other = two_voices(seed)
    peak = search(voice, other + noise(seed, 1e-4))
    assert peak.clarity < 10


def test_the_gain_that_chance_makes_is_told_honestly() -> None:
    voice, _ = two_voices(3)
    chance = search(voice, noise(4)).chance
    # ten spreads must be found, and one is no more than noise
    assert search(voice, delayed(voice, 0.2) * np.float32(10 * chance) + noise(4)).late == pytest.approx(1600, abs=1)
    assert search(voice, delayed(voice, 0.2) * np.float32(chance) + noise(4)).clarity < 7


def test_a_single_moments_likeness_is_no_find() -> None:
    voice, _ = two_voices(5)
    moment = np.zeros_like(voice)
    moment[LEAD + 4000 : LEAD + 5000] = voice[LEAD + 4000 : LEAD + 5000]
    assert search(voice, moment + noise(6)).clarity < 7


def test_a_higher_peak_at_a_delay_that_is_not_allowed_is_owned_up_to() -> None:
    voice, _ = two_voices(6)
    sound = delayed(voice, 0.003) * np.float32(0.1) + delayed(voice, 0.05) * np.float32(0.03) + noise(7)
    peak = search(voice, sound, earliest=96)
    assert peak.late == pytest.approx(400, abs=1)
    assert not peak.is_highest


def test_silence_holds_no_voice() -> None:
    voice, _ = two_voices(7)
    peak = search(voice, np.zeros_like(voice))
    assert peak.gain == 0.0
    assert peak.clarity < 1
