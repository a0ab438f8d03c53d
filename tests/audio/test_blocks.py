"""Streams cut into slots, and numbers that are none."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from console.audio.blocks import Slots, finite


@given(st.integers(1, 20), st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_slots_are_the_same_however_the_stream_is_cut(frames: int, lengths: list[int]) -> None:
    stream = np.arange(2.0 * sum(lengths), dtype=np.float32).reshape(-1, 2)
    slots = Slots(frames, columns=2)
    got = np.vstack([slots.feed(block) for block in np.split(stream, np.cumsum(lengths)[:-1])])
    full = len(stream) // frames
    assert got.tolist() == stream[: full * frames].reshape(full, frames, 2).tolist()


def test_a_block_of_numbers_is_not_copied_and_others_become_silence() -> None:
    block = np.ones((4, 2), np.float32)
    assert finite(block) is block
    block[1], block[2] = np.nan, -np.inf
    assert finite(block).tolist() == [[1, 1], [0, 0], [0, 0], [1, 1]]
