"""Every setting, given every kind of wrong value, is answered in the house's words."""

import json
import types
import typing
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from console.settings.money import Money
from console.settings.show import Show
from console.show.faults import _PATTERNS, _WHAT, faults_of, near
from console.show.lines import Path

WRONG: list[Any] = [
    "", "x" * 200, "nonsense", 5, 0, -1, 10**9, 10**30, 1.5, -1e9, float("nan"), True, None, [], [1], ["a"],
    [1, 2, 3], [0], [99], {}, {"a": 1}, {"a": "b"}, {"date": "1979-05-27"}, [[]], [{}],
]  # fmt: skip
NOT_OURS = (
    "Input",
    "should be",
    "valid",
    "str ",
    "int ",
    "dict",
    "tuple",
    "pydantic",
    "please",
    "Please",
    "Error",
    "{key}",
    "{last}",
)


def settings_of(model: type[BaseModel], path: Path = ()) -> Iterator[Path]:
    for name, field in model.model_fields.items():
        yield (*path, name)
        for part, here in parts_of(field.annotation, (*path, name)):
            yield from settings_of(part, here)


def parts_of(annotation: Any, path: Path) -> Iterator[tuple[type[BaseModel], Path]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation is not Money:
            yield annotation, path
        return
    inside = (*path, 0) if typing.get_origin(annotation) is tuple else path
    if typing.get_origin(annotation) in (tuple, types.UnionType, typing.Union):
        for part in typing.get_args(annotation):
            yield from parts_of(part, inside)


def wrong_show(path: Path, value: Any) -> dict[str, Any]:
    inner: Any = value
    for part in reversed(path):
        inner = [inner] if isinstance(part, int) else {part: inner}
    return {"format": 1, "name": "x", **inner}


SETTINGS = list(settings_of(Show))


@pytest.mark.parametrize("path", SETTINGS, ids=lambda path: ".".join(map(str, path)))
def test_a_wrong_value_is_answered_in_words(path: Path) -> None:
    refused = 0
    for value in WRONG:
        data = wrong_show(path, value)
        try:
            Show.model_validate_json(json.dumps(data), strict=True)
        except ValidationError as error:
            refused += 1
            for detail in error.errors():
                assert detail["type"] in {*_WHAT, "extra_forbidden", "value_error"}, detail
            for fault in faults_of(data, error, {}):
                words = f"{fault.what}. {fault.fix}"
                assert not any(foreign in words for foreign in NOT_OURS if foreign not in str(value)), words
                assert "does not fit here" not in words, (path, value)
    assert refused > len(WRONG) / 3


@pytest.mark.parametrize("port", [0, 300])
def test_a_faulty_entry_is_told_once(port: int) -> None:
    data = wrong_show(("audio", "channels", 0), {"name": "Ana", "inputs": [port]})
    with pytest.raises(ValidationError) as caught:
        Show.model_validate(data)
    assert [fault.key for fault in faults_of(data, caught.value, {})] == ["audio.channels[1].inputs[1]"]


def test_every_pattern_of_the_settings_has_words() -> None:
    def patterns(schema: Any) -> Iterator[str]:
        items = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []
        if isinstance(schema, dict) and isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for item in items:
            yield from patterns(item)

    assert set(patterns(Show.model_json_schema())) <= set(_PATTERNS)


def test_every_setting_that_is_no_plain_name_has_help() -> None:
    plain = {"format", "name", "kind", "title", "price", "stock", "scene", "note", "corner", "size_px"}
    for path in SETTINGS:
        model: Any = Show
        for part in path[:-1]:
            if isinstance(part, str):
                found = list(parts_of(model.model_fields[part].annotation, ()))
                model = found[0][0]
        field = model.model_fields[path[-1]]
        is_part = bool(list(parts_of(field.annotation, ())))
        has_unit = str(path[-1]).endswith(("_s", "_hz", "_frames", "_buyer"))
        assert field.description or is_part or has_unit or path[-1] in plain, path


def test_a_near_miss_is_named_and_a_far_one_gets_the_list() -> None:
    assert near("Clsoe", ["Wide", "Close"]) == 'Did you mean "Close"?'
    assert near("close", ["Wide", "Close"]) == 'Did you mean "Close"?'
    assert near("Roof", ["Wide", "Close"]) == 'There is: "Wide", "Close".'
    assert near("Roof", []) == ""
