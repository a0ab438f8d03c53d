"""OBS's meters in dBFS. Pure. InputVolumeMeters, obs-websocket 5: linear [magnitude, peak, peak before fader]."""

import json
import math
from typing import Final

from scenes.state import InputLevel
from scenes.wire.socket import Message

FLOOR_DBFS: Final = -120.0
CEILING: Final = 1e3  # +60 dBFS: OBS 29 sends unset memory as a peak while a media source starts (5e28 was seen)


def dbfs(linear: object) -> float:
    """A linear level in dBFS; silence, and what is no level, is FLOOR_DBFS."""
    if not isinstance(linear, int | float) or not 0 < linear < CEILING:
        return FLOOR_DBFS
    return max(FLOOR_DBFS, 20 * math.log10(linear))


def levels_of(meters: Message) -> dict[str, InputLevel]:
    """Each input's level: its loudest channel. Broken rows are left out."""
    found: dict[str, InputLevel] = {}
    inputs = meters.get("inputs")
    for row in inputs if isinstance(inputs, list) else ():
        name = row.get("inputName") if isinstance(row, dict) else None
        if isinstance(name, str):
            found[name] = _loudest(row.get("inputLevelsMul"))
    return found


def levels_in(message: bytes | None) -> dict[str, InputLevel]:
    """Each input's level in an InputVolumeMeters event as it came; none in anything else."""
    try:
        known = json.loads(message or b"{}")["d"]["eventData"]
    except (ValueError, KeyError, TypeError):
        return {}
    return levels_of(known) if isinstance(known, dict) else {}


def _loudest(channels: object) -> InputLevel:
    peak = rms = before = FLOOR_DBFS
    for channel in channels if isinstance(channels, list) else ():
        if isinstance(channel, list) and len(channel) >= 3:
            rms, peak = max(rms, dbfs(channel[0])), max(peak, dbfs(channel[1]))
            before = max(before, dbfs(channel[2]))
    return InputLevel(peak_dbfs=peak, rms_dbfs=rms, before_fader_dbfs=before)
