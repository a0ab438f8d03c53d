"""What OBS holds: its scenes, groups and inputs, read whole once and after that only where something changed.

Loop thread only. Asks only: nothing in OBS changes (law 1). Big readings go in small batches: each answer is parsed in
the connection's thread, and a long one would hold the window up with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from scenes.reading.sync import items_of, number, override_of, read_all, rows
from scenes.state import Scene
from scenes.taking.proof import Item, inputs_of
from scenes.wire.line import Line, ObsRefused, Request
from scenes.wire.socket import Message

ITEMS_AT_ONCE: Final = 40  # an item's row is near 1 kB: some 150 kB, 2 ms
LISTS: Final = ("GetSceneList", "GetInputList", "GetGroupList")

_SCENE_EVENTS: Final = frozenset({"SceneCreated", "SceneRemoved", "SceneNameChanged", "SceneListChanged"})
_ITEM_EVENTS: Final = frozenset({"SceneItemCreated", "SceneItemRemoved", "SceneItemEnableStateChanged"})
_INPUT_EVENTS: Final = frozenset({"InputCreated", "InputRemoved", "InputNameChanged"})
EVENTS: Final = _SCENE_EVENTS | _ITEM_EVENTS | _INPUT_EVENTS
_SILENT_KINDS: Final = ("color_source", "image_source", "text_")  # OBS refuses to say their mute

Override = tuple[str | None, int | None]


@dataclass(slots=True)
class _Stale:
    """What has to be read again."""

    lists: bool = False
    holders: set[str] = field(default_factory=set)  # scenes and groups whose items changed
    inputs: set[str] = field(default_factory=set)  # inputs whose mute is not known

    def __bool__(self) -> bool:
        return self.lists or bool(self.holders) or bool(self.inputs)


class Library:
    """Scenes in OBS's order with what they show. `note` each event; `catch_up` until nothing is stale."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()
        self._uuids: dict[str, str] = {}
        self._groups: frozenset[str] = frozenset()
        self._items: dict[str, tuple[Item, ...]] = {}
        self._kinds: dict[str, str] = {}  # of every input
        self._mutes: dict[str, bool] = {}  # as read since they were last taken
        self._overrides: dict[str, Override] = {}  # as read since they were last taken
        self._stale = _Stale(lists=True)

    @property
    def inputs(self) -> frozenset[str]:
        """Every input."""
        return frozenset(self._kinds)

    @property
    def is_stale(self) -> bool:
        """Something changed that was not read yet."""
        return bool(self._stale)

    def note(self, event: str, data: Message) -> bool:
        """Take note of an event; True when something has to be read."""
        if event in _ITEM_EVENTS:
            self._stale.holders.add(str(data.get("sceneName")))
        elif event in EVENTS:
            self._stale.lists = True
        if event == "SceneCreated":  # also one that was removed and made again
            self._stale.holders.add(str(data.get("sceneName")))
        elif event == "InputCreated":
            self._stale.inputs.add(str(data.get("inputName")))
        elif event == "SceneNameChanged":
            self._rename(data.get("oldSceneName"), data.get("sceneName"))
        elif event == "InputNameChanged":
            self._rename(data.get("oldInputName"), data.get("inputName"))
        return event in EVENTS

    def _rename(self, old: object, new: object) -> None:
        """What shows `old` shows `new` from now on; what `new` itself holds is read as of a new one."""
        if not isinstance(old, str) or not isinstance(new, str):
            return
        for holder, items in self._items.items():
            if any(item.source == old for item in items):
                self._items[holder] = tuple(
                    Item(new, item.is_container, item.is_enabled) if item.source == old else item for item in items
                )

    async def catch_up(self, line: Line) -> None:
        """Read what changed. Raises ObsRefused (207), ObsGone: then all of it is unknown."""
        while self._stale:
            stale, self._stale = self._stale, _Stale()
            if stale.lists:
                await self._read_lists(line)
                stale.holders |= self._stale.holders
                stale.inputs |= self._stale.inputs
                self._stale.holders, self._stale.inputs = set(), set()
            await self._read_items(line, stale.holders)
            await self._read_mutes(line, stale.inputs)

    async def _read_lists(self, line: Line) -> None:
        scenes, inputs, groups = await read_all(line, [(name, {}) for name in LISTS], at_once=1)
        if isinstance(scenes, ObsRefused):
            raise scenes
        listed = [row for row in rows(scenes, "scenes") if isinstance(row.get("sceneName"), str)]
        listed.sort(key=lambda row: -number(row.get("sceneIndex")))  # OBS counts from the bottom of its list
        self._names = tuple(row["sceneName"] for row in listed)
        self._uuids = {row["sceneName"]: row["sceneUuid"] for row in listed if isinstance(row.get("sceneUuid"), str)}
        named = [] if isinstance(groups, ObsRefused) else groups.get("groups")
        self._groups = frozenset(name for name in named or () if isinstance(name, str))
        held = {*self._names, *self._groups}
        self._items = {name: items for name, items in self._items.items() if name in held}
        self._stale.holders |= held - set(self._items)
        rowed = [] if isinstance(inputs, ObsRefused) else rows(inputs, "inputs")
        kinds = {str(row["inputName"]): str(row.get("inputKind")) for row in rowed if "inputName" in row}
        self._stale.inputs |= set(kinds) - set(self._kinds)
        self._kinds = kinds

    async def _read_items(self, line: Line, holders: Iterable[str]) -> None:
        scenes = [name for name in self._names if name in holders]
        groups = [name for name in holders if name in self._groups]
        asked: list[Request] = [
            *(("GetSceneItemList", {"sceneName": name}) for name in scenes),
            *(("GetGroupSceneItemList", {"sceneName": name}) for name in groups),
        ]
        for name, answer in zip([*scenes, *groups], await read_all(line, asked, at_once=ITEMS_AT_ONCE), strict=True):
            self._items[name] = () if isinstance(answer, ObsRefused) else items_of(answer)
        asked = [("GetSceneSceneTransitionOverride", {"sceneName": name}) for name in scenes]
        for name, answer in zip(scenes, await read_all(line, asked), strict=True):
            self._overrides[name] = override_of(answer)

    async def _read_mutes(self, line: Line, inputs: Iterable[str]) -> None:
        names = [name for name in inputs if not self._kinds.get(name, _SILENT_KINDS[0]).startswith(_SILENT_KINDS)]
        asked: list[Request] = [("GetInputMute", {"inputName": name}) for name in names]
        for name, answer in zip(names, await read_all(line, asked), strict=True):
            if not isinstance(answer, ObsRefused):
                self._mutes[name] = answer.get("inputMuted") is True

    def scenes(self, shown: Sequence[Scene]) -> tuple[Scene, ...]:
        """The scenes as OBS has them; those of `shown` that are as they were are the same objects.

        A scene's override is taken from `shown` unless it was read since.
        """
        known = {scene.name: scene for scene in shown}
        overrides, self._overrides = self._overrides, {}
        inputs = self.inputs
        found = []
        for name in self._names:
            old = known.get(name)
            override = overrides.get(name, (old.override, old.override_ms) if old is not None else (None, None))
            # a removed input stays in the items of a scene that OBS does not draw: what is in no list is not there
            scene = Scene(name, self._uuids.get(name), inputs_of(name, self._items) & inputs, *override)
            found.append(old if old is not None and old == scene else scene)
        return tuple(found)

    def muted(self, shown: frozenset[str]) -> frozenset[str]:
        """The muted inputs: those of `shown` that are still there, and what was read since."""
        mutes, self._mutes = self._mutes, {}
        read = {name for name, is_muted in mutes.items() if is_muted}
        return (shown & self.inputs - mutes.keys()) | read
