"""The director gets a drop's tickets: as a file for the printer or the mail, and nowhere else."""

import asyncio
from typing import Annotated

from pydantic import Field

from console.core.errors import UserError
from console.core.outcome import Outcome
from console.desk import ticket_sheet
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.selling import DropId
from console.desk.ticket_sheet import Form

actions = Actions()


def _some_have_tickets(desk: Desk) -> Enabled:
    has = any(drop.access is not None and drop.access.tickets for drop in desk.show.value.drops)
    return Enabled.when(has, else_="No drop of this show is sold with tickets.")


@actions.add("drop.tickets", title="Write the tickets", enabled=_some_have_tickets)
async def write_tickets(
    desk: Desk,
    drop: DropId,
    form: Annotated[Form, Field(description="html: a sheet to print, with a code each; csv: a table.")] = "html",
) -> Outcome:
    """Write a drop's tickets to a file in the data folder's exports; says where. They are the same every time."""
    try:
        tickets = await desk.parts.commerce.tickets(drop)
    except UserError as error:
        return Outcome.refused(error.what, error.fix)
    sale = desk.sale.value
    known = sale.drop(drop)
    title = known.title if known is not None else drop
    path = desk.parts.commerce.exports / f"tickets-{drop}.{form}"
    text = ticket_sheet.text(tickets, drop=drop, title=title, public_url=sale.public_url, form=form)
    try:
        await asyncio.to_thread(ticket_sheet.write, path, text)
    except OSError as error:
        what = f"The tickets cannot be written to {path.parent} ({error.strerror or error})."
        return Outcome.failed(what, "Free some space, or choose another data folder.")
    return Outcome.done(f"{len(tickets)} tickets written to {path}. Whoever has one may buy.")
