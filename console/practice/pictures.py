"""The moving pictures of the practice studio: a small live-shopping room in warm light. Pillow and numpy.

No clock: time comes in. Every picture repeats after PERIOD_S, so that clips made from them loop without a seam.
All shapes are laid out on a sheet of 1600 x 900; other shapes of picture show its middle.
"""

import math
from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from console.practice.host import (
    CREAM,
    INK,
    SKIN,
    SKIN_SHADE,
    draw_arm,
    draw_hand,
    draw_head,
    draw_torso,
    wave,
)
from console.practice.pen import Pen, font, glow
from console.practice.products import draw_cap, draw_mug, draw_tote

__all__ = ["PERIOD_S", "SCENES", "draw", "font"]

SCENES: Final = ("wide", "close", "table", "slides")
PERIOD_S: Final = 9.0
SHEET: Final = (1600, 900)
MASTER: Final = (960, 540)
SMOOTH_UP_TO_PX: Final = 800  # pictures up to this width are drawn twice as large and reduced

LINEN: Final = (217, 199, 163)
CANVAS: Final = (230, 216, 188)
RED: Final = (206, 84, 58)
AMBER: Final = (242, 169, 59)


def draw(scene: str, t_s: float, width: int, height: int) -> Image.Image:
    """The picture of `scene` at `t_s`, RGB, `width` x `height` pixels. Raises KeyError for another scene's name."""
    painters = {"wide": _wide, "close": _close, "table": _table, "slides": _slides}
    painter = painters[scene]
    factor = 2 if width <= SMOOTH_UP_TO_PX else 1
    scale = max(width / SHEET[0], height / SHEET[1]) * factor
    size = (math.ceil(SHEET[0] * scale - 1e-6), math.ceil(SHEET[1] * scale - 1e-6))
    picture = _ground(scene, *size).copy()
    painter(Pen(picture, scale), (t_s % PERIOD_S) / PERIOD_S)
    left, top = (size[0] - width * factor) // 2, (size[1] - height * factor) // 2
    if (left, top) != (0, 0) or size != (width * factor, height * factor):
        picture = picture.crop((left, top, left + width * factor, top + height * factor))
    return picture.reduce(factor) if factor > 1 else picture


# -- grounds: what stands still, drawn once per size


def prepare() -> None:
    """Draw all grounds: some tenths of a second that the first pictures then do not take."""
    for scene in SCENES:
        _master(scene)


@lru_cache(maxsize=12)
def _ground(scene: str, width: int, height: int) -> Image.Image:
    """What does not move, in that size."""
    master = _master(scene)
    return master if master.size == (width, height) else master.resize((width, height), Image.Resampling.BILINEAR)


@lru_cache(maxsize=len(SCENES))
def _master(scene: str) -> Image.Image:
    """What does not move, once; other sizes are made from it, since drawing it takes long."""
    width, height = MASTER
    if scene == "slides":
        return _slide_ground(width, height)
    picture = _room(width, height)
    if scene == "wide":
        _furnish(Pen(picture, width / SHEET[0]))
        return _vignette(picture)
    if scene == "close":
        _furnish(Pen(picture, width / SHEET[0]))
        box = (int(width * 0.22), int(height * 0.08), int(width * 0.82), int(height * 0.68))
        picture = picture.crop(box).resize((width, height)).filter(ImageFilter.GaussianBlur(width / 60))
        _bokeh(picture)
        return _vignette(picture)
    picture = picture.filter(ImageFilter.GaussianBlur(width / 50))
    _bokeh(picture)
    return _vignette(_bench(picture))


