"""Tiles on real libVLC and real streams: what arrives, what is wrong with it, and how soon that is said."""

import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from console.cameras.state import FLOOR_DBFS, CameraState
from console.cameras.tile import WorkerTile
from console.core.journal import MemoryJournal
from console.settings.show import Camera
from console.workers.supervisor import Supervisor
from tests.rigs import streams
from tests.rigs.proxy import Proxy
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]

LIVE, LOST, STALLED = CameraState.LIVE, CameraState.LOST, CameraState.STALLED
PASSWORD = "open-sesame-1"


class Tiles:
    """Tiles that are opened one by one, and words to wait with."""

    def __init__(self, journal: MemoryJournal) -> None:
        self.journal = journal
        self._supervisor = Supervisor(journal)
        self._open: list[WorkerTile] = []

    def open(self, mrl: str, **more: object) -> WorkerTile:
        camera = Camera.model_validate({"name": f"Cam {len(self._open)}", "mrl": mrl, **more})
        self._open.append(WorkerTile(camera, self._supervisor, lambda: None, (640, 360)))
        return self._open[-1]

    async def close(self) -> None:
        for tile in self._open:
            await tile.close()
        await self._supervisor.close()


@pytest.fixture
async def tiles(journal: MemoryJournal) -> AsyncIterator[Tiles]:
    tiles = Tiles(journal)
    yield tiles
    await tiles.close()


def state(tile: WorkerTile) -> CameraState:
    return tile.said(time.monotonic_ns())[0]


def words(tile: WorkerTile) -> str:
    return " ".join(tile.said(time.monotonic_ns())[1:])


async def comes(tile: WorkerTile, wanted: CameraState, *, within_s: float = 20.0) -> None:
    await until(lambda: state(tile) is wanted, within_s=within_s, what=f"{wanted} ({tile.said(time.monotonic_ns())})")


async def knows(tile: WorkerTile, *, has_bitrate: bool = True) -> None:
    """Wait for all figures of the test picture."""
    try:
        await until(is_known(tile, has_bitrate=has_bitrate), within_s=20.0)
    except AssertionError as error:
        raise AssertionError(f"only these figures came: {tile.stats}") from error


def is_known(tile: WorkerTile, *, has_bitrate: bool = True) -> Callable[[], bool]:
    """All figures of the test picture are there."""

    def is_so() -> bool:
        stats = tile.stats
        return (
            (stats.width, stats.height, stats.codec, stats.decoder) == (640, 360, "H.264", "software")
            and 20 <= stats.arriving_fps <= 30
            and stats.expected_fps == 25
            and (stats.bitrate_kbps > 200) == has_bitrate
        )

    return is_so


async def test_an_srt_camera_tells_its_figures_and_its_own_sound(tiles: Tiles) -> None:
    with streams.srt(has_sound=True) as sender:
        tile = tiles.open(sender.mrl)
        assert tile.level() == FLOOR_DBFS
        await comes(tile, LIVE)
        await until(lambda: tile.level() == pytest.approx(-18, abs=1.5), what="ffmpeg's sine of -18 dBFS")
        await knows(tile)
        picture = tile.picture()
        assert picture is not None
        assert 0 < picture.mono_ns <= time.monotonic_ns()


async def test_udp_rtp_and_a_sender_that_calls_tell_their_figures(tiles: Tiles) -> None:
    with streams.udp() as udp, streams.rtp() as rtp, streams.srt_caller() as caller:
        for mrl, has_bitrate in ((udp.mrl, True), (rtp.mrl, False), (caller.mrl, True)):  # libVLC counts no RTP
            tile = tiles.open(mrl, may_open=True)
            await comes(tile, LIVE)
            await knows(tile, has_bitrate=has_bitrate)
            assert tile.level() == FLOOR_DBFS


async def test_a_real_rtmp_server_s_stream_tells_its_figures(tiles: Tiles) -> None:
    with streams.rtmp() as sender:
        tile = tiles.open(sender.mrl)
        await comes(tile, LIVE)
        await knows(tile)
        await until(lambda: tile.level() > -25, what="its sound")


async def test_a_hidden_tile_is_watched_all_the_same(tiles: Tiles) -> None:
    with streams.udp() as sender:
        tile = tiles.open(sender.mrl)
        tile.rest(is_hidden=True)
        await comes(tile, LIVE)
        await knows(tile)
        assert tile.fps(time.monotonic_ns()) == tile.stats.arriving_fps
        sender.freeze()
        await comes(tile, STALLED, within_s=5)
        sender.thaw()
        await comes(tile, LIVE)


