"""What can be wrong with the sound: when it becomes an alarm, when it is over, and what the director is told. Pure.

A trouble that comes and goes is one alarm: it must last to be raised, and be gone for a while to be cleared, with the
limit moved by a margin in between.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from console.core.alarms import Rank

if TYPE_CHECKING:
    from console.settings import sound as settings

CLEAR_S: Final = 3.0
"""How long a trouble must be over to be cleared."""
UNPROVED_S: Final = 60.0
"""How long a trouble stands that nothing shows any more, nor disproves: whoever heard themselves may have left."""


class Kind(StrEnum):
    """What is wrong."""

    SILENT = "silent"
    CLIPPING = "clipping"
    HUM = "hum"
    DC = "dc"
    POLARITY = "polarity"
    FROZEN = "frozen"
    OFF_TARGET = "off_target"
    TALKING = "talking"
    LEAK = "leak"
    ECHO = "echo"
    RETURN_SILENT = "return_silent"


_OF_RETURNS: Final = frozenset({Kind.LEAK, Kind.ECHO, Kind.RETURN_SILENT})
PROGRAMME: Final = ""
"""The name of the programme among those of channels and returns."""


@dataclass(frozen=True, slots=True)
class Limits:
    """[audio.alarms] and the programme's target, as plain values: a hold time of 0 turns an alarm off."""

    silence_dbfs: float = -60.0
    silence_s: float = 30.0
    clipping_s: float = 1.0
    hum_dbfs: float = -55.0
    hum_s: float = 10.0
    dc_dbfs: float = -40.0
    dc_s: float = 10.0
    polarity_correlation: float = -0.5
    polarity_s: float = 10.0
    frozen_s: float = 3.0
    target_lufs: float = -16.0
    off_target_lu: float = 3.0
    off_target_s: float = 30.0
    talking_dbfs: float = -40.0
    talking_s: float = 2.0
    leak_s: float = 1.0
    return_silent_s: float = 1.0


def limits_of(audio: "settings.Audio") -> Limits:
    """The limits of a show's [audio]."""
    return Limits(**audio.alarms.model_dump(), target_lufs=audio.meters.target_lufs)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something is wrong with a channel, a return or the PROGRAMME; `detail` is for people, from when it was raised."""

    kind: Kind
    name: str
    detail: str = ""

    @property
    def is_of_return(self) -> bool:
        """Whether `name` is a return's."""
        return self.kind in _OF_RETURNS

    @property
    def alarm(self) -> str:
        """The id of its alarm."""
        if self.kind is Kind.LEAK:
            return f"return.{self.name}"
        return f"{_family(self.kind)}.{_word(self.kind)}.{self.name or 'programme'}"


@dataclass(frozen=True, slots=True)
class Check:
    """One look at one thing: it is wrong while `value` is above `limit`. None: not to be said now.

    `margin` is how far below the limit the value must fall to be right again.
    """

    kind: Kind
    name: str
    value: float | None
    limit: float
    margin: float
    hold_s: float
    detail: str = ""


