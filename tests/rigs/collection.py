"""The scenes that the rigs' OBSes hold, real and practice alike, and the files that they show. Blocking."""

import json
import math
import struct
import subprocess
import time
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from tests.rigs.bare import BareObs

COLOURS: Final = {
    "Wide": 0xFF3030C0,
    "Close": 0xFF30C030,
    "Table": 0xFFC03030,
    "Safe": 0xFF808080,
    "Slides": 0xFF30C0C0,
}
SCENES: Final = ("Wide", "Close", "Table", "Safe", "Slides", "Slides twin", "Nested", "Titles", "Spare")
GROUP: Final = "Corner"  # in Titles; holds the input Badge
BADGE: Final = {"color": 0xFF00FFFF, "width": 40, "height": 40}
STINGER: Final = "Stinger"
STINGER_MS: Final = 600
STINGER_CUT_MS: Final = 300
CLIP_MS: Final = 3000


@dataclass(frozen=True, slots=True)
class Media:
    """The files that the rig's sources show."""

    tone: Path
    clip: Path
    logo: Path
    stinger: Path


def write_media(folder: Path) -> Media:
    """Make them: a tone of 2 s, a clip of CLIP_MS with sound that can be sought anywhere, a logo, a stinger."""
    media = Media(*(folder / name for name in ("mic.wav", "clip.mov", "logo.png", "stinger.mov")))
    write_tone(media.tone)
    write_clip(media.clip, duration_ms=CLIP_MS)
    Image.new("RGB", (64, 64), (240, 160, 40)).save(media.logo)
    write_clip(media.stinger, duration_ms=STINGER_MS)
    return media


