"""What every part builds on: values that are watched, alarms that are told once, clocks that are stepped."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.alarms import Alarms, Rank
from console.core.clock import SteppedClock, SystemClock, rfc3339
from console.core.errors import UserError
from console.core.ids import new_id
from console.core.journal import MemoryJournal
from console.core.links import Link, LinkState
from console.core.observable import Observable
from console.core.outcome import Outcome, Result


def test_a_watcher_hears_every_change_and_the_present_value_first() -> None:
    heard: list[int] = []
    value = Observable(1)
    value.watch(heard.append)
    value.set(2)
    value.set(2)
    value.set(3)
    assert heard == [1, 2, 3]


def test_a_watcher_that_is_undone_hears_nothing_more_and_undoing_twice_is_fine() -> None:
    heard: list[int] = []
    value = Observable(1)
    undo = value.watch(heard.append, now=False)
    undo()
    undo()
    value.set(2)
    assert heard == []


def test_a_watcher_may_end_its_own_watching_while_it_is_called() -> None:
    heard: list[tuple[str, int]] = []
    value = Observable(1)

    def once(new: int) -> None:
        heard.append(("once", new))
        undo()

    undo = value.watch(once, now=False)
    value.watch(lambda new: heard.append(("other", new)), now=False)
    value.set(2)
    value.set(3)
    assert heard == [("once", 2), ("other", 2), ("other", 3)]


def test_the_worst_alarm_stands_first_and_the_older_of_equals_before_the_newer(
    clock: SteppedClock, journal: MemoryJournal
) -> None:
    alarms = Alarms(clock, journal)
    for id, rank in (("note", Rank.NOTE), ("link.a", Rank.LINK), ("link.b", Rank.LINK), ("air", Rank.ON_AIR)):
        alarms.raise_(id, id, "what", fix="fix", rank=rank)
        clock.step(1)
    assert [alarm.id for alarm in alarms.present.value] == ["air", "link.a", "link.b", "note"]


def test_an_alarm_that_only_changes_its_words_keeps_its_age_and_is_journalled_once(
    clock: SteppedClock, journal: MemoryJournal
) -> None:
    alarms = Alarms(clock, journal)
    alarms.raise_("obs", "obs.down", "OBS is gone.", fix="Start it.")
    began = clock.now()
    clock.step(5)
    alarms.raise_("obs", "obs.down", "OBS is gone for 5 s.", fix="Start it.")
    (alarm,) = alarms.present.value
    assert (alarm.since, alarm.what) == (began, "OBS is gone for 5 s.")
    assert len(journal.of("alarm.raised")) == 1


def test_clearing_is_journalled_once_and_clearing_what_is_not_there_is_fine(
    clock: SteppedClock, journal: MemoryJournal
) -> None:
    alarms = Alarms(clock, journal)
    alarms.raise_("obs", "obs.down", "OBS is gone.", fix="Start it.")
    alarms.clear("obs")
    alarms.clear("obs")
    assert alarms.present.value == ()
    assert journal.of("alarm.cleared") == [{"alarm": "obs"}]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(Rank), st.booleans()), max_size=20))
def test_the_list_of_alarms_is_always_sorted_and_holds_each_id_once(steps: list[tuple[str, Rank, bool]]) -> None:
    clock = SteppedClock()
    alarms, expected = Alarms(clock, MemoryJournal()), set()
    for id, rank, is_raised in steps:
        clock.step(1)
        if is_raised:
            alarms.raise_(id, "kind", "what", fix="fix", rank=rank)
            expected.add(id)
        else:
            alarms.clear(id)
            expected.discard(id)
        present = alarms.present.value
        assert sorted(alarm.id for alarm in present) == sorted(expected)
        assert list(present) == sorted(present, key=lambda alarm: (alarm.rank, alarm.since))


def test_a_stepped_clock_moves_both_times_or_the_wall_alone() -> None:
    clock = SteppedClock()
    wall, mono_ns = clock.now(), clock.mono_ns()
    clock.step(2)
    clock.step(3600, wall_only=True)
    assert clock.now() - wall == timedelta(seconds=3602)
    assert clock.mono_ns() - mono_ns == 2_000_000_000


def test_the_machines_clock_is_aware_and_never_runs_back() -> None:
    clock = SystemClock()
    first, second = clock.mono_ns(), clock.mono_ns()
    assert clock.now().tzinfo is UTC
    assert second >= first


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.timezones()))
def test_times_on_the_wire_read_back_within_a_millisecond(at: datetime) -> None:
    text = rfc3339(at)
    assert text.endswith("Z")
    assert timedelta(0) <= at.astimezone(UTC) - datetime.fromisoformat(text) < timedelta(milliseconds=1)


def test_an_error_for_people_says_what_happened_and_what_to_do() -> None:
    error = UserError("OBS is gone.", fix="Start it.")
    assert str(error) == "OBS is gone. Start it."


@pytest.mark.parametrize(
    ("outcome", "result", "is_done"),
    [
        (Outcome.done(), Result.DONE, True),
        (Outcome.refused("no", "fix"), Result.REFUSED, False),
        (Outcome.failed("no"), Result.FAILED, False),
        (Outcome.pending(), Result.PENDING, False),
    ],
)
def test_only_what_was_proved_is_done(outcome: Outcome, result: Result, is_done: bool) -> None:
    timed = outcome.timed(took_ms=12.5, journal_id="7")
    assert (timed.result, timed.is_done, timed.why) == (result, is_done, outcome.why)
    assert (timed.took_ms, timed.journal_id) == (12.5, "7")


def test_a_link_is_down_until_it_is_heard() -> None:
    assert not Link().is_up
    assert Link(LinkState.UP).is_up


def test_ids_do_not_repeat() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000
    assert len(new_id()) == 32
