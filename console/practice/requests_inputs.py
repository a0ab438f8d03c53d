"""Answers about inputs: kinds, settings, mute and volume. Pure."""

import math

from console.practice.model import Studio
from console.practice.registry import Data, answers
from console.practice.values import DEFAULT_SETTINGS, INPUT_KINDS, Input, Intent, unversioned
from console.practice.wire import Fields, Refused, Status


def _input_data(input: Input) -> Data:
    kind = {"inputKind": input.kind, "unversionedInputKind": unversioned(input.kind)}
    return {"inputName": input.name, **kind}


@answers
def get_input_list(studio: Studio, fields: Fields) -> Data:
    """All inputs, or those of one kind."""
    kind = fields.text("inputKind") if fields.has("inputKind") else None
    found = [input for input in studio.inputs.values() if kind in (None, input.kind)]
    return {"inputs": [_input_data(input) for input in found]}


@answers
def get_input_kind_list(studio: Studio, _: Fields) -> Data:
    """The kinds of input there are."""
    return {"inputKinds": list(INPUT_KINDS)}


@answers
def get_special_inputs(studio: Studio, _: Fields) -> Data:
    """The inputs that fill the audio device slots."""
    slots = ("desktop1", "desktop2", "mic1", "mic2", "mic3", "mic4")
    names = {input.special: input.name for input in studio.inputs.values() if input.special}
    return {slot: names.get(slot) for slot in slots}


@answers
def create_input(studio: Studio, fields: Fields) -> Data:
    """A new input in a scene."""
    scene = studio.scene(fields.text("sceneName"))
    name, kind = fields.text("inputName"), fields.text("inputKind")
    settings = fields.table("inputSettings", or_empty=True) if fields.has("inputSettings") else {}
    is_enabled = fields.flag("sceneItemEnabled") if fields.has("sceneItemEnabled") else True
    item = studio.add_input(scene.name, name, kind, settings, is_enabled=is_enabled)
    return {"sceneItemId": item.id}


@answers
def remove_input(studio: Studio, fields: Fields) -> None:
    """Take an input away."""
    studio.remove_input(fields.text("inputName"))


@answers
def set_input_name(studio: Studio, fields: Fields) -> None:
    """Rename an input."""
    studio.rename_input(fields.text("inputName"), fields.text("newInputName"))


@answers
def get_input_settings(studio: Studio, fields: Fields) -> Data:
    """An input's settings, without its kind's defaults."""
    input = studio.input(fields.text("inputName"))
    return {"inputKind": input.kind, "inputSettings": dict(input.settings)}


@answers
def set_input_settings(studio: Studio, fields: Fields) -> None:
    """Change an input's settings; with `overlay` false the old ones go."""
    name = studio.input(fields.text("inputName")).name
    settings = fields.table("inputSettings", or_empty=True)
    studio.put_settings(name, settings, is_overlay=fields.flag("overlay") if fields.has("overlay") else True)


@answers
def get_input_default_settings(studio: Studio, fields: Fields) -> Data:
    """What a kind of input starts with."""
    kind = fields.text("inputKind")
    if kind not in INPUT_KINDS:
        raise Refused(Status.WRONG_INPUT_KIND)
    return {"defaultInputSettings": DEFAULT_SETTINGS.get(kind, {})}


@answers
def get_input_mute(studio: Studio, fields: Fields) -> Data:
    """Whether an input is muted."""
    return {"inputMuted": studio.input(fields.text("inputName"), with_audio=True).is_muted}


@answers
def set_input_mute(studio: Studio, fields: Fields) -> None:
    """Mute or open an input."""
    name = studio.input(fields.text("inputName"), with_audio=True).name
    studio.set_muted(name, fields.flag("inputMuted"))


@answers
def toggle_input_mute(studio: Studio, fields: Fields) -> Data:
    """The other way round."""
    input = studio.input(fields.text("inputName"), with_audio=True)
    studio.set_muted(input.name, not input.is_muted)
    return {"inputMuted": input.is_muted}


@answers
def get_input_volume(studio: Studio, fields: Fields) -> Data:
    """An input's fader."""
    return _volume(studio.input(fields.text("inputName"), with_audio=True))


@answers
def set_input_volume(studio: Studio, fields: Fields) -> None:
    """Move an input's fader, by dB or by factor."""
    input = studio.input(fields.text("inputName"), with_audio=True)
    if fields.has("inputVolumeMul"):
        input.volume_mul = fields.number("inputVolumeMul", 0, 20)
    else:
        input.volume_mul = 10 ** (fields.number("inputVolumeDb", -100, 26) / 20)
    studio.tell("InputVolumeChanged", Intent.INPUTS, inputName=input.name, **_volume(input))


def _volume(input: Input) -> Data:
    decibels = 20 * math.log10(input.volume_mul) if input.volume_mul > 1e-5 else -100.0
    return {"inputVolumeMul": input.volume_mul, "inputVolumeDb": decibels}
