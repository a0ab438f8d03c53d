"""What the engine needs of a show's sound, as plain values: importing the show's model would double its start-up."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.settings import show as settings


@dataclass(frozen=True, slots=True)
class Voice:
    """One channel; inputs count from 1."""

    name: str
    inputs: tuple[int, ...]
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class Ear:
    """One return; outputs count from 1."""

    name: str
    listener: tuple[str, ...] = ()
    outputs: tuple[int, ...] = ()
    gains_db: dict[str, float] = field(default_factory=dict)
    is_ours: bool = True  # False: something else makes it


@dataclass(frozen=True, slots=True)
class Plan:
    """The sound of one show, as its file says it."""

    device: str | None = None
    sample_rate_hz: int = 48_000
    block_frames: int = 256
    channels: tuple[Voice, ...] = ()
    returns: tuple[Ear, ...] = ()
    talkback: str | None = None
    monitor: tuple[int, ...] = ()


def plan_of(audio: "settings.Audio") -> Plan:
    """The plan of a show's [audio]."""
    return Plan(
        audio.device,
        audio.sample_rate_hz,
        audio.block_frames,
        tuple(Voice(one.name, one.inputs, one.gain_db) for one in audio.channels),
        tuple(
            Ear(one.name, one.listener, one.outputs, dict(one.gains_db), one.made_by == "cuedrop")
            for one in audio.returns
        ),
        audio.talkback,
        audio.monitor,
    )
