"""The guard: a press that was refused once, and is made again."""

from datetime import UTC, datetime

import pytest

from console.core.journal import Origin
from scenes.state import Switcher
from scenes.taking.guard import Asked, Guard
from scenes.taking.press import How


class HandClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at_s = 100.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at_s, UTC)

    def mono_ns(self) -> int:
        return round(self.at_s * 1e9)


BEFORE = Switcher(program="Wide", claimed="Close")  # OBS names it, nothing is proved yet
AFTER = Switcher(program="Close", claimed="Close")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def guard(clock: HandClock) -> Guard:
    guard = Guard(clock, 0.25)
    guard.changed("Wide", "Close", from_outside=True)
    return guard


def asked(scene: str = "Table", origin: Origin = Origin.KEY) -> Asked:
    return Asked(How.CUT, scene, "Table", scene, None, origin)


def test_the_same_press_counts_also_when_the_change_was_proved_only_meanwhile(guard: Guard, clock: HandClock) -> None:
    assert guard.why_not(asked(), BEFORE) is not None
    guard.changed("Wide", "Close", from_outside=True)  # proved: the same change
    clock.at_s += 0.3
    assert guard.why_not(asked(), AFTER) is None


def test_a_refused_press_that_comes_twice_at_once_is_a_double_press(guard: Guard, clock: HandClock) -> None:
    assert guard.why_not(asked(), BEFORE) is not None
    clock.at_s += 0.1
    why = guard.why_not(asked(), AFTER)
    assert why is not None
    assert why[0] == "That was a double press."


@pytest.mark.parametrize("again", [asked("Slides"), asked(origin=Origin.AUTOMATION)])
def test_another_press_is_no_press_again(guard: Guard, clock: HandClock, again: Asked) -> None:
    assert guard.why_not(asked(), BEFORE) is not None
    clock.at_s += 0.3
    if again.origin is Origin.AUTOMATION:
        assert guard.why_not(again, AFTER) is None  # it stands by what it expects, and expects nothing
    else:
        assert guard.why_not(again, AFTER) is not None


def test_a_press_after_another_change_is_asked_once_more(guard: Guard, clock: HandClock) -> None:
    assert guard.why_not(asked(), BEFORE) is not None
    clock.at_s += 0.3
    guard.changed("Close", "Guest", from_outside=True)
    assert guard.why_not(asked(), Switcher(program="Guest", claimed="Guest")) is not None