def _room(width: int, height: int) -> Image.Image:
    """A dark wall in the light of one warm and one cool lamp."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width * SHEET[0], y / height * SHEET[1]
    wall = np.stack([np.full_like(x, c) for c in (46.0, 33.0, 27.0)], axis=-1)
    wall *= (1.15 - 0.55 * (y / SHEET[1]))[..., None]
    for cx, cy, reach, strength, colour in (
        (300, 250, 430, 1.0, (190, 112, 52)),
        (850, 330, 420, 0.55, (150, 84, 48)),
        (1480, 200, 380, 0.6, (36, 88, 92)),
    ):
        light = np.exp(-(((x - cx) ** 2 + (y - cy) ** 2) / (2 * (reach / 1.6) ** 2))) * strength
        wall += light[..., None] * np.array(colour, dtype=np.float32)
    return Image.fromarray(np.clip(wall, 0, 255).astype(np.uint8), "RGB")


def _furnish(pen: Pen) -> None:
    """Slats, a shelf with goods, a lamp and a plant."""
    for index in range(16):
        x = 1130 + index * 30
        pen.box(x, 0, x + 17, 660, (58 + index, 41, 30))
        pen.box(x, 0, x + 4, 660, (92, 63, 44))
    for y in (250, 420):
        pen.box(1150, y, 1530, y + 14, (120, 80, 50))
        pen.box(1150, y + 14, 1530, y + 24, (40, 28, 22))
    draw_mug(pen.at(1200, 205, 0.55), RED)
    draw_mug(pen.at(1290, 205, 0.55), (232, 222, 204))
    draw_tote(pen.at(1430, 175, 0.42), CANVAS, letters=False)
    draw_cap(pen.at(1235, 402, 0.6), turn=0.12, colour=(196, 178, 140))
    draw_cap(pen.at(1430, 402, 0.6), turn=0.85, colour=(92, 110, 98))
    glow(pen.at(300, 250), 230, (255, 196, 120), alpha=150)
    pen.line([(300, 300), (300, 700)], 8, (24, 18, 16))
    pen.poly([(238, 300), (362, 300), (335, 200), (265, 200)], (255, 222, 168))
    for lean, length in ((-95, 250), (-55, 300), (-12, 330), (38, 300), (88, 240)):
        pen.leaf(105, 690, lean, length, (34, 66 + abs(lean) // 4, 48))
    pen.box(55, 650, 155, 760, (112, 66, 44), round=12)


def _bokeh(picture: Image.Image) -> None:
    """Out-of-focus lamps."""
    pen = Pen(picture, picture.width / SHEET[0])
    lamps = ((120, 140, 60), (330, 90, 42), (1330, 150, 66), (1500, 320, 46), (1180, 80, 36), (60, 420, 40))
    for index, (x, y, radius) in enumerate(lamps):
        colour = (255, 190, 110) if index % 3 else (120, 210, 205)
        glow(pen.at(x, y), radius * 1.5, colour, alpha=75, edge=0.75)


def _bench(picture: Image.Image) -> Image.Image:
    """A wooden table top that fills the lower half, with light falling on it."""
    width, height = picture.size
    top = int(height * 0.52)
    y, x = np.mgrid[0 : height - top, 0:width].astype(np.float32)
    depth = y / (height - top)
    grain = np.sin(x / width * 46 / (0.35 + depth) + 6 * np.sin(depth * 9)) * 5 + np.sin(depth * 90) * 3
    wood = np.stack([142 + grain, 96 + grain * 0.8, 62 + grain * 0.6], axis=-1)
    light = np.exp(-(((x / width - 0.5) / 0.42) ** 2)) * (0.45 + 0.6 * depth)
    wood *= np.clip(light + 0.22, 0, 1.15)[..., None]
    picture.paste(Image.fromarray(np.clip(wood, 0, 255).astype(np.uint8), "RGB"), (0, top))
    pen = Pen(picture, width / SHEET[0])
    pen.ellipse(800, 705, 470, 150, (34, 22, 17), alpha=110, blur=26)
    return picture


def _vignette(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    shade = np.clip(1.12 - 0.42 * (x**2 + y**2), 0.25, 1.0)[..., None]
    return Image.fromarray((np.asarray(picture) * shade).astype(np.uint8), "RGB")


# -- what moves


def _wide(pen: Pen, phase: float) -> None:
    """The host behind the table, talking with both hands."""
    at = pen.at(700 + wave(phase, 2) * 14, 310 - abs(wave(phase, 4)) * 7)
    body = at.at(0, 0, 0.86)
    draw_torso(body)
    lift = 0.5 + 0.5 * wave(phase, 3, 0.2)
    wrist = (-292 + 48 * lift, 240 - 115 * lift)
    draw_arm(at, [(-125, 190), (-205, 330 - 26 * lift), wrist], 53)
    draw_hand(at.at(wrist[0] - 8, wrist[1] - 24, 0.95), -2.0 + 0.5 * lift)
    rise = 0.5 + 0.5 * wave(phase, 1, -0.25)
    wrist = (235 - 40 * rise, 300 - 135 * rise)
    draw_arm(at, [(125, 190), (200, 335 - 40 * rise), wrist], 53, is_far=True)
    draw_head(body, phase)
    draw_cap(at.at(wrist[0] + 18, wrist[1] - 10, 0.84), turn=0.08 + 0.05 * wave(phase, 2), colour=LINEN)
    draw_hand(at.at(wrist[0] - 4, wrist[1] + 8, 0.8), -0.5)
    _counter(pen)


def _counter(pen: Pen) -> None:
    """The table in front of the host, with the three products."""
    pen.box(150, 668, 1460, 706, (176, 120, 76))
    pen.box(150, 668, 1460, 676, (214, 156, 104))
    pen.box(180, 706, 1430, 900, (66, 44, 33))
    pen.box(180, 706, 1430, 722, (36, 24, 19))
    for x in range(210, 1430, 58):
        pen.box(x, 722, x + 3, 900, (52, 34, 26))
    draw_tote(pen.at(1150, 560, 0.78), CANVAS)
    draw_mug(pen.at(1330, 612, 0.82), RED)
    draw_cap(pen.at(380, 660, 0.92), turn=0.90, colour=LINEN)


def _close(pen: Pen, phase: float) -> None:
    """Head and shoulders, the cap held up beside the face."""
    host = pen.at(690 + wave(phase, 2) * 16, 400 + wave(phase, 4) * 7, 1.75)
    draw_torso(host)
    draw_head(host, phase)
    palm = pen.at(1190 + 14 * wave(phase, 3), 640 - 30 * wave(phase, 2, 0.3))
    draw_arm(palm, [(140, 390), (66, 150)], 118, is_far=True)
    palm.ellipse(52, 96, 62, 58, SKIN_SHADE)
    draw_cap(palm.at(0, 0, 2.05), turn=0.06 + 0.07 * wave(phase, 1), colour=LINEN)
    for finger in range(4):
        x = finger * 46 - 40
        palm.line([(x + 34, 96), (x, 52)], 34, SKIN if finger < 3 else SKIN_SHADE)


def _table(pen: Pen, phase: float) -> None:
    """The cap turning once a period on a round stand."""
    stand = pen.at(800, 682)
    stand.ellipse(0, 18, 400, 122, (64, 42, 30))
    stand.ellipse(0, 0, 400, 122, (198, 150, 104))
    stand.ellipse(0, 0, 372, 108, (216, 170, 122))
    for ring in (300, 220):
        stand.ellipse(0, 0, ring, ring * 0.29, None, outline=(186, 138, 94), line=3)
    turned = 2 * math.pi * phase
    stand.ellipse(math.cos(turned) * 385, math.sin(turned) * 114, 7, 4, (120, 84, 58))
    stand.ellipse(0, 8, 265, 62, (70, 44, 30), alpha=105)
    draw_cap(stand.at(0, -10, 2.36), turn=phase, colour=LINEN)
    pen.box(1235, 560, 1440, 664, CREAM, round=10)
    pen.box(1235, 648, 1440, 664, (214, 202, 182), round=6)
    pen.text(1337, 594, "Linen cap", 34, INK)
    pen.text(1337, 632, "one size", 24, (120, 100, 84))


def _slide_ground(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    mixed = (x / width * 0.6 + y / height * 0.4)[..., None]
    dark, light = np.array([24, 44, 46], np.float32), np.array([46, 84, 80], np.float32)
    picture = Image.fromarray((dark + (light - dark) * mixed).astype(np.uint8), "RGB")
    pen = Pen(picture, width / SHEET[0])
    pen.ellipse(1180, 420, 480, 480, (58, 104, 98), alpha=120)
    pen.ellipse(1180, 420, 370, 370, (236, 190, 120), alpha=235)
    pen.text(110, 92, "THE FRIDAY DROP", 34, (244, 206, 140), anchor="lm")
    pen.box(110, 122, 420, 126, (244, 206, 140))
    return picture


SLIDES: Final = (
    ("Linen cap", "19.00 EUR", ("washed linen, six panels", "48 pieces, one size")),
    ("Canvas tote", "24.00 EUR", ("heavy canvas, long handles", "30 pieces")),
    ("Enamel mug", "14.00 EUR", ("hand dipped, 350 ml", "60 pieces")),
)


def _slides(pen: Pen, phase: float) -> None:
    """Three products, one after the other."""
    place = phase * len(SLIDES)
    index, within = int(place) % len(SLIDES), place % 1
    ease = min(1.0, within / 0.12)
    shift = (1 - ease) ** 3 * 260
    title, price, lines = SLIDES[index]
    stage = pen.at(1180 + shift, 430 + math.sin(2 * math.pi * within) * 12)
    if index == 0:
        draw_cap(stage.at(-50, 90, 2.05), turn=0.10 + within * 0.16, colour=LINEN)
    elif index == 1:
        draw_tote(stage.at(0, 0, 1.65), CANVAS)
    else:
        draw_mug(stage.at(-20, 0, 2.3), RED)
    pen.text(110 - shift * 0.3, 300, title, 112, CREAM, anchor="lm", bold=2)
    for row, line in enumerate(lines):
        pen.text(112 - shift * 0.3, 430 + row * 62, line, 46, (186, 208, 200), anchor="lm")
    pen.box(110, 590, 590, 720, AMBER, round=65)
    pen.text(350, 654, price, 78, INK, bold=1)
    for dot in range(len(SLIDES)):
        pen.ellipse(124 + dot * 46, 812, 11, 11, CREAM if dot == index else (84, 122, 116))
    pen.box(300, 807, 300 + 290 * within, 817, (244, 206, 140), round=5)
