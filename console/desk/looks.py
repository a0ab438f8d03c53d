"""The show's looks: recorded by doing, saved, run, undone. What can be asked of them; the actions are in sourcing.

Loop thread only; the show file is written in a thread. Recording notes what anybody does, in Cuedrop or in OBS: what
changes one thing several times counts once, as it was last; the scene taken last becomes the look's.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.links import LinkState
from console.core.observable import Observable
from console.core.outcome import Outcome
from console.desk.looks_state import Looks
from console.settings.show import Look, Step
from console.show.looks import check_name, index_of, remove_look, save_look
from scenes.port import Obs
from scenes.sources.look_run import LookRun, Taken
from scenes.sources.looks import lines_of, without_take
from scenes.sources.steps import collapsed
from scenes.state import Switcher

UNNAMED: Final = "New look"
OWN: Final = "Cuedrop "  # the drops' codes come and go by themselves
MOST_STEPS: Final = 200  # what a show file's look may hold
MOST_LOOKS: Final = 100
SHORTEST_MS: Final = 50  # obs-websocket's limits of a transition's duration
LONGEST_MS: Final = 20_000
NOT_KEPT: Final = "It lives as long as this console: practice keeps no show file."


class LookBook:
    """The looks of one show. `keep_in` names the show file; without one they are kept in memory."""

    def __init__(
        self, obs: Obs, looks: tuple[Look, ...], *, journal: Journal, writing: asyncio.Lock | None = None
    ) -> None:
        self.state: Observable[Looks] = Observable(Looks(looks))
        self._obs = obs
        self._journal = journal
        self._path: Path | None = None
        self._writing = writing or asyncio.Lock()
        self._end_recording: Callable[[], None] | None = None
        self._back: Look | None = None  # what puts back what the last run changed
        self._aired: str | None = None  # the scene that it took
        self._unwatch = obs.state.watch(self._follow, now=False)

    def keep_in(self, path: Path) -> None:
        """Write looks to this show file from now on."""
        self._path = path
        self._show(is_kept=True)

    def close(self) -> None:
        """End a recording, and follow OBS no more."""
        self._unwatch()
        self._listen_no_more()

    def _follow(self, switcher: Switcher) -> None:
        """Another scene collection: what has the same name there is not what the look changed."""
        if switcher.link.state is LinkState.CONNECTING and self._back is not None:
            self._back = None
            self._show(can_undo=False)

    def _listen_no_more(self) -> None:
        if self._end_recording is not None:
            self._end_recording()
            self._end_recording = None

    # recording

    def record(self, on: bool, *, origin: Origin) -> Outcome:
        """Begin to note what is done, or end it: the draft is then there to be saved."""
        if on:
            return self._record(origin)
        if self._end_recording is None:
            return Outcome.refused("Nothing is being recorded.", "Start recording first.")
        draft = self._stop(origin)
        if draft is None:
            return Outcome.done("Nothing was done while recording.")
        return Outcome.done(f"Recorded: {'; '.join(lines_of(draft))}.")

    def _record(self, origin: Origin) -> Outcome:
        if self._end_recording is not None:
            return Outcome.refused("A look is being recorded already.", "Stop that first.")
        self._show(recording=(), draft=None)
        self._end_recording = self._obs.watch_changes(self._note)
        self._journal.write("look.recording", origin, on=True)
        return Outcome.done("Recording a look: do what it shall do, in Cuedrop or in OBS.")

    def _stop(self, origin: Origin) -> Look | None:
        self._listen_no_more()
        self._show(recording=None)
        self._journal.write("look.recording", origin, on=False, steps=len(self._steps()))
        return self.state.value.draft

    def discard(self, *, origin: Origin) -> Outcome:
        """Throw away what was recorded; what is being recorded ends with it."""
        if self._end_recording is not None:
            self._stop(origin)
        if self.state.value.draft is not None:
            self._journal.write("look.discarded", origin, lines=lines_of(self.state.value.draft))
        self._show(draft=None)
        return Outcome.done("The recording is discarded.")

    def _note(self, change: Step | Taken) -> None:
        if isinstance(change, Step) and change.source.startswith(OWN):
            return
        draft = self.state.value.draft or Look(name=UNNAMED)
        if isinstance(change, Taken):
            taken = {"scene": change.scene, "transition": change.transition, "duration_ms": _in_limits(change)}
            draft = draft.model_copy(update=taken)
        else:
            draft = draft.model_copy(update={"steps": collapsed(draft.steps, change)[-MOST_STEPS:]})
        self._show(recording=draft.steps, draft=draft)

    def _steps(self) -> tuple[Step, ...]:
        draft = self.state.value.draft
        return draft.steps if draft is not None else ()

    # keeping

    async def save(
        self,
        name: str,
        *,
        look: str | None = None,
        scene: str | None = None,
        transition: str | None = None,
        duration_ms: int | None = None,
        origin: Origin,
    ) -> Outcome:
        """Keep the draft under a name, or (`look`) an existing look under another name or with another take.

        scene, transition, duration_ms: in place of what was recorded; "" as scene: nothing is taken.
        """
        looks = self.state.value.looks
        old = looks[index_of(look, looks)] if look is not None else self.state.value.draft
        if old is None:
            return Outcome.refused("There is no recording to save.", "Record a look first.")
        check_name(name, looks, was=look)
        if look is None and len(looks) >= MOST_LOOKS:
            return Outcome.refused(f"A show holds {MOST_LOOKS} looks.", "Remove one first.")
        new = _changed(old, name, scene, transition, duration_ms)
        if not new.steps and new.scene is None:
            return Outcome.refused("This look would do nothing.", "Do something while it is recorded.")
        await self._keep(lambda path: save_look(path, new, was=look), _put(new, look))
        if look is None:
            if self._end_recording is not None:
                self._stop(origin)
            self._show(draft=None)
        self._journal.write("look.saved", origin, look=name, was=look, lines=lines_of(new), is_kept=self._is_kept())
        return Outcome.done(f'Look "{name}" is saved: {"; ".join(lines_of(new))}.{self._kept_words()}')

    async def remove(self, name: str, *, origin: Origin) -> Outcome:
        """Take a look out of the show."""
        index_of(name, self.state.value.looks)
        await self._keep(
            lambda path: remove_look(path, name), lambda looks: tuple(look for look in looks if look.name != name)
        )
        self._journal.write("look.removed", origin, look=name, is_kept=self._is_kept())
        return Outcome.done(f'Look "{name}" is removed.')

    async def _keep(
        self,
        write: Callable[[Path], tuple[Look, ...]],
        change: Callable[[tuple[Look, ...]], tuple[Look, ...]],
    ) -> None:
        """Change the looks in the file, or in memory where there is none. Raises UserError."""
        async with self._writing:
            path = self._path
            looks = change(self.state.value.looks) if path is None else await asyncio.to_thread(write, path)
        self._show(looks=looks)

    def _is_kept(self) -> bool:
        return self._path is not None

    def _kept_words(self) -> str:
        return "" if self._is_kept() else f" {NOT_KEPT}"

    # running

    async def run(self, look: str | int, *, origin: Origin) -> Outcome:
        """Run a look, by name or by its number from 1. Raises UserError when there is none."""
        found = self._found(look)
        run = await self._run(found, origin)
        if run is None:
            return Outcome.refused(f'Look "{self.state.value.running}" is still running.', "Wait for it.")
        if run.back is not None:
            self._back, self._aired = run.back, found.scene
        elif any(step.is_done is not None for step in run.steps):
            self._back = None
        self._show(last=run, can_undo=self._back is not None)
        return run.outcome

    async def undo(self, *, origin: Origin) -> Outcome:
        """Put back what the last run changed; its take only while that look's scene is still on air (law 6)."""
        back = self._back
        if back is None:
            return Outcome.refused("There is nothing to put back.", "Run a look first.")
        if back.scene is not None and self._obs.state.value.program != self._aired:
            back = without_take(back)
        run = await self._run(back.model_copy(update={"name": f"Undo {back.name}"[:80]}), origin)
        if run is None:
            return Outcome.refused(f'Look "{self.state.value.running}" is still running.', "Wait for it.")
        if run.outcome.is_done:
            self._back = None
        self._show(last=run, can_undo=self._back is not None)
        return run.outcome

    async def _run(self, look: Look, origin: Origin) -> LookRun | None:
        """What came of it; None while another one runs."""
        if self.state.value.running is not None:
            return None
        self._show(running=look.name)
        try:
            return await self._obs.run_look(look, origin=origin)
        finally:
            self._show(running=None)

    def _found(self, look: str | int) -> Look:
        looks = self.state.value.looks
        if isinstance(look, str) and not any(each.name == look for each in looks) and look.isdecimal():
            look = int(look)
        if isinstance(look, str):
            return looks[index_of(look, looks)]
        if not 1 <= look <= len(looks):
            there = f"This show has {len(looks)}." if looks else "Record one first."
            raise UserError(f"There is no look {look}.", fix=there)
        return looks[look - 1]

    def _show(self, **changes: Any) -> None:
        self.state.set(replace(self.state.value, **changes))


def _in_limits(taken: Taken) -> int | None:
    """The transition's duration, when a look can hold it."""
    ms = taken.duration_ms
    return ms if ms is not None and SHORTEST_MS <= ms <= LONGEST_MS else None


def _changed(look: Look, name: str, scene: str | None, transition: str | None, duration_ms: int | None) -> Look:
    """`look` under another name, with the take that was asked for in place of its own."""
    changes: dict[str, object] = {"name": name}
    if scene is not None:
        changes |= {"scene": scene or None, "transition": None, "duration_ms": None}
    if transition is not None:
        changes["transition"] = transition or None
    if duration_ms is not None:
        changes["duration_ms"] = duration_ms
    return look.model_copy(update=changes)


def _put(new: Look, was: str | None) -> Callable[[tuple[Look, ...]], tuple[Look, ...]]:
    """Put `new` where `was` is, else at the end."""

    def change(looks: tuple[Look, ...]) -> tuple[Look, ...]:
        if was is None:
            return (*looks, new)
        return tuple(new if look.name == was else look for look in looks)

    return change
