"""What is known of a camera tile. Pure values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FLOOR_DBFS: Final = -120.0  # silence, or no sound at all


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
class Stats:
    """How a stream arrives, a new value about once a second. Zeros and "" are not known."""

    arriving_fps: float = 0.0  # pictures decoded in the last second, repeats included
    expected_fps: float = 0.0  # what the stream says of itself
    dropped: int = 0  # pictures lost or thrown away since it was opened
    bitrate_kbps: float = 0.0
    width: int = 0  # of the source
    height: int = 0
    codec: str = ""  # "H.264"
    decoder: str = ""  # "software", "hardware"
    reconnects: int = 0  # since the camera is in the show


@dataclass(frozen=True, slots=True)
class Camera:
    """One tile. `fps` is what was new in the last second; `why` and `fix` speak when it is not live."""

    name: str
    scene: str | None
    origin: Origin
    state: CameraState = CameraState.CONNECTING
    fps: float = 0.0
    why: str = ""
    fix: str = ""
    since_mono_ns: int = 0  # when `state` began
    stats: Stats = Stats()
    delay_ms: float | None = None  # from the clock page to the tile, while the camera sees it
    relay: str = ""  # how the hand-over to OBS is, when there is one


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, ready to paint: BGRX rows, `stride` bytes each. `sequence` changes with every new one.

    A worker's are in shared memory: paint or copy them before the next call. `mono_ns`: when it arrived.
    """

    sequence: int
    width: int
    height: int
    stride: int
    pixels: memoryview | bytes
    mono_ns: int = 0


class OfferKind(StrEnum):
    """Where an offered camera was found."""

    DEVICE = "device"  # a capture device of this machine
    OBS = "obs"  # an input of the current scene collection


@dataclass(frozen=True, slots=True)
class Offer:
    """A camera that was found and can be added with one click. `mrl` is None when its picture comes from OBS."""

    kind: OfferKind
    name: str
    mrl: str | None = None
    scene: str | None = None
    source: str | None = None
    note: str = ""  # what to know before taking it, such as "OBS's: its picture comes from OBS"
    options: tuple[str, ...] = ()  # libVLC's, where the mrl alone does not say which device


@dataclass(frozen=True, slots=True)
class Trial:
    """A camera that is tried before it is kept: what the form shows beside its test picture."""

    camera: Camera | None = None  # how it is now; None: nothing is tried
    mrl: str = ""
