"""What a leak test found, as others have it: a return's own state, and the answer to whoever asked. Pure."""

from dataclasses import replace
from typing import Final

from console.audio.leak import Finding
from console.audio.sound_alarms import Kind, Trouble, words_of
from console.audio.state import Leak, Return
from console.core.outcome import Outcome

_TROUBLES: Final = {Leak.LEAK: Kind.LEAK, Leak.ECHO: Kind.ECHO, Leak.SILENT: Kind.RETURN_SILENT}


def with_finding(made_for: Return, finding: Finding) -> Return:
    """A return that says a finding."""
    return replace(
        made_for,
        leak=finding.leak,
        leak_detail=finding.detail,
        leak_db=finding.leak_db,
        leak_delay_ms=finding.delay_ms,
        floor_db=finding.floor_db,
        tested_every_s=finding.every_s,
    )


def untested(made_for: Return) -> Return:
    """A return of which nothing is known."""
    return with_finding(made_for, Finding(Leak.NOT_VERIFIABLE, "not tested yet"))


def outcome_of(name: str, finding: Finding) -> Outcome:
    """What the test of a return came to, for whoever asked for it."""
    kind = _TROUBLES.get(finding.leak)
    if finding.leak is Leak.CLEAN:
        return Outcome.done(f"{name}: {finding.detail}.")
    if kind is None:
        return Outcome.failed(f"{name} could not be tested: {finding.detail}.", "Have them speak, then test again.")
    words = words_of(Trouble(kind, name, finding.detail))
    return Outcome.failed(words.what, words.fix)
