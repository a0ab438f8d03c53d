"""A first own show from what is in an OBS: fit to begin with, and never taking what OBS holds alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.settings.addresses import may_be_shared
from console.settings.show import Show
from console.show.file import parse_show
from console.show.first import FoundInput, FoundScene, addresses_of, first_show, safe_scene_of
from console.show.writing import show_text


def network(name: str, address: str) -> FoundInput:
    return FoundInput(name, "ffmpeg_source", {"is_local_file": False, "input": address})


def test_scenes_become_tiles_and_cues_and_the_safe_one_is_found() -> None:
    show = first_show("My show", scenes=[FoundScene("Wide"), FoundScene("Close"), FoundScene("Be right back")])
    assert [camera.name for camera in show.cameras] == ["Wide", "Close"]
    assert [cue.scene for cue in show.cues] == ["Wide", "Close"]
    assert show.obs.safe_scene == "Be right back"
    assert show.drops


def test_a_stream_that_many_may_open_becomes_the_tiles_address() -> None:
    inputs = [network("Cam", "rtmp://192.0.2.1/live/a"), FoundInput("Logo", "image_source", {"file": "/x.png"})]
    show = first_show("x", scenes=[FoundScene("Wide", ("Cam", "Logo"))], inputs=inputs)
    assert show.cameras[0].mrl == "rtmp://192.0.2.1/live/a"


@pytest.mark.parametrize(
    ("address", "is_shared"),
    [
        ("srt://192.0.2.10:9001", False),
        ("srt://:9001?mode=listener", False),
        ("udp://@239.1.1.1:5000", True),
        ("udp://127.0.0.1:5000", False),
        ("https://cdn.example/live.m3u8", True),
        ("rtsp://192.0.2.4/stream", True),
        ("http://[broken", False),
    ],
)
def test_what_obs_alone_may_hold_stays_with_obs(address: str, is_shared: bool) -> None:
    assert may_be_shared(address) is is_shared
    show = first_show("x", scenes=[FoundScene("Wide", ("Cam",))], inputs=[network("Cam", address)])
    assert (show.cameras[0].mrl is not None) is is_shared


def test_a_password_in_obs_never_gets_into_a_show_file() -> None:
    inputs = [network("Cam", "rtsp://me:hunter2@192.0.2.1/live")]
    assert "hunter2" not in show_text(first_show("x", scenes=[FoundScene("Wide", ("Cam",))], inputs=inputs))


def test_two_streams_in_a_scene_leave_its_tile_to_obs() -> None:
    inputs = [network("A", "rtmp://h/a"), network("B", "rtmp://h/b")]
    assert first_show("x", scenes=[FoundScene("Both", ("A", "B"))], inputs=inputs).cameras[0].mrl is None


def test_a_playlist_of_the_vlc_source_is_read_too() -> None:
    found = FoundInput("V", "vlc_source", {"playlist": [{"value": "http://h/x.m3u8"}, {"value": "/home/a.mp4"}]})
    assert addresses_of(found) == ("http://h/x.m3u8",)


def test_sound_inputs_become_channels_as_far_as_the_device_goes() -> None:
    inputs = [FoundInput(name, "pulse_input_capture") for name in ("Mic", "Guest", "Room")]
    show = first_show("x", scenes=[FoundScene("Wide")], inputs=inputs, audio_device="ALSA: default", audio_inputs=2)
    assert [(channel.name, channel.inputs, channel.obs_input) for channel in show.audio.channels] == [
        ("Mic", (1,), "Mic"),
        ("Guest", (2,), "Guest"),
    ]


def test_no_safe_scene_is_made_up() -> None:
    assert safe_scene_of(["Wide", "Close"]) is None


TEXT: Any = st.text(st.characters(exclude_categories=["Cs"]), max_size=100)
SETTINGS = st.dictionaries(
    st.sampled_from(["input", "playlist", "local_file"]),
    TEXT | st.integers() | st.lists(TEXT) | st.lists(st.dictionaries(st.just("value"), TEXT | st.none())),
)
INPUTS = st.lists(
    st.builds(FoundInput, TEXT, st.sampled_from(["ffmpeg_source", "pulse_input_capture", "x"]), SETTINGS), max_size=5
)


@given(TEXT, st.lists(st.builds(FoundScene, TEXT, st.lists(TEXT, max_size=3).map(tuple)), max_size=12), INPUTS)
def test_whatever_is_in_an_obs_makes_a_show_that_can_be_written_and_read(
    name: str, scenes: list[FoundScene], inputs: list[FoundInput]
) -> None:
    show = first_show(name, scenes=scenes, inputs=inputs, audio_inputs=8)
    assert isinstance(show, Show)
    assert parse_show(show_text(show)) == show
