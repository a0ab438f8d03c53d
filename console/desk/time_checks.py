"""What the preflight says of the times around drops: what starts them, and whether viewers' delay is known. Pure."""

from collections.abc import Iterable
from typing import Final

from console.commerce.state import StreamDelay
from console.settings.show import Drop, Show

Said = tuple[str, bool, str, str]  # what, is it ready, how it is, what to do

_MEASURE: Final = "Measure it in the show (Measure the stream's delay), or set stream_delay_s under [shop]."
_NAME: Final = "Name the drop in a cue, or give it another start."


def time_checks(show: Show, delay: StreamDelay) -> Iterable[Said]:
    """A line for each drop that starts by itself, and one for the delay where a drop opens for the viewers."""
    yield from (_start(drop, show) for drop in show.drops if drop.start != "hand")
    if any(drop.heard == "viewers" for drop in show.drops):
        says = f"viewers see the picture {delay.seconds:g} s late" if delay.seconds else "not known"
        yield "Delay of the stream", delay.seconds > 0, says, _MEASURE


def _start(drop: Drop, show: Show) -> Said:
    what = f"Start of {drop.title}"
    if drop.start != "cue":
        return what, True, f"at {drop.start}, while it is armed, announced before", ""
    cue = next((cue.name for cue in show.cues if cue.drop == drop.id), None)
    if cue is None:
        return what, False, "no cue names this drop", _NAME
    return what, True, f'with the cue "{cue}", announced before', ""
