"""A pen that draws in the coordinates of a sheet onto a picture of any size. Pillow only; no files."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]
Point = tuple[float, float]


@lru_cache(maxsize=32)
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font at `size` pixels, the same on every machine."""
    return ImageFont.load_default(size)


def mix(a: Colour, b: Colour, part: float) -> Colour:
    """The colour `part` (0..1) of the way from `a` to `b`."""
    return (
        round(a[0] + (b[0] - a[0]) * part),
        round(a[1] + (b[1] - a[1]) * part),
        round(a[2] + (b[2] - a[2]) * part),
    )


class Pen:
    """Draws on `picture` (RGB); one unit is `scale` pixels, (0, 0) lies at `origin` px. `alpha` 255 is solid."""

    def __init__(self, picture: Image.Image, scale: float, origin: Point = (0.0, 0.0)) -> None:
        self.picture = picture
        self.scale = scale
        self._origin = origin
        self._solid = ImageDraw.Draw(picture)
        self._thin = ImageDraw.Draw(picture, "RGBA")

    def at(self, x: float, y: float, size: float = 1.0) -> "Pen":
        """A pen whose (0, 0) is this one's (x, y), `size` times as large."""
        return Pen(self.picture, self.scale * size, self.px(x, y))

    def px(self, x: float, y: float) -> Point:
        """A point of the sheet in pixels of the picture."""
        return self._origin[0] + x * self.scale, self._origin[1] + y * self.scale

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        return (*self.px(x0, y0), *self.px(x1, y1))

    def _ink(self, colour: Colour, alpha: int) -> tuple[ImageDraw.ImageDraw, tuple[int, ...]]:
        return (self._solid, colour) if alpha == 255 else (self._thin, (*colour, alpha))

    def poly(self, points: Sequence[Point], colour: Colour, *, alpha: int = 255) -> None:
        """A filled polygon."""
        draw, ink = self._ink(colour, alpha)
        draw.polygon([self.px(x, y) for x, y in points], fill=ink)

    def blob(self, points: Sequence[Point], colour: Colour, *, alpha: int = 255) -> None:
        """A filled closed curve through `points`."""
        self.poly(smooth(points), colour, alpha=alpha)

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """A line with round ends and joints."""
        pixels, thick = [self.px(x, y) for x, y in points], max(1, round(width * self.scale))
        self._solid.line(pixels, fill=colour, width=thick, joint="curve")
        radius = thick / 2
        for x, y in (pixels[0], pixels[-1]):
            self._solid.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)

    def ellipse(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        colour: Colour | None,
        *,
        alpha: int = 255,
        outline: Colour | None = None,
        line: float = 0,
        blur: float = 0,
    ) -> None:
        """An ellipse around (x, y); with `blur`, soft at its edge (slow: for grounds only)."""
        s = self.scale
        box = self._box(x - rx, y - ry, x + rx, y + ry)
        if blur and colour is not None:
            mask = Image.new("L", self.picture.size, 0)
            ImageDraw.Draw(mask).ellipse(box, fill=alpha)
            self.picture.paste(colour, (0, 0), mask.filter(ImageFilter.GaussianBlur(blur * s)))
        elif colour is None:
            self._solid.ellipse(box, outline=outline, width=max(1, round(line * s)))
        else:
            draw, ink = self._ink(colour, alpha)
            draw.ellipse(box, fill=ink)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, colour: Colour, *, round: float = 0, alpha: int = 255
    ) -> None:
        """A rectangle, with round corners of that radius; nothing when it has no width."""
        if x1 <= x0 or y1 <= y0:
            return
        draw, ink = self._ink(colour, alpha)
        draw.rounded_rectangle(self._box(x0, y0, x1, y1), round * self.scale, fill=ink)

    def leaf(self, x: float, y: float, lean: float, length: float, colour: Colour) -> None:
        """A long leaf from (x, y) up, its tip `lean` to the side."""
        tip, middle = (x + lean, y - length), (x + lean * 0.3, y - length * 0.55)
        self.blob([(x, y), (middle[0] - 24, middle[1]), tip, (middle[0] + 24, middle[1])], colour)

    def text(
        self, x: float, y: float, text: str, size: float, colour: Colour, *, anchor: str = "mm", bold: float = 0
    ) -> None:
        """Words at (x, y); `anchor` as in Pillow; `bold` thickens the strokes."""
        at, face = self.px(x, y), font(max(6, round(size * self.scale)))
        stroke = round(bold * self.scale)
        self._solid.text(at, text, fill=colour, font=face, anchor=anchor, stroke_width=stroke)


def smooth(points: Sequence[Point], steps: int = 7) -> list[Point]:
    """A closed Catmull-Rom curve through `points` as a polygon."""
    out: list[Point] = []
    count = len(points)
    for index in range(count):
        p0, p1, p2, p3 = (points[(index + shift) % count] for shift in (-1, 0, 1, 2))
        for a, b, c, d in _catmull_rom(steps):
            x = a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0]
            out.append((x, a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1]))
    return out


@lru_cache(maxsize=4)
def _catmull_rom(steps: int) -> tuple[tuple[float, float, float, float], ...]:
    """The weights of the four points around each step of a curve."""
    ts = (step / steps for step in range(steps))
    return tuple(
        ((-t + 2 * t**2 - t**3) / 2, (2 - 5 * t**2 + 3 * t**3) / 2, (t + 4 * t**2 - 3 * t**3) / 2, (t**3 - t**2) / 2)
        for t in ts
    )


def glow(pen: Pen, radius: float, colour: Colour, *, alpha: int, edge: float = 0.0) -> None:
    """A round light around the pen's (0, 0); `edge` 0 fades from its middle, near 1 it is a disc. For grounds only."""
    size = max(2, math.ceil(radius * 2 * pen.scale))
    v = np.linspace(-1, 1, size)
    distance = np.sqrt(v[:, None] ** 2 + v[None, :] ** 2)
    light = np.clip((1 - distance) / max(1e-3, 1 - edge), 0, 1) ** (2 if edge == 0 else 1)
    mask = Image.fromarray((light * alpha).astype(np.uint8), "L")
    x, y = pen.px(0, 0)
    pen.picture.paste(colour, (round(x - size / 2), round(y - size / 2)), mask)
