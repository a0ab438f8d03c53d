"""What is known of the sound. Pure values; levels are dBFS, floor -120."""

from dataclasses import dataclass
from enum import StrEnum

from console.core.links import Link

FLOOR_DBFS = -120.0


class Leak(StrEnum):
    """What the N-1 lamp of a return says."""

    CLEAN = "clean"
    LEAK = "leak"
    ECHO = "echo"
    SILENT = "silent"
    NOT_VERIFIABLE = "not_verifiable"


@dataclass(frozen=True, slots=True)
class Channel:
    """One audio input as the director sees it. `mute_acts_on` names where its mute acts, for the strip."""

    name: str
    inputs: tuple[int, ...]
    obs_input: str | None = None
    is_muted: bool = False
    is_solo: bool = False
    gain_db: float = 0.0

    @property
    def mute_acts_on(self) -> str:
        """Where mute acts: "OBS + returns" or "returns only"."""
        return "OBS + returns" if self.obs_input else "returns only"


@dataclass(frozen=True, slots=True)
class Return:
    """What one person hears. `leak_detail` is for people ("own voice -112 dB")."""

    name: str
    listener: tuple[str, ...]
    made_by: str
    leak: Leak = Leak.NOT_VERIFIABLE
    leak_detail: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """The whole of the sound but for the levels, which are polled."""

    link: Link = Link()
    device: str = ""
    sample_rate_hz: int = 48_000
    block_frames: int = 256
    channels: tuple[Channel, ...] = ()
    returns: tuple[Return, ...] = ()
    xruns: int = 0
    is_talkback_open: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """One meter's reading: the highest of its ports."""

    peak_dbfs: float = FLOOR_DBFS
    rms_dbfs: float = FLOOR_DBFS
    hold_dbfs: float = FLOOR_DBFS
    is_clipped: bool = False  # a sample at or over full scale since the last reset


@dataclass(frozen=True, slots=True)
class Levels:
    """A reading of all meters, in the order of Sound.channels and Sound.returns."""

    channels: tuple[Level, ...] = ()
    returns: tuple[Level, ...] = ()
