"""What the director can do about the stream's delay: measure it by hand, and forget it."""

from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.origin import ORIGIN

actions = Actions()


def _is_known(desk: Desk) -> Enabled:
    is_there = desk.delay.marked_ns.value is not None or desk.sale.value.stream_delay.is_measured
    return Enabled.when(is_there, else_="Nothing was measured.")


@actions.add("stream.delay.mark", title="Measure the stream's delay")
async def mark(desk: Desk) -> Outcome:
    """Press at a clap in the room, and again when a phone that watches the stream shows it: that is the delay."""
    return desk.delay.mark(ORIGIN.get())


@actions.add("stream.delay.forget", title="Forget the measured delay of the stream", enabled=_is_known)
async def forget(desk: Desk) -> Outcome:
    """Take back what was measured, or the first of its two presses; the show file's delay counts again."""
    return desk.delay.forget(ORIGIN.get())
