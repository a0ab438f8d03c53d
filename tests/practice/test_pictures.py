"""The practice pictures, and what the practice OBS makes of them."""

import base64
import io
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from console.practice import compose
from console.practice.collection import practice_studio
from console.practice.compose import drawn_size
from console.practice.model import Studio
from console.practice.obs import PracticeObs
from console.practice.pictures import PERIOD_S, SCENES, draw
from console.practice.values import Intent, Transform
from tests.practice.client import client
from tests.practice.paths import RESOURCES


def difference(a: Image.Image, b: Image.Image) -> float:
    return float(np.mean(np.abs(np.asarray(a, np.int16) - np.asarray(b, np.int16))))


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("size", [(160, 90), (480, 270), (270, 480), (64, 64)])
def test_a_picture_has_the_size_that_was_asked_for(scene: str, size: tuple[int, int]) -> None:
    picture = draw(scene, 1.0, *size)
    assert picture.size == size
    assert picture.mode == "RGB"
    assert np.asarray(picture).std() > 10  # something is in it


@pytest.mark.parametrize("scene", SCENES)
def test_a_picture_moves_and_comes_back_without_a_seam(scene: str) -> None:
    first = draw(scene, 0.0, 320, 180)
    assert difference(first, draw(scene, PERIOD_S, 320, 180)) < 0.01
    assert difference(first, draw(scene, PERIOD_S * 0.37, 320, 180)) > 0.5
    step = difference(draw(scene, 2.0, 320, 180), draw(scene, 2.04, 320, 180))
    assert step < 6  # no jumps


def test_the_scenes_look_different() -> None:
    pictures = [draw(scene, 1.0, 160, 90) for scene in SCENES]
    assert all(difference(a, b) > 5 for i, a in enumerate(pictures) for b in pictures[:i])


@pytest.mark.parametrize("scene", SCENES)
def test_each_scene_has_a_small_clip(scene: str) -> None:
    clip = RESOURCES / "practice" / f"{scene}.mp4"
    assert 20_000 < clip.stat().st_size < 600 * 1024
    assert clip.read_bytes()[4:8] == b"ftyp"


@pytest.mark.parametrize("name", ["voice-host", "voice-guest", "music"])
def test_the_sounds_are_mono_48_khz_and_audible(name: str) -> None:
    with wave.open(str(RESOURCES / "practice" / f"{name}.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 48_000, 2)
        assert file.getnframes() == 480_000
        samples = np.frombuffer(file.readframes(480_000), dtype="<i2") / 32768
    assert 0.05 < np.max(np.abs(samples)) < 0.5
    assert abs(samples.mean()) < 0.01


async def shot(obs: PracticeObs, source: str, kind: str = "png", width: int = 320, height: int = 180) -> Image.Image:
    size = {"imageWidth": width, "imageHeight": height}
    async with client(obs, mask=int(Intent.SCENES)) as it:
        answer = await it.call("GetSourceScreenshot", sourceName=source, imageFormat=kind, **size)
    head, _, body = answer["imageData"].partition(",")
    assert head == f"data:image/{kind};base64"
    with Image.open(io.BytesIO(base64.b64decode(body))) as picture:
        return picture.convert("RGB")


@pytest.mark.parametrize("kind", ["jpg", "png"])
async def test_a_screenshot_decodes_at_its_size(kind: str) -> None:
    async with PracticeObs() as obs:
        picture = await shot(obs, "Wide", kind)
    assert picture.size == (320, 180)
    assert difference(picture, draw("wide", 0.0, 320, 180)) < 12


async def test_an_overlay_is_drawn_where_its_transform_says(tmp_path: Path) -> None:
    overlay = tmp_path / "qr.png"
    Image.new("RGB", (240, 240), (0, 0, 255)).save(overlay)
    async with PracticeObs() as obs:
        async with client(obs) as it:
            made = {"sceneName": "Table", "inputName": "QR", "inputKind": "image_source"}
            item = await it.call("CreateInput", **made, inputSettings={"file": str(overlay)})
            place = {"positionX": 1000, "positionY": 440, "scaleX": 1.0, "scaleY": 1.0}
            await it.call("SetSceneItemTransform", sceneName="Table", **item, sceneItemTransform=place)
            told = await it.call("GetSceneItemTransform", sceneName="Table", **item)
        picture = await shot(obs, "Table")
    assert told["sceneItemTransform"]["sourceWidth"] == 240
    inside, outside = picture.getpixel((280, 140)), picture.getpixel((230, 140))
    assert inside == (0, 0, 255)
    assert outside != (0, 0, 255)


async def test_a_hidden_item_is_not_drawn() -> None:
    async with PracticeObs() as obs:
        async with client(obs) as it:
            await it.call("SetSceneItemEnabled", sceneName="Wide", sceneItemId=1, sceneItemEnabled=False)
        picture = await shot(obs, "Wide")
    assert picture.getextrema() == ((0, 0), (0, 0), (0, 0))


async def test_colour_and_text_are_drawn() -> None:
    async with PracticeObs() as obs:
        picture = await shot(obs, "Safe")
    assert picture.getpixel((3, 3)) == (0x20, 0x2A, 0x3A)
    assert np.asarray(picture).max() > 200  # the words are light


def test_bounds_say_how_large_an_item_is() -> None:
    fit = Transform(boundsType="OBS_BOUNDS_SCALE_INNER", boundsWidth=1280, boundsHeight=720)
    assert drawn_size(fit, 640, 180) == (1280, 360)
    assert drawn_size(replace(fit, boundsType="OBS_BOUNDS_SCALE_OUTER"), 640, 180) == (2560, 720)
    assert drawn_size(replace(fit, boundsType="OBS_BOUNDS_STRETCH"), 640, 180) == (1280, 720)
    assert drawn_size(Transform(scaleX=0.5, cropLeft=40), 640, 180) == (300, 180)


def pixel(made: Studio, x: float, y: float) -> tuple[int, int, int]:
    picture = compose.draw(made, "Titles", 320, 180)
    found = picture.getpixel((round(320 * x), round(180 * y)))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def titles() -> Studio:
    made = practice_studio(RESOURCES / "practice")
    made.set_transition("Cut")
    made.tick(1.0)
    made.take("Titles")
    return made


def test_what_is_under_a_group_is_seen_beside_what_is_in_it() -> None:
    made = titles()
    assert pixel(made, 0.02, 0.85) == (16, 24, 32)  # the band of the lower third
    assert pixel(made, 0.45, 0.5) != (0, 0, 0)  # the host under it
    group = next(item for item in made.scenes["Titles"].items if item.source == "Lower third")
    made.put_item("Titles", replace(group, is_enabled=False))
    assert pixel(made, 0.02, 0.85) != (16, 24, 32)


def test_a_clip_is_seen_while_it_plays_and_no_longer() -> None:
    made = titles()
    while_on = pixel(made, 0.75, 0.32)
    made.media_action("Teaser", "STOP")
    assert pixel(made, 0.75, 0.32) != while_on


def test_a_text_is_seen_as_it_is_now() -> None:
    made = titles()
    before = compose.draw(made, "Title", 200, 40).tobytes()
    made.put_settings("Title", {"text": "Sold out"}, is_overlay=True)
    assert compose.draw(made, "Title", 200, 40).tobytes() != before
