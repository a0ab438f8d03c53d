"""The moving pictures of the practice studio. Pillow and numpy; no files, no clock."""

from functools import lru_cache
from typing import Final

from PIL import Image, ImageFont

SCENES: Final = ("wide", "close", "table", "slides")


def draw(scene: str, t_s: float, width: int, height: int) -> Image.Image:
    """The picture of `scene` at `t_s`, RGB, `width` x `height` pixels."""
    shade = 40 + round(t_s * 10) % 40
    return Image.new("RGB", (width, height), (shade, 40, 30 + 20 * SCENES.index(scene)))


@lru_cache(maxsize=32)
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font at `size` pixels, the same on every machine."""
    return ImageFont.load_default(size)
