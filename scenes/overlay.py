"""A picture put into a scene and taken out again: the QR code while a drop is open.

The picture is one image_source of the overlay's name; showing it again moves it, never doubles it.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Final, Literal

from console.core.errors import UserError
from scenes.wire.line import Line, ObsRefused
from scenes.wire.socket import Message

Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]
KIND: Final = "image_source"
MARGIN: Final = 0.03  # of the canvas's smaller side
ALIGN_TOP_LEFT: Final = 5  # OBS_ALIGN_LEFT | OBS_ALIGN_TOP
EMPTY: Final = ""  # an image source without a file draws nothing
GONE_TRIES: Final = 20
GONE_AGAIN_S: Final = 0.05
NOT_FOUND: Final = 600  # RequestStatus::ResourceNotFound


async def put(
    line: Line, scene: str, name: str, image_path: str, *, size_px: int, corner: Corner, canvas: tuple[int, int]
) -> None:
    """Show the picture in a corner of `scene`, in the square of `size_px` of the canvas.

    Raises UserError when something else has this name; ObsRefused, ObsGone.
    """
    if await _is_ours(line, name):
        await fill(line, name, image_path)
        item = await _item(line, scene, name)
        if item is None:
            made = await line.call("CreateSceneItem", {"sceneName": scene, "sourceName": name})
            item = made.get("sceneItemId")
    else:
        made = await line.call(
            "CreateInput",
            {"sceneName": scene, "inputName": name, "inputKind": KIND, "inputSettings": {"file": image_path}},
        )
        item = made.get("sceneItemId")
    where = {"sceneName": scene, "sceneItemId": item}
    await line.batch(
        [
            ("SetSceneItemTransform", {**where, "sceneItemTransform": transform(size_px, corner, canvas)}),
            ("SetSceneItemEnabled", {**where, "sceneItemEnabled": True}),
        ]
    )


async def fill(line: Line, name: str, image_path: str) -> None:
    """Show another file in the picture. OBS reads it when its name changes. Raises ObsRefused, ObsGone."""
    await line.call("SetInputSettings", {"inputName": name, "inputSettings": {"file": image_path}})


async def remove(line: Line, name: str, scenes: Iterable[str]) -> None:
    """Take the picture out of these scenes and out of OBS; one that is not there is fine.

    It is emptied first: that alone reaches the copy of a scene that Studio Mode has on air. Then the items go, since
    OBS keeps those of a removed input in every scene that it is not drawing.
    Raises UserError, ObsRefused, ObsGone.
    """
    if not await _is_ours(line, name):
        return
    await fill(line, name, EMPTY)
    for scene in scenes:
        item = await _item(line, scene, name)
        if item is not None:
            await line.call("RemoveSceneItem", {"sceneName": scene, "sceneItemId": item})
    with contextlib.suppress(ObsRefused):  # without items OBS may have let go of it already
        await line.call("RemoveInput", {"inputName": name})
    for _ in range(GONE_TRIES):  # OBS lets go of it when the last frame that draws it is done
        if not await _is_ours(line, name):
            return
        await asyncio.sleep(GONE_AGAIN_S)
    raise UserError(f"OBS keeps the picture {name}.", fix="Remove it in OBS.")


def transform(size_px: int, corner: Corner, canvas: tuple[int, int]) -> Message:
    """Where the picture goes: a square of `size_px` in a corner, with a margin, never larger than the canvas."""
    width, height = canvas
    size = min(size_px, width, height)
    margin = min(round(min(width, height) * MARGIN), (min(width, height) - size) // 2)
    return {
        "positionX": float(margin if corner.endswith("left") else width - size - margin),
        "positionY": float(margin if corner.startswith("top") else height - size - margin),
        "alignment": ALIGN_TOP_LEFT,
        "boundsType": "OBS_BOUNDS_SCALE_INNER",
        "boundsWidth": float(size),
        "boundsHeight": float(size),
        "boundsAlignment": 0,
    }


async def _is_ours(line: Line, name: str) -> bool:
    """Whether there is such an image source. Raises UserError when the name belongs to something else."""
    try:
        known = await line.call("GetInputSettings", {"inputName": name})
    except ObsRefused as refusal:
        if refusal.code == NOT_FOUND:
            return False
        raise
    if known.get("inputKind") != KIND:
        raise UserError(f"OBS has another input called {name}.", fix="Rename it in OBS.")
    return True


async def _item(line: Line, scene: str, name: str) -> object:
    try:
        return (await line.call("GetSceneItemId", {"sceneName": scene, "sourceName": name})).get("sceneItemId")
    except ObsRefused as refusal:
        if refusal.code == NOT_FOUND:
            return None
        raise
