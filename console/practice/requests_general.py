"""Answers about the practice OBS itself: version, figures, canvas, stream and recording. Pure."""

from typing import Final

from console.practice.model import Studio
from console.practice.registry import REQUESTS, Data, answers
from console.practice.values import CANVAS, Intent, Output
from console.practice.wire import Fields, Refused, Status

FPS: Final = 30


@answers
def get_version(studio: Studio, _: Fields) -> Data:
    """Who answers: the platform's description tells practice from a real OBS."""
    return {
        "obsVersion": "29.0.2",
        "obsWebSocketVersion": "5.1.0",
        "rpcVersion": 1,
        "availableRequests": sorted([*REQUESTS, "Sleep"]),
        "supportedImageFormats": ["jpg", "jpeg", "png"],
        "platform": "practice",
        "platformDescription": "Cuedrop practice studio",
    }


@answers
def get_stats(studio: Studio, _: Fields) -> Data:
    """Figures of an OBS that is never busy."""
    return {
        "cpuUsage": 1.0,
        "memoryUsage": 100.0,
        "availableDiskSpace": 100_000.0,
        "activeFps": float(FPS),
        "averageFrameRenderTime": 1.0,
        "renderSkippedFrames": 0,
        "renderTotalFrames": int(studio.now_s * FPS),
        "outputSkippedFrames": 0,
        "outputTotalFrames": _frames(studio, studio.record) + _frames(studio, studio.stream),
        "webSocketSessionIncomingMessages": 0,
        "webSocketSessionOutgoingMessages": 0,
    }


@answers
def get_video_settings(studio: Studio, _: Fields) -> Data:
    """The canvas."""
    width, height = CANVAS
    rate = {"fpsNumerator": FPS, "fpsDenominator": 1}
    return {"baseWidth": width, "baseHeight": height, "outputWidth": width, "outputHeight": height, **rate}


@answers
def broadcast_custom_event(studio: Studio, fields: Fields) -> None:
    """Say something to every client."""
    studio.tell("CustomEvent", Intent.GENERAL, **fields.table("eventData"))


@answers
def get_profile_list(studio: Studio, _: Fields) -> Data:
    """The one profile there is."""
    return {"currentProfileName": "Practice", "profiles": ["Practice"]}


@answers
def get_scene_collection_list(studio: Studio, _: Fields) -> Data:
    """The one scene collection there is."""
    return {"currentSceneCollectionName": "Practice", "sceneCollections": ["Practice"]}


def _frames(studio: Studio, output: Output) -> int:
    return int((studio.now_s - output.since_s) * FPS) if output.is_active else 0


def _status(studio: Studio, output: Output) -> Data:
    duration_ms = int((studio.now_s - output.since_s) * 1000) if output.is_active else 0
    seconds, milliseconds = divmod(duration_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return {
        "outputActive": output.is_active,
        "outputTimecode": f"{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}",
        "outputDuration": duration_ms,
        "outputBytes": 0,
    }


@answers
def get_stream_status(studio: Studio, _: Fields) -> Data:
    """The stream's state. Nothing is ever sent, so its bytes stay 0."""
    frames = {"outputSkippedFrames": 0, "outputTotalFrames": _frames(studio, studio.stream)}
    state = {"outputReconnecting": False, "outputCongestion": 0.0}
    return {**_status(studio, studio.stream), **state, **frames}


@answers
def start_stream(studio: Studio, _: Fields) -> None:
    """Say that it streams; nothing leaves the machine."""
    studio.start(studio.stream)


@answers
def stop_stream(studio: Studio, _: Fields) -> None:
    """Say that it streams no more."""
    studio.stop(studio.stream)


@answers
def get_record_status(studio: Studio, _: Fields) -> Data:
    """The recording's state. Nothing is ever written, so its bytes stay 0."""
    return {**_status(studio, studio.record), "outputPaused": False}


@answers
def start_record(studio: Studio, _: Fields) -> None:
    """Say that it records; no file is written."""
    studio.start(studio.record)


@answers
def stop_record(studio: Studio, _: Fields) -> Data:
    """Say that it records no more; the path is empty, since there is no file."""
    studio.stop(studio.record)
    return {"outputPath": ""}


@answers
def get_virtual_cam_status(studio: Studio, _: Fields) -> Data:
    """There is no virtual camera."""
    raise Refused(Status.WRONG_STATE_OF_RESOURCE, "VirtualCam is not available.")


@answers
def get_replay_buffer_status(studio: Studio, _: Fields) -> Data:
    """There is no replay buffer."""
    raise Refused(Status.WRONG_STATE_OF_RESOURCE, "Replay buffer is not available.")
