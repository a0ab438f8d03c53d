"""What came of a look: each step with its own end, so that a look is never half-reported. Pure values."""

from dataclasses import dataclass

from console.core.outcome import Outcome
from console.settings.show import Look


@dataclass(frozen=True, slots=True)
class StepRun:
    """One line of a look and what came of it. `is_done` None: not tried."""

    line: str
    is_done: bool | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class LookRun:
    """A look's run: every step's end in order, the take's last, and the whole as one outcome.

    `back` puts back what this run changed, last first, and takes what was on air before; None: there is nothing to
    put back.
    """

    look: str
    outcome: Outcome
    steps: tuple[StepRun, ...] = ()
    back: Look | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A scene that went on air, with the transition that was seen (None: none was seen)."""

    scene: str
    transition: str | None = None
    duration_ms: int | None = None
