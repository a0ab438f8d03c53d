"""What is known is taken out; what is not stays."""

import numpy as np
import pytest
from scipy.signal import lfilter

from console.audio.separation import Known
from tests.rigs.calls import RATE_HZ, compressed, delayed, talkers
from tests.rigs.voices import Sound

LEAD = RATE_HZ // 2


def long(count: int) -> list[Sound]:
    return list(talkers(np.random.default_rng(4), count, 3.5).T)


def left_db(known: list[Sound], target: Sound, *, earliest: int = 0) -> float:
    rest = Known(known, lead=LEAD).taken_out_of(target[LEAD:], earliest=earliest, latest=LEAD)
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
    rest = Known([one, two], lead=LEAD).taken_out_of((one + three * np.float32(0.1))[LEAD:], earliest=0, latest=LEAD)
    likeness = np.corrcoef(rest.sound, three[LEAD:])[0, 1]
    assert likeness > 0.95
    alone = Known([one, two], lead=LEAD).taken_out_of(three[LEAD:], earliest=0, latest=LEAD)
    assert (alone.share, alone.gain) == (1.0, None)


def test_the_gain_at_which_they_came_is_told() -> None:
    one, two = long(2)
    rest = Known([one, two], lead=LEAD).taken_out_of((one + two)[LEAD:] * np.float32(0.25), earliest=0, latest=LEAD)
    assert rest.gain == pytest.approx(0.25, rel=0.05)


def test_who_comes_before_the_time_allowed_is_not_taken_out() -> None:
    one = long(1)[0]
    late = delayed(one, 0.1)
    assert left_db([one], late, earliest=0) < -30
    assert left_db([late], one, earliest=0) == pytest.approx(0.0, abs=0.01)


def test_silence_has_nothing_in_it() -> None:
    rest = Known(long(2), lead=LEAD).taken_out_of(np.zeros(3 * RATE_HZ, dtype=np.float32), earliest=0, latest=LEAD)
    assert not rest.sound.any()
    assert rest.gain is None
