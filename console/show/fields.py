"""The fields of a journal's entry as values: what is missing or of another kind costs nothing. Pure."""

from collections.abc import Mapping
from typing import Any


def text(fields: Mapping[str, Any], name: str) -> str:
    """A field as text; empty when it is none."""
    value = fields.get(name)
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def number(fields: Mapping[str, Any], name: str) -> float | None:
    """A field as a number; None when it is none, or one that no show has."""
    value = fields.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < 1e15 else None  # type: ignore[arg-type]


def whole(fields: Mapping[str, Any], name: str) -> int | None:
    """A field as a whole number; None when it is none."""
    value = number(fields, name)
    return int(value) if value is not None else None
