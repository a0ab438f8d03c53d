"""Two presses that measure how late viewers see the picture. Loop thread only; what is measured the sale keeps."""

import asyncio
from typing import Final

from console.commerce.sale import Commerce
from console.core.clock import Clock
from console.core.journal import Journal, Origin
from console.core.observable import Observable
from console.core.outcome import Outcome

LEAST_S: Final = 0.5  # sooner is a double press
MOST_S: Final = 60.0  # later is a phone that nobody looked at


class DelayMark:
    """`marked_ns`: when the first press was made (monotonic), while the second is waited for."""

    def __init__(self, commerce: Commerce, *, clock: Clock, journal: Journal) -> None:
        self.marked_ns: Observable[int | None] = Observable(None)
        self._commerce = commerce
        self._clock = clock
        self._journal = journal
        self._lapse: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """Wait for no second press."""
        self._set(None)

    def mark(self, origin: Origin) -> Outcome:
        """The first press: now in the room. The second: now on the phone; the time between them is the delay."""
        since_ns, now_ns = self.marked_ns.value, self._clock.mono_ns()
        if since_ns is None:
            self._set(now_ns)
            self._journal.write("stream.delay_marked", origin)
            return Outcome.done("Marked in the room. Press again when the phone shows it.")
        seconds = round((now_ns - since_ns) / 1e9, 1)
        if seconds < LEAST_S:
            return Outcome.refused("That was a double press.", "Press again when the phone shows it.")
        self._set(None)
        if seconds > MOST_S:
            what = f"{seconds:.0f} s is longer than a stream is late: nothing was measured."
            return Outcome.refused(what, "Begin again: press at something that the phone will show.")
        self._commerce.keep_delay(seconds)
        self._journal.write("stream.delay_measured", origin, seconds=seconds)
        return Outcome.done(f"Viewers see the picture {seconds:.1f} s late.")

    def take_back(self, origin: Origin) -> Outcome:
        """Forget the first press; what was measured before stays."""
        if self.marked_ns.value is None:
            return Outcome.refused("The delay is not being measured.")
        self._set(None)
        self._journal.write("stream.delay_taken_back", origin)
        return Outcome.done("The delay is not measured now.")

    def forget(self, origin: Origin) -> Outcome:
        """Forget the first press, else what was measured: the show file's delay counts again."""
        if self.marked_ns.value is not None:
            return self.take_back(origin)
        self._commerce.keep_delay(None)
        self._journal.write("stream.delay_forgotten", origin)
        return Outcome.done("The measured delay is forgotten.")

    def _set(self, at_ns: int | None) -> None:
        if self._lapse is not None:
            self._lapse.cancel()
            self._lapse = None
        if at_ns is not None:
            self._lapse = asyncio.get_running_loop().call_later(MOST_S, self._set, None)
        self.marked_ns.set(at_ns)
