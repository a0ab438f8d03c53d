"""The three products of the practice show as drawings: a linen cap that can turn, a canvas tote, an enamel mug."""

import math
from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image

from console.practice.pen import Colour, Pen, Point, mix

ELEVATION: Final = math.radians(20)  # how far above the cap the camera stands
RADIUS: Final = 100.0
DOME: Final = 0.86  # height of the crown, in radii
BRIM: Final = 0.82  # length of the brim, in radii
HALF_BRIM: Final = math.radians(62)
PANELS: Final = 6


def draw_cap(pen: Pen, *, turn: float, colour: Colour) -> None:
    """A cap of radius 100 that stands on (0, 0), `turn` (0..1) of the way round; 0.25 has its brim to the front."""
    angle = 2 * math.pi * turn
    is_behind = math.sin(angle) < -0.15
    if is_behind:
        _brim(pen, angle, colour)
    _crown(pen, colour)
    _seams(pen, angle, colour)
    if not is_behind:
        _brim(pen, angle, colour)


def _flat(radius: float, angle: float, height: float = 0.0) -> Point:
    """A point of the space around the cap on the sheet; `angle` 90 degrees is towards the camera."""
    depth = math.sin(angle) * radius
    return math.cos(angle) * radius, depth * math.sin(ELEVATION) - height * math.cos(ELEVATION)


def _crown(pen: Pen, colour: Colour) -> None:
    picture, mask = _crown_picture(max(4, round(RADIUS * pen.scale)), colour)
    x, y = pen.px(0, -_top(RADIUS))
    pen.picture.paste(picture, (round(x - picture.width / 2), round(y)), mask)


def _top(radius: float) -> float:
    return radius * math.hypot(DOME * math.cos(ELEVATION), math.sin(ELEVATION))


@lru_cache(maxsize=48)
def _crown_picture(radius_px: int, colour: Colour) -> tuple[Image.Image, Image.Image]:
    """The crown lit from the upper left, with the weave of linen; and its outline as a mask."""
    up, down = _top(radius_px), radius_px * math.sin(ELEVATION)
    height = math.ceil(up + down) + 1
    y, x = np.mgrid[0:height, 0 : 2 * radius_px + 1].astype(np.float32)
    x, y = (x - radius_px) / radius_px, y - up
    y = np.where(y < 0, y / up, y / down)
    outside = np.clip((np.sqrt(x**2 + y**2) - 1) * radius_px + 0.5, 0, 1)
    tall = np.where(y < 0, y, y * 0.35)
    facing = np.sqrt(np.clip(1 - x**2 - tall**2, 0, 1))
    light = np.clip(-0.42 * x - 0.55 * tall + 0.72 * facing, 0, 1.2)
    weave = np.random.default_rng(7).normal(0, 0.018, light.shape)
    weave += 0.02 * (np.sin(x * radius_px * 0.9) + np.sin(y * radius_px * 0.7))
    shade = np.clip(0.38 + 0.68 * light + weave, 0.2, 1.12)[..., None]
    lit = np.clip(np.array(colour, np.float32) * shade, 0, 255).astype(np.uint8)
    mask = ((1 - outside) * 255).astype(np.uint8)
    return Image.fromarray(lit, "RGB"), Image.fromarray(mask, "L")


def _seams(pen: Pen, angle: float, colour: Colour) -> None:
    dark = mix(colour, (60, 44, 32), 0.42)
    for panel in range(PANELS):
        around = angle + math.pi / PANELS + panel * 2 * math.pi / PANELS
        if math.sin(around) < -0.25:
            continue
        rises = [step / 8 * math.pi / 2 for step in range(9)]
        line = [_flat(math.cos(rise) * RADIUS * 0.985, around, math.sin(rise) * RADIUS * DOME) for rise in rises]
        pen.line(line, 1.6, dark)
    pen.ellipse(0, -RADIUS * DOME * math.cos(ELEVATION) - 1, 7, 4.5, dark)


def _brim(pen: Pen, angle: float, colour: Colour) -> None:
    """The brim: a tongue that leaves the rim and sinks a little towards its end."""
    inner, outer, under = [], [], []
    for step in range(15):
        side = (step / 14 * 2 - 1) * HALF_BRIM
        reach = RADIUS * (1 + BRIM * max(0.0, math.cos(side / HALF_BRIM * math.pi / 2)) ** 0.75)
        spread = angle + side * (1 - 0.34 * (reach / RADIUS - 1))
        inner.append(_flat(RADIUS * 0.99, angle + side, 7))
        outer.append(_flat(reach, spread, 2))
        under.append(_flat(reach, spread, -3))
    light = 0.5 + 0.5 * math.cos(angle - math.radians(140))
    tone = mix(mix(colour, (52, 38, 28), 0.38), mix(colour, (255, 246, 226), 0.18), light)
    pen.poly([*inner, *reversed(under)], mix(tone, (30, 22, 18), 0.45))
    pen.poly([*inner, *reversed(outer)], tone)
    for part in (0.35, 0.65, 0.9):
        pairs = zip(inner[1:-1], outer[1:-1], strict=True)
        stitch = [(a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part) for a, b in pairs]
        pen.line(stitch, 1.0, mix(tone, (60, 44, 32), 0.3))


def draw_tote(pen: Pen, colour: Colour, *, letters: bool = True) -> None:
    """A canvas tote around (0, 0), about 290 high."""
    dark = mix(colour, (70, 52, 40), 0.3)
    for lift, tone in ((144, dark), (156, colour)):
        pen.line([(-46, -78), (-34, -lift), (34, -lift), (46, -78)], 13, tone)
    pen.poly([(-86, -82), (86, -82), (98, 136), (-98, 136)], colour)
    pen.poly([(46, -82), (86, -82), (98, 136), (56, 136)], dark, alpha=110)
    pen.line([(-85, -66), (86, -66)], 4, dark)
    if letters:
        pen.text(-4, 18, "slow", 52, (92, 62, 46))
        pen.text(-4, 66, "goods", 52, (92, 62, 46))


def draw_mug(pen: Pen, colour: Colour) -> None:
    """An enamel mug around (0, 0), about 120 high."""
    light, dark = mix(colour, (255, 246, 230), 0.35), mix(colour, (36, 22, 18), 0.42)
    pen.ellipse(52, 2, 28, 32, None, outline=dark, line=11)
    pen.box(-48, -52, 48, 52, colour)
    pen.ellipse(0, 52, 48, 11, colour)
    pen.box(18, -52, 48, 54, dark, alpha=110)
    pen.box(-40, -48, -26, 50, light, alpha=150)
    pen.ellipse(0, -52, 50, 13, (238, 230, 216))
    pen.ellipse(0, -51, 43, 9, (74, 48, 38))
