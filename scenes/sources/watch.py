"""Keeps the sources of the scene that is looked at as OBS has them, and the media that is on air with its time left.

Loop thread only. Reads the one scene that is wanted, whatever else OBS holds; again when something of it changes, at
most every quarter of a second, and not while a take is being proved. Cursors are asked for once a second, and only
while something plays to an end.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Final, Protocol

from console.core.clock import Clock
from console.core.observable import Observable
from scenes.sources.media import MEDIA_KINDS, media_of, steady
from scenes.sources.reading import (
    CONTAINERS,
    read_details,
    read_media,
    read_media_inputs,
    read_scene,
    read_transports,
    with_details,
)
from scenes.sources.state import Media, MediaState, SceneSources, Source
from scenes.state import Switcher, TakeState
from scenes.switcher import Model
from scenes.wire.line import Line, ObsGone, ObsRefused
from scenes.wire.socket import Message

SOON_S: Final = 0.03  # one change in OBS makes several events
PAUSE_S: Final = 0.25  # something that changes all the time is read this often
POLL_S: Final = 1.0
TAKE_S: Final = 0.5  # how long reading waits for a take's proof
LOADING_AGAIN_S: Final = 0.3

_ITEM_EVENTS: Final = frozenset(
    "SceneItemCreated SceneItemRemoved SceneItemListReindexed SceneItemEnableStateChanged "
    "SceneItemLockStateChanged".split()
)
_SOURCE_EVENTS: Final = frozenset(
    "SourceFilterListReindexed SourceFilterCreated SourceFilterRemoved SourceFilterNameChanged "
    "SourceFilterEnableStateChanged InputMuteStateChanged MediaInputPlaybackStarted MediaInputPlaybackEnded "
    "MediaInputActionTriggered InputSettingsChanged".split()
)
_INPUT_EVENTS: Final = frozenset({"InputCreated", "InputRemoved", "InputNameChanged"})
_PLAYS: Final = frozenset({MediaState.PLAYING, MediaState.OPENING, MediaState.BUFFERING})


class Stage(Protocol):
    """What the watch needs of the link."""

    state: Observable[Switcher]
    sources: Observable[SceneSources]

    @property
    def clock(self) -> Clock:
        """The machine's clock."""
        ...

    @property
    def model(self) -> Model:
        """The switcher's model now."""
        ...

    @property
    def line(self) -> Line | None:
        """The open, synchronised connection, if there is one."""
        ...


