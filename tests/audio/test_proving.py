"""Whose return is looked at when, and what is said when that is too seldom."""

import numpy as np
import pytest

from console.audio.layout import Layout, Routing
from console.audio.narrowband import Past
from console.audio.plan import plan_of
from console.audio.proving import Proving
from console.audio.state import Leak
from console.settings.sound import Audio
from tests.rigs.calls import RATE_HZ, talkers

LAYOUT = Layout(
    plan_of(
        Audio.model_validate(
            {
                "channels": [{"name": name, "inputs": [at]} for at, name in enumerate("ABC", 1)],
                "returns": [{"name": name, "listener": [name], "outputs": [at]} for at, name in enumerate("ABC", 1)],
            }
        )
    )
)


class Studio:
    """Three who talk and hear each other."""

    def __init__(self) -> None:
        self.past = Past(RATE_HZ, LAYOUT.columns)
        self.proving = Proving(LAYOUT, self.past)
        voices = talkers(np.random.default_rng(1), 3, 30.0)
        self._sound = np.zeros((len(voices), LAYOUT.columns), dtype=np.float32)
        self._sound[:, :3] = voices
        self._sound[:, 3:6] = voices.sum(axis=1, keepdims=True) - voices
        self._at = 0

    def silence_returns(self) -> None:
        """All lines are dead from here on."""
        self._sound[self._at :, 3:6] = 0.0

    def hear(self, seconds: float) -> None:
        end = self._at + round(seconds * RATE_HZ)
        self.past.feed(self._sound[self._at : end])
        self._at = end


def test_each_second_every_return_has_its_turn_once() -> None:
    studio = Studio()
    assert studio.proving.whose_turn() is None
    for _ in range(3):
        studio.hear(1.0)
        turns = []
        while (name := studio.proving.whose_turn()) is not None:
            turns.append(name)
            studio.proving.look(name, Routing())
        assert turns == ["A", "B", "C"]


def test_a_round_that_takes_long_is_followed_by_the_next_and_says_how_seldom_it_comes() -> None:
    studio = Studio()
    studio.hear(1.0)
    said = []
    for _ in range(9):
        studio.hear(1.5)
        name = studio.proving.whose_turn()
        assert name is not None
        finding, since_s = studio.proving.look(name, Routing())
        said.append((finding.every_s, since_s))
    assert [every_s for every_s, _ in said[3:]] == [since_s for _, since_s in said[3:]]
    assert all(since_s == pytest.approx(4.5, abs=1.6) for _, since_s in said[3:])
    assert finding.leak is Leak.CLEAN
    assert finding.detail.endswith(f", tested every {since_s:.0f} s")


def test_a_look_out_of_turn_is_at_what_was_heard_just_now_and_says_nothing_of_turns() -> None:
    studio = Studio()
    studio.hear(9.0)
    finding, _ = studio.proving.look("B", Routing(), is_extra=True)
    assert finding.leak is Leak.CLEAN
    assert finding.every_s is None
    assert studio.proving.whose_turn() == "A"


def test_who_was_let_into_a_return_a_moment_ago_is_not_missed_in_it() -> None:
    studio = Studio()
    closed = Routing(muted=frozenset("ABC"))
    studio.proving.follow(closed)
    studio.silence_returns()
    studio.hear(9.0)
    assert studio.proving.look("A", closed, is_extra=True)[0].leak is not Leak.SILENT
    opened = Routing(muted=frozenset("C"))
    studio.proving.follow(opened)
    for _ in range(2):
        assert studio.proving.look("A", opened, is_extra=True)[0].leak is not Leak.SILENT
        studio.hear(1.5)
    studio.hear(0.5)
    assert studio.proving.look("A", opened, is_extra=True)[0].leak is Leak.SILENT
    studio.proving.follow(closed)
    assert studio.proving.look("A", closed, is_extra=True)[0].leak is not Leak.SILENT


@pytest.mark.parametrize(("gain_db", "is_missed"), [(-10.0, True), (-30.0, False)])
def test_who_is_faint_in_a_return_is_not_missed_in_it(gain_db: float, is_missed: bool) -> None:
    studio = Studio()
    studio.silence_returns()
    studio.hear(9.0)
    routing = Routing(muted=frozenset("C"), sends_db={"A": {"B": gain_db}})
    finding, _ = studio.proving.look("A", routing, is_extra=True)
    assert (finding.leak is Leak.SILENT) == is_missed
