"""The versions of obs-websocket that the practice OBS can speak as, and what each brought. Pure.

From the protocol's own documentation: what is "added in" each version, and 5.4's release notes for the identifiers.
"""

import uuid
from typing import Any, Final

from console.practice.wire import Refused, Status

Version = tuple[int, int]

OLDEST: Final[Version] = (5, 0)
USUAL: Final[Version] = (5, 1)  # as in OBS 29.0.2, which the practice OBS follows
UUIDS: Final[Version] = (5, 4)  # scenes, inputs and transitions have identifiers, in requests, answers and events
SETTINGS_EVENTS: Final[Version] = (5, 4)
SPEAKERS: Final[dict[Version, tuple[str, str]]] = {  # obs-websocket, and an OBS that came with it
    (5, 0): ("5.0.1", "28.0.3"),
    (5, 1): ("5.1.0", "29.0.2"),
    (5, 2): ("5.2.3", "29.1.3"),
    (5, 3): ("5.3.4", "30.0.2"),
    (5, 4): ("5.4.2", "30.1.2"),
    (5, 5): ("5.5.2", "30.2.3"),
    (5, 6): ("5.6.3", "32.0.0"),
    (5, 7): ("5.7.0", "32.1.0"),
}


def version_of(text: str) -> Version:
    """ "5.4" as a version. Raises ValueError for one that the practice OBS does not speak."""
    major, _, minor = text.partition(".")
    if not (major.isdigit() and minor.isdigit()) or (int(major), int(minor)) not in SPEAKERS:
        raise ValueError(f"no obs-websocket {text}")
    return int(major), int(minor)


class Uuids:
    """The identifiers of scenes, groups, inputs and transitions: each keeps its own when it is renamed."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The identifier of what has this name."""
        return self._known.setdefault(name, str(uuid.uuid4()))

    def renamed(self, old: str, new: str) -> None:
        """Something has another name."""
        if old in self._known:
            self._known[new] = self._known.pop(old)

    def forget(self, name: str) -> None:
        """Something is gone: the next of that name is another."""
        self._known.pop(name, None)

    def read(self, data: object) -> object:
        """A request's data with names in place of identifiers. Raises Refused (600) for an unknown one."""
        if not isinstance(data, dict):
            return data
        read = dict(data)
        for field, given in data.items():
            if field.endswith("Uuid") and isinstance(given, str) and field != "canvasUuid":
                read[field.removesuffix("Uuid") + "Name"] = self._name(given)
        return read

    def _name(self, given: str) -> str:
        for name, known in self._known.items():
            if known == given:
                return name
        raise Refused(Status.NOT_FOUND, f"No source was found by the UUID of `{given}`.")

    def told(self, value: Any) -> Any:
        """An answer or event with the identifiers of all that it names."""
        if isinstance(value, list):
            return [self.told(one) for one in value]
        if not isinstance(value, dict):
            return value
        told = {}
        for field, one in value.items():
            told[field] = self.told(one)
            if field in _NAMES:
                told[_NAMES[field]] = None if one is None else self.of(one)
        return told


_NAMES: Final = {
    "sceneName": "sceneUuid",
    "inputName": "inputUuid",
    "sourceName": "sourceUuid",
    "transitionName": "transitionUuid",
    "currentProgramSceneName": "currentProgramSceneUuid",
    "currentPreviewSceneName": "currentPreviewSceneUuid",
    "currentSceneTransitionName": "currentSceneTransitionUuid",
}
