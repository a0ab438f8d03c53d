import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil
import pytest

from console.core.journal import MemoryJournal
from console.workers.port import WorkerPort
from console.workers.shared import SharedFile
from console.workers.supervisor import Supervisor, Worker, WorkerSpec, WorkerState
from tests.waiting import until, until_blocking

pytestmark = pytest.mark.slow


def echo(port: WorkerPort, greeting: str) -> None:
    port.send((greeting, os.getpid()))
    while True:
        port.beat()
        message = port.receive(0.05)
        if message == "hang":
            time.sleep(60)
        elif message is not None:
            port.send(message)


def dies_at_once(port: WorkerPort) -> None:
    os._exit(3)


def scribble(port: WorkerPort, path: str) -> None:
    shared = SharedFile.open(path)
    shared.buffer[0] += 1
    port.send("written")
    while True:
        port.beat()
        port.receive(0.05)


def tells_niceness(port: WorkerPort) -> None:
    told: list[int] = []
    thread = threading.Thread(target=lambda: told.append(os.nice(0)))
    thread.start()
    thread.join()
    port.send(told[0])
    echo(port, "hello")


@pytest.fixture
async def supervisor(journal: MemoryJournal) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(journal)
    yield supervisor
    await supervisor.close()


async def test_messages_travel_both_ways(supervisor: Supervisor) -> None:
    heard: list[Any] = []
    worker = supervisor.start(WorkerSpec("echo", echo, {"greeting": "hello"}), on_message=heard.append)
    await until(lambda: heard, what="the greeting")
    worker.send({"n": 1})
    await until(lambda: {"n": 1} in heard, what="the echo")
    assert heard[0] == ("hello", worker.pid)


async def test_a_worker_stands_back_with_every_thread_of_its_own(supervisor: Supervisor) -> None:
    heard: list[Any] = []
    supervisor.start(WorkerSpec("nice", tells_niceness, niceness=5), on_message=heard.append)
    await until(lambda: heard, what="the niceness")
    assert heard[0] == 5


async def test_a_killed_worker_is_back_and_the_journal_says_so(supervisor: Supervisor, journal: MemoryJournal) -> None:
    heard: list[Any] = []
    states: list[WorkerState] = []
    worker = supervisor.start(
        WorkerSpec("echo", echo, {"greeting": "hello"}), on_message=heard.append, on_state=states.append
    )
    await until(lambda: WorkerState.RUNNING in states, what="the first beat")
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    await until(lambda: len(heard) == 2, what="the second greeting")
    assert heard[0] != heard[1]
    assert journal.of("worker.died") == [{"worker": "echo", "code": -9}]


@pytest.mark.parametrize("how", ["hang", "stop"])
async def test_a_worker_without_a_heartbeat_is_killed_and_started_anew(supervisor: Supervisor, how: str) -> None:
    heard: list[Any] = []
    states: list[WorkerState] = []
    spec = WorkerSpec("echo", echo, {"greeting": "hello"}, heartbeat_s=0.5)
    worker = supervisor.start(spec, on_message=heard.append, on_state=states.append)
    await until(lambda: WorkerState.RUNNING in states, what="the first beat")
    first = worker.pid
    assert first is not None
    if how == "hang":
        worker.send("hang")
    else:
        os.kill(first, signal.SIGSTOP)
    await until(lambda: len(heard) >= 2, what="the next worker")
    assert not psutil.pid_exists(first)


class Machine:
    """A clock of a machine that may stand still."""

    def __init__(self) -> None:
        self.away_s = 0.0

    def now_s(self) -> float:
        return time.monotonic() + self.away_s


async def test_workers_that_stood_still_with_the_console_are_not_taken_for_silent(journal: MemoryJournal) -> None:
    machine, heard = Machine(), list[Any]()
    supervisor = Supervisor(journal, monotonic_s=machine.now_s)
    names = ("cam", "sound")
    workers = [supervisor.start(WorkerSpec(name, echo, {"greeting": name}), on_message=heard.append) for name in names]
    await until(lambda: len(heard) == 2, what="both greetings")
    for _, pid in tuple(heard):
        os.kill(pid, signal.SIGSTOP)
    machine.away_s = 60.0
    other = supervisor.start(WorkerSpec("other", echo, {"greeting": "hello"}), on_message=heard.append)
    await until(lambda: len(heard) == 3, what="turns of the supervisor after that")
    for _, pid in tuple(heard):
        os.kill(pid, signal.SIGCONT)
    for worker in (*workers, other):
        worker.send(worker.spec.name)
    await until(lambda: {"cam", "sound", "other"} <= {one for one in heard if isinstance(one, str)}, what="all echoes")
    assert len(heard) == 6
    assert not journal.of("worker.died")
    await supervisor.close()


