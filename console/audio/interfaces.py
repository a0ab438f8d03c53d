"""The interfaces beside the main device as the console has them: a process each, shared memory. Loop thread only.

One that is away costs its own ports alone: they are silent, the alarm names who is not heard, and it comes back by
itself.
"""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from console.audio import bridge
from console.audio.lanes import Lane
from console.audio.messages import Drift, EngineDown, InterfaceUp, Xruns
from console.audio.plan import Plan, Wing
from console.audio.state import Interface, Sound
from console.core.alarms import Alarms, Rank
from console.core.journal import Journal, Origin
from console.core.links import Link, LinkState
from console.core.observable import Observable
from console.workers.shared import SharedFile
from console.workers.supervisor import Supervisor, Worker, WorkerSpec, WorkerState

log = logging.getLogger(__name__)

_ENDING_S: Final = 2.0
_STOPPED: Final = Link(
    LinkState.DOWN, "It stopped answering.", "It is started again by itself; see to the device if this stays."
)


@dataclass(frozen=True, slots=True)
class _Open:
    """What belongs to one interface of one opened show."""

    wing: Wing
    people: str  # who is not heard, or hears nothing, without it
    worker: Worker
    files: tuple[SharedFile, SharedFile]


class Interfaces:
    """The interfaces of one show after the other."""

    def __init__(self, supervisor: Supervisor, state: Observable[Sound], *, journal: Journal, alarms: Alarms) -> None:
        self._supervisor = supervisor
        self._state = state
        self._journal = journal
        self._alarms = alarms
        self._open: tuple[_Open, ...] = ()
        self._number = 0  # of the opened show: messages of a process before it are late

    @property
    def pids(self) -> dict[str, int | None]:
        """Each one's process id while there is one, by name."""
        return {one.wing.name: one.worker.pid for one in self._open}

    def open(self, plan: Plan, files: Sequence[SharedFile]) -> tuple[tuple[str, str], ...]:
        """Start a process for each; the memory shared with it, as paths: heard and sent. files: of `sizes`."""
        self._number += 1
        pairs = zip(plan.wings, zip(files[::2], files[1::2], strict=True), strict=True)
        self._open = tuple(self._start(wing, _people(plan, wing), pair) for wing, pair in pairs)
        return tuple((one.files[0].path, one.files[1].path) for one in self._open)

    def follow(self, plan: Plan) -> None:
        """The same interfaces, for people who may have other names now."""
        self._open = tuple(replace(one, people=_people(plan, one.wing)) for one in self._open)
        for one in self._open:
            link = self._now(one.wing.name).link
            if link.state is LinkState.DOWN:
                self._tell_down(one, link)

    def end(self) -> Coroutine[None, None, None] | None:
        """Let go of all; what is to be awaited until their processes are gone, None when there were none."""
        gone, self._open = self._open, ()
        self._number += 1
        for one in gone:
            self._alarms.clear(_alarm(one.wing))
        return _ended(gone) if gone else None

    def _start(self, wing: Wing, people: str, files: tuple[SharedFile, SharedFile]) -> _Open:
        worker = self._supervisor.start(
            WorkerSpec(
                f"sound interface {wing.name}",
                bridge.main,
                {"wing": wing, "heard_path": files[0].path, "sent_path": files[1].path},
                heartbeat_s=bridge.heartbeat_s(wing),
            ),
            on_message=partial(self._hear, self._number, wing.name),
            on_state=partial(self._is, self._number, wing.name),
        )
        return _Open(wing, people, worker, files)

    def _is(self, number: int, name: str, state: WorkerState) -> None:
        if number == self._number and state is WorkerState.DEAD and self._now(name).link.state is not LinkState.DOWN:
            self._down(name, _STOPPED)

    def _hear(self, number: int, name: str, message: object) -> None:
        if number != self._number:
            return
        if isinstance(message, InterfaceUp):
            self._up(name, message)
        elif isinstance(message, EngineDown):
            self._down(name, Link(LinkState.DOWN, message.why, message.fix))
        elif isinstance(message, Drift):
            self._set(replace(self._now(name), drift_ppm=message.ppm))
        elif isinstance(message, Xruns) and message.total > self._now(name).xruns:
            why = {"cause": str(message.cause), "why": message.why}
            self._journal.write("interface.xruns", Origin.CONSOLE, interface=name, total=message.total, **why)
            self._set(replace(self._now(name), xruns=message.total))

    def _up(self, name: str, up: InterfaceUp) -> None:
        opened, before = self._opened(name), self._now(name)
        self._set(
            replace(
                before,
                link=Link(LinkState.UP, up.why, up.fix),
                sample_rate_hz=up.sample_rate_hz,
                delay_ms=up.delay_ms,
            )
        )
        if before.link.is_up and before.link.why == up.why:
            return  # it stands further back than before: no news for anybody
        log.info("the interface %s is up and adds %s ms", name, up.delay_ms)
        self._journal.write(
            "interface.up", Origin.CONSOLE, interface=name, device=up.device, delay_ms=up.delay_ms, why=up.why
        )
        if up.why:
            self._raise(opened, "interface.less", f'The interface "{name}": {up.why}', up.fix, Rank.LINK)
        else:
            self._alarms.clear(_alarm(opened.wing))

    def _down(self, name: str, link: Link) -> None:
        before = self._now(name).link
        if link == before:
            return
        self._set(replace(self._now(name), link=link))
        log.info("the interface %s is down: %s", name, link.why)
        if before.state is not LinkState.DOWN:  # else it is the same outage, better known
            self._journal.write("interface.down", Origin.CONSOLE, interface=name, why=link.why)
        self._tell_down(self._opened(name), link)

    def _tell_down(self, opened: _Open, link: Link) -> None:
        what = f'The interface "{opened.wing.name}" is away, without it: {opened.people}. {link.why}'
        self._raise(opened, "interface.down", what, link.fix, Rank.GUEST)

    def _raise(self, opened: _Open, kind: str, what: str, fix: str, rank: Rank) -> None:
        self._alarms.raise_(_alarm(opened.wing), kind, what, fix=fix, rank=rank)

    def _opened(self, name: str) -> _Open:
        return next(one for one in self._open if one.wing.name == name)

    def _now(self, name: str) -> Interface:
        return next((one for one in self._state.value.interfaces if one.name == name), Interface(name))

    def _set(self, new: Interface) -> None:
        interfaces = tuple(new if one.name == new.name else one for one in self._state.value.interfaces)
        self._state.set(replace(self._state.value, interfaces=interfaces))


def _alarm(wing: Wing) -> str:
    return f"interface:{wing.name}"


def _people(plan: Plan, wing: Wing) -> str:
    """Whom it concerns when this interface is away."""
    heard = [one.name for one in plan.channels if set(one.inputs) & set(wing.input_ports)]
    hear = [one.name for one in plan.returns if set(one.outputs) & set(wing.output_ports)]
    told = [f"{_list(heard)} not heard"] if heard else []
    told += [f"nothing in the return of {_list(hear)}"] if hear else []
    return ", ".join(told) or "nothing that the show uses"


def _list(names: list[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def sizes(plan: Plan) -> list[int]:
    """How much memory the interfaces of a show share, in bytes: two pieces each."""
    return [Lane.size(ports=ports) for wing in plan.wings for ports in (wing.inputs, wing.outputs)]


async def _ended(gone: tuple[_Open, ...]) -> None:
    """Stop the processes and let go of their memory."""
    with contextlib.suppress(TimeoutError):  # a supervisor that was closed before has nothing left to stop
        async with asyncio.timeout(_ENDING_S):
            await asyncio.gather(*(one.worker.stop() for one in gone))
    for one in gone:
        for file in one.files:
            with contextlib.suppress(BufferError):
                file.close()
