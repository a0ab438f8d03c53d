"""The words of the N-1 lamp: clean with its floor, leak with level and delay, echo, silent, not verifiable. Pure."""

from typing import Final

from console.audio.state import RED_FROM_DB, Leak, Return
from widgets.controls import Face

_LAMPS: Final = {
    Leak.CLEAN: ("N-1 CLEAN", Face.GREEN),
    Leak.LEAK: ("N-1 LEAK", Face.RED),
    Leak.ECHO: ("N-1 ECHO", Face.RED),
    Leak.SILENT: ("N-1 SILENT", Face.OFF),
    Leak.NOT_VERIFIABLE: ("NOT VERIFIABLE", Face.OFF),
}
_SIGNS: Final = {Face.GREEN: "✓", Face.RED: "▲", Face.AMBER: "■"}


def lamp_of(made_for: Return, *, is_heard: bool = True) -> tuple[str, Face]:
    """The lamp's words and face; while the engine is away (`is_heard` False) nothing is proved."""
    words, face = _LAMPS[made_for.leak if is_heard else Leak.NOT_VERIFIABLE]
    is_faint = made_for.leak_db is not None and made_for.leak_db < RED_FROM_DB
    if face is Face.RED and made_for.leak is Leak.LEAK and is_faint:
        return words, Face.AMBER
    return words, face


def signed(words: str, face: Face) -> str:
    """The lamp's words with a sign, so that a leak that is heard, a faint one and a clean one differ without colour."""
    return f"{_SIGNS[face]} {words}" if face in _SIGNS else words


def figures_of(made_for: Return, *, is_heard: bool = True) -> str:
    """What was measured, in figures: "floor -52 dB", "-31 dB 240 ms"; else the finding in words."""
    if not is_heard:
        return ""
    seldom = "" if made_for.tested_every_s is None else f", every {made_for.tested_every_s:.0f} s"
    if made_for.leak is Leak.CLEAN and made_for.floor_db is not None:
        return f"floor {made_for.floor_db:.0f} dB{seldom}"
    if made_for.leak in (Leak.LEAK, Leak.ECHO) and made_for.leak_db is not None:
        late = "" if made_for.leak_delay_ms is None else f" {made_for.leak_delay_ms:.0f} ms"
        return f"{made_for.leak_db:.0f} dB{late}{seldom}"
    return made_for.leak_detail
