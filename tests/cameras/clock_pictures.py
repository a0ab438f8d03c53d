"""Pictures of the clock page as a camera in front of the screen makes them: askew, soft, dim, noisy, coded."""

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from console.cameras.timecode import cells_of

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Shot:
    """How the page is seen. `share` of the picture's width; angles in degrees; `blur` in pixels; levels of 255."""

    size: tuple[int, int] = (640, 360)
    share: float = 0.8
    yaw: float = 0.0
    roll: float = 0.0
    blur: float = 0.0
    dark: int = 0
    light: int = 255
    noise: float = 0.0
    quality: int = 90
    is_mirrored: bool = False


def page(*times_ns: int, width: int = 1280, height: int = 720) -> Grey:
    """The codes side by side on white."""
    white = np.full((height, width), 255, np.uint8)
    room = width // len(times_ns)
    for index, time_ns in enumerate(times_ns):
        dark = np.pad(np.array(cells_of(time_ns)), 1)
        cell = min(room, height) // dark.shape[0]
        code = np.kron(np.where(dark, 0, 255), np.ones((cell, cell))).astype(np.uint8)
        top, left = (height - code.shape[0]) // 2, index * room + (room - code.shape[1]) // 2
        white[top : top + code.shape[0], left : left + code.shape[1]] = code
    return white


def shoot(of: Grey, shot: Shot, seed: int = 0) -> Grey:
    """What a camera makes of the page."""
    random = np.random.default_rng(seed)
    width, height = shot.size
    around = Image.fromarray(random.integers(20, 160, (9, 16)).astype(np.uint8)).resize(shot.size)
    corners = _corners(of.shape[1] / of.shape[0], shot)
    coefficients = _perspective(corners, of.shape[1], of.shape[0])
    seen = Image.fromarray(of).transform(shot.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    inside = Image.new("L", (of.shape[1], of.shape[0]), 255).transform(
        shot.size, Image.Transform.PERSPECTIVE, coefficients
    )
    around.paste(seen, mask=inside)
    soft = np.asarray(around.filter(ImageFilter.GaussianBlur(shot.blur)), np.float64)
    dim = shot.dark + (shot.light - shot.dark) * soft / 255 + random.normal(0, shot.noise, (height, width))
    coded = io.BytesIO()
    Image.fromarray(np.clip(dim, 0, 255).astype(np.uint8)).save(coded, "JPEG", quality=shot.quality)
    picture = np.asarray(Image.open(coded))
    return np.ascontiguousarray(picture[:, ::-1] if shot.is_mirrored else picture)


def _corners(shape: float, shot: Shot) -> list[tuple[float, float]]:
    width = shot.size[0] * shot.share
    half_x, half_y = width / 2, width / shape / 2
    yaw, roll, distance = math.radians(shot.yaw), math.radians(shot.roll), 1.2 * width
    found = []
    for x, y in ((-half_x, -half_y), (half_x, -half_y), (half_x, half_y), (-half_x, half_y)):
        nearer = distance / (distance + x * math.sin(yaw))
        across, down = x * math.cos(yaw) * nearer, y * nearer
        found.append(
            (
                across * math.cos(roll) - down * math.sin(roll) + shot.size[0] / 2,
                across * math.sin(roll) + down * math.cos(roll) + shot.size[1] / 2,
            )
        )
    return found


def _perspective(corners: list[tuple[float, float]], width: int, height: int) -> tuple[float, ...]:
    """Pillow's eight numbers that lead from the picture back to the page."""
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, ((0, 0), (width, 0), (width, height), (0, height)), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return tuple(np.linalg.solve(np.array(rows, float), np.array(values, float)).tolist())
