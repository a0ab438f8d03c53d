"""What is offered of OBS's inputs and this machine's devices, and how it comes into a show."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from console.cameras.devices import Device
from console.cameras.offers import offers_of
from console.cameras.plan import plan_of
from console.cameras.state import Offer, OfferKind, Origin
from console.settings.show import Camera
from scenes.describe import DescribedInput

WEBCAM = Device("Webcam C920", "v4l2:///dev/video0", known_as=frozenset({"/dev/video0"}))


def stream(name: str, address: str) -> DescribedInput:
    return DescribedInput(name, "ffmpeg_source", {"is_local_file": False, "input": address})


def webcam(name: str = "Webcam") -> DescribedInput:
    return DescribedInput(name, "v4l2_input", {"device_id": "/dev/video0"})


def offered(*inputs: DescribedInput, **more: Any) -> tuple[Offer, ...]:
    return offers_of(inputs, more.pop("scenes", {"Wide": [each.name for each in inputs]}), **more)


def test_a_stream_that_many_may_open_is_offered_with_its_address() -> None:
    [offer] = offered(stream("Cam", "rtmp://192.0.2.1/live/a"))
    assert offer == Offer(OfferKind.OBS, "Cam", "rtmp://192.0.2.1/live/a", "Wide")


def test_what_obs_alone_holds_is_offered_as_its_picture_and_says_why() -> None:
    inputs = [
        stream("Caller", "srt://192.0.2.1:9000"),
        stream("Listener", "srt://0.0.0.0:9000?mode=listener"),
        stream("Port", "udp://127.0.0.1:5004"),
        webcam(),
        DescribedInput("Phone", "ndi_source", {"ndi_source_name": "PHONE"}),
    ]
    offers = offered(*inputs)
    assert [offer.name for offer in offers] == ["Caller", "Listener", "Port", "Webcam", "Phone"]
    for offer in offers:
        assert offer.mrl is None
        assert offer.source == offer.name
        assert "its picture comes from OBS" in offer.note
        assert plan_of(Camera(name=offer.name, source=offer.source), is_trusted=True).origin is Origin.OBS


def test_films_pictures_texts_and_sounds_are_no_cameras() -> None:
    inputs = [
        DescribedInput("Film", "ffmpeg_source", {"local_file": "/films/a.mp4"}),
        DescribedInput("Logo", "image_source", {"file": "/logo.png"}),
        DescribedInput("Mic", "pulse_input_capture", has_audio=True),
        DescribedInput("Empty", "vlc_source"),
    ]
    assert offered(*inputs) == ()


def test_a_password_in_obs_is_not_offered_and_the_offer_says_where_it_belongs() -> None:
    [offer] = offered(stream("Cam", "rtsp://me:hunter2@192.0.2.1/live"))
    assert offer.mrl == "rtsp://me@192.0.2.1/live"
    assert "keyring" in offer.note


def test_the_scene_of_an_offer_is_the_one_that_shows_it_by_itself() -> None:
    scenes = {"Both": ["Cam", "Logo", "Other"], "Close": ["Cam", "Logo"]}
    [offer] = offered(stream("Cam", "rtmp://192.0.2.1/live/a"), scenes=scenes)
    assert offer.scene == "Close"
    [offer] = offered(stream("Cam", "rtmp://192.0.2.1/live/a"), scenes={})
    assert offer.scene is None


def test_a_device_is_offered_once_and_not_when_obs_has_it() -> None:
    [offer] = offered(devices=[WEBCAM])
    assert (offer.kind, offer.mrl) == (OfferKind.DEVICE, "v4l2:///dev/video0")
    assert "Only one program" in offer.note
    [held] = offered(webcam(), devices=[WEBCAM])
    assert (held.kind, held.source) == (OfferKind.OBS, "Webcam")
    taken = Camera(name="C", mrl="v4l2:///dev/video0")
    assert offered(devices=[WEBCAM], cameras=[taken]) == ()


def test_what_the_show_has_already_is_not_offered() -> None:
    cameras = [
        Camera(name="A", mrl="rtmp://192.0.2.1/live/a"),
        Camera(name="B", source="Webcam"),
        Camera(name="C", scene="Close"),
    ]
    inputs = [stream("One", "rtmp://192.0.2.1/live/a"), webcam(), stream("Three", "srt://192.0.2.1:9000")]
    scenes = {"Wide": ["One", "Webcam"], "Close": ["Three"]}
    assert offers_of(inputs, scenes, cameras=cameras) == ()


def test_every_offer_has_a_name_of_its_own() -> None:
    inputs = [webcam("Cam"), DescribedInput(" ", "v4l2_input"), DescribedInput("x" * 200, "v4l2_input")]
    devices = [Device("Cam", "v4l2:///dev/video1"), Device("Cam", "v4l2:///dev/video2")]
    names = [offer.name for offer in offered(*inputs, devices=devices, cameras=[Camera(name="Cam", scene="Other")])]
    assert names == ["Cam 2", "Camera", "x" * 80, "Cam 3", "Cam 4"]
    assert all(Camera(name=name) for name in names)


@given(
    st.lists(
        st.builds(
            DescribedInput,
            st.text(max_size=90),
            st.sampled_from(["ffmpeg_source", "vlc_source", "v4l2_input", "dshow_input", "ndi_source", "x"]),
            st.dictionaries(
                st.sampled_from(["input", "playlist", "device_id", "is_local_file"]), st.text() | st.none()
            ),
        ),
        max_size=6,
    )
)
def test_every_offer_can_become_a_camera(inputs: list[DescribedInput]) -> None:
    offers = offered(*inputs, devices=[WEBCAM])
    cameras = [Camera(name=each.name, mrl=each.mrl, scene=each.scene, source=each.source) for each in offers]
    assert len({camera.name for camera in cameras}) == len(cameras)
