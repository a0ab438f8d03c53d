"""The requests of obs-websocket 5 that the practice OBS answers: one function each, `(studio, fields) -> data`.

Pure but for GetSourceScreenshot, which draws. Answers and refusals are those of OBS 29.0.2 as asked on the day.
"""

import base64
import math
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from typing import Any, Final

from console.practice import compose
from console.practice.model import (
    CANVAS,
    DEFAULT_SETTINGS,
    FIXED_TRANSITIONS,
    INPUT_KINDS,
    TRANSITION_KINDS,
    Input,
    Intent,
    Item,
    Output,
    Scene,
    Studio,
    Transform,
    unversioned,
)
from console.practice.wire import Fields, Refused, Status

Data = dict[str, Any]
Handler = Callable[[Studio, Fields], Data | None]

REQUESTS: Final[dict[str, Handler]] = {}
NUMBERS: Final = frozenset(field.name for field in fields(Transform) if field.name != "boundsType")
FPS: Final = 30


def _answers(handler: Handler) -> Handler:
    """Register `get_scene_list` as the answer to GetSceneList."""
    REQUESTS["".join(word.capitalize() for word in handler.__name__.split("_"))] = handler
    return handler


def answer(studio: Studio, type: object, data: object) -> Data | None:
    """What OBS answers to one request. Raises Refused with any other status than success."""
    if not isinstance(type, str) or not type:
        raise Refused(Status.MISSING_TYPE, "Your request's `requestType` may not be empty.")
    handler = REQUESTS.get(type)
    if handler is None:
        raise Refused(Status.UNKNOWN_TYPE, "Your request type is not valid.")
    return handler(studio, Fields(data))


# -- general


@_answers
def get_version(studio: Studio, _: Fields) -> Data:
    """Who answers: the platform's description tells practice from a real OBS."""
    return {
        "obsVersion": "29.0.2",
        "obsWebSocketVersion": "5.1.0",
        "rpcVersion": 1,
        "availableRequests": sorted([*REQUESTS, "Sleep"]),
        "supportedImageFormats": ["jpg", "jpeg", "png"],
        "platform": "practice",
        "platformDescription": "Cuedrop practice studio",
    }


@_answers
def get_stats(studio: Studio, _: Fields) -> Data:
    """Figures of an OBS that is never busy."""
    return {
        "cpuUsage": 1.0,
        "memoryUsage": 100.0,
        "availableDiskSpace": 100_000.0,
        "activeFps": float(FPS),
        "averageFrameRenderTime": 1.0,
        "renderSkippedFrames": 0,
        "renderTotalFrames": int(studio.now_s * FPS),
        "outputSkippedFrames": 0,
        "outputTotalFrames": _frames(studio, studio.record) + _frames(studio, studio.stream),
        "webSocketSessionIncomingMessages": 0,
        "webSocketSessionOutgoingMessages": 0,
    }


@_answers
def get_video_settings(studio: Studio, _: Fields) -> Data:
    """The canvas."""
    width, height = CANVAS
    rate = {"fpsNumerator": FPS, "fpsDenominator": 1}
    return {"baseWidth": width, "baseHeight": height, "outputWidth": width, "outputHeight": height, **rate}


@_answers
def broadcast_custom_event(studio: Studio, fields: Fields) -> None:
    """Say something to every client."""
    studio.tell("CustomEvent", Intent.GENERAL, **fields.table("eventData"))


@_answers
def get_profile_list(studio: Studio, _: Fields) -> Data:
    """The one profile there is."""
    return {"currentProfileName": "Practice", "profiles": ["Practice"]}


@_answers
def get_scene_collection_list(studio: Studio, _: Fields) -> Data:
    """The one scene collection there is."""
    return {"currentSceneCollectionName": "Practice", "sceneCollections": ["Practice"]}


# -- switching


@_answers
def get_scene_list(studio: Studio, _: Fields) -> Data:
    """All scenes, the window's bottom first."""
    return {
        "currentProgramSceneName": studio.program,
        "currentPreviewSceneName": studio.preview,
        "scenes": studio.scene_list(),
    }


@_answers
def get_group_list(studio: Studio, _: Fields) -> Data:
    """The names of all groups."""
    return {"groups": [name for name, scene in studio.scenes.items() if scene.is_group]}


@_answers
def get_current_program_scene(studio: Studio, _: Fields) -> Data:
    """What OBS names, which is not always what is on air."""
    return {"currentProgramSceneName": studio.program}


