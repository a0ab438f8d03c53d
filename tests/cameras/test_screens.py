"""Screenshots: one request per source, never piling up, slower when OBS is slow."""

import asyncio
import io
import itertools
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from PIL import Image

from console.cameras.jpeg import Decoded, decode
from console.cameras.pace import SHORTEST_GAP_S, Work
from console.cameras.screens import HIDDEN_SIZE, Screens
from console.cameras.state import CameraState
from console.core.clock import SteppedClock, SystemClock
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
        self.asked_at_s: list[float] = []
        self.open = 0
        self.most_open = 0
        self.takes_s = 0.0
        self.error: Exception | None = None
        self.answer: bytes | None = None
        self.answers: dict[str, bytes] = {}

    async def screenshot(self, source: str, width: int, height: int) -> bytes:
        self.asked.append((source, width, height))
        self.asked_at_s.append(time.monotonic())
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await asyncio.sleep(self.takes_s)
            if self.error:
                raise self.error
            usual = jpeg(width, height) if self.answer is None else self.answer
            return self.answers.get(source, usual)
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


Stepped = tuple[SteppedClock, Screens]


@pytest.fixture
async def stepped(obs: FakeObs) -> AsyncIterator[Stepped]:
    clock = SteppedClock()
    screens = Screens(obs.screenshot, clock)
    yield clock, screens
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


async def test_a_camera_in_obs_that_shows_the_same_for_two_seconds_is_frozen_and_a_slide_is_not(
    obs: FakeObs, stepped: Stepped
) -> None:
    clock, screens = stepped
    screens.obs_moves({"Card"})
    screens.want("camera", "Card", 64, 36)
    screens.want("slide", "Slide", 64, 36)
    await until(lambda: screens.picture("camera") is not None)
    for step in range(8):
        clock.step(0.25)
        await until(lambda step=step: obs.sources["Card"] == step + 2 and not obs.open)  # type: ignore[misc]
    await until(lambda: screens.said("camera", clock.mono_ns())[0] is CameraState.FROZEN)
    assert screens.said("slide", clock.mono_ns())[0] is CameraState.LIVE
    obs.answer = jpeg(64, 36, (90, 90, 90))
    clock.step(0.25)
    await until(lambda: screens.said("camera", clock.mono_ns())[0] is CameraState.LIVE)


async def test_a_damaged_picture_costs_only_its_own_tile_and_the_tile_says_so(obs: FakeObs, screens: Screens) -> None:
    obs.answers["Wide"] = jpeg(64, 36)[:400]
    screens.want("a", "Wide", 64, 36)
    screens.want("b", "Close", 64, 36)
    await until(lambda: state(screens, "a") is CameraState.LOST)
    assert screens.said("a", 0)[1:] == ("OBS sent no picture of Wide.", "Look at that source in OBS.")
    assert screens.picture("a") is None
    await until(lambda: state(screens, "b") is CameraState.LIVE)
    del obs.answers["Wide"]
    await until(lambda: state(screens, "a") is CameraState.LIVE)


