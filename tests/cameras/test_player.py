"""libVLC plays real streams into shared memory: at the size that is shown, from one picture to the next."""

from collections.abc import Callable, Iterator

import pytest

from console.cameras.mrl import media_options, parse_mrl
from console.cameras.player import Phase, Player
from console.cameras.tracks import VideoTrack
from console.workers.frames import FrameReader, FrameWriter, frames_size
from tests.rigs import streams
from tests.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.slow]


class Playing:
    def __init__(self, hear: Callable[[memoryview, int], None] | None = None) -> None:
        memory = memoryview(bytearray(frames_size(1280, 720)))
        self.frames = FrameReader(memory)
        self.player = Player(FrameWriter(memory), memory, hear)

    def open(self, mrl: str) -> None:
        address = parse_mrl(mrl)
        self.player.open(address, media_options(address, ()))

    def size(self) -> tuple[int, int]:
        frame = self.frames.latest()
        return (frame.width, frame.height) if frame else (0, 0)


@pytest.fixture
def playing() -> Iterator[Playing]:
    it = Playing()
    yield it
    assert it.player.close(patience_s=10)


async def test_a_live_picture_changes_its_size_without_a_gap(playing: Playing) -> None:
    with streams.udp() as sender:
        playing.open(sender.mrl)
        await until(lambda: playing.size() == (640, 360), within_s=20)
        came = playing.player.stats().decoded
        playing.player.size = (320, 180)
        await until(lambda: playing.size() == (320, 180))
        assert playing.player.phase is Phase.PLAYING
        assert playing.player.stats().decoded > came  # opened anew it would count from the beginning


async def test_a_hidden_picture_is_counted_and_not_published(playing: Playing) -> None:
    with streams.udp() as sender:
        playing.open(sender.mrl)
        await until(lambda: playing.frames.sequence, within_s=20)
        playing.player.rest(is_hidden=True)
        shown = playing.frames.sequence + 1  # one may be on its way
        came = playing.player.stats().decoded
        await until(lambda: playing.player.stats().decoded > came + 10)
        assert playing.frames.sequence <= shown
        assert playing.player.samples()
        playing.player.rest(is_hidden=False)
        await until(lambda: playing.frames.sequence > shown)


async def test_a_live_stream_is_heard_without_a_sound_device() -> None:
    heard: list[int] = []
    playing = Playing(lambda samples, at_ns: heard.append(max(samples)))
    with streams.rtmp() as sender:
        playing.open(sender.mrl)
        await until(lambda: max(heard, default=0) > 1_000, within_s=20)
        assert playing.player.close(patience_s=10)


async def test_no_picture_is_lost_of_a_sender_that_tells_a_lower_rate_than_it_sends(playing: Playing) -> None:
    with streams.udp() as sender:
        sender.output[:0] = ["-frames:v", "100", "-bsf:v", "h264_metadata=tick_rate=10"]  # it tells five a second
        sender.start()
        playing.open(sender.mrl)
        await until(lambda: sender.process is not None and sender.process.poll() is not None, within_s=30)
        assert playing.player.stats().decoded > 50  # of those five a second it would be 20


def test_a_rate_that_is_known_later_than_its_stream_is_told(playing: Playing, monkeypatch: pytest.MonkeyPatch) -> None:
    known = [VideoTrack(0, 0, 0, 0.0, "H.264"), VideoTrack(640, 360, 640, 25.0, "H.264")]
    monkeypatch.setattr("console.cameras.player.video_track", lambda media: known.pop(0))
    playing.open(f"udp://@127.0.0.1:{streams.free_port()}")  # nobody sends: libVLC itself asks for no track
    assert [playing.player.stats().expected_fps for _ in range(3)] == [0.0, 25.0, 25.0]
