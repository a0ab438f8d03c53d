"""Screenshots: one request per source, never piling up, slower when OBS is slow."""

import asyncio
import io
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from console.cameras.luma import luma_of
from console.cameras.screens import LONGEST_GAP_S, SLOW_S, Screens, gap_s, jpeg_size
from console.cameras.state import CameraState
from console.core.clock import SystemClock
from console.core.errors import UserError


def jpeg(width: int, height: int, colour: tuple[int, int, int] = (10, 90, 200)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "JPEG")
    return file.getvalue()


async def until(is_so: Callable[[], bool], *, within_s: float = 5.0) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "did not come to be"
        await asyncio.sleep(0.01)


class FakeObs:
    def __init__(self) -> None:
        self.asked: list[tuple[str, int, int]] = []
        self.open = 0
        self.most_open = 0
        self.takes_s = 0.0
        self.error: Exception | None = None
        self.answer: bytes | None = None

    async def screenshot(self, source: str, width: int, height: int) -> bytes:
        self.asked.append((source, width, height))
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await asyncio.sleep(self.takes_s)
            if self.error:
                raise self.error
            return jpeg(width, height) if self.answer is None else self.answer
        finally:
            self.open -= 1

    @property
    def sources(self) -> Counter[str]:
        return Counter(source for source, _, _ in self.asked)


@pytest.fixture
def obs() -> FakeObs:
    return FakeObs()


@pytest.fixture
async def screens(obs: FakeObs) -> AsyncIterator[Screens]:
    screens = Screens(obs.screenshot, SystemClock())
    yield screens
    await screens.close()


def state(screens: Screens, who: str) -> CameraState:
    return screens.said(who, time.monotonic_ns())[0]


@pytest.mark.slow
async def test_a_source_is_asked_for_once_however_many_show_it(obs: FakeObs, screens: Screens) -> None:
    for number in range(5):
        screens.want(f"tile {number}", "Wide", 100 + number, 60)
    screens.want("other", "Close", 100, 60)
    await until(lambda: obs.sources["Close"] >= 4)
    assert obs.sources["Wide"] <= obs.sources["Close"] + 1
    assert set(obs.asked) == {("Wide", 104, 60), ("Close", 100, 60)}
    assert obs.most_open == 1
    first, last = screens.picture("tile 0"), screens.picture("tile 4")
    assert first is not None
    assert first is last
    assert (first.width, first.height) == (104, 60)
    assert state(screens, "tile 3") is CameraState.LIVE


async def test_what_nobody_wants_to_see_is_not_asked_for(obs: FakeObs, screens: Screens) -> None:
    screens.want("a", "Wide", 100, 60)
    await until(lambda: screens.picture("a") is not None)
    screens.want("a", "Close", 100, 60)
    assert screens.picture("a") is None
    await until(lambda: screens.picture("a") is not None)
    screens.want("a", None)
    await until(lambda: obs.open == 0)
    count = len(obs.asked)
    screens.want("b", "Third", 10, 10)
    await until(lambda: obs.sources["Third"] >= 2)
    assert len(obs.asked) - count == obs.sources["Third"]


async def test_trouble_is_said_and_heals_by_itself(obs: FakeObs, screens: Screens) -> None:
    obs.error = UserError("OBS is not connected.", fix="Start OBS.")
    screens.want("a", "Wide", 100, 60)
    await until(lambda: state(screens, "a") is CameraState.LOST)
    assert screens.said("a", 0)[1:] == ("OBS is not connected.", "Start OBS.")
    obs.error, obs.answer = None, b"no picture"
    await until(lambda: "no picture of Wide" in screens.said("a", 0)[1])
    obs.answer = None
    await until(lambda: state(screens, "a") is CameraState.LIVE)


async def test_when_obs_is_back_nothing_is_lost_any_more_and_pictures_come_at_once(
    obs: FakeObs, screens: Screens
) -> None:
    screens.want("a", "Wide", 100, 60)
    assert screens.obs_answers(True)
    await until(lambda: state(screens, "a") is CameraState.LIVE)
    assert not screens.obs_answers(False)
    obs.error = UserError("OBS is not connected.", fix="Start OBS.")
    await until(lambda: state(screens, "a") is CameraState.LOST)
    obs.error = None
    assert screens.obs_answers(True)
    assert state(screens, "a") is CameraState.CONNECTING
    assert not screens.obs_answers(True)
    await until(lambda: state(screens, "a") is CameraState.LIVE)


async def test_a_picture_that_is_black_in_obs_is_said_until_it_is_not(obs: FakeObs, screens: Screens) -> None:
    obs.answer = jpeg(640, 360, (4, 4, 4))
    screens.want("a", "Wide", 640, 360)
    await until(lambda: state(screens, "a") is CameraState.BLACK)
    assert screens.picture("a") is not None
    obs.answer = jpeg(640, 360, (60, 60, 60))
    await until(lambda: state(screens, "a") is CameraState.LIVE)


@given(st.binary(max_size=300), st.integers(0, 700))
def test_a_damaged_jpeg_is_not_black_but_nothing_or_some_picture(junk: bytes, cut: int) -> None:
    whole = jpeg(64, 36, (200, 200, 200))
    for data in (junk, b"\xff\xd8" + junk, whole[:cut], whole[:cut] + junk):
        assert len(luma_of(data)) in (0, 64 * 36)
    assert min(luma_of(whole)) > 190


@pytest.mark.logs("the screenshot of Wide failed")
async def test_a_bug_behind_one_source_does_not_end_the_others(obs: FakeObs, screens: Screens) -> None:
    obs.error = ZeroDivisionError()
    screens.want("a", "Wide", 100, 60)
    await until(lambda: len(obs.asked) == 1)
    obs.error = None
    screens.want("b", "Close", 100, 60)
    await until(lambda: screens.picture("b") is not None)


def test_a_busy_obs_is_left_alone_for_longer() -> None:
    assert gap_s(0.003) == 0.05
    assert gap_s(SLOW_S + 0.01) > 10 * SLOW_S
    assert gap_s(60) == LONGEST_GAP_S


@given(st.binary(max_size=300), st.integers(0, 300))
def test_a_damaged_jpeg_has_no_size_or_some(junk: bytes, cut: int) -> None:
    for data in (junk, b"\xff\xd8" + junk, jpeg(33, 17)[:cut]):
        size = jpeg_size(data)
        assert size is None or len(size) == 2


def test_the_size_of_a_jpeg_is_read() -> None:
    assert jpeg_size(jpeg(320, 180)) == (320, 180)
