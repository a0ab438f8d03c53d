"""Buyers buy, pay and give back while the console is killed: both sides end with the same orders (law 3)."""

from pathlib import Path

import pytest

from tests.commerce.order_chaos import soak_orders


@pytest.mark.slow
def test_after_kills_and_lost_answers_both_sides_have_the_same_orders_and_the_books_are_right(tmp_path: Path) -> None:
    tally = soak_orders(tmp_path, events=40, seed=3)
    print(tally)
    assert tally.orders > 10
    assert tally.kills >= 4
    assert (tally.lost, tally.doubled) == (0, 0)
    assert (tally.wrong_orders, tally.wrong_drops, tally.wrong_books) == (0, 0, 0)
