"""What is known of OBS's outputs and of how well it works. Pure values."""

from dataclasses import dataclass
from typing import Final

from scenes.state import OutputState

OUTPUT_STATES: Final = {
    "OBS_WEBSOCKET_OUTPUT_STARTING": OutputState.STARTING,
    "OBS_WEBSOCKET_OUTPUT_STARTED": OutputState.ON,
    "OBS_WEBSOCKET_OUTPUT_RESUMED": OutputState.ON,
    "OBS_WEBSOCKET_OUTPUT_PAUSED": OutputState.ON,
    "OBS_WEBSOCKET_OUTPUT_RECONNECTING": OutputState.RECONNECTING,
    "OBS_WEBSOCKET_OUTPUT_RECONNECTED": OutputState.ON,
    "OBS_WEBSOCKET_OUTPUT_STOPPING": OutputState.STOPPING,
    "OBS_WEBSOCKET_OUTPUT_STOPPED": OutputState.OFF,
}  # obs-websocket 5, ObsOutputState


@dataclass(frozen=True, slots=True)
class Output:
    """One output. Bitrate in kbit/s over the last second, congestion 0..1; None where OBS tells none."""

    state: OutputState = OutputState.OFF
    since_mono_ns: int | None = None
    bitrate_kbps: float | None = None
    congestion: float | None = None
    skipped_frames: int = 0
    total_frames: int = 0
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """One second of the plot."""

    at_mono_ns: int
    bitrate_kbps: float = 0.0
    congestion: float = 0.0
    render_ms: float = 0.0
    skipped: int = 0  # frames in that second, not in all
    lagged: int = 0


@dataclass(frozen=True, slots=True)
class Outputs:
    """All outputs and OBS's own work. `replay`, `vcam`: None where this OBS has none (`why_no_*` says why).

    `history`: one sample a second, oldest first, the last five minutes.
    """

    stream: Output = Output()
    record: Output = Output()
    replay: Output | None = None
    vcam: Output | None = None
    why_no_replay: str = ""
    why_no_vcam: str = ""
    note: str = ""  # a limit that the director should know (an extra canvas)
    fps: float = 0.0
    render_ms: float = 0.0
    lagged_frames: int = 0
    skipped_frames: int = 0
    cpu_pct: float = 0.0
    disk_free_mb: float | None = None
    disk_left_min: float | None = None  # at the recording's present rate
    history: tuple[Sample, ...] = ()
