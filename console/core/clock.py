"""The clock as a port, so that tests can step it by an hour."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Wall time for people and other machines, monotonic time for durations."""

    def now(self) -> datetime:
        """Wall time, aware, UTC."""
        ...

    def mono_ns(self) -> int:
        """Monotonic nanoseconds; CLOCK_MONOTONIC, shared by all processes of this machine's boot."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Wall time, aware, UTC."""
        return datetime.now(UTC)

    def mono_ns(self) -> int:
        """Monotonic nanoseconds."""
        return time.monotonic_ns()


class SteppedClock:
    """A clock for tests: stands still until it is told to go."""

    def __init__(self, at: datetime = datetime(2026, 1, 2, 12, tzinfo=UTC)) -> None:
        self._at = at
        self._mono_ns = 1_000_000_000

    def now(self) -> datetime:
        """Wall time as stepped."""
        return self._at

    def mono_ns(self) -> int:
        """Monotonic nanoseconds as stepped."""
        return self._mono_ns

    def step(self, seconds: float, *, wall_only: bool = False) -> None:
        """Move on by `seconds`; with `wall_only` as when somebody sets the machine's clock."""
        self._at += timedelta(seconds=seconds)
        if not wall_only:
            self._mono_ns += round(seconds * 1e9)


def rfc3339(at: datetime) -> str:
    """`at` as the journal and the wire write it: UTC, milliseconds, `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
