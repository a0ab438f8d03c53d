"""What came of an action: proved, refused, failed, or safe on disk and not yet answered."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Result(StrEnum):
    """The four ends of an action."""

    DONE = "done"
    REFUSED = "refused"  # nothing was sent
    FAILED = "failed"  # sent, and not proved, or proved otherwise
    PENDING = "pending"  # the intent is on disk, the far side has not answered yet


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one action. `why` and `fix` are for people; `took_ms` and `journal_id` are filled by the desk."""

    result: Result
    why: str = ""
    fix: str = ""
    took_ms: float = 0.0
    journal_id: str = ""

    @property
    def is_done(self) -> bool:
        """True when the far side confirmed it."""
        return self.result is Result.DONE

    @classmethod
    def done(cls, why: str = "") -> "Outcome":
        """Proved."""
        return cls(Result.DONE, why)

    @classmethod
    def refused(cls, why: str, fix: str = "") -> "Outcome":
        """Not tried, with the reason and what to do now."""
        return cls(Result.REFUSED, why, fix)

    @classmethod
    def failed(cls, why: str, fix: str = "") -> "Outcome":
        """Tried and not proved, with the reason and what to do now."""
        return cls(Result.FAILED, why, fix)

    @classmethod
    def pending(cls, why: str = "") -> "Outcome":
        """Safe on disk, not yet answered."""
        return cls(Result.PENDING, why)

    def timed(self, *, took_ms: float, journal_id: str) -> "Outcome":
        """The same outcome with its time and its place in the journal."""
        return replace(self, took_ms=took_ms, journal_id=journal_id)
