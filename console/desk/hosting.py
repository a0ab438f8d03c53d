"""What the director can do for the host: turn the host's page on, take it back, say a word."""

from typing import Annotated

from pydantic import Field

from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.host_state import LONGEST_MESSAGE
from console.desk.origin import ORIGIN

actions = Actions()

Text = Annotated[str, Field(max_length=LONGEST_MESSAGE, description="What host and moderator read; empty: nothing.")]


def _is_off(desk: Desk) -> Enabled:
    return Enabled.when(not desk.host.value.is_on, else_="The host's page is on already.")


def _is_on(desk: Desk) -> Enabled:
    return Enabled.when(desk.host.value.is_on, else_="The host's page is off.")


@actions.add("host.open", title="Turn the host's page on", enabled=_is_off)
async def open_page(desk: Desk) -> Outcome:
    """Let the host's and the moderator's phones in this network pair with a code; the host may fire what is armed."""
    return await desk.host_door.open(ORIGIN.get())


@actions.add("host.close", title="Take the host's page back", keys="Shift+H", enabled=_is_on)
async def close_page(desk: Desk) -> Outcome:
    """Void every phone's token at once and serve the page no more; turned on again, each phone pairs anew."""
    return await desk.host_door.close(ORIGIN.get())


@actions.add("host.message", title="Message to the host")
async def message(desk: Desk, text: Text) -> Outcome:
    """Show a short message on the host's and the moderator's page and window; an empty one takes it away."""
    desk.host_door.say(" ".join(text.split()))
    return Outcome.done()
