"""How OBS is asked for something and when that counts as done: never before its own state says so.

Loop thread only. `Asking` is what all of the link's controls are made of.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Final

from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.observable import Observable
from console.core.outcome import Outcome
from scenes.state import Switcher
from scenes.switcher import Model
from scenes.wire.line import NO_ANSWER, Line, ObsGone, ObsRefused, Request
from scenes.wire.socket import Message

CONFIRM_S: Final = 3.0


class Asking(ABC):
    """One OBS that can be asked."""

    clock: Clock
    journal: Journal
    state: Observable[Switcher]

    @property
    @abstractmethod
    def model(self) -> Model:
        """The switcher's model now."""

    @property
    @abstractmethod
    def line(self) -> Line | None:
        """The connection, when OBS is connected and known."""

    @abstractmethod
    def show_model(self, model: Model) -> None:
        """The model from now on."""

    @abstractmethod
    async def read_again(self) -> None:
        """Read OBS's modes and transitions anew. Raises ObsRefused, ObsGone."""

    async def call(self, request: str, **data: Any) -> Message:
        """One request's answer. Raises ObsRefused, ObsGone."""
        return await self._connected().call(request, data)

    async def batch(self, requests: Sequence[Request]) -> list[Message | ObsRefused]:
        """Several requests, carried out in order; each one's answer or refusal. Raises ObsGone."""
        return await self._connected().batch(requests)

    def _connected(self) -> Line:
        line = self.line
        if line is None:
            away = self.away()
            raise ObsGone(away.why, away.fix)
        return line

    def away(self) -> Outcome:
        """The refusal while OBS is not there."""
        link = self.model.shown.link
        fix = link.fix or "The console tries again by itself."
        return Outcome.refused(link.why or "OBS is not connected.", fix)

    def went_wrong(self, what: str, error: Exception) -> Outcome:
        """What an ObsRefused, ObsGone or UserError means to the director."""
        if isinstance(error, UserError):
            return Outcome.refused(error.what, error.fix)
        if isinstance(error, ObsGone):
            return Outcome.failed(f"{what}: {error.why}", error.fix)
        comment = error.comment if isinstance(error, ObsRefused) else str(error)
        return Outcome.refused(f"{what}: OBS refuses" + (f" ({comment})." if comment else "."), "Look at OBS.")

    async def act(
        self,
        kind: str,
        asked: Sequence[Request],
        is_so: Callable[[Switcher], bool],
        origin: Origin,
        words: str,
        *,
        within_s: float = CONFIRM_S,
        reads: bool = False,
        **fields: object,
    ) -> Outcome:
        """Ask OBS for something and wait until its state says so.

        reads: read OBS's modes and transitions again after the answer.
        """
        line = self.line
        if line is None:
            return self.away()
        what = words[0].upper() + words[1:]
        try:
            for answer in await line.batch(asked):
                if isinstance(answer, ObsRefused):
                    return self.went_wrong(f"Not done: {words}", answer)
            if reads and not is_so(self.model.shown):
                await self.read_again()
            await self.until(is_so, within_s)
        except ObsGone as gone:
            return Outcome.failed(f"OBS went away before it was proved that {words}.", gone.fix)
        except TimeoutError:
            return Outcome.failed(f"OBS did not confirm that {words}.", "Look at OBS.")
        except ObsRefused as refusal:
            return self.went_wrong(f"Not proved: {words}", refusal)
        self.journal.write(kind, origin, **fields)
        return Outcome.done(f"{what}.")

    async def until(self, is_so: Callable[[Switcher], bool], within_s: float) -> None:
        """Return when the state says so. Raises TimeoutError, and ObsGone when the line ends."""
        changed = asyncio.Event()
        undo = self.state.watch(lambda _: changed.set(), now=False)
        try:
            async with asyncio.timeout(within_s):
                while not is_so(self.model.shown):
                    if self.line is None:
                        raise ObsGone(NO_ANSWER.why, NO_ANSWER.fix)
                    changed.clear()
                    await changed.wait()
        finally:
            undo()
