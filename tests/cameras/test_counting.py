"""A stream's figures, from counters that come in lumps; and what a track says of itself."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cameras.counting import Counting
from console.cameras.messages import StreamStats
from console.cameras.state import Stats
from console.cameras.tracks import codec_name, frame_rate

STREAM = StreamStats(expected_fps=25.0, width=1280, height=720, codec="H.264", decoder="software")


def test_the_figures_come_once_a_second_and_are_those_of_that_second() -> None:
    counting, told = Counting(), []
    for tick in range(41):
        at = replace(STREAM, decoded=tick * 5 // 2, read_bytes=tick * 25_000, dropped=tick // 20)
        told.append(counting.at(tick / 10, at, tick * 5))
    given_at = [number / 10 for number, stats in enumerate(told) if stats]
    assert given_at == [1.0, 2.0, 3.0, 4.0]
    assert told[-1] == Stats(25.0, 25.0, 2, 2_000.0, 1280, 720, "H.264", "software")


def test_a_still_at_a_low_rate_is_counted_by_what_was_decoded() -> None:
    counting = Counting()
    counting.at(0.0, STREAM, 0)
    stats = counting.at(1.0, STREAM, 20)  # libVLC 3 counts each picture twice
    assert stats is not None
    assert stats.arriving_fps == 10.0


def test_a_stream_that_is_opened_anew_starts_at_zero() -> None:
    counting = Counting()
    counting.at(0.0, replace(STREAM, decoded=5_000, read_bytes=9_000_000), 10_000)
    counting.restart()
    assert counting.at(1.0, STREAM, 0) is None
    stats = counting.at(2.0, replace(STREAM, decoded=30), 60)
    assert stats is not None
    assert (stats.arriving_fps, stats.bitrate_kbps) == (30.0, 0.0)


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 10**9), st.integers(0, 10**9)), max_size=40))
def test_no_figure_is_below_zero_whatever_the_gaps_are(steps: list[tuple[float, int, int]]) -> None:
    counting, at_s, decoded, read = Counting(), 0.0, 0, 0
    for gap_s, pictures, size in steps:
        at_s, decoded, read = at_s + gap_s, decoded + pictures, read + size
        stats = counting.at(at_s, replace(STREAM, decoded=decoded, read_bytes=read), 2 * decoded)
        assert stats is None or min(stats.arriving_fps, stats.bitrate_kbps) >= 0


@pytest.mark.parametrize(
    ("number", "per", "fps"), [(25, 1, 25.0), (30_000, 1_001, 29.97), (1_000, 1, 0.0), (0, 0, 0.0)]
)
def test_a_rate_that_is_a_clock_is_none(number: int, per: int, fps: float) -> None:
    assert frame_rate(number, per) == fps


def test_codecs_have_the_names_that_people_use() -> None:
    assert codec_name(int.from_bytes(b"h264", "little")) == "H.264"
    assert codec_name(int.from_bytes(b"hevc", "little")) == "H.265"
    assert codec_name(int.from_bytes(b"abc\0", "little")) == "abc"
