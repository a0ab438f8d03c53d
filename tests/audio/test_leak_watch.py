"""The N-1 lamp, on calls with real speech. The long campaigns are `python -m tests.soak leaks`."""

import numpy as np
import pytest

from console.audio.leak_watch import LeakWatch
from console.audio.state import Leak
from tests.rigs.calls import Line, call, past_of, talkers
from tests.rigs.voices import Sound

ALONE = Line(noise_db=-60.0)


def watch(sound: Sound) -> LeakWatch:
    """The watch of a call's return, after all of the call was heard."""
    people = sound.shape[1] - 1
    return LeakWatch(past_of(sound), own=(0,), others=range(1, people), heard=(people,))


def voices(count: int, *, seed: int = 1, seconds: float = 5.0) -> Sound:
    return talkers(np.random.default_rng(seed), count, seconds)


def a_call(speech: Sound, line: Line) -> Sound:
    return call(np.random.default_rng(2), speech, line)


@pytest.mark.parametrize("late_s", [0.0, 0.0301, 0.24, 0.4999])
@pytest.mark.parametrize("leak_db", [-40.0, -31.0, -10.0, 0.0])
def test_a_leak_under_three_others_is_found_with_its_level_and_delay(leak_db: float, late_s: float) -> None:
    finding = watch(a_call(voices(4), Line(leak_db, late_s))).look()
    # what is measured scatters by half a dB: a leak of the red limit may read a little below it
    assert finding.leak is Leak.LEAK
    assert finding.leak_db == pytest.approx(leak_db, abs=2.0)
    assert finding.delay_ms == pytest.approx(late_s * 1000, abs=0.2)
    assert finding.detail == f"own voice {finding.leak_db:.0f} dB, {finding.delay_ms:.0f} ms late"


def test_a_return_without_its_listener_is_clean_and_says_how_far_that_was_proved() -> None:
    finding = watch(a_call(voices(4), Line())).look()
    assert finding.leak is Leak.CLEAN
    assert finding.floor_db is not None
    assert -70 < finding.floor_db <= -46
    assert finding.detail == f"floor {finding.floor_db:.0f} dB"


def test_a_fainter_leak_than_the_amber_limit_is_clean_down_to_it() -> None:
    finding = watch(a_call(voices(4), Line(-52.0, noise_db=None))).look()
    assert finding.leak is Leak.CLEAN
    assert finding.floor_db == pytest.approx(-52.0, abs=2.0)