class SourceWatch:
    """Follows one scene's sources; a Part of the link. `spawn` runs a task that ends with the link."""

    def __init__(self, stage: Stage, spawn: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]) -> None:
        self._stage = stage
        self._spawn = spawn
        self._wish: str | None = None
        self._target: str | None = None
        self._media_inputs: dict[str, str] = {}  # name to kind
        self._air: dict[str, Media] = {}  # every media input on program
        self._wants_items = self._wants_inputs = self._wants_air = False
        self._stale: set[str] = set()  # sources of which something changed
        self._reading: asyncio.Task[None] | None = None
        self._polling: asyncio.Task[None] | None = None
        self._read_ns = 0
        self._was_up = False
        stage.state.watch(self._on_state, now=False)

    def look_at(self, scene: str | None) -> None:
        """Keep to this scene; None: to the preview, or what is on air without one."""
        self._wish = scene
        self._aim(self._stage.state.value)

    def again(self, *sources: str) -> None:
        """These sources were changed by us: read them again. An OBS of 5.1 does not tell of new texts and pictures."""
        self._note_sources(sources)

    # Part

    def on_up(self) -> None:
        """OBS was read: read the scene too."""
        self._start_anew()

    def on_down(self) -> None:
        """The line ended: nothing is known to be so any more."""
        self._was_up = False
        for task in (self._reading, self._polling):
            if task is not None:
                task.cancel()
        self._reading = self._polling = None
        self._air, self._media_inputs, self._target = {}, {}, None
        self._stage.sources.set(SceneSources())

    def on_event(self, event: str, data: Message) -> None:
        """Read again what this event says has changed."""
        if event in _ITEM_EVENTS and data.get("sceneName") in self._holders():
            self._want(items=True)
        elif event in _SOURCE_EVENTS:
            self._note_sources([str(data.get("inputName") or data.get("sourceName"))])
        elif event == "InputActiveStateChanged" and data.get("inputName") in self._media_inputs:
            self._want(air=True)
        elif event in _INPUT_EVENTS:
            self._on_input(data)
        elif event == "SceneNameChanged" and self._wish == data.get("oldSceneName"):
            self._wish = str(data.get("sceneName"))

    def _on_input(self, data: Message) -> None:
        names = {data.get("inputName"), data.get("oldInputName")}
        if data.get("inputKind") in MEDIA_KINDS or names & set(self._media_inputs):
            self._want(inputs=True)
        if names & {row.name for row in self._stage.sources.value.rows}:
            self._want(items=True)

    def _note_sources(self, names: "list[str] | tuple[str, ...]") -> None:
        shown = {row.name for row in self._stage.sources.value.rows}
        self._stale.update(shown & set(names))
        is_on_air = bool(set(names) & set(self._air))
        if self._stale or is_on_air:
            self._want(air=is_on_air)

    def _on_state(self, shown: Switcher) -> None:
        if shown.link.is_up and self._stage.line is not None and not self._was_up:
            self._start_anew()  # a collection was loaded, or OBS is new
        self._was_up = shown.link.is_up
        self._aim(shown)

    def _start_anew(self) -> None:
        self._was_up = True
        self._target = None
        self._aim(self._stage.state.value)
        self._want(items=True, inputs=True)

    def _aim(self, shown: Switcher) -> None:
        """Choose the scene; what is shown stays until the new one has been read."""
        is_there = any(scene.name == self._wish for scene in shown.scenes)
        target = self._wish if is_there else shown.preview or shown.program or shown.claimed
        if target is not None and target != self._target:
            self._target = target
            self._want(items=True)

    def _holders(self) -> set[str | None]:
        """Whose items are shown: the scene, and the groups in it."""
        return {self._target, *(row.holder for row in self._stage.sources.value.rows), *self._groups()}

    def _groups(self) -> set[str]:
        return {row.name for row in self._stage.sources.value.rows if row.kind == "group"}

    # reading

    def _want(self, *, items: bool = False, inputs: bool = False, air: bool = False) -> None:
        self._wants_items |= items
        self._wants_inputs |= inputs
        self._wants_air |= air or inputs
        if self._stage.line is not None and (self._reading is None or self._reading.done()):
            self._reading = self._spawn(self._read())

    def _is_wanting(self) -> bool:
        return self._wants_items or self._wants_inputs or self._wants_air or bool(self._stale)

    async def _read(self) -> None:
        while self._is_wanting():
            await self._wait_for_a_good_moment()
            line = self._stage.line
            if line is None:
                return
            try:
                await self._read_wanted(line)
            except ObsRefused:  # it loads
                await asyncio.sleep(LOADING_AGAIN_S)
            except ObsGone:
                return  # the link finds out by itself
            self._read_ns = self._stage.clock.mono_ns()
        self._poll()

    async def _wait_for_a_good_moment(self) -> None:
        await asyncio.sleep(SOON_S)
        since_s = (self._stage.clock.mono_ns() - self._read_ns) / 1e9
        if self._target == self._stage.sources.value.scene and since_s < PAUSE_S:
            await asyncio.sleep(PAUSE_S - since_s)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TAKE_S):
                while self._is_being_proved():
                    await asyncio.sleep(SOON_S)

    def _is_being_proved(self) -> bool:
        take = self._stage.state.value.take
        return take is not None and take.state is TakeState.SENT

    async def _read_wanted(self, line: Line) -> None:
        """Read what is wanted; what could not be read stays wanted."""
        if self._wants_inputs:
            self._media_inputs = await read_media_inputs(line)
            self._wants_inputs = False
        if self._wants_items:
            await self._read_items(line)
        if self._stale:
            await self._read_stale(line)
        if self._wants_air:
            await self._read_air(line)

    async def _read_items(self, line: Line) -> None:
        self._wants_items = False
        scene = self._target
        rows: tuple[Source, ...] = ()
        try:
            if scene is not None:
                rows = await read_scene(line, scene, at_ns=self._stage.clock.mono_ns())
        except (ObsRefused, ObsGone):
            self._wants_items = True
            raise
        if scene == self._target:
            self._show(scene=scene, rows=rows)

    async def _read_stale(self, line: Line) -> None:
        stale, self._stale = self._stale, set()
        kinds = {row.name: row.kind for row in self._stage.sources.value.rows if row.name in stale}
        try:
            details = await read_details(line, kinds, at_ns=self._stage.clock.mono_ns())
        except (ObsRefused, ObsGone):
            self._stale |= stale
            raise
        self._show(rows=with_details(self._stage.sources.value.rows, details))

    async def _read_air(self, line: Line) -> None:
        self._wants_air = False
        kinds = {name: kind for name, kind in self._media_inputs.items() if name in self._stage.model.active}
        try:
            self._air = await read_transports(line, kinds, at_ns=self._stage.clock.mono_ns())
        except (ObsRefused, ObsGone):
            self._wants_air = True
            raise
        self._show()

    def _show(self, **changes: Any) -> None:
        now = self._stage.clock.mono_ns()
        ending = [(media.left_s(now), media) for media in self._air.values()]
        first = sorted((left_s, media.source, media) for left_s, media in ending if left_s is not None)
        shown = replace(self._stage.sources.value, on_air=tuple(media for _, _, media in first), **changes)
        self._stage.sources.set(shown)

    # the cursors of what plays

    def _running(self) -> list[str]:
        """What plays to an end, on air or in the scene that is looked at."""
        shown = [row.media for row in self._stage.sources.value.rows if row.kind not in CONTAINERS and row.media]
        on_air = [media for media in self._air.values() if not media.is_looping]
        return sorted({media.source for media in (*shown, *on_air) if media.state in _PLAYS and media.duration_ms})

    def _poll(self) -> None:
        if self._running() and (self._polling is None or self._polling.done()):
            self._polling = self._spawn(self._ask_cursors())

    async def _ask_cursors(self) -> None:
        while names := self._running():
            await asyncio.sleep(POLL_S)
            line = self._stage.line
            if line is None:
                return
            if self._is_being_proved():
                continue
            with contextlib.suppress(ObsRefused, ObsGone):
                self._adopt(await read_media(line, names))

    def _adopt(self, answers: dict[str, Message]) -> None:
        at_ns = self._stage.clock.mono_ns()

        def fresh(old: Media | None) -> Media | None:
            if old is None or old.source not in answers:
                return old
            return steady(old, media_of(old.source, answers[old.source], at_ns=at_ns, loops=old.is_looping))

        self._air = {name: media for name, old in self._air.items() if (media := fresh(old)) is not None}
        self._show(rows=tuple(replace(row, media=fresh(row.media)) for row in self._stage.sources.value.rows))
