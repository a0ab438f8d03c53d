"""Capture devices by name, as Linux lists them and as OBS lists them elsewhere. Reads sysfs: a few small files.

None is opened here: only one program can, and looking must not take it from OBS (law 1).
"""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SYSFS: Final = Path("/sys/class/video4linux")
DEV: Final = Path("/dev")
VIRTUAL_CAMERA: Final = "obs virtual camera"  # what OBS calls it in v4l2loopback; it shows the program, no camera
LISTS: Final = {  # which of OBS's inputs list the devices of the platform, and under which property
    "dshow_input": "video_device_id",
    "macos-avcapture": "device",
    "av_capture_input_v2": "device",
    "av_capture_input": "device",
}


@dataclass(frozen=True, slots=True)
class Device:
    """A capture device: how Cuedrop would open it, and every name that OBS may know it by."""

    name: str
    mrl: str
    options: tuple[str, ...] = ()
    known_as: frozenset[str] = frozenset()


def local_devices(sysfs: Path = SYSFS, dev: Path = DEV) -> tuple[Device, ...]:
    """The capture devices that Linux names, the virtual camera of OBS left out; none on other platforms."""
    links = _links(dev / "v4l")
    found = []
    for name, node in _nodes(sysfs, dev):
        if VIRTUAL_CAMERA not in name.lower():
            names = [str(link) for link in links.get(node.name, ())]
            lasting = next((link for link in names if "by-id" in link), str(node))  # stays when it is plugged in anew
            found.append(Device(name, f"v4l2://{lasting}", known_as=frozenset({str(node), *names})))
    return tuple(found)


def virtual_camera(sysfs: Path = SYSFS, dev: Path = DEV) -> Path | None:
    """The device in which OBS shows its virtual camera on this machine; None where there is none."""
    return next((node for name, node in _nodes(sysfs, dev) if VIRTUAL_CAMERA in name.lower()), None)


def listed_device(kind: str, name: str, value: str) -> Device | None:
    """A device out of OBS's own list of them (`LISTS`), for the machine that OBS runs on; None for an empty line."""
    if not name.strip() or not value.strip() or VIRTUAL_CAMERA in name.lower():
        return None
    if kind == "dshow_input":  # VLC knows it by its name alone
        return Device(name, "dshow://", (f":dshow-vdev={name}", ":dshow-adev=none"), frozenset({value}))
    return Device(name, f"avcapture://{value}", known_as=frozenset({value}))


def lists_devices(platform: str = sys.platform) -> bool:
    """Whether OBS has to be asked for this machine's devices, for want of another list."""
    return platform in ("win32", "darwin")


def _nodes(sysfs: Path, dev: Path) -> Iterator[tuple[str, Path]]:
    """Name and device of each camera, by number; what comes with a camera (metadata) has an index of its own."""
    try:
        entries = sorted(sysfs.iterdir(), key=lambda entry: (len(entry.name), entry.name))
    except OSError:
        return
    for entry in entries:
        with contextlib.suppress(OSError, UnicodeDecodeError):  # unplugged meanwhile
            index = entry / "index"
            if index.exists() and index.read_text().strip() != "0":
                continue
            name = (entry / "name").read_text().strip()
            yield name or entry.name, dev / entry.name


def _links(folder: Path) -> dict[str, list[Path]]:
    """The lasting names (by-id, by-path) of each node."""
    links: dict[str, list[Path]] = {}
    with contextlib.suppress(OSError):
        for link in sorted(folder.glob("by-*/*")):
            links.setdefault(link.resolve().name, []).append(link)
    return links
