"""What is wrong with a show file, in words: each fault with its line, its key and what to do. Pure."""

import difflib
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from console.core.errors import UserError
from console.settings.show import Show
from console.show.lines import Path
from console.show.ports import free_words


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `line` counts from 1 (None: nowhere to be found), `key` is dotted, items counted from 1."""

    line: int | None
    key: str
    what: str
    fix: str

    def __str__(self) -> str:
        where = f" (line {self.line})" if self.line else ""
        return f"{self.what}{where}. {self.fix}"


class ShowFileError(UserError):
    """A show file that cannot be opened, with every fault in it."""

    def __init__(self, name: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line or 0, fault.key)))
        if len(self.faults) == 1:
            super().__init__(f"{name} cannot be opened: {_clause(self.faults[0])}.", fix=self.faults[0].fix)
            return
        listed = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(
            f"{name} cannot be opened, it has {len(self.faults)} faults:\n{listed}\n",
            fix="Mend these lines and open it again.",
        )


def faults_of(data: Mapping[str, Any], error: ValidationError | None, lines: Mapping[Path, int]) -> list[Fault]:
    """Every fault of a parsed show file: of shape (`error`), of names said twice, that lead nowhere; of ports."""
    found = [_shape_fault(detail, lines) for detail in error.errors() if not _is_only_after(detail)] if error else []
    return [*found, *_twice(data, lines), *_nowhere(data, lines), *_shared_outputs(data, lines)]


def near(word: str, known: Iterable[str]) -> str:
    """`Did you mean "Close"?`, or the known words, or "" when there are none."""
    names = list(dict.fromkeys(known))
    by_folded = {name.casefold(): name for name in reversed(names)}
    match = difflib.get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=0.6)
    if match:
        return f'Did you mean "{by_folded[match[0]]}"?'
    if not names:
        return ""
    listed = ", ".join(f'"{name}"' for name in names[:8])
    return f"There is: {listed}{' and more' if len(names) > 8 else ''}."


def line_of(path: Path, lines: Mapping[Path, int]) -> int | None:
    """The line of `path`, or of the nearest thing around it that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


