"""What the director can do with the queue of drops: add, edit, order, remove, highlight, take over, take back."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from console.core.outcome import Outcome
from console.desk.actions import ABSENT, Actions, Enabled, given, or_refused
from console.desk.desk import Desk
from console.desk.origin import ORIGIN
from console.desk.selling import DropId
from console.settings.show import TalkingPoint
from console.settings.timing import SaleDuration
from console.show.copying import Shift

actions = Actions()

Title = Annotated[str, Field(min_length=1, max_length=80, description="What is sold.")]
Price = Annotated[str, Field(max_length=40, description='What a piece costs, like "19.00 EUR".')]
Stock = Annotated[int, Field(ge=1, le=1_000_000, description="How many pieces there are.")]
PerBuyer = Annotated[int, Field(ge=1, le=1_000, description="How many pieces one buyer may have.")]
Scene = Annotated[str | None, Field(max_length=200, description="The OBS scene taken when it opens; null: none.")]
Countdown = Annotated[int, Field(ge=0, le=300, description="FIRE counts down so long, 10 to 300; 0: none.")]
Start = Annotated[str, Field(max_length=8, description='"hand", "cue", or a time of day like "20:15".')]
Points = Annotated[list[TalkingPoint], Field(max_length=10, description="What is said about it on air.")]
Place = Annotated[int, Field(ge=1, le=100, description="Its place, counted from 1.")]
Name = Annotated[str, Field(min_length=1, max_length=60, description="What the template is called.")]


def _has_drops(desk: Desk) -> Enabled:
    return Enabled.when(bool(desk.show.value.drops), else_="This show has no drops. Add one first.")


def _can_undo(desk: Desk) -> Enabled:
    return Enabled.when(desk.drop_book.can_undo, else_="No change of the queue is there to take back.")


@actions.add("drop.add", title="Add a drop")
async def add(
    desk: Desk,
    title: Title,
    *,
    id: Annotated[str | None, Field(description="Absent: made from the title.")] = None,
    like: Annotated[str | None, Field(description="The id of a drop or template: what is absent is as there.")] = None,
    price: Price = ABSENT,
    stock: Stock = ABSENT,
    duration_s: SaleDuration = ABSENT,
    per_buyer: PerBuyer = ABSENT,
    scene: Scene = ABSENT,
    start: Start = ABSENT,
    countdown_s: Countdown = ABSENT,
    talking_points: Points = ABSENT,
) -> Outcome:
    """Add a drop to the queue and the show file: from nothing, from a template, or like another drop."""
    fields = given(title=title, id=id or ABSENT, price=price, stock=stock, duration_s=duration_s, per_buyer=per_buyer,
                   scene=scene, start=start, countdown_s=countdown_s, talking_points=talking_points)  # fmt: skip
    return await or_refused(desk.drop_book.add(fields, like=like, origin=ORIGIN.get()))


@actions.add("drop.edit", title="Edit a drop", enabled=_has_drops)
async def edit(
    desk: Desk,
    drop: DropId,
    *,
    title: Title = ABSENT,
    price: Price = ABSENT,
    stock: Stock = ABSENT,
    duration_s: SaleDuration = ABSENT,
    per_buyer: PerBuyer = ABSENT,
    scene: Scene = ABSENT,
    start: Start = ABSENT,
    countdown_s: Countdown = ABSENT,
    talking_points: Points = ABSENT,
) -> Outcome:
    """Change what is given of a drop, in the queue and the show file.

    Talking points, scene and start can be changed at any time, everything else while it is neither armed nor on sale.
    """
    fields = given(title=title, price=price, stock=stock, duration_s=duration_s, per_buyer=per_buyer, scene=scene,
                   start=start, countdown_s=countdown_s, talking_points=talking_points)  # fmt: skip
    return await or_refused(desk.drop_book.edit(drop, fields, origin=ORIGIN.get()))


@actions.add("drop.move", title="Move a drop", enabled=_has_drops)
async def move(desk: Desk, drop: DropId, to: Place) -> Outcome:
    """Give a drop another place in the queue; nothing changes at the shop."""
    return await or_refused(desk.drop_book.move(drop, to, origin=ORIGIN.get()))


@actions.add("drop.remove", title="Remove a drop", hold_s=1.0, enabled=_has_drops)
async def remove(desk: Desk, drop: DropId) -> Outcome:
    """Take a drop that is not on sale out of the queue and the show file. What it sold stays in the figures."""
    return await or_refused(desk.drop_book.remove(drop, origin=ORIGIN.get()))


@actions.add("queue.undo", title="Undo the change of the queue", enabled=_can_undo)
async def undo(desk: Desk) -> Outcome:
    """Take back the last drop that was added, edited, moved, removed, kept as a template or copied."""
    return await or_refused(desk.drop_book.undo(origin=ORIGIN.get()))


@actions.add("drop.highlight", title="Highlight a drop", enabled=_has_drops)
async def highlight(desk: Desk, drop: DropId, on: bool = True) -> Outcome:
    """Let a drop stand first on the buyers' list, three at most; with on = false it stands there no more."""
    return await desk.parts.commerce.highlight(drop, on, origin=ORIGIN.get())


@actions.add("drop.keep_template", title="Keep a drop as a template", enabled=_has_drops)
async def keep_template(desk: Desk, drop: DropId, name: Name) -> Outcome:
    """Keep how a drop is sold as a template in the show file, to make new ones from."""
    return await or_refused(desk.drop_book.keep_template(drop, name, origin=ORIGIN.get()))


@actions.add("queue.copy", title="Copy drops from another show")
async def copy(
    desk: Desk,
    show: Annotated[str, Field(min_length=1, max_length=1_000, description="Path of the other show's file.")],
    *,
    days: Annotated[int, Field(ge=-3_650, le=3_650, description="How many days later its dates are to be.")] = 0,
    shift_minutes: Annotated[int, Field(ge=-1_440, le=1_440, description="How much later its times of day.")] = 0,
    only_look: Annotated[bool, Field(description="Say what it comes to, and copy nothing.")] = False,
) -> Outcome:
    """Take over the drops and templates of another show. An id that is taken gets a number; nothing is replaced."""
    shift = Shift(days, shift_minutes)
    return await or_refused(desk.drop_book.copy_from(Path(show), shift, is_plan=only_look, origin=ORIGIN.get()))
