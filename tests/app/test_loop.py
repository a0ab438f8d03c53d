"""What is ready runs before the window is painted: in its order, from any thread, and the window has its turn."""

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from console.app.loop import WindowLoop
from tests.waiting import until

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
Run = Callable[[Coroutine[Any, Any, None]], None]


def new_loop() -> WindowLoop:
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication([])
    application.setQuitOnLastWindowClosed(False)  # as the console's
    return WindowLoop(application)


@pytest.fixture
def run() -> Iterator[Run]:
    with new_loop() as loop:
        yield loop.run_until_complete


class Painted(QWidget):
    """Counts how often it was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.times += 1


async def shown() -> Painted:
    widget = Painted()
    widget.show()
    await until(lambda: widget.times > 0, what="the first painting")
    return widget


def test_a_chain_of_answers_is_through_before_the_next_painting(run: Run) -> None:
    async def answer(links: int) -> None:
        for _ in range(links):
            await asyncio.sleep(0)

    async def go() -> None:
        widget = await shown()
        before = widget.times
        widget.update()
        await asyncio.create_task(answer(50))
        assert widget.times == before
        await until(lambda: widget.times == before + 1, what="the painting")

    run(go())


def test_the_window_is_painted_while_callbacks_never_end(run: Run) -> None:
    async def go() -> None:
        widget, loop, is_over = await shown(), asyncio.get_running_loop(), threading.Event()

        def again() -> None:
            widget.update()
            if not is_over.is_set():
                loop.call_soon(again)

        before = widget.times
        again()
        await until(lambda: widget.times >= before + 3, what="three paintings")
        is_over.set()

    run(go())


def test_callbacks_keep_their_order_whatever_becomes_of_one(run: Run) -> None:
    async def go() -> None:
        loop, done, told = asyncio.get_running_loop(), list[int](), list[dict[str, Any]]()
        loop.set_exception_handler(lambda loop, context: told.append(context))
        for number in range(4):
            loop.call_soon(done.append, number)
        loop.call_soon(done.append, -1).cancel()
        loop.call_soon(int, "no number")
        loop.call_soon(done.append, 4)
        await until(lambda: 4 in done, what="the last one")
        assert done == [0, 1, 2, 3, 4]
        assert isinstance(told[0]["exception"], ValueError)

    run(go())


def test_callbacks_of_other_threads_all_run_on_the_loops(run: Run) -> None:
    threads, each = 4, 500

    async def go() -> None:
        loop, done = asyncio.get_running_loop(), list[int]()

        def call() -> None:
            for _ in range(each):
                loop.call_soon_threadsafe(lambda: done.append(threading.get_ident()))

        callers = [threading.Thread(target=call) for _ in range(threads)]
        for caller in callers:
            caller.start()
        await until(lambda: len(done) == threads * each, what="all callbacks")
        assert set(done) == {threading.get_ident()}
        for caller in callers:
            caller.join()

    run(go())


def test_what_an_ended_loop_had_still_to_do_is_not_done_by_the_next() -> None:
    done = list[str]()
    with new_loop() as ended:
        ended.run_until_complete(asyncio.sleep(0))
        ended.call_soon(done.append, "of the ended one")
    with pytest.raises(RuntimeError):
        ended.call_soon_threadsafe(done.append, "of a thread that goes on")
    with new_loop() as loop:
        loop.run_until_complete(asyncio.sleep(0.05))
    assert done == []
