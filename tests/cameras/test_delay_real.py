"""The delay of a real stream, from picture made to picture in the tile."""

from collections.abc import AsyncIterator

import pytest

from console.core.journal import MemoryJournal
from tests.cameras.test_screens import FakeObs
from tests.cameras.test_wall import Rig, camera
from tests.rigs.clock_camera import clock_camera

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture
async def rig(journal: MemoryJournal) -> AsyncIterator[Rig]:
    rig = Rig(journal, FakeObs())
    yield rig
    await rig.close()


async def test_a_tile_tells_the_delay_of_a_camera_that_sees_the_clock(rig: Rig) -> None:
    with clock_camera() as near, clock_camera(late_s=60.0) as stream:
        rig.open(camera(near, "Close"), camera(stream, "Public"))
        await rig.until(lambda: all(tile.delay_ms is not None for tile in rig.wall.tiles.value), within_s=40)
        close, public = (tile.delay_ms or 0 for tile in rig.wall.tiles.value)
        assert 0 < close < 30_000
        assert 60_000 < public < 90_000
