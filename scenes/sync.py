"""Reads the whole of OBS into a model, and what is active. Asks only: nothing in OBS changes (law 1)."""

from collections.abc import Sequence
from typing import Any, Final

from console.core.links import Link
from scenes.line import NOT_READY, Line, ObsRefused, Request
from scenes.proof import Item, inputs_of, universe
from scenes.socket import Message
from scenes.state import OutputState, Scene, Switcher
from scenes.switcher import Model

PRACTICE: Final = "Cuedrop practice"  # in platformDescription: this OBS is the practice studio's
CUT_KIND: Final = "cut_transition"

_BASE: Final[tuple[str, ...]] = (
    "GetVersion",
    "GetSceneList",
    "GetStudioModeEnabled",
    "GetSceneTransitionList",
    "GetCurrentSceneTransition",
    "GetCurrentSceneTransitionCursor",
    "GetVideoSettings",
    "GetStreamStatus",
    "GetRecordStatus",
    "GetInputList",
    "GetGroupList",
)
_REQUIRED: Final = frozenset(_BASE[:4])


async def read_model(line: Line, *, safe_scene: str | None, link: Link, at_ns: int) -> Model:
    """The model as OBS is now, not yet settled. Raises ObsRefused (207 while OBS loads), ObsGone."""
    base = await _read_base(line)
    scenes, muted = await _read_scenes(line, base)
    active = await read_active(line, sorted(universe(scenes)))
    shown = _shown(base, scenes, muted, safe_scene=safe_scene, link=link, at_ns=at_ns)
    return Model(shown, active, cut_name=_cut_name(base))


async def read_active(line: Line, inputs: Sequence[str]) -> frozenset[str]:
    """Which of these inputs are on program now. Raises ObsRefused (207), ObsGone."""
    answers = await line.batch([("GetSourceActive", {"sourceName": name}) for name in inputs])
    active = set()
    for name, answer in zip(inputs, answers, strict=True):
        if isinstance(answer, ObsRefused):
            if answer.code == NOT_READY:
                raise answer
        elif answer.get("videoActive") is True:
            active.add(name)
    return frozenset(active)


async def _read_base(line: Line) -> dict[str, Message]:
    answers = await line.batch([(name, {}) for name in _BASE])
    base: dict[str, Message] = {}
    for name, answer in zip(_BASE, answers, strict=True):
        if not isinstance(answer, ObsRefused):
            base[name] = answer
        elif answer.code == NOT_READY or name in _REQUIRED:
            raise answer
    return base


async def _read_scenes(line: Line, base: dict[str, Message]) -> tuple[tuple[Scene, ...], frozenset[str]]:
    listed = [scene for scene in rows(base["GetSceneList"], "scenes") if isinstance(scene.get("sceneName"), str)]
    listed.sort(key=lambda scene: -number(scene.get("sceneIndex")))  # OBS counts from the bottom of its list
    names: list[str] = [scene["sceneName"] for scene in listed]
    groups = [name for name in base.get("GetGroupList", {}).get("groups") or [] if isinstance(name, str)]
    inputs = [row["inputName"] for row in rows(base.get("GetInputList", {}), "inputs") if "inputName" in row]
    asked: list[Request] = [
        *(("GetSceneItemList", {"sceneName": name}) for name in names),
        *(("GetGroupSceneItemList", {"sceneName": name}) for name in groups),
        *(("GetInputMute", {"inputName": name}) for name in inputs),
    ]
    answers = await line.batch(asked)
    if any(isinstance(answer, ObsRefused) and answer.code == NOT_READY for answer in answers):
        raise ObsRefused("GetSceneItemList", NOT_READY)
    held = len(names) + len(groups)
    items = {
        name: () if isinstance(answer, ObsRefused) else items_of(answer)
        for name, answer in zip([*names, *groups], answers[:held], strict=True)
    }
    muted = frozenset(
        name
        for name, answer in zip(inputs, answers[held:], strict=True)
        if not isinstance(answer, ObsRefused) and answer.get("inputMuted") is True
    )
    # a removed input stays in the items of a scene that OBS does not draw: what is in no list is not there
    uuids = [scene.get("sceneUuid") for scene in listed]
    scenes = tuple(
        Scene(name, uuid if isinstance(uuid, str) else None, inputs_of(name, items) & frozenset(inputs))
        for name, uuid in zip(names, uuids, strict=True)
    )
    return scenes, muted


