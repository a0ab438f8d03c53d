"""One change of a source as OBS is asked for it: read before, change, read after, in one batch. Pure.

The item of a scene is looked up inside the batch, so that nothing asked earlier can be out of date; a group's name
stands for a scene's (tried on OBS 29). What was read before is the way back, what is read after is the proof.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from pydantic import ValidationError

from console.settings.show import Step
from scenes.sources.media import MediaState, media_of
from scenes.wire.line import ObsRefused
from scenes.wire.socket import Message

Answers = Sequence[Message | ObsRefused]

NOT_FOUND: Final = 600  # RequestStatus::ResourceNotFound
NO_SOUND: Final = 604  # RequestStatus::InvalidResourceState: what an input without audio answers to its mute
UNKNOWN_REQUEST: Final = 204  # RequestStatus::UnknownRequestType
LONGEST_IN_A_LINE: Final = 48
PICTURE_KEYS: Final[Mapping[str, str]] = {"image_source": "file", "ffmpeg_source": "local_file"}
FROM_FILE_KEYS: Final = ("from_file", "read_from_file")  # text_ft2_source, text_gdiplus: the words come from a file

_FLAGS: Final[Mapping[str, tuple[str, bool]]] = {
    "show": ("sceneItemEnabled", True), "hide": ("sceneItemEnabled", False),
    "lock": ("sceneItemLocked", True), "unlock": ("sceneItemLocked", False),
    "filter_on": ("filterEnabled", True), "filter_off": ("filterEnabled", False),
    "mute": ("inputMuted", True), "unmute": ("inputMuted", False),
}  # fmt: skip
_OPPOSITE: Final[Mapping[str, str]] = {
    "show": "hide", "hide": "show", "lock": "unlock", "unlock": "lock", "filter_on": "filter_off",
    "filter_off": "filter_on", "mute": "unmute", "unmute": "mute",
}  # fmt: skip
_ACTS: Final[Mapping[str, frozenset[MediaState]]] = {
    "play": frozenset({MediaState.PLAYING}),
    "restart": frozenset({MediaState.PLAYING}),
    "pause": frozenset({MediaState.PAUSED}),
    "stop": frozenset({MediaState.STOPPED, MediaState.ENDED, MediaState.NONE}),
}  # what each ends in
_KIND_OF_THING: Final[Mapping[str, str]] = {
    "show": "visible", "hide": "visible", "lock": "locked", "unlock": "locked", "filter_on": "filter",
    "filter_off": "filter", "text": "text", "image": "image", "mute": "mute", "unmute": "mute",
    **dict.fromkeys(_ACTS, "media"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a step. `is_done` None: OBS is still at it. `back` undoes it; None: there is no need or no way."""

    is_done: bool | None
    why: str = ""
    back: Step | None = None
    is_refused: bool = False  # nothing was changed


def is_media(step: Step) -> bool:
    """Whether this is about a media source's transport."""
    return step.do in _ACTS


def has_contents(step: Step) -> bool:
    """Whether this needs the source's kind to be known: text and image."""
    return step.do in ("text", "image")


def content_key(step: Step, kind: str) -> str | None:
    """Where a source of OBS's `kind` keeps the text or the picture that `step` sets; None: it has none."""
    if step.do == "text":
        return "text" if kind.startswith("text_") else None
    return PICTURE_KEYS.get(kind)


def why_not(step: Step, kind: str | None) -> str:
    """Why a text or image step can't be asked of a source of this kind (None: there is no such source), or ""."""
    if not has_contents(step):
        return ""
    if kind is None:
        return f"OBS has no input {step.source}."
    if content_key(step, kind) is None:
        return f"{step.source} is no {'text' if step.do == 'text' else 'picture'}."
    return ""


