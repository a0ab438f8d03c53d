"""Pictures of the practice OBS's sources and scenes, composed as OBS would. Pillow; reads image files, keeps a cache.

Not drawn: rotation, blend modes, filters. A media source shows the practice picture that its file is named after.
"""

import io
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw

from console.practice import pictures
from console.practice.model import Studio
from console.practice.values import CANVAS, Input, Item, Shot, Transform

FRAME_S: Final = 1 / 10  # screenshots within this time share a picture
MEDIA_SIZE: Final = (640, 360)
BLACK: Final = (0, 0, 0)
CLEAR: Final = (0, 0, 0, 0)
LARGEST_PX: Final = 8192  # an item wider or higher than this is not drawn
LONGEST_TEXT: Final = 500


def source_size(studio: Studio, name: str) -> tuple[int, int]:
    """Width and height of a source in its own pixels; never zero."""
    input = studio.inputs.get(name)
    return CANVAS if input is None else _input_size(input)


def _input_size(input: Input) -> tuple[int, int]:
    settings = input.settings
    if input.kind == "color_source_v3":
        return _whole(settings, "width", 1920), _whole(settings, "height", 1080)
    if input.kind == "image_source":
        picture = _image_of(input)
        return picture.size if picture else (1, 1)
    if input.kind == "text_ft2_source_v2":
        return _text_of(input).size
    return MEDIA_SIZE


def _whole(settings: Any, name: str, default: int, *, least: int = 1, most: int = 16_384) -> int:
    """A whole number out of settings that may hold anything."""
    value = settings.get(name, default) if isinstance(settings, dict) else default
    if isinstance(value, bool) or not isinstance(value, int | float):
        value = default
    return int(min(max(value, least), most))


def drawn_size(transform: Transform, width: int, height: int) -> tuple[float, float]:
    """How large an item of `width` x `height` is on the canvas, in its pixels."""
    wide = max(1, width - transform.cropLeft - transform.cropRight)
    high = max(1, height - transform.cropTop - transform.cropBottom)
    if transform.boundsType == "OBS_BOUNDS_NONE":
        return wide * transform.scaleX, high * transform.scaleY
    if transform.boundsType == "OBS_BOUNDS_STRETCH":
        return transform.boundsWidth, transform.boundsHeight
    factors = (transform.boundsWidth / wide, transform.boundsHeight / high)
    factor = max(factors) if transform.boundsType == "OBS_BOUNDS_SCALE_OUTER" else min(factors)
    return wide * factor, high * factor


def draw(studio: Studio, name: str, width: int, height: int) -> Image.Image:
    """A source or scene as it is now, RGB, `width` x `height` pixels. Unknown names are black."""
    input = studio.inputs.get(name)
    if input is not None:
        picture = _input_picture(studio, input, width, height)
        ground = Image.new("RGB", (width, height), BLACK)
        if picture is not None:
            ground.paste(picture, (0, 0), picture if picture.mode == "RGBA" else None)
        return ground
    return draw_shot(studio, Shot(name), width, height)


def draw_shot(studio: Studio, shot: Shot, width: int, height: int) -> Image.Image:
    """What a bus shows, RGB, `width` x `height` pixels."""
    return _composed(studio, shot, Image.new("RGB", (width, height), BLACK))


def _composed(studio: Studio, shot: Shot, ground: Image.Image) -> Image.Image:
    """`ground` with the items of a scene or group on it."""
    scene = studio.scenes.get(shot.scene)
    items = shot.copy if shot.copy is not None else scene.items if scene else ()
    for item in items:
        if item.is_enabled and (item.source in studio.inputs or item.source in studio.scenes):
            _paste(studio, item, ground)
    return ground


