"""A snapshot's picture is as large as its source, however small its tile is."""

from collections.abc import AsyncIterator

import pytest

from console.cameras.state import CameraState
from console.core.journal import MemoryJournal
from tests.cameras.test_screens import FakeObs
from tests.cameras.test_wall import Rig, camera
from tests.rigs import streams

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture
async def rig(journal: MemoryJournal) -> AsyncIterator[Rig]:
    rig = Rig(journal, FakeObs())
    yield rig
    await rig.close()


def size(rig: Rig) -> tuple[int, int]:
    picture = rig.wall.picture("Wide")
    return (picture.width, picture.height) if picture else (0, 0)


async def test_a_small_or_hidden_tile_gives_its_whole_picture_and_stays_small(rig: Rig) -> None:
    with streams.udp(size="640x360", rate=15) as sender:
        rig.open(camera(sender.mrl))
        rig.wall.set_size("Wide", 130, 74)
        await rig.state(CameraState.LIVE, within_s=40)
        await rig.until(lambda: size(rig) == (130, 72))
        for is_hidden in (False, True):
            rig.wall.set_visible([] if is_hidden else ["Wide"])
            whole = await rig.wall.whole_picture("Wide")
            assert whole is not None
            assert (whole.width, whole.height) == (640, 360)
        rig.wall.set_visible(["Wide"])
        await rig.until(lambda: size(rig) == (130, 72))
        sender.freeze()
        await rig.state(CameraState.STALLED)
        old = await rig.wall.whole_picture("Wide")
        assert old is not None, "one that stands still gives what there is"
        assert (old.width, old.height) == (130, 72)
        sender.thaw()
    assert await rig.wall.whole_picture("Nobody") is None
