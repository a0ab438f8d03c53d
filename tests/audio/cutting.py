"""Sound cut into blocks, for tests that say that the cuts do not matter."""

from collections.abc import Iterable, Iterator
from itertools import cycle

from hypothesis import strategies as st

from console.audio.blocks import Samples

LENGTHS = st.lists(st.integers(1, 8_192), min_size=8, max_size=30)
"""Lengths of blocks, as any device or reader may deliver them."""


def blocks(sound: Samples, lengths: Iterable[int]) -> Iterator[Samples]:
    """The whole sound, in blocks of these lengths over and over."""
    start = 0
    for length in cycle(lengths):
        if start >= len(sound):
            return
        yield sound[start : start + length]
        start += length
