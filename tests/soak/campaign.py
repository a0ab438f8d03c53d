"""What a campaign gets and gives: how long to go on, what it counted, what was lost. And what a process holds."""

import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil


@dataclass(frozen=True, slots=True)
class Effort:
    """How long a campaign goes on: `times` turns (None: its own number), but no longer than `minutes`."""

    times: int | None = None
    minutes: float | None = None
    seed: int = 1

    def turns(self, usual: int) -> Iterator[int]:
        """The numbers of the turns, from 0."""
        ends_s = time.monotonic() + 60 * self.minutes if self.minutes is not None else float("inf")
        # Minutes alone mean: as many turns as they hold
        count = self.times if self.times is not None else usual if self.minutes is None else 1_000_000
        for turn in range(count):
            if time.monotonic() >= ends_s:
                return
            yield turn


@dataclass(slots=True)
class Result:
    """What a campaign counted, and each loss in a sentence; without losses it passed."""

    counts: Counter[str] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)

    def line(self, name: str, took_s: float) -> str:
        """The campaign's one line."""
        counted = ", ".join(f"{number} {what}" for what, number in self.counts.items())
        return f"{name}: {counted}; {len(self.losses)} lost; {took_s:.0f} s"


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds at one moment: open files, threads, child processes, resident memory in bytes."""

    files: int
    threads: int
    children: int
    rss: int

    @classmethod
    def by(cls, pid: int) -> "Held":
        """What the process holds now."""
        process = psutil.Process(pid)
        with process.oneshot():
            children = len(process.children(recursive=True))
            return cls(process.num_fds(), process.num_threads(), children, process.memory_info().rss)


def growth(looks: list[Held], *, warm: int = 3) -> list[str]:
    """What grew over the looks, the first `warm` not counted: a leak grows with every turn, a cache only at first.

    Compared are the medians of the first and of the last third, so that one look at a busy moment says nothing.
    """
    settled = looks[warm:]
    if len(settled) < 6:
        return []
    third = len(settled) // 3
    first, last = settled[:third], settled[-third:]
    found = []
    for name, limit in (("files", 2.0), ("threads", 2.0), ("children", 0.0)):
        before, after = (statistics.median(getattr(look, name) for look in part) for part in (first, last))
        if after - before > limit:
            found.append(f"{name} grew from {before:.0f} to {after:.0f} in {len(settled)} turns")
    before, after = (statistics.median(look.rss for look in part) / 1e6 for part in (first, last))
    if after - before > max(10.0, 0.1 * before):
        found.append(f"memory grew from {before:.0f} to {after:.0f} MB in {len(settled)} turns")
    return found
