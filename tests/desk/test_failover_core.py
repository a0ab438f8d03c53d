"""The failover's decisions alone: every order of looks and hands, and the promises of law 6."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.desk.failover_core import GRACE_S, MOVES, WELL_S, Guard, Health, IllegalMove, Phase, Sight

COUNTDOWN_S = 3.0
SILENCE_S = 8.0
WELL = Sight("Wide")
BROKEN = Sight("Wide", Health.FAULT, 'Camera "Wide" is lost.')
UNCLEAR = Sight("Wide", Health.UNCLEAR)
SAFE = Sight("Safe", can_take=False)


def ns(seconds: float) -> int:
    return round(seconds * 1e9)


def watching(sight: Sight = WELL) -> Guard:
    """A guard that has watched `sight` since 0, its grace over at GRACE_S."""
    return Guard(COUNTDOWN_S, SILENCE_S).switched(True, 0).looked(sight, 0)


def counting(at_s: float = 10.0) -> Guard:
    guard = watching().looked(BROKEN, ns(at_s))
    assert guard.phase is Phase.COUNTING
    return guard


def test_off_it_does_nothing() -> None:
    off = Guard(COUNTDOWN_S, SILENCE_S)
    assert off.looked(BROKEN, ns(10)) == off
    assert off.hand(ns(11)) == off
    assert off.held(ns(12)) == off


def test_a_fault_is_announced_and_safe_is_taken_when_the_countdown_is_over() -> None:
    guard = counting()
    assert (guard.why, guard.due_ns) == ('Camera "Wide" is lost.', ns(10 + COUNTDOWN_S))
    assert guard.looked(BROKEN, guard.due_ns - 1).phase is Phase.COUNTING
    taking = guard.looked(BROKEN, guard.due_ns)
    assert taking.phase is Phase.TAKING
    taken = taking.looked(SAFE, ns(13.1)).taken(ns(13.2))
    assert (taken.phase, taken.why) == (Phase.TAKEN, 'Camera "Wide" is lost.')


def test_a_picture_that_is_well_again_ends_the_countdown() -> None:
    assert counting().looked(WELL, ns(12)).phase is Phase.WATCHING


def test_a_doubt_neither_begins_a_countdown_nor_ends_one() -> None:
    assert watching().looked(UNCLEAR, ns(10)).phase is Phase.WATCHING
    doubtful = counting().looked(UNCLEAR, ns(11))
    assert (doubtful.phase, doubtful.why) == (Phase.COUNTING, 'Camera "Wide" is lost.')
    assert doubtful.looked(UNCLEAR, ns(13)).phase is Phase.TAKING


def test_a_hand_stops_the_countdown_and_has_its_grace() -> None:
    guard = counting().hand(ns(12))
    assert guard.phase is Phase.WATCHING
    assert guard.looked(BROKEN, ns(12 + GRACE_S) - 1).phase is Phase.WATCHING
    again = guard.looked(BROKEN, ns(12 + GRACE_S))
    assert (again.phase, again.due_ns) == (Phase.COUNTING, ns(12 + GRACE_S + COUNTDOWN_S))


def test_a_take_of_somebody_elsewhere_is_a_hand_too() -> None:
    guard = counting().looked(replace(BROKEN, scene="Close"), ns(12))
    assert guard.phase is Phase.WATCHING
    assert guard.looked(replace(BROKEN, scene="Close"), ns(12 + GRACE_S) - 1).phase is Phase.WATCHING


def test_a_hand_that_is_busy_is_not_overtaken() -> None:
    busy = replace(BROKEN, is_hand_busy=True)
    guard = counting()
    for tenth in range(100):
        guard = guard.looked(busy, ns(11 + tenth / 10))
        assert guard.phase is Phase.WATCHING


def test_what_is_held_stays_held_until_all_was_well_for_a_while() -> None:
    held = counting().held(ns(11))
    assert held.phase is Phase.HELD
    assert held.looked(BROKEN, ns(100)).phase is Phase.HELD
    flicker = held.looked(WELL, ns(100)).looked(BROKEN, ns(101)).looked(WELL, ns(102))
    assert flicker.looked(WELL, ns(102 + WELL_S) - 1).phase is Phase.HELD
    assert flicker.looked(WELL, ns(102 + WELL_S)).phase is Phase.WATCHING


def test_what_is_held_outlasts_a_press_and_ends_with_another_scene() -> None:
    held = counting().held(ns(11))
    assert held.hand(ns(12)) == held
    assert held.looked(replace(BROKEN, is_hand_busy=True), ns(12)).phase is Phase.HELD
    assert held.looked(replace(BROKEN, scene="Close"), ns(12)).phase is Phase.WATCHING


def test_what_is_on_air_being_unknown_for_a_moment_changes_nothing_but_ends_a_countdown() -> None:
    nobody_knows = replace(BROKEN, scene=None, can_take=False)
    assert counting().held(ns(11)).looked(nobody_knows, ns(12)).looked(BROKEN, ns(13)).phase is Phase.HELD
    assert counting().looked(nobody_knows, ns(12)).phase is Phase.WATCHING


def test_safe_that_is_taken_back_is_not_tried_again() -> None:
    taking = counting().looked(BROKEN, ns(13))
    back = taking.not_taken("SAFE was taken back.", ns(14))
    assert (back.phase, back.why) == (Phase.HELD, "SAFE was taken back.")
    assert back.looked(BROKEN, ns(60)).phase is Phase.HELD
    assert taking.held(ns(14)).phase is Phase.HELD
    assert taking.held(ns(14)).not_taken("late", ns(15)).why == 'Camera "Wide" is lost.'


def test_it_never_goes_back_by_itself() -> None:
    taken = counting().looked(BROKEN, ns(13)).taken(ns(13.1)).looked(SAFE, ns(13.2))
    for second in range(20, 300):
        taken = taken.looked(SAFE, ns(second))
        assert taken.phase is Phase.TAKEN
    assert taken.looked(replace(SAFE, scene=None), ns(301)).phase is Phase.TAKEN  # OBS is away
    assert taken.hand(ns(302)).phase is Phase.WATCHING
    assert taken.looked(WELL, ns(302)).phase is Phase.WATCHING  # somebody else took a scene


def test_without_obs_or_with_safe_on_air_nothing_is_counted() -> None:
    assert watching().looked(replace(BROKEN, can_take=False), ns(10)).phase is Phase.WATCHING
    assert counting().looked(replace(BROKEN, can_take=False), ns(11)).phase is Phase.WATCHING


def test_a_silence_that_lasts_too_long_is_a_fault() -> None:
    silent = replace(WELL, is_silent=True, whose='Camera "Wide"')
    guard = watching().looked(silent, ns(20))
    assert guard.looked(silent, ns(20 + SILENCE_S) - 1).phase is Phase.WATCHING
    late = guard.looked(silent, ns(20 + SILENCE_S))
    assert (late.phase, late.why) == (Phase.COUNTING, 'Camera "Wide" has been silent for 8 s.')
    assert late.looked(replace(WELL, is_silent=None), ns(29)).phase is Phase.COUNTING  # the meters are missing
    assert late.looked(replace(WELL, is_silent=False), ns(29)).phase is Phase.WATCHING


def test_a_word_in_between_begins_the_silence_anew() -> None:
    silent = replace(WELL, is_silent=True, whose='Camera "Wide"')
    guard = watching().looked(silent, ns(20)).looked(replace(WELL, is_silent=False), ns(27)).looked(silent, ns(27.1))
    assert guard.looked(silent, ns(35)).phase is Phase.WATCHING
    assert guard.looked(silent, ns(35.1)).phase is Phase.COUNTING


def test_a_silence_of_zero_seconds_is_no_fault_ever() -> None:
    silent = replace(WELL, is_silent=True, whose='Camera "Wide"')
    guard = Guard(COUNTDOWN_S, 0).switched(True, 0).looked(silent, 0)
    assert guard.looked(silent, ns(3_600)).phase is Phase.WATCHING


def test_an_illegal_move_is_a_bug() -> None:
    with pytest.raises(IllegalMove, match="watching to taken"):
        watching().to(Phase.TAKEN, 0)


SIGHTS = st.builds(
    Sight,
    scene=st.sampled_from(["Wide", "Close", "Safe", None]),
    health=st.sampled_from(Health),
    why=st.just("x"),
    is_silent=st.sampled_from([True, False, None]),
    whose=st.just('Camera "Wide"'),
    is_hand_busy=st.booleans(),
).map(lambda sight: replace(sight, can_take=sight.scene not in ("Safe", None)))
EVENTS = st.lists(
    st.tuples(
        st.sampled_from([0.1, 0.5, 2.0, 5.0, 9.0]),
        st.one_of(
            SIGHTS,
            st.sampled_from([BROKEN, BROKEN, WELL]),
            st.sampled_from(["on", "off", "hand", "hold", "taken", "not taken"]),
        ),
    ),
    max_size=60,
)


def after(guard: Guard, event: Sight | str, at_ns: int) -> Guard:
    if isinstance(event, Sight):
        return guard.looked(event, at_ns)
    return {
        "on": lambda: guard.switched(True, at_ns),
        "off": lambda: guard.switched(False, at_ns),
        "hand": lambda: guard.hand(at_ns),
        "hold": lambda: guard.held(at_ns),
        "taken": lambda: guard.taken(at_ns),
        "not taken": lambda: guard.not_taken("it was not", at_ns),
    }[event]()


@given(EVENTS)
def test_whatever_happens_the_hand_wins(events: list[tuple[float, Sight | str]]) -> None:
    guard, at_ns = Guard(COUNTDOWN_S, SILENCE_S).switched(True, 0), 0
    last_hand_ns = 0
    for after_s, event in events:
        at_ns += ns(after_s)
        before, guard = guard, after(guard, event, at_ns)
        assert guard.phase is before.phase or guard.phase in MOVES[before.phase]
        is_look = isinstance(event, Sight)
        if event == "hand" or (isinstance(event, Sight) and event.is_hand_busy):
            last_hand_ns = at_ns
        if guard.phase is Phase.TAKING and before.phase is not Phase.TAKING:
            # announced for the whole countdown, and no hand took anything in that time nor in the grace before it
            assert is_look
            assert at_ns - before.since_ns >= ns(COUNTDOWN_S)
            assert at_ns - last_hand_ns >= ns(COUNTDOWN_S + GRACE_S)
        if before.phase is Phase.HELD and guard.phase is not Phase.HELD:
            assert event == "off" or is_look
        if before.phase is Phase.HELD:
            assert guard.phase is not Phase.COUNTING  # it is watched first
        if before.phase is Phase.TAKEN and guard.phase is Phase.WATCHING:
            assert event == "hand" or is_look
        assert (guard.due_ns > 0) is (guard.phase is Phase.COUNTING)
        assert guard.phase is not Phase.COUNTING or guard.why
