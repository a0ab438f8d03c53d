"""OBS's inputs by their kinds, and the addresses in its media inputs. Asks only; loop thread."""

from collections.abc import Iterable
from typing import Final

from console.settings.addresses import addresses_in
from scenes.port import Obs
from scenes.reading.sync import rows
from scenes.sources.media import MEDIA_KINDS
from scenes.wire.line import ObsRefused

AT_ONCE: Final = 40  # a long answer is parsed in one go, which holds the window up


async def inputs_of(obs: Obs, kinds: Iterable[str]) -> list[str] | None:
    """The names of all inputs of these kinds; None while OBS does not say. Raises ObsGone."""
    listed = await obs.batch([("GetInputList", {"inputKind": kind}) for kind in kinds])
    if all(isinstance(answer, ObsRefused) for answer in listed):  # loading
        return None
    return [
        str(row["inputName"])
        for answer in listed
        if not isinstance(answer, ObsRefused)
        for row in rows(answer, "inputs")
        if "inputName" in row
    ]


async def media_addresses(obs: Obs) -> dict[str, tuple[str, ...]] | None:
    """The network addresses of each media input, by its name; None while OBS does not say. Raises ObsGone."""
    names = await inputs_of(obs, MEDIA_KINDS)
    if names is None:
        return None
    found: dict[str, tuple[str, ...]] = {}
    for begin in range(0, len(names), AT_ONCE):
        some = names[begin : begin + AT_ONCE]
        answers = await obs.batch([("GetInputSettings", {"inputName": name}) for name in some])
        for name, answer in zip(some, answers, strict=True):
            settings = None if isinstance(answer, ObsRefused) else answer.get("inputSettings")
            if isinstance(settings, dict):
                found[name] = addresses_in(settings)
    return found
