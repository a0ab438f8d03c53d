"""The start of a drop, decided on values: announced, held, missed, and never fired by surprise."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from console.core.errors import IllegalMove
from console.desk.starting_core import (
    ANNOUNCED_S,
    CALLED_S,
    LEAST_S,
    MOVES,
    PAST,
    Phase,
    Sight,
    Stand,
    Start,
    moment_of,
)

EVENING = datetime(2026, 1, 2, 20, 0, tzinfo=UTC)
AT = time(20, 15)
MOMENT = datetime(2026, 1, 2, 20, 15, tzinfo=UTC)


class Clocks:
    """Both clocks, and what is seen of the drop."""

    def __init__(self, start: Start, now: datetime = EVENING) -> None:
        self.start, self.now, self.now_ns = start, now, 10**12
        self.stand, self.run = Stand.ARMED, 1

    def step(self, seconds: float, *, wall_s: float | None = None) -> None:
        self.now += timedelta(seconds=seconds if wall_s is None else wall_s)
        self.now_ns += round(seconds * 1e9)

    def look(self) -> Phase:
        self.start = self.start.looked(Sight(self.stand, self.run, self.now, self.now_ns))
        return self.start.phase

    def until(self, now: datetime) -> Phase:
        """Look each second until then."""
        while self.now < now:
            self.step(1.0)
            self.look()
        return self.start.phase


def at_quarter_past() -> Clocks:
    clocks = Clocks(Start("Linen cap", AT))
    clocks.look()
    return clocks


def by_cue() -> Clocks:
    clocks = Clocks(Start("Linen cap"))
    clocks.start = clocks.start.called(clocks.now_ns)
    return clocks


def test_a_time_of_day_is_announced_and_fired_at_its_second_and_once() -> None:
    clocks = at_quarter_past()
    assert clocks.until(MOMENT - timedelta(seconds=ANNOUNCED_S + 1)) is Phase.IDLE
    assert clocks.until(MOMENT - timedelta(seconds=ANNOUNCED_S)) is Phase.COUNTING
    assert clocks.until(MOMENT - timedelta(seconds=1)) is Phase.COUNTING
    assert clocks.until(MOMENT) is Phase.FIRING
    clocks.start = clocks.start.fired(clocks.now_ns)
    clocks.stand = Stand.FIRED
    clocks.until(MOMENT + timedelta(minutes=20))
    clocks.stand, clocks.run = Stand.ARMED, 2  # sold again, the same evening
    assert clocks.until(MOMENT + timedelta(hours=2)) is Phase.OVER
    assert clocks.until(MOMENT + timedelta(days=1, seconds=-ANNOUNCED_S - 1)) is Phase.IDLE
    assert clocks.until(MOMENT + timedelta(days=1)) is Phase.FIRING


def test_a_drop_that_is_not_armed_by_then_is_not_fired_and_that_is_said() -> None:
    clocks = at_quarter_past()
    clocks.stand = Stand.BEFORE
    clocks.until(MOMENT - timedelta(seconds=5))
    assert clocks.start.says == "Linen cap is to be fired at 20:15 and is not armed."
    assert clocks.until(MOMENT) is Phase.OVER
    assert clocks.start.says == "Linen cap was to be fired at 20:15, and was not: it was not armed."
    clocks.stand = Stand.ARMED
    assert clocks.until(MOMENT + timedelta(minutes=5)) is Phase.OVER


def test_armed_in_the_last_seconds_it_is_announced_for_ten_all_the_same() -> None:
    clocks = at_quarter_past()
    clocks.stand = Stand.BEFORE
    clocks.until(MOMENT - timedelta(seconds=3))
    clocks.stand = Stand.ARMED
    assert clocks.until(MOMENT + timedelta(seconds=6)) is Phase.COUNTING
    assert clocks.until(MOMENT + timedelta(seconds=8)) is Phase.FIRING


@pytest.mark.parametrize("late", [1.0, 3600.0])
def test_a_console_that_starts_after_the_time_fires_nothing_and_says_so(late: float) -> None:
    clocks = Clocks(Start("Linen cap", AT), MOMENT + timedelta(seconds=late))
    clocks.stand = Stand.UNKNOWN
    assert clocks.look() is Phase.IDLE
    clocks.stand = Stand.ARMED
    assert clocks.look() is Phase.OVER
    assert clocks.start.says == "Linen cap was to be fired at 20:15, and was not: that time is over."


def test_a_console_that_starts_before_it_announces_it_anew() -> None:
    clocks = Clocks(Start("Linen cap", AT), MOMENT - timedelta(seconds=12))
    assert clocks.look() is Phase.COUNTING
    assert clocks.until(MOMENT) is Phase.FIRING


@pytest.mark.parametrize("off_s", [3600.0, -3600.0, 86_400.0, 5.0])
def test_somebody_who_sets_the_clock_while_it_is_announced_ends_it(off_s: float) -> None:
    clocks = at_quarter_past()
    clocks.until(MOMENT - timedelta(seconds=20))
    clocks.step(0.1, wall_s=off_s)
    assert clocks.look() is Phase.IDLE
    assert clocks.start.says == "The machine's clock was set: Linen cap is not fired now."


def test_a_clock_set_past_the_time_fires_nothing_and_set_back_announces_it() -> None:
    clocks = at_quarter_past()
    clocks.step(0.1, wall_s=3600.0)
    assert clocks.look() is Phase.OVER
    assert "the machine's clock was set past it" in clocks.start.says
    tomorrow = Clocks(Start("Linen cap", AT))
    tomorrow.look()
    tomorrow.step(0.1, wall_s=-3600.0)
    assert tomorrow.until(MOMENT - timedelta(seconds=ANNOUNCED_S + 1)) is Phase.IDLE
    assert tomorrow.until(MOMENT) is Phase.FIRING


def test_what_a_person_does_while_it_is_announced_ends_it_for_good() -> None:
    clocks = at_quarter_past()
    clocks.until(MOMENT - timedelta(seconds=20))
    clocks.start = clocks.start.hand(clocks.now_ns)
    assert clocks.until(MOMENT + timedelta(minutes=1)) is Phase.OVER


def test_what_a_person_did_before_it_was_announced_is_no_reason_not_to() -> None:
    clocks = at_quarter_past()
    clocks.start = clocks.start.hand(clocks.now_ns)
    assert clocks.until(MOMENT) is Phase.FIRING


def test_stop_sale_keeps_what_is_armed_from_opening_the_sale_again() -> None:
    clocks = at_quarter_past()
    clocks.start = clocks.start.stopped(Stand.ARMED, clocks.now, clocks.now_ns)
    assert clocks.start.says == "Linen cap will not be fired at 20:15: the sale was stopped."
    assert clocks.until(MOMENT + timedelta(minutes=1)) is Phase.OVER
    draft = at_quarter_past()
    draft.start = draft.start.stopped(Stand.BEFORE, draft.now, draft.now_ns)
    assert draft.until(MOMENT) is Phase.FIRING  # armed after the stop: somebody wants it


def test_go_announces_an_armed_drop_and_waits_a_little_for_one_that_is_being_armed() -> None:
    clocks = by_cue()
    clocks.stand = Stand.BEFORE
    clocks.step(CALLED_S - 1)
    assert clocks.look() is Phase.CALLED
    clocks.stand = Stand.ARMED
    assert clocks.look() is Phase.COUNTING
    clocks.step(LEAST_S - 0.1)
    assert clocks.look() is Phase.COUNTING
    clocks.step(0.1, wall_s=3600.0)  # its countdown is the monotonic clock's alone
    assert clocks.look() is Phase.FIRING


def test_go_is_not_kept_for_later() -> None:
    clocks = by_cue()
    clocks.stand = Stand.BEFORE
    clocks.step(CALLED_S)
    assert clocks.look() is Phase.OVER
    assert clocks.start.says == "Linen cap was not armed soon enough after GO, and is not fired by itself."
    clocks.stand = Stand.ARMED
    clocks.step(60)
    assert clocks.look() is Phase.OVER
    clocks.start = clocks.start.called(clocks.now_ns)
    assert clocks.look() is Phase.COUNTING


@pytest.mark.parametrize(("stand", "run"), [(Stand.BEFORE, 1), (Stand.UNKNOWN, 1), (Stand.FIRED, 1), (Stand.ARMED, 2)])
def test_a_drop_that_is_armed_no_more_is_not_fired(stand: Stand, run: int) -> None:
    clocks = by_cue()
    clocks.look()
    clocks.stand, clocks.run = stand, run
    assert clocks.look() is Phase.OVER
    assert clocks.start.says.endswith("is not fired by itself.")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), st.times())
def test_the_moment_is_the_next_one_or_one_that_is_not_long_over(now: datetime, at: time) -> None:
    here = now.replace(tzinfo=UTC)
    at = at.replace(second=0, microsecond=0)
    moment = moment_of(at, here)
    assert moment.time() == at
    assert -PAST < moment - here <= timedelta(days=1) - PAST


def test_the_table_knows_every_phase() -> None:
    assert set(MOVES) == set(Phase)
    with pytest.raises(IllegalMove):
        Start("Linen cap").to(Phase.FIRING, 0)


class NobodyIsSurprised(RuleBasedStateMachine):
    """Whatever the clocks, the shop and people do: fired is only what was armed and announced for long enough."""

    def __init__(self) -> None:
        super().__init__()
        self.clocks = at_quarter_past()
        self.counted_ns: int | None = None  # since when it was announced without a break
        self.fired: list[datetime] = []

    def _look(self) -> None:
        before = self.clocks.start.phase
        after = self.clocks.look()
        if after is Phase.FIRING and before is not Phase.FIRING:
            assert before is Phase.COUNTING
            assert self.clocks.stand is Stand.ARMED
            assert self.counted_ns is not None
            assert self.clocks.now_ns - self.counted_ns >= LEAST_S * 1e9
            late_s = (self.clocks.now - moment_of(AT, self.clocks.now)).total_seconds()
            assert -0.5 < late_s < 3600, "not before its time, and not long after it"
            self.fired.append(moment_of(AT, self.clocks.now))
            assert len(set(self.fired)) == len(self.fired), "once for each moment"
        if after is Phase.COUNTING and before is not Phase.COUNTING:
            self.counted_ns = self.clocks.now_ns
        elif after is not Phase.COUNTING:
            self.counted_ns = None

    @rule(seconds=st.sampled_from([0.1, 1.0, 9.0, 25.0]), looks=st.integers(1, 4))
    def time_goes_on(self, seconds: float, looks: int) -> None:
        for _ in range(looks):
            self.clocks.step(seconds)
            self._look()

    @rule()
    def it_is_nearly_time(self) -> None:
        left_s = (moment_of(AT, self.clocks.now) - self.clocks.now).total_seconds() - 40
        for _ in range(max(0, int(left_s // 600)) + 1 if left_s > 0 else 0):
            self.clocks.step(min(600.0, max(left_s, 0.0)))
            left_s -= 600
            self._look()

    @rule(wall_s=st.sampled_from([3600.0, -3600.0, 900.0, -20.0, 86_400.0]))
    def somebody_sets_the_clock(self, wall_s: float) -> None:
        self.clocks.step(0.1, wall_s=wall_s)
        self._look()

    @rule(stand=st.sampled_from(Stand), is_new_run=st.booleans())
    def the_drop_moves(self, stand: Stand, is_new_run: bool) -> None:
        self.clocks.stand = stand
        self.clocks.run += is_new_run
        self._look()

    @rule(what=st.sampled_from(["hand", "stop", "fired"]))
    def somebody_decides(self, what: str) -> None:
        clocks = self.clocks
        if what == "stop":
            clocks.start = clocks.start.stopped(clocks.stand, clocks.now, clocks.now_ns)
        elif what == "hand":
            clocks.start = clocks.start.hand(clocks.now_ns)
        else:
            clocks.start = clocks.start.fired(clocks.now_ns)
        if clocks.start.phase is not Phase.COUNTING:
            self.counted_ns = None

    @invariant()
    def what_is_announced_has_its_end_before_it(self) -> None:
        start = self.clocks.start
        assert (start.due_ns > 0) is (start.phase is Phase.COUNTING)
        assert not start.says or start.says.endswith(".")


TestNobodyIsSurprised = NobodyIsSurprised.TestCase
TestNobodyIsSurprised.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
