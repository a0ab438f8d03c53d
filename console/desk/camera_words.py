"""A camera's trouble, and how it arrives, in the director's words. Pure."""

import re
from typing import Final

from console.cameras.state import Camera, CameraState, Origin

TROUBLE: Final = {
    CameraState.STALLED: "stands still",
    CameraState.FROZEN: "shows the same picture all the time",
    CameraState.BLACK: "is black",
    CameraState.LOST: "is lost",
}


_HERE: Final = re.compile(r",? on the page CAMERAS \(F5\)")


def on_its_page(fix: str) -> str:
    """What to do now, as it is said on the page CAMERAS itself."""
    return _HERE.sub("", fix)


def never_came(camera: Camera) -> bool:
    """True when it is lost and never had a picture: a file that is not there, an address where nobody is."""
    stats = camera.stats
    is_new = camera.origin is Origin.WORKER and not stats.width and not stats.reconnects
    return is_new and camera.state is CameraState.LOST


def delay_words(delay_ms: float) -> str:
    """How late a camera is: "182 ms", from ten seconds on "12.4 s"."""
    return f"{delay_ms:.0f} ms" if delay_ms < 10_000 else f"{delay_ms / 1_000:.1f} s"


def bitrate_words(kbps: float) -> str:
    """How much comes: "5.8 Mbit/s", "640 kbit/s", "" when it is not known."""
    if not kbps:
        return ""
    return f"{kbps / 1000:.1f} Mbit/s" if kbps >= 1000 else f"{kbps:.0f} kbit/s"


def arrival_words(camera: Camera) -> str:
    """How a live camera arrives, as far as known: "25 of 25 fps, 1280 × 720 H.264, 4.1 Mbit/s, delay 182 ms"."""
    stats = camera.stats
    arriving = min(stats.arriving_fps, stats.expected_fps)  # 26 of 25 is a wobble of the second
    rate = f"{arriving:.0f} of {stats.expected_fps:.0f} fps" if stats.expected_fps else f"{camera.fps:.0f} fps"
    parts = (
        "from OBS" if camera.origin is Origin.OBS else rate,
        f"{stats.width} × {stats.height} {stats.codec}".strip() if stats.width else "",
        bitrate_words(stats.bitrate_kbps),
        f"delay {delay_words(camera.delay_ms)}" if camera.delay_ms is not None else "",
    )
    return ", ".join(part for part in parts if part)
