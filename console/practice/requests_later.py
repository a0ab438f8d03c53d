"""Answers to requests that came after obs-websocket 5.1, as its documentation has them. Pure."""

from console.practice.model import Studio
from console.practice.registry import Data, answers_since
from console.practice.requests_general import video_settings
from console.practice.values import FILTER_KINDS, Intent
from console.practice.wire import Fields, Refused, Status


@answers_since(5, 4)
def get_scene_item_source(studio: Studio, fields: Fields) -> Data:
    """What an item shows."""
    scene = studio.scene(fields.text("sceneName"), or_group=True)
    return {"sourceName": studio.item(scene.name, int(fields.number("sceneItemId", 0))).source}


@answers_since(5, 4)
def get_source_filter_kind_list(studio: Studio, _: Fields) -> Data:
    """The kinds of filter there are."""
    return {"sourceFilterKinds": list(FILTER_KINDS)}


@answers_since(5, 5)
def split_record_file(studio: Studio, _: Fields) -> None:
    """Go on in another file, which is not written either."""
    _needs_recording(studio)
    studio.tell("RecordFileChanged", Intent.OUTPUTS, newOutputPath="Practice recording, next (nothing is written).mkv")


@answers_since(5, 5)
def create_record_chapter(studio: Studio, _: Fields) -> None:
    """A chapter mark in the file that is not written."""
    _needs_recording(studio)


def _needs_recording(studio: Studio) -> None:
    if not studio.record.is_active:
        raise Refused(Status.OUTPUT_NOT_RUNNING)


@answers_since(5, 7)
def get_canvas_list(studio: Studio, _: Fields) -> Data:
    """The main canvas, and extra ones that nothing else here knows of."""
    flags = {"ACTIVATE": True, "EPHEMERAL": False, "MAIN": True, "MIX_AUDIO": True, "SCENE_REF": True}
    return {
        "canvases": [
            {
                "canvasName": name,
                "canvasUuid": studio.uuids.of(f"canvas {name}"),
                "canvasFlags": {**flags, "MAIN": name == studio.canvases[0]},
                "canvasVideoSettings": video_settings(),
            }
            for name in studio.canvases
        ]
    }
