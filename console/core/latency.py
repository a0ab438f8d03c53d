"""How long things took, in two numbers. Pure; seconds."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Latency:
    """The middle one, and by when nine of ten had come (nearest rank), seconds."""

    p50_s: float
    p90_s: float

    @classmethod
    def of(cls, took_s: Sequence[float]) -> "Latency | None":
        """Of durations in rising order, seconds; None of none."""
        if not took_s:
            return None
        return cls(statistics.median(took_s), took_s[-(-9 * len(took_s) // 10) - 1])
