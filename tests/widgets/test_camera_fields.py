"""The fields of a camera's form: what is typed is what the actions take, and what is wrong is said at its field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.desk.camera_checks import hidden_password
from console.desk.catalogue import ACTIONS
from console.settings.show import Camera
from tests.widgets.page_states import kept_cameras
from widgets.camera_fields import FIELDS, Known, crop_of, keyring_name, read, typed, without_password

NEW = typed(None) | {"name": "Wide", "mrl": "srt://192.0.2.10:9001"}


def faults(**texts: str) -> dict[str, str]:
    return dict(read(NEW | texts, Known(cameras=kept_cameras()[1:])).faults)


def test_every_field_that_the_actions_take_is_in_the_form() -> None:
    action = ACTIONS.get("camera.edit")
    assert action is not None
    assert set(FIELDS) - {"password"} == set(action.arguments.model_fields) - {"camera"}


@pytest.mark.parametrize("camera", kept_cameras(), ids=lambda camera: camera.name)
def test_a_camera_that_was_only_looked_at_is_not_changed(camera: Camera) -> None:
    reading = read(typed(camera), Known(cameras=kept_cameras(), was=camera.name))
    assert reading.faults == {}
    assert reading.for_editing(camera) == {"camera": camera.name}


@pytest.mark.parametrize("camera", kept_cameras(), ids=lambda camera: camera.name)
def test_what_is_typed_anew_is_the_same_camera(camera: Camera) -> None:
    arguments = read(typed(camera), Known()).for_adding()
    assert Camera.model_validate(arguments) == camera


def test_only_what_was_changed_is_asked_for_and_an_empty_field_clears() -> None:
    camera = kept_cameras()[4]
    texts = typed(camera) | {"scene": "", "rotate": "0°", "crop": "", "name": "Alley"}
    reading = read(texts, Known(cameras=kept_cameras(), was="Street"))
    assert reading.for_editing(camera) == {
        "camera": "Street", "name": "Alley", "scene": None, "rotate": 0, "crop": None,
    }  # fmt: skip


def test_a_new_camera_asks_for_nothing_that_it_does_not_need() -> None:
    assert read(NEW, Known()).for_adding() == {"name": "Wide", "mrl": "srt://192.0.2.10:9001"}


def test_a_trial_needs_only_what_makes_the_picture() -> None:
    assert read(NEW | {"rotate": "90°", "relay_port": "9710"}, Known()).for_trial() == {"mrl": "srt://192.0.2.10:9001"}
    from_obs = read(NEW | {"mrl": "", "scene": "Table"}, Known())
    assert from_obs.for_trial() == {"source": "Table"}


@pytest.mark.parametrize(
    ("key", "texts", "words"),
    [
        ("name", {"name": " "}, "needs a name"),
        ("name", {"name": "Close"}, "Close"),
        ("mrl", {"mrl": ""}, "no address, no scene and no source"),
        ("mrl", {"mrl": "foo://x"}, "foo://"),
        ("mrl", {"mrl": "192.0.2.10:9001"}, "srt://192.0.2.10:9001"),
        ("mrl", {"mrl": "srt://192.0.2.10"}, "needs its port"),
        ("mrl", {"mrl": "srt://192.0.2.10:port"}, "needs its port"),
        ("options", {"options": "network-caching=200"}, ":network-caching=200"),
        ("options", {"options": ":sout=#file"}, ":sout=#file"),
        ("relay_port", {"relay_port": "80"}, "1024"),
        ("relay_port", {"relay_port": "ninety"}, "1024"),
        ("relay_port", {"mrl": "", "scene": "Wide", "relay_port": "9710"}, "nothing to hand over"),
        ("crop", {"crop": "25 0 25"}, "four numbers"),
        ("crop", {"crop": "60 0 25 0"}, "four numbers"),
        ("secret", {"secret": "p@ss:word!"}, "keyring"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(key: str, texts: dict[str, str], words: str) -> None:
    found = faults(**texts)
    assert list(found) == [key]
    assert words in found[key]
    assert ". " in found[key]  # what happened, then what to do


def test_the_port_of_another_relay_is_taken() -> None:
    found = read(NEW | {"relay_port": "9710", "name": "New"}, Known(cameras=kept_cameras())).faults
    assert "9710" in found["relay_port"]
    own = read(typed(kept_cameras()[0]), Known(cameras=kept_cameras(), was="Wide")).faults
    assert own == {}


def test_what_should_be_known_is_said_and_stops_nothing() -> None:
    known = Known(scenes=("Wide", "Table"), sounds=("Host",))
    reading = read(NEW | {"scene": "Tabel", "sound": "Horst", "mrl": "/dev/video0"}, known)
    assert reading.faults == {}
    assert reading.notes["scene"] == "There is no scene Tabel now. Did you mean Table?"
    assert reading.notes["sound"].endswith("Did you mean Host?")
    assert "until you say yes" in reading.notes["may_open"]
    assert "OBS can't have it" in read(NEW | {"mrl": "/dev/video0", "may_open": "yes"}, known).notes["may_open"]


def test_a_scene_is_not_missed_while_obs_is_away() -> None:
    assert read(NEW | {"scene": "Tabel"}, Known()).notes == {}


@pytest.mark.parametrize(
    ("mrl", "clean", "password"),
    [
        ("rtsp://ana:geheim@192.0.2.11/live?x=1", "rtsp://ana@192.0.2.11/live?x=1", "geheim"),
        ("rtmp://:k%40y@192.0.2.11:1935/live", "rtmp://@192.0.2.11:1935/live", "k@y"),
        ("srt://192.0.2.11:9001?mode=caller&passphrase=ten%20letters", "srt://192.0.2.11:9001?mode=caller",
         "ten letters"),
        ("srt://192.0.2.11:9001", "srt://192.0.2.11:9001", ""),
        ("rtsp://ana@192.0.2.11/live", "rtsp://ana@192.0.2.11/live", ""),
        ("http://[::1", "http://[::1", ""),
    ],
)  # fmt: skip
def test_a_password_is_taken_out_of_an_address(mrl: str, clean: str, password: str) -> None:
    assert without_password(mrl) == (clean, password)
    assert hidden_password(mrl) == password
    assert hidden_password(clean) == ""


@given(st.text(max_size=60))
def test_no_address_is_too_strange_to_be_read(text: str) -> None:
    clean, password = without_password(text)
    assert not password or hidden_password(clean) != password or password not in clean
    read(NEW | {"mrl": text, "options": text, "crop": text, "relay_port": text, "name": text}, Known())


@given(st.lists(st.integers(0, 4500).map(lambda part: part / 10_000), min_size=4, max_size=4))
def test_a_crop_is_written_as_it_was_read(shares: list[float]) -> None:
    camera = Camera(name="Wide", mrl="clip.mp4", crop=(shares[0], shares[1], shares[2], shares[3]))
    assert crop_of(typed(camera)["crop"]) == shares


def test_a_keyring_entry_is_named_after_its_camera() -> None:
    assert keyring_name("Guest Ana 2") == "camera-guest-ana-2"
    assert keyring_name("камера") == "camera"
