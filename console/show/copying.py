"""The drops of one show taken over into another: what becomes of each, and dates moved with the show. Pure.

Copying asks no host and checks no scene: what the other show names is taken over as it is written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from console.core.errors import UserError
from console.settings.show import Drop, Show
from console.show.drops import DROPS, TEMPLATES, Changes, free_id

_DAY: Final = re.compile(r"(\d{4}-\d{2}-\d{2})([T ].*)?")
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)((?::[0-5]\d)?)")
_WORDS: Final = frozenset({"id", "title", "talking_points", "scene", "overlay", "name", "sku", "codes"})  # never a date
_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Shift:
    """How much later the next show is: dates by `days`, times of day by `minutes`."""

    days: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be added to a show, and for each drop and template a line that says so."""

    drops: tuple[Drop, ...]
    templates: tuple[Drop, ...]
    lines: tuple[str, ...]

    @property
    def changes(self) -> Changes:
        """The plan as a change of the show. Raises UserError, when it is made, for more than a show holds."""
        return Changes(drops=DROPS.adding(*self.drops), templates=TEMPLATES.adding(*self.templates))


def plan_of(source: Show, target: Show, shift: Shift) -> Plan:
    """What copying the drops of `source` into `target` comes to.

    A drop that is in the target as it is, is left out; one whose id is another drop's there gets an id of its own.
    Raises UserError when there is nothing to copy, or when a date leads out of the calendar.
    """
    if not source.drops and not source.drop_templates:
        raise UserError(f'There are no drops in "{source.name}".', fix="Choose another show.")
    drops, said = _taken_over(source.drops, target.drops, shift)
    templates, more = _taken_over(source.drop_templates, target.drop_templates, Shift())
    return Plan(drops, templates, (*said, *(f"template {line}" for line in more)))


def days_until(day: date, source: Show) -> int:
    """How many days after the first date in the drops of `source` that day is; 0 when there is no date in them."""
    days = [found for drop in source.drops for found in _days(drop.model_dump(mode="json"))]
    return (day - min(days)).days if days else 0


def moved(drop: Drop, shift: Shift) -> Drop:
    """The drop with its dates and times of day later by `shift`. Raises UserError for a date that there is not."""
    if shift == Shift():
        return drop
    try:
        return Drop.model_validate(_moved(drop.model_dump(mode="json"), shift))
    except OverflowError as error:
        raise UserError("So many days later there is no date.", fix="Choose fewer days.") from error


def _taken_over(
    drops: tuple[Drop, ...], there: tuple[Drop, ...], shift: Shift
) -> tuple[tuple[Drop, ...], tuple[str, ...]]:
    known = {drop.id: drop for drop in there}
    new: list[Drop] = []
    lines: list[str] = []
    for old in drops:
        drop = moved(old, shift)
        if any(other.model_copy(update={"id": drop.id}) == drop for other in known.values() if _is_named(other, drop)):
            lines.append(f"{drop.title} ({drop.id}): is there already")
            continue
        if drop.id in known:
            drop = drop.model_copy(update={"id": free_id(drop.id, tuple(known))})
            lines.append(f"{drop.title}: added as {drop.id}, for another drop there is called {old.id}")
        else:
            lines.append(f"{drop.title} ({drop.id}): added")
        if drop.model_copy(update={"id": old.id}) != old:
            lines[-1] += ", its dates moved"
        known[drop.id] = drop
        new.append(drop)
    return tuple(new), tuple(lines)


def _is_named(other: Drop, drop: Drop) -> bool:
    """Whether the other has this id, or the one that a copy of it got."""
    return other.id == drop.id or bool(re.fullmatch(rf"{re.escape(drop.id[:58])}-\d+", other.id))


def _moved(value: Any, shift: Shift) -> Any:
    if isinstance(value, dict):
        return {key: inner if key in _WORDS else _moved(inner, shift) for key, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, shift) for inner in value]
    if not isinstance(value, str):
        return value
    if (match := _DAY.fullmatch(value)) is not None and (day := _day(match[1])) is not None:
        return f"{day + timedelta(days=shift.days)}{match[2] or ''}"
    if (match := _TIME.fullmatch(value)) is not None:
        minutes = (int(match[1]) * 60 + int(match[2]) + shift.minutes) % _DAY_MINUTES
        return f"{minutes // 60:02}:{minutes % 60:02}{match[3]}"
    return value


def _days(value: Any) -> Iterator[date]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in _WORDS:
                yield from _days(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _days(inner)
    elif isinstance(value, str) and (match := _DAY.fullmatch(value)) is not None:
        day = _day(match[1])
        if day is not None:
            yield day


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
