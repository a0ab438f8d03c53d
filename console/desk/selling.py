"""What the director can do with the sale: arm, fire, close, renew, checkout, STOP SALE."""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from console.commerce.state import Checkout, DropState
from console.core.outcome import Outcome
from console.desk.actions import ALWAYS, Actions, Enabled
from console.desk.desk import Desk
from console.desk.origin import ORIGIN
from console.desk.roles import Role

actions = Actions()

DropId = Annotated[str, Field(min_length=1, description="Id of a drop in the show file.")]
Run = Annotated[int | None, Field(ge=1, description="The run that the press is meant for; left out: the present one.")]


def _some_drop_is(*states: DropState, else_: str) -> Callable[[Desk], Enabled]:
    """Enabled when at least one drop is in one of `states`; which one is the action's argument."""

    def enabled(desk: Desk) -> Enabled:
        return Enabled.when(any(drop.state in states for drop in desk.sale.value.drops), else_=else_)

    return enabled


@actions.add("drop.choose", title="Choose a drop")
async def choose(desk: Desk, drop: DropId) -> Outcome:
    """Make `drop` the one that the arm and fire keys act on."""
    desk.parts.commerce.choose(drop)
    return Outcome.done()


@actions.add(
    "drop.arm", title="Arm", keys="D", enabled=_some_drop_is(DropState.DRAFT, else_="No drop waits to be armed.")
)
async def arm(desk: Desk, drop: DropId) -> Outcome:
    """Check and reserve at the shop all that the drop needs."""
    return await desk.parts.commerce.arm(drop, origin=ORIGIN.get())


@actions.add("drop.disarm", title="Disarm", keys="D", enabled=_some_drop_is(DropState.ARMED, else_="No drop is armed."))
async def disarm(desk: Desk, drop: DropId) -> Outcome:
    """Give back what was reserved; the drop can be armed again."""
    return await desk.parts.commerce.disarm(drop, origin=ORIGIN.get())


def meant_for_another(desk: Desk, drop: str, run: int | None) -> Outcome | None:
    """The refusal of a press that names another run than the present one: it comes late, from another sale."""
    known = desk.sale.value.drop(drop)
    if run is None or known is None or known.run == run:
        return None
    return Outcome.refused(f"That was for run {run} of {known.title}, which is in run {known.run}.", "Press again.")


@actions.add(
    "drop.fire",
    title="FIRE",
    keys="F",
    hold_s=0.5,
    surfaces={Role.HOST},
    enabled=_some_drop_is(DropState.ARMED, else_="Arm the drop first."),
)
async def fire(desk: Desk, drop: DropId, run: Run = None) -> Outcome:
    """Start selling the armed drop, or its countdown. Answers when the shop has confirmed, refused, or is pending."""
    return meant_for_another(desk, drop, run) or await desk.parts.commerce.fire(drop, origin=ORIGIN.get())


def _a_start_is_announced(desk: Desk) -> Enabled:
    return Enabled.when(desk.starts.value.is_counting, else_="No drop is about to be fired by itself.")


@actions.add("start.hold", title="Hold the start", enabled=_a_start_is_announced)
async def hold_start(desk: Desk, drop: DropId | None = None) -> Outcome:
    """Do not fire this drop by itself, or any that is announced; it stays armed, to be fired by hand."""
    return desk.starter.hold(ORIGIN.get(), drop)


@actions.add(
    "drop.close",
    title="Close the drop",
    hold_s=0.5,
    enabled=_some_drop_is(
        DropState.FIRING,
        DropState.COUNTDOWN,
        DropState.OPEN,
        DropState.SOLD_OUT,
        DropState.ASKING,
        else_="No drop is open.",
    ),
)
async def close(desk: Desk, drop: DropId) -> Outcome:
    """End the sale of this drop now; one that counts down never opens."""
    return await desk.parts.commerce.close_drop(drop, origin=ORIGIN.get())


@actions.add(
    "drop.renew", title="Sell again", enabled=_some_drop_is(DropState.CLOSED, else_="No drop has been closed yet.")
)
async def renew(desk: Desk, drop: DropId) -> Outcome:
    """Make a closed drop ready to be sold once more, as its next run."""
    return await desk.parts.commerce.renew(drop, origin=ORIGIN.get())


@actions.add("drop.confirm", title="Confirmed by hand")
async def confirm(desk: Desk, drop: DropId) -> Outcome:
    """Say that the last step was done by hand on a platform that gives no answer."""
    if desk.sale.value.kind != "manual":
        return Outcome.refused(
            "This shop confirms by itself.", "Only drops of a manual platform are confirmed by hand."
        )
    return await desk.parts.commerce.confirm_by_hand(drop, origin=ORIGIN.get())


@actions.add("sale.stop", title="STOP SALE", keys="X", hold_s=0.5)
async def stop_sale(desk: Desk) -> Outcome:
    """Close checkout and every open drop at once; tried until the shop confirms."""
    return await desk.parts.commerce.stop_sale(origin=ORIGIN.get())


def _checkout_is_not(state: Checkout) -> Callable[[Desk], Enabled]:
    def enabled(desk: Desk) -> Enabled:
        return (
            ALWAYS if desk.sale.value.checkout is not state else Enabled(False, f"Checkout is {state.value} already.")
        )

    return enabled


@actions.add("checkout.open", title="Open checkout", enabled=_checkout_is_not(Checkout.OPEN))
async def open_checkout(desk: Desk) -> Outcome:
    """Let buyers pay."""
    return await desk.parts.commerce.open_checkout(origin=ORIGIN.get())


@actions.add("checkout.close", title="Close checkout", enabled=_checkout_is_not(Checkout.CLOSED))
async def close_checkout(desk: Desk) -> Outcome:
    """Let nobody pay for now; drops stay as they are."""
    return await desk.parts.commerce.close_checkout(origin=ORIGIN.get())
