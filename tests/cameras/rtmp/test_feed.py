"""What libVLC is given to read, from a server on a real socket."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from console.cameras.rtmp.chunks import Message, chunked
from console.cameras.rtmp.feed import RtmpFeed
from tests.cameras.rtmp.server import ServerSide, told
from tests.cameras.rtmp.test_flv import AVC_HEAD, coded
from tests.rigs.streams import free_port
from tests.waiting import until_blocking

PLENTY = 65_536


class Rig:
    """A feed and its server; what libVLC would read is read by a thread."""

    def __init__(self, line: socket.socket, feed: RtmpFeed) -> None:
        self.line = line
        self.feed = feed
        self.came = bytearray()
        self.thread = threading.Thread(target=self._read, daemon=True)

    def _read(self) -> None:
        while part := self.feed.read(PLENTY):
            self.came += part


@contextmanager
def rig(messages: list[Message], said: list[str]) -> Iterator[Rig]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        feed = RtmpFeed(f"rtmp://127.0.0.1:{listener.getsockname()[1]}/live/cam", said.append)
        assert feed.open()
        line, _ = listener.accept()
        it = Rig(line, feed)
        it.thread.start()
        server = ServerSide(messages)
        with line:
            while not any(words[0] == "play" for words in server.commands):
                line.sendall(server.feed(line.recv(PLENTY)))
            yield it
            feed.close()
            it.thread.join()
        feed.end()


@pytest.fixture
def said() -> list[str]:
    return []


def picture(body: bytes) -> Message:
    return Message(9, 5, body)


def test_a_picture_is_handed_out_before_the_next_one_comes(said: list[str]) -> None:
    with rig([picture(AVC_HEAD), picture(coded(0x17, b"a key frame"))], said) as it:
        until_blocking(lambda: b"a key frame" in it.came)
        it.line.sendall(chunked(6, picture(coded(0x27, b"the next one"))))
        until_blocking(lambda: b"the next one" in it.came)
    assert said == []


def test_closing_ends_a_read_that_waits(said: list[str]) -> None:
    with rig([], said) as it:
        it.feed.close()
        it.thread.join(10)
        assert not it.thread.is_alive()
    assert said == []


def test_the_end_of_the_stream_is_the_end_and_no_error(said: list[str]) -> None:
    with rig([], said) as it:
        it.line.sendall(told("onStatus", 0.0, None, {"code": "NetStream.Play.UnpublishNotify"}))
        it.thread.join(10)
        assert not it.thread.is_alive()
    assert said == []


def test_a_refusal_is_told(said: list[str]) -> None:
    with rig([], said) as it:
        status = {"level": "error", "code": "NetStream.Play.StreamNotFound", "description": "No such stream."}
        it.line.sendall(told("onStatus", 0.0, None, status))
        it.thread.join(10)
    assert said == ["NetStream.Play.StreamNotFound No such stream."]
    assert not it.feed.is_beyond


def test_a_codec_that_is_not_read_here_is_left_to_libvlc(said: list[str]) -> None:
    with rig([picture(b"\x12\0\0")], said) as it:
        it.thread.join(10)
    assert it.feed.is_beyond


def test_a_line_that_breaks_is_told(said: list[str]) -> None:
    with rig([], said) as it:
        it.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # closes with a reset
        it.line.close()
        it.thread.join(10)
        assert not it.thread.is_alive()
    assert len(said) == 1


def test_a_port_that_nobody_listens_on_and_a_name_that_nobody_knows_are_told(said: list[str]) -> None:
    for host in (f"127.0.0.1:{free_port()}", "camera.invalid", "a" * 70 + ".invalid"):
        with suppress(OSError):
            assert not RtmpFeed(f"rtmp://{host}/live/cam", said.append).open()
    assert said[0] == "connection refused"
    assert said[1] == "cannot resolve the name"
    assert len(said) == 3
