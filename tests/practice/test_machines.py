"""The practice OBS's media, outputs and collections: whatever is done to them, they stay what OBS could be."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from console.practice.collection import practice_studio
from console.practice.model import Studio
from console.practice.playing import ACTIONS, PAUSED, PLAYING
from console.practice.requests import answer
from console.practice.wire import Refused
from tests.practice.paths import RESOURCES

CLIPS = RESOURCES / "practice"
CLIP = CLIPS / "wide.mp4"
SCENES = ("Wide", "Close", "Safe")
OUTPUTS = ("stream", "record", "replay", "vcam")
NEXT = {
    "STOPPED": {"STARTING"},
    "STARTING": {"STARTED"},
    "STARTED": {"STOPPING", "PAUSED"},
    "PAUSED": {"RESUMED", "STOPPING"},
    "RESUMED": {"STOPPING", "PAUSED"},
    "STOPPING": {"STOPPED"},
}


def studio(**clip: Any) -> Studio:
    made = practice_studio(CLIPS)
    made.set_transition("Cut")
    made.add_input("Close", "Clip", "ffmpeg_source", {"local_file": str(CLIP), **clip})
    made.take_events()
    return made


def told(made: Studio, *kinds: str) -> list[str]:
    return [event.type for event in made.take_events() if event.type in kinds]


MEDIA = ("MediaInputPlaybackStarted", "MediaInputPlaybackEnded", "MediaInputActionTriggered")


def test_a_clip_waits_for_going_on_air_runs_and_ends() -> None:
    made = studio()
    assert made.media_status("Clip")["mediaState"] == "OBS_MEDIA_STATE_NONE"
    made.take("Close")
    assert told(made, *MEDIA) == ["MediaInputPlaybackStarted", "MediaInputActionTriggered"]
    length_ms = made.media_status("Clip")["mediaDuration"]
    assert length_ms > 1000
    made.tick(1.0)
    assert made.media_status("Clip")["mediaCursor"] == 1000
    assert made.next_due_s() == pytest.approx(length_ms / 1000)
    made.tick(length_ms / 1000)
    assert told(made, *MEDIA) == ["MediaInputPlaybackEnded"]
    assert made.media_status("Clip")["mediaCursor"] is None


def test_a_clip_that_leaves_the_air_ends_and_another_take_starts_it_over() -> None:
    made = studio()
    made.take("Close")
    made.tick(1.0)
    made.take("Wide")
    assert told(made, *MEDIA)[-1] == "MediaInputPlaybackEnded"
    made.tick(2.0)
    made.take("Close")
    assert made.media_status("Clip")["mediaCursor"] == 0


def test_a_clip_that_is_on_preview_alone_does_not_start() -> None:
    made = studio()
    made.set_studio_mode(True)
    made.set_preview("Close")
    assert made.media_status("Clip")["mediaState"] == "OBS_MEDIA_STATE_NONE"


def test_a_clip_without_its_file_starts_and_ends_at_once() -> None:
    made = studio(local_file="/nowhere.mov")
    made.take("Close")
    assert told(made, *MEDIA)[:2] == ["MediaInputPlaybackStarted", "MediaInputPlaybackEnded"]


def test_a_collection_takes_its_media_and_filters_with_it_and_brings_them_back() -> None:
    made = studio(restart_on_activate=False)
    made.add_filter("Wide camera", "Tint", "color_filter_v2", {})
    made.add_collection("Second")
    assert made.is_loading
    made.tick(1.0)
    assert (made.collection, list(made.scenes), made.program) == ("Second", ["Scene"], "Scene")
    assert made.active_inputs() == frozenset()
    made.open_collection("Practice")
    made.tick(2.0)
    assert made.media_status("Clip")["mediaState"] == PLAYING
    assert [one.name for one in made.filters("Wide camera")] == ["Tint"]


class AnyMachines(RuleBasedStateMachine):
    """Any order of anything; Refused is the only way to say no."""

    def __init__(self) -> None:
        super().__init__()
        self.studio = studio()
        self.states = {name: "STOPPED" for name in ("Stream", "Record", "ReplayBuffer", "Virtualcam")}
        self.active = set(self.studio.active_inputs())

    def attempt(self, call: Callable[..., object], *arguments: Any, **more: Any) -> None:
        with contextlib.suppress(Refused):
            call(*arguments, **more)
        for event in self.studio.take_events():
            self.note(event.type, event.data)

    def note(self, type: str, data: dict[str, Any]) -> None:
        if type.endswith("StateChanged") and "outputState" in data:
            which, state = type.removesuffix("StateChanged"), data["outputState"].rpartition("_")[2]
            assert state in NEXT[self.states[which]], (which, self.states[which], state)
            self.states[which] = state
        elif type == "InputActiveStateChanged":
            (self.active.add if data["videoActive"] else self.active.discard)(data["inputName"])
        elif type == "InputRemoved":
            self.active.discard(data["inputName"])
        elif type == "InputNameChanged" and data["oldInputName"] in self.active:
            self.active = self.active - {data["oldInputName"]} | {data["inputName"]}

    @rule(which=st.sampled_from(OUTPUTS), on=st.booleans())
    def switch_output(self, which: str, on: bool) -> None:
        output = getattr(self.studio, which)
        self.attempt(self.studio.start if on else self.studio.stop, output)

    @rule(on=st.booleans())
    def pause(self, on: bool) -> None:
        self.attempt(self.studio.pause, on)

    @rule()
    def save(self) -> None:
        self.attempt(self.studio.save_replay)

    @rule(action=st.sampled_from(ACTIONS), name=st.sampled_from(("Clip", "Wide camera", "Music", "nothing")))
    def media(self, action: str, name: str) -> None:
        self.attempt(self.studio.media_action, name, action)

    @rule(to_ms=st.integers(-5000, 500_000), is_offset=st.booleans())
    def seek(self, to_ms: int, is_offset: bool) -> None:
        self.attempt(self.studio.seek_media, "Clip", to_ms, is_offset=is_offset)

    @rule(looping=st.booleans(), restart=st.booleans(), file=st.sampled_from((str(CLIP), "", "/nowhere", 7)))
    def settings(self, looping: bool, restart: bool, file: object) -> None:
        given = {"looping": looping, "restart_on_activate": restart, "local_file": file}
        self.attempt(self.studio.put_settings, "Clip", given, is_overlay=True)

    @rule(scene=st.sampled_from(SCENES))
    def take(self, scene: str) -> None:
        self.attempt(self.studio.take, scene)

    @rule(on=st.booleans())
    def studio_mode(self, on: bool) -> None:
        self.attempt(self.studio.set_studio_mode, on)

    @rule(position=st.sampled_from((0.0, 0.4, 1.0)), release=st.booleans())
    def t_bar(self, position: float, release: bool) -> None:
        self.attempt(self.studio.move_t_bar, position, release=release)

    @rule(seconds=st.sampled_from((0.01, 0.06, 0.3, 60.0)))
    def wait(self, seconds: float) -> None:
        self.attempt(self.studio.tick, self.studio.now_s + seconds)

    @rule(name=st.sampled_from(("Second", "Practice")), is_new=st.booleans())
    def collection(self, name: str, is_new: bool) -> None:
        self.attempt(self.studio.add_collection if is_new else self.studio.open_collection, name)

    @rule(source=st.sampled_from(("Clip", "Scene", "Wide")), is_enabled=st.booleans())
    def filter(self, source: str, is_enabled: bool) -> None:
        self.attempt(self.studio.add_filter, source, "Tint", "color_filter_v2", {})
        self.attempt(self.studio.set_filter_enabled, source, "Tint", is_enabled)

    @rule()
    def rename_and_remove(self) -> None:
        self.attempt(self.studio.rename_input, "Clip", "Other")
        self.attempt(self.studio.remove_input, "Other")
        self.attempt(self.studio.add_input, "Close", "Clip", "ffmpeg_source", {"local_file": str(CLIP)})

    @invariant()
    def what_clients_were_told_is_so(self) -> None:
        assert self.active == set(self.studio.active_inputs())
        for output in self.studio.outputs:
            assert output.is_active == (self.states[output.name] not in ("STOPPED", "STARTING"))

    @invariant()
    def a_pause_is_the_running_recordings(self) -> None:
        assert self.studio.record.is_active or not self.studio.record.is_paused

    @invariant()
    def a_place_is_within_its_clip(self) -> None:
        for name in self.studio.inputs:
            status = self.studio.media_status(name)
            is_on = status["mediaState"] in (PLAYING, PAUSED)
            assert (status["mediaCursor"] is not None) is is_on
            assert not is_on or 0 <= status["mediaCursor"] <= max(status["mediaDuration"], 0)

    @invariant()
    def the_buses_show_scenes_that_exist(self) -> None:
        assert self.studio.program in self.studio.scenes
        assert (self.studio.preview in self.studio.scenes) == self.studio.studio_mode

    @invariant()
    def what_is_due_is_not_past(self) -> None:
        due_s = self.studio.next_due_s()
        assert due_s is None or due_s > self.studio.now_s - 1e-6

    @invariant()
    def figures_are_told(self) -> None:
        for request in ("GetStats", "GetStreamStatus", "GetRecordStatus", "GetSceneCollectionList"):
            assert answer(self.studio, request, None)


AnyMachines.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestAnyMachines = pytest.mark.slow(AnyMachines.TestCase)


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"RIFF\0\0\0\0WAVEdata\0\0\0\0", b"\0\0\0\1moov", b"\0" * 64, b"\xff" * 64]
)
def test_a_file_that_is_no_clip_has_no_length(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mov"
    path.write_bytes(content)
    made = studio(local_file=str(path))
    made.take("Close")
    assert made.media_status("Clip")["mediaState"] == "OBS_MEDIA_STATE_ENDED"
