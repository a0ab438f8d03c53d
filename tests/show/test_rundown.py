"""The rundown knows what is on, what is next, and how far behind its plan the show is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.settings.show import Cue
from console.show.rundown import Rundown

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
CUES = (Cue(name="Hello", duration_s=60), Cue(name="Talk", duration_s=120), Cue(name="Bye", duration_s=30))


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_before_the_first_go_nothing_runs_and_the_first_cue_stands_by() -> None:
    rundown = Rundown.of(CUES)
    assert rundown.running is None
    assert rundown.standby == 0
    assert rundown.over_s(NOW) is None
    assert rundown.ends_at(NOW) is None


def test_go_runs_the_standby_cue_and_the_one_after_stands_by() -> None:
    rundown = Rundown.of(CUES).go(NOW)
    assert rundown.running == CUES[0]
    assert rundown.standby == 1
    assert rundown.left_s(after(20)) == 40
    assert rundown.ends_at(after(20)) == after(60 + 150)


def test_past_the_last_cue_go_changes_nothing() -> None:
    rundown = Rundown.of(CUES).go(NOW).go(NOW).go(NOW)
    assert rundown.standby is None
    assert rundown.go(after(5)) == rundown


def test_every_second_past_a_cues_time_counts_as_over() -> None:
    rundown = Rundown.of(CUES).go(NOW)
    assert rundown.over_s(after(59)) == 0
    assert rundown.over_s(after(75)) == 15
    assert rundown.go(after(75)).over_s(after(80)) == 15
    assert rundown.go(after(50)).over_s(after(80)) == -10


def test_a_cue_without_a_duration_is_never_over() -> None:
    rundown = Rundown.of((Cue(name="Open end"),)).go(NOW)
    assert rundown.left_s(after(999)) is None
    assert rundown.over_s(after(999)) == 0


def test_a_cue_that_is_not_there_cannot_stand_by() -> None:
    with pytest.raises(IndexError):
        Rundown.of(CUES).stand_by(3)


def test_an_empty_rundown_takes_every_press() -> None:
    rundown = Rundown.of(())
    assert rundown.go(NOW) == rundown


@given(st.lists(st.tuples(st.floats(0, 500), st.integers(0, 2)), max_size=20))
def test_the_end_is_never_in_the_past_and_over_is_finite(presses: list[tuple[float, int]]) -> None:
    rundown, now = Rundown.of(CUES), NOW
    for wait_s, standby in presses:
        now += timedelta(seconds=wait_s)
        rundown = rundown.stand_by(standby).go(now)
        ends = rundown.ends_at(now)
        assert ends is not None
        assert ends >= now
        assert rundown.over_s(now) is not None
