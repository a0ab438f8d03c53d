"""Where each channel and each return lives in the engine's blocks. Pure; the console and the engine both compute it.

A block has one column per device input up to the highest that the show names, then one per port of every return
that Cuedrop makes (one if it has no outputs), then one per monitor port. Columns count from 0, ports from 1.
"""

from dataclasses import dataclass, field

from console.audio.plan import Ear, Plan, Voice


@dataclass(frozen=True, slots=True)
class Bus:
    """One thing that is mixed: a return, or the director's monitor (`made_for` is None)."""

    made_for: Ear | None
    columns: tuple[int, ...]
    outputs: tuple[int, ...]  # device ports, as many as columns or none


@dataclass(frozen=True, slots=True)
class Routing:
    """What the director has set. Names are channels; gains are each channel's own, in dB, absent = its setting."""

    muted: frozenset[str] = frozenset()
    solo: str | None = None
    gains_db: dict[str, float] = field(default_factory=dict)
    is_talkback_open: bool = False


class Layout:
    """The columns of one show's sound."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.inputs = max((port for channel in plan.channels for port in channel.inputs), default=0)
        self.buses: list[Bus] = []
        column = self.inputs
        for made_for, outputs in _wanted(plan):
            width = max(1, len(outputs))
            self.buses.append(Bus(made_for, tuple(range(column, column + width)), outputs))
            column += width
        self.columns = column
        self.outputs = max((port for bus in self.buses for port in bus.outputs), default=0)

    def channel_columns(self, channel: Voice) -> tuple[int, ...]:
        """The columns of a channel's inputs."""
        return tuple(port - 1 for port in channel.inputs)

    def return_bus(self, name: str) -> Bus | None:
        """The bus of a return; None when something else makes it."""
        return next((bus for bus in self.buses if bus.made_for and bus.made_for.name == name), None)

    def own_columns(self, made_for: Ear) -> frozenset[int]:
        """The input columns that a return must never hold: those of its listener's channels, whoever shares them."""
        own = [channel for channel in self.plan.channels if channel.name in made_for.listener]
        return frozenset(column for channel in own for column in self.channel_columns(channel))


def _wanted(plan: Plan) -> list[tuple[Ear | None, tuple[int, ...]]]:
    """Each bus that must be made, with its device ports."""
    wanted: list[tuple[Ear | None, tuple[int, ...]]] = [
        (made_for, made_for.outputs) for made_for in plan.returns if made_for.is_ours
    ]
    if plan.monitor:
        wanted.append((None, plan.monitor))
    return wanted