async def test_an_srt_peer_that_hangs_is_called_again(tiles: Tiles) -> None:
    with streams.Encoder() as encoder:
        tile = tiles.open(encoder.mrl)
        await comes(tile, LIVE)
        hung = encoder.sender.process
        assert hung is not None
        os.kill(hung.pid, signal.SIGSTOP)
        await comes(tile, STALLED, within_s=5)
        await comes(tile, LOST, within_s=10)
        assert "No picture from srt://127.0.0.1" in words(tile)
        hung.kill()
        await comes(tile, LIVE, within_s=25)
        assert tile.stats.reconnects == 1


async def test_an_rtmp_server_that_hangs_is_noticed_and_asked_again(tiles: Tiles) -> None:
    with streams.rtmp() as sender:
        port = int(sender.mrl.split(":")[2].partition("/")[0])
        async with Proxy(port) as proxy:
            tile = tiles.open(f"rtmp://127.0.0.1:{proxy.port}/live/cam")
            await comes(tile, LIVE)
            proxy.hold()
            await comes(tile, STALLED, within_s=5)
            await comes(tile, LOST, within_s=10)
            proxy.cut()
            proxy.be_fine()
            await comes(tile, LIVE, within_s=30)
            assert tile.stats.reconnects == 1


async def test_a_frozen_picture_is_doubt_and_a_black_one_is_named(tiles: Tiles, tmp_path: Path) -> None:
    """One sender after the other on one port: moving, then black, then a still that is encoded anew all the time."""
    with streams.udp() as sender:
        tile = tiles.open(sender.mrl)
        await comes(tile, LIVE)
        sender.source = ["-f", "lavfi", "-i", "color=black:size=640x360:rate=25"]
        sender.start()
        await comes(tile, CameraState.BLACK)
        sender.source = ["-f", "lavfi", "-i", "smptebars=size=640x360:rate=25"]
        sender.start()
        await comes(tile, CameraState.FROZEN)
        assert "do not change" in words(tile)
        sender.source = []
        sender.start()
        await comes(tile, LIVE)


async def test_a_password_opens_the_stream_and_is_seen_nowhere(
    tiles: Tiles, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv("CUEDROP_SECRET_CAM", PASSWORD)
    with streams.srt(passphrase=PASSWORD) as sender:
        tile = tiles.open(sender.mrl, secret="cam")
        await comes(tile, LIVE)
        assert tile.pid is not None
        assert PASSWORD not in " ".join(psutil.Process(tile.pid).cmdline())
        assert PASSWORD not in repr(tile.__dict__)
    await comes(tile, LOST)
    assert PASSWORD not in words(tile)
    assert PASSWORD not in caplog.text
    assert PASSWORD not in repr(tiles.journal.entries)


async def test_a_wrong_password_is_said_soon_and_never_shown(tiles: Tiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUEDROP_SECRET_CAM", "not-the-right-one")
    with streams.srt(passphrase=PASSWORD) as sender:
        tile = tiles.open(sender.mrl, secret="cam")
        await comes(tile, LOST)
        assert "the password is wrong" in words(tile)
        assert "not-the-right-one" not in words(tile)


async def test_a_password_that_is_not_in_the_keyring_is_asked_for_again(
    tiles: Tiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.cameras.tile.ASK_AGAIN_S", 0.1)
    with streams.srt(passphrase=PASSWORD) as sender:
        tile = tiles.open(sender.mrl, secret="not there yet")
        await comes(tile, LOST)
        assert "not there yet" in words(tile)
        monkeypatch.setenv("CUEDROP_SECRET_NOT_THERE_YET", PASSWORD)
        await comes(tile, LIVE)


async def test_a_page_that_wants_a_password_says_so_at_once(tiles: Tiles) -> None:
    answer = b'HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm="cam"\r\nContent-Length: 0\r\n\r\n'
    with streams.talker(answer) as place:
        tile = tiles.open(f"http://{place}/cam.ts")
        await comes(tile, LOST)
        assert "asks for a password" in words(tile)


async def test_a_worker_leaves_no_process_and_no_file_behind(tiles: Tiles) -> None:
    own, files = psutil.Process(), 0
    with streams.udp() as sender:
        for number in range(3):
            tile = tiles.open(sender.mrl)
            await comes(tile, LIVE)
            pid = tile.pid
            await tile.close()
            assert pid is not None
            assert not psutil.pid_exists(pid)
            files = files or own.num_fds()  # the first process costs multiprocessing a pipe, for good
            assert own.num_fds() <= files, f"more after {number + 1} tiles"
