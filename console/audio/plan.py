"""What the engine needs of a show's sound, as plain values: importing the show's model would double its start-up."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from console.settings import sound as settings

PRACTICE: Final = "practice"
"""The device of the practice studio, as a show file names it."""


@dataclass(frozen=True, slots=True)
class Strip:
    """What is done to one channel before its fader (all but `pan`, which is where it stands in a stereo bus)."""

    delay_ms: float = 0.0  # 0 to 1,000
    high_pass_hz: float | None = None  # 20 to 400; None: off
    is_inverted: bool = False
    pan: float = 0.0  # -1 left, 1 right


@dataclass(frozen=True, slots=True)
class Voice:
    """One channel; inputs count from 1."""

    name: str
    inputs: tuple[int, ...]
    gain_db: float = 0.0
    strip: Strip = Strip()


@dataclass(frozen=True, slots=True)
class Ear:
    """One return; outputs and loopback count from 1. `loopback`: inputs that carry it when something else makes it."""

    name: str
    listener: tuple[str, ...] = ()
    outputs: tuple[int, ...] = ()
    gains_db: dict[str, float] = field(default_factory=dict)
    is_ours: bool = True  # False: something else makes it
    loopback: tuple[int, ...] = ()
    limiter_dbfs: float = -3.0
    has_talkback: bool = True


@dataclass(frozen=True, slots=True)
class Wing:
    """A device beside the main one, which has a clock of its own; its ports are numbered on from `first_*`."""

    name: str
    device: str
    inputs: int = 0
    first_input: int = 1
    outputs: int = 0
    first_output: int = 1
    sample_rate_hz: int = 48_000
    block_frames: int = 256

    @property
    def input_ports(self) -> range:
        """The show's input numbers that it has."""
        return range(self.first_input, self.first_input + self.inputs)

    @property
    def output_ports(self) -> range:
        """The show's output numbers that it has."""
        return range(self.first_output, self.first_output + self.outputs)


@dataclass(frozen=True, slots=True)
class Plan:
    """The sound of one show, as its file says it. `programme`: inputs that carry it; none: our own mix."""

    device: str | None = None
    sample_rate_hz: int = 48_000
    block_frames: int = 256
    channels: tuple[Voice, ...] = ()
    returns: tuple[Ear, ...] = ()
    talkback: str | None = None
    monitor: tuple[int, ...] = ()
    programme: tuple[int, ...] = ()
    wings: tuple[Wing, ...] = ()


def plan_of(audio: "settings.Audio") -> Plan:
    """The plan of a show's [audio]."""
    return Plan(
        audio.device,
        audio.sample_rate_hz,
        audio.block_frames,
        tuple(_voice(one) for one in audio.channels),
        tuple(_ear(one) for one in audio.returns),
        audio.talkback,
        audio.monitor,
        audio.programme,
        # the practice device has every port
        () if audio.device == PRACTICE else tuple(_wing(one, audio) for one in audio.interfaces),
    )


def nameless(plan: Plan) -> Plan:
    """What of a plan only a new engine can change: everything but names, listeners, gains and who talks back.

    Plans that are alike in this have the same columns and ports: a running engine goes on from one to the other.
    """
    return replace(
        plan,
        talkback=None,
        channels=tuple(Voice("", one.inputs) for one in plan.channels),
        returns=tuple(
            Ear("", outputs=one.outputs, is_ours=one.is_ours, loopback=one.loopback, limiter_dbfs=one.limiter_dbfs)
            for one in plan.returns
        ),
    )


def _wing(interface: "settings.Interface", audio: "settings.Audio") -> Wing:
    return Wing(
        interface.name,
        interface.device,
        interface.inputs,
        interface.first_input or 1,
        interface.outputs,
        interface.first_output or 1,
        interface.sample_rate_hz or audio.sample_rate_hz,
        interface.block_frames or audio.block_frames,
    )


def _voice(channel: "settings.Channel") -> Voice:
    strip = Strip(channel.delay_ms, channel.high_pass_hz, channel.polarity, channel.pan)
    return Voice(channel.name, channel.inputs, channel.gain_db, strip)


def _ear(made_for: "settings.Return") -> Ear:
    return Ear(
        made_for.name,
        made_for.listener,
        made_for.outputs,
        dict(made_for.gains_db),
        made_for.made_by == "cuedrop",
        made_for.loopback,
        made_for.limiter_dbfs,
        made_for.talkback,
    )