def dotted(path: Path) -> str:
    """`cameras[1].name`: items counted from 1, as people count."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


# Shape: pydantic's findings in our words.

_WHAT: Final[dict[str, tuple[str, str]]] = {
    "missing": ("{key} is missing", "Add it to {place}."),
    "string_type": ("{key} must be text", 'Write it in quotes, like {last} = "...".'),
    "int_type": ("{key} must be a whole number", "Write it without quotes and without a decimal point."),
    "int_from_float": ("{key} must be a whole number", "Leave out what is behind the decimal point."),
    "int_parsing_size": ("{key} is far too large a number", "Write a smaller number."),
    "float_type": ("{key} must be a number", "Write it without quotes, like {last} = -6.0."),
    "bool_type": ("{key} must be true or false", "Write true or false, without quotes."),
    "tuple_type": ("{key} must be a list", "Write it in square brackets, like {last} = [...]."),
    "dict_type": ("{key} must be a table", "Write it in braces, like {last} = {{ Host = 0.0 }}."),
    "model_type": ("{key} must be a table", "Put its keys below a line with [{key}]."),
    "literal_error": ("{key} cannot be {value}", "Write {expected}."),
    "greater_than_equal": ("{key} is {value}, which is too low", "The lowest is {ge}."),
    "less_than_equal": ("{key} is {value}, which is too high", "The highest is {le}."),
    "string_too_short": ("{key} is empty", "Write something between the quotes."),
    "string_too_long": ("{key} is too long", "Use {max_length} characters at most."),
    "too_short": ("{key} has too few entries", "It needs {min_length} at least."),
    "too_long": ("{key} has too many entries", "It can hold {max_length} at most."),
    "string_pattern_mismatch": ("{key} cannot be {value}", "{pattern_words}"),
    "finite_number": ("{key} must be a number that is not infinite", "Write a number like -6.0."),
}

_PATTERNS: Final[dict[str, str]] = {
    r"^wss?://": "An OBS address begins with ws://, like ws://127.0.0.1:4455.",
    r"^https?://": "An address begins with https:// or http://.",
    r"^.+:\d{1,5}$": "Write host and port, like 127.0.0.1:8710.",
    r"^[a-z0-9][a-z0-9-]{0,62}$": 'Use lower case letters, digits and dashes, like "cap-01".',
    r"^https://[^\s{}]+(\{(order|amount|currency|pickup)\}[^\s{}]*)*$": (
        "Write it like https://pay.example/?amount={amount}&for={pickup}, with no other words in braces."
    ),
    r"^[A-Z]{3}$": 'Write the currency in three capital letters, like "EUR".',
}


def _is_only_after(detail: ErrorDetails) -> bool:
    """Whether a list has too few entries only since faulty ones of it were left out: they are told themselves."""
    given = detail["input"]
    return (
        detail["type"] == "too_short" and isinstance(given, list | tuple) and len(given) >= detail["ctx"]["min_length"]
    )


def _shape_fault(detail: ErrorDetails, lines: Mapping[Path, int]) -> Fault:
    path: Path = tuple(part for part in detail["loc"] if part != "[key]")
    line, kind = line_of(path, lines), detail["type"]
    if kind == "extra_forbidden":
        return Fault(line, dotted(path), *_unknown_key(path))
    if kind == "value_error":
        return Fault(line, dotted(path), *_said_by_the_model(detail, path))
    what, fix = _WHAT.get(kind, ("{key} does not fit here", "Look at the example in the README."))
    context: dict[str, Any] = {**detail.get("ctx", {})}
    words = {name: _number(value) for name, value in context.items()}
    words.update(
        key=dotted(path) or "the file", last=_last(path), value=_shown(detail["input"]), place=_place(path[:-1])
    )
    words["expected"] = str(context.get("expected", "")).replace("'", '"')
    words["pattern_words"] = _PATTERNS.get(str(context.get("pattern")), "Write it as in the README.")
    return Fault(line, dotted(path), what.format_map(words), fix.format_map(words))


def _unknown_key(path: Path) -> tuple[str, str]:
    known = _keys_at(path[:-1])
    match = near(str(path[-1]), known)
    place = _place(path[:-1])
    fix = match if match.startswith("Did") else f"Remove it; {place} knows {', '.join(known)}."
    return f'"{path[-1]}" is not a key of {place}', fix


def _said_by_the_model(detail: ErrorDetails, path: Path) -> tuple[str, str]:
    """A message of our own model: what, then what to do behind a colon."""
    text = detail["msg"].removeprefix("Value error, ")
    what, colon, fix = text.partition(": ")
    if colon:
        return what, f"{fix[:1].upper()}{fix[1:]}."
    return text, f"Mend {dotted(path) or 'it'}."


def _keys_at(path: Path) -> list[str]:
    """The keys that the model knows at `path`; none where it is no table of fixed keys."""
    here: Any = Show
    for part in path:
        if isinstance(part, str) and _is_model(here):
            field = here.model_fields.get(part)
            here = field.annotation if field else None
        here = _inner(here)
    return list(here.model_fields) if _is_model(here) else []


def _inner(annotation: Any) -> Any:
    """The model inside `Model | None`, `tuple[Model, ...]` and `Annotated[Model, ...]`, else the thing itself."""
    while not _is_model(annotation):
        origin = typing.get_origin(annotation)
        if origin is None:
            return annotation
        parts = [part for part in typing.get_args(annotation) if part not in (types.NoneType, Ellipsis)]
        if not parts or origin not in (tuple, types.UnionType, typing.Union, typing.Annotated):
            return None
        annotation = parts[0]
    return annotation


def _is_model(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, BaseModel)


def _place(path: Path) -> str:
    """How a person calls the table at `path`: `[obs]`, `[[cameras]] 2`, `the top of the file`."""
    if not path:
        return "the top of the file"
    if isinstance(path[-1], int):
        names = ".".join(str(part) for part in path if isinstance(part, str))
        return f"[[{names}]] {path[-1] + 1}"
    return f"[{dotted(path)}]"


def _last(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "it")


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f'"{value[:60]}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _number(value)[:60]
    return "this"


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else f"{value}"[:60] if isinstance(value, str) else _whole(value)


def _whole(value: object) -> str:
    return str(value) if not isinstance(value, int) or abs(value) < 10**18 else "a huge number"


# Meaning: names said twice, and names of things that are not there.

_NAMED: Final[tuple[tuple[tuple[str, ...], str, str], ...]] = (
    (("cameras",), "name", "camera"),
    (("audio", "channels"), "name", "channel"),
    (("audio", "returns"), "name", "return"),
    (("audio", "presets"), "name", "preset"),
    (("drops",), "id", "drop"),
    (("drop_templates",), "id", "template"),
    (("looks",), "name", "look"),
)


def _twice(data: Mapping[str, Any], lines: Mapping[Path, int]) -> Iterator[Fault]:
    for where, key, noun in _NAMED:
        first: dict[str, int | None] = {}
        for path, name in _names(data, where, key):
            line = line_of(path, lines)
            if name in first:
                earlier = f"line {first[name]}" if first[name] else "an earlier entry"
                fix = f"{earlier[0].upper()}{earlier[1:]} has that {key} already. Give one of them another {key}."
                yield Fault(line, dotted(path), f'{noun} "{name}" is defined twice', fix)
            first.setdefault(name, line)


def _nowhere(data: Mapping[str, Any], lines: Mapping[Path, int]) -> Iterator[Fault]:
    channels = [name for _, name in _names(data, ("audio", "channels"), "name")]
    drops = [name for _, name in _names(data, ("drops",), "id")]
    asked = [("drop", path, name, drops) for path, name in _names(data, ("cues",), "drop")]
    asked += [("channel", path, name, channels) for path, name in _channels_meant(data)]
    returns = [name for _, name in _names(data, ("audio", "returns"), "name")]
    for path, noun, name in _meant_by_presets(data):
        asked.append((noun, path, name, channels if noun == "channel" else returns))
    for noun, path, name, known in asked:
        if name not in known:
            fix = near(name, known) or f"Define a {noun} of that name first, or remove this."
            yield Fault(line_of(path, lines), dotted(path), f'{noun} "{name}" is not defined', fix)


def _channels_meant(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every place that names a channel."""
    audio = data.get("audio")
    talkback = audio.get("talkback") if isinstance(audio, Mapping) else None
    if isinstance(talkback, str):
        yield ("audio", "talkback"), talkback
    for path, table in _tables(data, ("audio", "returns")):
        listeners, gains = table.get("listener"), table.get("gains_db")
        for index, name in enumerate(listeners if isinstance(listeners, list) else []):
            if isinstance(name, str):
                yield (*path, "listener", index), name
        for name in gains if isinstance(gains, Mapping) else ():
            yield (*path, "gains_db", name), name


