"""Cameras of a running console, through its control API: each change is seen at once, and kept with its comments."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.rigs import streams
from tests.rigs.console import ConsoleProcess

pytestmark = [pytest.mark.real, pytest.mark.slow]

SHOW = """\
format = 1
name = "Friday: drop" # weekly
[obs]
url = "ws://127.0.0.1:1" # nobody there
[shop]
listen = "127.0.0.1:0"
# the one on the tripod
[[cameras]]
name = "Wide"
scene = "Wide" # OBS's
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return streams.clip(tmp_path_factory.mktemp("clips") / "a.mp4")


@pytest.fixture
def show(tmp_path: Path) -> Path:
    path = tmp_path / "show.toml"
    path.write_text(SHOW)
    return path


@pytest.fixture
def console(tmp_path: Path, show: Path) -> Iterator[ConsoleProcess]:
    with ConsoleProcess(tmp_path / "data", "--headless", str(show)) as console:
        yield console


def names(console: ConsoleProcess) -> list[str]:
    return [camera["name"] for camera in console.state()["cameras"]]


def test_a_camera_is_tried_added_seen_kept_as_a_picture_and_taken_back(
    console: ConsoleProcess, show: Path, clip: Path
) -> None:
    console.done("camera.try", mrl=str(clip))
    assert console.do("camera.try", mrl="nothing://here")["outcome"] == "refused"
    console.done("camera.add", name="Clip", mrl=str(clip), rotate=90)
    assert names(console) == ["Wide", "Clip"]
    console.until_state(lambda state: state["cameras"][1]["state"] == "live")
    kept = console.do("camera.snapshot", camera="Clip")
    (picture,) = (console.data_dir / "snapshots").glob("*.png")
    assert kept["why"].startswith(f"Clip is kept: {picture}")
    assert picture.name.startswith("Friday_ drop, Clip, 20")
    with Image.open(picture) as image:
        assert image.size == (360, 640)  # as its tile shows it: turned
    console.done("camera.move", camera="Clip", to=1)
    console.done("multiview.arrange", tiles=9, cameras=["Clip"])
    console.done("camera.remove", camera="Wide")
    assert names(console) == ["Clip"]
    console.done("camera.undo")
    assert names(console) == ["Clip", "Wide"]
    text = show.read_text()
    assert all(
        words in text for words in ("# weekly", "# nobody there", '# the one on the tripod\n[[cameras]]\nname = "Wide"')
    )
    assert console.state()["cameras"][0]["state"] == "live"  # it went on through all of it
    assert console.do("relay.set", camera="Clip", on=True)["outcome"] == "refused"  # there is no OBS
