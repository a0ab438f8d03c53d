"""The wall of tiles on real libVLC and real streams: every fault costs its own tile, and heals by itself."""

import asyncio
import os
import random
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from console.cameras.held import held_lines
from console.cameras.state import Camera, CameraState, Origin
from console.cameras.wall import Cameras
from console.core.clock import SystemClock
from console.core.errors import UserError
from console.core.journal import MemoryJournal
from console.settings import show
from console.workers.supervisor import Supervisor
from tests.cameras.test_screens import FakeObs
from tests.rigs import streams
from tests.rigs.workers import workers

pytestmark = [pytest.mark.real, pytest.mark.slow]

LIVE, LOST, STALLED = CameraState.LIVE, CameraState.LOST, CameraState.STALLED


class Rig:
    """A wall with its supervisor, and words to wait with."""

    def __init__(self, journal: MemoryJournal, obs: FakeObs) -> None:
        self.journal = journal
        self.supervisor = Supervisor(journal)
        self.wall = Cameras(self.supervisor, journal=journal, clock=SystemClock(), screenshot=obs.screenshot)

    def open(self, *cameras: show.Camera, is_trusted: bool = False) -> None:
        self.wall.open(cameras, is_trusted=is_trusted)

    def tile(self, name: str = "Wide") -> Camera:
        return next(tile for tile in self.wall.tiles.value if tile.name == name)

    def sequence(self, name: str = "Wide") -> int:
        picture = self.wall.picture(name)
        return picture.sequence if picture else 0

    def pid(self, name: str = "Wide") -> int:
        pid = self.wall.worker_pid(name)
        assert pid is not None
        return pid

    async def until(self, is_so: Callable[[], bool], *, within_s: float = 15.0) -> float:
        started_s = time.monotonic()
        while not is_so():
            assert time.monotonic() - started_s < within_s, f"did not come to be: {self.wall.tiles.value}"
            await asyncio.sleep(0.01)
        return time.monotonic() - started_s

    async def state(self, state: CameraState, name: str = "Wide", *, within_s: float = 15.0) -> float:
        return await self.until(lambda: self.tile(name).state is state, within_s=within_s)

    async def close(self) -> None:
        await self.wall.close()
        await self.supervisor.close()


@pytest.fixture
def obs() -> FakeObs:
    return FakeObs()


@pytest.fixture
async def rig(journal: MemoryJournal, obs: FakeObs) -> AsyncIterator[Rig]:
    rig = Rig(journal, obs)
    yield rig
    await rig.close()
    assert not workers()


def camera(mrl: str | None, name: str = "Wide", **more: object) -> show.Camera:
    return show.Camera.model_validate({"name": name, "mrl": mrl, **more})


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return streams.clip(tmp_path_factory.mktemp("clips") / "moving clip.mp4")


async def test_an_srt_camera_comes_live_and_moves(rig: Rig) -> None:
    with streams.srt() as sender:
        rig.open(camera(sender.mrl, scene="Wide"))
        assert rig.tile().state is CameraState.CONNECTING
        await rig.state(LIVE)
        first = rig.wall.picture("Wide")
        assert first is not None
        assert first.pixels is not None
        assert (first.width, first.height, first.stride) == (640, 360, 2560)
        before = bytes(first.pixels)
        await rig.until(lambda: rig.sequence() > first.sequence + 5)
        after = rig.wall.picture("Wide")
        assert after is not None
        assert after.pixels is not None
        assert bytes(after.pixels) != before
        await rig.until(lambda: 20 <= rig.tile().fps <= 30)
    assert [entry["state"] for entry in rig.journal.of("camera.state")][:2] == ["connecting", "live"]


async def test_udp_rtmp_and_hls_come_live(rig: Rig, tmp_path: Path) -> None:
    with streams.udp() as udp, streams.rtmp() as rtmp, streams.hls(tmp_path) as hls:
        rig.open(camera(udp.mrl, "UDP"), camera(rtmp.mrl, "RTMP"), camera(hls.mrl, "HLS"))
        for name in ("UDP", "RTMP", "HLS"):
            await rig.state(LIVE, name, within_s=25)


async def test_a_clip_loops_without_a_gap(rig: Rig, clip: Path) -> None:
    rig.open(camera(str(clip)))
    await rig.state(LIVE)
    await rig.until(lambda: rig.sequence() > 25 * 5)
    assert [entry["state"] for entry in rig.journal.of("camera.state")] == ["connecting", "live"]


