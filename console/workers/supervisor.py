"""One supervisor for all worker processes: starts them, hears their beats, starts them anew when they die or hang.

It is a thread of its own, since starting a process and waiting for many of them block; it reaches the loop through
call_soon_threadsafe alone, and the loop reaches it through a queue.
"""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.process import BaseProcess
from typing import Any

from console.core.journal import Journal, Origin
from console.workers.outbox import Outbox
from console.workers.port import BEAT, STOP, worker_main

log = logging.getLogger(__name__)

LIVED_LONG_S = 5.0  # a worker that lived so long is started anew at once, as the first time
LONGEST_WAIT_S = 5.0
GRACE_S = 0.7  # from being told to end to being killed
TICK_S = 0.1
LONGEST_TURN_S = 2 * TICK_S  # what took longer was no time for the workers either: the machine stood still

_spawn = multiprocessing.get_context("spawn")


class WorkerState(StrEnum):
    """How a worker is; RUNNING from its first beat on."""

    STARTING = "starting"
    RUNNING = "running"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """A worker to run: `main(port, **arguments)` is importable; no beat for `heartbeat_s` and it is killed.

    `niceness` (Unix, 0 to 19) is how far it stands back for the window, OBS and the sound when the processor is full.
    """

    name: str
    main: Callable[..., None]
    arguments: dict[str, object] = field(default_factory=dict)
    heartbeat_s: float = 3.0
    startup_s: float = 20.0  # until the first beat: imports on a busy laptop take their time
    niceness: int = 0


class Worker:
    """A handle on one worker, for the loop's thread. It stays the same over restarts."""

    def __init__(
        self,
        spec: WorkerSpec,
        do: Callable[[Callable[[], None]], None],
        is_over: Callable[[], bool],
        on_message: Callable[[Any], None],
        on_state: Callable[[WorkerState], None],
    ) -> None:
        self.spec = spec
        self.pid: int | None = None
        self._do = do
        self._is_over = is_over
        self.on_message = on_message
        self.on_state = on_state
        self.run = _Run()
        self._stopped: asyncio.Future[None] | None = None

    def send(self, message: object, *, replaces: bool = False) -> None:
        """Send a small picklable message; dropped when the worker is dead. Never blocks.

        replaces: those of the same type that the worker has not read yet need not get there any more.
        """
        self._do(lambda: self.run.send(message, replaces=replaces))

    def kill(self) -> None:
        """End the process now; the supervisor starts it anew."""
        self._do(lambda: self.run.kill("killed on request"))

    async def stop(self) -> None:
        """End the process for good; returns when it is gone."""
        if self._is_over():
            return
        loop = asyncio.get_running_loop()
        gone = loop.create_future()
        self._do(lambda: self.run.stop(lambda: _tell(loop, _resolve, gone)))
        await gone


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *arguments: object) -> None:
    """Have the loop run `call`; a loop that is closed has nobody left to tell."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call, *arguments)


def _resolve(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


class _Run:
    """The present process of a worker. Lives in the supervisor's thread, and all times are in its seconds."""

    def __init__(self) -> None:
        self.process: BaseProcess | None = None
        self.connection: Connection[Any, Any] | None = None
        self.outbox: Outbox | None = None  # as long as there is a connection
        self.started_s = 0.0
        self.beat_s: float | None = None
        self.start_at_s: float | None = 0.0  # when to start (anew); None while running or stopped for good
        self.wait_s = 0.0
        self.kill_at_s: float | None = None
        self.when_gone: list[Callable[[], None]] = []
        self.is_ending = False
        self.is_killed = False

    def send(self, message: object, *, replaces: bool = False) -> None:
        if self.outbox is not None:
            self.outbox.send(message, replaces=replaces)

    def disconnect(self) -> None:
        """Let go of the pipe, whose other end is closed."""
        if self.outbox is not None:
            self.outbox.close()
        if self.connection is not None:
            self.connection.close()
        self.connection = self.outbox = None

    def kill(self, why: str) -> None:
        """End the process, once: the machine may take its time over it."""
        if self.process is not None and self.process.is_alive() and not self.is_killed:
            self.is_killed = True
            log.info("worker %s: %s", self.process.name, why)
            self.process.kill()

    def start_later(self, now_s: float, *, has_lived_long: bool = False) -> None:
        """Start anew soon: at once after a long life, else ever more slowly."""
        self.wait_s = 0.0 if has_lived_long else min(LONGEST_WAIT_S, self.wait_s * 2 or 0.05)
        self.start_at_s = now_s + self.wait_s * random.uniform(0.8, 1.2)

    def stop(self, when_gone: Callable[[], None]) -> None:
        self.is_ending = True
        self.start_at_s = None
        if self.process is None:
            when_gone()
            return
        self.when_gone.append(when_gone)
        self.send(STOP)