async def test_a_silent_worker_that_takes_its_time_to_die_is_killed_and_told_of_once(
    supervisor: Supervisor, journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    kill, kills = BaseProcess.kill, list[BaseProcess]()

    def slowly(process: BaseProcess) -> None:
        kills.append(process)

    monkeypatch.setattr(BaseProcess, "kill", slowly)
    heard: list[Any] = []
    spec = WorkerSpec("echo", echo, {"greeting": "hello"}, heartbeat_s=0.5)
    silent = supervisor.start(spec, on_message=heard.append)
    other = supervisor.start(WorkerSpec("other", echo, {"greeting": "hello"}), on_message=heard.append)
    await until(lambda: len(heard) == 2, what="both greetings")
    silent.send("hang")
    await until(lambda: kills, what="the kill")
    for number in range(20):  # as many turns
        other.send(number)
        await until(lambda number=number: number in heard, what="a turn")  # type: ignore[misc]
    assert len(kills) == 1
    assert [record.message for record in caplog.records if "kill" in record.message] == [
        "worker echo: no heartbeat: killed"
    ]
    kill(kills[0])
    await until(lambda: journal.of("worker.died"), what="its end")


def fill_pipe(worker: Worker, *, size: int = 20_000) -> list[tuple[int, bytes]]:
    """More than any pipe holds, sent to a worker; in the order of sending."""
    messages = [(number, bytes(size)) for number in range(50)]
    for message in messages:
        worker.send(message)
    return messages


async def test_a_worker_that_reads_nothing_holds_up_no_other_and_loses_nothing(supervisor: Supervisor) -> None:
    heard: list[Any] = []
    others: list[Any] = []
    deaf = supervisor.start(WorkerSpec("deaf", echo, {"greeting": "x"}, heartbeat_s=600), on_message=heard.append)
    other = supervisor.start(WorkerSpec("echo", echo, {"greeting": "hello"}), on_message=others.append)
    await until(lambda: heard and others, what="both workers")
    assert deaf.pid is not None
    assert other.pid is not None
    os.kill(deaf.pid, signal.SIGSTOP)
    sent = fill_pipe(deaf)
    for number in range(50):
        deaf.send({"setting": number}, replaces=True)
    os.kill(other.pid, signal.SIGKILL)
    await until(lambda: len(others) == 2, what="the other one, started anew")
    os.kill(deaf.pid, signal.SIGCONT)
    await until(lambda: {"setting": 49} in heard, what="the newest setting")
    assert heard[1:] == [*sent, {"setting": 49}]


async def test_a_worker_that_reads_nothing_is_ended_by_its_heartbeat_and_the_next_one_begins_clean(
    supervisor: Supervisor,
) -> None:
    heard: list[Any] = []
    spec = WorkerSpec("deaf", echo, {"greeting": "hello"}, heartbeat_s=0.5)
    worker = supervisor.start(spec, on_message=heard.append)
    await until(lambda: heard, what="the greeting")
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGSTOP)
    fill_pipe(worker)
    await until(lambda: len(heard) == 2, what="the next worker")
    worker.send("to the next one")
    await until(lambda: "to the next one" in heard, what="the echo")
    assert len(heard) == 3


async def test_a_worker_that_always_dies_is_tried_ever_more_slowly(
    supervisor: Supervisor, journal: MemoryJournal
) -> None:
    supervisor.start(WorkerSpec("ill", dies_at_once), on_message=lambda m: None)
    await until(lambda: len(journal.of("worker.died")) >= 3, what="three tries")
    assert {entry["code"] for entry in journal.of("worker.died")} == {3}