async def test_a_killed_worker_is_replaced_and_its_picture_stays(rig: Rig, clip: Path) -> None:
    rig.open(camera(str(clip)), camera(str(clip), "Close"))
    await rig.state(LIVE)
    await rig.state(LIVE, "Close")
    pid, other = rig.pid(), rig.pid("Close")
    os.kill(pid, signal.SIGKILL)
    await rig.state(LOST)
    assert rig.wall.picture("Wide") is not None
    await rig.until(lambda: rig.wall.worker_pid("Wide") not in (None, pid))
    sequence = rig.sequence()
    await rig.state(LIVE)
    await rig.until(lambda: rig.sequence() > sequence)
    assert rig.pid("Close") == other
    assert len([e for e in rig.journal.of("camera.state") if e["camera"] == "Close"]) == 2


async def test_a_killed_worker_calls_its_srt_camera_again(rig: Rig) -> None:
    with streams.Encoder() as encoder:
        rig.open(camera(encoder.mrl))
        await rig.state(LIVE)
        os.kill(rig.pid(), signal.SIGKILL)
        await rig.state(LOST)
        await rig.state(LIVE, within_s=25)


async def test_a_worker_that_hangs_is_replaced(rig: Rig, clip: Path) -> None:
    rig.open(camera(str(clip)))
    await rig.state(LIVE)
    pid = rig.pid()
    os.kill(pid, signal.SIGSTOP)
    await rig.state(STALLED)
    await rig.until(lambda: rig.wall.worker_pid("Wide") not in (None, pid))
    await rig.state(LIVE)


async def test_a_sender_that_freezes_is_stalled_and_goes_on(rig: Rig) -> None:
    with streams.udp() as sender:
        rig.open(camera(sender.mrl))
        await rig.state(LIVE)
        sender.freeze()
        await rig.state(STALLED, within_s=5)
        assert rig.tile().fix
        sender.thaw()
        await rig.state(LIVE)


async def test_a_sender_that_dies_is_lost_and_comes_back_by_itself(rig: Rig) -> None:
    with streams.srt() as sender:
        rig.open(camera(sender.mrl))
        await rig.state(LIVE)
        sender.kill()
        await rig.state(LOST)
        assert sender.mrl in rig.tile().why
        sender.start()
        await rig.state(LIVE, within_s=25)


