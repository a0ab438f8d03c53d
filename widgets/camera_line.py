"""One camera as its row on the page says it: how it is in a few words, and what can be done to it. Pure."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QColor

from console.cameras.looks import FROZEN_S
from console.cameras.mrl import Kind, parse_mrl
from console.cameras.relay import may_be_handed
from console.cameras.state import Camera, CameraState, Origin
from console.desk.camera_words import bitrate_words, never_came
from console.desk.view import DeskView
from console.settings import show
from widgets import theme
from widgets.tile_facts import NOT_IN_OBS
from widgets.times import clock_words

REMOVE_HOLD_S: Final = 1.0
_FEW: Final = 0.8  # of the expected pictures: below it the rate is marked
_SIGNS: Final = {
    CameraState.LIVE: ("●", theme.GREEN_SOFT),
    CameraState.CONNECTING: ("○", theme.AMBER_SOFT),
    CameraState.STALLED: ("■", theme.AMBER_SOFT),
    CameraState.FROZEN: ("?", theme.AMBER_SOFT),
    CameraState.BLACK: ("▲", theme.RED_SOFT),
    CameraState.LOST: ("▲", theme.RED_SOFT),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One camera: how it is, and how it stands in the show (None: it is not written there)."""

    name: str
    tile: Camera | None = None
    kept: show.Camera | None = None
    lacks_scene: bool = False  # OBS does not have the scene that the show names for it

    @property
    def is_live(self) -> bool:
        """True when its picture is to be trusted."""
        return self.tile is not None and self.tile.state is CameraState.LIVE

    @property
    def needs_a_yes(self) -> bool:
        """True when only one program can open it, and the director has not said that Cuedrop may."""
        return self._only_one_opens_it and self.kept is not None and not self.kept.may_open

    @property
    def can_relay(self) -> bool:
        """True when there is a stream that could be handed to OBS."""
        return self.has_relay or (self.kept is not None and may_be_handed(self.kept))

    @property
    def has_relay(self) -> bool:
        """True when the show says that its stream is handed to OBS."""
        return bool(self.kept and self.kept.relay_port) or bool(self.tile and self.tile.relay)

    @property
    def _only_one_opens_it(self) -> bool:
        mrl = self.kept.mrl if self.kept else None
        is_of_obs = self.tile is not None and self.tile.origin is Origin.OBS  # it has the only line to it
        return mrl is not None and (is_of_obs or parse_mrl(mrl).kind in (Kind.DEVICE, Kind.LISTENER))


def lines_of(desk: DeskView) -> tuple[Line, ...]:
    """The show's cameras in their order, then tiles that no show file names."""
    tiles = {tile.name: tile for tile in desk.cameras.value}
    kept, scenes = desk.show.value.cameras, {scene.name for scene in desk.switcher.value.scenes}
    lines = [
        Line(
            camera.name,
            tiles.pop(camera.name, None),
            camera,
            bool(scenes and camera.scene) and camera.scene not in scenes,
        )
        for camera in kept
    ]
    return (*lines, *(Line(name, tile) for name, tile in tiles.items()))


def state_of(tile: Camera | None, now_ns: int) -> tuple[str, str, QColor]:
    """A tile's state as sign, words and colour: readable without the colour."""
    if tile is None:
        return "○", "not opened", theme.AMBER_SOFT
    sign, colour = _SIGNS[tile.state]
    age_s = max(0.0, (now_ns - tile.since_mono_ns) / 1e9) if tile.since_mono_ns else 0.0
    if tile.state is CameraState.FROZEN:
        return sign, f"same picture {_age(age_s + FROZEN_S)}?", colour
    if tile.state is CameraState.LIVE:
        return ("■", "live", theme.AMBER_SOFT) if is_slow(tile) else (sign, "live", colour)
    word = "no picture" if never_came(tile) else tile.state.value
    words = f"{word} {_age(age_s)}" if tile.since_mono_ns else word
    return sign, f"{words} · trying" if tile.state is CameraState.LOST else words, colour


def _age(seconds: float) -> str:
    return f"{int(seconds)} s" if seconds < 60 else clock_words(seconds)


def is_slow(tile: Camera) -> bool:
    """True when clearly fewer pictures come than its stream should have."""
    return tile.stats.expected_fps > 0 and tile.fps < _FEW * tile.stats.expected_fps


def rate_words(tile: Camera) -> str:
    """How many pictures come: "30 fps", "19 of 30 fps"."""
    if is_slow(tile):
        return f"{tile.fps:.0f} of {tile.stats.expected_fps:.0f} fps"
    return f"{tile.fps:.0f} fps" if tile.fps else ""


def short_words(line: Line, now_ns: int) -> str:
    """A row's second line: state and the figures that matter at rest."""
    tile = line.tile
    _, words, _ = state_of(tile, now_ns)
    if tile is None:
        return words
    parts = [words, NOT_IN_OBS if line.lacks_scene else ""]
    if line.is_live:
        parts += [rate_words(tile), bitrate_words(tile.stats.bitrate_kbps)]
    parts.append("from OBS" if tile.origin is Origin.OBS else "")
    parts.append("relay" if line.has_relay else "")
    parts.append(f"{tile.delay_ms:.0f} ms" if tile.delay_ms is not None else "")
    return " · ".join(part for part in parts if part)
