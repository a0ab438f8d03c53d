"""Pictures of a real OBS: what it shows, how old it is, and what is left to OBS."""

from collections.abc import AsyncIterator, Iterator

import pytest

from console.app.obs_and_cameras import Telling
from console.cameras.state import Camera, CameraState, Origin, Picture
from console.cameras.wall import Cameras
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal
from console.settings import show
from console.workers.supervisor import Supervisor
from scenes.link import ObsLink
from tests.rigs.obs import RealObs
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def real() -> Iterator[RealObs]:
    with RealObs() as obs:
        yield obs


class Rig:
    """A wall before a real OBS."""

    def __init__(self, real: RealObs, journal: MemoryJournal) -> None:
        async def password() -> str:
            return real.password

        clock = SystemClock()
        self.asked: list[tuple[str, int, int]] = []
        self.link = ObsLink(real.url, password, safe_scene="Safe", journal=journal, clock=clock)
        self.supervisor = Supervisor(journal)
        self.wall = Cameras(self.supervisor, journal=journal, clock=clock, screenshot=self._screenshot)
        telling = Telling(self.link, self.wall, obs_url=real.url)
        self._undo = [*telling.begin(), telling.show_buses()]
        self.link.start()

    async def _screenshot(self, source: str, width: int, height: int) -> bytes:
        self.asked.append((source, width, height))
        return await self.link.screenshot(source, width, height)

    def tile(self, name: str) -> Camera:
        return next(tile for tile in self.wall.tiles.value if tile.name == name)

    def picture(self, name: str) -> Picture:
        picture = self.wall.picture(name)
        assert picture
        return picture

    async def close(self) -> None:
        for undo in self._undo:
            undo()
        await self.wall.close()
        await self.link.close()
        await self.supervisor.close()


@pytest.fixture
async def rig(real: RealObs, journal: MemoryJournal) -> AsyncIterator[Rig]:
    rig = Rig(real, journal)
    await until(lambda: rig.link.state.value.link.is_up and rig.link.state.value.program, within_s=30)
    yield rig
    await rig.close()


def colour(picture: Picture) -> tuple[int, int, int]:
    """BGR in the middle."""
    at = picture.height // 2 * picture.stride + picture.width // 2 * 4
    blue, green, red = picture.pixels[at : at + 3]
    return blue, green, red


async def test_scenes_sources_and_buses_of_obs_are_seen_one_request_a_source(rig: Rig) -> None:
    cameras = (
        show.Camera(name="Wide", scene="Wide"),
        show.Camera(name="Again", scene="Wide"),
        show.Camera(name="Card", mrl="v4l2:///dev/video90", source="Close picture"),
        show.Camera(name="Empty", scene="Spare"),
        show.Camera(name="Gone", scene="No such scene"),
    )
    rig.wall.open(cameras, is_trusted=False)
    await until(lambda: rig.tile("Wide").state is CameraState.LIVE, what="Wide")
    await until(lambda: rig.tile("Card").state is CameraState.LIVE, what="Card")
    await until(lambda: rig.tile("Empty").state is CameraState.BLACK, what="Empty")
    await until(lambda: rig.tile("Gone").state is CameraState.LOST, what="Gone")
    assert "No such scene" in rig.tile("Gone").why
    assert rig.tile("Card").origin is Origin.OBS
    assert "only one program" in rig.tile("Card").why
    assert rig.wall.bus_picture("program") is rig.picture("Wide") is rig.picture("Again")
    assert colour(rig.picture("Wide")) != colour(rig.picture("Card"))
    assert rig.picture("Wide").width == 640
    newest_ns = rig.picture("Wide").mono_ns
    await until(lambda: rig.picture("Wide").mono_ns > newest_ns)


async def test_what_obs_says_of_its_work_reaches_the_pictures(rig: Rig) -> None:
    rig.wall.open([show.Camera(name="Wide", scene="Wide")], is_trusted=False)
    await until(lambda: len(rig.link.outputs.value.history) >= 2, what="two of OBS's seconds")
    last = rig.link.outputs.value
    assert last.render_ms > 0
    assert last.fps > 0
    asked = len(rig.asked)
    await until(lambda: len(rig.asked) > asked + 4, what="pictures go on")


async def test_a_hidden_window_asks_obs_for_next_to_nothing(rig: Rig) -> None:
    rig.wall.open([show.Camera(name="Wide", scene="Wide"), show.Camera(name="Two", scene="Close")], is_trusted=False)
    await until(lambda: rig.tile("Two").state is CameraState.LIVE)
    rig.wall.set_visible([], [])
    await until(lambda: rig.asked[-1][1:] == (64, 36))
    rig.asked.clear()
    await until(lambda: len(rig.asked) >= 4)
    assert {(width, height) for _, width, height in rig.asked} == {(64, 36)}
    assert rig.tile("Two").state is CameraState.LIVE