async def test_bad_addresses_say_why_and_cost_nobody_else(rig: Rig, clip: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no picture at all\n" * 50)
    noise = random.Random(1).randbytes(300_000)
    with streams.talker(noise) as garbage, streams.talker(None) as silent:
        rig.open(
            camera(str(clip)),
            camera(f"http://{garbage}/", "Garbage"),
            camera(f"http://{silent}/", "Silent"),
            camera(f"http://127.0.0.1:{streams.free_port()}/", "Nobody"),
            camera("http://cuedrop-test.invalid/", "Name"),
            camera(str(text), "Text"),
            camera(str(tmp_path / "gone.mp4"), "Gone"),
            is_trusted=True,
        )
        for name in ("Garbage", "Nobody", "Name", "Text", "Gone", "Silent"):
            await rig.state(LOST, name, within_s=40)
            assert rig.tile(name).fix
        await rig.state(LIVE)
        assert "Nothing listens" in rig.tile("Nobody").why
        assert "name" in rig.tile("Name").why
        assert "no file" in rig.tile("Gone").why
        assert "no picture" in rig.tile("Text").why
        assert "does not answer" in rig.tile("Silent").why


async def test_rtsp_without_its_part_of_vlc_says_so_at_once(rig: Rig) -> None:
    rig.open(camera(f"rtsp://127.0.0.1:{streams.free_port()}/cam"))
    await rig.state(LOST)
    assert "RTSP" in rig.tile().why or "Nothing listens" in rig.tile().why


async def test_black_and_frozen_pictures_are_named(rig: Rig, tmp_path: Path) -> None:
    black = streams.clip(tmp_path / "black.mp4", seconds=8, picture="color=black:size=640x360:rate=25")
    still = streams.clip(tmp_path / "still.mp4", seconds=8, picture="smptebars=size=640x360:rate=25")
    rig.open(camera(str(black), "Black"), camera(str(still), "Still"))
    await rig.state(CameraState.BLACK, "Black")
    await rig.state(CameraState.FROZEN, "Still")


async def test_tiles_that_nobody_sees_are_still_watched_and_come_back_at_once(rig: Rig, tmp_path: Path) -> None:
    black = streams.clip(tmp_path / "black.mp4", seconds=8, picture="color=black:size=640x360:rate=25")
    with streams.udp() as sender:
        rig.wall.set_visible([])
        rig.open(camera(sender.mrl), camera(str(black), "Black"))
        await rig.state(LIVE)
        await rig.state(CameraState.BLACK, "Black")
        sender.freeze()
        await rig.state(STALLED, within_s=5)
        sender.thaw()
        await rig.state(LIVE)
        rig.wall.set_visible(["Wide"])
        seen = rig.sequence()
        await rig.until(lambda: rig.sequence() > seen + 5)
        picture = rig.wall.picture("Wide")
        assert picture
        assert picture.width == 640


async def test_nothing_of_another_machine_is_opened_before_the_yes(rig: Rig, clip: Path) -> None:
    wide, close = camera("srt://192.0.2.1:9001"), camera(str(clip), "Close")
    rig.open(wide, close)
    await rig.state(LIVE, "Close")
    assert rig.wall.worker_pid("Wide") is None
    assert "Not opened yet" in rig.tile().why
    pid = rig.pid("Close")
    rig.open(wide, close, is_trusted=True)
    await rig.until(lambda: rig.wall.worker_pid("Wide") is not None)
    assert rig.pid("Close") == pid


async def test_a_device_comes_from_obs_with_the_reason_and_one_request(rig: Rig, obs: FakeObs) -> None:
    rig.open(camera("v4l2:///dev/video9", scene="Wide"), camera(None, "Copy", scene="Wide"), camera(None, "None"))
    rig.wall.watch_bus("program", "Wide")
    await rig.state(LIVE)
    assert rig.tile().origin is Origin.OBS
    assert "only one program" in rig.tile().why
    assert rig.tile("None").state is LOST
    assert rig.tile("None").fix
    picture = rig.wall.picture("Wide")
    assert picture is not None
    assert len(picture.pixels) == picture.height * picture.stride
    assert picture is rig.wall.picture("Copy") is rig.wall.bus_picture("program")
    rig.wall.set_size("Wide", 800, 450)
    await rig.until(lambda: ("Wide", 800, 450) in obs.asked)
    obs.error = UserError("OBS is not connected.", fix="Start OBS.")
    await rig.state(LOST)
    assert rig.tile().fix == "Start OBS."


async def test_a_stream_that_obs_turns_out_to_hold_is_given_back_to_it(rig: Rig, obs: FakeObs) -> None:
    with streams.udp() as sender:
        rig.open(camera(sender.mrl, scene="Wide"))
        await rig.state(LIVE)
        assert rig.tile().origin is Origin.WORKER
        rig.wall.obs_holds(held_lines({"Cam in OBS": [sender.mrl]}, is_here=True))
        await rig.until(lambda: rig.tile().origin is Origin.OBS and rig.tile().state is LIVE)
        assert "only line" in rig.tile().why
        assert obs.sources["Cam in OBS"]
        assert rig.wall.source("Wide") == "Cam in OBS"
        assert rig.wall.worker_pid("Wide") is None
        rig.wall.obs_holds({})
        await rig.until(lambda: rig.tile().origin is Origin.WORKER and rig.tile().state is LIVE)


async def test_a_larger_tile_is_played_sharper(rig: Rig, tmp_path: Path) -> None:
    large = streams.clip(tmp_path / "large.mp4", size="1280x720")
    rig.open(camera(str(large)))
    await rig.state(LIVE)
    rig.wall.set_size("Wide", 900, 500)

    def width() -> int:
        picture = rig.wall.picture("Wide")
        return picture.width if picture else 0

    await rig.until(lambda: width() == 888)  # the room of 900 x 500 for 16:9, both even


async def test_thirty_damaged_streams_cost_only_their_own_tiles(rig: Rig, clip: Path, tmp_path: Path) -> None:
    chance = random.Random(7)
    good = clip.read_bytes()
    stream = tmp_path / "good.ts"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(clip), "-c", "copy", str(stream)], check=True)
    for number in range(30):
        data = bytearray(stream.read_bytes() if number % 2 else good)
        for _ in range(chance.choice([1, 20, 500])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if number % 5 == 0:
            del data[chance.randrange(len(data)) :]
        (tmp_path / f"{number}.{'ts' if number % 2 else 'mp4'}").write_bytes(data)
    damaged = sorted(path for path in tmp_path.iterdir() if path != stream)
    rig.open(camera(str(clip), "Good"))
    await rig.state(LIVE, "Good")
    pid = rig.pid("Good")

    async def show_batch(batch: list[Path]) -> None:
        rig.open(camera(str(clip), "Good"), *(camera(str(path), path.name) for path in batch))
        before = rig.sequence("Good")
        await rig.until(lambda: all(rig.tile(p.name).state is not CameraState.CONNECTING for p in batch), within_s=60)
        await rig.until(lambda: rig.sequence("Good") > before + 25)

    for start in range(0, 30, 10):
        await show_batch(damaged[start : start + 10])
    assert rig.pid("Good") == pid
    assert rig.tile("Good").state is LIVE