def write_clip(path: Path, *, duration_ms: int) -> None:
    """A small QuickTime film with sound, exactly that long, every frame a key frame."""
    seconds = duration_ms / 1000
    picture = ["-f", "lavfi", "-i", f"testsrc=size=160x90:rate=30:duration={seconds}"]
    sound = ["-f", "lavfi", "-i", f"sine=frequency=500:sample_rate=48000:duration={seconds}"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "1", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le"]
    subprocess.run(["ffmpeg", "-loglevel", "error", "-y", *picture, *sound, *codecs, str(path)], check=True)


def write_tone(path: Path, *, seconds: float = 2.0, peak_dbfs: float = -20.0) -> None:
    """A mono WAV of 1 kHz at `peak_dbfs`, 48 kHz."""
    peak = 32767 * 10 ** (peak_dbfs / 20)
    frames = (round(peak * math.sin(2 * math.pi * 1000 * n / 48000)) for n in range(round(48000 * seconds)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(b"".join(struct.pack("<h", frame) for frame in frames))


def write_collection(path: Path, media: Media, *, name: str) -> None:
    """What obs-websocket cannot make, as OBS saves it: a group (in the scene Old) and a stinger transition."""
    in_old = [_saved_item(GROUP, 1), {**_saved_item("Badge", 2), "group_item_backup": True}]
    group_size = {"custom_size": True, "cx": 40, "cy": 40, "id_counter": 1}
    stinger = {"path": str(media.stinger), "transition_point": STINGER_CUT_MS, "tp_type": 0}
    saved = {
        "name": name,
        "current_scene": "Old",
        "current_program_scene": "Old",
        "scene_order": [{"name": "Old"}],
        "sources": [
            {"id": "color_source", "versioned_id": "color_source_v3", "name": "Badge", "settings": BADGE},
            {"id": "scene", "name": "Old", "settings": {"id_counter": 2, "items": in_old}},
        ],
        "groups": [{"id": "group", "name": GROUP, "settings": {**group_size, "items": [_saved_item("Badge", 1)]}}],
        "transitions": [{"id": "obs_stinger_transition", "name": STINGER, "settings": stinger}],
        "current_transition": "Cut",
        "transition_duration": 300,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(saved))


def _saved_item(name: str, id: int) -> dict[str, Any]:
    places = {"pos": {"x": 0.0, "y": 0.0}, "scale": {"x": 1.0, "y": 1.0}, "bounds": {"x": 0.0, "y": 0.0}}
    return {"name": name, "id": id, "visible": True, "locked": False, "align": 5, "rot": 0.0, **places}


def build_scenes(client: BareObs, *, size: tuple[int, int], media: Media) -> None:
    """The rig's scenes, inputs and sound, in place of what there was; Wide on air, direct mode, Cut."""
    width, height = size
    old = [scene["sceneName"] for scene in client.call("GetSceneList")["scenes"]]
    for scene in SCENES:
        client.call("CreateScene", sceneName=scene)
    client.call("SetCurrentProgramScene", sceneName="Wide")
    if GROUP in client.call("GetGroupList")["groups"]:
        client.call("CreateSceneItem", sceneName="Titles", sourceName=GROUP)
    for scene in old:  # before the inputs are made: that makes OBS save, and a removal alone does not
        client.call("RemoveScene", sceneName=scene)
    for scene, colour in COLOURS.items():
        settings: dict[str, Any] = {"color": colour, "width": width, "height": height}
        make_input(client, scene, f"{scene} picture", "color_source_v3", settings)
    make_input(client, "Wide", "Mic", "ffmpeg_source", {"local_file": str(media.tone), "looping": True})
    client.call("CreateSceneItem", sceneName="Table", sourceName="Mic")
    client.call("CreateSceneItem", sceneName="Slides twin", sourceName="Slides picture")
    client.call("CreateSceneItem", sceneName="Nested", sourceName="Table")
    frame = {"color": 0xFFFFFFFF, "width": 100, "height": 20}
    make_input(client, "Nested", "Frame", "color_source_v3", frame)
    _fill_titles(client, media)
    reset(client)


def _fill_titles(client: BareObs, media: Media) -> None:
    text = {"text": "Good evening", "font": {"face": "Sans Serif", "size": 32}}
    make_input(client, "Titles", "Title", "text_ft2_source_v2", text)
    make_input(client, "Titles", "Logo", "image_source", {"file": str(media.logo)})
    make_input(client, "Titles", "Clip", "ffmpeg_source", {"local_file": str(media.clip)})
    kind = {"filterKind": "color_filter_v2", "filterSettings": {"opacity": 0.5}}
    client.call("CreateSourceFilter", sourceName="Title", filterName="Tint", **kind)


def make_input(client: BareObs, scene: str, name: str, kind: str, settings: dict[str, Any]) -> None:
    """Put a new input into a scene."""
    client.call("CreateInput", sceneName=scene, inputName=name, inputKind=kind, inputSettings=settings)


def reset(client: BareObs) -> None:
    """Back to the start: direct mode, Cut, Wide on air and nothing else."""
    client.call("SetStudioModeEnabled", studioModeEnabled=False)
    client.call("SetCurrentSceneTransition", transitionName="Cut")
    client.call("SetCurrentProgramScene", sceneName="Wide")
    client.call("SetInputMute", inputName="Mic", inputMuted=False)
    deadline = time.monotonic() + 5
    others = [*(f"{scene} picture" for scene in COLOURS if scene != "Wide"), "Title"]
    while not is_active(client, "Wide picture") or any(is_active(client, other) for other in others):
        if time.monotonic() > deadline:
            raise TimeoutError("OBS does not go back to Wide")


def is_active(client: BareObs, source: str) -> bool:
    """Whether an input is on program."""
    return bool(client.call("GetSourceActive", sourceName=source)["videoActive"])


def fill(client: BareObs, *, scenes: int, inputs: int) -> None:
    """Many more scenes ("Scene 001"...), with as many new inputs ("Input 0001"...) spread over them, by batches."""
    names = [f"Scene {number + 1:03}" for number in range(scenes)]
    client.batch([("CreateScene", {"sceneName": name}) for name in names])
    kind = {"inputKind": "color_source_v3", "inputSettings": {"color": 0xFF204060, "width": 8, "height": 8}}
    client.batch(
        [
            ("CreateInput", {"sceneName": names[number % scenes], "inputName": f"Input {number + 1:04}", **kind})
            for number in range(inputs)
        ]
    )
