"""The picture of a drop's code: the buyers' address for a phone, and while it counts down the time left below it.

Blocking: drawing and files. Times are seconds.
"""

from pathlib import Path
from typing import Final

import segno
from PIL import Image, ImageDraw, ImageFont

_MODULE_PX: Final = 12
_BAND: Final = 0.34  # of the code's side: the time left, to be read from across a room
_INK: Final = (11, 14, 18)


def draw_code(address: str, path: Path, left_s: int | None = None) -> None:
    """Write the code of `address` as PNG; with `left_s`, that time in figures below it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    code = segno.make(address, error="m")
    code.save(str(path), scale=_MODULE_PX, border=3)
    if left_s is None:
        return
    with Image.open(path) as plain:
        side = plain.width
        picture = Image.new("RGB", (side, side + round(side * _BAND)), "white")
        picture.paste(plain.convert("RGB"))
    words = f"{left_s // 60}:{left_s % 60:02}"
    face = ImageFont.load_default(round(side * _BAND * 1.05))
    ImageDraw.Draw(picture).text((side / 2, side + side * _BAND * 0.36), words, fill=_INK, font=face, anchor="mm")
    picture.save(path)
