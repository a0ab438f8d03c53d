"""The outbox through kills, lost answers and refusals: nothing is lost, nothing happens twice (law 3).

Then with buyers, on the real store: at the end both sides have the same orders, and the books are right.
"""

import tempfile
from pathlib import Path

from tests.commerce.order_chaos import soak_orders
from tests.commerce.test_kills import soak
from tests.soak.campaign import Effort, Result

EVENTS = 500


def run(effort: Effort, result: Result) -> None:
    """Each turn is some 500 events on a fresh outbox, and as many with buyers, with another seed."""
    for turn in effort.turns(10):
        seed = effort.seed + turn
        with tempfile.TemporaryDirectory() as folder:
            tally = soak(Path(folder), events=EVENTS, seed=seed)
        result.counts.update(
            rounds=1, events=tally.events, countdowns=tally.countdowns, kills=tally.kills, tries=tally.tries
        )
        _judge(tally, seed, result, ("lost", "doubled", "wrong_states"))
        with tempfile.TemporaryDirectory() as folder:
            sold = soak_orders(Path(folder), events=EVENTS, seed=seed)
        result.counts.update(
            events=sold.events, kills=sold.kills, orders=sold.orders, voided=sold.voided, paid=sold.paid
        )
        _judge(sold, seed, result, ("lost", "doubled", "wrong_orders", "wrong_drops", "wrong_books"))


def _judge(tally: object, seed: int, result: Result, what: tuple[str, ...]) -> None:
    result.losses += [
        f"seed {seed}: {number} {each.replace('_', ' ')}" for each in what if (number := getattr(tally, each))
    ]
