"""Cameras that were found and can be added with one click: OBS's inputs and this machine's devices. Pure.

An input of OBS that a second program may open is offered with its address; any other stays OBS's, and says why.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, Protocol

from console.cameras.devices import LISTS, Device
from console.cameras.state import Offer, OfferKind
from console.settings.addresses import addresses_in, may_be_shared, without_password
from console.settings.show import Camera

DEVICE_KEYS: Final = {**LISTS, "v4l2_input": "device_id", "pipewire-camera-source": "", "decklink-input": ""}
_MEDIA_KINDS: Final = ("ffmpeg_source", "vlc_source")
_NDI_KINDS: Final = ("ndi_source",)
LONGEST_NAME: Final = 80

DEVICE_NOTE: Final = "Only one program can open it: it is OBS's, its picture comes from OBS."
FREE_NOTE: Final = "Only one program can open it: while Cuedrop shows it, OBS cannot."
ALONE_NOTE: Final = "OBS has the only line to it: its picture comes from OBS. Hand it over to have both."
NDI_NOTE: Final = "NDI is opened by OBS alone: its picture comes from OBS."
PASSWORD_NOTE: Final = "Its password stays in OBS: name an entry of the keyring that holds it."


class Input(Protocol):
    """An input of OBS, as its description tells it."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def kind(self) -> str:
        """Its kind, as OBS names it."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Its settings, defaults left out."""


def offers_of(
    inputs: Iterable[Input],
    scenes: Mapping[str, Collection[str]],
    *,
    devices: Iterable[Device] = (),
    cameras: Iterable[Camera] = (),
) -> tuple[Offer, ...]:
    """What can be added: OBS's inputs first, then devices that none of them holds; what `cameras` show is left out.

    scenes: name of each scene in OBS's order, and the inputs that it shows. devices: of the machine on which the
    console and OBS run. Every offer has a name of its own that no camera has.
    """
    cameras, inputs = tuple(cameras), tuple(inputs)
    held = {value for each in inputs if (value := _device_of(each))}
    found = [offer for each in inputs if (offer := _offer(each, _scene_of(each.name, scenes), cameras)) is not None]
    for device in devices:
        shown = any((c.mrl, c.options) == (device.mrl, device.options) for c in cameras)
        if not shown and not held & device.known_as:
            found.append(Offer(OfferKind.DEVICE, device.name, device.mrl, note=FREE_NOTE, options=device.options))
    return _named(found, {camera.name for camera in cameras})


def _offer(found: Input, scene: str | None, cameras: Collection[Camera]) -> Offer | None:
    """The offer of one input; None when it is no camera, or a tile shows it already."""
    addresses = addresses_in(found.settings) if found.kind in _MEDIA_KINDS else ()
    if any(_shows(camera, found, scene, addresses) for camera in cameras):
        return None
    if len(addresses) == 1 and may_be_shared(addresses[0]):
        mrl = without_password(addresses[0])
        note = PASSWORD_NOTE if mrl != addresses[0] else ""
        return Offer(OfferKind.OBS, found.name, mrl, scene, note=note)
    if addresses:
        return Offer(OfferKind.OBS, found.name, None, scene, found.name, ALONE_NOTE)
    if found.kind in DEVICE_KEYS:
        return Offer(OfferKind.OBS, found.name, None, scene, found.name, DEVICE_NOTE)
    if found.kind in _NDI_KINDS:
        return Offer(OfferKind.OBS, found.name, None, scene, found.name, NDI_NOTE)
    return None


def _shows(camera: Camera, found: Input, scene: str | None, addresses: Collection[str]) -> bool:
    if camera.mrl is not None and camera.mrl in {*addresses, *map(without_password, addresses)}:
        return True
    if camera.source is not None:
        return camera.source == found.name
    return camera.mrl is None and scene is not None and camera.scene == scene


def _scene_of(name: str, scenes: Mapping[str, Collection[str]]) -> str | None:
    """The scene that shows the input by itself as far as possible; the first of equals."""
    showing = [scene for scene, shown in scenes.items() if name in shown]
    return min(showing, key=lambda scene: len(scenes[scene]), default=None)


def _device_of(found: Input) -> str:
    value = found.settings.get(DEVICE_KEYS.get(found.kind, ""))
    return value if isinstance(value, str) else ""


def _named(offers: Iterable[Offer], taken: set[str]) -> tuple[Offer, ...]:
    """The offers under names that are theirs alone and fit a camera."""
    named = []
    for offer in offers:
        wanted = offer.name.strip()[:LONGEST_NAME] or "Camera"
        name, number = wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted[: LONGEST_NAME - 4]} {number}"
        taken.add(name)
        named.append(Offer(offer.kind, name, offer.mrl, offer.scene, offer.source, offer.note, offer.options))
    return tuple(named)