class Supervisor:
    """Keeps workers alive. Build it within a running loop; `close` ends them all.

    It counts its own seconds, in which a console or a machine that stood still was away for a moment only: workers that
    stood still with it are not taken for silent.
    """

    def __init__(self, journal: Journal, *, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._journal = journal
        self._loop = asyncio.get_running_loop()
        self._todo: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake_read, self._wake_write = Pipe(duplex=False)
        self._is_woken = False  # one waking is enough: the pipe never fills up
        self._workers: list[Worker] = []  # the thread's, as are its seconds
        self._monotonic_s = monotonic_s
        self._turned_s = monotonic_s()
        self._now_s = 0.0
        self._is_closing = False
        self._thread = threading.Thread(target=self._main, name="supervisor", daemon=True)
        self._thread.start()

    def start(
        self,
        spec: WorkerSpec,
        *,
        on_message: Callable[[Any], None],
        on_state: Callable[[WorkerState], None] = lambda state: None,
    ) -> Worker:
        """Start a worker and keep it alive. The callbacks run on the loop."""
        worker = Worker(spec, self._do, lambda: not self._thread.is_alive(), on_message, on_state)
        self._do(lambda: self._workers.append(worker))
        return worker

    async def close(self) -> None:
        """End every worker; returns when all are gone."""
        if self._is_closing:
            return

        def end_all() -> None:
            self._is_closing = True
            for worker in self._workers:
                worker.run.stop(lambda: None)

        self._do(end_all)
        await asyncio.to_thread(self._thread.join)
        self._wake_read.close()
        self._wake_write.close()

    def _do(self, job: Callable[[], None]) -> None:
        """Have the supervisor's thread run `job`; for every thread."""
        self._todo.put(job)
        if not self._is_woken:
            self._is_woken = True
            with contextlib.suppress(OSError, ValueError):  # closed; or (Windows) another thread is just waking it
                self._wake_write.send_bytes(b"!")

    def _tell(self, call: Callable[..., object], *arguments: object) -> None:
        _tell(self._loop, call, *arguments)

    # --- from here on: the supervisor's thread ---

    def _main(self) -> None:
        while not (self._is_closing and all(w.run.process is None for w in self._workers)):
            try:
                self._turn()
            except Exception:
                log.exception("the supervisor stumbled and goes on")
                time.sleep(TICK_S)

    def _turn(self) -> None:
        runs = [worker.run for worker in self._workers]
        sources: list[Any] = [self._wake_read]
        sources += [run.connection for run in runs if run.connection is not None]
        sources += [run.process.sentinel for run in runs if run.process is not None]
        wait(sources, TICK_S)
        turned_s, self._turned_s = self._turned_s, self._monotonic_s()
        self._now_s += min(self._turned_s - turned_s, LONGEST_TURN_S)
        while self._wake_read.poll():
            self._wake_read.recv_bytes()
        self._is_woken = False  # before the jobs: what comes while they run wakes anew
        while not self._todo.empty():
            self._todo.get()()
        for worker in tuple(self._workers):
            self._read(worker)
            self._look_after(worker)

    def _read(self, worker: Worker) -> None:
        run = worker.run
        try:
            while run.connection is not None and run.connection.poll():
                message = run.connection.recv()
                if message == BEAT:
                    self._beat(worker)
                else:
                    self._tell(worker.on_message, message)
        except (EOFError, OSError):
            run.disconnect()

    def _beat(self, worker: Worker) -> None:
        run = worker.run
        if run.beat_s is None:
            self._tell(worker.on_state, WorkerState.RUNNING)
        run.beat_s = self._now_s

    def _look_after(self, worker: Worker) -> None:
        run, now_s = worker.run, self._now_s
        if run.process is None:
            if run.start_at_s is not None and now_s >= run.start_at_s and not self._is_closing:
                self._try_to_launch(worker)
            elif run.is_ending:
                self._workers.remove(worker)
        elif not run.process.is_alive():
            self._bury(worker)
        elif run.is_ending:
            run.kill_at_s = run.kill_at_s or now_s + GRACE_S
            if now_s >= run.kill_at_s:
                run.kill("does not end: killed")
        elif run.beat_s is None:
            if now_s - run.started_s > worker.spec.startup_s:
                run.kill("no first heartbeat: killed")
        elif now_s - run.beat_s > worker.spec.heartbeat_s:
            run.kill("no heartbeat: killed")

    def _try_to_launch(self, worker: Worker) -> None:
        """Start the process; when the machine refuses that (no files, no memory left), try again later."""
        try:
            self._launch(worker)
        except Exception:  # whatever stops one must not end the others
            log.exception("worker %s could not be started", worker.spec.name)
            worker.run.start_later(self._now_s)
            self._tell(self._ended, worker, None, False)

    def _launch(self, worker: Worker) -> None:
        run, spec = worker.run, worker.spec
        level = logging.getLogger().getEffectiveLevel()
        ours, theirs = Pipe()
        with theirs, contextlib.ExitStack() as unless_started:
            unless_started.enter_context(ours)
            arguments = (theirs, spec.main, spec.arguments, level)
            process = _spawn.Process(target=worker_main, args=arguments, name=spec.name, daemon=True)
            outbox = Outbox(ours, name=spec.name, do=self._do)
            unless_started.callback(outbox.close)
            process.start()
            unless_started.pop_all()
        pid = process.pid
        if pid and spec.niceness and hasattr(os, "setpriority"):  # now: threads that it starts later stand back as well
            with contextlib.suppress(OSError):  # gone already
                os.setpriority(os.PRIO_PROCESS, pid, spec.niceness)
        run.process, run.connection, run.outbox = process, ours, outbox
        run.started_s, run.beat_s, run.start_at_s = self._now_s, None, None
        run.is_killed = False
        self._tell(self._started, worker, pid)

    def _bury(self, worker: Worker) -> None:
        """Clear up after a process that has ended, and say when the next one starts."""
        run = worker.run
        assert run.process is not None
        self._read(worker)
        code, lived_s = run.process.exitcode, self._now_s - run.started_s
        run.process.join()
        run.process.close()
        run.disconnect()
        run.process = None
        if not run.is_ending:
            run.start_later(self._now_s, has_lived_long=lived_s > LIVED_LONG_S)
        self._tell(self._ended, worker, code, run.is_ending)
        for when_gone in run.when_gone:
            when_gone()
        run.when_gone.clear()

    # --- the loop again ---

    def _started(self, worker: Worker, pid: int) -> None:
        worker.pid = pid
        worker.on_state(WorkerState.STARTING)

    def _ended(self, worker: Worker, code: int | None, is_wanted: bool) -> None:
        worker.pid = None
        if not is_wanted:
            self._journal.write("worker.died", Origin.CONSOLE, worker=worker.spec.name, code=code)
        worker.on_state(WorkerState.DEAD)