def _paste(studio: Studio, item: Item, ground: Image.Image) -> None:
    x_factor, y_factor = ground.width / CANVAS[0], ground.height / CANVAS[1]
    own = source_size(studio, item.source)
    wide, high = drawn_size(item.transform, *own)
    width, height = round(abs(wide) * x_factor), round(abs(high) * y_factor)
    if not (1 <= width <= LARGEST_PX and 1 <= height <= LARGEST_PX):
        return
    left, top = item.transform.positionX * x_factor, item.transform.positionY * y_factor
    box = item.transform
    if box.boundsType != "OBS_BOUNDS_NONE":  # centred in its bounds, as OBS does unless told otherwise
        left += (box.boundsWidth * x_factor - width) / 2
        top += (box.boundsHeight * y_factor - height) / 2
    picture = _picture(studio, item, own, (width, height))
    if picture is not None:
        mask = picture if picture.mode == "RGBA" else None
        ground.paste(picture, (round(left), round(top)), mask)


def _picture(studio: Studio, item: Item, own: tuple[int, int], size: tuple[int, int]) -> Image.Image | None:
    input = studio.inputs.get(item.source)
    crop = item.transform
    if not any((crop.cropLeft, crop.cropRight, crop.cropTop, crop.cropBottom)):
        if input is None:
            return _composed(studio, Shot(item.source), Image.new("RGBA", size, CLEAR))
        return _input_picture(studio, input, *size)
    whole = draw(studio, item.source, *own)
    corners = (crop.cropLeft, crop.cropTop, own[0] - crop.cropRight, own[1] - crop.cropBottom)
    return whole.crop(corners).resize(size)


def _input_picture(studio: Studio, input: Input, width: int, height: int) -> Image.Image | None:
    """An input at that size, RGB or RGBA; None for what has no picture."""
    if input.kind == "color_source_v3":
        return Image.new("RGB", (width, height), _abgr(input.settings, "color", 4291940817))
    if input.kind == "ffmpeg_source":
        scene = Path(str(input.settings.get("local_file", ""))).stem
        t_s = studio.media_picture_s(input.name)
        if scene not in pictures.SCENES or t_s is None:
            return None
        return _practice_picture(scene, round(t_s / FRAME_S), width, height)
    picture = _image_of(input) if input.kind == "image_source" else None
    if input.kind == "text_ft2_source_v2":
        picture = _text_of(input)
    return picture.resize((width, height)) if picture else None


@lru_cache(maxsize=64)
def _practice_picture(scene: str, frame: int, width: int, height: int) -> Image.Image:
    return pictures.draw(scene, frame * FRAME_S, width, height)


def _abgr(settings: Any, name: str, default: int) -> tuple[int, int, int]:
    """A colour out of settings: OBS keeps them as 0xAABBGGRR."""
    value = _whole(settings, name, default, least=0, most=0xFFFFFFFF)
    return value & 255, value >> 8 & 255, value >> 16 & 255


def _image_of(input: Input) -> Image.Image | None:
    path = Path(str(input.settings.get("file", "")))
    try:
        changed_ns = path.stat().st_mtime_ns
        return _loaded(path, changed_ns)
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=8)
def _loaded(path: Path, changed_ns: int) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGBA")


def _text_of(input: Input) -> Image.Image:
    settings = input.settings
    size = _whole(settings.get("font"), "size", 256, least=8, most=400)
    return _written(str(settings.get("text", ""))[:LONGEST_TEXT], size, _abgr(settings, "color1", 0xFFFFFFFF))


@lru_cache(maxsize=16)
def _written(text: str, size: int, colour: tuple[int, int, int]) -> Image.Image:
    font = pictures.font(size)
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).multiline_textbbox((0, 0), text, font)
    picture = Image.new("RGBA", (max(1, int(right - left)), max(1, int(bottom - top))), (*colour, 0))
    ImageDraw.Draw(picture).multiline_text((-left, -top), text, (*colour, 255), font)
    return picture


def encoded(studio: Studio, name: str, width: int, height: int, *, kind: str, quality: int) -> bytes:
    """The source as JPEG ("jpg", "jpeg") or PNG file; `quality` -1 is the default."""
    picture = draw(studio, name, width, height)
    out = io.BytesIO()
    if kind == "png":
        picture.save(out, "PNG", compress_level=1)
    else:
        picture.save(out, "JPEG", quality=75 if quality < 0 else max(1, quality))
    return out.getvalue()
