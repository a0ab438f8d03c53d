"""What the views see of the failover. Pure values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failover:
    """Off until the director turns it on. While it counts down, `due_mono_ns` is when SAFE is taken (0: no countdown).

    `why`: what is wrong with what is on air, in the director's words. `is_held`: the hand has stopped this countdown;
    it begins anew only after what is on air was well again. `has_taken`: SAFE is on air by failover; back only by hand.
    """

    is_on: bool = False
    why: str = ""
    since_mono_ns: int = 0
    due_mono_ns: int = 0
    is_held: bool = False
    has_taken: bool = False

    @property
    def is_counting(self) -> bool:
        """True while the countdown to SAFE runs."""
        return self.due_mono_ns > 0
