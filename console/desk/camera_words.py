"""A camera's trouble in the director's words. Pure."""

from typing import Final

from console.cameras.state import CameraState

TROUBLE: Final = {
    CameraState.STALLED: "stands still",
    CameraState.FROZEN: "shows the same picture all the time",
    CameraState.BLACK: "is black",
    CameraState.LOST: "is lost",
}
