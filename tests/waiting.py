"""Waiting for a state, with a deadline that says what was waited for: long, for a machine may be busy."""

import asyncio
import time
from collections.abc import Callable


async def until(condition: Callable[[], object], *, within_s: float = 30.0, what: str = "the state") -> None:
    """Return when `condition()` is true; fail after `within_s` naming `what`."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {within_s} s")
        await asyncio.sleep(0.01)


def until_blocking(condition: Callable[[], object], *, within_s: float = 30.0, what: str = "the state") -> None:
    """The same for code without a loop."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {within_s} s")
        time.sleep(0.01)
