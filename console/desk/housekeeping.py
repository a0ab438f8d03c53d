"""What the director can do with the desk itself: latch HOT, lock, dismiss the banner."""

from console.core.outcome import Outcome
from console.desk.actions import Actions
from console.desk.desk import Desk

actions = Actions()


@actions.add("hot.latch", title="HOT")
async def latch_hot(desk: Desk, on: bool) -> Outcome:
    """While latched, Ctrl with a number cuts straight to that scene."""
    desk.hot.set(on)
    return Outcome.done()


@actions.add("lock.set", title="Lock", keys="L")
async def lock(desk: Desk, on: bool) -> Outcome:
    """Lock the desk: only SAFE, STOP SALE and the microphones still answer."""
    desk.is_locked.set(on)
    return Outcome.done()


@actions.add("notice.dismiss", title="Dismiss the message")
async def dismiss(desk: Desk) -> Outcome:
    """Take the message off the banner; alarms stay until they are over."""
    desk.notice.set(None)
    return Outcome.done()
