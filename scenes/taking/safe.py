"""SAFE: a cut to the safe scene that is tried until it is confirmed, or taken back by hand (law 2's other way round).

Loop thread only.
"""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from console.core.journal import Origin
from console.core.outcome import Outcome
from scenes.switcher import Model

SAFE_AGAIN_S: Final = 0.2
SAFE_PENDING_S: Final = 2.0


class Tries(Protocol):
    """What SAFE needs of takes."""

    def can_send(self) -> bool:
        """OBS is there and was heard just now."""
        ...

    def press_safe(self, scene: str, origin: Origin) -> "asyncio.Future[Outcome]":
        """One try; its end."""
        ...

    def show_pending(self, scene: str) -> None:
        """OBS is away; SAFE is not forgotten."""
        ...

    def refuse_safe(self, scene: str | None, origin: Origin, why: str, fix: str) -> Outcome:
        """SAFE cannot be tried at all."""
        ...


class Safe:
    """The safe scene, by name; None when the show names none."""

    def __init__(self, scene: str | None, tries: Tries, model: Callable[[], Model]) -> None:
        self._named = scene
        self._now = scene  # what it is called since it was renamed in OBS
        self._tries = tries
        self._model = model
        self._task: asyncio.Task[Outcome] | None = None  # None: taken back, or never pressed
        self._try: asyncio.Future[Outcome] | None = None

    @property
    def scene(self) -> str | None:
        """Its name now; that of the show file where OBS has none of the name that it was given since."""
        is_there = self._now is not None and self._model().scene(self._now) is not None
        return self._now if is_there else self._named

    def renamed(self, before: str, now: str) -> None:
        """A scene has another name in OBS: SAFE keeps to its scene."""
        if before == self.scene:
            self._now = now

    @property
    def is_tried(self) -> bool:
        """Pressed, and neither confirmed nor taken back."""
        return self._task is not None and not self._task.done() and not self._is_confirmed

    @property
    def _is_confirmed(self) -> bool:
        """The proof is there, also in the very turn in which it came: whoever takes then is not held up by SAFE."""
        done = self._try
        return done is not None and done.done() and not done.cancelled() and done.result().is_done

    async def press(self, *, origin: Origin) -> Outcome:
        """Try until confirmed or taken back; pending when that takes longer than 2 s."""
        model = self._model()
        if self.scene is None:
            fix = "Set safe_scene under [obs] in the show file."
            return self._tries.refuse_safe(None, origin, "No SAFE scene is named.", fix)
        if model.shown.link.is_up and model.scene(self.scene) is None:
            return self._missing(self.scene, origin)
        task = self._task
        if task is None or not self.is_tried:
            self._try = None
            task = self._task = asyncio.create_task(self._until_safe(origin))
        try:
            async with asyncio.timeout(SAFE_PENDING_S):
                return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.cancelled():  # it is the caller who was cancelled
                raise
            return Outcome.refused("SAFE was taken back.")
        except TimeoutError:
            return Outcome.pending("SAFE is tried until OBS confirms it. Esc takes it back.")

    def take_back(self) -> bool:
        """Stop trying; False when nothing was tried."""
        task = self._task
        if task is None or not self.is_tried:
            return False
        self._task = None  # a SAFE that is pressed from now on is a new one
        task.cancel()
        return True

    async def _until_safe(self, origin: Origin) -> Outcome:
        while True:
            name = self.scene or ""
            if not self._model().shown.link.is_up:
                self._tries.show_pending(name)
            elif self._model().scene(name) is None:
                return self._missing(name, origin)
            elif self._tries.can_send():
                self._try = self._tries.press_safe(name, origin)
                outcome = await self._try
                if outcome.is_done:
                    return outcome
            await asyncio.sleep(SAFE_AGAIN_S)

    def _missing(self, name: str, origin: Origin) -> Outcome:
        fix = "Look at safe_scene in the show file."
        return self._tries.refuse_safe(name, origin, f"OBS has no scene {name}.", fix)
