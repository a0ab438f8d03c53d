"""Whether OBS's virtual camera shows a bus: told by comparing its pictures with OBS's own of that bus. Pure, numpy.

OBS does not say what it puts into its virtual camera: program, preview, or some scene for good. So it is believed only
while it is seen to show the bus, and through a take only after it was seen to follow one.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.cameras.state import Picture

ACROSS: Final = 32
DOWN: Final = 18
FLAT: Final = 3.0  # of 255, standard deviation: a picture of one colour
SAME_COLOUR: Final = 16.0  # of 255
SAME: Final = 0.92  # correlation; a camera's picture half a second later has more
OTHER: Final = 0.7
APART: Final = 0.1  # by so much the one bus must be likelier than the other

Grid = NDArray[np.float32]


class Verdict(StrEnum):
    """What one comparison says."""

    SAME = "same"
    OTHER = "other"
    UNCLEAR = "unclear"


def grid_of(picture: Picture) -> Grid:
    """The luma of `picture` on a grid of ACROSS x DOWN cells, float32, 0..255; each cell the mean of a few pixels."""
    size = picture.stride * picture.height
    rows = np.frombuffer(picture.pixels, np.uint8)[:size].reshape(picture.height, picture.stride)
    ys = np.linspace(0, picture.height - 1, DOWN * 3).astype(int)
    xs = np.linspace(0, picture.width - 1, ACROSS * 3).astype(int)
    few = rows[ys][:, : picture.width * 4].reshape(DOWN * 3, picture.width, 4)[:, xs, :3].astype(np.float32)
    luma = few @ np.array([0.114, 0.587, 0.299], np.float32)  # ITU-R BT.601, BGR
    cells: Grid = luma.reshape(DOWN, 3, ACROSS, 3).mean(axis=(1, 3)).astype(np.float32)
    return cells


def likeness(one: Grid, other: Grid) -> float:
    """How alike two grids are, -1 to 1: 1 for the same picture, whatever its brightness and contrast."""
    spread_one, spread_other = float(one.std()), float(other.std())
    if spread_one < FLAT or spread_other < FLAT:  # black, white: nothing to correlate
        is_same = max(spread_one, spread_other) < FLAT and abs(float(one.mean() - other.mean())) < SAME_COLOUR
        return 1.0 if is_same else 0.0
    return float(np.mean((one - one.mean()) * (other - other.mean()))) / (spread_one * spread_other)


def verdict(seen: list[Grid], bus: Grid, other: Grid | None) -> Verdict:
    """Whether the pictures `seen` are of `bus`; `other` is the other bus, if it shows something.

    seen: the virtual camera's about the time of OBS's own picture; the likeliest counts, since people move.
    """
    if not seen:
        return Verdict.UNCLEAR
    like = max(likeness(each, bus) for each in seen)
    if like < OTHER:
        return Verdict.OTHER
    if other is None:
        return Verdict.SAME if like > SAME else Verdict.UNCLEAR
    like_other = max(likeness(each, other) for each in seen)
    if like_other > SAME and like < like_other - APART:
        return Verdict.OTHER
    return Verdict.SAME if like > SAME and like_other < like - APART else Verdict.UNCLEAR


@dataclass(slots=True)
class Following:
    """How far the virtual camera is believed to show one bus."""

    is_shown: bool = False
    scene: str | None = None
    seen_in: frozenset[str] = frozenset()  # the scenes in which it showed this bus; two: it follows takes
    misses: int = 0

    def see(self, found: Verdict) -> None:
        """One comparison, made while `scene` was on the bus."""
        if found is Verdict.OTHER:
            self.is_shown, self.misses = False, self.misses + 1
            if self.misses > 1:
                self.seen_in = frozenset()
        elif found is Verdict.SAME and self.scene is not None:
            self.is_shown, self.misses = True, 0
            self.seen_in |= {self.scene}

    def become(self, scene: str | None) -> None:
        """Another scene is on the bus: what was never seen to follow is not believed to have followed."""
        if scene != self.scene:
            self.scene = scene
            self.is_shown = self.is_shown and scene is not None and len(self.seen_in) > 1

    def forget(self) -> None:
        """The virtual camera is gone."""
        self.is_shown, self.seen_in, self.misses = False, frozenset(), 0
