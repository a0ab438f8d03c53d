"""Answers about the practice OBS itself: version, figures, canvas. Pure."""

from console.practice.model import Studio
from console.practice.outputting import BYTES_S, FPS
from console.practice.registry import Data, answers, known
from console.practice.values import CANVAS, Intent
from console.practice.versions import SPEAKERS
from console.practice.wire import Fields


@answers
def get_version(studio: Studio, _: Fields) -> Data:
    """Who answers: the platform's description tells practice from a real OBS."""
    websocket, obs = SPEAKERS[studio.version]
    return {
        "obsVersion": obs,
        "obsWebSocketVersion": websocket,
        "rpcVersion": 1,
        "availableRequests": sorted([*known(studio.version), "Sleep"]),
        "supportedImageFormats": ["jpg", "jpeg", "png"],
        "platform": "practice",
        "platformDescription": "Cuedrop practice studio",
    }


@answers
def get_stats(studio: Studio, _: Fields) -> Data:
    """Figures of an OBS that follow what it has to do: each output costs, and the recording fills the disk."""
    busy = sum(output.is_active for output in studio.outputs)
    written_mb = studio.seconds(studio.record) * BYTES_S / 1e6
    frames = sum(int(studio.seconds(output) * FPS) for output in (studio.record, studio.stream))
    return {
        "cpuUsage": 1.0 + 2.0 * busy,
        "memoryUsage": 100.0 + 10.0 * busy,
        "availableDiskSpace": max(0.0, studio.disk_mb - written_mb),
        "activeFps": float(FPS),
        "averageFrameRenderTime": 1.0 + 0.5 * busy + (1.0 if studio.running else 0.0),
        "renderSkippedFrames": 0,
        "renderTotalFrames": int(studio.now_s * FPS),
        "outputSkippedFrames": 0,
        "outputTotalFrames": frames,
        "webSocketSessionIncomingMessages": 0,
        "webSocketSessionOutgoingMessages": 0,
    }


@answers
def get_video_settings(studio: Studio, _: Fields) -> Data:
    """The canvas."""
    return video_settings()


def video_settings() -> Data:
    """The canvas as on the wire."""
    width, height = CANVAS
    rate = {"fpsNumerator": FPS, "fpsDenominator": 1}
    return {"baseWidth": width, "baseHeight": height, "outputWidth": width, "outputHeight": height, **rate}


@answers
def broadcast_custom_event(studio: Studio, fields: Fields) -> None:
    """Say something to every client."""
    studio.tell("CustomEvent", Intent.GENERAL, **fields.table("eventData"))