async def test_pictures_are_decoded_off_the_loop_to_rows_of_bgrx(
    obs: FakeObs, screens: Screens, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[str] = set()

    def watched(data: bytes) -> Decoded | None:
        threads.add(threading.current_thread().name)
        return decode(data)

    monkeypatch.setattr("console.cameras.screens.decode", watched)
    screens.want("a", "Wide", 64, 36)
    await until(lambda: screens.picture("a") is not None)
    picture = screens.picture("a")
    assert picture is not None
    assert (picture.width, picture.height, picture.stride) == (64, 36, 256)
    assert len(picture.pixels) == 36 * 256
    assert all(abs(is_ - was) < 4 for is_, was in zip(picture.pixels[:3], (200, 90, 10), strict=True))
    assert threads == {"pictures_0"}


class Slow:
    """A decoder that waits until it is let go."""

    def __init__(self) -> None:
        self.begun = 0
        self.go = threading.Event()

    def decode(self, data: bytes) -> Decoded | None:
        self.begun += 1
        assert self.go.wait(10)
        return decode(data)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow()
    monkeypatch.setattr("console.cameras.screens.decode", slow.decode)
    yield slow
    slow.go.set()


async def test_a_size_that_changes_while_decoding_is_that_of_the_next_picture(
    obs: FakeObs, screens: Screens, slow: Slow
) -> None:
    screens.want("a", "Wide", 64, 36)
    await until(lambda: slow.begun == 1)
    screens.want("a", "Wide", 128, 72)
    await asyncio.sleep(0)
    assert len(obs.asked) == 1  # none piles up behind the one that is decoded
    slow.go.set()

    def size() -> tuple[int, int] | None:
        picture = screens.picture("a")
        return (picture.width, picture.height) if picture else None

    await until(lambda: size() == (64, 36))
    await until(lambda: size() == (128, 72))


async def test_what_nobody_wants_any_more_while_it_is_decoded_is_forgotten(
    obs: FakeObs, screens: Screens, slow: Slow
) -> None:
    screens.want("a", "Wide", 64, 36)
    await until(lambda: slow.begun == 1)
    screens.want("a", "Close", 64, 36)
    slow.go.set()
    await until(lambda: screens.picture("a") is not None)
    assert obs.sources["Wide"] == 1


async def test_closing_during_a_decoding_leaves_nothing_behind(obs: FakeObs, slow: Slow) -> None:
    screens = Screens(obs.screenshot, SystemClock())
    screens.want("a", "Wide", 64, 36)
    await until(lambda: slow.begun == 1)
    closing = asyncio.create_task(screens.close())
    await asyncio.sleep(0)
    assert not closing.done()
    slow.go.set()
    await closing
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("pictures")]
    assert slow.begun == 1


async def test_obs_is_left_alone_while_a_take_waits_for_its_proof(obs: FakeObs, screens: Screens) -> None:
    screens.want("a", "Wide", 64, 36)
    await until(lambda: screens.picture("a") is not None)
    asked = len(obs.asked)
    screens.obs_takes(True)
    screens.want("b", "Close", 64, 36)
    for _ in range(20):
        screens.obs_takes(True)  # it is told with each change of what is known
        await asyncio.sleep(0)
    assert len(obs.asked) == asked
    screens.obs_takes(False)
    await until(lambda: screens.picture("b") is not None)


async def test_obs_is_left_alone_as_long_as_the_transition_of_a_take_runs(obs: FakeObs, stepped: Stepped) -> None:
    clock, screens = stepped
    screens.want("a", "Wide", 64, 36)
    await until(lambda: screens.picture("a") is not None)
    screens.obs_takes(True, is_mixing=True)
    clock.step(10)
    screens.want("b", "Close", 64, 36)
    for _ in range(20):
        await asyncio.sleep(0.01)
    assert obs.sources == {"Wide": 1}
    assert screens.said("a", clock.mono_ns())[0] is CameraState.LIVE  # nobody asked for a new one
    screens.obs_takes(True)
    clock.step(0.6)  # no proof comes, though it runs no more
    await until(lambda: screens.picture("b") is not None)


async def test_an_answer_that_obs_owes_is_said_within_a_second_and_one_that_nobody_asked_for_is_not(
    obs: FakeObs, stepped: Stepped
) -> None:
    clock, screens = stepped
    for name in ("Wide", "Close"):
        screens.want(name, name, 64, 36)
    later_ns = clock.mono_ns() + 60_000_000_000
    await until(lambda: all(screens.said(who, later_ns)[0] is CameraState.LIVE for who in ("Wide", "Close")))
    obs.takes_s = 60
    clock.step(0.25)
    await until(lambda: obs.open == 1)
    for later_s, state in ((0.7, CameraState.LIVE), (0.8, CameraState.STALLED)):  # of both, though one is asked for
        assert {screens.said(who, clock.mono_ns() + round(later_s * 1e9))[0] for who in ("Wide", "Close")} == {state}


