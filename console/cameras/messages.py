"""What a camera's worker and the console tell each other. Values only."""

from dataclasses import dataclass, field
from enum import StrEnum

from console.cameras.state import Stats


class Stage(StrEnum):
    """How a worker is with its source."""

    OPENING = "opening"  # the first try, nothing seen yet
    PLAYING = "playing"
    LOST = "lost"  # gone, or never came; tried again for ever


class Look(StrEnum):
    """What the pictures look like, whoever sends them."""

    MOVING = "moving"
    FROZEN = "frozen"
    BLACK = "black"


@dataclass(frozen=True, slots=True)
class Report:
    """From the worker, on every change."""

    stage: Stage
    look: Look = Look.MOVING
    why: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class StreamStats:
    """What the player counts and knows of the open stream; counters start anew with each opening."""

    decoded: int = 0  # pictures, repeats of the one before included
    dropped: int = 0  # pictures
    read_bytes: int = 0
    expected_fps: float = 0.0  # 0: the stream does not say
    width: int = 0  # of the source
    height: int = 0
    codec: str = ""  # "H.264"
    decoder: str = ""  # "software", "hardware"


@dataclass(frozen=True, slots=True)
class Figures:
    """From the worker, once a second while it plays: how the stream arrives. `reconnects` is left to the tile."""

    stats: Stats


@dataclass(frozen=True, slots=True)
class Delay:
    """From the worker: how old the picture is, by the time code that is seen in it. None: none is seen any more."""

    delay_ms: float | None


@dataclass(frozen=True, slots=True)
class Resize:
    """To the worker: the tile is shown at this size, in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Rest:
    """To the worker: nobody sees the tile (or somebody does again). It is still watched."""

    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Password:
    """To the worker that waits for it, never shown: what its address asks for."""

    value: str = field(repr=False)