class Holds:
    """Which troubles have lasted long enough, and are not over for long enough yet."""

    def __init__(self) -> None:
        self._present: dict[tuple[Kind, str], Trouble] = {}
        self._lasted_s: dict[tuple[Kind, str], float] = {}
        self._unproved_s: dict[tuple[Kind, str], float] = {}

    @property
    def present(self) -> frozenset[Trouble]:
        """What is wrong now."""
        return frozenset(self._present.values())

    def take_over(self, troubles: frozenset[Trouble]) -> None:
        """These are present already: an analyst before this one has raised them."""
        for trouble in troubles:
            self._present[trouble.kind, trouble.name] = trouble

    def tell(self, check: Check, elapsed_s: float) -> None:
        """Take in a check that holds for the last `elapsed_s`."""
        key = (check.kind, check.name)
        is_raised = key in self._present
        if check.hold_s <= 0:
            self._present.pop(key, None)
            return
        unproved_s = self._unproved_s.pop(key, 0.0) + elapsed_s
        if check.value is None:
            if is_raised and unproved_s < UNPROVED_S:
                self._unproved_s[key] = unproved_s
            else:
                self._present.pop(key, None)
            return
        is_wrong = check.value > check.limit - (check.margin if is_raised else 0.0)
        if is_wrong is is_raised:
            self._lasted_s.pop(key, None)
            return
        lasted_s = self._lasted_s.get(key, 0.0) + elapsed_s
        if lasted_s < (CLEAR_S if is_raised else check.hold_s):
            self._lasted_s[key] = lasted_s
            return
        self._lasted_s.pop(key, None)
        if is_raised:
            del self._present[key]
        else:
            self._present[key] = Trouble(check.kind, check.name, check.detail)


@dataclass(frozen=True, slots=True)
class Words:
    """An alarm's words and rank."""

    kind: str
    what: str
    fix: str
    rank: Rank


def words_of(trouble: Trouble) -> Words:
    """What the director is told of a trouble: what it is, then what to do."""
    whose, detail = trouble.name or "The programme", f" ({trouble.detail})" if trouble.detail else ""
    what, fix, rank = _WORDS[trouble.kind]
    if trouble.name == PROGRAMME:
        fix = _PROGRAMME_FIXES.get(trouble.kind, fix)
        rank = Rank.ON_AIR if trouble.kind is Kind.SILENT else rank
    return Words(f"{_family(trouble.kind)}.{_word(trouble.kind)}", f"{whose} {what}{detail}.", fix, rank)


def _family(kind: Kind) -> str:
    return "return" if kind in _OF_RETURNS else "sound"


def _word(kind: Kind) -> str:
    return kind.removeprefix("return_")


_PROGRAMME_FIXES: Final = {
    Kind.SILENT: "See to faders and mutes, and to what feeds the programme.",
    Kind.CLIPPING: "Bring the faders down, or the level of what feeds the programme.",
    Kind.HUM: "See which channel hums too, and to the cable that feeds the programme.",
    Kind.DC: "See which channel has it too; a high-pass on its strip takes it out.",
    Kind.POLARITY: "See which channel has it too, and to the cables that feed the programme: in mono this vanishes.",
    Kind.FROZEN: "See to what feeds the programme: the same sample comes again and again.",
}
_WORDS: Final = {
    Kind.SILENT: ("fell silent", "See to microphone, cable and battery; mute it if it is to be silent.", Rank.LINK),
    Kind.CLIPPING: ("clips", "Turn it down at the microphone or the interface: here it is too late.", Rank.ON_AIR),
    Kind.HUM: ("hums", "See to cable and ground; a high-pass on its strip helps until then.", Rank.NOTE),
    Kind.DC: ("has a constant offset", "See to cable and interface; a high-pass on its strip takes it out.", Rank.NOTE),
    Kind.POLARITY: (
        "has left and right against each other",
        "Turn one cable's polarity over: in mono this vanishes.",
        Rank.ON_AIR,
    ),
    Kind.FROZEN: ("froze", "The same sample comes again and again: plug its interface out and in.", Rank.LINK),
    Kind.OFF_TARGET: (
        "is off its loudness target",
        "Bring the faders there, or change target_lufs in the show file.",
        Rank.NOTE,
    ),
    Kind.TALKING: ("talks while muted", "Unmute, or tell them.", Rank.NOTE),
    Kind.LEAK: ("hears themselves", "Look for a loop in the mixer or the call, and for open speakers.", Rank.GUEST),
    Kind.ECHO: ("sends back what they hear", "Have them wear headphones, or turn their speakers down.", Rank.GUEST),
    Kind.RETURN_SILENT: ("hears nothing", "See to mutes and gains of the channels in it.", Rank.GUEST),
}
