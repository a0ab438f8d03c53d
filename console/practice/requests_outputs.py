"""Answers about stream, recording, replay buffer and virtual camera. Pure."""

from console.practice.model import Studio
from console.practice.outputting import BYTES_S, FILES, FPS
from console.practice.registry import Data, answers
from console.practice.values import Output
from console.practice.wire import Fields, Refused, Status


def _status(studio: Studio, output: Output) -> Data:
    duration_ms = int(studio.seconds(output) * 1000)
    seconds, milliseconds = divmod(duration_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return {
        "outputActive": output.is_active,
        "outputTimecode": f"{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}",
        "outputDuration": duration_ms,
        "outputBytes": int(studio.seconds(output) * BYTES_S),
    }


def _toggle(studio: Studio, output: Output) -> Data:
    if output.is_active:
        studio.stop(output)
        return {"outputActive": False}
    studio.start(output)
    return {"outputActive": True}


# -- stream


@answers
def get_stream_status(studio: Studio, _: Fields) -> Data:
    """The stream's state, with the figures of a line that is never short."""
    frames = {"outputSkippedFrames": 0, "outputTotalFrames": int(studio.seconds(studio.stream) * FPS)}
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
def toggle_stream(studio: Studio, _: Fields) -> Data:
    """The other way round."""
    return _toggle(studio, studio.stream)


# -- recording


@answers
def get_record_status(studio: Studio, _: Fields) -> Data:
    """The recording's state; its bytes are counted and not written."""
    return {**_status(studio, studio.record), "outputPaused": studio.record.is_paused}


@answers
def start_record(studio: Studio, _: Fields) -> None:
    """Say that it records; no file is written."""
    studio.start(studio.record)


@answers
def stop_record(studio: Studio, _: Fields) -> Data:
    """Say that it records no more; the path is a name only."""
    studio.stop(studio.record)
    return {"outputPath": FILES["Record"]}


@answers
def toggle_record(studio: Studio, _: Fields) -> Data:
    """The other way round."""
    return _toggle(studio, studio.record)


@answers
def pause_record(studio: Studio, _: Fields) -> None:
    """Hold the recording."""
    studio.pause(True)


@answers
def resume_record(studio: Studio, _: Fields) -> None:
    """Go on recording."""
    studio.pause(False)


@answers
def toggle_record_pause(studio: Studio, _: Fields) -> Data:
    """The other way round."""
    studio.pause(not studio.record.is_paused)
    return {"outputPaused": studio.record.is_paused}


@answers
def get_record_directory(studio: Studio, _: Fields) -> Data:
    """Nothing is written, so it is nowhere."""
    return {"recordDirectory": ""}


# -- replay buffer


@answers
def get_replay_buffer_status(studio: Studio, _: Fields) -> Data:
    """Whether the last seconds are kept."""
    return {"outputActive": studio.replay.is_active}


@answers
def start_replay_buffer(studio: Studio, _: Fields) -> None:
    """Say that the last seconds are kept."""
    studio.start(studio.replay)


@answers
def stop_replay_buffer(studio: Studio, _: Fields) -> None:
    """Say that they are kept no more."""
    studio.stop(studio.replay)


@answers
def toggle_replay_buffer(studio: Studio, _: Fields) -> Data:
    """The other way round."""
    return _toggle(studio, studio.replay)


@answers
def save_replay_buffer(studio: Studio, _: Fields) -> None:
    """Say that the last seconds are saved; no file is written."""
    studio.save_replay()


@answers
def get_last_replay_buffer_replay(studio: Studio, _: Fields) -> Data:
    """The name of what was saved last."""
    if not studio.replay.is_active:
        raise Refused(Status.OUTPUT_NOT_RUNNING)
    return {"savedReplayPath": studio.last_replay}


# -- virtual camera


def _vcam(studio: Studio) -> Output:
    if not studio.has_vcam:
        raise Refused(Status.WRONG_STATE_OF_RESOURCE, "VirtualCam is not available.")
    return studio.vcam


@answers
def get_virtual_cam_status(studio: Studio, _: Fields) -> Data:
    """Whether other programs could see the programme as a camera."""
    return {"outputActive": _vcam(studio).is_active}


@answers
def start_virtual_cam(studio: Studio, _: Fields) -> None:
    """Say that they can; there is no such camera."""
    studio.start(_vcam(studio))


@answers
def stop_virtual_cam(studio: Studio, _: Fields) -> None:
    """Say that they cannot."""
    studio.stop(_vcam(studio))


@answers
def toggle_virtual_cam(studio: Studio, _: Fields) -> Data:
    """The other way round."""
    return _toggle(studio, _vcam(studio))
