"""States of the COUNTER page as values, by the name of the state."""

from typing import TYPE_CHECKING

from console.desk.counter_state import CounterState

if TYPE_CHECKING:
    from tests.widgets.fake_desk import FakeDesk

URL = "http://192.168.178.42:8710/counter"
OPEN = CounterState(URL, "246810", True, True, 30, 12, 18)


def counter_open(desk: "FakeDesk") -> None:
    """Tablets sell."""
    desk.counter.set(OPEN)


def counter_closed(desk: "FakeDesk") -> None:
    """Reached from this machine alone."""
    desk.counter.set(CounterState("http://127.0.0.1:8710/counter", "246810", False, False))


def counter_many(desk: "FakeDesk") -> None:
    """Large numbers, a long address."""
    url = "http://[fd12:3456:789a:bcde:f012:3456:789a:bcde]:58710/counter"
    desk.counter.set(CounterState(url, "246810", True, True, 10**9, 10**9 - 1, 1))


def counter_away(desk: "FakeDesk") -> None:
    """The shop does not answer."""
    desk.counter.set(CounterState(URL, "246810", True))


COUNTER_STATES = {
    "counter_open": counter_open,
    "counter_closed": counter_closed,
    "counter_many": counter_many,
    "counter_away": counter_away,
}
COUNTER_PAGE = {name: (10, fill) for name, fill in COUNTER_STATES.items()}
