"""Reads the sources of one scene: its items, those of its groups, and what is worth knowing of each. Asks only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scenes.reading.sync import number, rows
from scenes.sources.media import MEDIA_KINDS, is_looping, media_of
from scenes.sources.state import Filter, Media, Source
from scenes.sources.steps import PICTURE_KEYS
from scenes.wire.line import NOT_READY, Line, ObsRefused, Request
from scenes.wire.socket import Message

CONTAINERS = frozenset({"scene", "group"})


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of a source wherever it is shown."""

    filters: tuple[Filter, ...] = ()
    is_muted: bool | None = None
    text: str | None = None
    file: str | None = None
    media: Media | None = None


async def read_scene(line: Line, scene: str, *, at_ns: int) -> tuple[Source, ...]:
    """The rows of `scene`, topmost first, each group's items below it. No rows when there is no such scene.

    Raises ObsRefused (207 while OBS loads), ObsGone.
    """
    [listed] = await _batch(line, [("GetSceneItemList", {"sceneName": scene})])
    top = items_of(listed, scene)
    groups = [row.name for row in top if row.kind == "group"]
    held = await _batch(line, [("GetGroupSceneItemList", {"sceneName": name}) for name in groups])
    inside = {name: items_of(answer, name, depth=1) for name, answer in zip(groups, held, strict=True)}
    flat = [each for row in top for each in (row, *inside.get(row.name, ()))]
    details = await read_details(line, {row.name: row.kind for row in flat}, at_ns=at_ns)
    return with_details(flat, details)


async def read_details(line: Line, kinds: Mapping[str, str], *, at_ns: int) -> dict[str, Details]:
    """What is known of each of these sources (name to kind). Raises ObsRefused (207), ObsGone."""
    asked = [(name, request) for name, kind in kinds.items() for request in _detail_requests(name, kind)]
    answers = await _batch(line, [request for _, request in asked])
    found: dict[str, dict[str, Message]] = {name: {} for name in kinds}
    for (name, (request, _)), answer in zip(asked, answers, strict=True):
        if not isinstance(answer, ObsRefused):
            found[name][request] = answer
    return {name: _details(name, kinds[name], answers, at_ns) for name, answers in found.items()}


async def read_transports(line: Line, kinds: Mapping[str, str], *, at_ns: int) -> dict[str, Media]:
    """The transport of each of these media inputs (name to kind). Raises ObsRefused (207), ObsGone."""
    asked = ("GetInputSettings", "GetMediaInputStatus")
    answers = await _batch(line, [(request, {"inputName": name}) for name in kinds for request in asked])
    found: dict[str, Media] = {}
    for (name, kind), settings, status in zip(kinds.items(), answers[::2], answers[1::2], strict=True):
        if not isinstance(settings, ObsRefused) and not isinstance(status, ObsRefused):
            known = _details(name, kind, dict(zip(asked, (settings, status), strict=True)), at_ns)
            if known.media is not None:
                found[name] = known.media
    return found


async def read_media(line: Line, names: Sequence[str]) -> dict[str, Message]:
    """The transport of each of these inputs, as OBS says it. Raises ObsRefused (207), ObsGone."""
    answers = await _batch(line, [("GetMediaInputStatus", {"inputName": name}) for name in names])
    return {name: answer for name, answer in zip(names, answers, strict=True) if not isinstance(answer, ObsRefused)}


async def read_media_inputs(line: Line) -> dict[str, str]:
    """Every media input of this OBS and its kind. Raises ObsRefused (207), ObsGone."""
    answers = await _batch(line, [("GetInputList", {"inputKind": kind}) for kind in MEDIA_KINDS])
    return {
        str(row["inputName"]): str(row.get("inputKind"))
        for answer in answers
        if not isinstance(answer, ObsRefused)
        for row in rows(answer, "inputs")
        if "inputName" in row and row.get("inputKind") in MEDIA_KINDS
    }


def items_of(answer: Message | ObsRefused, holder: str, *, depth: int = 0) -> list[Source]:
    """The items of a list of OBS's, topmost first; rows that make no sense are left out."""
    if isinstance(answer, ObsRefused):
        return []
    listed = [row for row in rows(answer, "sceneItems") if isinstance(row.get("sourceName"), str)]
    listed.sort(key=lambda row: -number(row.get("sceneItemIndex")))  # OBS counts from the bottom
    return [_item(row, holder, depth) for row in listed]


def with_details(flat: Iterable[Source], details: Mapping[str, Details]) -> tuple[Source, ...]:
    """The rows with what was read of their sources; others as they are."""
    return tuple(_with(row, details[row.name]) if row.name in details else row for row in flat)


def _with(row: Source, known: Details) -> Source:
    return replace(
        row, filters=known.filters, is_muted=known.is_muted, text=known.text, file=known.file, media=known.media
    )


def _item(row: Mapping[str, Any], holder: str, depth: int) -> Source:
    kind = "scene" if row.get("sourceType") == "OBS_SOURCE_TYPE_SCENE" else str(row.get("inputKind") or "")
    return Source(
        round(number(row.get("sceneItemId"))),
        str(row["sourceName"]),
        holder,
        kind="group" if row.get("isGroup") is True else kind,
        depth=depth,
        is_visible=row.get("sceneItemEnabled") is not False,
        is_locked=row.get("sceneItemLocked") is True,
    )


def _detail_requests(name: str, kind: str) -> list[Request]:
    asked: list[Request] = [("GetSourceFilterList", {"sourceName": name})]
    if kind in CONTAINERS:
        return asked
    asked.append(("GetInputMute", {"inputName": name}))
    if kind.startswith("text_") or kind in PICTURE_KEYS or kind in MEDIA_KINDS:
        asked.append(("GetInputSettings", {"inputName": name}))
    if kind in MEDIA_KINDS:
        asked.append(("GetMediaInputStatus", {"inputName": name}))
    return asked


def _details(name: str, kind: str, answers: Mapping[str, Message], at_ns: int) -> Details:
    said = answers.get("GetInputSettings", {}).get("inputSettings")
    settings: Message = said if isinstance(said, dict) else {}
    muted = answers.get("GetInputMute", {}).get("inputMuted")
    status = answers.get("GetMediaInputStatus")
    return Details(
        filters=_filters(answers.get("GetSourceFilterList", {})),
        is_muted=muted if isinstance(muted, bool) else None,
        text=_text(settings.get("text", "")) if kind.startswith("text_") else None,
        file=_text(settings.get(PICTURE_KEYS[kind], "")) if kind in PICTURE_KEYS else None,
        media=None if status is None else media_of(name, status, at_ns=at_ns, loops=is_looping(kind, settings)),
    )


def _filters(answer: Message) -> tuple[Filter, ...]:
    return tuple(
        Filter(str(row["filterName"]), str(row.get("filterKind") or ""), row.get("filterEnabled") is not False)
        for row in rows(answer, "filters")
        if isinstance(row.get("filterName"), str)
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


async def _batch(line: Line, asked: Sequence[Request]) -> list[Message | ObsRefused]:
    answers = await line.batch(asked)
    for answer in answers:
        if isinstance(answer, ObsRefused) and answer.code == NOT_READY:
            raise answer
    return answers
