"""The scene collection of the practice studio: what a small live-shopping studio would have. Pure."""

from pathlib import Path
from typing import Final

from console.practice.model import Studio
from console.practice.values import CANVAS, FULL, Input, Transform

SCENES: Final = ("Wide", "Close", "Table", "Slides", "Safe")
CLIPS: Final = {"Wide": "wide", "Close": "close", "Table": "table", "Slides": "slides"}
SOUND_INPUTS: Final = {"Host mic": "mic1", "Guest mic": "mic2", "Music": "desktop1"}


def practice_studio(clips_dir: Path) -> Studio:
    """A studio with scenes Wide, Close, Table, Slides and Safe, and the sound inputs Host mic, Guest mic and Music."""
    studio = Studio()
    for scene in SCENES:
        studio.add_scene(scene)
    for scene, clip in CLIPS.items():
        settings = {"local_file": str(clips_dir / f"{clip}.mp4"), "looping": True, "restart_on_activate": False}
        studio.add_input(scene, f"{scene} camera", "ffmpeg_source", settings)
        _fill(studio, scene)
    _add_safe(studio)
    for name, slot in SOUND_INPUTS.items():
        kind = "pulse_output_capture" if slot.startswith("desktop") else "pulse_input_capture"
        studio.inputs[name] = Input(name, kind, {"device_id": "default"}, special=slot)
    studio.take_events()
    return studio


def empty_studio() -> Studio:
    """A studio as a fresh OBS has it: one empty scene, "Scene"."""
    studio = Studio()
    studio.add_scene("Scene")
    studio.take_events()
    return studio


def _fill(studio: Studio, scene: str) -> None:
    item = studio.scenes[scene].items[-1]
    studio.put_item(scene, type(item)(item.id, item.source, True, FULL))


def _add_safe(studio: Studio) -> None:
    width, height = CANVAS
    colour = {"color": 0xFF3A2A20, "width": width, "height": height}
    studio.add_input("Safe", "Safe ground", "color_source_v3", colour)
    text = {"text": "Back in a moment", "font": {"size": 72}, "color1": 0xFFB0D8F2}
    words = studio.add_input("Safe", "Safe words", "text_ft2_source_v2", text)
    middle = Transform(
        positionY=height / 2 - 50, boundsType="OBS_BOUNDS_SCALE_INNER", boundsWidth=width, boundsHeight=100
    )
    studio.put_item("Safe", type(words)(words.id, words.source, True, middle))
