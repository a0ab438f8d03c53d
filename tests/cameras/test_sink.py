"""What becomes of a player's pictures: published, only noted, or known as repeats."""

import ctypes

import numpy as np
import pytest

from console.cameras.scaling import size_of
from console.cameras.sink import SHOWN_AGAIN_NS, PictureSink
from console.workers.frames import FrameReader, FrameWriter, frames_size

SOURCE = (1280, 720)


class Rig:
    def __init__(self) -> None:
        self.memory = memoryview(bytearray(frames_size(1280, 720)))
        self.sink = PictureSink(FrameWriter(self.memory), self.memory)
        self.frames = FrameReader(self.memory)

    def send(
        self, luma: int, *, source: tuple[int, int] = SOURCE, wide: int | None = None, again: bool = False
    ) -> None:
        pixels = np.full(size_of(*source), 128, np.uint8)
        pixels[: source[0] * source[1]] = luma
        ctypes.memmove(self.sink.room_at(pixels.size), pixels.ctypes.data, pixels.size)
        self.sink.take(source, wide=wide, may_repeat=again)

    def shown(self) -> tuple[int, int, int]:
        """Width, height and brightness of what is published."""
        frame = self.frames.latest()
        assert frame is not None
        return frame.width, frame.height, frame.pixels[0]


def test_each_new_picture_is_published_at_the_size_of_the_tile() -> None:
    rig = Rig()
    rig.send(235)
    assert rig.shown() == (640, 360, 255)
    rig.sink.size = (384, 216)
    rig.send(16)
    assert rig.shown() == (384, 216, 0)
    assert rig.frames.source_size == (1280, 720)


def test_a_picture_is_never_made_larger_than_its_source() -> None:
    rig = Rig()
    rig.sink.size = (1280, 720)
    rig.send(235, source=(320, 180))
    assert rig.shown()[:2] == (320, 180)


def test_pixels_that_are_not_square_are_shown_as_they_are_meant() -> None:
    rig = Rig()
    rig.send(235, source=(720, 576), wide=1024)
    assert rig.shown()[:2] == (640, 360)


def test_the_same_picture_again_counts_and_is_not_published_twice() -> None:
    rig = Rig()
    for _ in range(3):
        rig.send(100)
    assert rig.frames.sequence == 1
    assert rig.sink.came == 3


def test_the_same_picture_is_published_anew_for_a_tile_of_another_size() -> None:
    rig = Rig()
    rig.send(100)
    rig.sink.size = (320, 180)
    rig.send(100)
    assert rig.shown()[:2] == (320, 180)


def test_what_libvlc_shows_again_for_want_of_pictures_did_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    rig, now_ns = Rig(), 1_000_000_000
    monkeypatch.setattr("console.cameras.sink.time.monotonic_ns", lambda: now_ns)
    rig.send(100, again=True)
    now_ns += SHOWN_AGAIN_NS
    rig.send(100, again=True)
    assert rig.sink.came == 1
    assert rig.frames.mono_ns == 1_000_000_000
    rig.send(100, again=True)  # sooner than libVLC would: the stream sent it
    assert rig.sink.came == 2


def test_a_hidden_tile_shows_nothing_new_and_is_watched_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rig, now_ns = Rig(), 5
    monkeypatch.setattr("console.cameras.sink.time.monotonic_ns", lambda: now_ns)
    rig.send(235)
    rig.sink.is_hidden = True
    now_ns = 9
    rig.send(16)
    assert rig.frames.sequence == 1
    assert rig.frames.mono_ns == 9
    assert rig.sink.came == 2
    assert set(rig.sink.samples()) == {0}


def test_a_tile_that_is_seen_again_shows_the_newest_though_it_does_not_change_any_more() -> None:
    rig = Rig()
    rig.send(235)
    rig.sink.is_hidden = True
    rig.send(16)
    rig.sink.is_hidden = False
    rig.send(16)
    assert rig.shown() == (640, 360, 0)


def test_a_stream_that_begins_hidden_shows_its_first_picture() -> None:
    rig = Rig()
    rig.sink.is_hidden = True
    rig.send(235)
    assert rig.shown() == (640, 360, 255)
    rig.sink.restart()
    rig.send(16)
    assert rig.shown() == (640, 360, 0)


def test_a_stream_may_change_its_size() -> None:
    rig = Rig()
    for source in ((1280, 720), (640, 480), (1920, 1080), (333, 77)):
        rig.send(235, source=source)
        assert rig.frames.source_size == source
        assert rig.shown()[2] == 255


def test_there_are_no_samples_before_the_first_picture() -> None:
    assert Rig().sink.samples() == b""
