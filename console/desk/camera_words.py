"""A camera's trouble in the director's words. Pure."""

from typing import Final

from console.cameras.state import CameraState

TROUBLE: Final = {
    CameraState.STALLED: "stands still",
    CameraState.FROZEN: "shows the same picture all the time",
    CameraState.BLACK: "is black",
    CameraState.LOST: "is lost",
}


def delay_words(delay_ms: float) -> str:
    """How late a camera is: "182 ms", from ten seconds on "12.4 s"."""
    return f"{delay_ms:.0f} ms" if delay_ms < 10_000 else f"{delay_ms / 1_000:.1f} s"
