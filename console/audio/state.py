"""What is known of the sound. Pure values; levels are dBFS, floor -120."""

from dataclasses import dataclass, field
from enum import StrEnum

from console.core.links import Link

FLOOR_DBFS = -120.0
NO_LOUDNESS_LUFS = -120.0
RED_FROM_DB = -40.0
"""A leak below this is amber, and no alarm: it is heard only where nothing else is."""


class Leak(StrEnum):
    """What the N-1 lamp of a return says."""

    CLEAN = "clean"
    LEAK = "leak"
    ECHO = "echo"
    SILENT = "silent"
    NOT_VERIFIABLE = "not_verifiable"


@dataclass(frozen=True, slots=True)
class Channel:
    """One audio input as the director sees it."""

    name: str
    inputs: tuple[int, ...]
    obs_input: str | None = None
    is_muted: bool = False  # on the desk: wherever its mute acts
    is_obs_unknown: bool = False  # muted here; it is to be muted in OBS, too, which can't be asked now
    is_talking_muted: bool = False  # somebody speaks into it though it is muted
    is_solo: bool = False
    gain_db: float = 0.0
    is_pfl: bool = False
    delay_ms: float = 0.0
    high_pass_hz: float | None = None
    is_inverted: bool = False
    pan: float = 0.0
    mutes_obs: bool = True  # as far as it has an input there
    mutes_returns: bool = True
    is_muted_here: bool = False  # by Cuedrop; the desk joins it with what OBS says
    is_muted_in_obs: bool = False  # whether its mute acts there or not

    @property
    def mute_acts_on(self) -> str:
        """Where mute acts, for the strip: "OBS + returns", "OBS only" or "returns only"."""
        if not (self.obs_input and self.mutes_obs):
            return "returns only"
        return "OBS + returns" if self.mutes_returns else "OBS only"

    @property
    def muted_only_in(self) -> str:
        """Where it is muted while it is open elsewhere: "OBS", "returns", or "Cuedrop" (what it mixes); else ""."""
        if self.is_muted or not (self.is_muted_here or self.is_muted_in_obs):
            return ""
        return "OBS" if self.is_muted_in_obs else "returns" if self.mutes_returns else "Cuedrop"

    @property
    def is_to_be_opened(self) -> bool:
        """Whether a press of its mute opens it: it is muted somewhere where its mute acts."""
        return self.is_muted or (self.mutes_obs and self.muted_only_in != "")

    @property
    def mute_words(self) -> str:
        """What is known of its mute, for people: "muted", "muted here, OBS ?", "muted in OBS only", or nothing."""
        if self.is_muted:
            return "muted here, OBS ?" if self.is_obs_unknown else "muted"
        return f"muted in {self.muted_only_in} only" if self.muted_only_in else ""

    @property
    def mutes_programme(self) -> bool:
        """Whether its mute takes it off the programme: not one that stays on air through OBS."""
        return self.mutes_obs or self.obs_input is None


@dataclass(frozen=True, slots=True)
class Return:
    """What one person hears. `leak_detail` is for people ("own voice -112 dB"); what was not measured is None."""

    name: str
    listener: tuple[str, ...]
    made_by: str
    leak: Leak = Leak.NOT_VERIFIABLE
    leak_detail: str = ""
    leak_db: float | None = None  # own voice in the return, or the return in the microphone, relative to its source
    leak_delay_ms: float | None = None
    floor_db: float | None = None  # a leak below this would not have been found
    tested_every_s: float | None = None  # how seldom, when that is more seldom than it should be
    gains_db: dict[str, float] = field(default_factory=dict)  # by channel; absent = 0 dB
    limiter_dbfs: float = -3.0
    has_talkback: bool = True  # T speaks into it
    is_spoken_into: bool = False  # the director is heard in it now
    is_dimmed: bool = False  # the others in it are down, for talkback


@dataclass(frozen=True, slots=True)
class Interface:
    """A device beside the main one. `delay_ms` is what the way over to the main device's clock adds."""

    name: str
    device: str = ""
    link: Link = Link()
    sample_rate_hz: int = 48_000
    delay_ms: float = 0.0
    xruns: int = 0
    drift_ppm: int | None = None  # how much quicker its clock runs than the main device's; None: not known yet


@dataclass(frozen=True, slots=True)
class Recording:
    """The safety recording. `minutes_left`: how long the disk lasts, None while it is not known."""

    is_running: bool = False
    since: str = ""  # RFC 3339, UTC
    folder: str = ""
    files: int = 0
    parts: int = 0  # more than 1: the recorder had to begin anew
    gaps: int = 0  # sound that never came, silence in the files
    minutes_left: float | None = None
    why: str = ""  # it does not run though it was asked to
    fix: str = ""


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
    presets: tuple[str, ...] = ()
    preset: str | None = None  # the one recalled last, while nothing in it was changed
    is_loudness_paused: bool = False
    recording: Recording = Recording()
    interfaces: tuple[Interface, ...] = ()
    talking_inputs: frozenset[str] = frozenset()  # of OBS: muted there, and somebody talks into them

    def own_channels(self, made_for: Return) -> frozenset[str]:
        """The channels that are locked out of a return: its listener's, and others that come from the same inputs."""
        own = {port for channel in self.channels if channel.name in made_for.listener for port in channel.inputs}
        shared = (channel.name for channel in self.channels if own.issuperset(channel.inputs))
        return frozenset(made_for.listener) | frozenset(shared)


@dataclass(frozen=True, slots=True)
class Level:
    """One meter's reading: the highest of its ports."""

    peak_dbfs: float = FLOOR_DBFS
    rms_dbfs: float = FLOOR_DBFS
    hold_dbfs: float = FLOOR_DBFS
    is_clipped: bool = False  # a sample at or over full scale since the last reset
    clips: int = 0  # how many such samples
    true_peak_dbtp: float = FLOOR_DBFS  # the highest since the last reset
    ballistic_dbfs: float = FLOOR_DBFS  # the bar, by the ballistics that the show asks for
    reduction_db: float = 0.0  # what the limiter takes off now, as a positive number


@dataclass(frozen=True, slots=True)
class Loudness:
    """Loudness of one bus (EBU R 128), LUFS; NO_LOUDNESS_LUFS while there is nothing to measure."""

    momentary_lufs: float = NO_LOUDNESS_LUFS
    short_term_lufs: float = NO_LOUDNESS_LUFS
    integrated_lufs: float = NO_LOUDNESS_LUFS
    range_lu: float = 0.0
    momentary_max_lufs: float = NO_LOUDNESS_LUFS
    short_term_max_lufs: float = NO_LOUDNESS_LUFS
    true_peak_dbtp: float = FLOOR_DBFS


@dataclass(frozen=True, slots=True)
class Levels:
    """A reading of all meters, in the order of Sound.channels and Sound.returns.

    `programme` is left and right, or one. `returns_loudness` is in the order of `returns`, or empty while none is
    measured.
    """

    channels: tuple[Level, ...] = ()
    returns: tuple[Level, ...] = ()
    programme: tuple[Level, ...] = ()
    programme_loudness: Loudness = Loudness()
    returns_loudness: tuple[Loudness, ...] = ()
