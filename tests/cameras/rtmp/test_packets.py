"""Real streams out of RTMP's messages: ffmpeg decodes every picture of them, and finds nothing to complain of."""

from pathlib import Path

import pytest

from console.cameras.rtmp.feed import Packets
from console.cameras.rtmp.mpegts import PACKET
from tests.cameras.rtmp import made

pytestmark = pytest.mark.real
X264 = "-c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p".split()


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([*X264, "-c:a", "aac"], ["aac", "h264"]),
        ([*X264, "-bf", "2", "-c:a", "libmp3lame", "-ar", "44100"], ["h264", "mp3"]),
        ([*X264, "-an"], ["h264"]),
        ([*X264, "-qp", "1", "-an"], ["h264"]),  # pictures beyond what one part of a stream can hold
    ],
)
def test_every_picture_is_decoded(tmp_path: Path, arguments: list[str], names: list[str]) -> None:
    packets = Packets()
    messages = made.flv(tmp_path / "made.flv", *arguments)
    stream = b"".join(packets.of(message, 1 + at / made.FPS) for at, message in enumerate(messages))
    count, complaints = made.decoded(tmp_path / "out.ts", stream)
    assert (count, complaints) == (50, [])
    assert made.codecs(tmp_path / "out.ts") == names
    assert len(stream) % PACKET == 0


def test_h265_is_decoded(tmp_path: Path) -> None:
    packets = Packets()
    messages = made.h265(tmp_path / "made.hevc")
    stream = b"".join(packets.of(message, 1 + at / made.FPS) for at, message in enumerate(messages))
    assert made.decoded(tmp_path / "out.ts", stream) == (50, [])
    assert made.codecs(tmp_path / "out.ts") == ["hevc"]


def test_a_sound_that_begins_later_joins(tmp_path: Path) -> None:
    packets = Packets()
    messages = made.flv(tmp_path / "made.flv", *X264, "-c:a", "aac")
    first = [message for message in messages[:40] if message.kind == 9]
    head = [message for message in messages[:40] if message.kind == 8 and message.body[1] == 0]
    late = [*first, *head, *messages[40:]]
    stream = b"".join(packets.of(message, 1 + at / made.FPS) for at, message in enumerate(late))
    count, complaints = made.decoded(tmp_path / "out.ts", stream)
    assert (count, complaints) == (50, [])
    assert made.codecs(tmp_path / "out.ts") == ["aac", "h264"]


def test_what_comes_in_one_go_is_stamped_so(tmp_path: Path) -> None:
    """Else libVLC would keep back what a server sends at first, and stay that far behind."""
    packets = Packets()
    messages = made.flv(tmp_path / "made.flv", *X264, "-an")
    stream = b"".join(packets.of(message, 7.0) for message in messages)
    times = [time for at in range(0, len(stream), PACKET) if (time := _clock(stream[at : at + PACKET])) is not None]
    assert len(times) == 51  # the leap is one of them
    assert times == sorted(set(times))
    assert times[-1] - times[1] < 90_000 // 100


def _clock(packet: bytes) -> int | None:
    """The programme's clock in a packet."""
    if not packet[3] & 0x20 or not packet[4] or not packet[5] & 0x10:
        return None
    return int.from_bytes(packet[6:12]) >> 15