async def test_a_take_without_any_proof_stops_no_pictures(obs: FakeObs, screens: Screens) -> None:
    screens.obs_takes(True)
    screens.want("a", "Wide", 64, 36)
    await until(lambda: screens.picture("a") is not None)


@pytest.mark.logs("the screenshot of Wide failed")
async def test_a_bug_behind_one_source_does_not_end_the_others(obs: FakeObs, screens: Screens) -> None:
    obs.error = ZeroDivisionError()
    screens.want("a", "Wide", 100, 60)
    await until(lambda: len(obs.asked) == 1)
    obs.error = None
    screens.want("b", "Close", 100, 60)
    await until(lambda: screens.picture("b") is not None)


async def test_what_nobody_sees_is_looked_at_seldom_and_small_and_comes_back_at_once(
    obs: FakeObs, screens: Screens
) -> None:
    screens.want("a", "Wide", 640, 360, is_hidden=True)
    screens.want("b", "Close", 640, 360)
    await until(lambda: obs.sources["Close"] >= 4)
    assert obs.sources["Wide"] < obs.sources["Close"]
    assert ("Wide", *HIDDEN_SIZE) in obs.asked
    assert state(screens, "a") is CameraState.LIVE
    screens.want("a", "Wide", 640, 360)
    await until(lambda: ("Wide", 640, 360) in obs.asked)
    screens.want("c", "Wide", 1280, 720, is_hidden=True)  # hidden there, seen here
    asked = len(obs.asked)
    await until(lambda: len(obs.asked) > asked + 4)
    assert ("Wide", 1280, 720) not in obs.asked


async def test_a_pane_on_a_large_screen_asks_for_a_small_picture_of_its_shape(obs: FakeObs, screens: Screens) -> None:
    screens.want("a", "Wide", 3840, 2160)
    screens.want("b", "Upright", 1080, 1920)
    await until(lambda: len(set(obs.asked)) == 2)
    assert set(obs.asked) == {("Wide", 960, 540), ("Upright", 304, 540)}


async def test_a_hidden_picture_that_is_black_is_said(obs: FakeObs, screens: Screens) -> None:
    obs.answer = jpeg(*HIDDEN_SIZE, (4, 4, 4))
    screens.want("a", "Wide", 640, 360, is_hidden=True)
    await until(lambda: state(screens, "a") is CameraState.BLACK)


async def test_a_picture_says_when_it_was_asked_for_and_is_never_younger(obs: FakeObs, screens: Screens) -> None:
    obs.takes_s = 0.1
    before_ns = time.monotonic_ns()
    screens.want("a", "Wide", 64, 36)
    await until(lambda: screens.picture("a") is not None)
    picture = screens.picture("a")
    assert picture
    assert before_ns <= picture.mono_ns <= time.monotonic_ns() - 100_000_000


async def test_while_obs_works_hard_it_is_left_alone_for_longer(obs: FakeObs, screens: Screens) -> None:
    for number in range(6):
        screens.want(f"tile {number}", f"Scene {number}", 64, 36)
    for second in range(1, 4):
        screens.obs_works(Work(second * 1_000_000_000, render_ms=40.0, frame_ms=33.3, late_frames=9))
    await until(lambda: len(obs.asked) >= 9)
    gaps_s = [later - earlier for earlier, later in itertools.pairwise(obs.asked_at_s[1:])]
    assert min(gaps_s) > 3 * SHORTEST_GAP_S
    assert all(state(screens, f"tile {number}") is CameraState.LIVE for number in range(6))


async def test_program_and_preview_come_more_often_than_a_tile(obs: FakeObs, screens: Screens) -> None:
    screens.want("bus:program", "Wide", 64, 36, is_first=True)
    screens.want("a", "Close", 64, 36)
    await until(lambda: obs.sources["Wide"] >= 10)
    assert obs.sources["Close"] < obs.sources["Wide"]
