"""A tile's picture as a file: its name says show, camera and time. The picture is copied, the rest is a thread's."""

import asyncio
import io
import re
from datetime import datetime
from pathlib import Path
from typing import Final

from PIL import Image

from console.cameras.state import Picture
from console.core.errors import UserError
from console.settings.show import Camera

LONGEST_PART: Final = 60
_Turn = Image.Transpose
_TURNS: Final = {90: _Turn.ROTATE_270, 180: _Turn.ROTATE_180, 270: _Turn.ROTATE_90}  # Pillow turns the other way


def file_name(show: str, camera: str, at: datetime) -> str:
    """`Friday drop, Wide, 2026-11-23 19.42.07.123.png`: fit for every file system, in the order of time."""
    time = f"{at.astimezone():%Y-%m-%d %H.%M.%S}.{at.microsecond // 1_000:03d}"
    return f"{_part(show)}, {_part(camera)}, {time}.png"


async def keep_picture(picture: Picture, camera: Camera, path: Path) -> tuple[int, int]:
    """Write the picture as the tile shows it (turned, mirrored, cropped) to `path` as PNG; its size.

    Raises UserError when it cannot be written.
    """
    pixels = bytes(picture.pixels)  # a worker's are overwritten by the pictures that follow
    image = Image.frombytes(
        "RGB", (picture.width, picture.height), pixels[: picture.stride * picture.height], "raw", "BGRX", picture.stride
    )
    return await asyncio.to_thread(_write, image, camera, path)


async def keep_jpeg(jpeg: bytes, camera: Camera, path: Path) -> tuple[int, int]:
    """The same for a picture that OBS has sent. Raises UserError as well when it is damaged."""

    def read_and_write() -> tuple[int, int]:
        try:
            image = Image.open(io.BytesIO(jpeg), formats=("JPEG",)).convert("RGB")
        except (OSError, SyntaxError, ValueError) as error:
            raise UserError(f"OBS sent no picture of {camera.name}.", fix="Look at that source in OBS.") from error
        return _write(image, camera, path)

    return await asyncio.to_thread(read_and_write)


def shown(image: Image.Image, camera: Camera) -> Image.Image:
    """The picture as its tile shows it: cropped, then mirrored, then turned."""
    if camera.crop is not None:
        left, top, right, bottom = camera.crop
        width, height = image.size
        box = (round(width * left), round(height * top), round(width * (1 - right)), round(height * (1 - bottom)))
        image = image.crop(box)
    if camera.mirror:
        image = image.transpose(_Turn.FLIP_LEFT_RIGHT)
    return image.transpose(_TURNS[camera.rotate]) if camera.rotate else image


def _write(image: Image.Image, camera: Camera, path: Path) -> tuple[int, int]:
    image = shown(image, camera)
    draft = path.with_suffix(".new")  # whoever watches the folder sees whole pictures only
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(draft, "PNG", compress_level=1)  # quick: an event, not an archive
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        reason = (error.strerror or "it cannot be written").lower()
        raise UserError(f"{path.name} was not kept: {reason}.", fix="Free space, or mend the data folder.") from error
    return image.size


def _part(name: str) -> str:
    clean = re.sub(r"[^\w .+#&()-]", "_", name).strip(" .")
    return clean[:LONGEST_PART] or "_"