@_answers
def set_current_program_scene(studio: Studio, fields: Fields) -> None:
    """Take a scene."""
    studio.take(studio.scene(fields.text("sceneName")).name)


@_answers
def get_current_preview_scene(studio: Studio, _: Fields) -> Data:
    """What is on preview."""
    if studio.preview is None:
        raise Refused(Status.STUDIO_MODE_NOT_ACTIVE)
    return {"currentPreviewSceneName": studio.preview}


@_answers
def set_current_preview_scene(studio: Studio, fields: Fields) -> None:
    """Put a scene on preview."""
    if not studio.studio_mode:
        raise Refused(Status.STUDIO_MODE_NOT_ACTIVE)
    studio.set_preview(fields.text("sceneName"))


@_answers
def get_studio_mode_enabled(studio: Studio, _: Fields) -> Data:
    """Whether there is a preview."""
    return {"studioModeEnabled": studio.studio_mode}


@_answers
def set_studio_mode_enabled(studio: Studio, fields: Fields) -> None:
    """Studio Mode on or off."""
    studio.set_studio_mode(fields.flag("studioModeEnabled"))


@_answers
def trigger_studio_mode_transition(studio: Studio, _: Fields) -> None:
    """Take what is on preview."""
    studio.trigger()


@_answers
def set_t_bar_position(studio: Studio, fields: Fields) -> None:
    """Move the T-bar."""
    position = fields.number("position", 0, 1)
    studio.move_t_bar(position, release=fields.flag("release") if fields.has("release") else True)


def _transition(name: str) -> Data:
    is_fixed = name in FIXED_TRANSITIONS
    kind = TRANSITION_KINDS[name]
    return {
        "transitionName": name,
        "transitionKind": kind,
        "transitionFixed": is_fixed,
        "transitionConfigurable": False,
    }


@_answers
def get_transition_kind_list(studio: Studio, _: Fields) -> Data:
    """The kinds there are."""
    return {"transitionKinds": list(TRANSITION_KINDS.values())}


@_answers
def get_scene_transition_list(studio: Studio, _: Fields) -> Data:
    """The transitions to choose from."""
    return {
        "currentSceneTransitionName": studio.transition,
        "currentSceneTransitionKind": TRANSITION_KINDS[studio.transition],
        "transitions": [_transition(name) for name in TRANSITION_KINDS],
    }


@_answers
def get_current_scene_transition(studio: Studio, _: Fields) -> Data:
    """The chosen transition; a fixed one has no duration."""
    is_fixed = studio.transition in FIXED_TRANSITIONS
    duration = None if is_fixed else studio.duration_ms
    return {**_transition(studio.transition), "transitionDuration": duration, "transitionSettings": None}


@_answers
def set_current_scene_transition(studio: Studio, fields: Fields) -> None:
    """Choose a transition."""
    studio.set_transition(fields.text("transitionName"))


@_answers
def set_current_scene_transition_duration(studio: Studio, fields: Fields) -> None:
    """How long it lasts, ms."""
    studio.set_duration(int(fields.number("transitionDuration", 50, 20_000)))


@_answers
def get_current_scene_transition_cursor(studio: Studio, _: Fields) -> Data:
    """How far a running transition is, 0..1; 1 when none runs."""
    running = studio.running
    if running is None or running.ends_s is None:
        return {"transitionCursor": 1.0 if running is None else 0.5}
    length = max(running.ends_s - running.begun_s, 1e-9)
    return {"transitionCursor": min(1.0, (studio.now_s - running.begun_s) / length)}


@_answers
def get_scene_scene_transition_override(studio: Studio, fields: Fields) -> Data:
    """A scene's own transition."""
    name, duration_ms = studio.scene(fields.text("sceneName")).override
    return {"transitionName": name, "transitionDuration": duration_ms}


@_answers
def set_scene_scene_transition_override(studio: Studio, fields: Fields) -> None:
    """Give a scene its own transition, or none."""
    scene = studio.scene(fields.text("sceneName"))
    name = fields.text("transitionName") if fields.has("transitionName") else None
    if name is not None and name not in TRANSITION_KINDS:
        raise Refused(Status.NOT_FOUND, "No scene transition was found by that name.")
    has_duration = fields.has("transitionDuration")
    duration_ms = int(fields.number("transitionDuration", 50, 20_000)) if has_duration else None
    scene.override = (name, duration_ms)


# -- scenes and items


@_answers
def create_scene(studio: Studio, fields: Fields) -> None:
    """A new scene."""
    studio.add_scene(fields.text("sceneName"))


