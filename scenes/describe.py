"""What is in an OBS: its scenes with their inputs, to make a first show from. Asks only."""

from dataclasses import dataclass, field
from typing import Any

from scenes.reading.sync import read_all, rows
from scenes.state import Switcher
from scenes.wire.line import Line, ObsRefused


@dataclass(frozen=True, slots=True)
class DescribedInput:
    """An input: `kind` as OBS names it ("ffmpeg_source"), its settings (defaults left out), whether it has sound."""

    name: str
    kind: str
    settings: dict[str, Any] = field(default_factory=dict, hash=False)
    has_audio: bool = False


@dataclass(frozen=True, slots=True)
class DescribedScene:
    """A scene and the names of the inputs that it shows, those of nested scenes and groups included."""

    name: str
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObsDescription:
    """An OBS. `scenes` in the order of its window; `inputs` as OBS lists them, also those that no scene shows."""

    version: str
    is_practice: bool
    canvas: tuple[int, int]
    scenes: tuple[DescribedScene, ...]
    inputs: tuple[DescribedInput, ...]

    def input(self, name: str) -> DescribedInput | None:
        """The input of that name."""
        return next((each for each in self.inputs if each.name == name), None)


async def describe(line: Line, shown: Switcher) -> ObsDescription:
    """What `line`'s OBS holds. Raises ObsRefused, ObsGone."""
    listed = rows(await line.call("GetInputList"), "inputs")
    kinds = {str(row.get("inputName")): str(row.get("inputKind")) for row in listed}
    settings = await read_all(line, [("GetInputSettings", {"inputName": name}) for name in kinds])
    mutes = await read_all(line, [("GetInputMute", {"inputName": name}) for name in kinds])
    inputs = []
    for (name, kind), known, mute in zip(kinds.items(), settings, mutes, strict=True):
        values = {} if isinstance(known, ObsRefused) else known.get("inputSettings")
        inputs.append(
            DescribedInput(name, kind, values if isinstance(values, dict) else {}, not isinstance(mute, ObsRefused))
        )
    scenes = tuple(DescribedScene(scene.name, tuple(sorted(scene.inputs))) for scene in shown.scenes)
    return ObsDescription(shown.version, shown.is_practice, shown.canvas, scenes, tuple(inputs))
