"""What an action needs of OBS before it can run: that it answers, and that it knows the request. Pure.

obs-websocket 5.0 to 5.7 differ in the requests that they know, and say which: `Switcher.can`.
"""

from collections.abc import Callable

from console.desk.actions import ALWAYS, Enabled
from console.desk.desk import Desk

Condition = Callable[[Desk], Enabled]


def obs_is_there(desk: Desk) -> Enabled:
    """Enabled while OBS answers."""
    link = desk.switcher.value.link
    return Enabled.when(link.is_up, else_=link.why or "OBS is not connected.")


def needs(*requests: str) -> Condition:
    """Enabled while OBS answers and knows these requests; else why not, and that a newer OBS would."""

    def enabled(desk: Desk) -> Enabled:
        there = obs_is_there(desk)
        if not there.is_enabled:
            return there
        switcher = desk.switcher.value
        known = all(switcher.can(request) for request in requests)
        return Enabled.when(known, else_=f"OBS {switcher.version} cannot do this from outside. Install a newer OBS.")

    return enabled


def all_of(*conditions: Condition) -> Condition:
    """Enabled while all of `conditions` are; else the first one's reason."""

    def enabled(desk: Desk) -> Enabled:
        return next((found for each in conditions if not (found := each(desk)).is_enabled), ALWAYS)

    return enabled
