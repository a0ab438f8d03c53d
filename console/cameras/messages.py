"""What a camera's worker and the console tell each other. Values only."""

from dataclasses import dataclass
from enum import StrEnum


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
class Resize:
    """To the worker: the tile is shown at this size, in pixels."""

    width: int
    height: int
