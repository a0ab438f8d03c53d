"""Whatever is done to the list of cameras: each is played once, what goes on is not disturbed, nothing is left."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.cameras.place import played
from console.cameras.state import CameraState, Picture, Stats
from console.cameras.tile import Said
from console.cameras.wall import Cameras
from console.core.clock import SteppedClock
from console.core.journal import MemoryJournal
from console.settings.show import Camera
from console.workers.supervisor import Supervisor
from tests.cameras.test_screens import FakeObs

MRLS = ("/clips/a.mp4", "srt://127.0.0.1:9000", "udp://@127.0.0.1:5000", None)
cameras = st.lists(
    st.builds(
        Camera, name=st.sampled_from("ABCD"), mrl=st.sampled_from(MRLS), scene=st.sampled_from(["Wide", "Close"])
    ),
    max_size=4,
    unique_by=lambda camera: camera.name,
)
trials = st.none() | st.builds(Camera, name=st.just("Try"), mrl=st.sampled_from(MRLS), scene=st.just("Wide"))
seen = st.lists(st.sampled_from("ABCD"), max_size=4, unique=True)
steps = st.lists(cameras | st.tuples(st.just("try"), trials) | st.tuples(st.just("see"), seen), max_size=12)


class FakeTile:
    """A tile's worker, without the process; all that live are in `alive`."""

    alive: ClassVar["set[FakeTile]"] = set()
    pid = 1
    stats = Stats()
    delay_ms = None

    def __init__(self, camera: Camera, *_: object) -> None:
        self.played = played(camera)
        self.is_hidden = False
        FakeTile.alive.add(self)

    def said(self, now_ns: int) -> Said:
        return CameraState.LIVE, "", ""

    def fps(self, now_ns: int) -> float:
        return 25.0

    def picture(self) -> Picture:
        return Picture(id(self), 2, 2, 8, bytes(16))

    def level(self) -> float:
        return -20.0

    def set_size(self, width: int, height: int) -> None:
        assert width > 0 < height

    def rest(self, *, is_hidden: bool) -> None:
        self.is_hidden = is_hidden

    async def close(self) -> None:
        FakeTile.alive.remove(self)


async def run(steps: Sequence[list[Camera] | tuple[str, Camera | list[str] | None]]) -> None:
    FakeTile.alive.clear()
    journal = MemoryJournal()
    wall = Cameras(cast(Supervisor, None), journal=journal, clock=SteppedClock(), screenshot=FakeObs().screenshot)
    shown: list[Camera] = []
    tried: Camera | None = None
    for step in steps:
        before = set(FakeTile.alive)
        match step:
            case ("try", trial) if trial is None or isinstance(trial, Camera):
                tried = trial
                wall.try_out(tried)
            case ("see", names) if isinstance(names, list):
                wall.set_visible(names)
            case list():
                shown = step
                wall.open(shown, is_trusted=True)
        await asyncio.sleep(0)  # what is to be closed is closed
        await asyncio.sleep(0)
        assert [tile.name for tile in wall.tiles.value] == [camera.name for camera in shown]
        wanted = [played(camera) for camera in shown if camera.mrl]
        if tried is not None and tried.mrl and played(tried) not in wanted:
            wanted.append(played(tried))
        assert sorted(map(str, wanted)) == sorted(str(tile.played) for tile in FakeTile.alive)
        if isinstance(step, list):  # what goes on is the same worker
            for what in wanted:
                was, now = (sum(tile.played == what for tile in some) for some in (before, FakeTile.alive))
                assert sum(tile.played == what for tile in before & FakeTile.alive) == min(was, now)
        assert (wall.trial.value.camera is None) is (tried is None)
        if tried is not None and tried.mrl:
            assert wall.trial_picture()
            showing = [tile for tile in FakeTile.alive if tile.played == played(tried)]
            assert not all(tile.is_hidden for tile in showing)
    await wall.close()
    assert not FakeTile.alive


@settings(max_examples=60)
@given(steps)
def test_any_list_after_any_other(steps: list[list[Camera] | tuple[str, Camera | list[str] | None]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("console.cameras.place.WorkerTile", FakeTile)
        asyncio.run(run(steps))
