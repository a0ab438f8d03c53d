"""When a drop starts, opens and ends: its share of the show file. Pure data; durations are seconds."""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from console.settings.part import Part

SOLD_OUT: Final = "sold out"
LONGEST_S: Final = 86_400  # a sale until sold out has a latest end too: a shop closes by itself


def _duration(value: object) -> object:
    if value != SOLD_OUT and not (type(value) is int and 10 <= value <= LONGEST_S):
        raise ValueError(f'a sale takes from 10 to {LONGEST_S} s: write the seconds, or "{SOLD_OUT}"')
    return value


SaleDuration = Annotated[
    Annotated[int, Field(ge=10, le=LONGEST_S)] | Literal["sold out"],
    BeforeValidator(_duration),
    Field(description='How long it is on sale, in seconds; "sold out": until nothing is left.'),
]


def longest_s(duration: SaleDuration) -> int:
    """How long a sale lasts at most, in seconds."""
    return duration if isinstance(duration, int) else LONGEST_S


def _countdown(seconds: int) -> int:
    if seconds != 0 and not 10 <= seconds <= 300:
        raise ValueError(f"a countdown of {seconds} s is not possible: write 10 to 300, or 0 for none")
    return seconds


def _start(text: str) -> str:
    if text not in ("hand", "cue") and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text) is None:
        raise ValueError(f'start cannot be "{text}": write "hand", "cue" or a time of day like "20:15"')
    return text


class Timing(Part):
    """The times around a drop."""

    countdown_s: Annotated[int, AfterValidator(_countdown)] = Field(
        default=0, description="FIRE counts down so long before it opens, 10 to 300; 0: none."
    )
    heard: Literal["host", "viewers"] = Field(
        default="host", description="It opens when the room sees the countdown end, or when the viewers do."
    )
    start: Annotated[str, AfterValidator(_start)] = Field(
        default="hand",
        description='Fired by hand; at a time of day ("20:15") while it is armed; or by the cue that names it.',
    )
    at_end: Literal["stay", "back", "next"] = Field(
        default="stay",
        description="When it has closed: nothing; back to the scene before it; or the next drop is chosen and armed.",
    )
