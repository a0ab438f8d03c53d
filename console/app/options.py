"""What a run of the console was asked to be. Pure."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for. `mode`: "console", "rehearse" or "check"."""

    show: Path | None = None
    mode: str = "console"
    practice: bool = False
    headless: bool = False
    control: str | None = None
    data_dir: Path | None = None
    for_s: float | None = None
    trust: bool = False
