"""What the actions of the sound share: names and gains as arguments, when they can run, refusals."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from pydantic import Field

from console.core.errors import UserError
from console.core.outcome import Outcome
from console.desk.actions import Enabled
from console.desk.desk import Desk

ChannelName = Annotated[str, Field(min_length=1, max_length=80, description="Name of a channel of this show.")]
ReturnName = Annotated[str, Field(min_length=1, max_length=80, description="Name of a return of this show.")]
Return = Annotated[str, Field(min_length=1, max_length=80, alias="return", description="Name of a return.")]
NewName = Annotated[str, Field(min_length=1, max_length=80, description="The name from now on.")]
PresetName = Annotated[str, Field(min_length=1, max_length=80, description="Name of a preset.")]
GainDb = Annotated[float, Field(ge=-60, le=24, description="dB")]


def has_channels(desk: Desk) -> Enabled:
    """Enabled while the show has channels."""
    return Enabled.when(bool(desk.sound.value.channels), else_="This show has no channels.")


def has_returns(desk: Desk) -> Enabled:
    """Enabled while the show has returns."""
    return Enabled.when(bool(desk.sound.value.returns), else_="This show has no returns.")


async def or_refused(asked: Callable[[], Outcome | Awaitable[Outcome]]) -> Outcome:
    """What comes of it; names that lead nowhere are refused: nothing was changed."""
    try:
        outcome = asked()
        return outcome if isinstance(outcome, Outcome) else await outcome
    except UserError as error:
        return Outcome.refused(error.what, error.fix)
