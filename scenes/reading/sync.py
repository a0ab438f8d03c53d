"""What OBS answers, made into values. Asks only: nothing in OBS changes (law 1)."""

from collections.abc import Sequence
from typing import Any, Final

from console.core.links import Link
from scenes.state import OutputState, Scene, Switcher
from scenes.taking.proof import Item
from scenes.wire.line import NOT_READY, Line, ObsRefused, Request
from scenes.wire.socket import Message

PRACTICE: Final = "Cuedrop practice"  # in platformDescription: this OBS is the practice studio's
CUT_KIND: Final = "cut_transition"
FADE_KIND: Final = "fade_transition"

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
)
_REQUIRED: Final = frozenset(_BASE[:4])
_SETTINGS: Final[tuple[str, ...]] = (
    "GetStudioModeEnabled",
    "GetCurrentPreviewScene",
    "GetSceneTransitionList",
    "GetCurrentSceneTransition",
    "GetVideoSettings",
)
AT_ONCE: Final = 250  # answers of one value: some 30 kB

Base = dict[str, Message]  # answers by request; what OBS refused is missing


async def read_active(line: Line, inputs: Sequence[str]) -> frozenset[str]:
    """Which of these inputs are on program now. Raises ObsRefused (207), ObsGone."""
    answers = await read_all(line, [("GetSourceActive", {"sourceName": name}) for name in inputs])
    return frozenset(
        name
        for name, answer in zip(inputs, answers, strict=True)
        if not isinstance(answer, ObsRefused) and answer.get("videoActive") is True
    )


async def read_base(line: Line) -> Base:
    """Everything of an OBS but its scenes and inputs. Raises ObsRefused (207; what every OBS answers), ObsGone."""
    return await _read(line, _BASE)


async def read_settings(line: Line) -> Base:
    """What can be set of the switcher: modes, transitions, the canvas. Raises ObsRefused (207), ObsGone."""
    return await _read(line, _SETTINGS)


async def _read(line: Line, names: Sequence[str]) -> Base:
    answers = await read_all(line, [(name, {}) for name in names])
    base: Base = {}
    for name, answer in zip(names, answers, strict=True):
        if not isinstance(answer, ObsRefused):
            base[name] = answer
        elif name in _REQUIRED:
            raise answer
    return base


async def read_all(line: Line, asked: Sequence[Request], *, at_once: int = AT_ONCE) -> list[Message | ObsRefused]:
    """Each request's answer or refusal, in batches of `at_once`. Raises ObsRefused while OBS loads (207), ObsGone.

    A long answer is parsed in one go, which holds the window up: many requests go in several batches.
    """
    answers: list[Message | ObsRefused] = []
    for begin in range(0, len(asked), at_once):
        answers += await line.batch(asked[begin : begin + at_once])
    for answer in answers:
        if isinstance(answer, ObsRefused) and answer.code == NOT_READY:
            raise answer
    return answers


def override_of(answer: Message | ObsRefused) -> tuple[str | None, int | None]:
    """The transition that a scene wants for itself, and its duration in ms; None where it wants none."""
    if isinstance(answer, ObsRefused):
        return None, None
    name, duration = answer.get("transitionName"), answer.get("transitionDuration")
    if not isinstance(name, str) or not name:
        return None, None
    return name, duration if type(duration) is int else None


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


def name_of(base: Base, kind: str) -> str | None:
    """What OBS calls its transition of that kind, in its own language."""
    for row in rows(base["GetSceneTransitionList"], "transitions"):
        if row.get("transitionKind") == kind:
            return str(row.get("transitionName"))
    return None


def shown_of(
    base: Base,
    scenes: tuple[Scene, ...],
    muted: frozenset[str],
    *,
    safe_scene: str | None,
    link: Link,
    at_ns: int,
) -> Switcher:
    """The switcher as `base` tells of it."""
    version, listed = base["GetVersion"], base["GetSceneList"]
    cursor = number(base.get("GetCurrentSceneTransitionCursor", {}).get("transitionCursor"))
    stream, record = base.get("GetStreamStatus", {}), base.get("GetRecordStatus", {})
    settings = settings_of(base)
    return Switcher(
        **{**settings, "preview": _text(listed.get("currentPreviewSceneName")) if settings["studio_mode"] else None},
        link=link,
        is_practice=PRACTICE in str(version.get("platformDescription")),
        version=str(version.get("obsVersion") or ""),
        claimed=_text(listed.get("currentProgramSceneName")),
        in_transition=0.0 < cursor < 1.0,
        scenes=scenes,
        safe_scene=safe_scene,
        stream=output_of(stream),
        record=output_of(record),
        on_air_since_mono_ns=on_air_since(stream, record, at_ns),
        muted_inputs=muted,
        requests=frozenset(name for name in version.get("availableRequests") or () if isinstance(name, str)),
    )


def settings_of(base: Base) -> dict[str, Any]:
    """The switcher's values that `base` tells of modes, transitions and the canvas."""
    studio_mode = base["GetStudioModeEnabled"].get("studioModeEnabled") is True
    transition, canvas = base.get("GetCurrentSceneTransition", {}), base.get("GetVideoSettings", {})
    duration = transition.get("transitionDuration")
    preview = base.get("GetCurrentPreviewScene", {}).get("currentPreviewSceneName")
    return {
        "studio_mode": studio_mode,
        "preview": _text(preview) if studio_mode else None,
        "transitions": tuple(
            str(row.get("transitionName")) for row in rows(base["GetSceneTransitionList"], "transitions")
        ),
        "transition": str(transition.get("transitionName") or ""),
        "transition_ms": None if transition.get("transitionFixed") or type(duration) is not int else duration,
        "canvas": (round(number(canvas.get("baseWidth"))) or 1920, round(number(canvas.get("baseHeight"))) or 1080),
    }


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
