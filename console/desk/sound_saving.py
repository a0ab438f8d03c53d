"""Writes changes of the sound into the show file, soon and together. Loop thread; the file is written in another."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console.core.alarms import Alarms, Rank
from console.core.errors import UserError
from console.settings.sound import Audio
from console.show.file import load_show
from console.show.sound import Change, change_sound

SOON_S: Final = 0.5
"""How long changes are gathered before they are written: a fader that is drawn is not written at each step."""

ALARM: Final = "sound.saving"

_UNFIT: Final = "Open the show again, or give the channel its old name in the file and set this again."
_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A change that is not written yet; `words`: what was done."""

    change: Change
    words: str


class SoundSaving:
    """What is to be written into one show file; nothing without `keep_in`."""

    def __init__(self, *, alarms: Alarms, writing: asyncio.Lock) -> None:
        self._alarms = alarms
        self._writing = writing
        self._path: Path | None = None
        self._waiting: list[_Waiting] = []
        self._unfit: dict[str, UserError] = {}  # what is heard and not in the file, by its words, and why
        self._has_more = False  # since the file was written last, or is being written
        self._soon: asyncio.Task[None] | None = None

    @property
    def has_file(self) -> bool:
        """False in practice: nothing is written."""
        return self._path is not None

    def keep_in(self, path: Path) -> None:
        """Write changes to this show file from now on."""
        self._path = path

    def lacks(self, words: str) -> bool:
        """Whether the change called so is heard and did not fit the file."""
        return words in self._unfit

    def add(self, change: Change, words: str) -> None:
        """A change that has been made, called `words`; it is written within SOON_S."""
        if self._path is None:
            return
        self._waiting.append(_Waiting(change, words))
        self._has_more = True
        if self._soon is None or self._soon.done():
            self._soon = asyncio.create_task(self._save_soon(), name="save the sound")

    async def save(self, words: str = "") -> None:
        """Write what waits now. Raises UserError, with an alarm, when it can't be; it is tried again with the next.

        A change that no longer fits the file (somebody else has changed it, too) is left out, and has the alarm until
        it is done again and fits: raises UserError when that is the one called `words`.
        """
        async with self._writing:
            changes = tuple(self._waiting)
            if self._path is not None and changes:
                await self._write(self._path, changes)
        if self.lacks(words):
            raise self._unfit[words]

    async def _write(self, path: Path, changes: tuple[_Waiting, ...]) -> None:
        try:
            unfit = await asyncio.to_thread(_written, path, changes)
        except UserError as error:
            what = f"Changes of the sound are not saved: {error.what}"
            self._alarms.raise_(ALARM, "sound.not_saved", what, fix=error.fix, rank=Rank.LINK)
            raise
        del self._waiting[: len(changes)]
        for each in changes:
            self._unfit.pop(each.words, None)
        self._unfit |= unfit
        if not self._unfit:
            self._alarms.clear(ALARM)
            return
        named = [*self._unfit][:_MOST_NAMED]
        more = f" and {len(self._unfit) - len(named)} more" if len(self._unfit) > len(named) else ""
        why = self._unfit[named[0]].what
        what = f"Not in the show file: {', '.join(named)}{more}. {why}"
        self._alarms.raise_(ALARM, "sound.not_saved", what, fix=_UNFIT, rank=Rank.LINK)

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


def _written(path: Path, changes: Sequence[_Waiting]) -> dict[str, UserError]:
    """Write what fits the file; returns why the rest does not, by its words. Raises UserError when nothing can be."""
    unfit: dict[str, UserError] = {}

    def fitting(audio: Audio) -> Audio:
        for each in changes:
            try:
                audio = each.change(audio)
                unfit.pop(each.words, None)
            except UserError as error:
                unfit[each.words] = UserError(error.what, fix=_UNFIT)
        return audio

    try:
        change_sound(path, (fitting,))
    except UserError as error:
        if isinstance(error.__cause__, OSError):  # the disk's fault, not theirs
            raise
        load_show(path)  # raises when it is the file's own
        if len(changes) == 1:
            return {changes[0].words: UserError("It does not go with what the file says now.", fix=_UNFIT)}
        first, then = changes[: len(changes) // 2], changes[len(changes) // 2 :]
        unfit, later = _written(path, first), {each.words for each in then}
        return {words: why for words, why in unfit.items() if words not in later} | _written(path, then)
    return unfit