@_answers
def remove_scene(studio: Studio, fields: Fields) -> None:
    """Take a scene away."""
    studio.remove_scene(fields.text("sceneName"))


@_answers
def set_scene_name(studio: Studio, fields: Fields) -> None:
    """Rename a scene."""
    studio.rename_scene(fields.text("sceneName"), fields.text("newSceneName"))


def _scene(studio: Studio, fields: Fields) -> Scene:
    return studio.scene(fields.text("sceneName"), or_group=True)


def _item(studio: Studio, fields: Fields) -> tuple[Scene, Item]:
    scene = _scene(studio, fields)
    return scene, studio.item(scene.name, int(fields.number("sceneItemId", 0)))


def _transform(studio: Studio, item: Item) -> Data:
    width, height = compose.source_size(studio, item.source)
    drawn_width, drawn_height = compose.drawn_size(item.transform, width, height)
    sizes = {"sourceWidth": float(width), "sourceHeight": float(height)}
    return {**asdict(item.transform), **sizes, "width": drawn_width, "height": drawn_height}


def _item_data(studio: Studio, item: Item, index: int) -> Data:
    input = studio.inputs.get(item.source)
    return {
        "sceneItemId": item.id,
        "sceneItemIndex": index,
        "sourceName": item.source,
        "sourceType": "OBS_SOURCE_TYPE_INPUT" if input else "OBS_SOURCE_TYPE_SCENE",
        "inputKind": input.kind if input else None,
        "isGroup": None if input else studio.scenes[item.source].is_group,
        "sceneItemEnabled": item.is_enabled,
        "sceneItemLocked": False,
        "sceneItemBlendMode": "OBS_BLEND_NORMAL",
        "sceneItemTransform": _transform(studio, item),
    }


@_answers
def get_scene_item_list(studio: Studio, fields: Fields) -> Data:
    """The items of a scene, bottom first."""
    items = studio.scene(fields.text("sceneName")).items
    return {"sceneItems": [_item_data(studio, item, index) for index, item in enumerate(items)]}


@_answers
def get_group_scene_item_list(studio: Studio, fields: Fields) -> Data:
    """The items of a group, bottom first."""
    group = _scene(studio, fields)
    if not group.is_group:
        raise Refused(Status.WRONG_TYPE_OF_RESOURCE, "The specified source is not a group.")
    return {"sceneItems": [_item_data(studio, item, index) for index, item in enumerate(group.items)]}


@_answers
def get_scene_item_id(studio: Studio, fields: Fields) -> Data:
    """The lowest item of that source in a scene."""
    scene, source = _scene(studio, fields), fields.text("sourceName")
    for item in scene.items:
        if item.source == source:
            return {"sceneItemId": item.id}
    raise Refused(Status.NOT_FOUND, "No scene items were found in the specified scene by that name or offset.")


@_answers
def create_scene_item(studio: Studio, fields: Fields) -> Data:
    """A source once more, in a scene."""
    scene, source = _scene(studio, fields), fields.text("sourceName")
    is_enabled = fields.flag("sceneItemEnabled") if fields.has("sceneItemEnabled") else True
    return {"sceneItemId": studio.add_item(scene.name, source, is_enabled=is_enabled).id}


@_answers
def remove_scene_item(studio: Studio, fields: Fields) -> None:
    """An item out of a scene."""
    scene, item = _item(studio, fields)
    studio.remove_item(scene.name, item.id)


@_answers
def get_scene_item_enabled(studio: Studio, fields: Fields) -> Data:
    """Whether an item is shown."""
    return {"sceneItemEnabled": _item(studio, fields)[1].is_enabled}


@_answers
def set_scene_item_enabled(studio: Studio, fields: Fields) -> None:
    """Show or hide an item. On program in Studio Mode it is seen with the next take of the scene."""
    scene, item = _item(studio, fields)
    is_enabled = fields.flag("sceneItemEnabled")
    if is_enabled != item.is_enabled:
        studio.put_item(scene.name, replace(item, is_enabled=is_enabled))
        data = {"sceneName": scene.name, "sceneItemId": item.id, "sceneItemEnabled": is_enabled}
        studio.tell("SceneItemEnableStateChanged", Intent.SCENE_ITEMS, **data)


@_answers
def get_scene_item_transform(studio: Studio, fields: Fields) -> Data:
    """Where an item lies."""
    return {"sceneItemTransform": _transform(studio, _item(studio, fields)[1])}


