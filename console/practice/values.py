"""What the practice OBS is made of: events, items, scenes, inputs, outputs. Pure values, in the wire's own units."""

from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any, Final

CANVAS: Final = (1280, 720)
OUTPUT_DELAY_S: Final = 0.05  # how long a stream or recording takes to start and to stop
AUDIO_KINDS: Final = frozenset({"ffmpeg_source", "pulse_input_capture", "pulse_output_capture"})
INPUT_KINDS: Final = (
    "image_source",
    "color_source_v3",
    "pulse_input_capture",
    "pulse_output_capture",
    "ffmpeg_source",
    "text_ft2_source_v2",
)
DEFAULT_SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "image_source": {"linear_alpha": False, "unload": False},
    "color_source_v3": {"color": 4291940817, "width": 1920, "height": 1080},
    "ffmpeg_source": {
        "buffering_mb": 2,
        "clear_on_media_end": True,
        "is_local_file": True,
        "linear_alpha": False,
        "looping": False,
        "reconnect_delay_sec": 10,
        "restart_on_activate": True,
        "speed_percent": 100,
    },
    "text_ft2_source_v2": {
        "antialiasing": True,
        "color1": 4294967295,
        "color2": 4294967295,
        "drop_shadow": False,
        "font": {"face": "Sans Serif", "flags": 0, "size": 256, "style": ""},
        "log_lines": 6,
        "outline": False,
        "word_wrap": False,
    },
}
FILTER_KINDS: Final[dict[str, dict[str, Any]]] = {  # with their defaults
    "color_filter_v2": {
        "brightness": 0.0,
        "color_add": 0,
        "color_multiply": 16777215,
        "contrast": 0.0,
        "gamma": 0.0,
        "hue_shift": 0.0,
        "opacity": 1.0,
        "saturation": 0.0,
    },
    "gain_filter": {"db": 0.0},
}
TRANSITION_KINDS: Final = ("cut_transition", "fade_transition", "obs_stinger_transition")


class Intent(IntFlag):
    """Event subscription bits of obs-websocket 5."""

    GENERAL = 1 << 0
    CONFIG = 1 << 1
    SCENES = 1 << 2
    INPUTS = 1 << 3
    TRANSITIONS = 1 << 4
    FILTERS = 1 << 5
    OUTPUTS = 1 << 6
    SCENE_ITEMS = 1 << 7
    MEDIA_INPUTS = 1 << 8
    VENDORS = 1 << 9
    UI = 1 << 10
    ALL = 2047  # what a client gets that does not say
    INPUT_VOLUME_METERS = 1 << 16
    INPUT_ACTIVE_STATE = 1 << 17
    INPUT_SHOW_STATE = 1 << 18
    SCENE_ITEM_TRANSFORM = 1 << 19


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that clients are told, if they subscribed to its intent."""

    type: str
    intent: Intent
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Transform:
    """Where an item lies on the canvas; pixels of the canvas, crop in pixels of the source."""

    positionX: float = 0.0  # noqa: N815 - the wire's own names, so that one loop reads and writes them
    positionY: float = 0.0  # noqa: N815
    scaleX: float = 1.0  # noqa: N815
    scaleY: float = 1.0  # noqa: N815
    rotation: float = 0.0
    alignment: int = 5  # left | top
    boundsType: str = "OBS_BOUNDS_NONE"  # noqa: N815
    boundsAlignment: int = 0  # noqa: N815
    boundsWidth: float = 0.0  # noqa: N815
    boundsHeight: float = 0.0  # noqa: N815
    cropLeft: int = 0  # noqa: N815
    cropRight: int = 0  # noqa: N815
    cropTop: int = 0  # noqa: N815
    cropBottom: int = 0  # noqa: N815


FULL: Final = Transform(boundsType="OBS_BOUNDS_SCALE_INNER", boundsWidth=CANVAS[0], boundsHeight=CANVAS[1])


@dataclass(frozen=True, slots=True)
class Item:
    """One source in a scene. Items are listed bottom first."""

    id: int
    source: str
    is_enabled: bool = True
    transform: Transform = Transform()
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """What lies on a source."""

    name: str
    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class Transition:
    """One of the transitions to choose from. `ms`: as long as it is, or None for the length that is set."""

    name: str
    kind: str
    ms: int | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def is_fixed(self) -> bool:
        """True when it has a length of its own."""
        return self.ms is not None

    @property
    def is_stinger(self) -> bool:
        """True for a clip that covers the change."""
        return self.kind == "obs_stinger_transition"


CUT: Final = Transition("Cut", "cut_transition", 0)
FADE: Final = Transition("Fade", "fade_transition")


@dataclass(slots=True)
class Scene:
    """A scene or a group."""

    name: str
    items: tuple[Item, ...] = ()
    is_group: bool = False
    next_id: int = 1
    override: tuple[str | None, int | None] = (None, None)  # transition, duration in ms


@dataclass(slots=True)
class Input:
    """One input. `special` names the audio device slot it fills ("mic1"): such inputs are always active."""

    name: str
    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    is_muted: bool = False
    volume_mul: float = 1.0
    special: str = ""

    @property
    def has_audio(self) -> bool:
        """True when it has a fader in the mixer."""
        return self.kind in AUDIO_KINDS


@dataclass(frozen=True, slots=True)
class Shot:
    """What a bus shows: a scene by name, in Studio Mode as the private copy that was made when it was taken."""

    scene: str
    copy: tuple[Item, ...] | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A transition on its way to `to`.

    `ends_s` is None while a hand holds the T-bar at `position`. `is_parked`: let go at 0, where OBS leaves it: the old
    picture shows, the new name is said, and the next take goes through.
    """

    name: str
    to: Shot
    begun_s: float
    ends_s: float | None
    position: float = 0.0
    is_parked: bool = False


@dataclass(slots=True)
class Output:
    """The stream, the recording or another output: its state only, nothing is sent or written."""

    name: str  # as in the event's name, "Stream"
    state: str = "OBS_WEBSOCKET_OUTPUT_STOPPED"
    since_s: float = 0.0
    due_s: float | None = None
    is_paused: bool = False
    before_s: float = 0.0  # how long it ran before it was paused last

    @property
    def is_active(self) -> bool:
        """True from the first moment that OBS would call it active."""
        return self.state in ("OBS_WEBSOCKET_OUTPUT_STARTED", "OBS_WEBSOCKET_OUTPUT_STOPPING")


def unversioned(kind: str) -> str:
    """An input kind without its version: "color_source_v3" is "color_source"."""
    head, mark, tail = kind.rpartition("_v")
    return head if mark and tail.isdigit() else kind
