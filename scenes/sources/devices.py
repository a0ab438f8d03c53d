"""The capture devices that an OBS lists in the properties of its inputs. Asks only; loop thread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scenes.describe import DescribedInput
from scenes.port import Obs
from scenes.reading.sync import rows
from scenes.wire.line import ObsRefused, Request


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """One line of a list of devices: the kind of the input that has it, its text, its value."""

    kind: str
    name: str
    value: str


async def listed_devices(
    obs: Obs, inputs: Iterable[DescribedInput], properties: Mapping[str, str]
) -> tuple[ListedDevice, ...]:
    """The devices that OBS can choose from, as one input of each kind lists them; without such an input none.

    properties: the kinds of inputs to ask, and the property that lists their devices. Raises ObsGone.
    """
    one_of = {each.kind: each.name for each in inputs if each.kind in properties}
    asked: list[Request] = [
        ("GetInputPropertiesListPropertyItems", {"inputName": name, "propertyName": properties[kind]})
        for kind, name in one_of.items()
    ]
    found: dict[tuple[str, str], ListedDevice] = {}
    for kind, answer in zip(one_of, await obs.batch(asked) if asked else [], strict=True):
        for row in [] if isinstance(answer, ObsRefused) else rows(answer, "propertyItems"):
            name, value = row.get("itemName"), row.get("itemValue")
            if isinstance(name, str) and isinstance(value, str) and row.get("itemEnabled") is not False:
                found.setdefault((name, value), ListedDevice(kind, name, value))
    return tuple(found.values())
