"""Killed at any point: nothing is lost, nothing happens twice, every drop ends as it was last pressed (law 3)."""

import random
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commerce.child import CLOCK, DROPS, SetClock
from tests.commerce.consoles import Child
from tests.commerce.fake_shop import FakeShop, _Handler


class Chaos:
    """A quarter of the answers is lost behind the effect, 15 % are refused before it, all take their time.

    A few come when nobody waits for them any more.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def __call__(self, handler: _Handler, when: str) -> bool:
        dice = self.random.random()
        if when == "before":
            time.sleep(self.random.uniform(0.0, 0.03))
            if dice < 0.15:
                handler.answer(self.random.choice([500, 503, 409, 429]))
                return True
        if when == "after" and dice < 0.25:
            handler.hang_up()
            return True
        if when == "after" and dice < 0.28:
            time.sleep(0.6)  # longer than the child's time-out
        if when == "ask" and dice < 0.1:
            handler.hang_up()
            return True
        return False


@dataclass(frozen=True)
class Tally:
    """What came of a soak; only `events`, `countdowns`, `kills` and `tries` may be more than 0."""

    events: int
    countdowns: int  # openings with one
    kills: int
    tries: int
    lost: int
    doubled: int
    wrong_states: int


def soak(folder: Path, *, events: int, seed: int = 1) -> Tally:
    """Press about `events` events through kills and a chaotic shop that does not even know its ids again.

    Now and then the shop refuses connections, and somebody sets the machine's clock, by up to an hour.
    """
    chance = random.Random(seed)
    shop = FakeShop(is_idempotent=False, clock=SetClock(folder / CLOCK)).start()
    shop.fault = Chaos(seed)
    kills = 0
    try:
        while kills < max(4, events // 20):
            child = Child(shop.url, folder, "cycle", events // len(DROPS))
            assert child.line() == "ready"
            if kills % 5 == 4:
                shop.stop()
                time.sleep(chance.uniform(0.05, 0.4))
                shop = shop.again()
            time.sleep(chance.uniform(0.02, 0.5))
            set_clock(folder, chance.choice([0, 0, 3_600, -3_600, 40, -40]))
            time.sleep(chance.uniform(0.0, 0.4))
            kills += child.is_alive
            is_over = not child.is_alive
            child.kill()
            if is_over:
                break
        shop.fault = None
        set_clock(folder, 3_700)  # later than ever before: every countdown is over
        child = Child(shop.url, folder, "cycle", events // len(DROPS))
        assert child.line() == "ready"
        assert child.line().startswith("settled")
        assert child.line() == "finished"
        child.kill()
    finally:
        shop.stop()
    return tally(folder, shop, kills)


def set_clock(folder: Path, off_s: int) -> None:
    """Set the machine's clock, for the shop and for the console, in one moment."""
    (folder / "clock.new").write_text(str(off_s))
    (folder / "clock.new").replace(folder / CLOCK)


def tally(folder: Path, shop: FakeShop, kills: int) -> Tally:
    database = sqlite3.connect(folder / "outbox.sqlite")
    rows = database.execute("SELECT id, type, state FROM messages").fetchall()
    states = dict(database.execute("SELECT id, state FROM drops").fetchall())
    closed = "SELECT id, price_minor FROM drops JOIN terms ON drop_id = id AND terms.run = drops.run WHERE state = ?"
    prices = dict(database.execute(closed, ("closed",)).fetchall())
    counted = "SELECT COUNT(*) FROM messages WHERE type = 'drop.opened' AND CAST(body AS TEXT) LIKE '%opens_at%'"
    (countdowns,) = database.execute(counted).fetchone()
    database.close()
    assert any(type == "drop.changed" and state == "done" for _, type, state in rows)
    of_drops = [id for id, type, _ in rows if type.startswith("drop.")]
    meant = [id for id, _, state in rows if state == "done"]
    assert len(meant) > len(rows) / 2  # the rest was called back, or came too late by a clock that was set
    return Tally(
        events=len(rows),
        countdowns=countdowns,
        kills=kills,
        tries=sum(shop.received.values()),
        lost=sum(shop.applied[id] == 0 for id in meant),
        doubled=sum(shop.applied[id] > 1 for id in of_drops),
        wrong_states=sum(
            shop.drops[id]["state"] != state and (state, shop.drops[id]["state"]) != ("draft", "closed")
            for id, state in states.items()
        )
        + sum(shop.drops[id]["price_minor"] != price for id, price in prices.items()),
    )


@pytest.mark.slow
def test_five_hundred_events_through_kills_and_every_fault_happen_once_each(tmp_path: Path) -> None:
    result = soak(tmp_path, events=600, seed=7)
    print(result)
    assert result.events >= 500
    assert result.kills >= 4
    assert result.countdowns > 0
    assert (result.lost, result.doubled, result.wrong_states) == (0, 0, 0)


@pytest.mark.slow
def test_a_drop_fired_while_the_shop_is_away_and_the_console_killed_arrives_once(tmp_path: Path) -> None:
    away = FakeShop().start()
    child = Child(away.url, tmp_path, "fire")
    assert (child.line(), child.line()) == ("ready", "done")
    away.stop()
    child.tell()
    assert child.line() == "pending"
    child.kill()
    back = FakeShop(port=away.port).start()
    back.drops = away.drops
    try:
        child = Child(back.url, tmp_path, "settle")
        assert (child.line(), child.line()) == ("ready", "settled open open")
        assert child.line() == "finished"
        child.kill()
        assert [(kind, drop) for kind, drop in back.history if drop] == [("drop.opened", "a")]
        assert set(back.received.values()) == {1}
        child = Child(back.url, tmp_path, "settle")  # and a second restart sends nothing more
        assert (child.line(), child.line()) == ("ready", "settled open open")
        child.kill()
        assert set(back.received.values()) == {1}
    finally:
        back.stop()
