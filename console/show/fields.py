"""The fields of a journal's entry as values: what is missing or of another kind costs nothing. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

YEARS: Final = range(2000, 2200)  # a time outside of it is damage, not time


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


def moment(fields: Mapping[str, Any], name: str) -> datetime | None:
    """A moment by the shop's clock, which may lie before the entry or after it; None when it is none."""
    try:
        at = datetime.fromisoformat(text(fields, name))
    except ValueError:
        return None
    return at if at.tzinfo and at.year in YEARS else None
