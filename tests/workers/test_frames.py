"""The shared triple buffer: never torn, whatever the writer's and the reader's speed."""

import multiprocessing
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.workers.frames import Frame, FrameReader, FrameWriter, frames_size, stride_of
from console.workers.shared import SharedFile

WIDTH, HEIGHT = 64, 36


def picture(number: int, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    return bytes([number % 251]) * (stride_of(width) * height)


def memory(width: int = WIDTH, height: int = HEIGHT) -> memoryview:
    return memoryview(bytearray(frames_size(width, height)))


def is_of_one_piece(frame: Frame) -> bool:
    """The writer of these tests fills picture n with the byte n modulo 251."""
    return bytes(frame.pixels) == picture(frame.sequence, frame.width, frame.height)


def test_there_is_no_picture_before_the_first() -> None:
    buffer = memory()
    assert FrameReader(buffer).latest() is None
    FrameWriter(buffer)
    assert FrameReader(buffer).latest() is None


def test_the_newest_picture_is_read_without_copying() -> None:
    buffer = memory()
    writer, reader = FrameWriter(buffer), FrameReader(buffer)
    writer.write(WIDTH, HEIGHT, picture(1), mono_ns=5)
    writer.write(WIDTH, HEIGHT, picture(2), mono_ns=7)
    frame = reader.latest()
    assert frame is not None
    assert (frame.sequence, frame.width, frame.height, frame.mono_ns) == (2, WIDTH, HEIGHT, 7)
    assert (reader.sequence, reader.mono_ns) == (2, 7)
    assert is_of_one_piece(frame)
    assert frame.pixels.obj is buffer.obj


def test_a_picture_larger_than_the_memory_is_refused() -> None:
    writer = FrameWriter(memory())
    assert not writer.fits(WIDTH, HEIGHT + 1)
    with pytest.raises(ValueError, match="does not fit"):
        writer.begin(WIDTH, HEIGHT + 1)
    with pytest.raises(ValueError, match="nothing was begun"):
        writer.commit(1)


def test_the_size_of_the_source_is_told() -> None:
    buffer = memory()
    FrameWriter(buffer).set_source(1920, 1080)
    assert FrameReader(buffer).source_size == (1920, 1080)


def test_a_writer_that_died_in_the_middle_is_followed_by_one_that_goes_on() -> None:
    buffer = memory()
    first, reader = FrameWriter(buffer), FrameReader(buffer)
    first.write(WIDTH, HEIGHT, picture(1), mono_ns=1)
    first.begin(WIDTH, HEIGHT)[:10] = b"x" * 10
    second = FrameWriter(buffer)
    before = reader.latest()
    assert before is not None
    assert is_of_one_piece(before)
    assert second.write(WIDTH, HEIGHT, picture(2), mono_ns=2) == 2
    after = reader.latest()
    assert after is not None
    assert is_of_one_piece(after)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["begin", "commit", "read", "check", "new writer"]),
            st.integers(1, WIDTH),
            st.integers(1, HEIGHT),
        ),
        max_size=60,
    )
)
def test_what_was_read_stays_whole_until_the_next_read_in_any_order(
    steps: list[tuple[str, int, int]],
) -> None:
    buffer = memory()
    writer, reader = FrameWriter(buffer), FrameReader(buffer)
    shown: Frame | None = None
    begun = False
    for step, width, height in steps:
        if step == "new writer":
            writer, begun = FrameWriter(buffer), False
        elif step == "begin":
            view = writer.begin(width, height)
            view[:] = picture(reader.sequence + 1, width, height)
            begun = True
        elif step == "commit" and begun:
            writer.commit(1)
            begun = False
        elif step == "read":
            shown = reader.latest()
            assert shown is None or shown.sequence == reader.sequence
        if shown is not None:
            assert reader.is_whole(shown)
            assert is_of_one_piece(shown)


@given(st.binary(min_size=256, max_size=256))
@settings(max_examples=200)
def test_a_header_full_of_nonsense_never_leads_outside_the_memory(header: bytes) -> None:
    buffer = memory()
    FrameWriter(buffer).write(WIDTH, HEIGHT, picture(1), mono_ns=1)
    magic = bytes(buffer[:8])
    buffer[: len(header)] = header
    buffer[:8] = magic
    frame = FrameReader(buffer).latest()
    assert frame is None or len(frame.pixels) == frame.stride * frame.height


def write_for_ever(path: str) -> None:
    writer = FrameWriter(SharedFile.open(path).buffer)
    number = 0
    while True:
        number += 1
        size = (WIDTH, HEIGHT) if number % 3 else (WIDTH // 2, HEIGHT // 2)
        writer.write(*size, picture(number, *size), mono_ns=time.monotonic_ns())


@pytest.mark.slow
def test_a_real_writer_at_full_speed_never_tears_a_picture() -> None:
    shared = SharedFile.create(frames_size(WIDTH, HEIGHT))
    reader = FrameReader(shared.buffer)
    process = multiprocessing.get_context("spawn").Process(target=write_for_ever, args=(shared.path,), daemon=True)
    process.start()
    try:
        deadline = time.monotonic() + 20
        seen = 0
        last = 0
        while seen < 20_000 and time.monotonic() < deadline:
            frame = reader.latest()
            if frame is None or frame.sequence == last:
                continue
            assert is_of_one_piece(frame)
            assert reader.is_whole(frame)
            assert frame.sequence > last
            last = frame.sequence
            seen += 1
        assert seen >= 1_000
    finally:
        process.kill()
        process.join()
        process.close()
    frame = None
    del reader
    shared.close()
