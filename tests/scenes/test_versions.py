"""obs-websocket 5.0 to 5.7: whatever this OBS knows, the console works with it and says what it cannot be asked."""

import pytest

from console.practice.obs import PracticeObs
from tests.scenes.conftest import Connect
from tests.waiting import until

VERSIONS = [f"5.{minor}" for minor in range(8)]


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_version_is_connected_to_cut_and_followed(version: str, connect: Connect) -> None:
    async with PracticeObs(version=version) as server:
        link = await connect(server.url, server.password, safe_scene=None)
        shown = link.state.value
        assert shown.can("SetCurrentProgramScene")
        assert not shown.can("NoSuchRequest")
        wanted = next(scene.name for scene in shown.scenes if scene.name != shown.program)
        assert (await link.cut(wanted)).is_done
        assert (await link.set_studio_mode(True)).is_done
        assert (await link.preview(wanted)).is_done
        await until(lambda: link.outputs.value.history, what="the outputs")
        assert (await link.set_output("record", True)).is_done
        assert (await link.set_output("record", False)).is_done


async def test_what_a_version_cannot_be_asked_differs(connect: Connect) -> None:
    known = {}
    for version in ("5.0", "5.7"):
        async with PracticeObs(version=version) as server:
            link = await connect(server.url, server.password, safe_scene=None)
            known[version] = link.state.value.requests
            await link.close()
    assert known["5.0"] < known["5.7"]
    assert "GetCanvasList" in known["5.7"] - known["5.0"]
