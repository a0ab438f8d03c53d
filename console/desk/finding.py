"""Cameras found, not typed: what OBS's collection holds and this machine has, as offers. Loop thread; asks only."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from console.cameras.devices import LISTS, Device, listed_device, lists_devices, local_devices
from console.cameras.mrl import is_loopback
from console.cameras.offers import offers_of
from console.cameras.state import Offer
from console.core.errors import UserError
from console.settings.show import Show
from scenes.describe import DescribedInput
from scenes.port import Obs
from scenes.sources.devices import listed_devices
from scenes.wire.line import ObsGone


async def find_cameras(obs: Obs, show: Show) -> tuple[Offer, ...]:
    """What can be added to `show` with one click; without OBS, this machine's devices alone.

    Raises UserError when OBS does not answer and there is nothing to offer without it.
    """
    devices = await asyncio.to_thread(local_devices)
    try:
        described = await obs.describe()
        if not is_loopback(urlsplit(show.obs.url).hostname or ""):  # what that OBS holds is not this machine's
            devices = tuple(replace(device, known_as=frozenset()) for device in devices)
        elif lists_devices():
            devices += await _devices_of(obs, described.inputs)
    except ObsGone as gone:
        raise UserError(gone.why, fix=gone.fix) from gone
    except UserError:
        if not devices:
            raise
        return offers_of((), {}, devices=devices, cameras=show.cameras)
    scenes = {scene.name: scene.inputs for scene in described.scenes}
    return offers_of(described.inputs, scenes, devices=devices, cameras=show.cameras)


async def _devices_of(obs: Obs, inputs: Iterable[DescribedInput]) -> tuple[Device, ...]:
    """The devices as OBS lists them, where the platform has no list of its own."""
    listed = await listed_devices(obs, inputs, LISTS)
    found = (listed_device(each.kind, each.name, each.value) for each in listed)
    return tuple(device for device in found if device is not None)
