"""States of the switcher: takes, T-bar, black, HOT, failover, two OBS, by the name of the state."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from console.core.links import Link, LinkState
from console.desk.failover_state import Failover
from scenes.state import Backup, Scene, Take, TakeState

if TYPE_CHECKING:
    from tests.widgets.fake_desk import FakeDesk

UP = Link(LinkState.UP)
DOWN = Link(LinkState.DOWN, "The other OBS does not answer.", "Start it; it is joined by itself.")
ALIKE = Backup(UP, "Close", "Close", "Table")
APART = ("Program: Close here, Wide there.", 'The scene "Slides" is missing there.')
TABLE: dict[str, Any] = {"program": "Table", "claimed": "Table", "preview": "Close"}
NAMED: dict[str, Any] = {"program": None, "claimed": "Table"}

State = Callable[["FakeDesk"], None]


def _take(
    state: TakeState, due_s: float = 0.0, *, on_air: str | None = None, is_cut: bool = True, **more: object
) -> State:
    """One state of a take of Table, 3 s old; Close was on air before it."""

    def fill(desk: "FakeDesk") -> None:
        now = time.monotonic_ns()
        due = now + round(due_s * 1e9) if due_s else 0
        take = Take("Table", state, now - 3_100_000_000, "", due_mono_ns=due, is_cut=is_cut, on_air=on_air)
        desk.on_air(take=take, **more)

    return fill


def _hot(desk: "FakeDesk") -> None:
    desk.hot_until_ns.set(time.monotonic_ns() + 42_000_000_000)
    desk.hot.set(True)


def _hot_direct(desk: "FakeDesk") -> None:
    desk.on_air(studio_mode=False, preview=None)
    _hot(desk)


def _own_transition(desk: "FakeDesk") -> None:
    own = replace(Scene("Table"), override="Fade", override_ms=500)
    desk.on_air(scenes=(Scene("Wide"), Scene("Close"), own, Scene("Safe")))


def _failover(desk: "FakeDesk", **changes: object) -> None:
    now = time.monotonic_ns()
    counting = Failover(True, "Camera Close stands still.", now - 600_000_000, now + 2_400_000_000)
    desk.failover.set(replace(counting, **changes))  # type: ignore[arg-type]


def _held(desk: "FakeDesk") -> None:
    _failover(desk, due_mono_ns=0, is_held=True)


def _taken_by_failover(desk: "FakeDesk") -> None:
    _failover(desk, due_mono_ns=0, has_taken=True)
    desk.on_air(program="Safe", claimed="Safe", take=Take("Safe", TakeState.ON_AIR, 0, is_safe=True))


def _worst(desk: "FakeDesk") -> None:
    """Everything at once: lost, counted down, hot, the backup leading, in an upright canvas."""
    _failover(desk)
    _hot(desk)
    desk.on_air(
        take=Take("Guest Ana", TakeState.LOST, 0, on_air="Close"), program="Close", claimed="Guest Ana", t_bar=0.43,
        backup=replace(ALIKE, link=DOWN, leads=True), canvas=(1080, 1920),
    )  # fmt: skip


def _with(**changes: object) -> State:
    return lambda desk: desk.on_air(**changes)


SWITCHER_STATES: dict[str, State] = {
    "sent": _take(TakeState.SENT),
    "waiting": _take(TakeState.WAITING, 1.7, in_transition=True),
    "waiting_auto": _take(TakeState.WAITING, is_cut=False, in_transition=True),
    "take_on_air": _take(TakeState.ON_AIR, **TABLE),
    "take_claimed": _take(TakeState.CLAIMED, **NAMED),
    "refused": _take(TakeState.REFUSED),
    "failed": _take(TakeState.FAILED),
    "take_lost": _take(TakeState.LOST, on_air="Close", program="Close", claimed="Table"),
    "lost_unknown": _take(TakeState.LOST, **NAMED),
    "changed": _take(TakeState.CHANGED, **TABLE),
    "t_bar": _with(t_bar=0.43, in_transition=True),
    "black": _with(is_black=True),
    "hot": _hot,
    "hot_direct": _hot_direct,
    "own_transition": _own_transition,
    "failover": _failover,
    "held": _held,
    "taken_by_failover": _taken_by_failover,
    "backup": _with(backup=replace(ALIKE, differences=APART)),
    "backup_away": _with(backup=replace(ALIKE, link=DOWN)),
    "backup_leads": _with(backup=replace(ALIKE, link=DOWN, leads=True)),
    "worst": _worst,
}
