"""Where each channel and each return lives in the engine's blocks. Pure; the console and the engine both compute it.

A block has, in this order: one column per input of every channel, as its strip leaves it (polarity, high-pass, delay;
before fader and mute); one per device input that carries a loopback or the programme, as it comes; one per port of
every return that Cuedrop makes, after its limiter (one if it has no outputs); programme left and right when Cuedrop
mixes it itself; one per monitor port. Columns count from 0, ports from 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from console.audio.plan import Ear, Plan, Strip, Voice


@dataclass(frozen=True, slots=True)
class Source:
    """What fills one of the first columns: a device input, through a channel's strip or (None) as it comes."""

    port: int
    channel: Voice | None = None


class BusKind(StrEnum):
    """What a bus is for."""

    RETURN = "return"
    PROGRAMME = "programme"
    MONITOR = "monitor"


@dataclass(frozen=True, slots=True)
class Bus:
    """One thing that is mixed; `made_for` is None unless it is a return."""

    kind: BusKind
    columns: tuple[int, ...]
    outputs: tuple[int, ...] = ()  # device ports, as many as columns or none
    made_for: Ear | None = None


@dataclass(frozen=True, slots=True)
class Routing:
    """What the director has set. Names are channels, but for those of returns in `sends_db` and `talkback_into`.

    Absent gains, sends and strips are as the show file has them.
    """

    muted: frozenset[str] = frozenset()  # in no return
    solo: str | None = None  # alone on the monitor
    gains_db: dict[str, float] = field(default_factory=dict)
    is_talkback_open: bool = False
    off_programme: frozenset[str] = frozenset()  # not in the programme that Cuedrop mixes
    pfl: frozenset[str] = frozenset()  # on the monitor while nothing is solo
    sends_db: dict[str, dict[str, float]] = field(default_factory=dict)  # by return, then by channel
    strips: dict[str, Strip] = field(default_factory=dict)
    talkback_into: frozenset[str] | None = None  # None: every return that has talkback
    plan: Plan | None = None  # the sound that goes on by other names, listeners and gains; None: as it was started


class Layout:
    """The columns of one show's sound."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.sources: tuple[Source, ...] = tuple(_sources(plan))
        self.inputs = max((source.port for source in self.sources), default=0)
        self._column = {(source.channel, source.port): column for column, source in enumerate(self.sources)}
        self.buses: list[Bus] = []
        self.columns = len(self.sources)
        for kind, made_for, outputs, width in _wanted(plan):
            columns = tuple(range(self.columns, self.columns + width))
            self.buses.append(Bus(kind, columns, outputs, made_for))
            self.columns += width
        self.outputs = max((port for bus in self.buses for port in bus.outputs), default=0)
        # the main device's own: what is not an interface's
        theirs_in = {port for wing in plan.wings for port in wing.input_ports}
        theirs_out = {port for wing in plan.wings for port in wing.output_ports}
        own_outputs = {port for bus in self.buses for port in bus.outputs} - theirs_out
        self.own_inputs = max({source.port for source in self.sources} - theirs_in, default=0)
        self.own_outputs = max(own_outputs, default=0)

    def channel_columns(self, channel: Voice) -> tuple[int, ...]:
        """The columns of a channel's inputs: one, or left and right."""
        return tuple(self._column[channel, port] for port in channel.inputs)

    def columns_of(self, channel: str) -> tuple[int, ...]:
        """The columns of the channel of this name; none when there is no such channel."""
        named = next((one for one in self.plan.channels if one.name == channel), None)
        return self.channel_columns(named) if named else ()

    def return_bus(self, name: str) -> Bus | None:
        """The bus of a return; None when something else makes it."""
        return next((bus for bus in self.buses if bus.made_for and bus.made_for.name == name), None)

    def return_columns(self, name: str) -> tuple[int, ...]:
        """The columns that hold what a return's listener is sent: its bus, or its loopback; none when nothing does."""
        bus = self.return_bus(name)
        if bus:
            return bus.columns
        loopback = next((one.loopback for one in self.plan.returns if one.name == name), ())
        return self._as_they_come(loopback)

    @property
    def programme_columns(self) -> tuple[int, ...]:
        """The programme: left and right, or the one column of a programme that comes in mono."""
        if self.plan.programme:
            return self._as_they_come(self.plan.programme)
        return next(bus.columns for bus in self.buses if bus.kind is BusKind.PROGRAMME)

    def own_columns(self, made_for: Ear) -> frozenset[int]:
        """The first columns that a return must never hold: whatever comes from its listener's inputs."""
        own = {port for channel in self.plan.channels if channel.name in made_for.listener for port in channel.inputs}
        return frozenset(column for column, source in enumerate(self.sources) if source.port in own)

    def _as_they_come(self, ports: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(self._column[None, port] for port in ports)


def _sources(plan: Plan) -> Iterator[Source]:
    """What fills each of the first columns."""
    for channel in plan.channels:
        for port in dict.fromkeys(channel.inputs):
            yield Source(port, channel)
    loopbacks = [port for made_for in plan.returns for port in made_for.loopback]
    for port in dict.fromkeys((*loopbacks, *plan.programme)):
        yield Source(port)


def _wanted(plan: Plan) -> Iterator[tuple[BusKind, Ear | None, tuple[int, ...], int]]:
    """Each bus that must be made, with its device ports and how many columns it has."""
    for made_for in plan.returns:
        if made_for.is_ours:
            yield BusKind.RETURN, made_for, made_for.outputs, max(1, len(made_for.outputs))
    if not plan.programme:
        yield BusKind.PROGRAMME, None, (), 2
    if plan.monitor:
        yield BusKind.MONITOR, None, plan.monitor, len(plan.monitor)
