"""The scene collection of the practice studio: what a small live-shopping studio would have. Pure."""

from pathlib import Path
from typing import Final

from console.practice.model import Studio
from console.practice.values import CANVAS, FULL, Transform, Transition

SCENES: Final = ("Wide", "Close", "Table", "Slides", "Safe")
CLIPS: Final = {"Wide": "wide", "Close": "close", "Table": "table", "Slides": "slides"}
STINGER_MS: Final = 1200
SOUND_INPUTS: Final = {"Host mic": "mic1", "Guest mic": "mic2", "Music": "desktop1"}


def practice_studio(clips_dir: Path) -> Studio:
    """A studio with scenes Wide, Close, Table, Slides, Safe and Titles, and inputs Host mic, Guest mic and Music.

    Titles is for rehearsing sources: a nested scene, a clip of 9 s that ends, a text with a filter, a group.
    """
    studio = Studio()
    for scene in SCENES:
        studio.add_scene(scene)
    for scene, clip in CLIPS.items():
        settings = {"local_file": str(clips_dir / f"{clip}.mp4"), "looping": True, "restart_on_activate": False}
        studio.add_input(scene, f"{scene} camera", "ffmpeg_source", settings)
        _fill(studio, scene)
    _add_safe(studio)
    _add_titles(studio, clips_dir)
    studio.transitions["Stinger"] = Transition("Stinger", "obs_stinger_transition", STINGER_MS)
    for name, slot in SOUND_INPUTS.items():
        kind = "pulse_output_capture" if slot.startswith("desktop") else "pulse_input_capture"
        studio.add_device(name, kind, slot)
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


def _add_titles(studio: Studio, clips_dir: Path) -> None:
    width, height = CANVAS
    studio.add_scene("Titles")
    studio.add_item("Titles", "Wide")
    clip = studio.add_input("Titles", "Teaser", "ffmpeg_source", {"local_file": str(clips_dir / "table.mp4")})
    corner = Transform(
        positionX=width * 0.62,
        positionY=height * 0.06,
        boundsType="OBS_BOUNDS_SCALE_INNER",
        boundsWidth=width / 3,
        boundsHeight=height / 3,
    )
    studio.put_item("Titles", type(clip)(clip.id, clip.source, True, corner))
    studio.add_scene("Lower third", is_group=True)
    band = {"color": 0xFF201810, "width": width, "height": 110}
    ground = studio.add_input("Lower third", "Band", "color_source_v3", band)
    studio.put_item("Lower third", type(ground)(ground.id, ground.source, True, Transform(positionY=height - 130.0)))
    text = {"text": "Linen cap · 19.00 EUR", "font": {"size": 56}, "color1": 0xFFFFFFFF}
    title = studio.add_input("Lower third", "Title", "text_ft2_source_v2", text)
    place = Transform(positionX=60.0, positionY=height - 108.0)
    studio.put_item("Lower third", type(title)(title.id, title.source, True, place))
    studio.add_filter("Title", "Glow", "color_filter_v2", {"opacity": 1.0})
    studio.add_item("Titles", "Lower third")
