"""The engine's shared memory: what is read is whole, or nothing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from console.workers.rings import CaptureRing, Counter, MeterBlock


def ring(frames: int, columns: int = 2) -> CaptureRing:
    buffer = memoryview(bytearray(CaptureRing.size(frames=frames, columns=columns)))
    return CaptureRing(buffer, frames=frames, columns=columns)


@given(st.lists(st.integers(1, 16), max_size=40), st.integers(0, 40), st.integers(0, 80))
def test_a_ring_gives_the_frames_that_it_holds_and_nothing_else(blocks: list[int], wanted: int, back: int) -> None:
    one, written = ring(32), 0
    for frames in blocks:
        numbers = np.arange(written, written + frames, dtype=np.float32)
        one.write(np.stack((numbers, -numbers), axis=1))
        written += frames
    end = max(0, written - back)
    read = one.read(end, wanted)
    if end - wanted < 0 or end - wanted < written - 32:
        assert read is None
    else:
        assert read is not None
        assert read[:, 0].tolist() == list(range(end - wanted, end))
        assert np.array_equal(read[:, 1], -read[:, 0])


def test_frames_that_are_yet_to_come_are_not_given() -> None:
    one = ring(32)
    one.write(np.zeros((8, 2), dtype=np.float32))
    assert one.read(9, 4) is None
    assert one.end == 8


def test_a_reading_is_whole_and_a_writer_that_died_in_the_middle_harms_nobody() -> None:
    meters = MeterBlock(memoryview(bytearray(MeterBlock.size(rows=2, columns=3))), rows=2, columns=3)
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    meters.counters[Counter.XRUNS] = 7
    meters.write(rows)
    assert np.array_equal(meters.read().rows, rows)
    assert meters.read()[Counter.XRUNS] == 7
    meters.counters[Counter.SEQUENCE] |= 1  # killed here
    meters.read()
    meters.write(rows * 2)
    assert meters.read()[Counter.SEQUENCE] % 2 == 0
    assert np.array_equal(meters.read().rows, rows * 2)
