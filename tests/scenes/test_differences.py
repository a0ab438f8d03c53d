"""Where two OBS are not alike, in words."""

from dataclasses import replace

from console.core.links import Link, LinkState
from scenes.pair.differences import differences
from scenes.state import Scene, Switcher, Take, TakeState

NAMES = ("Main", "Backup")
SCENES = tuple(Scene(name) for name in ("Wide", "Close", "Table"))
ALIKE = Switcher(
    link=Link(LinkState.UP),
    studio_mode=True,
    program="Table",
    claimed="Table",
    preview="Close",
    scenes=SCENES,
    transition="Fade",
    transition_ms=300,
)


def lines(lead: Switcher = ALIKE, **other: object) -> tuple[str, ...]:
    return differences(lead, replace(ALIKE, **other), names=NAMES)  # type: ignore[arg-type]


def test_two_that_are_alike_have_none() -> None:
    assert lines() == ()


def test_each_difference_is_a_plain_line() -> None:
    assert lines(program="Wide", claimed="Wide") == ("On air: Main Table, Backup Wide",)
    assert lines(preview=None) == ("Preview: Main Close, Backup nothing",)
    assert lines(studio_mode=False, preview=None) == ("Studio Mode: Main on, Backup off",)
    assert lines(transition="Cut", transition_ms=None) == ("Transition: Main Fade 300 ms, Backup Cut",)
    assert lines(is_black=True) == ("Black: Main off, Backup on",)
    assert lines(muted_inputs=frozenset({"Mic"})) == ("Mic: Main open, Backup muted",)
    assert lines(scenes=SCENES[:1]) == ("Backup has no scene Close, Table",)
    more = (*SCENES, *(Scene(f"Extra {number}") for number in range(5)))
    assert lines(scenes=more) == ("Main has no scene Extra 0, Extra 1, Extra 2 and 2 more",)


def test_what_cannot_be_told_is_said_as_not_known() -> None:
    assert lines(program=None, claimed=None) == ("On air: Main Table, Backup not known",)


def test_while_something_moves_the_pictures_are_not_compared() -> None:
    assert lines(program="Wide", claimed="Wide", in_transition=True) == ()
    assert lines(program="Wide", claimed="Wide", take=Take("Table", TakeState.SENT, 0)) == ()
    assert lines(replace(ALIKE, t_bar=0.4), program="Wide") == ()


def test_a_take_lost_in_the_other_one_is_named_with_what_is_on_air_there() -> None:
    lost = Take("Table", TakeState.LOST, 0, "OBS says Table; on air is Close.", on_air="Close")
    assert lines(program="Close", claimed="Table", take=lost) == (
        "On air: Main Table, Backup Close",
        "Take lost in the backup: OBS says Table; on air is Close.",
    )


def test_a_take_that_failed_there_is_no_difference_once_both_show_the_same() -> None:
    failed = Take("Table", TakeState.FAILED, 0, "OBS stood still.")
    assert lines(program="Wide", claimed="Wide", take=failed)[1] == "The backup did not take Table: OBS stood still."
    assert lines(take=failed) == ()


def test_one_that_is_away_has_no_differences() -> None:
    assert lines(link=Link(), program=None) == ()
