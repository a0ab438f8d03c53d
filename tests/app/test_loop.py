"""The window's loop: what is due comes before painting, in order, and painting comes all the same."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar

import pytest
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from console.app.loop import PAINTS_WAIT_S, Loop

Run = Callable[[Awaitable[None]], None]
WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


class Painted(QWidget):
    """Notes when it is painted."""

    def __init__(self, notes: list[str]) -> None:
        super().__init__()
        self._notes = notes

    def paintEvent(self, event: QPaintEvent) -> None:
        self._notes.append("painted")


@pytest.fixture
def loop() -> Iterator[Loop]:
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication([])
    with Loop(application) as loop:
        yield loop
    asyncio.set_event_loop(None)


def shown(notes: list[str]) -> Painted:
    """A widget that was painted for the first time already."""
    widget = Painted(notes)
    widget.show()
    return widget


def test_what_is_due_runs_in_the_order_in_which_it_came(loop: Loop) -> None:
    notes: list[int] = []

    async def main() -> None:
        for number in range(50):
            asyncio.get_running_loop().call_soon(notes.append, number)
        await asyncio.sleep(0.01)

    loop.run_until_complete(main())
    assert notes == list(range(50))


def test_an_answer_of_many_turns_goes_out_before_the_next_painting(loop: Loop) -> None:
    notes: list[str] = []

    async def deep(turns: int) -> None:
        if turns:
            await asyncio.ensure_future(deep(turns - 1))

    async def main() -> None:
        widget = shown(notes)
        while not notes:
            await asyncio.sleep(0.01)
        while notes:  # shown and exposed: until no painting is left from that
            notes.clear()
            await asyncio.sleep(0.1)
        widget.update()
        await asyncio.ensure_future(deep(10))
        notes.append("answered")
        while "painted" not in notes:
            await asyncio.sleep(0.01)
        widget.close()

    loop.run_until_complete(main())
    assert notes[:2] == ["answered", "painted"]


def test_turns_that_never_end_do_not_keep_the_window_from_painting(loop: Loop) -> None:
    notes: list[str] = []

    async def main() -> None:
        widget = shown(notes)
        until_s = time.monotonic() + 20 * PAINTS_WAIT_S
        while time.monotonic() < until_s and notes.count("painted") < 2:
            if "painted" in notes:
                widget.update()
            await asyncio.sleep(0)
        widget.close()

    loop.run_until_complete(main())
    assert notes.count("painted") >= 2


def test_what_was_cancelled_does_not_run_and_what_fails_costs_nobody_else(loop: Loop) -> None:
    notes: list[str] = []
    faults: list[str] = []
    loop.set_exception_handler(lambda _, context: faults.append(str(context["exception"])))

    def fail() -> None:
        raise ValueError("broken")

    async def main() -> None:
        running = asyncio.get_running_loop()
        running.call_soon(notes.append, "never").cancel()
        running.call_soon(fail)
        running.call_soon(notes.append, "after")
        await asyncio.sleep(0.01)

    loop.run_until_complete(main())
    assert (notes, faults) == (["after"], ["broken"])


def test_each_call_has_the_context_in_which_it_was_asked_for(loop: Loop) -> None:
    notes: list[str] = []

    async def who(name: str) -> None:
        WHO.set(name)
        await asyncio.sleep(0)
        notes.append(WHO.get())

    async def main() -> None:
        await asyncio.gather(who("key"), who("button"))

    loop.run_until_complete(main())
    assert notes == ["key", "button"]
    assert WHO.get() == "nobody"
