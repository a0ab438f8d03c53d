"""What the console and the recorder say to each other, and the words of memory that outlive a recorder. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final

from console.audio.timeline import Gap

SPARE_BYTES: Final = 200_000_000
"""What a recording leaves of the disk: the journal, orders and OBS need it too."""
PROGRESS_BYTES: Final = 64


class Progress(IntEnum):
    """The words of the shared memory, 8 bytes each; each has one writer."""

    RATE_HZ = 0  # the console's: what the engine runs at
    PART = 1  # the last one that was begun
    POSITION = 2  # the ring's frame after the last one that is safe in the files
    UNTIL_NS = 3  # the monotonic moment of that frame
    LENGTH_NS = 4  # how long the recording is, silence included, all parts together
    PART_FRAMES = 5  # how much of that is in the last part
    PART_RATE_HZ = 6  # and its rate


@dataclass(frozen=True, slots=True)
class Track:
    """What gets a file of its own: a channel, a return or the programme, by its columns in the ring."""

    name: str
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """What to record and into which folder; a recorder that is started anew gets the same, and goes on."""

    show: str
    began: datetime  # local time
    folder: str
    suffix: str  # ".flac" or ".wav"
    tracks: tuple[Track, ...]
    ring_path: str
    ring_frames: int
    ring_columns: int
    meters_path: str
    progress_path: str
    block_frames: int
    spare_bytes: int = SPARE_BYTES


@dataclass(frozen=True, slots=True)
class Finish:
    """End the recording with frame `end` of the ring."""

    end: int


@dataclass(frozen=True, slots=True)
class PartBegun:
    """The files of a part are open; `at_s` is where it begins in the recording."""

    part: int
    at_s: float
    files: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """How it goes, once a second: how long it is, and how long the disk lasts."""

    length_s: float
    minutes_left: float


@dataclass(frozen=True, slots=True)
class GapFilled:
    """Sound that never came stands as silence in the files; or a new part was begun in its place (`is_filled`)."""

    at_s: float
    lasted_s: float
    gap: Gap
    is_filled: bool = True


@dataclass(frozen=True, slots=True)
class Finished:
    """The files are closed. `why` and `fix` speak when nobody had asked for it."""

    length_s: float
    why: str = ""
    fix: str = ""
