"""The cameras of a show at the desk: changed, taken back, tried, found, kept as pictures; and the multiview."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PIL import Image

from console.cameras.state import Camera, CameraState, Offer, OfferKind, Picture, Trial
from console.cameras.state import Origin as CameraOrigin
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.desk.camera_checks import faults_of, hidden_password
from console.desk.mics import named_inputs
from console.settings import show as shows
from console.show.file import load_show
from tests.desk.parts import SHOW, Stage

KEY = Origin.KEY
TEXT = f"""{SHOW}
# in the corner
[[cameras]]
name = "Wide"
scene = "Wide"
[[cameras]]
name = "Table"
mrl = "srt://192.0.2.7:9000"
"""


@pytest.fixture
async def stage() -> Stage:
    stage = Stage(TEXT)
    await stage.desk.camera_book.open(is_trusted=True)
    stage.calls.clear()
    return stage


@pytest.fixture
def path(stage: Stage, tmp_path: Path) -> Path:
    path = tmp_path / "friday.toml"
    path.write_text(TEXT)
    stage.desk.camera_book.keep_in(path)
    return path


def names(stage: Stage) -> list[str]:
    return [camera.name for camera in stage.desk.show.value.cameras]


def on_the_wall(stage: Stage) -> list[str]:
    (cameras,), named = stage.called("open")[-1]
    assert named == {"is_trusted": True}
    return [camera.name for camera in cameras]


async def test_a_camera_is_added_in_the_file_and_on_the_wall(stage: Stage, path: Path) -> None:
    outcome = await stage.desk.run(
        "camera.add", KEY, name=" Close ", mrl="udp://@:5000", options=[":rate=1"], rotate=90
    )
    assert (outcome.result, outcome.why) == (Result.DONE, "Close is in the show.")
    assert names(stage) == on_the_wall(stage) == ["Wide", "Table", "Close"]
    close = shows.Camera(name="Close", mrl="udp://@:5000", options=(":rate=1",), rotate=90)
    assert load_show(path).cameras[-1] == stage.desk.show.value.cameras[-1] == close
    assert "# in the corner" in path.read_text()


async def test_edit_leaves_what_is_not_given_and_null_clears(stage: Stage, path: Path) -> None:
    outcome = await stage.desk.run("camera.edit", KEY, camera="Table", name="Desk", mirror=True, scene="Table")
    assert outcome.is_done
    desk = shows.Camera(name="Desk", mrl="srt://192.0.2.7:9000", mirror=True, scene="Table")
    assert load_show(path).cameras[1] == stage.desk.show.value.cameras[1] == desk
    await stage.desk.run("camera.edit", KEY, camera="Desk", mirror=None, mrl=None)
    assert load_show(path).cameras[1] == shows.Camera(name="Desk", scene="Table")
    same = await stage.desk.run("camera.edit", KEY, camera="Desk", scene="Table")
    assert same.why == "Desk was so already."


async def test_the_last_changes_are_taken_back_one_after_the_other(stage: Stage, path: Path) -> None:
    assert (await stage.desk.run("camera.undo", KEY)).result is Result.REFUSED
    await stage.desk.run("camera.move", KEY, camera="Table", to=1)
    await stage.desk.run("camera.remove", KEY, camera="Wide")
    await stage.desk.run("camera.add", KEY, name="New", scene="Wide")
    await stage.desk.run("camera.edit", KEY, camera="New", name="Newer")
    assert names(stage) == ["Table", "Newer"]
    for expected in (["Table", "New"], ["Table"], ["Table", "Wide"], ["Wide", "Table"]):
        assert (await stage.desk.run("camera.undo", KEY)).is_done
        assert names(stage) == on_the_wall(stage) == expected
    assert path.read_text() == TEXT
    assert not stage.desk.camera_book.can_undo


async def test_without_a_file_it_is_kept_in_memory_and_said(stage: Stage) -> None:
    outcome = await stage.desk.run("camera.remove", KEY, camera="Wide")
    assert "practice keeps no show file" in outcome.why
    assert names(stage) == on_the_wall(stage) == ["Table"]
    await stage.desk.run("camera.edit", KEY, camera="Table", name="Desk")
    await stage.desk.run("camera.undo", KEY)
    await stage.desk.run("camera.undo", KEY)
    assert names(stage) == ["Wide", "Table"]


async def test_a_disk_that_fails_changes_nothing(stage: Stage, tmp_path: Path) -> None:
    stage.desk.camera_book.keep_in(tmp_path / "gone.toml")
    outcome = await stage.desk.run("camera.remove", KEY, camera="Wide")
    assert outcome.result is Result.REFUSED
    assert names(stage) == ["Wide", "Table"]
    assert (stage.called("open"), stage.desk.camera_book.can_undo) == ([], False)


async def test_taking_back_never_writes_over_what_somebody_else_changed(stage: Stage, path: Path) -> None:
    await stage.desk.run("camera.remove", KEY, camera="Wide")
    path.write_text(path.read_text().replace("192.0.2.7", "192.0.2.8"))
    outcome = await stage.desk.run("camera.undo", KEY)
    assert (outcome.result, outcome.why) == (
        Result.REFUSED, "The cameras have been changed in the show file since.",
    )  # fmt: skip
    assert "192.0.2.8" in path.read_text()


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"name": "", "scene": "x"}, "name", "needs a name"),
        ({"name": "x" * 81}, "name", "up to 80"),
        ({"name": "wide", "scene": "x"}, "name", 'There is a camera "Wide" already'),
        ({"name": "program", "scene": "x"}, "name", "on that bus"),
        ({"name": "A"}, "mrl", "no picture"),
        ({"name": "A", "mrl": "gopher://a/b"}, "mrl", "gopher://"),
        ({"name": "A", "mrl": "rtsp://me:hunter22@192.0.2.1/"}, "mrl", "password in this address"),
        ({"name": "A", "mrl": "srt://192.0.2.1:9000?passphrase=0123456789"}, "mrl", "password in this address"),
        ({"name": "A", "scene": "x", "options": [":sout=#file"]}, "options", ":sout=#file"),
        ({"name": "A", "scene": "x", "secret": "¡my password!"}, "secret", "not one that the keyring"),
        ({"name": "A", "scene": "x", "rotate": 45}, "rotate", "90, 180 or 270"),
        ({"name": "A", "scene": "x", "crop": (0.5, 0, 0, 0)}, "crop", "45 %"),
        ({"name": "A", "scene": "x", "relay_port": 80}, "relay_port", "1024"),
        ({"name": "A", "scene": "x", "relay_port": 9000}, "relay_port", "Relayed is handed over on port 9000"),
    ],
)
def test_each_fault_of_a_camera_is_said_at_its_field(fields: dict[str, object], field: str, words: str) -> None:
    cameras = (shows.Camera(name="Wide"), shows.Camera(name="Relayed", relay_port=9000))
    faults = faults_of(fields, cameras)
    assert list(faults) == [field]
    assert words in faults[field].what
    assert faults[field].fix


def test_a_camera_that_is_whole_has_no_fault_and_what_it_was_before_is_none() -> None:
    old = shows.Camera(name="Wide", mrl="rtsp://me:hunter22@192.0.2.1/")
    assert faults_of({"scene": "Wide"}, (old,), was="Wide") == {}
    assert faults_of({"name": "A", "mrl": "srt://192.0.2.1:9000", "crop": [0.1, 0, 0, 0]}, (old,)) == {}


def test_passwords_are_seen_in_addresses() -> None:
    assert hidden_password("rtsp://me:a%20b@192.0.2.1/x") == "a b"
    assert hidden_password("srt://192.0.2.1:1?passphrase=abc") == "abc"
    assert hidden_password("http://[broken") == ""


async def test_a_password_in_an_address_is_nowhere_in_the_journal(stage: Stage, path: Path) -> None:
    outcome = await stage.desk.run("camera.add", KEY, name="A", mrl="rtsp://me:tr0ub4dor@192.0.2.1/")
    assert outcome.result is Result.REFUSED
    assert "cuedrop secret set" in outcome.fix
    assert "tr0ub4dor" not in path.read_text()


async def test_a_camera_is_tried_and_that_is_ended(stage: Stage) -> None:
    assert (await stage.desk.run("camera.try_end", KEY)).why == "No camera is being tried."
    assert (await stage.desk.run("camera.try", KEY, mrl="udp://@:5000", may_open=True)).is_done
    ((camera,), _), *_ = stage.called("try_out")
    assert (camera.mrl, camera.may_open) == ("udp://@:5000", True)
    assert (await stage.desk.run("camera.try", KEY, mrl="what://is/it")).result is Result.REFUSED
    stage.cameras.trial.set(Trial(Camera("Test picture", None, CameraOrigin.WORKER)))
    assert (await stage.desk.run("camera.try_end", KEY)).is_done
    assert stage.called("try_out")[-1] == ((None,), {})


async def test_a_camera_that_was_found_is_added_with_one_click(stage: Stage, path: Path) -> None:
    offer = Offer(OfferKind.OBS, "Guest cam", "rtmp://192.0.2.9/live", "Table", "Guest cam")

    async def find() -> tuple[Offer, ...]:
        return (offer,)

    stage.desk.camera_book.find_with = find
    assert (await stage.desk.run("camera.find", KEY)).why == "1 camera found."
    assert list(stage.desk.offers.value) == [offer]
    assert (await stage.desk.run("camera.take_offer", KEY, name="Gest cam")).result is Result.REFUSED
    assert (await stage.desk.run("camera.take_offer", KEY, name="Guest cam")).is_done
    taken = shows.Camera(name="Guest cam", mrl="rtmp://192.0.2.9/live", scene="Table", source="Guest cam")
    assert load_show(path).cameras[-1] == taken
    assert not stage.desk.offers.value


async def test_the_directors_yes_to_a_device_is_kept(stage: Stage, path: Path) -> None:
    await stage.desk.run("camera.edit", KEY, camera="Table", mrl="v4l2:///dev/video0")
    assert (await stage.desk.run("camera.allow", KEY, camera="Table")).is_done
    assert load_show(path).cameras[1].may_open


async def test_a_snapshot_says_show_camera_and_time_and_looks_as_its_tile(stage: Stage, tmp_path: Path) -> None:
    book = stage.desk.camera_book
    await stage.desk.run("camera.edit", KEY, camera="Table", rotate=90, crop=[0.25, 0.0, 0.25, 0.0])
    red, blue = bytes((0, 0, 255, 255)), bytes((255, 0, 0, 255))
    row = red * 2 + blue * 2 + bytes(16)  # rows may be longer than the picture
    stage.cameras.answers["whole_picture"] = cast(Outcome, Picture(1, 4, 2, 32, memoryview(row * 2)))
    assert (
        await stage.desk.run("camera.snapshot", KEY, camera="Table")
    ).why == "This console has no folder for pictures."
    book.keep_pictures_in(tmp_path / "snapshots")
    outcome = await stage.desk.run("camera.snapshot", KEY, camera="Table")
    (file,) = (tmp_path / "snapshots").iterdir()
    assert outcome.why == f"Table is kept: {file}"
    assert file.name.startswith("Friday drop, Table, 20")
    with Image.open(file) as image:
        assert image.size == (2, 2)
        assert image.getpixel((0, 0)) == (255, 0, 0)  # the left is above now
        assert image.getpixel((0, 1)) == (0, 0, 255)


async def test_a_snapshot_of_an_old_picture_says_its_age(stage: Stage, tmp_path: Path) -> None:
    stage.desk.camera_book.keep_pictures_in(tmp_path)
    seen_ns = stage.clock.mono_ns() - 12_000_000_000
    stage.cameras.answers["whole_picture"] = cast(Outcome, Picture(1, 2, 2, 8, bytes(16), seen_ns))
    outcome = await stage.desk.run("camera.snapshot", KEY, camera="Table")
    assert outcome.why.endswith(".png (the picture is 12 s old)")


async def test_a_snapshot_without_a_name_is_of_the_camera_on_air_as_obs_has_it(stage: Stage, tmp_path: Path) -> None:
    stage.desk.camera_book.keep_pictures_in(tmp_path)
    stage.cameras.tiles.set((Camera("Wide", "Wide", CameraOrigin.OBS, CameraState.LIVE),))
    stage.switch(program="Wide")
    stage.cameras.answers["source"] = cast(Outcome, "Wide")
    stage.obs.answers["screenshot"] = cast(Outcome, b"no picture")
    refused = await stage.desk.run("camera.snapshot", KEY)
    assert refused.why == "OBS sent no picture of Wide."
    assert stage.called("screenshot") == [(("Wide", 1920, 1080), {})]
    assert list(tmp_path.iterdir()) == []


async def test_a_camera_without_a_picture_gives_no_snapshot(stage: Stage, tmp_path: Path) -> None:
    stage.desk.camera_book.keep_pictures_in(tmp_path)
    stage.cameras.answers["whole_picture"] = cast(Outcome, None)
    stage.switch(program=None, claimed=None)
    outcome = await stage.desk.run("camera.snapshot", KEY, camera="Table")
    assert outcome.why == "Table has no picture now."


async def test_the_multiview_is_arranged_in_the_file(stage: Stage, path: Path) -> None:
    assert (await stage.desk.run("multiview.arrange", KEY, tiles=9, cameras=["Table"])).is_done
    assert (await stage.desk.run("multiview.guides", KEY, guides=["9:16"])).is_done
    kept = shows.Multiview(tiles=9, cameras=("Table",), guides=("9:16",))
    assert load_show(path).multiview == stage.desk.show.value.multiview == kept
    await stage.desk.run("camera.edit", KEY, camera="Table", name="Desk")
    assert stage.desk.show.value.multiview.cameras == ("Desk",)
    places = ["program", "", "Desk", "preview"]
    assert (await stage.desk.run("multiview.arrange", KEY, cameras=places)).is_done
    await stage.desk.run("camera.edit", KEY, camera="Desk", name="Bench")
    assert load_show(path).multiview.cameras == ("program", "", "Bench", "preview")
    await stage.desk.run("camera.edit", KEY, camera="Bench", name="Desk")
    refused = await stage.desk.run("multiview.arrange", KEY, cameras=["Dsk"])
    assert (refused.result, refused.fix) == (Result.REFUSED, 'Did you mean "Desk"?')
    await stage.desk.run("multiview.arrange", KEY, cameras=[])
    assert load_show(path).multiview.cameras == ()


async def test_the_own_sound_of_a_camera_that_was_added_is_watched_and_muted(stage: Stage) -> None:
    await stage.desk.run("camera.add", KEY, name="New", scene="Wide", sound="Camera mic")
    assert "Camera mic" in named_inputs(stage.desk.mics._show)
    assert stage.desk.guard._show.cameras[-1].sound == "Camera mic"


async def test_a_change_of_the_file_and_a_look_saved_meanwhile_are_both_kept(stage: Stage, path: Path) -> None:
    stage.obs.not_awaited |= {"watch_changes"}
    stage.desk.look_book.keep_in(path)
    stage.desk.look_book.state.set(replace(stage.desk.looks.value, draft=shows.Look(name="x", scene="Wide")))
    await asyncio.gather(
        stage.desk.run("camera.remove", KEY, camera="Wide"), stage.desk.run("look.save", KEY, name="Open")
    )
    show = load_show(path)
    assert ([camera.name for camera in show.cameras], [look.name for look in show.looks]) == (["Table"], ["Open"])
