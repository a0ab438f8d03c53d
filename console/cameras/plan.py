"""Whether a camera is opened by a worker of ours or shown by OBS. Pure: reaches no host, opens no file."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.cameras.held import Line, line_of
from console.cameras.mrl import Address, Kind, parse_mrl, refused_options
from console.cameras.state import Origin
from console.settings.show import Camera


@dataclass(frozen=True, slots=True)
class Plan:
    """How a tile gets its picture. `why` and `fix` say why it is not as the show file names it.

    source: the input of OBS that has it, where that is known.
    """

    origin: Origin
    is_open: bool = True  # False: nothing is opened until the director says yes
    why: str = ""
    fix: str = ""
    source: str | None = None


def plan_of(camera: Camera, *, is_trusted: bool, held: Mapping[Line, str] | None = None) -> Plan:
    """Whether `camera` is opened by a worker of ours or shown by OBS, and why when it is not as written.

    held: what inputs of OBS have alone.
    """
    if camera.mrl is None:
        return Plan(Origin.OBS)
    address = parse_mrl(camera.mrl)
    if address.kind is Kind.UNKNOWN:
        return Plan(
            Origin.WORKER,
            is_open=False,
            why=f"Nobody here can open an address of the kind {address.scheme}://.",
            fix=f"Correct the address of {camera.name} on the page CAMERAS (F5), for example srt://HOST:PORT.",
        )
    refused = refused_options(camera.options)
    if refused:
        return Plan(
            Origin.WORKER,
            is_open=False,
            why=f"The option {refused[0]} of {camera.name} is not one that a show file may set.",
            fix=f"Take {refused[0]} out of {camera.name} on the page CAMERAS (F5).",
        )
    if not camera.may_open:
        line = line_of(camera.mrl)
        source = (held or {}).get(line) if line is not None else None
        if source is not None or address.kind in (Kind.DEVICE, Kind.LISTENER):
            return _of_obs(camera, address, source)
    if not address.is_local and not is_trusted:
        return Plan(
            Origin.WORKER,
            is_open=False,
            why=f"Not opened yet: this show names the machine {address.host}.",
            fix="Say yes to the show's machines, or start with --trust.",
        )
    return Plan(Origin.WORKER)


def _of_obs(camera: Camera, address: Address, source: str | None) -> Plan:
    """Only one program can have it, and that is OBS."""
    if source is not None and address.kind is Kind.NETWORK:
        return Plan(
            Origin.OBS,
            why=f"OBS has the only line to {camera.name} ({source}): its picture comes from OBS.",
            fix=f"Leave it so, or hand {camera.name} over on the page CAMERAS (F5) to have both.",
            source=source,
        )
    what = "a device" if address.kind is Kind.DEVICE else "a port that one sender calls"
    return Plan(
        Origin.OBS,
        why=f"{camera.name} is {what}: only one program can open it. It is OBS's, its picture comes from OBS.",
        fix=f"Leave it so, or let Cuedrop open {camera.name} on the page CAMERAS (F5): OBS cannot then.",
        source=source,
    )
