"""The program pane by OBS's virtual camera: only where it shows the program, and never a camera instead."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.cameras.state import Picture
from console.cameras.wall import Cameras
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.workers.supervisor import Supervisor
from tests.rigs.studio import Studio
from tests.rigs.workers import workers
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]


class Rig:
    """A wall before a studio with three scenes."""

    def __init__(self, journal: MemoryJournal) -> None:
        self.studio = Studio("Wide", "Close", "Table")
        self.mrl: str | None = None
        self.supervisor = Supervisor(journal)
        self.wall = Cameras(
            self.supervisor,
            journal=journal,
            clock=SystemClock(),
            screenshot=self.studio.screenshot,
            virtual_camera=lambda: self.mrl,
        )

    def begin(self, program: str, preview: str | None) -> None:
        self.wall.watch_bus("program", program)
        self.wall.watch_bus("preview", preview)
        self.wall.obs_answers(True)
        self.wall.obs_virtual_camera(True)

    def take(self, program: str, preview: str | None) -> None:
        self.wall.watch_bus("program", program)
        self.wall.watch_bus("preview", preview)

    async def by_virtual_camera(self, bus: str, is_so: bool = True) -> None:
        await until(
            lambda: self.wall.is_by_virtual_camera(bus) is is_so, within_s=25, what=f"{bus} by virtual camera: {is_so}"
        )

    async def close(self) -> None:
        await self.wall.close()
        await self.supervisor.close()


@pytest.fixture
async def rig(journal: MemoryJournal) -> AsyncIterator[Rig]:
    rig = Rig(journal)
    yield rig
    await rig.close()
    assert not workers()


def seen(rig: Rig, bus: str) -> Picture:
    picture = rig.wall.bus_picture(bus)
    assert picture
    return picture


async def test_program_comes_by_the_virtual_camera_once_that_is_proved_and_follows_takes(rig: Rig) -> None:
    with rig.studio.virtual_camera() as rig.mrl:
        rig.begin("Wide", "Close")
        await until(lambda: rig.wall.bus_picture("program") is not None)
        assert not rig.wall.is_by_virtual_camera("program")  # nothing is believed before it is seen
        await rig.by_virtual_camera("program")
        assert not rig.wall.is_by_virtual_camera("preview")
        rig.studio.asked.clear()
        first = seen(rig, "program").sequence
        await until(lambda: seen(rig, "program").sequence > first + 40)
        assert all(width < 100 for source, width, _ in rig.studio.asked if source == "Wide")  # seldom and small
        rig.studio.shows = "Table"
        rig.take("Table", "Wide")
        await rig.by_virtual_camera("program")
        rig.studio.shows = "Close"
        rig.take("Close", "Table")
        assert rig.wall.is_by_virtual_camera("program")  # it was seen to follow: no gap at this take
        await until(lambda: ("Close", 64, 36) in rig.studio.asked)


async def test_a_virtual_camera_that_shows_one_scene_for_good_never_stands_for_the_program(rig: Rig) -> None:
    with rig.studio.virtual_camera() as rig.mrl:
        rig.begin("Wide", None)
        await rig.by_virtual_camera("program")
        rig.take("Close", None)
        assert not rig.wall.is_by_virtual_camera("program")
        rig.studio.asked.clear()
        await until(lambda: len([s for s, width, _ in rig.studio.asked if s == "Close" and width == 640]) > 12)
        assert not rig.wall.is_by_virtual_camera("program")


async def test_one_that_is_set_to_the_preview_shows_the_preview(rig: Rig) -> None:
    rig.studio.shows = "Close"
    with rig.studio.virtual_camera() as rig.mrl:
        rig.begin("Wide", "Close")
        await rig.by_virtual_camera("preview")
        assert not rig.wall.is_by_virtual_camera("program")


async def test_when_it_stops_there_are_screenshots_again(rig: Rig) -> None:
    with rig.studio.virtual_camera() as rig.mrl:
        rig.begin("Wide", "Close")
        await rig.by_virtual_camera("program")
    await rig.by_virtual_camera("program", False)
    assert seen(rig, "program").mono_ns
    rig.studio.asked.clear()
    await until(lambda: ("Wide", 640, 360) in rig.studio.asked)
    rig.wall.obs_virtual_camera(False)  # and no worker is left: the rig looks


async def test_one_that_cannot_be_opened_or_is_not_there_costs_nothing(rig: Rig, tmp_path: Path) -> None:
    rig.mrl = f"v4l2://{tmp_path}/video0"
    rig.begin("Wide", "Close")
    await until(lambda: len(rig.studio.asked) > 15)
    assert not rig.wall.is_by_virtual_camera("program")
    assert seen(rig, "program").width == 640
    rig.wall.obs_virtual_camera(False)
    rig.mrl = None
    rig.wall.obs_virtual_camera(True)
    rig.wall.set_visible([], [])  # a window that is hidden plays nothing
    await asyncio.sleep(0)
    assert not rig.wall.is_by_virtual_camera("program")
