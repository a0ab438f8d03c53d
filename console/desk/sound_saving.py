"""Writes changes of the sound into the show file, soon and together. Loop thread; the file is written in another."""

import asyncio
import contextlib
from pathlib import Path
from typing import Final

from console.core.alarms import Alarms, Rank
from console.core.errors import UserError
from console.show.sound import Change, change_sound

SOON_S: Final = 0.5
"""How long changes are gathered before they are written: a fader that is drawn is not written at each step."""

ALARM: Final = "sound.saving"


class SoundSaving:
    """What is to be written into one show file; nothing without `keep_in`."""

    def __init__(self, *, alarms: Alarms, writing: asyncio.Lock) -> None:
        self._alarms = alarms
        self._writing = writing
        self._path: Path | None = None
        self._waiting: list[Change] = []
        self._has_more = False  # since the file was written last, or is being written
        self._soon: asyncio.Task[None] | None = None

    @property
    def has_file(self) -> bool:
        """False in practice: nothing is written."""
        return self._path is not None

    def keep_in(self, path: Path) -> None:
        """Write changes to this show file from now on."""
        self._path = path

    def add(self, change: Change) -> None:
        """A change that has been made; it is written within SOON_S."""
        if self._path is None:
            return
        self._waiting.append(change)
        self._has_more = True
        if self._soon is None or self._soon.done():
            self._soon = asyncio.create_task(self._save_soon(), name="save the sound")

    async def save(self) -> None:
        """Write what waits now. Raises UserError, with an alarm, when it can't be; it is tried again with the next."""
        async with self._writing:
            changes = tuple(self._waiting)
            if self._path is None or not changes:
                return
            try:
                await asyncio.to_thread(change_sound, self._path, changes)
            except UserError as error:
                what = f"Changes of the sound are not saved: {error.what}"
                self._alarms.raise_(ALARM, "sound.not_saved", what, fix=error.fix, rank=Rank.LINK)
                raise
            del self._waiting[: len(changes)]
            self._alarms.clear(ALARM)

    async def close(self) -> None:
        """Write what waits; what can't be written has its alarm."""
        with contextlib.suppress(UserError):
            await self.save()
        if self._soon is not None:
            self._soon.cancel()

    async def _save_soon(self) -> None:
        while self._has_more:
            await asyncio.sleep(SOON_S)
            self._has_more = False
            with contextlib.suppress(UserError):
                await self.save()
