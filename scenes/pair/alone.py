"""What two OBS in lockstep can and one alone cannot: said, with what to do. Pure."""

from console.core.journal import Origin
from console.core.outcome import Outcome

ONLY_ONE = Outcome.refused("There is only one OBS.", "Name a second one under [obs.backup] in the show file.")


class Alone:
    """The part of `scenes.port.Obs` that needs a second OBS, as one alone answers it."""

    async def lead(self, which: str, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Refused: there is nobody else."""
        return ONLY_ONE

    async def match(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Refused: there is nobody to be like."""
        return ONLY_ONE