@_answers
def set_scene_item_transform(studio: Studio, fields: Fields) -> None:
    """Move, scale or crop an item."""
    scene, item = _item(studio, fields)
    given = fields.table("sceneItemTransform")
    wanted = Fields(given)
    changes: dict[str, Any] = {
        name: type(getattr(item.transform, name))(wanted.number(name, -90_001, 90_001))
        for name in given
        if name in NUMBERS
    }
    if "boundsType" in given:
        changes["boundsType"] = wanted.text("boundsType")
    if not changes:
        raise Refused(Status.CANNOT_ACT, "You have not provided any valid transform changes.")
    moved = replace(item, transform=replace(item.transform, **changes))
    studio.put_item(scene.name, moved)
    data = {"sceneName": scene.name, "sceneItemId": item.id, "sceneItemTransform": _transform(studio, moved)}
    studio.tell("SceneItemTransformChanged", Intent.SCENE_ITEM_TRANSFORM, **data)


@_answers
def get_source_active(studio: Studio, fields: Fields) -> Data:
    """Whether a source is on air, and whether it shows anywhere."""
    name = fields.text("sourceName")
    if name not in studio.inputs and name not in studio.scenes:
        raise Refused(Status.NOT_FOUND, f"No source was found by the name of `{name}`.")
    return {"videoActive": studio.is_active(name), "videoShowing": studio.is_showing(name)}


@_answers
def get_source_screenshot(studio: Studio, fields: Fields) -> Data:
    """A picture of a source as a data URI."""
    name = fields.text("sourceName")
    if name not in studio.inputs and name not in studio.scenes:
        raise Refused(Status.NOT_FOUND, f"No source was found by the name of `{name}`.")
    kind = fields.text("imageFormat")
    if kind not in ("jpg", "jpeg", "png"):
        words = "Your specified image format is invalid or not supported by this system."
        raise Refused(Status.INVALID_FIELD, words)
    own_width, own_height = compose.source_size(studio, name)
    has_width, has_height = fields.has("imageWidth"), fields.has("imageHeight")
    width = int(fields.number("imageWidth", 8, 4096)) if has_width else 0
    height = int(fields.number("imageHeight", 8, 4096)) if has_height else 0
    if not has_width:
        width = round(height * own_width / own_height) if has_height else own_width
    if not has_height:
        height = round(width * own_height / own_width)
    has_quality = fields.has("imageCompressionQuality")
    quality = int(fields.number("imageCompressionQuality", -1, 100)) if has_quality else -1
    encoded = compose.encoded(studio, name, width, height, kind=kind, quality=quality)
    return {"imageData": f"data:image/{kind};base64,{base64.b64encode(encoded).decode()}"}


# -- inputs


def _input_data(input: Input) -> Data:
    kind = {"inputKind": input.kind, "unversionedInputKind": unversioned(input.kind)}
    return {"inputName": input.name, **kind}


@_answers
def get_input_list(studio: Studio, fields: Fields) -> Data:
    """All inputs, or those of one kind."""
    kind = fields.text("inputKind") if fields.has("inputKind") else None
    found = [input for input in studio.inputs.values() if kind in (None, input.kind)]
    return {"inputs": [_input_data(input) for input in found]}


@_answers
def get_input_kind_list(studio: Studio, _: Fields) -> Data:
    """The kinds of input there are."""
    return {"inputKinds": list(INPUT_KINDS)}


@_answers
def get_special_inputs(studio: Studio, _: Fields) -> Data:
    """The inputs that fill the audio device slots."""
    slots = ("desktop1", "desktop2", "mic1", "mic2", "mic3", "mic4")
    names = {input.special: input.name for input in studio.inputs.values() if input.special}
    return {slot: names.get(slot) for slot in slots}


@_answers
def create_input(studio: Studio, fields: Fields) -> Data:
    """A new input in a scene."""
    scene = _scene(studio, fields)
    name, kind = fields.text("inputName"), fields.text("inputKind")
    settings = fields.table("inputSettings") if fields.has("inputSettings") else {}
    is_enabled = fields.flag("sceneItemEnabled") if fields.has("sceneItemEnabled") else True
    item = studio.add_input(scene.name, name, kind, settings, is_enabled=is_enabled)
    return {"sceneItemId": item.id}


@_answers
def remove_input(studio: Studio, fields: Fields) -> None:
    """Take an input away."""
    studio.remove_input(fields.text("inputName"))


@_answers
def set_input_name(studio: Studio, fields: Fields) -> None:
    """Rename an input."""
    studio.rename_input(fields.text("inputName"), fields.text("newInputName"))


