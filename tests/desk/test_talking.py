"""Talking into an input that is muted in OBS."""

from console.audio.sound_alarms import CLEAR_S
from console.audio.state import Channel
from console.desk.talking import TalkingMuted, alarms_of
from console.show.file import parse_show
from scenes.state import InputLevel

SHOW = """
format = 1
name = "Talk"
[obs]
safe_scene = "Safe"
[[cameras]]
name = "Phone"
sound = "Phone mic"
scene = "Wide"
[[audio.channels]]
name = "Host"
inputs = [1]
obs_input = "Mic"
"""
LOOK_S = 0.25
LOUD, QUIET = -15.0, -60.0


def heard(
    talking: TalkingMuted,
    before_fader_dbfs: list[float],
    *,
    muted: frozenset[str] = frozenset({"Mic", "Phone mic"}),
    name: str = "Mic",
    channel: Channel | None = None,
) -> list[str]:
    """Who talks after looks at these levels."""
    talking_now = frozenset[str]()
    for dbfs in before_fader_dbfs:
        level = InputLevel(peak_dbfs=-120.0, rms_dbfs=-120.0, before_fader_dbfs=dbfs)
        talking_now = talking.look(
            parse_show(SHOW),
            [channel or Channel("Host", (1,), "Mic")],
            levels={name: level} if name else {},
            muted=muted,
            elapsed_s=LOOK_S,
        )
    return sorted(talking_now)


def looks(seconds: float, *dbfs: float) -> list[float]:
    """Levels that take turns for so long."""
    count = round(seconds / LOOK_S)
    return [dbfs[number % len(dbfs)] for number in range(count)]


def test_words_with_pauses_between_them_are_talking() -> None:
    talking = TalkingMuted()
    assert not heard(talking, looks(1.5, LOUD, QUIET))
    assert heard(talking, looks(1.0, LOUD, QUIET)) == ["Mic"]
    assert not heard(talking, looks(CLEAR_S + 3, QUIET))


def test_every_input_of_obs_is_judged_and_an_alarm_only_when_the_show_names_it() -> None:
    assert heard(TalkingMuted(), looks(4, LOUD), name="Music", muted=frozenset({"Music"})) == ["Music"]
    assert heard(TalkingMuted(), looks(4, LOUD), name="Phone mic") == ["Phone mic"]
    talking = frozenset({"Music", "Phone mic", "Mic"})
    assert {one.name for one in alarms_of(parse_show(SHOW), talking)} == {"Mic (OBS)", "Phone mic (OBS)"}
    without = parse_show(SHOW.replace('sound = "Phone mic"\n', ""))
    assert {one.name for one in alarms_of(without, talking)} == {"Mic (OBS)"}


def test_a_cough_is_not_talking_and_an_open_input_may() -> None:
    assert not heard(TalkingMuted(), [*looks(1, LOUD), *looks(3, QUIET)])
    assert not heard(TalkingMuted(), looks(5, LOUD), muted=frozenset())


def test_an_input_that_leaves_obs_talks_no_more() -> None:
    talking = TalkingMuted()
    assert heard(talking, looks(4, LOUD)) == ["Mic"]
    assert not heard(talking, looks(CLEAR_S + 1, LOUD), name="")


def test_whoever_is_known_to_by_their_own_channel_is_not_named_twice() -> None:
    known = Channel("Host", (1,), "Mic", is_muted=True, is_talking_muted=True)
    assert not heard(TalkingMuted(), looks(5, LOUD), channel=known)
