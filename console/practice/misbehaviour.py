"""What the practice OBS can be told to do wrong, by name. Pure; console.practice.obs does it, asyncio and all."""

from dataclasses import dataclass
from typing import Final

from console.practice.wire import Fields, Refused, Status

VENDOR: Final = "cuedrop-practice"
REQUEST: Final = "misbehave"
HOWS: Final = ("lose_takes", "refuse_takes", "stall", "late", "freeze_picture", "not_ready", "die", "good")
LATE_S: Final = 0.4
FOR_S: Final = 5.0
LONGEST_S: Final = 600.0
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """One order: how, for how many takes, for how long, how late."""

    how: str
    n: int = 1
    for_s: float = FOR_S
    late_s: float = LATE_S


def misbehaviour(fields: Fields) -> Misbehaviour:
    """The order in a request's data. Raises Refused for one that is none."""
    how = fields.text("how")
    if how not in HOWS:
        raise Refused(Status.INVALID_FIELD, f"The field value of `how` must be one of {', '.join(HOWS)}.")
    n = int(fields.number("n", 0, MOST)) if fields.has("n") else 1
    for_s = float(fields.number("for_s", 0, LONGEST_S)) if fields.has("for_s") else FOR_S
    late_s = float(fields.number("late_s", 0, 60)) if fields.has("late_s") else LATE_S
    return Misbehaviour(how, n, for_s, late_s)
