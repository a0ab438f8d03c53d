"""The practice studio's host as a drawing: talks, blinks, moves. `phase` (0..1) is the place in the period."""

import math
from collections.abc import Sequence
from typing import Final

from console.practice.pen import Pen, Point, mix

SKIN: Final = (228, 172, 134)
SKIN_SHADE: Final = (198, 136, 102)
HAIR: Final = (44, 27, 21)
SWEATER: Final = (188, 92, 62)
SWEATER_SHADE: Final = (150, 68, 46)
LIPS: Final = (168, 66, 62)
INK: Final = (38, 28, 24)
CREAM: Final = (244, 236, 222)

BACK_HAIR: Final = ((-96, -10), (-84, -92), (0, -128), (84, -92), (96, -10), (80, 62), (-80, 62))
NECK: Final = ((-36, 60), (36, 60), (42, 160), (-42, 160))
FACE: Final = ((-74, -42), (-48, -86), (48, -86), (74, -42), (70, 34), (40, 92), (0, 108), (-40, 92), (-70, 34))
CHEEK_SHADE: Final = ((74, -42), (70, 34), (40, 92), (0, 108), (34, 70), (56, 10))
FRINGE: Final = ((-82, -20), (-80, -84), (-10, -118), (66, -96), (82, -26), (56, -62), (6, -74), (-50, -58))
BODY: Final = ((-60, 128), (60, 128), (160, 172), (176, 330), (150, 560), (-150, 560), (-176, 330), (-160, 172))
BODY_SHADE: Final = ((60, 150), (160, 178), (174, 330), (150, 560), (70, 560), (110, 330))


def wave(phase: float, times: int, shift: float = 0.0) -> float:
    """A sine that fits `times` times into the period."""
    return math.sin(2 * math.pi * (phase * times + shift))


def talk(phase: float) -> float:
    """How far the mouth is open, 0..1: syllables in two phrases a period."""
    is_pause = 0.42 < phase < 0.50 or phase > 0.93
    return 0.0 if is_pause else abs(wave(phase, 17)) * (0.65 + 0.35 * wave(phase, 7))


def draw_torso(pen: Pen) -> None:
    """Shoulders and sweater below a head at (0, 0)."""
    pen.blob(BODY, SWEATER)
    pen.blob(BODY_SHADE, SWEATER_SHADE)
    pen.line([(-62, 142), (-30, 172), (30, 172), (62, 142)], 18, mix(SWEATER, CREAM, 0.25))
    pen.box(32, 206, 48, 240, INK, round=6)  # the clip-on microphone


def draw_arm(pen: Pen, points: Sequence[Point], width: float, *, is_far: bool = False) -> None:
    """A sleeve along `points`, from the shoulder to the wrist."""
    pen.line(points, width, SWEATER_SHADE if is_far else mix(SWEATER, CREAM, 0.08))


def draw_hand(pen: Pen, angle: float) -> None:
    """An open hand at (0, 0) that points along `angle` (radians, 0 = right)."""
    for finger in range(-2, 2):
        bend = angle + finger * 0.24 + 0.12
        pen.line([(0, 0), (math.cos(bend) * 52, math.sin(bend) * 52)], 15, SKIN)
    thumb = angle - 1.15
    pen.line([(0, 0), (math.cos(thumb) * 36, math.sin(thumb) * 36)], 16, SKIN_SHADE)
    pen.ellipse(0, 0, 25, 25, SKIN)


def draw_head(pen: Pen, phase: float) -> None:
    """The head with its middle at (0, 0), about 270 high."""
    turn = wave(phase, 2, 0.1) * 7
    pen.ellipse(-turn * 0.4, -118, 48, 44, HAIR)
    pen.blob(BACK_HAIR, HAIR)
    pen.blob(NECK, SKIN_SHADE)
    face = pen.at(turn, 0)
    for side in (-78, 78):
        face.ellipse(side, 8, 14, 22, SKIN_SHADE)
    face.blob(FACE, SKIN)
    face.blob(CHEEK_SHADE, SKIN_SHADE, alpha=110)
    for side in (-46, 46):
        face.ellipse(side, 38, 20, 14, (232, 126, 104), alpha=85)
    face.blob(FRINGE, HAIR)
    _draw_eyes(face, phase)
    face.line([(2, 2), (9, 30), (-3, 33)], 5, SKIN_SHADE)
    _draw_mouth(face.at(0, 58), talk(phase))


def _draw_eyes(pen: Pen, phase: float) -> None:
    """Eyes that blink, and brows that lift."""
    is_blink = any(abs(phase - at) < 0.012 for at in (0.12, 0.34, 0.61, 0.86))
    lift, look = max(0.0, wave(phase, 3)) * 7, wave(phase, 1) * 5
    for side in (-1, 1):
        brow = pen.at(side * 34, -36 - lift)
        brow.line([(-side * 20, 2), (-side * 4, -6), (side * 12, -6), (side * 22, 3)], 6, HAIR)
        eye = pen.at(side * 33, -6)
        if is_blink:
            eye.line([(-15, 0), (0, 5), (15, 0)], 5, HAIR)
            continue
        eye.ellipse(0, 0, 17, 12, (250, 246, 240))
        eye.ellipse(look, 0, 10, 11, (82, 52, 36))
        eye.ellipse(look + 3, -4, 3.4, 3.4, (255, 255, 255))
        eye.line([(-17, -4), (-9, -11), (9, -11), (17, -4)], 5, HAIR)


def _draw_mouth(pen: Pen, is_open: float) -> None:
    """A smile, closed or talking."""
    if is_open < 0.18:
        pen.line([(-26, -3), (-12, 7), (12, 7), (26, -3)], 6, LIPS)
        return
    wide, deep = 28 - 5 * is_open, 9 + 22 * is_open
    pen.blob(_lips(wide, -3, deep), LIPS)
    inner = wide * 0.78
    pen.blob(_lips(inner, 1, deep * 0.84), (92, 30, 36))
    pen.box(-inner * 0.72, 1, inner * 0.72, 6 + 2 * is_open, (252, 246, 240), round=3)


def _lips(wide: float, top: float, bottom: float) -> list[Point]:
    """A smile's outline: nearly flat above, round below."""
    corner, low = wide * 0.66, bottom * 0.73
    return [(-wide, top), (0, top + 3.5), (wide, top), (corner, low), (0, bottom), (-corner, low)]