def requests_of(step: Step, number: int, *, kind: str = "") -> list[Message]:
    """What OBS is asked, in this order: look up the item, read, change, read.

    number: tells this step's variables from those of the batch's other steps. kind: OBS's, for text and image.
    """
    if step.do in ("show", "hide", "lock", "unlock"):
        return _item_requests(step, f"cuedropItem{number}")
    if step.do in ("filter_on", "filter_off"):
        which = {"sourceName": step.source, "filterName": step.filter}
        change = {**which, "filterEnabled": _FLAGS[step.do][1]}
        return _around("GetSourceFilter", which, "SetSourceFilterEnabled", change)
    which = {"inputName": step.source}
    if step.do in ("mute", "unmute"):
        return _around("GetInputMute", which, "SetInputMute", {**which, "inputMuted": _FLAGS[step.do][1]})
    if is_media(step):
        action = f"OBS_WEBSOCKET_MEDIA_INPUT_ACTION_{step.do.upper()}"
        return _around("GetMediaInputStatus", which, "TriggerMediaInputAction", {**which, "mediaAction": action})
    settings = {content_key(step, kind) or "text": step.text if step.do == "text" else step.file}
    return _around("GetInputSettings", which, "SetInputSettings", {**which, "inputSettings": settings})


def names_of(requests: Iterable[Message]) -> list[str]:
    """The requests' types."""
    return [str(request["requestType"]) for request in requests]


def judge_step(step: Step, answers: Answers, *, kind: str = "") -> Judged:
    """What came of `step` by the answers to its requests."""
    refused = next((answer for answer in answers if isinstance(answer, ObsRefused)), None)
    if refused is not None or len(answers) < 3:
        return Judged(False, _refusal_words(step, refused), is_refused=refused is not None)
    before, _, after = (answer for answer in answers[-3:] if not isinstance(answer, ObsRefused))
    if step.do in _FLAGS:
        key, wanted = _FLAGS[step.do]
        back = None if before.get(key) is wanted else _step(step, do=_OPPOSITE[step.do])
        return _judged(after.get(key) is wanted, back)
    if is_media(step):
        return _judge_media(step, before, after)
    return _judge_contents(step, before, after, content_key(step, kind) or "text")


def is_media_there(step: Step, status: Message, *, before: Message | None = None) -> bool:
    """Whether a GetMediaInputStatus answer says what a media step wants.

    before: the answer before a restart; what plays on from there was not restarted.
    """
    media = media_of(step.source, status, at_ns=0)
    if media.state not in _ACTS[step.do]:
        return False
    if step.do != "restart" or before is None:
        return True
    was = media_of(step.source, before, at_ns=0)
    is_same_run = was.state in (MediaState.PLAYING, MediaState.PAUSED)
    return not is_same_run or was.cursor_ms is None or media.cursor_ms is None or media.cursor_ms <= was.cursor_ms


def line_of(step: Step) -> str:
    """The step as people read it: "Show Logo in Wide", "Text of Title: Hello"."""
    source, words = step.source, step.do
    if words in ("show", "hide", "lock", "unlock"):
        return f"{words.capitalize()} {source} in {step.scene}"
    if words in ("filter_on", "filter_off"):
        return f"Filter {step.filter} of {source} {words.removeprefix('filter_')}"
    if words == "text":
        return f"Text of {source}: {_short(step.text or '') or 'nothing'}"
    if words == "image":
        return f"Picture of {source}: {_file_name(step.file or '') or 'none'}"
    return f"Play {source} from the start" if words == "restart" else f"{words.capitalize()} {source}"


def said_of(step: Step) -> str:
    """The proved step as a sentence: "Logo is shown in Wide." """
    source = step.source
    words = {
        "show": f"is shown in {step.scene}", "hide": f"is hidden in {step.scene}",
        "lock": f"is locked in {step.scene}", "unlock": f"is unlocked in {step.scene}",
        "filter_on": f"has its filter {step.filter} on", "filter_off": f"has its filter {step.filter} off",
        "text": "has its new text", "image": "has its new picture", "play": "plays", "pause": "stands still",
        "stop": "is stopped", "restart": "plays from the start", "mute": "is muted", "unmute": "is open",
    }  # fmt: skip
    return f"{source} {words[step.do]}."


def thing_of(step: Step) -> tuple[str | None, ...]:
    """What the step changes: two steps with the same thing are one change after the other of it."""
    kind = _KIND_OF_THING[step.do]
    scene = step.scene if kind in ("visible", "locked") else None
    return kind, step.source, scene, step.filter if kind == "filter" else None


