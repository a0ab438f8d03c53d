"""Proof of take on values alone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.state import Scene
from scenes.taking.proof import Finding, Item, Verdict, inputs_of, judge, twins_of, universe

names = st.sampled_from(["A", "B", "C", "D"])
inputs = st.frozensets(st.sampled_from(["1", "2", "3", "4"]))
collections = st.lists(st.builds(Scene, names, st.none(), inputs), unique_by=lambda scene: scene.name).map(tuple)

WIDE = Scene("Wide", inputs=frozenset({"wide", "mic"}))
CLOSE = Scene("Close", inputs=frozenset({"close"}))
TABLE = Scene("Table", inputs=frozenset({"table", "mic"}))
CROP = Scene("Crop", inputs=frozenset({"close"}))


def test_a_scene_whose_own_inputs_alone_are_active_is_proved() -> None:
    assert judge((WIDE, CLOSE, TABLE), frozenset({"close"}), "Close") == Verdict(Finding.PROVED, "Close")


def test_obs_naming_a_scene_that_is_not_on_air_is_contradicted_with_the_scene_that_is() -> None:
    assert judge((WIDE, CLOSE, TABLE), frozenset({"close"}), "Table") == Verdict(Finding.CONTRADICTED, "Close")


def test_two_scenes_with_the_same_inputs_can_only_be_claimed() -> None:
    assert judge((WIDE, CLOSE, CROP), frozenset({"close"}), "Crop") == Verdict(Finding.CLAIMED)
    assert twins_of("Crop", (WIDE, CLOSE, CROP)) == ("Close",)


def test_a_sound_device_that_no_scene_shows_proves_nothing_and_disturbs_nothing() -> None:
    assert judge((WIDE, CLOSE), frozenset({"close", "desktop"}), "Close").finding is Finding.PROVED


def test_both_scenes_active_is_not_settled() -> None:
    assert judge((WIDE, CLOSE), frozenset({"close", "wide", "mic"}), "Close") == Verdict(Finding.UNKNOWN)


def test_a_scene_edited_while_on_air_stays_proved() -> None:
    edited = Scene("Close", inputs=frozenset({"close", "qr"}))
    aired = ("Close", frozenset({"close"}))
    assert judge((WIDE, edited), frozenset({"close"}), "Close", aired=aired).finding is Finding.PROVED


def test_nothing_active_contradicts_nobody() -> None:
    black = Scene("Black")
    assert judge((WIDE, black), frozenset(), "Wide") == Verdict(Finding.UNKNOWN)


def test_the_one_empty_scene_is_proved_by_nothing_being_active() -> None:
    scenes = (WIDE, CLOSE, Scene("Black"))
    assert judge(scenes, frozenset({"desktop"}), "Black") == Verdict(Finding.PROVED, "Black")
    assert judge(scenes, frozenset({"close"}), "Black") == Verdict(Finding.CONTRADICTED, "Close")
    assert judge((*scenes, Scene("Spare")), frozenset(), "Black") == Verdict(Finding.CLAIMED)


def test_nested_scenes_and_groups_count_and_hidden_items_do_not() -> None:
    items = {
        "Top": [Item("Inner", is_container=True), Item("logo"), Item("old", is_enabled=False)],
        "Inner": [Item("camera"), Item("Group", is_container=True), Item("Top", is_container=True)],
        "Group": [Item("title")],
    }
    assert inputs_of("Top", items) == {"logo", "camera", "title"}


@settings(max_examples=60, deadline=None)
@given(collections, inputs, names)
def test_a_proof_always_means_that_the_claimed_scenes_inputs_are_exactly_those_active(
    scenes: tuple[Scene, ...], active: frozenset[str], claimed: str
) -> None:
    verdict = judge(scenes, active, claimed)
    if verdict.finding is Finding.PROVED:
        assert verdict.program == claimed
        assert [s.name for s in scenes if s.inputs == active & universe(scenes)] == [claimed]
    if verdict.finding is Finding.CONTRADICTED:
        assert verdict.program != claimed


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        names, st.lists(st.builds(Item, st.one_of(names, st.text(max_size=2)), st.booleans(), st.booleans()))
    ),
    names,
)
def test_any_nesting_ends(items: dict[str, list[Item]], scene: str) -> None:
    shown = {item.source for held in items.values() for item in held if item.is_enabled and not item.is_container}
    assert inputs_of(scene, items) <= shown
