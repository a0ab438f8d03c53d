"""What anybody changes in OBS, noted as a look's steps: by OBS's events, and by our own word where it tells nothing.

Loop thread only. It costs nothing while nobody listens. Texts and pictures are told by OBS from obs-websocket 5.4 on;
with an older one only those that Cuedrop changed are noted. Media is noted only when Cuedrop asked for it: OBS tells
of a restart by taking its scene just as of one by hand.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, Final

from pydantic import ValidationError

from console.settings.show import Step
from scenes.reading.sync import rows
from scenes.sources.look_run import Taken
from scenes.sources.steps import PICTURE_KEYS
from scenes.sources.watch import Stage
from scenes.state import Switcher, new_name
from scenes.wire.line import ObsGone, ObsRefused
from scenes.wire.socket import Message

Noted = Callable[[Step | Taken], None]

_ITEMS: Final = {
    "SceneItemEnableStateChanged": ("sceneItemEnabled", "show", "hide"),
    "SceneItemLockStateChanged": ("sceneItemLocked", "lock", "unlock"),
}


class Noting:
    """Tells listeners each change as a step, in the order in which OBS told of them; a Part of the link."""

    def __init__(self, stage: Stage, spawn: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]) -> None:
        self._stage = stage
        self._spawn = spawn
        self._listeners: list[Noted] = []
        self._queue: list[tuple[str, Message]] = []
        self._working: asyncio.Task[None] | None = None
        self._program = stage.state.value.program
        self._scenes = stage.state.value.scenes
        self._transition: str | None = None
        stage.state.watch(self._on_state, now=False)

    def watch(self, noted: Noted) -> Callable[[], None]:
        """Tell `noted` from now on; returns the undo."""
        self._listeners.append(noted)

        def undo() -> None:
            if noted in self._listeners:
                self._listeners.remove(noted)

        return undo

    def note(self, change: Step | Taken) -> None:
        """Tell of a change that was made by us."""
        for noted in tuple(self._listeners):
            noted(change)

    # Part

    def on_up(self) -> None:
        """OBS is there."""

    def on_down(self) -> None:
        """The line ended; what was not yet understood stays unnoted."""
        self._queue.clear()
        self._transition = None

    def on_event(self, event: str, data: Message) -> None:
        """Note what this event says."""
        if event == "SceneTransitionStarted":
            name = data.get("transitionName")
            self._transition = name if isinstance(name, str) else None
        if not self._listeners:
            return
        if event == "SourceFilterEnableStateChanged":
            do = "filter_on" if data.get("filterEnabled") is True else "filter_off"
            self._note(do=do, source=data.get("sourceName"), filter=data.get("filterName"))
        elif event == "InputMuteStateChanged":
            self._note(do="mute" if data.get("inputMuted") is True else "unmute", source=data.get("inputName"))
        elif event in _ITEMS or event == "InputSettingsChanged":
            self._queue.append((event, data))
            if self._working is None or self._working.done():
                self._working = self._spawn(self._work())

    def _note(self, **values: object) -> None:
        with contextlib.suppress(ValidationError):  # a name that no show file could hold
            self.note(Step.model_validate(values))

    def _on_state(self, shown: Switcher) -> None:
        if shown.scenes is not self._scenes:  # another name of what is on air is no take
            self._program = new_name(self._program, self._scenes, shown.scenes)
            self._scenes = shown.scenes
        if shown.program is None or shown.program == self._program:
            return
        had, self._program = self._program, shown.program
        if had is not None:
            name = self._transition
            self.note(Taken(shown.program, name, shown.transition_ms if name == shown.transition else None))

    async def _work(self) -> None:
        while self._queue:
            event, data = self._queue.pop(0)
            with contextlib.suppress(ObsRefused, ObsGone):  # it is gone again
                if event in _ITEMS:
                    await self._note_item(event, data)
                else:
                    await self._note_contents(str(data.get("inputName")))

    async def _note_item(self, event: str, data: Message) -> None:
        key, on, off = _ITEMS[event]
        scene, item_id = str(data.get("sceneName")), data.get("sceneItemId")
        known = [row for row in self._stage.sources.value.rows if (row.holder, row.item_id) == (scene, item_id)]
        source = known[0].name if known else await self._name(scene, item_id)
        if source is not None:
            self._note(do=on if data.get(key) is True else off, source=source, scene=scene)

    async def _name(self, scene: str, item_id: object) -> str | None:
        """What the item shows; `scene` may be a group."""
        line = self._stage.line
        if line is None:
            return None
        asked = [("GetSceneItemList", {"sceneName": scene}), ("GetGroupSceneItemList", {"sceneName": scene})]
        for answer in await line.batch(asked):
            for row in [] if isinstance(answer, ObsRefused) else rows(answer, "sceneItems"):
                if row.get("sceneItemId") == item_id:
                    return str(row.get("sourceName"))
        return None

    async def _note_contents(self, source: str) -> None:
        line = self._stage.line
        if line is None:
            return
        answer = await line.call("GetInputSettings", {"inputName": source})
        kind, settings = str(answer.get("inputKind")), answer.get("inputSettings")
        if not isinstance(settings, dict):
            return
        if kind.startswith("text_"):
            self._note(do="text", source=source, text=settings.get("text", ""))
        elif kind in PICTURE_KEYS:
            self._note(do="image", source=source, file=settings.get(PICTURE_KEYS[kind], ""))