def items_of(answer: Message) -> tuple[Item, ...]:
    """The items of a GetSceneItemList or GetGroupSceneItemList answer; rows that make no sense are left out."""
    found = []
    for row in rows(answer, "sceneItems"):
        source = row.get("sourceName")
        if isinstance(source, str):
            is_container = row.get("sourceType") == "OBS_SOURCE_TYPE_SCENE" or row.get("isGroup") is True
            found.append(Item(source, is_container, row.get("sceneItemEnabled") is not False))
    return tuple(found)


def rows(answer: Message, key: str) -> list[dict[str, Any]]:
    """The list of objects under `key`, without what is none."""
    value = answer.get(key)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def number(value: object) -> float:
    """`value` when it is a number, else 0."""
    return value if isinstance(value, int | float) else 0


def _cut_name(base: dict[str, Message]) -> str | None:
    for row in rows(base["GetSceneTransitionList"], "transitions"):
        if row.get("transitionKind") == CUT_KIND:
            return str(row.get("transitionName"))
    return None


def _shown(
    base: dict[str, Message],
    scenes: tuple[Scene, ...],
    muted: frozenset[str],
    *,
    safe_scene: str | None,
    link: Link,
    at_ns: int,
) -> Switcher:
    version, listed = base["GetVersion"], base["GetSceneList"]
    studio_mode = base["GetStudioModeEnabled"].get("studioModeEnabled") is True
    transition = base.get("GetCurrentSceneTransition", {})
    duration = transition.get("transitionDuration")
    cursor = number(base.get("GetCurrentSceneTransitionCursor", {}).get("transitionCursor"))
    canvas = base.get("GetVideoSettings", {})
    stream, record = base.get("GetStreamStatus", {}), base.get("GetRecordStatus", {})
    known = _text(listed.get("currentProgramSceneName"))
    return Switcher(
        link=link,
        is_practice=PRACTICE in str(version.get("platformDescription")),
        version=str(version.get("obsVersion") or ""),
        studio_mode=studio_mode,
        claimed=known,
        preview=_text(listed.get("currentPreviewSceneName")) if studio_mode else None,
        in_transition=0.0 < cursor < 1.0,
        scenes=scenes,
        transitions=tuple(
            str(row.get("transitionName")) for row in rows(base["GetSceneTransitionList"], "transitions")
        ),
        transition=str(transition.get("transitionName") or ""),
        transition_ms=None if transition.get("transitionFixed") or type(duration) is not int else duration,
        safe_scene=safe_scene,
        stream=output_of(stream),
        record=output_of(record),
        on_air_since_mono_ns=on_air_since(stream, record, at_ns),
        canvas=(round(number(canvas.get("baseWidth"))) or 1920, round(number(canvas.get("baseHeight"))) or 1080),
        muted_inputs=muted,
        requests=frozenset(name for name in version.get("availableRequests") or () if isinstance(name, str)),
    )


def output_of(status: Message) -> OutputState:
    """A stream's or recording's state from its status."""
    if status.get("outputReconnecting") is True:
        return OutputState.RECONNECTING
    return OutputState.ON if status.get("outputActive") is True else OutputState.OFF


def on_air_since(stream: Message, record: Message, at_ns: int) -> int | None:
    """When the longer of the two began, as OBS counts; None when neither runs."""
    running = [number(s.get("outputDuration")) for s in (stream, record) if s.get("outputActive") is True]
    return at_ns - round(max(running) * 1e6) if running else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
