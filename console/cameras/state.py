"""What is known of a camera tile. Pure values."""

from dataclasses import dataclass
from enum import StrEnum


class CameraState(StrEnum):
    """How far a tile's picture is to be trusted."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"  # no new picture for 500 ms
    FROZEN = "frozen"  # pictures come, but they do not change
    BLACK = "black"
    LOST = "lost"  # the source is gone; it is tried again for ever


class Origin(StrEnum):
    """Where a tile's picture comes from."""

    WORKER = "worker"  # libVLC in a process of its own
    OBS = "obs"  # screenshots of a scene or source


@dataclass(frozen=True, slots=True)
class Camera:
    """One tile. `fps` is what arrived in the last second; `why` and `fix` speak when it is not live."""

    name: str
    scene: str | None
    origin: Origin
    state: CameraState = CameraState.CONNECTING
    fps: float = 0.0
    why: str = ""
    fix: str = ""
    since_mono_ns: int = 0  # when `state` began


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, ready to paint: BGRX rows, `stride` bytes each. `sequence` changes with every new one.

    A worker's are in shared memory: paint or copy them before the next call.
    """

    sequence: int
    width: int
    height: int
    stride: int
    pixels: memoryview | bytes
