"""The outbox through kills, lost answers and refusals: nothing is lost, nothing happens twice (law 3)."""

import tempfile
from pathlib import Path

from tests.commerce.test_kills import soak
from tests.soak.campaign import Effort, Result

EVENTS = 240


def run(effort: Effort, result: Result) -> None:
    """Each turn is some 240 events on a fresh outbox with another seed."""
    for turn in effort.turns(10):
        with tempfile.TemporaryDirectory() as folder:
            tally = soak(Path(folder), events=EVENTS, seed=effort.seed + turn)
        result.counts.update(
            rounds=1, events=tally.events, countdowns=tally.countdowns, kills=tally.kills, tries=tally.tries
        )
        for what in ("lost", "doubled", "wrong_states"):
            if number := getattr(tally, what):
                result.losses.append(f"seed {effort.seed + turn}: {number} {what.replace('_', ' ')}")
