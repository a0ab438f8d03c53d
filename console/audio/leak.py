"""Is a listener's own voice in a return that Cuedrop mixed? Exact, pure numpy on what the engine recorded of itself.

The return is explained as a sum of the inputs (least squares, no delay: both are columns of the same blocks). What the
listener's own input contributes, in dB relative to that input, is the leak. An input that is silent, or that says the
same as the others, proves nothing. A voice that comes late, or through a codec, is for console.audio.leak_watch.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.matrix import Samples
from console.audio.state import FLOOR_DBFS, Leak

LEAK_FROM_DB: Final = -40.0
SILENT_BELOW_DBFS: Final = -60.0
SAME_BELOW: Final = 1e-4  # an own voice of which the others explain all but 1 % (amplitude) is not its own

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a test found, and in words.

    leak_db: the gain of the own voice in the return, or of the return in the microphone; delay_ms: how much later it
    comes; floor_db: a leak below this would not have been found. None: not measured.
    """

    leak: Leak
    detail: str
    leak_db: float | None = None
    delay_ms: float | None = None
    floor_db: float | None = None


def find_leak(inputs: Samples, heard: Samples, *, own: tuple[int, ...], others: tuple[int, ...]) -> Finding:
    """What a return holds of its listener's own inputs.

    inputs: shape (frames, inputs); heard: shape (frames, ports of the return). own: input columns of the listener;
    others: input columns that the return should hold now.
    """
    speaking = [column for column in range(inputs.shape[1]) if _dbfs(inputs[:, column]) > SILENT_BELOW_DBFS]
    own_speaking = [column for column in own if column in speaking]
    is_return_silent = all(_dbfs(heard[:, side]) <= SILENT_BELOW_DBFS for side in range(heard.shape[1]))
    if is_return_silent and any(column in speaking for column in others):
        return Finding(Leak.SILENT, "silent while others speak")
    if not own:
        return Finding(Leak.NOT_VERIFIABLE, "it has no listener with a channel of their own")
    if not own_speaking:
        return Finding(Leak.NOT_VERIFIABLE, "the listener's own channel is silent")
    rest = [column for column in speaking if column not in own_speaking]
    if any(_is_copy(inputs, column, rest) for column in own_speaking):
        return Finding(Leak.NOT_VERIFIABLE, "the listener's channel carries the same as another one")
    return _judge(_own_gain_db(inputs, heard, own_speaking, rest))


def _judge(own_db: float) -> Finding:
    if own_db >= LEAK_FROM_DB:
        return Finding(Leak.LEAK, f"own voice {own_db:.0f} dB", own_db)
    words = "own voice below -120 dB" if own_db <= FLOOR_DBFS else f"own voice {own_db:.0f} dB"
    return Finding(Leak.CLEAN, words, own_db)


def _own_gain_db(inputs: Samples, heard: Samples, own: list[int], rest: list[int]) -> float:
    """The highest gain from any own input to any port of the return."""
    found = _fit(inputs[:, own + rest], heard)[: len(own)]
    highest = float(np.abs(found).max())
    return max(FLOOR_DBFS, 20 * np.log10(highest)) if highest > 0 else FLOOR_DBFS


def _fit(sources: Samples, heard: Samples) -> Vector:
    """The gains, shape (sources, ports), that explain `heard` best."""
    exact = sources.astype(np.float64)
    gains = np.linalg.lstsq(exact.T @ exact, exact.T @ heard.astype(np.float64), rcond=None)[0]
    return np.asarray(gains, dtype=np.float64)


def _is_copy(inputs: Samples, column: int, rest: list[int]) -> bool:
    if not rest:
        return False
    voice = inputs[:, [column]].astype(np.float64)
    left = voice - inputs[:, rest].astype(np.float64) @ _fit(inputs[:, rest], inputs[:, [column]])
    return bool(np.sum(left**2) < SAME_BELOW * np.sum(voice**2))


def _dbfs(samples: Samples) -> float:
    """RMS in dBFS."""
    mean_square = float(np.mean(samples.astype(np.float64) ** 2))
    return max(FLOOR_DBFS, 10 * np.log10(mean_square)) if mean_square > 0 else FLOOR_DBFS
