"""When the failover takes SAFE, and when it leaves it: the decision alone. Pure: no clock, no I/O.

It never acts against a person. Whatever a person takes, here or elsewhere, begins the watching anew with GRACE_S; a
countdown that a person holds stays held until what is on air was well for WELL_S; back from SAFE only a person goes.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

GRACE_S: Final = 5.0  # after a person's take: time to see what they took, before anything is counted against it
WELL_S: Final = 2.0  # a held countdown is over only when what is on air was well for so long


class Phase(StrEnum):
    """What the failover does."""

    OFF = "off"
    WATCHING = "watching"
    COUNTING = "counting"  # announced: SAFE is taken when it is due, unless it is held or all is well again
    HELD = "held"  # a person has held it
    TAKING = "taking"  # SAFE is being tried
    TAKEN = "taken"  # SAFE is on air by failover; back only by hand


MOVES: Final = {
    Phase.OFF: {Phase.WATCHING},
    Phase.WATCHING: {Phase.OFF, Phase.COUNTING},
    Phase.COUNTING: {Phase.OFF, Phase.WATCHING, Phase.HELD, Phase.TAKING},
    Phase.HELD: {Phase.OFF, Phase.WATCHING},
    Phase.TAKING: {Phase.OFF, Phase.WATCHING, Phase.HELD, Phase.TAKEN},
    Phase.TAKEN: {Phase.OFF, Phase.WATCHING},
}


class IllegalMove(Exception):
    """A move that MOVES forbids: a bug."""


class Health(StrEnum):
    """How what is on air is."""

    WELL = "well"
    UNCLEAR = "unclear"  # neither: nothing begins, and nothing that has begun ends
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of what is on air at one moment.

    `scene` is on air (None: not known). `is_silent`: its sound is not heard though nobody muted it (None: it has none,
    or nobody can tell). `can_take`: OBS is heard, and there is a SAFE scene that is not on air already.
    """

    scene: str | None = None
    health: Health = Health.WELL
    why: str = ""  # of a fault, in the director's words
    is_silent: bool | None = None
    whose: str = ""  # whose sound that is, in the director's words
    can_take: bool = True
    is_hand_busy: bool = False  # a person's take waits or is in flight