def collapsed(steps: Sequence[Step], step: Step) -> tuple[Step, ...]:
    """`steps` with `step` at their end, in place of an earlier change of the same thing."""
    return (*(each for each in steps if thing_of(each) != thing_of(step)), step)


def _item_requests(step: Step, variable: str) -> list[Message]:
    key, value = _FLAGS[step.do]
    name = key.removeprefix("scene")  # ItemEnabled, ItemLocked
    scene, found = {"sceneName": step.scene}, {"sceneItemId": variable}
    looked_up = {
        "requestType": "GetSceneItemId",
        "requestData": {**scene, "sourceName": step.source},
        "outputVariables": {variable: "sceneItemId"},
    }
    around = _around(f"GetScene{name}", scene, f"SetScene{name}", {**scene, key: value})
    return [looked_up, *({**request, "inputVariables": found} for request in around)]


def _around(read: str, which: Message, change: str, data: Message) -> list[Message]:
    reading = {"requestType": read, "requestData": which}
    return [reading, {"requestType": change, "requestData": data}, reading]


def _judged(is_so: bool, back: Step | None) -> Judged:
    return Judged(True, back=back) if is_so else Judged(False, "OBS says that it did not happen.")


def _judge_media(step: Step, before: Message, after: Message) -> Judged:
    was = media_of(step.source, before, at_ns=0)
    if was.state is MediaState.NONE and step.do != "stop" and before.get("mediaDuration") is None:
        now = media_of(step.source, after, at_ns=0)
        if now.state is MediaState.NONE:
            return Judged(False, f"{step.source} has nothing to play.")
    way = {MediaState.PLAYING: "play", MediaState.PAUSED: "pause"}.get(was.state, "stop")
    back = None if was.state in _ACTS[step.do] else _step(step, do=way)
    return Judged(True if is_media_there(step, after, before=before) else None, back=back)


def _judge_contents(step: Step, before: Message, after: Message, key: str) -> Judged:
    was, now = _settings(before), _settings(after)
    wanted = step.text if step.do == "text" else step.file
    if step.do == "text" and any(now.get(name) is True for name in FROM_FILE_KEYS):
        return Judged(False, f"{step.source} reads its words from a file; OBS shows those.")
    old = was.get(key, "")
    value = "text" if step.do == "text" else "file"
    back = _step(step, **{value: old}) if isinstance(old, str) and old != wanted else None
    return _judged(now.get(key, "") == wanted, back)


def _step(step: Step, **changes: object) -> Step | None:
    """`step` with other values; None when a show file could not hold it (a text without end)."""
    try:
        return Step.model_validate({**step.model_dump(), **changes})
    except ValidationError:
        return None


def _settings(answer: Message) -> Message:
    settings = answer.get("inputSettings")
    return settings if isinstance(settings, dict) else {}


def _refusal_words(step: Step, refused: ObsRefused | None) -> str:
    if refused is None:
        return "OBS did not say what came of it."
    if refused.code == UNKNOWN_REQUEST:
        return "This OBS can't be asked for that; a newer one can."
    if refused.code == NO_SOUND and step.do in ("mute", "unmute"):
        return f"{step.source} has no sound."
    if refused.code == NOT_FOUND:
        if step.scene is not None and step.do in ("show", "hide", "lock", "unlock"):
            return f"OBS has no {step.source} in {step.scene}."
        if step.filter is not None and step.do in ("filter_on", "filter_off"):
            return f"OBS has no filter {step.filter} on {step.source}."
        return f"OBS has no input {step.source}."
    return "OBS refuses" + (f" ({refused.comment.rstrip('.')})." if refused.comment else ".")


def _short(text: str) -> str:
    flat = " / ".join(text.splitlines())
    return flat if len(flat) <= LONGEST_IN_A_LINE else f"{flat[: LONGEST_IN_A_LINE - 1]}…"


def _file_name(path: str) -> str:
    """The last part of a path of OBS's machine, whatever that is."""
    return PureWindowsPath(path).name if "\\" in path else PurePosixPath(path).name
