"""What the views see of drops that are fired by themselves. Pure values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Announced:
    """One drop that is fired at `due_mono_ns`, unless its start is held."""

    drop: str
    title: str
    since_mono_ns: int
    due_mono_ns: int


@dataclass(frozen=True, slots=True)
class Starts:
    """All that is announced, the next first."""

    announced: tuple[Announced, ...] = ()

    @property
    def is_counting(self) -> bool:
        """True while at least one drop is announced."""
        return bool(self.announced)

    def of(self, drop: str) -> Announced | None:
        """What is announced of this drop."""
        return next((one for one in self.announced if one.drop == drop), None)
