"""When a trouble becomes an alarm, when it is over, and what is said."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from console.audio.sound_alarms import (
    CLEAR_S,
    PROGRAMME,
    UNPROVED_S,
    Check,
    Holds,
    Kind,
    Limits,
    Trouble,
    limits_of,
    words_of,
)
from console.core.alarms import Rank
from console.settings.sound import Audio

HOLD_S, LIMIT, MARGIN = 5.0, 10.0, 3.0
HUM = Trouble(Kind.HUM, "Host", "50 Hz")


def check(value: float | None, *, hold_s: float = HOLD_S) -> Check:
    return Check(Kind.HUM, "Host", value, LIMIT, MARGIN, hold_s, "50 Hz")


def told(holds: Holds, values: Sequence[float | None]) -> frozenset[Trouble]:
    """What is present after a look a second with these values."""
    for value in values:
        holds.tell(check(value), 1.0)
    return holds.present


def test_what_lasts_is_raised_once_it_has_lasted() -> None:
    holds = Holds()
    assert not told(holds, [20.0] * 4)
    assert told(holds, [20.0]) == {HUM}


def test_a_moment_without_it_begins_the_wait_anew() -> None:
    assert not told(Holds(), [20.0] * 4 + [0.0] + [20.0] * 4)


def test_what_cannot_be_said_now_changes_nothing() -> None:
    holds = Holds()
    assert told(holds, [20.0, 20.0, None, None, 20.0, 20.0, None, 20.0]) == {HUM}
    assert told(holds, [None] * (round(UNPROVED_S) - 1)) == {HUM}
    assert told(holds, [20.0]) == {HUM}
    assert told(holds, [None] * (round(UNPROVED_S) - 1)) == {HUM}


def test_what_nothing_shows_any_more_is_taken_back_after_a_minute() -> None:
    holds = Holds()
    told(holds, [20.0] * 5)
    assert not told(holds, [None] * round(UNPROVED_S))
    assert told(holds, [20.0] * 5) == {HUM}


def test_it_is_cleared_when_it_is_gone_by_a_margin_and_for_a_while() -> None:
    holds = Holds()
    told(holds, [20.0] * 5)
    assert told(holds, [LIMIT - MARGIN / 2] * 100) == {HUM}
    assert told(holds, [0.0] * (round(CLEAR_S) - 1)) == {HUM}
    assert not told(holds, [0.0])


def test_a_hold_time_of_zero_turns_an_alarm_off() -> None:
    holds = Holds()
    holds.tell(check(99.0, hold_s=0.0), 1.0)
    assert not holds.present


def test_what_was_raised_before_is_only_cleared_by_evidence() -> None:
    holds = Holds()
    holds.take_over(frozenset({HUM}))
    assert told(holds, [20.0] * 10) == {HUM}
    assert not told(holds, [0.0] * 10)


@given(st.lists(st.one_of(st.none(), st.floats(-100, 100)), max_size=60))
def test_it_never_flaps_quicker_than_its_hold_times(values: list[float | None]) -> None:
    holds, changes, was = Holds(), [], False
    for at_s, value in enumerate(values, 1):
        is_present = bool(told(holds, [value]))
        if is_present is not was:
            changes.append(at_s)
            was = is_present
    for earlier, later in zip(changes[::2], changes[1::2], strict=False):
        assert later - earlier >= CLEAR_S
    for earlier, later in zip([0, *changes[1::2]], changes[::2], strict=False):
        assert later - earlier >= HOLD_S


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("name", ["Guest 1", PROGRAMME])
def test_every_trouble_says_what_it_is_and_what_to_do(kind: Kind, name: str) -> None:
    words = words_of(Trouble(kind, name, "-40 dB"))
    assert words.what.startswith(name or "The programme")
    assert words.what.endswith("(-40 dB).")
    assert words.fix.endswith(".")
    assert words.kind.split(".")[0] in ("sound", "return")
    assert "_return" not in words.kind


def test_every_alarm_has_an_id_of_its_own() -> None:
    ids = {Trouble(kind, name).alarm for kind in Kind for name in ("A", "B", PROGRAMME)}
    assert len(ids) == 3 * len(Kind)


def test_a_silent_programme_outranks_a_silent_channel() -> None:
    assert words_of(Trouble(Kind.SILENT, PROGRAMME)).rank is Rank.ON_AIR
    assert words_of(Trouble(Kind.SILENT, "Host")).rank > Rank.GUEST


@pytest.mark.parametrize("kind", [Kind.SILENT, Kind.CLIPPING, Kind.HUM, Kind.DC, Kind.POLARITY, Kind.FROZEN])
def test_who_is_told_of_the_programme_is_not_sent_to_a_microphone(kind: Kind) -> None:
    whole, one = words_of(Trouble(kind, PROGRAMME)), words_of(Trouble(kind, "Host"))
    assert whole.fix != one.fix
    assert "microphone" not in whole.fix
    assert "programme" in whole.fix or "channel" in whole.fix


def test_the_limits_are_those_of_the_show_file() -> None:
    audio = Audio.model_validate({"alarms": {"hum_s": 7}, "meters": {"target_lufs": -23}})
    limits = limits_of(audio)
    assert (limits.hum_s, limits.target_lufs) == (7, -23)
    assert limits_of(Audio()) == Limits()
    with pytest.raises(ValidationError):  # each second of it costs the analyst 7 ms at 66 columns
        Audio.model_validate({"alarms": {"hum_s": 61}})
