"""Whether a press may become a take: the double press, and what the operator saw on program. Loop thread only.

A press is refused once when program has changed under it, with what changed and when; pressed again it is accepted.
"""

from dataclasses import dataclass, replace
from typing import Final

from console.core.clock import Clock
from console.core.journal import Origin
from scenes.state import Switcher
from scenes.taking.press import How

GUARD_S: Final = 0.250  # the same press again within this is a double press
FRESH_S: Final = 1.0  # nobody has seen and understood a change from outside within this
AGAIN_S: Final = 5.0  # a refused press that comes again within this is meant
BY_HAND: Final = frozenset({Origin.KEY, Origin.BUTTON, Origin.HOST})  # seen with eyes, pressed with fingers
MACHINES: Final = frozenset({Origin.AUTOMATION, Origin.CONSOLE})  # pressing again means nothing
Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A press as it was made. `scene` None: the preview, which was `preview`; `wanted` is what it comes to."""

    how: How
    scene: str | None
    preview: str | None
    wanted: str
    expect: str | None
    origin: Origin

    def is_same(self, other: "Asked") -> bool:
        """The same press made once more."""
        return (self.how, self.scene, self.origin) == (other.how, other.scene, other.origin)


@dataclass(frozen=True, slots=True)
class Change:
    """Program went from `before` to `now`."""

    before: str
    now: str
    at_ns: int
    is_from_outside: bool

    def told(self, at_ns: int) -> str:
        """What changed and when, for the director."""
        age_s = (at_ns - self.at_ns) / 1e9
        ago = f"{age_s:.1f} s" if age_s < 60 else f"{age_s / 60:.0f} min"
        whom = "from outside Cuedrop" if self.is_from_outside else "by Cuedrop"
        return f"Program changed from {self.before} to {self.now} {ago} ago, {whom}."


@dataclass(frozen=True, slots=True)
class _Accepted:
    asked: Asked
    program: str | None
    at_ns: int


@dataclass(frozen=True, slots=True)
class _Warned:
    asked: Asked
    found: str | None
    change: Change | None
    at_ns: int


class Guard:
    """Remembers the last press and the last change of program.

    A press by hand (key, button, host page) sees what program shows; in the first second after a change from outside
    no hand can have seen it. A remote says what it saw with `expect`; without one it is treated as a hand. Automation
    and the console's own takes stand by their `expect` alone, and are never accepted for pressing again.
    """

    def __init__(self, clock: Clock, guard_s: float) -> None:
        self._clock = clock
        self._guard_s = guard_s
        self._accepted: _Accepted | None = None
        self._warned: _Warned | None = None
        self._change: Change | None = None

    def changed(self, before: str, now: str, *, from_outside: bool) -> None:
        """Program changed, or is about to as OBS says."""
        known, change = self._change, Change(before, now, self._clock.mono_ns(), from_outside)
        if known is not None and replace(known, at_ns=change.at_ns) == change and not self._is_old(known):
            return  # said first, proved now: one change
        self._change = change

    def _is_old(self, change: Change) -> bool:
        return self._clock.mono_ns() - change.at_ns >= FRESH_S * 1e9

    def unchanged(self, now: str) -> None:
        """OBS named `now`, and it is not on air: nothing changed."""
        if self._change is not None and self._change.now == now:
            self._change = None

    def chosen(self) -> None:
        """The director chose another preview: the next press is no double press."""
        self._accepted = None

    def accepted(self, asked: Asked, shown: Switcher) -> None:
        """This press became a take."""
        self._accepted = _Accepted(asked, shown.program or shown.claimed, self._clock.mono_ns())
        self._warned = None

    def why_not(self, asked: Asked, shown: Switcher) -> Words | None:
        """Why this press is no take, and what to do now; None when it may be one."""
        now = self._clock.mono_ns()
        if self._is_double(asked, now):
            return "That was a double press.", "The first press counts."
        found = shown.program or shown.claimed
        why = self._contradiction(asked, found, now)
        if why is None:
            return None
        warned = self._warned
        if warned is not None and self._is_meant(warned, asked, found, now):
            if now - warned.at_ns < self._guard_s * 1e9:
                return "That was a double press.", f"Press once more to take {asked.wanted}."
            return None
        if asked.origin in MACHINES:
            return why, "Look at program, then take again."
        self._warned = _Warned(asked, found, self._change, now)
        return why, f"Press again to take {asked.wanted}."

    def _is_double(self, asked: Asked, now: int) -> bool:
        last = self._accepted
        if last is None or now - last.at_ns >= self._guard_s * 1e9 or not asked.is_same(last.asked):
            return False
        # OBS swaps: after a take of the preview, what was on air is in preview
        return asked.scene is not None or asked.preview in {last.asked.preview, last.program}

    def _contradiction(self, asked: Asked, found: str | None, now: int) -> str | None:
        change = self._change
        if change is not None and not self._is_old(change) and self._cannot_have_seen(asked, change):
            return change.told(now)
        if asked.expect is None or asked.expect == found:
            return None
        if change is not None and change.now == found:
            return change.told(now)
        return f"{found or 'Something else'} is on air, not {asked.expect}."

    @staticmethod
    def _cannot_have_seen(asked: Asked, change: Change) -> bool:
        if not change.is_from_outside:
            return False
        if asked.origin in BY_HAND or (asked.origin is Origin.REMOTE and asked.expect is None):
            return True
        return asked.expect is not None and asked.expect != change.now

    def _is_meant(self, warned: _Warned, asked: Asked, found: str | None, now: int) -> bool:
        """The press that was refused, made again by a person, with nothing changed since.

        A change is told when OBS names it; that it is proved meanwhile is no other change.
        """
        told = warned.change.now if warned.change is not None else warned.found
        return (
            asked.is_same(warned.asked)
            and (asked.wanted, asked.expect) == (warned.asked.wanted, warned.asked.expect)
            and found in (warned.found, told)
            and self._change == warned.change
            and now - warned.at_ns < AGAIN_S * 1e9
        )
