"""A show as TOML text, and changes to a text that keep the person's comments. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import tomlkit
from pydantic import BaseModel
from tomlkit.items import AoT, Table

from console.settings.money import Money, minor_digits
from console.settings.show import Show
from console.show.lines import Path

_HEAD: Final = "A Cuedrop show. Data only: opening it runs nothing. Keys: see README."
_HELP: Final[dict[str, str]] = {
    "obs": "The OBS Studio that makes the picture. Its password is in the keyring under the name in `secret`.",
    "cameras": "One live tile each. Without `mrl` the tile comes from OBS.",
    "audio": 'The sound device as "host API: name"; leave it out for the system default.',
    "audio.channels": "One audio input each; `inputs` count from 1. `obs_input`: mute acts in OBS too.",
    "audio.returns": "What one person hears: everything but the channels in `listener`.",
    "audio.presets": "Named mixes: gains by return and channel, and which channels are muted.",
    "shop": 'Where buyers buy: "embedded", "events" (another shop) or "manual".',
    "host": "The host's page on a phone; off until it is turned on in the window.",
    "drops": "Timed sales: one product, one price, a stock, a duration.",
    "drop_templates": "Drops to make new ones from: never sold themselves.",
    "switching": "How takes are guarded.",
    "failover": "What happens when what is on air fails; off until it is turned on in the window.",
    "looks": "Named lists of changes, recorded in the window: steps, and perhaps a scene to take.",
    "multiview": "The second window: how many tiles, what they show, which frame guides.",
    "cues": "The rundown. A cue may arm a drop, never fire it.",
}
_PARTS: Final = tuple(
    "obs switching failover cameras multiview audio shop host drops cues looks drop_templates".split()
)
_QUIET: Final = frozenset({"switching", "failover", "multiview", "host"})  # written only when something in it is set
_ALWAYS: Final = frozenset({"name", "url", "safe_scene", "scene", "kind", "device", "duration_s", "stock", "inputs"})


def money_text(money: Money) -> str:
    """`19.00 EUR`, as a show file says it."""
    digits = minor_digits(money.currency)
    if not digits:
        return f"{money.minor} {money.currency}"
    whole, fraction = divmod(money.minor, 10**digits)
    return f"{whole}.{fraction:0{digits}d} {money.currency}"


def show_text(show: Show) -> str:
    """`show` as a new file's text: what differs from the defaults, each part with a line of help."""
    document = tomlkit.document()
    document.add(tomlkit.comment(_HEAD))
    document.add("format", tomlkit.item(show.format))
    document.add("name", tomlkit.item(show.name))
    for name in _PARTS:
        part = getattr(show, name)
        if name in _QUIET and part == type(part)():
            continue
        if isinstance(part, BaseModel):
            document.add(name, _table(part, name))
        elif part:
            document.add(name, _tables(part, name))
    return tomlkit.dumps(document)


def entry_text(name: str, part: BaseModel) -> str:
    """`part` as one `[[name]]` of a show file: what differs from the defaults."""
    document = tomlkit.document()
    document.add(name, tomlkit.aot())
    document[name].append(_table(part, name, with_help=False))
    return tomlkit.dumps(document)


def changed_text(text: str, changes: Mapping[Path, object]) -> str:
    """`text` with each path set to its value; None takes the key or list item away. Comments stay.

    text: valid TOML. Raises KeyError when a path leads through something that is not there and cannot be made.
    """
    document = tomlkit.parse(text)
    for path, value in changes.items():
        _change(document, path, value)
    return tomlkit.dumps(document)


def _change(document: Any, path: Path, value: object) -> None:
    here = document
    for part in path[:-1]:
        if isinstance(part, str) and part not in here:
            here[part] = tomlkit.table()
        try:
            here = here[part]
        except (IndexError, TypeError) as error:
            raise KeyError(path) from error
    last: Any = path[-1]
    if value is None:
        if isinstance(last, int) or last in here:
            del here[last]
    elif isinstance(last, int) and last == len(here):
        here.append(_plain(value))
    elif isinstance(here, Sequence) and not isinstance(last, int):
        raise KeyError(path)
    else:
        here[last] = _plain(value)


def _plain(value: object) -> Any:
    if isinstance(value, Money):
        return money_text(value)
    if isinstance(value, BaseModel):
        return _table(value, "", with_help=False)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _tables(parts: Sequence[BaseModel], name: str) -> AoT:
    tables = tomlkit.aot()
    for number, part in enumerate(parts):
        tables.append(_table(part, name, with_help=number == 0))
    return tables


def _table(part: BaseModel, name: str, *, with_help: bool = True) -> Table:
    table = tomlkit.table()
    if with_help and name in _HELP:
        table.comment(_HELP[name])
    later: list[tuple[str, Any]] = []
    for key, field in type(part).model_fields.items():
        value = getattr(part, key)
        if value is None or (value == field.get_default(call_default_factory=True) and key not in _ALWAYS):
            continue
        if isinstance(value, BaseModel) and not isinstance(value, Money):
            later.append((key, _inline(value)))
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            later.append((key, _tables(value, f"{name}.{key}")))
        elif isinstance(value, dict):
            table.add(key, _inline_dict(value))
        else:
            table.add(key, tomlkit.item(_plain(value)))
    for key, item in later:
        table.add(key, item)
    return table


def _inline(part: BaseModel) -> Any:
    return _inline_dict(part.model_dump(exclude_none=True))


def _inline_dict(values: Mapping[str, Any]) -> Any:
    table = tomlkit.inline_table()
    table.update(values)
    return table
