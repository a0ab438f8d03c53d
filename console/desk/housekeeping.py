"""What the director can do with the desk itself: latch HOT, lock, dismiss the banner."""

from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.origin import ORIGIN

actions = Actions()


@actions.add("hot.latch", title="HOT")
async def latch_hot(desk: Desk, on: bool) -> Outcome:
    """While latched, Ctrl with a number cuts straight to that scene; it lets go by itself after a time without use."""
    desk.heat.latch(on, ORIGIN.get())
    return Outcome.done()


@actions.add("lock.set", title="Lock", keys="L")
async def lock(desk: Desk, on: bool) -> Outcome:
    """Lock the desk: only SAFE, STOP SALE and the microphones still answer."""
    desk.is_locked.set(on)
    if on:
        desk.heat.let_go("the desk was locked")
    return Outcome.done()


@actions.add("notice.dismiss", title="Dismiss the message")
async def dismiss(desk: Desk) -> Outcome:
    """Take the message off the banner; alarms stay until they are over."""
    desk.notice.set(None)
    return Outcome.done()


@actions.add(
    "show.trust",
    title="Yes, connect",
    enabled=lambda desk: Enabled.when(desk.on_trust is not None, else_="There is nothing to say yes to."),
)
async def trust(desk: Desk) -> Outcome:
    """Say yes to the hosts that this show names."""
    assert desk.on_trust is not None
    return await desk.on_trust()


@actions.add(
    "show.from_obs",
    title="Make a show from OBS",
    enabled=lambda desk: Enabled.when(
        desk.on_first_show is not None, else_="This console has no window to make a show in."
    ),
)
async def first_show(desk: Desk) -> Outcome:
    """Make a show of one's own from the scenes, cameras and sound found in OBS."""
    assert desk.on_first_show is not None
    return await desk.on_first_show()
