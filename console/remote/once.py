"""One request, one effect: a repeated Idempotency-Key gets the first answer while the run lasts. Loop thread."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from console.core.outcome import Outcome

Begin = Callable[[], Coroutine[Any, Any, Outcome]]


class Once:
    """The first answers by key. It keeps them all: a press that comes back hours later is the same press."""

    def __init__(self) -> None:
        self._answers: dict[str, tuple[bytes, asyncio.Task[Outcome]]] = {}

    def knows(self, key: str) -> bool:
        """True when something was begun with this key."""
        return key in self._answers

    def first(self, key: str, payload: bytes, begin: Begin) -> "asyncio.Task[Outcome] | None":
        """The task of the first request with this key, begun now for a new one; None: it had another payload.

        Await it shielded: a caller that hangs up does not undo what is under way.
        """
        if key in self._answers:
            first_payload, task = self._answers[key]
            return task if first_payload == payload else None
        task = asyncio.ensure_future(begin())
        self._answers[key] = (payload, task)
        return task
