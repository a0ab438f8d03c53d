"""The practice OBS's mind: whatever is done to it, it stays a studio that OBS could be."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from console.practice.collection import empty_studio, practice_studio
from console.practice.model import Studio
from console.practice.show import practice_show
from console.practice.values import Intent
from console.practice.wire import Refused
from tests.practice.paths import RESOURCES

CLIPS = RESOURCES / "practice"
SCENES = ("Wide", "Close", "Table", "Slides", "Safe", "Titles")
NAMES = st.sampled_from((*SCENES, "New", "Other", "Wide camera", "nothing"))


def studio(*, studio_mode: bool = False, fade_ms: int = 1000) -> Studio:
    made = practice_studio(CLIPS)
    made.set_transition("Fade")
    made.set_duration(fade_ms)
    made.set_studio_mode(studio_mode)
    made.take_events()
    return made


def on_air(made: Studio) -> set[str]:
    return {name for name in made.active_inputs() if not made.inputs[name].special}


def test_both_pictures_are_active_while_a_transition_runs() -> None:
    made = studio()
    made.take("Close")
    assert on_air(made) == {"Wide camera", "Close camera"}
    made.tick(1.0)
    assert on_air(made) == {"Close camera"}


def test_in_direct_mode_the_second_take_of_two_goes_on_air() -> None:
    made = studio()
    made.take("Close")
    made.tick(0.3)
    made.take("Table")
    made.tick(1.4)
    assert on_air(made) == {"Table camera"}


def test_in_studio_mode_the_second_take_of_two_is_named_and_lost() -> None:
    made = studio(studio_mode=True)
    made.take("Close")
    made.tick(0.3)
    made.take("Table")
    made.tick(1.4)
    assert made.program == "Table"
    assert on_air(made) == {"Close camera"}
    made.take("Table")
    made.tick(3.0)
    assert on_air(made) == {"Table camera"}


def test_a_take_swaps_the_old_program_to_preview_when_it_ends() -> None:
    made = studio(studio_mode=True)
    made.set_preview("Close")
    made.trigger()
    assert made.preview == "Close"
    made.tick(1.0)
    assert (made.program, made.preview) == ("Close", "Wide")


def test_a_cut_is_over_at_once() -> None:
    made = studio()
    made.set_transition("Cut")
    made.take("Close")
    assert on_air(made) == {"Close camera"}
    kinds = [event.type for event in made.take_events() if event.intent & (Intent.TRANSITIONS | Intent.SCENES)]
    ends = ["SceneTransitionVideoEnded", "CurrentProgramSceneChanged", "SceneTransitionEnded"]
    assert kinds == ["CurrentSceneTransitionChanged", "SceneTransitionStarted", *ends]


def test_an_overlay_put_into_the_scene_on_air_in_studio_mode_is_seen_with_its_next_take() -> None:
    made = studio(studio_mode=True, fade_ms=50)
    made.set_preview("Close")
    made.add_input("Wide", "QR", "image_source", {})
    assert not made.is_active("QR")
    made.take("Wide")
    made.tick(1.0)
    assert made.is_active("QR")


def test_an_overlay_put_into_the_scene_on_air_in_direct_mode_is_seen_at_once() -> None:
    made = studio()
    made.add_input("Wide", "QR", "image_source", {})
    assert made.is_active("QR")


def test_what_is_taken_out_of_a_scene_stays_on_air_in_studio_mode_until_the_next_take() -> None:
    made = studio(studio_mode=True, fade_ms=50)
    made.set_preview("Close")
    made.remove_item("Wide", 1)
    assert made.is_active("Wide camera")
    made.take("Close")
    made.tick(1.0)
    assert "Wide camera" not in made.inputs


def test_in_studio_mode_no_scene_counts_as_active() -> None:
    made = studio(studio_mode=True)
    assert not made.is_active("Wide")
    assert made.is_showing("Wide")
    made.set_studio_mode(False)
    assert made.is_active("Wide")


def test_a_nested_scene_brings_its_inputs() -> None:
    made = studio()
    made.add_scene("Nested")
    made.add_item("Nested", "Table")
    made.set_transition("Cut")
    made.take("Nested")
    assert on_air(made) == {"Table camera"}
    assert made.is_active("Table")


def test_no_scene_can_contain_itself_through_another() -> None:
    made = studio()
    made.add_item("Wide", "Table")
    with pytest.raises(Refused, match="703"):
        made.add_item("Table", "Wide")


def test_the_t_bar_ends_a_take_by_hand() -> None:
    made = studio(studio_mode=True)
    made.set_preview("Close")
    made.move_t_bar(0.5, release=False)
    made.tick(100.0)
    assert on_air(made) == {"Wide camera", "Close camera"}
    made.move_t_bar(1.0, release=True)
    assert on_air(made) == {"Close camera"}


def test_a_fresh_studio_has_one_empty_scene() -> None:
    made = empty_studio()
    assert made.program == "Scene"
    assert made.active_inputs() == frozenset()


def test_the_practice_show_names_what_the_practice_studio_has() -> None:
    show, made = practice_show(RESOURCES), practice_studio(CLIPS)
    assert {camera.scene for camera in show.cameras} <= set(made.scenes)
    assert {channel.obs_input for channel in show.audio.channels if channel.obs_input} <= set(made.inputs)
    assert show.audio.talkback in {channel.name for channel in show.audio.channels}
    assert {cue.scene for cue in show.cues} <= set(made.scenes)
    assert {cue.drop for cue in show.cues if cue.drop} == {drop.id for drop in show.drops}
    assert show.obs.safe_scene in made.scenes


class AnyStudio(RuleBasedStateMachine):
    """Any order of anything: Refused is the only way to say no."""

    def __init__(self) -> None:
        super().__init__()
        self.studio = practice_studio(CLIPS)
        self.told_active = set(self.studio.active_inputs())

    def attempt(self, call: Callable[..., object], *arguments: object) -> None:
        with contextlib.suppress(Refused):
            call(*arguments)
        for event in self.studio.take_events():
            self.note(event.type, event.data)

    def note(self, type: str, data: dict[str, object]) -> None:
        name = str(data.get("inputName"))
        if type == "InputActiveStateChanged":
            (self.told_active.add if data["videoActive"] else self.told_active.discard)(name)
        elif type == "InputRemoved":
            self.told_active.discard(name)

    @rule(scene=NAMES)
    def take(self, scene: str) -> None:
        self.attempt(self.studio.take, scene)

    @rule(scene=NAMES)
    def preview(self, scene: str) -> None:
        self.attempt(self.studio.set_preview, scene)

    @rule()
    def trigger(self) -> None:
        self.attempt(self.studio.trigger)

    @rule(on=st.booleans())
    def studio_mode(self, on: bool) -> None:
        self.attempt(self.studio.set_studio_mode, on)

    @rule(seconds=st.sampled_from((0.01, 0.2, 1.0)))
    def wait(self, seconds: float) -> None:
        self.attempt(self.studio.tick, self.studio.now_s + seconds)

    @rule(name=st.sampled_from(("Cut", "Fade", "Wipe")), duration_ms=st.integers(50, 900))
    def transition(self, name: str, duration_ms: int) -> None:
        self.attempt(self.studio.set_transition, name)
        self.attempt(self.studio.set_duration, duration_ms)

    @rule(position=st.sampled_from((0.0, 0.5, 1.0)))
    def t_bar(self, position: float) -> None:
        self.attempt(lambda: self.studio.move_t_bar(position, release=True))

    @rule(scene=NAMES)
    def add_scene(self, scene: str) -> None:
        self.attempt(self.studio.add_scene, scene)

    @rule(scene=NAMES)
    def remove_scene(self, scene: str) -> None:
        self.attempt(self.studio.remove_scene, scene)

    @rule(old=NAMES, new=NAMES)
    def rename_scene(self, old: str, new: str) -> None:
        self.attempt(self.studio.rename_scene, old, new)

    @rule(scene=NAMES, source=NAMES)
    def add_item(self, scene: str, source: str) -> None:
        self.attempt(self.studio.add_item, scene, source)

    @rule(scene=NAMES, id=st.integers(1, 3))
    def remove_item(self, scene: str, id: int) -> None:
        self.attempt(self.studio.remove_item, scene, id)

    @rule(scene=NAMES)
    def add_input(self, scene: str) -> None:
        self.attempt(self.studio.add_input, scene, f"{scene} extra", "image_source", {})

    @rule(name=st.sampled_from(("Wide camera", "Music", "Safe words", "nothing")))
    def remove_input(self, name: str) -> None:
        self.attempt(self.studio.remove_input, name)

    @invariant()
    def the_buses_show_scenes_that_exist(self) -> None:
        assert self.studio.program in self.studio.scenes
        assert (self.studio.preview in self.studio.scenes) == self.studio.studio_mode
        assert self.studio.on_air.copy is not None or self.studio.on_air.scene in self.studio.scenes

    @invariant()
    def what_clients_were_told_is_what_is_active(self) -> None:
        assert self.told_active == set(self.studio.active_inputs())

    @invariant()
    def a_copy_exists_in_studio_mode_only(self) -> None:
        assert (self.studio.on_air.copy is not None) == self.studio.studio_mode

    @invariant()
    def every_item_has_a_source(self) -> None:
        known = set(self.studio.inputs) | set(self.studio.scenes)
        assert all(item.source in known for scene in self.studio.scenes.values() for item in scene.items)


AnyStudio.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyStudio = pytest.mark.slow(AnyStudio.TestCase)
