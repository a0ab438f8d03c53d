"""Asking the desk for an action, and telling the director when it did not come out. Qt thread only."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.desk.view import DeskView, Notice, Tone
from widgets.holds import Holds

log = logging.getLogger(__name__)

Schedule = Callable[[Coroutine[Any, Any, None]], object]


class Ask:
    """Calls `desk.run` without waiting; an outcome that is not done is shown with its why and its fix."""

    def __init__(self, desk: DeskView, *, tell: Callable[[Notice], None], schedule: Schedule | None = None) -> None:
        self._desk = desk
        self.tell = tell
        self._schedule = schedule or asyncio.ensure_future
        self._running: set[object] = set()  # asyncio keeps only weak references to its tasks

    def __call__(
        self,
        action_id: str,
        origin: Origin,
        arguments: Mapping[str, object] | None = None,
        *,
        done: Callable[[], None] | None = None,
        heard: Callable[[Outcome], None] | None = None,
        says_done: bool = False,
    ) -> None:
        """Ask for one action; returns at once. `done` is called when it has been answered, however.

        `heard` is given the outcome, and shows it where it belongs: the banner is silent then. `says_done`: it tells
        what was done, too, where that is not seen at once or can be taken back.
        """
        heard = heard or partial(self._show, action_id, says_done)
        self.begin(self._run(action_id, origin, dict(arguments or {}), done, heard))

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Let `work` run on the loop, and keep hold of it until it has ended; returns at once."""
        task = self._schedule(work)
        if isinstance(task, asyncio.Task):
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _run(
        self, action_id: str, origin: Origin, arguments: dict[str, object], done: Callable[[], None] | None,
        heard: Callable[[Outcome], None],
    ) -> None:  # fmt: skip
        try:
            await self._ask(action_id, origin, arguments, heard)
        finally:
            if done is not None:
                done()

    async def _ask(
        self, action_id: str, origin: Origin, arguments: dict[str, object], heard: Callable[[Outcome], None]
    ) -> None:
        try:
            outcome = await self._desk.run(action_id, origin, **arguments)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("%s ended in a bug", action_id)
            self.tell(Notice(f"{self._title(action_id)} ended in a fault of the console.", "Try again.", Tone.BAD))
            return
        heard(outcome)

    def _show(self, action_id: str, says_done: bool, outcome: Outcome) -> None:
        if outcome.result in (Result.REFUSED, Result.FAILED):
            title, why = self._title(action_id), outcome.why or outcome.result.value
            what = why if why.startswith(f"{title}: ") else f"{title}: {why}"
            tone = Tone.BAD if outcome.result is Result.FAILED else Tone.WAIT
            self.tell(Notice(what, outcome.fix, tone))
        elif says_done and outcome.why:
            self.tell(Notice(outcome.why, outcome.fix, Tone.GOOD))

    def _title(self, action_id: str) -> str:
        action = self._desk.actions.get(action_id)
        return action.title if action else action_id


class AskOnce:
    """What a form asks for, one at a time: a second press before the answer would add a second drop."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._awaited: object = None  # whose answer is waited for

    def __call__(self, action_id: str, arguments: Mapping[str, object], *, heard: Callable[[Outcome], None]) -> None:
        """Ask, unless an answer is waited for; returns at once. `heard` is given the outcome."""
        if self._awaited is not None:
            return
        asked = self._awaited = object()
        self._ask(action_id, Origin.KEY, arguments, heard=partial(self._heard, asked, heard),
                  done=partial(self._done, asked))  # fmt: skip

    def forget(self) -> None:
        """The form was left: the answer says nothing to what it is opened for next."""
        self._awaited = None

    def _heard(self, asked: object, heard: Callable[[Outcome], None], outcome: Outcome) -> None:
        if asked is self._awaited:
            heard(outcome)

    def _done(self, asked: object) -> None:
        if asked is self._awaited:
            self._awaited = None


@dataclass(frozen=True, slots=True)
class Deck:
    """What every control needs: the desk to read, how to ask it, and who holds what."""

    desk: DeskView
    ask: Ask
    holds: Holds