@pytest.mark.logs("worker late could not be started")
async def test_a_worker_that_cannot_be_started_now_is_tried_again_and_holds_up_no_other(
    supervisor: Supervisor, journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, refused = BaseProcess.start, list[BaseProcess]()

    def short_of_files(process: BaseProcess) -> None:
        if process.name == "late" and not refused:
            refused.append(process)
            raise OSError(errno.EMFILE, "Too many open files")
        start(process)

    monkeypatch.setattr(BaseProcess, "start", short_of_files)
    heard: list[Any] = []
    late: list[Any] = []
    states: list[WorkerState] = []
    other = supervisor.start(WorkerSpec("echo", echo, {"greeting": "hello"}), on_message=heard.append)
    await until(lambda: heard, what="the greeting")
    supervisor.start(WorkerSpec("late", echo, {"greeting": "late"}), on_message=late.append, on_state=states.append)
    await until(lambda: late, what="the one that could not be started")
    assert states[:2] == [WorkerState.DEAD, WorkerState.STARTING]
    assert journal.of("worker.died") == [{"worker": "late", "code": None}]
    other.kill()
    await until(lambda: len(heard) == 2, what="the other one, started anew")


async def test_a_wake_that_is_refused_since_another_thread_is_waking_too_stops_no_messages(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    worker = supervisor.start(WorkerSpec("echo", echo, {"greeting": "hello"}), on_message=heard.append)
    await until(lambda: heard, what="the greeting")
    send, refused = Connection.send_bytes, list[str]()

    def as_on_windows(connection: Connection, data: bytes) -> None:
        name = threading.current_thread().name
        if data == b"!" and name == "to echo":
            refused.append(name)
            raise ValueError("concurrent send_bytes() calls are not supported")
        send(connection, data)

    monkeypatch.setattr(Connection, "send_bytes", as_on_windows)
    for number in range(5):
        worker.send(number)
    await until(lambda: heard[1:] == [0, 1, 2, 3, 4], what="all echoes")
    assert refused


async def test_a_stopped_worker_stays_away(supervisor: Supervisor, journal: MemoryJournal) -> None:
    heard: list[Any] = []
    worker = supervisor.start(WorkerSpec("echo", echo, {"greeting": "hello"}), on_message=heard.append)
    await until(lambda: heard, what="the greeting")
    pid = worker.pid
    assert pid is not None
    await worker.stop()
    assert not psutil.pid_exists(pid)
    assert journal.of("worker.died") == []


async def test_stopping_a_worker_whose_supervisor_has_ended_is_fine(journal: MemoryJournal) -> None:
    supervisor = Supervisor(journal)
    worker = supervisor.start(WorkerSpec("echo", echo, {"greeting": "hello"}), on_message=lambda message: None)
    await supervisor.close()
    await worker.stop()


async def test_shared_memory_survives_the_death_of_those_who_attached_it(supervisor: Supervisor) -> None:
    shared = SharedFile.create(4096)
    heard: list[Any] = []
    worker = supervisor.start(WorkerSpec("pen", scribble, {"path": shared.path}), on_message=heard.append)
    await until(lambda: len(heard) == 1, what="the first word")
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    await until(lambda: len(heard) == 2, what="the second word")
    assert shared.buffer[0] == 2
    await worker.stop()
    shared.close()


def test_workers_end_with_a_console_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "a_console.py"
    script.write_text(
        "import asyncio, sys\n"
        "from console.core.journal import MemoryJournal\n"
        "from console.workers.supervisor import Supervisor, WorkerSpec\n"
        "from tests.workers.test_supervisor import echo\n"
        "async def main():\n"
        "    said = lambda m: print(m[1], flush=True) if isinstance(m, tuple) else None\n"
        "    s = Supervisor(MemoryJournal())\n"
        "    w = s.start(WorkerSpec('echo', echo, {'greeting': 'x'}), on_message=said)\n"
        "    await asyncio.sleep(0.8); w.send('hang')\n"
        "    await asyncio.sleep(60)\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    console = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert console.stdout is not None
    worker_pid = int(console.stdout.readline())
    console.kill()
    console.wait()
    console.stdout.close()
    until_blocking(lambda: not psutil.pid_exists(worker_pid), what="the worker's end")
