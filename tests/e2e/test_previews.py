"""Previews as the director has them: real streams in a real window, keys and mouse pressed for real."""

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import pytest
from PIL import Image, UnidentifiedImageError

from tests.rigs import streams
from tests.rigs.console import ConsoleProcess
from tests.rigs.practice import practice_rig
from tests.rigs.screen import Screen
from tests.rigs.streams import ENCODER, Encoder, free_port

pytestmark = [pytest.mark.slow, pytest.mark.real]

State = dict[str, Any]

SHOW = """\
format = 1
name = "Five lines" # the director's own words stay
[obs]
url = "{obs}"
safe_scene = "Safe"
[shop]
kind = "manual"
# the big one
[[cameras]]
name = "Wide"
mrl = "{srt}"
scene = "Wide"
[[cameras]]
name = "Close"
mrl = "{udp}" # over the switch in the rack
scene = "Close"
[[cameras]]
name = "Table"
mrl = "{rtmp}"
scene = "Table"
[[cameras]]
name = "Public"
mrl = "{hls}"
[[cameras]]
name = "Slides"
scene = "Slides"
"""


class Sent(TypedDict):
    """How large a stream is, and its pictures a second."""

    size: str
    rate: int


SMALL: Sent = {"size": "320x180", "rate": 15}
FIRST_TILE = (85, 320)  # in a window of 1280x720
STAGE = (10, 55, 550, 325)  # where a tile alone is


class Director:
    """A console on a screen, and two hands."""

    def __init__(self, console: ConsoleProcess, screen: Screen, show: Path, folder: Path) -> None:
        self.console, self.screen, self.show, self._folder = console, screen, show, folder

    def until(self, condition: Callable[[State], object], *, within_s: float = 30.0) -> State:
        return self.console.until_state(condition, within_s=within_s)

    def until_seen(self, condition: Callable[[], object], what: str) -> None:
        self.console.until(condition, within_s=15, what=what)

    def breathe(self) -> None:
        """Let a key be let go of, as any hand does before it presses it again."""
        enough_s = time.monotonic() + 0.1
        self.console.until(lambda: time.monotonic() > enough_s)

    def colours(self, area: tuple[int, int, int, int]) -> float:
        """The share of an area of the screen in the loud colours of the test picture."""
        picture = Image.open(self.screen.picture(self._folder / "screen.png")).convert("RGB").crop(area)
        pixels = np.asarray(picture, np.int16)
        return float(np.mean(pixels.max(axis=2) - pixels.min(axis=2) > 150))


@pytest.fixture(scope="module")
def director(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Director]:
    """A show with a camera of each kind on a screen, its window with the keyboard."""
    folder = tmp_path_factory.mktemp("previews")
    (folder / "hls").mkdir()
    with contextlib.ExitStack() as stack:
        obs, screen = stack.enter_context(practice_rig()), stack.enter_context(Screen("1280x720"))
        show = folder / "show.toml"
        show.write_text(
            SHOW.format(
                obs=obs.url,
                srt=stack.enter_context(Encoder(**SMALL)).mrl,
                udp=stack.enter_context(streams.udp(**SMALL)).mrl,
                rtmp=stack.enter_context(streams.rtmp(**SMALL)).mrl,
                hls=stack.enter_context(streams.hls(folder / "hls", **SMALL)).mrl,
            )
        )
        environment = {**screen.environment, "CUEDROP_SECRET_OBS": obs.password}
        console = stack.enter_context(ConsoleProcess(folder / "data", str(show), environment=environment))
        console.until_state(lambda state: state["obs"]["link"] == "up", within_s=40)
        screen.focus("Five lines")
        yield Director(console, screen, show, folder)


def camera(state: State, name: str) -> State:
    found: State = next((each for each in state["cameras"] if each["name"] == name), {"state": "", "delay_ms": None})
    return found


def is_picture(path: Path) -> bool:
    try:
        with Image.open(path) as picture:
            return picture.size[0] >= 320
    except UnidentifiedImageError:
        return False  # it is being written


def test_srt_udp_rtmp_hls_and_obs_come_live_side_by_side(director: Director) -> None:
    state = director.until(lambda state: {each["state"] for each in state["cameras"]} == {"live"}, within_s=60)
    assert [each["name"] for each in state["cameras"]] == ["Wide", "Close", "Table", "Public", "Slides"]


def test_z_shows_the_tile_under_the_pointer_alone_and_z_goes_back(director: Director) -> None:
    assert director.colours(STAGE) < 0.2
    director.screen.point(*FIRST_TILE)
    director.screen.key("z")
    director.until_seen(lambda: director.colours(STAGE) > 0.5, "the first camera alone")
    director.screen.key("z")
    director.until_seen(lambda: director.colours(STAGE) < 0.2, "preview and program")


def test_v_opens_a_second_window_with_the_tiles_and_v_closes_it(director: Director) -> None:
    director.screen.key("v")
    director.until_seen(lambda: director.screen.windows("Multiview"), "the multiview")
    director.screen.focus("Multiview")
    director.screen.key("2")
    director.until(lambda state: state["obs"]["preview"] == "Close" or state["obs"]["program"] == "Close")
    director.screen.key("v")
    director.until_seen(lambda: not director.screen.windows("Multiview"), "the end of the multiview")
    director.screen.focus("Five lines")


def test_s_keeps_a_picture_whose_name_says_show_camera_and_time(director: Director) -> None:
    folder = director.console.data_dir / "snapshots"
    director.screen.key("s")
    director.until_seen(lambda: any(is_picture(path) for path in folder.glob("*.png")), "a snapshot")
    (path,) = folder.glob("*.png")
    assert path.name.startswith("Five lines, Wide, ")


def test_a_camera_is_added_by_keyboard_and_taken_back_and_the_file_keeps_its_words(director: Director) -> None:
    before = director.show.read_text()
    with streams.udp(**SMALL) as phone:
        for key in ("F5", "F5", "n"):
            director.screen.key(key)
            director.breathe()
        director.screen.type(phone.mrl)
        director.screen.key("Tab")
        director.screen.type("Phone")
        director.screen.key("ctrl+Return")
        director.until(lambda state: camera(state, "Phone")["state"] == "live")
        after = director.show.read_text()
        assert 'name = "Phone"' in after
        assert all(line in after for line in before.splitlines())
    director.console.do("camera.undo")
    director.until(lambda state: camera(state, "Phone")["state"] == "")
    assert director.show.read_text() == before


def test_a_camera_that_sees_the_clock_page_tells_its_delay(director: Director) -> None:
    mrl = f"udp://@127.0.0.1:{(port := free_port())}"
    grab = f"-f x11grab -framerate 15 -video_size 1280x720 -draw_mouse 0 -i {director.screen.display}".split()
    output = f"-muxdelay 0 -f mpegts udp://127.0.0.1:{port}?pkt_size=1316".split()
    command = ["ffmpeg", "-v", "error", "-nostdin", *grab, "-vf", "scale=640:360", *ENCODER, *output]
    director.console.do("camera.add", name="Desk", mrl=mrl)
    director.screen.focus("Five lines")
    director.screen.key("c")
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as ffmpeg:
        try:
            director.until_seen(lambda: director.screen.windows("Clock page"), "the clock page")
            state = director.until(lambda state: camera(state, "Desk")["delay_ms"] is not None)
            assert 0 < camera(state, "Desk")["delay_ms"] < 60_000
            assert camera(state, "Close")["delay_ms"] is None
        finally:
            ffmpeg.kill()
    director.screen.key("c")
    director.until_seen(lambda: not director.screen.windows("Clock page"), "the end of the clock page")
