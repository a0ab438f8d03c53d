"""Answers about scenes, items and their pictures. Pure but for GetSourceScreenshot, which draws."""

import base64
from dataclasses import asdict, fields, replace
from typing import Any, Final

from console.practice import compose
from console.practice.model import Studio
from console.practice.registry import Data, answers
from console.practice.values import Intent, Item, Scene, Transform
from console.practice.wire import Fields, Refused, Status

NUMBERS: Final = frozenset(field.name for field in fields(Transform) if field.name != "boundsType")


@answers
def create_scene(studio: Studio, fields: Fields) -> None:
    """A new scene."""
    studio.add_scene(fields.text("sceneName"))


@answers
def remove_scene(studio: Studio, fields: Fields) -> None:
    """Take a scene away."""
    studio.remove_scene(fields.text("sceneName"))


@answers
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
        "sceneItemLocked": item.is_locked,
        "sceneItemBlendMode": "OBS_BLEND_NORMAL",
        "sceneItemTransform": _transform(studio, item),
    }


@answers
def get_scene_item_list(studio: Studio, fields: Fields) -> Data:
    """The items of a scene, bottom first."""
    items = studio.scene(fields.text("sceneName")).items
    return {"sceneItems": [_item_data(studio, item, index) for index, item in enumerate(items)]}


@answers
def get_group_scene_item_list(studio: Studio, fields: Fields) -> Data:
    """The items of a group, bottom first."""
    group = _scene(studio, fields)
    if not group.is_group:
        raise Refused(Status.WRONG_TYPE_OF_RESOURCE, "The specified source is not a group. (Is scene)")
    return {"sceneItems": [_item_data(studio, item, index) for index, item in enumerate(group.items)]}


@answers
def get_scene_item_id(studio: Studio, fields: Fields) -> Data:
    """The lowest item of that source in a scene."""
    scene, source = _scene(studio, fields), fields.text("sourceName")
    for item in scene.items:
        if item.source == source:
            return {"sceneItemId": item.id}
    raise Refused(Status.NOT_FOUND, "No scene items were found in the specified scene by that name or offset.")


@answers
def create_scene_item(studio: Studio, fields: Fields) -> Data:
    """A source once more, in a scene."""
    scene, source = studio.scene(fields.text("sceneName")), fields.text("sourceName")
    is_enabled = fields.flag("sceneItemEnabled") if fields.has("sceneItemEnabled") else True
    return {"sceneItemId": studio.add_item(scene.name, source, is_enabled=is_enabled).id}


@answers
def remove_scene_item(studio: Studio, fields: Fields) -> None:
    """An item out of a scene."""
    scene, item = _item(studio, fields)
    studio.remove_item(scene.name, item.id)


@answers
def get_scene_item_enabled(studio: Studio, fields: Fields) -> Data:
    """Whether an item is shown."""
    return {"sceneItemEnabled": _item(studio, fields)[1].is_enabled}


@answers
def set_scene_item_enabled(studio: Studio, fields: Fields) -> None:
    """Show or hide an item. On program in Studio Mode it is seen with the next take of the scene."""
    scene, item = _item(studio, fields)
    is_enabled = fields.flag("sceneItemEnabled")
    if is_enabled != item.is_enabled:
        studio.put_item(scene.name, replace(item, is_enabled=is_enabled))
        data = {"sceneName": scene.name, "sceneItemId": item.id, "sceneItemEnabled": is_enabled}
        studio.tell("SceneItemEnableStateChanged", Intent.SCENE_ITEMS, **data)


@answers
def get_scene_item_locked(studio: Studio, fields: Fields) -> Data:
    """Whether an item can be moved in OBS's own window."""
    return {"sceneItemLocked": _item(studio, fields)[1].is_locked}


@answers
def set_scene_item_locked(studio: Studio, fields: Fields) -> None:
    """Lock or unlock an item."""
    scene, item = _item(studio, fields)
    studio.set_locked(scene.name, item.id, fields.flag("sceneItemLocked"))


@answers
def get_scene_item_index(studio: Studio, fields: Fields) -> Data:
    """An item's place, counted from the bottom."""
    scene, item = _item(studio, fields)
    return {"sceneItemIndex": scene.items.index(item)}


@answers
def set_scene_item_index(studio: Studio, fields: Fields) -> None:
    """Put an item at another place."""
    scene, item = _item(studio, fields)
    studio.move_item(scene.name, item.id, int(fields.number("sceneItemIndex", 0, 8192)))


@answers
def get_scene_item_transform(studio: Studio, fields: Fields) -> Data:
    """Where an item lies."""
    return {"sceneItemTransform": _transform(studio, _item(studio, fields)[1])}


@answers
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


@answers
def get_source_active(studio: Studio, fields: Fields) -> Data:
    """Whether a source is on air, and whether it shows anywhere."""
    name = fields.text("sourceName")
    if name not in studio.inputs and name not in studio.scenes:
        raise Refused(Status.NOT_FOUND, f"No source was found by the name of `{name}`.")
    return {"videoActive": studio.is_active(name), "videoShowing": studio.is_showing(name)}


@answers
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
