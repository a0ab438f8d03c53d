"""What is wrong with an action's arguments, in the director's words. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

_UNITS: Final = {"db": "dB", "dbfs": "dBFS", "dbtp": "dBTP", "hz": "Hz", "lufs": "LUFS", "ms": "ms", "s": "s"}
_OUT_OF_RANGE: Final = frozenset({"greater_than", "greater_than_equal", "less_than", "less_than_equal"})
_LEAST: Final = ("minimum", "exclusiveMinimum")
_MOST: Final = ("maximum", "exclusiveMaximum")
_AS_JSON: Final = "See /v1/actions."
_AS_TYPED: Final = "Correct it, then ask again: nothing was done."


def words_of(error: ValidationError, schema: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong with the arguments, each fault once, and what to do now.

    schema: the JSON Schema of the arguments, which knows the other end of a range that one end was left by.
    """
    faults = [_fault(fault["type"], fault["loc"], fault["msg"], fault.get("ctx", {}), schema) for fault in
              error.errors()]  # fmt: skip
    is_typed = all(is_typed for _, is_typed in faults)
    return " ".join(dict.fromkeys(words for words, _ in faults)), _AS_TYPED if is_typed else _AS_JSON


def _fault(
    kind: str, place: tuple[int | str, ...], message: str, more: Mapping[str, Any], schema: Mapping[str, Any]
) -> tuple[str, bool]:
    """A fault in words, and whether somebody who types may have caused it: other faults are a program's."""
    key = str(place[0]) if place else "The whole"
    name, unit = _named(key)
    if kind in _OUT_OF_RANGE:
        least, most = (_end(schema.get("properties", {}).get(key, {}), keys) for keys in (_LEAST, _MOST))
        return f"{name} {'go' if len(place) > 1 else 'goes'} {_range(least, most)}{unit}.", True
    if kind == "string_too_short":
        return f"{name} is empty.", True
    if kind == "string_too_long":
        return f"{name} has more than {more['max_length']} characters.", True
    if kind == "too_long":
        return f"{name}: {more['max_length']} at most.", True
    if kind == "missing":
        return f'"{key}" is missing.', False
    if kind == "extra_forbidden":
        return f'There is no "{key}" here.', False
    return f"{name} must be {message.removeprefix('Input should be ')}.", False


def _named(key: str) -> tuple[str, str]:
    """An argument's name in words, and its unit with a space before it: "gain_db" is "Gain" and " dB"."""
    *words, last = key.split("_")
    unit = _UNITS.get(last, "") if words else ""
    name = " ".join([*words, "" if unit else last]).strip()
    return name[:1].upper() + name[1:], f" {unit}" if unit else ""


def _range(least: float | None, most: float | None) -> str:
    if least is None or most is None:
        return f"up to {most:,.10g}" if least is None else f"from {least:,.10g} on"
    return f"from {least:,.10g} to {most:,.10g}"


def _end(schema: object, keys: tuple[str, ...]) -> float | None:
    """One end of the range that a schema has somewhere within."""
    return next((float(value) for value in _values(schema, keys)), None)


def _values(schema: object, keys: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(schema, Mapping):
        yield from (schema[key] for key in keys if key in schema)
        for inner in schema.values():
            yield from _values(inner, keys)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _values(inner, keys)
