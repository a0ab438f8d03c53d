"""The scenes, items and inputs of the practice OBS. Pure: no clock, no I/O; what is on a bus is the studio's."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from console.practice.values import (
    DEFAULT_SETTINGS,
    INPUT_KINDS,
    Event,
    Input,
    Intent,
    Item,
    Scene,
    Shot,
    unversioned,
)
from console.practice.versions import USUAL, UUIDS, Uuids
from console.practice.wire import Refused, Status


class Sources:
    """All scenes and inputs, and the events of what happens to them.

    A method raises Refused with the status code that OBS gives.
    """

    def __init__(self) -> None:
        self.scenes: dict[str, Scene] = {}  # in the window's order, top first
        self.inputs: dict[str, Input] = {}
        self.devices: frozenset[str] = frozenset()  # the inputs that fill an audio device slot: always active
        self.version = USUAL  # of obs-websocket
        self.uuids = Uuids()
        self._events: list[Event] = []

    def tell(self, type: str, intent: Intent, /, **data: Any) -> None:
        """Note an event."""
        self._events.append(Event(type, intent, self.uuids.told(data) if self.version >= UUIDS else data))

    # -- what the buses add

    def _scene_came(self, name: str) -> None:
        """A scene was made."""

    def _scene_left(self, name: str, other: str) -> None:
        """A scene is gone; `other` is still there."""

    def _scene_renamed(self, old: str, new: str) -> None:
        """A scene has another name."""

    def _input_renamed(self, old: str, new: str) -> None:
        """An input has another name."""

    def _loaded(self, input: Input) -> None:
        """An input has new settings."""

    def _source_left(self, name: str) -> None:
        """A scene, group or input is gone."""
        self.uuids.forget(name)

    def _source_renamed(self, old: str, new: str) -> None:
        """A scene, group or input has another name."""
        self.uuids.renamed(old, new)

    def _held(self) -> Iterable[str]:
        """Sources that stay alive without being in a scene."""
        return ()

    # -- what is in a scene

    def inputs_in(self, shot: Shot | None) -> frozenset[str]:
        """The inputs that a bus shows: enabled items, nested scenes and groups included."""
        if shot is None:
            return frozenset()
        scene = self.scenes.get(shot.scene)
        items = shot.copy if shot.copy is not None else scene.items if scene else ()
        return frozenset(self._inputs_of(items, frozenset({shot.scene})))

    def _inputs_of(self, items: tuple[Item, ...], seen: frozenset[str]) -> Iterator[str]:
        for item in items:
            if not item.is_enabled or item.source in seen:
                continue
            if item.source in self.inputs:
                yield item.source
            elif nested := self.scenes.get(item.source):
                yield from self._inputs_of(nested.items, seen | {item.source})

    def _nests(self, shot: Shot, source: str) -> bool:
        scene = self.scenes.get(shot.scene)
        items = shot.copy if shot.copy is not None else scene.items if scene else ()
        return any(
            item.is_enabled and (item.source == source or self._nests(Shot(item.source), source))
            for item in items
            if item.source in self.scenes
        )

    # -- scenes, items, inputs

    def scene(self, name: str, *, or_group: bool = False) -> Scene:
        """The scene of that name. Refused with 600 (nothing of that name) or 602 (not a scene)."""
        found = self.scenes.get(name)
        if found is None and name not in self.inputs:
            raise Refused(Status.NOT_FOUND, f"No source was found by the name of `{name}`.")
        if found is None:
            raise Refused(Status.WRONG_TYPE_OF_RESOURCE, "The specified source is not a scene.")
        if found.is_group and not or_group:
            raise Refused(Status.WRONG_TYPE_OF_RESOURCE, "The specified source is not a scene. (Is group)")
        return found

    def input(self, name: str, *, with_audio: bool = False) -> Input:
        """The input of that name. Refused with 600, 602 (not an input) or 604 (has no audio)."""
        found = self.inputs.get(name)
        if found is None and name not in self.scenes:
            raise Refused(Status.NOT_FOUND, f"No source was found by the name of `{name}`.")
        if found is None:
            raise Refused(Status.WRONG_TYPE_OF_RESOURCE, "The specified source is not an input.")
        if with_audio and not found.has_audio:
            raise Refused(Status.WRONG_STATE_OF_RESOURCE, "The specified input does not support audio.")
        return found

    def scene_list(self) -> list[dict[str, Any]]:
        """The scenes as OBS lists them: the window's bottom first, `sceneIndex` counted from there."""
        names = [name for name, scene in self.scenes.items() if not scene.is_group]
        return [{"sceneIndex": i, "sceneName": name} for i, name in enumerate(reversed(names))]

    def add_scene(self, name: str, *, is_group: bool = False) -> Scene:
        """A new, empty scene at the bottom of the window's list. Refused with 601 when the name is taken."""
        if name in self.scenes or name in self.inputs:
            raise Refused(Status.EXISTS, "A source already exists by that scene name.")
        scene = self.scenes[name] = Scene(name, is_group=is_group)
        if not is_group:
            self._scene_came(name)
            self._tell_scene_list()
        self.tell("SceneCreated", Intent.SCENES, sceneName=name, isGroup=is_group)
        return scene

    def remove_scene(self, name: str) -> None:
        """Take a scene away. One that is on a bus gives way to another, at once.

        Refused with 603 for the last one; OBS 29.0.2 really removes it and then has no program at all.
        """
        self.scene(name)
        others = [other for other, scene in self.scenes.items() if other != name and not scene.is_group]
        if not others:
            raise Refused(Status.NOT_ENOUGH, "You cannot remove the last scene in the collection.")
        items = self.scenes.pop(name).items
        self.tell("SceneRemoved", Intent.SCENES, sceneName=name, isGroup=False)
        for scene in self.scenes.values():
            for item in [item for item in scene.items if item.source == name]:
                self._drop_item(scene, item)
        self._source_left(name)
        self._scene_left(name, others[0])
        self._tell_scene_list()
        self._forget_unused(item.source for item in items)

    def rename_scene(self, old: str, new: str) -> None:
        """Give a scene another name. Refused with 601 when it is taken."""
        self.scene(old)
        if new in self.scenes or new in self.inputs:
            raise Refused(Status.EXISTS, "A source already exists by that new scene name.")
        self.scenes = {new if name == old else name: scene for name, scene in self.scenes.items()}
        self.scenes[new].name = new
        self._rename_in_items(old, new)
        self._source_renamed(old, new)
        self._scene_renamed(old, new)
        self.tell("SceneNameChanged", Intent.SCENES, oldSceneName=old, sceneName=new)

    def _rename_in_items(self, old: str, new: str) -> None:
        for scene in self.scenes.values():
            scene.items = renamed(scene.items, old, new)

    def add_input(self, scene: str, name: str, kind: str, settings: dict[str, Any], *, is_enabled: bool = True) -> Item:
        """A new input on top of `scene`. Refused with 601 (name taken) or 605 (kind unknown)."""
        self.scene(scene, or_group=True)
        if name in self.inputs or name in self.scenes:
            raise Refused(Status.EXISTS, "A source already exists by that input name.")
        if kind not in INPUT_KINDS:
            raise Refused(
                Status.WRONG_INPUT_KIND,
                "Your specified input kind is not supported by OBS. Check that your specified kind is properly "
                "versioned and that any necessary plugins are loaded.",
            )
        self.inputs[name] = Input(name, kind, dict(settings))
        self._tell_input(self.inputs[name])
        item = self.add_item(scene, name, is_enabled=is_enabled)
        self._loaded(self.inputs[name])
        return item

    def add_device(self, name: str, kind: str, slot: str) -> None:
        """An input that fills an audio device slot ("mic1"), as OBS's settings make one."""
        self.inputs[name] = Input(name, kind, {"device_id": "default"}, special=slot)
        self._find_devices()

    def _find_devices(self) -> None:
        self.devices = frozenset(name for name, input in self.inputs.items() if input.special)

    def _tell_input(self, input: Input) -> None:
        self.tell(
            "InputCreated",
            Intent.INPUTS,
            inputName=input.name,
            inputKind=input.kind,
            unversionedInputKind=unversioned(input.kind),
            inputSettings=dict(input.settings),
            defaultInputSettings=DEFAULT_SETTINGS.get(input.kind, {}),
        )

    def remove_input(self, name: str) -> None:
        """Take an input away, and out of every scene."""
        self.input(name)
        self._forget_input(name)
        for scene in self.scenes.values():
            for item in [item for item in scene.items if item.source == name]:
                self._drop_item(scene, item)

    def rename_input(self, old: str, new: str) -> None:
        """Give an input another name. Refused with 601 when it is taken."""
        self.input(old)
        if new in self.scenes or new in self.inputs:
            raise Refused(Status.EXISTS, "A source already exists by that new input name.")
        self.inputs = {new if name == old else name: input for name, input in self.inputs.items()}
        self.inputs[new].name = new
        self._find_devices()
        self._rename_in_items(old, new)
        self._source_renamed(old, new)
        self._input_renamed(old, new)
        self.tell("InputNameChanged", Intent.INPUTS, oldInputName=old, inputName=new)

    def set_muted(self, name: str, is_muted: bool) -> None:
        """Mute or open an input; told even when it changes nothing, as OBS does."""
        self.input(name, with_audio=True).is_muted = is_muted
        self.tell("InputMuteStateChanged", Intent.INPUTS, inputName=name, inputMuted=is_muted)

    def add_item(self, scene: str, source: str, *, is_enabled: bool = True) -> Item:
        """`source` once more on top of `scene`. Refused with 703 when the scene would contain itself."""
        target = self.scene(scene, or_group=True)
        if source not in self.inputs and source not in self.scenes:
            raise Refused(Status.NOT_FOUND, f"No source was found by the name of `{source}`.")
        if source == scene or self._nests(Shot(source), scene):
            raise Refused(Status.CANNOT_ACT, "You cannot create scene item of a scene within itself.")
        item = Item(target.next_id, source, is_enabled)
        target.next_id += 1
        target.items = (*target.items, item)
        self.tell(
            "SceneItemCreated",
            Intent.SCENE_ITEMS,
            sceneName=scene,
            sourceName=source,
            sceneItemId=item.id,
            sceneItemIndex=len(target.items) - 1,
        )
        return item

    def item(self, scene: str, id: int) -> Item:
        """The item of that id. Refused with 600 when the scene has none."""
        for item in self.scene(scene, or_group=True).items:
            if item.id == id:
                return item
        raise Refused(Status.NOT_FOUND, f"No scene items were found in scene `{scene}` with the ID `{id}`.")

    def put_item(self, scene: str, item: Item) -> None:
        """Replace the item that has this item's id."""
        target = self.scenes[scene]
        target.items = tuple(item if old.id == item.id else old for old in target.items)

    def remove_item(self, scene: str, id: int) -> None:
        """Take an item out; an input that nothing shows any more is gone, as in OBS.

        In Studio Mode the copy on air keeps showing it until the next take, as it does not show what is added.
        """
        item = self.item(scene, id)
        self._drop_item(self.scenes[scene], item)
        self._forget_unused([item.source])

    def _drop_item(self, scene: Scene, item: Item) -> None:
        scene.items = tuple(other for other in scene.items if other.id != item.id)
        self.tell(
            "SceneItemRemoved",
            Intent.SCENE_ITEMS,
            sceneName=scene.name,
            sourceName=item.source,
            sceneItemId=item.id,
        )

    def _forget_unused(self, names: Iterable[str]) -> None:
        used = {item.source for scene in self.scenes.values() for item in scene.items} | set(self._held())
        for name in names:
            input = self.inputs.get(name)
            if input and not input.special and name not in used:
                self._forget_input(name)

    def _forget_input(self, name: str) -> None:
        del self.inputs[name]
        self.devices -= {name}
        self.tell("InputRemoved", Intent.INPUTS, inputName=name)
        self._source_left(name)

    def _tell_scene_list(self) -> None:
        self.tell("SceneListChanged", Intent.SCENES, scenes=self.scene_list())


def renamed(items: tuple[Item, ...], old: str, new: str) -> tuple[Item, ...]:
    """`items` with every item of source `old` showing `new`."""
    return tuple(replace(item, source=new) if item.source == old else item for item in items)
