"""The first own show, made from what is found in an OBS. Pure: who asks OBS hands the findings in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from console.settings.addresses import addresses_in, may_be_shared, without_password
from console.settings.money import Money
from console.settings.show import Camera, Cue, Drop, Obs, Shop, Show
from console.settings.sound import Audio, Channel

_SOUND_KINDS: Final = ("pulse_input", "wasapi_input", "coreaudio_input", "alsa_input", "jack_output", "asio_input")
_MOST_CAMERAS: Final = 9  # as many as there are number keys
_SAFE_WORDS: Final = ("safe", "be right back", "brb", "pause", "break", "standby", "starting soon", "holding")


@dataclass(frozen=True, slots=True)
class FoundInput:
    """One input of OBS: its name, its kind (`ffmpeg_source`, ...) and its settings as OBS tells them."""

    name: str
    kind: str
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundScene:
    """One scene of OBS with the names of the inputs in it, nested scenes included."""

    name: str
    inputs: tuple[str, ...] = ()


def first_show(
    name: str,
    *,
    scenes: Sequence[FoundScene],
    inputs: Sequence[FoundInput] = (),
    obs_url: str = "ws://127.0.0.1:4455",
    audio_device: str | None = None,
    audio_inputs: int = 0,
    shop: Shop | None = None,
    currency: str = "EUR",
) -> Show:
    """A show fit to begin with: a tile and a cue for each scene, a channel for each sound input, one drop to try.

    A camera has an address when exactly one network stream that several may open is in its scene; the tile of any
    other comes from OBS, which alone may hold a webcam, a capture card or an SRT listener (law 1).
    audio_inputs: how many inputs the sound device has; 0 leaves the sound to be set up later.
    """
    safe = safe_scene_of([scene.name for scene in scenes])
    on_tiles = [scene for scene in scenes if scene.name != safe][:_MOST_CAMERAS]
    by_name = {found.name: found for found in inputs}
    taken = _once(scene.name for scene in on_tiles)
    cameras = tuple(_camera(scene, by_name) for scene in on_tiles if taken.pop(scene.name, None) is not None)
    drop = Drop(id="first-drop", title="First drop", price=Money(minor=1900, currency=currency), stock=10)
    return Show(
        name=name.strip()[:80] or "My show",
        obs=Obs(url=obs_url, safe_scene=safe),
        cameras=cameras,
        audio=Audio(device=audio_device, channels=_channels(inputs, audio_inputs)),
        shop=shop or Shop(),
        drops=(drop,),
        cues=tuple(Cue(name=camera.name, scene=camera.scene) for camera in cameras),
    )


def safe_scene_of(scenes: Sequence[str]) -> str | None:
    """The scene whose name says that it is always fit to show, if one does."""
    for word in _SAFE_WORDS:
        for scene in scenes:
            if word in scene.casefold():
                return scene
    return None


def addresses_of(found: FoundInput) -> tuple[str, ...]:
    """The network addresses in an input's settings, as written there."""
    return addresses_in(found.settings)


def _camera(scene: FoundScene, inputs: Mapping[str, FoundInput]) -> Camera:
    addresses = {a for name in scene.inputs if name in inputs for a in addresses_of(inputs[name])}
    mrl = addresses.pop() if len(addresses) == 1 else None
    is_open = mrl is not None and may_be_shared(mrl) and mrl == without_password(mrl)  # no password in a file (law 8)
    return Camera(name=scene.name[:80], scene=scene.name, mrl=mrl if is_open else None)


def _channels(inputs: Sequence[FoundInput], count: int) -> tuple[Channel, ...]:
    sounds = [found.name for found in inputs if found.kind.startswith(_SOUND_KINDS)]
    names = list(_once(name[:80] for name in sounds))[: min(count, 32)]
    return tuple(Channel(name=name, inputs=(port,), obs_input=name) for port, name in enumerate(names, start=1))


def _once(names: Iterable[str]) -> dict[str, bool]:
    return {name: True for name in names if name.strip()}
