"""Whether a take is on its way, so that nothing else is painted now. Pure."""

from typing import Final

from scenes.state import Take, TakeState

_TAKING_S: Final = 0.12  # a cut is proved within; a fade goes on being seen
_ANSWERING_S: Final = 0.02


def is_taking(take: Take | None, now_ns: int) -> bool:
    """A take was sent just now, or proved in this very moment and its answer is still to go out."""
    if take is None or take.state not in (TakeState.SENT, TakeState.ON_AIR):
        return False
    within_s = _TAKING_S if take.state is TakeState.SENT else _ANSWERING_S
    return now_ns - take.since_mono_ns < within_s * 1e9
