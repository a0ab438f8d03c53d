"""libVLC shows each picture of RTMP before the next one comes, the first one too."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console.cameras.mrl import media_options, parse_mrl
from console.cameras.player import Phase, Player
from console.cameras.rtmp.chunks import Message
from console.workers.frames import FrameWriter, frames_size
from tests.cameras.rtmp import made
from tests.cameras.rtmp.server import ServerSide
from tests.waiting import until

pytestmark = pytest.mark.real
X264 = "-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p".split()
PICTURES = 10


@contextmanager
def served(messages: list[Message]) -> Iterator[str]:
    """An address that plays `messages` to one viewer, all at once, and then waits; yields it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            line, _ = listener.accept()
            server = ServerSide(messages)
            with line:
                while data := line.recv(65_536):
                    line.sendall(server.feed(data))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"rtmp://127.0.0.1:{listener.getsockname()[1]}/live/cam"
        thread.join()


def h264(path: Path) -> list[Message]:
    return made.flv(path.with_suffix(".flv"), *X264, "-an", pictures=PICTURES)


def with_sound(path: Path) -> list[Message]:
    return made.flv(path.with_suffix(".flv"), *X264, "-c:a", "aac", pictures=PICTURES)


def h265(path: Path) -> list[Message]:
    return made.h265(path.with_suffix(".hevc"), pictures=PICTURES)


# libVLC reckons the time of H.265's second picture itself, and at the beginning may find it past
@pytest.mark.parametrize(("encoded", "lost"), [(h264, 0), (with_sound, 0), (h265, 1)])
async def test_as_many_pictures_are_shown_as_came(
    tmp_path: Path, encoded: Callable[[Path], list[Message]], lost: int
) -> None:
    memory = memoryview(bytearray(frames_size(640, 360)))
    player = Player(FrameWriter(memory), memory, lambda samples, at_ns: None)
    with served(encoded(tmp_path / "made")) as mrl:
        address = parse_mrl(mrl)
        player.open(address, media_options(address, ()))
        await until(lambda: player.stats().decoded >= PICTURES - lost, what="the last picture", within_s=20)
        assert player.phase is Phase.PLAYING
        assert player.close(patience_s=10)
    assert player.errors == []
