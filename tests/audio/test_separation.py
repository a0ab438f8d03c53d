"""What is known is taken out; what is not stays."""

import numpy as np
import pytest
from scipy.signal import lfilter

from console.audio.separation import MOST, InStep, Known
from console.audio.voice import Voice
from tests.rigs.calls import RATE_HZ, compressed, delayed, talkers
from tests.rigs.voices import Sound

LEAD = RATE_HZ // 2


def long(count: int) -> list[Sound]:
    return list(talkers(np.random.default_rng(4), count, 3.5).T)


def known_of(sounds: list[Sound]) -> Known:
    return Known([Voice(sound, LEAD) for sound in sounds])


def left_db(known: list[Sound], target: Sound, *, earliest: int = 0) -> float:
    rest = known_of(known).taken_out_of(target[LEAD:], earliest=earliest, latest=LEAD)
    assert rest.share == pytest.approx(float(np.sum(rest.sound**2) / np.sum(target[LEAD:] ** 2)), rel=1e-3)
    return float(10 * np.log10(rest.share + 1e-12))


def test_a_plain_sum_of_known_voices_leaves_nothing() -> None:
    one, two, three = long(3)
    assert left_db([one, two, three], one + two * np.float32(0.5) - three * np.float32(0.1)) < -60


@pytest.mark.parametrize("late_frames", [1, 400, 3900])
def test_late_and_coloured_they_are_still_known(late_frames: int) -> None:
    one, two = long(2)
    coloured = lfilter([0.3, 0.5, 0.2], [1.0, -0.4], one).astype(np.float32)
    assert left_db([one, two], np.roll(coloured + two, late_frames)) < -30


def test_behind_a_compressor_they_are_followed() -> None:
    one, two = long(2)
    assert left_db([one, two], compressed(one + two, 4.0)) < -17


def test_who_is_not_known_stays_and_who_is_not_there_changes_nothing() -> None:
    one, two, three = long(3)
    rest = known_of([one, two]).taken_out_of((one + three * np.float32(0.1))[LEAD:], earliest=0, latest=LEAD)
    likeness = np.corrcoef(rest.sound, three[LEAD:])[0, 1]
    assert likeness > 0.95
    alone = known_of([one, two]).taken_out_of(three[LEAD:], earliest=0, latest=LEAD)
    assert (alone.share, alone.gain) == (1.0, None)


def test_the_gain_at_which_they_came_is_told() -> None:
    one, two = long(2)
    rest = known_of([one, two]).taken_out_of((one + two)[LEAD:] * np.float32(0.25), earliest=0, latest=LEAD)
    assert rest.gain == pytest.approx(0.25, rel=0.05)


def test_who_comes_before_the_time_allowed_is_not_taken_out() -> None:
    one = long(1)[0]
    late = delayed(one, 0.1)
    assert left_db([one], late, earliest=0) < -30
    assert left_db([late], one, earliest=0) == pytest.approx(0.0, abs=0.01)


def test_silence_has_nothing_in_it() -> None:
    rest = known_of(long(2)).taken_out_of(np.zeros(3 * RATE_HZ, dtype=np.float32), earliest=0, latest=LEAD)
    assert not rest.sound.any()
    assert rest.gain is None


def test_of_more_than_can_be_taken_out_those_are_that_the_target_holds_most_of() -> None:
    voices = long(MOST + 3)
    there = sum(voices[3:], start=np.zeros_like(voices[0]))
    for here in (0, 1, 2):
        voices[here] *= np.float32(3)  # loud, and in other returns
    assert left_db(voices, there) < -40


def test_all_that_cuedrop_mixes_is_taken_out_at_its_gains_however_many_there_are() -> None:
    voices = np.stack([voice[LEAD:] for voice in long(10)])
    gains = np.linspace(0.2, 1.0, 10, dtype=np.float32)
    mix = InStep(voices)
    rest = mix.taken_out_of(gains @ voices, range(10))
    assert rest.share < 1e-9
    assert rest.gain == pytest.approx(0.66, abs=0.1)
    without_one = mix.taken_out_of(gains @ voices, range(9))
    assert np.corrcoef(without_one.sound, voices[9])[0, 1] > 0.99


def test_a_limiter_over_what_cuedrop_mixes_is_followed() -> None:
    voices = np.stack([voice[LEAD:] for voice in long(10)])
    mixed = voices.sum(axis=0)
    gain = np.interp(np.arange(len(mixed)), np.arange(0, len(mixed) + 1, 2000), np.linspace(1.0, 0.6, 13))
    assert InStep(voices).taken_out_of((mixed * gain).astype(np.float32), range(10)).share < 1e-3


def test_a_channel_that_is_there_twice_spoils_nothing() -> None:
    one, two = (voice[LEAD:] for voice in long(2))
    rest = InStep(np.stack([one, one, two])).taken_out_of(one + two, range(3))
    assert rest.share < 1e-9
