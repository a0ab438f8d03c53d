"""Scene collections of the practice OBS: what is kept while another one is open, and the moment of changing.

No clock: time comes in through `now_s`.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Final

from console.practice.outputting import Outputting
from console.practice.values import CUT, FADE, Filter, Input, Intent, Scene, Transition
from console.practice.wire import Refused, Status

SWITCH_S: Final = 0.25  # for so long it answers 207 to all


@dataclass(slots=True)
class Collection:
    """What a scene collection holds."""

    scenes: dict[str, Scene]
    inputs: dict[str, Input] = field(default_factory=dict)
    filters: dict[str, tuple[Filter, ...]] = field(default_factory=dict)
    transitions: dict[str, Transition] = field(default_factory=lambda: {one.name: one for one in (CUT, FADE)})
    program: str = ""
    transition: str = "Fade"
    duration_ms: int = 300


class Collecting(Outputting, ABC):
    """One collection at a time, and those on the shelf."""

    def __init__(self) -> None:
        super().__init__()
        self.collection = "Practice"
        self._shelf: dict[str, Collection] = {}
        self._opens: tuple[str, float] | None = None

    @property
    def collections(self) -> list[str]:
        """The names of all, sorted."""
        return sorted({self.collection, *self._shelf})

    @property
    def is_loading(self) -> bool:
        """True while one collection goes and another comes."""
        return self._opens is not None

    def add_collection(self, name: str) -> None:
        """A new one with an empty scene, and over to it. Refused with 601 when the name is taken."""
        if name in self.collections:
            raise Refused(Status.EXISTS)
        self._shelf[name] = Collection({"Scene": Scene("Scene")}, program="Scene")
        self.open_collection(name)
        self.tell("SceneCollectionListChanged", Intent.CONFIG, sceneCollections=self.collections)

    def open_collection(self, name: str) -> None:
        """Over to another one, which takes SWITCH_S. Refused with 600 when there is none of that name."""
        if name not in self.collections:
            raise Refused(Status.NOT_FOUND)
        if name == self.collection or self._opens:
            return
        self.tell("CurrentSceneCollectionChanging", Intent.CONFIG, sceneCollectionName=self.collection)
        self._opens = (name, self.now_s + SWITCH_S)

    def _open_what_is_due(self) -> None:
        if self._opens is None or self.now_s < self._opens[1]:
            return
        name, self._opens = self._opens[0], None
        self._shelf[self.collection] = self._packed()
        self._tell_all_left()
        self.collection = name
        self._unpack(self._shelf.pop(name))
        self._tell_all_came()
        self.tell("CurrentSceneCollectionChanged", Intent.CONFIG, sceneCollectionName=name)

    @abstractmethod
    def _packed(self) -> Collection:
        """All that the open collection holds."""

    @abstractmethod
    def _unpack(self, collection: Collection) -> None:
        """Go on with all that `collection` holds."""

    def _tell_all_left(self) -> None:
        for name, scene in self.scenes.items():
            self.tell("SceneRemoved", Intent.SCENES, sceneName=name, isGroup=scene.is_group)
        for name in self.inputs:
            self.tell("InputRemoved", Intent.INPUTS, inputName=name)

    def _tell_all_came(self) -> None:
        for input in self.inputs.values():
            self._tell_input(input)
        for name, scene in self.scenes.items():
            self.tell("SceneCreated", Intent.SCENES, sceneName=name, isGroup=scene.is_group)

    def _collections_due_s(self) -> list[float]:
        return [self._opens[1]] if self._opens else []