@_answers
def get_input_settings(studio: Studio, fields: Fields) -> Data:
    """An input's settings, without its kind's defaults."""
    input = studio.input(fields.text("inputName"))
    return {"inputKind": input.kind, "inputSettings": dict(input.settings)}


@_answers
def set_input_settings(studio: Studio, fields: Fields) -> None:
    """Change an input's settings; with `overlay` false the old ones go."""
    input = studio.input(fields.text("inputName"))
    settings = fields.table("inputSettings")
    is_overlay = fields.flag("overlay") if fields.has("overlay") else True
    input.settings = {**input.settings, **settings} if is_overlay else dict(settings)


@_answers
def get_input_default_settings(studio: Studio, fields: Fields) -> Data:
    """What a kind of input starts with."""
    kind = fields.text("inputKind")
    if kind not in INPUT_KINDS:
        raise Refused(Status.WRONG_INPUT_KIND)
    return {"defaultInputSettings": DEFAULT_SETTINGS.get(kind, {})}


@_answers
def get_input_mute(studio: Studio, fields: Fields) -> Data:
    """Whether an input is muted."""
    return {"inputMuted": studio.input(fields.text("inputName"), with_audio=True).is_muted}


@_answers
def set_input_mute(studio: Studio, fields: Fields) -> None:
    """Mute or open an input."""
    name = studio.input(fields.text("inputName"), with_audio=True).name
    studio.set_muted(name, fields.flag("inputMuted"))


@_answers
def toggle_input_mute(studio: Studio, fields: Fields) -> Data:
    """The other way round."""
    input = studio.input(fields.text("inputName"), with_audio=True)
    studio.set_muted(input.name, not input.is_muted)
    return {"inputMuted": input.is_muted}


@_answers
def get_input_volume(studio: Studio, fields: Fields) -> Data:
    """An input's fader."""
    return _volume(studio.input(fields.text("inputName"), with_audio=True))


@_answers
def set_input_volume(studio: Studio, fields: Fields) -> None:
    """Move an input's fader, by dB or by factor."""
    input = studio.input(fields.text("inputName"), with_audio=True)
    if fields.has("inputVolumeMul"):
        input.volume_mul = fields.number("inputVolumeMul", 0, 20)
    else:
        input.volume_mul = 10 ** (fields.number("inputVolumeDb", -100, 26) / 20)
    studio.tell("InputVolumeChanged", Intent.INPUTS, inputName=input.name, **_volume(input))


def _volume(input: Input) -> Data:
    decibels = 20 * math.log10(input.volume_mul) if input.volume_mul > 1e-5 else -100.0
    return {"inputVolumeMul": input.volume_mul, "inputVolumeDb": decibels}


# -- outputs


def _frames(studio: Studio, output: Output) -> int:
    return int((studio.now_s - output.since_s) * FPS) if output.is_active else 0


def _status(studio: Studio, output: Output) -> Data:
    duration_ms = int((studio.now_s - output.since_s) * 1000) if output.is_active else 0
    seconds, milliseconds = divmod(duration_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return {
        "outputActive": output.is_active,
        "outputTimecode": f"{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}",
        "outputDuration": duration_ms,
        "outputBytes": 0,
    }


@_answers
def get_stream_status(studio: Studio, _: Fields) -> Data:
    """The stream's state. Nothing is ever sent, so its bytes stay 0."""
    frames = {"outputSkippedFrames": 0, "outputTotalFrames": _frames(studio, studio.stream)}
    state = {"outputReconnecting": False, "outputCongestion": 0.0}
    return {**_status(studio, studio.stream), **state, **frames}


@_answers
def start_stream(studio: Studio, _: Fields) -> None:
    """Say that it streams; nothing leaves the machine."""
    studio.start(studio.stream)


@_answers
def stop_stream(studio: Studio, _: Fields) -> None:
    """Say that it streams no more."""
    studio.stop(studio.stream)


@_answers
def get_record_status(studio: Studio, _: Fields) -> Data:
    """The recording's state. Nothing is ever written, so its bytes stay 0."""
    return {**_status(studio, studio.record), "outputPaused": False}


@_answers
def start_record(studio: Studio, _: Fields) -> None:
    """Say that it records; no file is written."""
    studio.start(studio.record)


@_answers
def stop_record(studio: Studio, _: Fields) -> Data:
    """Say that it records no more; the path is empty, since there is no file."""
    studio.stop(studio.record)
    return {"outputPath": ""}


@_answers
def get_virtual_cam_status(studio: Studio, _: Fields) -> Data:
    """There is no virtual camera."""
    return {"outputActive": False}
