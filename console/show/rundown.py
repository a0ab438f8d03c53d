"""The rundown: the ordered cues, which is on, which is next, and how far over or under. Pure; time comes in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.settings.show import Cue


@dataclass(frozen=True, slots=True)
class Rundown:
    """The cues and where the show is. Indices count from 0; None: not begun, or past the end."""

    cues: tuple[Cue, ...] = ()
    current: int | None = None
    standby: int | None = None  # what GO fires
    started_at: datetime | None = None  # of the show: the first GO
    current_since: datetime | None = None

    @classmethod
    def of(cls, cues: tuple[Cue, ...]) -> "Rundown":
        """A rundown that has not begun; the first cue stands by."""
        return cls(cues, standby=0 if cues else None)

    def stand_by(self, index: int) -> "Rundown":
        """With cue `index` next. Raises IndexError when there is no such cue."""
        if not 0 <= index < len(self.cues):
            raise IndexError(index)
        return replace(self, standby=index)

    def go(self, now: datetime) -> "Rundown":
        """With the standby cue running since `now` and the one after it standing by."""
        if self.standby is None:
            return self
        following = self.standby + 1
        return replace(
            self,
            current=self.standby,
            standby=following if following < len(self.cues) else None,
            started_at=self.started_at or now,
            current_since=now,
        )

    def left_s(self, now: datetime) -> float | None:
        """Seconds left of the running cue (negative: over its time); None when it has no duration."""
        cue = self.running
        if cue is None or cue.duration_s is None or self.current_since is None:
            return None
        return cue.duration_s - (now - self.current_since).total_seconds()

    def over_s(self, now: datetime) -> float | None:
        """How far the show is behind its plan, seconds; negative: ahead. None before the first GO.

        The plan is the sum of the durations of the cues before the running one; while a cue is within its
        own time it adds nothing, past it every second counts.
        """
        if self.started_at is None or self.current_since is None or self.current is None:
            return None
        planned = sum(cue.duration_s or 0 for cue in self.cues[: self.current])
        late = (self.current_since - self.started_at).total_seconds() - planned
        return late + max(0.0, -(self.left_s(now) or 0.0))

    def ends_at(self, now: datetime) -> datetime | None:
        """When the show ends if every cue still to come takes its time; None before the first GO."""
        if self.current is None:
            return None
        to_come = sum(cue.duration_s or 0 for cue in self.cues[self.current + 1 :])
        return now + timedelta(seconds=max(0.0, self.left_s(now) or 0.0) + to_come)

    @property
    def running(self) -> Cue | None:
        """The cue that is on."""
        return None if self.current is None else self.cues[self.current]
