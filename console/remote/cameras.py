"""The cameras as `GET /v1/state` tells them. Pure; levels are dBFS, delays milliseconds, null is not known."""

from console.cameras.state import Camera
from console.desk.view import DeskView


def cameras_of(desk: DeskView) -> list[dict[str, object]]:
    """Every tile in its order: how it is, what is to be done, and how its stream arrives."""
    return [_camera(desk, camera) for camera in desk.cameras.value]


def _camera(desk: DeskView, camera: Camera) -> dict[str, object]:
    stats = camera.stats
    return {
        "name": camera.name,
        "state": camera.state.value,
        "fps": round(camera.fps, 1),
        "scene": camera.scene,
        "origin": camera.origin.value,
        "why": camera.why,
        "fix": camera.fix,
        "level_dbfs": round(desk.camera_level(camera.name), 1),
        "delay_ms": camera.delay_ms,
        "relay": camera.relay,
        "stats": {
            "arriving_fps": stats.arriving_fps,
            "expected_fps": stats.expected_fps,
            "dropped": stats.dropped,
            "bitrate_kbps": stats.bitrate_kbps,
            "width": stats.width,
            "height": stats.height,
            "codec": stats.codec,
            "decoder": stats.decoder,
            "reconnects": stats.reconnects,
        },
    }