def _meant_by_presets(data: Mapping[str, Any]) -> Iterator[tuple[Path, str, str]]:
    """Every place in a preset that names a channel or a return."""
    for path, table in _tables(data, ("audio", "presets")):
        muted, gains = table.get("muted"), table.get("gains_db")
        for index, name in enumerate(muted if isinstance(muted, list) else []):
            if isinstance(name, str):
                yield (*path, "muted", index), "channel", name
        for made_for, sends in gains.items() if isinstance(gains, Mapping) else ():
            yield (*path, "gains_db", made_for), "return", made_for
            for name in sends if isinstance(sends, Mapping) else ():
                yield (*path, "gains_db", made_for, name), "channel", name


def _shared_outputs(data: Mapping[str, Any], lines: Mapping[Path, int]) -> Iterator[Fault]:
    """Two mixes at one output add up: who is left out of one of them hears themselves in the other."""
    taken = {port for _, _, ports in _outputs(data) for port in ports}
    first: dict[int, tuple[Path, str]] = {}
    for path, whose, ports in _outputs(data):
        line = line_of(path, lines)
        for number, port in enumerate(ports):
            there, other = first.setdefault(port, (path, whose))
            if there != path:
                earlier = f" on line {line_of(there, lines)}" if line_of(there, lines) else ""
                fix = f"{other[:1].upper()}{other[1:]} has it{earlier}. Choose another: {free_words(taken, 1)}."
                yield Fault(line, dotted(path), f"output {port} leads to {whose}, too", fix)
            elif port in ports[:number]:
                fix = f"Write it once, or choose another: {free_words(taken, 1)}."
                yield Fault(line, dotted(path), f"output {port} leads to {whose} twice", fix)


def _outputs(data: Mapping[str, Any]) -> Iterator[tuple[Path, str, list[int]]]:
    """Every place that leads to device outputs, and whose they are; an N-1 that is made elsewhere has none of ours."""
    for path, table in _tables(data, ("audio", "returns")):
        if table.get("made_by", "cuedrop") == "cuedrop":
            yield (*path, "outputs"), f'return "{table.get("name")}"', _ports(table.get("outputs"))
    audio = data.get("audio")
    yield ("audio", "monitor"), "the monitor", _ports(audio.get("monitor") if isinstance(audio, Mapping) else None)


def _ports(value: object) -> list[int]:
    return [port for port in value if type(port) is int] if isinstance(value, list) else []


def _names(data: Mapping[str, Any], where: tuple[str, ...], key: str) -> Iterator[tuple[Path, str]]:
    for path, table in _tables(data, where):
        name = table.get(key)
        if isinstance(name, str):
            yield (*path, key), name


def _tables(data: Mapping[str, Any], where: tuple[str, ...]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    here: Any = data
    for key in where:
        here = here.get(key) if isinstance(here, Mapping) else None
    for index, table in enumerate(here if isinstance(here, list) else []):
        if isinstance(table, Mapping):
            yield (*where, index), table


def _clause(fault: Fault) -> str:
    return f"{fault.what} (line {fault.line})" if fault.line else fault.what
