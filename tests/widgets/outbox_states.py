"""States of the OUTBOX page as values, by the name of the state."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from console.commerce.lines import Contradiction, LineState, OutboxLine
from console.commerce.state import DropState, Lamp
from console.core.alarms import Rank
from console.core.links import Link, LinkState
from console.core.outcome import Outcome

if TYPE_CHECKING:
    from tests.widgets.fake_desk import FakeDesk

LONG = "The extraordinarily long name of a thing that somebody typed in at two in the morning"
AWAY = "The shop at https://shop.example cannot be reached."


def line(desk: "FakeDesk", id: str, type: str, state: LineState, *, ago_s: float = 60.0, **more: object) -> OutboxLine:
    """A message about the cap, pressed so long ago; one that has ended took 0.2 s."""
    at = desk.clock.now() - timedelta(seconds=ago_s)
    is_drop = type.startswith("drop.")
    shown = OutboxLine(id, type, "cap-01" if is_drop else None, "Linen cap" if is_drop else "", 1, at, state, 1)
    if state.has_ended:
        shown = replace(shown, ended_at=at + timedelta(seconds=0.2), answer="200 open, run 1, 0 sold, 50 left")
    return replace(shown, **more)  # type: ignore[arg-type]


def history(desk: "FakeDesk") -> tuple[OutboxLine, ...]:
    """What a drop leaves behind that went well."""
    done = LineState.CONFIRMED
    return (
        line(desk, "e4", "checkout.opened", done, ago_s=71, answer="200"),
        line(desk, "e3", "drop.opened", done, ago_s=71),
        line(desk, "e2", "drop.armed", done, ago_s=192, answer="200 armed, run 1, 0 sold, 50 left"),
        line(desk, "e1", "drop.armed", LineState.SUPERSEDED, ago_s=240, answer=""),
    )


def show(desk: "FakeDesk", *lines: OutboxLine, **changes: object) -> None:
    """Put lines into the sale, those under way counted."""
    pending = sum(not one.state.has_ended for one in lines)
    desk.sale.set(replace(desk.sale.value, outbox=lines, outbox_pending=pending, **changes))  # type: ignore[arg-type]


def outbox_empty(desk: "FakeDesk") -> None:
    desk.with_drop(DropState.DRAFT, sold=0, stock_left=None)


def outbox_quiet(desk: "FakeDesk") -> None:
    show(desk, *history(desk))


def outbox_waiting(desk: "FakeDesk") -> None:
    """The shop is down, and one closing waits for it."""
    next_at = desk.clock.now() + timedelta(seconds=4.2)
    closing = line(desk, "e5", "drop.closed", LineState.WAITING, ago_s=23, tries=6, answer=AWAY, next_try_at=next_at)
    desk.with_drop(DropState.OPEN, lamp=Lamp.WAITING, why=AWAY, fix="Check that it runs, and the network.",
                   closes_at=desk.clock.now() + timedelta(seconds=252))  # fmt: skip
    down = Link(LinkState.DOWN, AWAY, "Check that it runs, and the network.")
    show(desk, closing, *history(desk), link=down)
    desk.answer = Outcome.done()


def outbox_crashed(desk: "FakeDesk") -> None:
    """Started again: two presses may have landed, one was answered already."""
    asking = LineState.ASKING
    desk.with_drop(DropState.FIRING, lamp=Lamp.WAITING)
    show(
        desk,
        line(desk, "e7", "drop.opened", asking, ago_s=9, tries=2, answer="The shop did not answer within 5 s."),
        line(desk, "e6", "checkout.opened", asking, ago_s=9),
        line(desk, "e5", "drop.armed", LineState.CONFIRMED, ago_s=31, answer="The shop had it already.",
             said="armed, run 1, 0 sold, 50 left"),
        *history(desk)[2:],
    )  # fmt: skip


def outbox_refused(desk: "FakeDesk") -> None:
    """One refused for good, one too late, one given up."""
    show(
        desk,
        line(desk, "e9", "drop.disarmed", LineState.SENDING, ago_s=0.4),
        line(desk, "e8", "drop.armed", LineState.REFUSED, ago_s=21, answer="The shop refused it: 410, closed."),
        line(desk, "e7", "drop.opened", LineState.EXPIRED, ago_s=48, tries=7, answer="It was not delivered in time."),
        line(desk, "e6", "drop.closed", LineState.GIVEN_UP, ago_s=55, tries=3, answer=AWAY, reason="Done at the shop"),
        *history(desk),
    )  # fmt: skip


def outbox_contradiction(desk: "FakeDesk") -> None:
    """The shop sold three, and then one."""
    at = desk.clock.now() - timedelta(seconds=14)
    found = Contradiction("cap-01", "Linen cap", at, "3 sold", "1 sold")
    show(desk, *history(desk), contradictions=(found,))
    desk.alarm((found.words, "Look at the shop before you sell on; STOP SALE when in doubt.", Rank.MONEY))
    desk.alarms.set(tuple(replace(alarm, kind="shop.contradicts") for alarm in desk.alarms.value))


def outbox_many(desk: "FakeDesk") -> None:
    """Hundreds, of every state, with words that nobody thought of."""
    states, types = list(LineState), ("drop.opened", "drop.closed", "checkout.closed", "drop.changed")
    lines = tuple(
        line(desk, f"e{n}", types[n % 4], states[n % len(states)], ago_s=n * 61.0, title=LONG[: 5 + n % 80], tries=n,
             answer=LONG * 3, said=LONG, reason=LONG)
        for n in range(300)
    )  # fmt: skip
    show(desk, *sorted(lines, key=lambda one: one.state.has_ended))


OUTBOX_STATES = {
    "outbox_empty": outbox_empty, "outbox_quiet": outbox_quiet, "outbox_waiting": outbox_waiting,
    "outbox_crashed": outbox_crashed, "outbox_refused": outbox_refused, "outbox_contradiction": outbox_contradiction,
    "outbox_many": outbox_many,
}  # fmt: skip
# Those in which the whole window is looked at, in every size: the others hold nothing that these do not.
OUTBOX_PAGE = {name: (6, OUTBOX_STATES[name]) for name in ("outbox_waiting", "outbox_contradiction", "outbox_many")}
