"""The leak test's verdicts, on numbers alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.audio.leak import find_leak
from console.audio.state import Leak

FRAMES = 24_000


def voices(count: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return (np.random.default_rng(3).standard_normal((FRAMES, count)) * 0.1).astype(np.float32)


def heard(*columns: np.ndarray[tuple[int], np.dtype[np.float32]]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return sum(columns, np.zeros(FRAMES, dtype=np.float32)).reshape(-1, 1).astype(np.float32)


def test_the_sum_of_the_others_alone_is_clean() -> None:
    v = voices(3)
    finding = find_leak(v, heard(v[:, 0], v[:, 2]), own=(1,), others=(0, 2))
    assert finding.leak is Leak.CLEAN
    assert finding.leak_db is not None
    assert finding.leak_db < -100


@given(leak_db=st.floats(-90, 0))
@settings(deadline=None, max_examples=25)
def test_a_leak_is_measured_and_red_from_minus_40(leak_db: float) -> None:
    v = voices(3)
    own = v[:, 1] * np.float32(10 ** (leak_db / 20))
    finding = find_leak(v, heard(v[:, 0], own), own=(1,), others=(0, 2))
    assert finding.leak_db == pytest.approx(leak_db, abs=0.1)
    if abs(leak_db + 40) > 0.1:
        assert finding.leak is (Leak.LEAK if leak_db > -40 else Leak.CLEAN)


def test_a_silent_return_while_others_speak_is_silent() -> None:
    assert find_leak(voices(2), heard(), own=(1,), others=(0,)).leak is Leak.SILENT


def test_a_silent_listener_proves_nothing() -> None:
    v = voices(2)
    v[:, 1] = 0
    assert find_leak(v, heard(v[:, 0]), own=(1,), others=(0,)).leak is Leak.NOT_VERIFIABLE


def test_a_voice_that_another_channel_carries_too_proves_nothing() -> None:
    v = voices(2)
    v[:, 1] = v[:, 0] * np.float32(0.7)
    assert find_leak(v, heard(v[:, 0]), own=(1,), others=(0,)).leak is Leak.NOT_VERIFIABLE


def test_a_return_of_nobody_proves_nothing() -> None:
    v = voices(2)
    assert find_leak(v, heard(v[:, 0]), own=(), others=(0, 1)).leak is Leak.NOT_VERIFIABLE


def test_a_listener_alone_on_air_who_is_not_in_their_return_is_clean() -> None:
    v = voices(2)
    v[:, 0] = 0
    assert find_leak(v, heard(), own=(1,), others=(0,)).leak is Leak.CLEAN
