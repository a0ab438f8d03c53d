"""What is known of the switcher. Pure values. The sources of a scene: source_state; the outputs: output_state."""

from dataclasses import dataclass
from enum import StrEnum

from console.core.links import Link


class TakeState(StrEnum):
    """What the far side has confirmed of a take (law 4)."""

    WAITING = "waiting"  # pressed during a running transition: goes out when it ends
    SENT = "sent"
    ON_AIR = "on_air"  # proved by what became active
    CLAIMED = "claimed"  # OBS says so, and nothing can prove it
    REFUSED = "refused"
    FAILED = "failed"
    LOST = "lost"  # OBS names it, but another picture is on air
    CHANGED = "changed"  # somebody else put it on air


@dataclass(frozen=True, slots=True)
class Take:
    """The last take and how far it got. `since_mono_ns` is when `state` began.

    `due_mono_ns` is when a waiting take goes out, as far as known (0: not known); `is_cut` tells CUT from AUTO.
    """

    scene: str
    state: TakeState
    since_mono_ns: int
    why: str = ""
    is_safe: bool = False
    due_mono_ns: int = 0
    is_cut: bool = True
    fix: str = ""  # what to do now, in the director's words
    on_air: str | None = None  # LOST: the scene whose picture is on air, as far as known


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene of OBS. `inputs` are the inputs it shows, those of nested scenes and groups included.

    `override` is the transition that this scene wants for itself (None: the chosen one), `override_ms` its duration.
    """

    name: str
    uuid: str | None = None
    inputs: frozenset[str] = frozenset()
    override: str | None = None
    override_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Backup:
    """The other one of two OBS in lockstep, as seen beside the leading one.

    `leads`: the backup leads and these values are the main one's; else they are the backup's. `differences`: where the
    two are not alike, one plain line each.
    """

    link: Link = Link()
    program: str | None = None
    claimed: str | None = None
    preview: str | None = None
    take: Take | None = None
    leads: bool = False
    differences: tuple[str, ...] = ()


class OutputState(StrEnum):
    """A stream's or recording's state, as OBS tells it."""

    OFF = "off"
    STARTING = "starting"
    ON = "on"
    RECONNECTING = "reconnecting"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Switcher:
    """The whole of the switcher. `program` is what is on air as far as proved, else None; `claimed` what OBS names."""

    link: Link = Link()
    is_practice: bool = False
    version: str = ""
    studio_mode: bool = False
    program: str | None = None
    program_since_mono_ns: int = 0
    claimed: str | None = None
    preview: str | None = None
    in_transition: bool = False
    scenes: tuple[Scene, ...] = ()
    transitions: tuple[str, ...] = ()
    transition: str = ""
    transition_ms: int | None = None  # None: fixed by the transition itself (Cut, stingers)
    safe_scene: str | None = None
    black_scene: str | None = None  # the scene of fade to black
    take: Take | None = None
    stream: OutputState = OutputState.OFF
    record: OutputState = OutputState.OFF
    on_air_since_mono_ns: int | None = None  # when streaming or recording began, as far as known
    canvas: tuple[int, int] = (1920, 1080)
    muted_inputs: frozenset[str] = frozenset()
    t_bar: float | None = None  # 0..1 while the T-bar holds a transition
    is_black: bool = False  # faded to black; the same action goes back
    requests: frozenset[str] = frozenset()  # what this OBS can be asked; empty: not known yet
    backup: Backup | None = None  # None: there is only one OBS

    def can(self, request: str) -> bool:
        """Whether this OBS knows the request (obs-websocket 5.0 to 5.7 differ); True while that is not known."""
        return not self.requests or request in self.requests

    @property
    def on_air(self) -> bool:
        """Streaming or recording."""
        live = {OutputState.ON, OutputState.RECONNECTING, OutputState.STOPPING}
        return self.stream in live or self.record in live


@dataclass(frozen=True, slots=True)
class InputLevel:
    """An OBS input's meter: dBFS, after its fader; `before_fader_dbfs` still moves when it is muted."""

    peak_dbfs: float
    rms_dbfs: float
    before_fader_dbfs: float


def new_name(name: str | None, before: tuple[Scene, ...], now: tuple[Scene, ...]) -> str | None:
    """What the scene that was called `name` is called now; `name` itself when it was not renamed."""
    old = next((scene for scene in before if scene.name == name), None)
    if old is None or any(scene.name == name for scene in now):
        return name
    if old.uuid:
        return next((scene.name for scene in now if scene.uuid == old.uuid), name)
    known = {scene.name for scene in before}
    fresh = [scene.name for scene in now if scene.name not in known]
    return fresh[0] if len(now) == len(before) and len(fresh) == 1 else name
