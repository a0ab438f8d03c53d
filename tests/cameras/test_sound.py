"""The peak of a camera's own sound."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cameras.sound import BIN_NS, OLD_NS, SOUND_BYTES, SoundMeter, dbfs_of, peak_of
from console.cameras.state import FLOOR_DBFS

AT_NS = 1_000 * BIN_NS


def block(*samples: int) -> memoryview:
    return memoryview(array("h", samples))


@pytest.fixture
def meter() -> SoundMeter:
    return SoundMeter(memoryview(bytearray(SOUND_BYTES)))


def test_full_scale_is_zero_and_half_of_it_six_db_less() -> None:
    assert dbfs_of(peak_of(block(-32_768, 5))) == 0.0
    assert dbfs_of(peak_of(block(16_384, -5))) == pytest.approx(-6.02, abs=0.01)
    assert dbfs_of(peak_of(block())) == FLOOR_DBFS


def test_a_peak_is_told_for_a_moment_and_then_the_next(meter: SoundMeter) -> None:
    meter.hear(block(16_384), AT_NS)
    meter.hear(block(1), AT_NS + BIN_NS)
    assert meter.peak_dbfs(AT_NS + BIN_NS) == pytest.approx(-6.02, abs=0.01)
    meter.hear(block(1), AT_NS + 2 * BIN_NS)
    assert meter.peak_dbfs(AT_NS + 2 * BIN_NS) == pytest.approx(-90.3, abs=0.1)


def test_sound_that_stopped_coming_is_silence(meter: SoundMeter) -> None:
    assert meter.peak_dbfs(AT_NS) == FLOOR_DBFS
    meter.hear(block(16_384), AT_NS)
    assert meter.peak_dbfs(AT_NS + OLD_NS) == FLOOR_DBFS


@given(st.binary(min_size=SOUND_BYTES, max_size=SOUND_BYTES))
def test_a_worker_that_writes_nonsense_makes_no_nonsense_of_the_level(words: bytes) -> None:
    assert FLOOR_DBFS <= SoundMeter(memoryview(bytearray(words))).peak_dbfs() <= 0.0
