"""A camera that takes one caller, handed to a real OBS and back: proved by OBS's own media, kept over a restart."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from console.cameras.relay import Relays
from console.cameras.state import Camera as Tile
from console.cameras.state import CameraState
from console.cameras.wall import Cameras
from console.core.clock import SystemClock
from console.core.journal import MemoryJournal, Origin
from console.core.observable import Observable
from console.core.outcome import Result
from console.desk.camera_book import CameraBook
from console.desk.handing import HANDED, NOTHING_COMES
from console.show.file import load_show
from console.workers.supervisor import Supervisor
from scenes.link import ObsLink
from tests.rigs.bare import BareObs
from tests.rigs.obs import RealObs
from tests.rigs.streams import Encoder
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]

KEY = Origin.KEY


class Desk:
    """A book of cameras on a real wall, real relays and a real OBS; begun anew as often as wanted."""

    def __init__(self, folder: Path, obs: RealObs) -> None:
        self.path = folder / "show.toml"
        self._folder = folder
        self._obs = obs

    async def __aenter__(self) -> "Desk":
        async def password() -> str:
            return self._obs.password

        journal, clock = MemoryJournal(), SystemClock()
        self.link = ObsLink(self._obs.url, password, safe_scene="Safe", journal=journal, clock=clock)
        self.supervisor = Supervisor(journal)
        self.wall = Cameras(self.supervisor, journal=journal, clock=clock, screenshot=self.link.screenshot)
        self.relays = Relays(self.supervisor)
        show = Observable(load_show(self.path))
        writing = asyncio.Lock()
        self.book = CameraBook(show, self.wall, self.link, self.relays, journal=journal, clock=clock, writing=writing)
        self.book.keep_in(self.path)
        self.book.hand_over.keep_in(self._folder / "relays.json")
        self.link.start()
        await until(lambda: self.link.state.value.link.is_up and self.link.state.value.program, what="OBS")
        await self.book.open(is_trusted=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.book.close()
        await asyncio.gather(self.wall.close(), self.relays.close(), self.link.close())
        await self.supervisor.close()

    def tile(self) -> Tile:
        (tile,) = self.wall.tiles.value
        return tile


@pytest.fixture(scope="module")
def obs() -> Iterator[RealObs]:
    with RealObs() as obs:
        yield obs


@pytest.fixture
def encoder() -> Iterator[Encoder]:
    with Encoder() as encoder:
        yield encoder


@pytest.fixture
def witness(obs: RealObs, encoder: Encoder) -> Iterator[BareObs]:
    """OBS, with the encoder as a media source of the scene Spare; its name is the encoder's address."""
    before = {"is_local_file": False, "input": encoder.mrl, "input_format": "mpegts", "hw_decode": False}
    with obs.client() as client:
        made = {"sceneName": "Spare", "inputName": encoder.mrl, "inputKind": "ffmpeg_source", "inputSettings": before}
        client.call("CreateInput", **made)
        yield client
        client.call("RemoveInput", inputName=encoder.mrl)


@pytest.fixture
async def desk(tmp_path: Path, obs: RealObs, witness: BareObs) -> AsyncIterator[Desk]:
    (tmp_path / "show.toml").write_text(
        f'format = 1\nname = "Friday"\n[obs]\nurl = "{obs.url}"\n'
        '[[cameras]] # the encoder in the hall\nname = "Hall"\nscene = "Spare"\n'
    )
    async with Desk(tmp_path, obs) as desk:
        yield desk


def settings(witness: BareObs, encoder: Encoder) -> dict[str, Any]:
    found: dict[str, Any] = witness.call("GetInputSettings", inputName=encoder.mrl)["inputSettings"]
    return found


async def until_obs_gets_it(witness: BareObs, encoder: Encoder) -> None:
    """Return when OBS gets new pictures of the encoder, by the independent client."""
    seen: set[int] = set()
    async with asyncio.timeout(20):
        while len(seen) < 3:
            status = await asyncio.to_thread(witness.call, "GetMediaInputStatus", inputName=encoder.mrl)
            seen.add(status["mediaCursor"] or 0)
            await asyncio.sleep(0.05)


async def test_one_caller_feeds_obs_and_the_tile_and_all_is_as_before_after_a_restart(
    desk: Desk, witness: BareObs, encoder: Encoder, obs: RealObs, tmp_path: Path
) -> None:
    before, text = settings(witness, encoder), desk.path.read_text()
    outcome = await desk.book.set_relay("Hall", True, origin=KEY)
    assert (outcome.result, outcome.why) == (Result.DONE, "OBS gets Hall from Cuedrop now, as long as Cuedrop runs.")
    await until_obs_gets_it(witness, encoder)
    assert settings(witness, encoder)["input"].startswith("udp://127.0.0.1:")
    await until(lambda: desk.tile().state is CameraState.LIVE, what="the tile", within_s=15)
    await until(lambda: desk.tile().relay == HANDED, what="the words")
    hall = load_show(desk.path).cameras[0]
    assert (hall.mrl, hall.relay_port is not None) == (encoder.mrl, True)
    assert "# the encoder in the hall" in desk.path.read_text()

    pid = desk.relays.pid("Hall")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await until(lambda: desk.relays.pid("Hall") not in (None, pid), what="a new worker")
    await until_obs_gets_it(witness, encoder)

    await desk.__aexit__()
    async with Desk(tmp_path, obs) as again:
        assert settings(witness, encoder)["input"].startswith("udp://127.0.0.1:")  # adopt, never touch
        await until_obs_gets_it(witness, encoder)
        refused = await again.book.set_relay("Hall", True, origin=KEY)
        assert refused.why == "Hall is handed to OBS already."
        undone = await again.book.set_relay("Hall", False, origin=KEY)
        assert (undone.result, undone.why) == (Result.DONE, "OBS takes Hall itself again, as before.")
        assert settings(witness, encoder) == before
        assert again.path.read_text() == text
        assert json.loads((tmp_path / "relays.json").read_text())["handed"] == []
        assert again.tile().relay == ""
    async with desk:
        pass


async def test_a_camera_that_is_on_air_is_not_handed_over_and_one_that_sends_nothing_says_so(
    desk: Desk, witness: BareObs, encoder: Encoder
) -> None:
    before, text = settings(witness, encoder), desk.path.read_text()
    await desk.link.cut("Spare", origin=KEY)
    with pytest.raises(Exception, match="Hall is on air"):
        await desk.book.set_relay("Hall", True, origin=KEY)
    await desk.link.cut("Wide", origin=KEY)
    assert (settings(witness, encoder), desk.path.read_text()) == (before, text)
    assert (await desk.book.set_relay("Hall", True, origin=KEY)).is_done
    await asyncio.to_thread(encoder.stop)
    await until(lambda: desk.tile().relay == NOTHING_COMES, what="the words")
    await until(lambda: desk.tile().state is CameraState.LOST, what="the tile")
    assert encoder.mrl.removeprefix("srt://") in desk.tile().why
    with pytest.raises(Exception, match="OBS takes Hall from Cuedrop"):
        await desk.book.remove("Hall", origin=KEY)
    outcome = await desk.book.set_relay("Hall", False, origin=KEY)
    assert outcome.why.endswith("It has no picture of it yet.")
    assert settings(witness, encoder) == before
