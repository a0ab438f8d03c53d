"""A stream taken once and poured on as it is: every packet to every port, healed by itself, its reason told."""

import os
import signal
import socket
import threading
import time
from collections.abc import AsyncIterator

import psutil
import pytest

from console.cameras.messages import Stage
from console.cameras.packets import PACKET, SYNC
from console.cameras.relay import Relays, free_port, may_be_handed, why_not
from console.cameras.state import Camera as Tile
from console.cameras.state import CameraState, Origin
from console.core.journal import MemoryJournal
from console.settings.secrets import variable
from console.settings.show import Camera
from console.workers.supervisor import Supervisor
from tests.rigs import streams
from tests.waiting import until


class Ear:
    """Hears what comes to a UDP port, as OBS does."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while data := self._socket.recv(65_536):
            self.heard.append(data)

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()


@pytest.fixture
async def relays(journal: MemoryJournal) -> AsyncIterator[Relays]:
    supervisor = Supervisor(journal)
    relays = Relays(supervisor)
    yield relays
    await relays.close()
    await supervisor.close()


def playing(relays: Relays) -> bool:
    report = relays.report("Hall")
    return report is not None and report.stage is Stage.PLAYING


@pytest.mark.real
@pytest.mark.slow
async def test_a_stream_with_a_password_is_poured_on_and_comes_back_whatever_dies(
    relays: Relays, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv(variable("hall"), "0123456789")
    ear = Ear()
    request.addfinalizer(ear.close)
    with streams.Encoder(streams.srt_sender(passphrase="0123456789")) as encoder:
        camera = Camera(name="Hall", mrl=encoder.mrl, secret="hall", relay_port=ear.port)
        await relays.open((camera,), is_trusted=True)
        await until(lambda: playing(relays) and ear.heard, what="the stream", within_s=20)
        assert all(len(each) % PACKET == 0 and each[0] == SYNC for each in list(ear.heard))
        seen = relays.seen_as(camera)
        assert (seen.secret, seen.mrl) != (camera.secret, camera.mrl)
        pid = relays.pid("Hall")
        assert pid is not None
        assert "0123456789" not in str(psutil.Process(pid).cmdline())
        await relays.open((camera.model_copy(update={"scene": "Hall"}),), is_trusted=True)
        assert relays.pid("Hall") == pid  # what it takes is the same: it goes on undisturbed
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not playing(relays), what="the loss")
        ear.heard.clear()
        await until(lambda: playing(relays) and ear.heard, what="the stream again", within_s=20)
        await relays.open((), is_trusted=True)
        assert relays.report("Hall") is None


@pytest.mark.real
@pytest.mark.slow
async def test_what_is_no_mpeg_ts_is_named(relays: Relays) -> None:
    port = free_port()
    await relays.open((Camera(name="Hall", mrl=f"udp://@127.0.0.1:{port}", relay_port=free_port()),), is_trusted=True)
    is_over = threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while not is_over.wait(0.002):
                sender.sendto(b"no picture " * 100, ("127.0.0.1", port))

    thread = threading.Thread(target=send)
    thread.start()
    await until(lambda: "no MPEG-TS" in getattr(relays.report("Hall"), "why", ""), what="the reason", within_s=20)
    tile = relays.told(Tile("Hall", None, Origin.WORKER, CameraState.STALLED, since_mono_ns=0))
    assert (tile.state, tile.why.startswith("What comes is no MPEG-TS")) == (CameraState.LOST, True)
    assert 0 < tile.since_mono_ns <= time.monotonic_ns()
    is_over.set()
    thread.join()


async def test_nothing_far_is_taken_before_the_yes(relays: Relays) -> None:
    camera = Camera(name="Hall", mrl="srt://192.0.2.7:9000", relay_port=free_port())
    await relays.open((camera,), is_trusted=False)
    assert relays.report("Hall") is None
    assert relays.seen_as(camera) is camera


@pytest.mark.parametrize(
    ("camera", "may"),
    [
        (Camera(name="A", mrl="srt://192.0.2.7:9000"), True),
        (Camera(name="A", mrl="srt://:9000?mode=listener"), True),
        (Camera(name="A", mrl="udp://@:5000"), True),
        (Camera(name="A", mrl="rtmp://192.0.2.7/live"), False),
        (Camera(name="A", mrl="v4l2:///dev/video0"), False),
        (Camera(name="A", mrl="/clips/a.mp4"), False),
        (Camera(name="A", scene="Wide"), False),
        (Camera(name="A", source="Encoder"), True),
    ],
)
def test_what_several_programs_can_open_or_none_is_not_handed_over(camera: Camera, may: bool) -> None:
    assert may_be_handed(camera) is may
    refused = why_not(camera)
    assert refused is None or refused.fix
