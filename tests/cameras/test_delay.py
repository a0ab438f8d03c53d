"""How late a camera is, from the codes in its pictures."""

import io
import time
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from console.cameras.delay import KEPT_S, DelayWatch, Seen
from console.cameras.screens import Screens
from console.core.clock import SystemClock
from tests.cameras.clock_pictures import Shot, page, shoot
from tests.cameras.test_screens import FakeObs, until

SIZE = (320, 180)
S = 1_000_000_000


class Tile:
    """A tile that shows the clock page `late_ns` late, thirty pictures a second, and its watch."""

    def __init__(self) -> None:
        self.newest: Seen | None = None
        self.watch = DelayWatch()
        self.told: list[float | None] = []

    def run(self, from_s: float, to_s: float, late_ms: float | Callable[[float], float] | None) -> None:
        """Turns of a tenth of a second; without `late_ms` the camera sees no clock."""
        for now_s in np.arange(from_s, to_s, 0.1).tolist():
            late = late_ms(now_s) if callable(late_ms) else late_ms
            drawn_ns = int((now_s - (late or 0) / 1e3) * S)
            grey = np.full(SIZE[::-1], 99, np.uint8) if late is None else shoot(page(drawn_ns), Shot(SIZE))
            self.show(grey, now_s)
            self.turn(now_s)

    def show(self, grey: np.ndarray[tuple[int, int], np.dtype[np.uint8]], at_s: float) -> None:
        self.newest = int(at_s * S), grey

    def turn(self, now_s: float) -> None:
        delay = self.watch.look(lambda: self.newest, now_s)
        if not self.told or delay != self.told[-1]:
            self.told.append(delay)


def test_a_camera_that_sees_the_clock_has_a_delay() -> None:
    tile = Tile()
    tile.run(50.0, 53.0, 180)
    assert tile.watch.delay_ms == pytest.approx(180, abs=1)


def test_the_delay_is_the_middle_one_of_the_last_seconds() -> None:
    tile = Tile()
    tile.run(50.0, 54.0, lambda now_s: 900 if round(now_s * 10) % 3 == 0 else 200)
    assert tile.watch.delay_ms == pytest.approx(200, abs=1)


def test_a_delay_that_grows_is_followed() -> None:
    tile = Tile()
    tile.run(50.0, 53.0, 180)
    tile.run(53.0, 58.0, 2_400)
    assert tile.watch.delay_ms == pytest.approx(2_400, abs=1)


def test_the_figure_changes_once_a_second_at_most() -> None:
    tile = Tile()
    tile.run(50.0, 55.0, lambda now_s: 100 + 10 * now_s)
    assert 3 <= len(tile.told) <= 7


def test_without_the_clock_there_is_no_delay_any_more() -> None:
    tile = Tile()
    tile.run(50.0, 53.0, 180)
    tile.run(53.0, 53.5 + KEPT_S, None)
    assert tile.told[0] is None
    assert tile.told[-1] is None
    assert len(tile.told) > 2


def test_a_photograph_of_the_clock_has_no_delay() -> None:
    tile, photograph = Tile(), shoot(page(49 * S), Shot(SIZE))
    for turn in range(80):
        tile.show(photograph, 50 + turn / 10)
        tile.turn(50 + turn / 10)
    assert tile.told == [None]


def test_a_camera_that_froze_on_the_clock_has_no_delay_any_more() -> None:
    tile = Tile()
    tile.run(50.0, 53.0, 180)
    for turn in range(40):
        tile.turn(53 + turn / 10)
    assert tile.watch.delay_ms is None


def test_without_pictures_there_is_no_delay() -> None:
    tile = Tile()
    tile.turn(50.0)
    assert tile.told == [None]


def test_nothing_is_looked_for_more_than_twice_a_second_without_a_code() -> None:
    watch = DelayWatch()
    assert sum(watch.is_due(50 + turn / 10) for turn in range(100)) == 20


class ObsThatSeesTheClock(FakeObs):
    """Its camera shows the clock as it was 20 seconds ago; "Slides" shows something else."""

    async def screenshot(self, source: str, width: int, height: int) -> bytes:
        if source == "Slides":
            return await super().screenshot(source, width, height)
        file = io.BytesIO()
        Image.fromarray(page(time.monotonic_ns() - 20 * S, width=width, height=height)).save(file, "JPEG")
        self.answer = file.getvalue()
        return await super().screenshot(source, width, height)


async def test_a_camera_that_belongs_to_obs_has_a_delay_too() -> None:
    screens = Screens(ObsThatSeesTheClock().screenshot, SystemClock())
    screens.want("camera:Wide", "Webcam", 640, 360)
    screens.want("camera:Slides", "Slides", 640, 360)
    await until(lambda: screens.delay_ms("camera:Wide") is not None, within_s=20)
    assert 20_000 <= (screens.delay_ms("camera:Wide") or 0) < 40_000
    assert screens.delay_ms("camera:Slides") is None
    assert screens.delay_ms("camera:Nobody") is None
    await screens.close()