@dataclass(frozen=True, slots=True)
class Guard:
    """The failover between two moments. `due_ns` belongs to COUNTING; `why` to everything from COUNTING on."""

    countdown_s: float
    silence_s: float  # 0: silence is no fault
    phase: Phase = Phase.OFF
    scene: str | None = None
    why: str = ""
    since_ns: int = 0
    due_ns: int = 0
    calm_until_ns: int = 0  # nothing is counted before this
    well_since_ns: int | None = None
    silent_since_ns: int | None = None

    def to(self, phase: Phase, at_ns: int, **changes: Any) -> "Guard":
        """This guard in another phase. Raises IllegalMove when MOVES forbids it."""
        if phase not in MOVES[self.phase]:
            raise IllegalMove(f"{self.phase} to {phase}")
        return replace(self, **{"phase": phase, "since_ns": at_ns, "due_ns": 0, "well_since_ns": None, **changes})

    # --- what people do ---

    def switched(self, on: bool, at_ns: int) -> "Guard":
        """Turned on, which begins with the grace, or off."""
        if on is (self.phase is not Phase.OFF):
            return self
        return self.to(Phase.WATCHING if on else Phase.OFF, at_ns, **self._anew(at_ns))

    def hand(self, at_ns: int) -> "Guard":
        """A person takes something: they know what is on air, so the watching begins anew. What is held stays so."""
        return self if self.phase in (Phase.OFF, Phase.HELD) else self._watched_anew(at_ns)

    def held(self, at_ns: int) -> "Guard":
        """A person holds the countdown, or takes back SAFE while it is being tried."""
        if self.phase not in (Phase.COUNTING, Phase.TAKING):
            return self
        return self.to(Phase.HELD, at_ns, why=self.why)

    # --- what is seen ---

    def looked(self, sight: Sight, at_ns: int) -> "Guard":
        """After a look at what is on air."""
        if self.phase is Phase.OFF:
            return self
        if sight.scene is None:  # not known for now, which is no change
            sight = replace(sight, scene=self.scene, health=Health.UNCLEAR, is_silent=None, can_take=False)
        if sight.scene != self.scene:
            return self._other_scene(sight, at_ns)
        if sight.is_hand_busy and self.phase not in (Phase.TAKING, Phase.HELD):
            return self.hand(at_ns)
        heard = self._listened(sight, at_ns)
        return _LOOKS[heard.phase](heard, heard._judged(sight, at_ns), at_ns)

    def taken(self, at_ns: int) -> "Guard":
        """SAFE is on air, proved."""
        return self.to(Phase.TAKEN, at_ns, why=self.why) if self.phase is Phase.TAKING else self

    def not_taken(self, why: str, at_ns: int) -> "Guard":
        """SAFE did not go on air, or was taken back: it is not tried against anybody's will again."""
        return self.to(Phase.HELD, at_ns, why=why) if self.phase is Phase.TAKING else self

    # --- inside ---

    def _watched_anew(self, at_ns: int) -> "Guard":
        if self.phase is Phase.WATCHING:
            return replace(self, **self._anew(at_ns))
        return self.to(Phase.WATCHING, at_ns, **self._anew(at_ns))

    def _anew(self, at_ns: int) -> dict[str, Any]:
        calm = at_ns + round(GRACE_S * 1e9)
        return {"why": "", "calm_until_ns": calm, "silent_since_ns": None}

    def _other_scene(self, sight: Sight, at_ns: int) -> "Guard":
        """Another scene is on air than at the last look: ours while SAFE is tried, else somebody took it."""
        if self.phase is Phase.TAKING or (self.phase is Phase.TAKEN and not sight.can_take):
            return replace(self, scene=sight.scene)  # SAFE: what its own proof says counts
        return replace(self._watched_anew(at_ns), scene=sight.scene)

    def _listened(self, sight: Sight, at_ns: int) -> "Guard":
        if sight.is_silent is False:
            return replace(self, silent_since_ns=None)
        return replace(self, silent_since_ns=at_ns) if sight.is_silent and self.silent_since_ns is None else self

    def _judged(self, sight: Sight, at_ns: int) -> Sight:
        """The sight with a silence that has lasted too long made a fault; meters that are missing end none."""
        since = self.silent_since_ns
        if sight.health is Health.FAULT or since is None or self.silence_s <= 0:
            return sight
        if at_ns - since < self.silence_s * 1e9:
            return sight
        if sight.is_silent is None:
            return replace(sight, health=Health.UNCLEAR)
        why = f"{sight.whose} has been silent for {self.silence_s:.0f} s."
        return replace(sight, health=Health.FAULT, why=why)


def _watching(guard: Guard, sight: Sight, at_ns: int) -> Guard:
    if sight.health is not Health.FAULT or not sight.can_take or at_ns < guard.calm_until_ns:
        return guard
    return guard.to(Phase.COUNTING, at_ns, why=sight.why, due_ns=at_ns + round(guard.countdown_s * 1e9))


def _counting(guard: Guard, sight: Sight, at_ns: int) -> Guard:
    if not sight.can_take or sight.health is Health.WELL:
        return guard.to(Phase.WATCHING, at_ns, why="")
    if at_ns >= guard.due_ns:
        return guard.to(Phase.TAKING, at_ns, why=guard.why)
    return replace(guard, why=sight.why or guard.why)


def _held(guard: Guard, sight: Sight, at_ns: int) -> Guard:
    if sight.health is not Health.WELL:
        return replace(guard, well_since_ns=None)
    if guard.well_since_ns is None:
        return replace(guard, well_since_ns=at_ns)
    if at_ns - guard.well_since_ns < WELL_S * 1e9:
        return guard
    return guard.to(Phase.WATCHING, at_ns, why="")


def _waits_for_others(guard: Guard, sight: Sight, at_ns: int) -> Guard:
    return guard


_LOOKS: Final = {
    Phase.WATCHING: _watching,
    Phase.COUNTING: _counting,
    Phase.HELD: _held,
    Phase.TAKING: _waits_for_others,
    Phase.TAKEN: _waits_for_others,
}
