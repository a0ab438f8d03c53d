"""The loop that finds out how two clocks differ, on clocks that are made up."""

import numpy as np
import pytest

from console.audio.drift import MOST_DRIFT, DriftLoop

PERIOD_S = 256 / 48_000


def run(loop: DriftLoop, ppm: float, seconds: float, *, late_s: float = 0.0, behind_s: float = 0.0) -> list[float]:
    """How far apart the two are from block to block, when each block comes late by up to `late_s`."""
    random = np.random.default_rng(1)
    apart = []
    for _ in range(round(seconds / PERIOD_S)):
        behind_s += (ppm * 1e-6 - loop.drift) * PERIOD_S
        loop.update(behind_s + random.uniform(0, late_s), PERIOD_S)
        apart.append(behind_s)
    return apart


@pytest.mark.parametrize("ppm", [-200, 0, 200])
def test_it_finds_the_drift_and_keeps_the_distance(ppm: float) -> None:
    loop = DriftLoop()
    apart = run(loop, ppm, 60, late_s=0.002)
    assert loop.drift * 1e6 == pytest.approx(ppm, abs=30)
    assert max(map(abs, apart)) < 0.003
    assert np.std(apart[-2_000:]) < 0.0002


def test_it_never_goes_further_than_it_may_and_recovers() -> None:
    loop = DriftLoop()
    run(loop, 3_000, 20)
    assert loop.drift == MOST_DRIFT
    loop.jumped()
    run(loop, 50, 120)
    assert loop.drift * 1e6 == pytest.approx(50, abs=10)


def test_what_the_clocks_differ_by_outlives_a_jump() -> None:
    loop = DriftLoop()
    run(loop, 100, 60)
    loop.jumped()
    assert loop.update(0.0, PERIOD_S) * 1e6 == pytest.approx(100, abs=5)
