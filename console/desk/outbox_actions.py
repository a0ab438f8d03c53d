"""What the director can do with the outbox: try now, give up with a reason, write it to a file."""

from typing import Annotated

from pydantic import Field

from console.commerce.tending import Form
from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.origin import ORIGIN

actions = Actions()

MessageId = Annotated[str, Field(min_length=1, max_length=128, description="Id of a message in the outbox.")]
Reason = Annotated[str, Field(min_length=1, max_length=200, description="Why, for the journal.")]


def _something_waits(desk: Desk) -> Enabled:
    return Enabled.when(desk.sale.value.outbox_pending > 0, else_="Nothing waits in the outbox.")


@actions.add("outbox.retry", title="Retry the outbox now", enabled=_something_waits)
async def retry(desk: Desk, message: MessageId | None = None) -> Outcome:
    """Try what waits for the shop at once, without its pause: one message's drop, or all of them."""
    return await desk.parts.commerce.retry(message, origin=ORIGIN.get())


@actions.add("outbox.give_up", title="Give up a message", hold_s=1.0, enabled=_something_waits)
async def give_up(desk: Desk, message: MessageId, reason: Reason, buyers_may_buy: bool = False) -> Outcome:
    """Try a message no more. Its drop is in doubt and the shop is asked. A closing only with `buyers_may_buy`."""
    return await desk.parts.commerce.give_up(message, reason, buyers_may_buy=buyers_may_buy, origin=ORIGIN.get())


@actions.add("outbox.export", title="Export the outbox")
async def export(desk: Desk, form: Form = "csv") -> Outcome:
    """Write every message of this show to a file in the data folder's exports; says where."""
    return await desk.parts.commerce.export(form, origin=ORIGIN.get())
