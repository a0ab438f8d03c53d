"""Looks in a show file: saved, renamed, removed, with the person's comments kept. Blocking file I/O."""

from pathlib import Path

from console.core.errors import UserError
from console.settings.show import Look
from console.show.faults import near
from console.show.file import load_show, update_show


def save_look(path: Path, look: Look, *, was: str | None = None) -> tuple[Look, ...]:
    """Write `look` in place of the look called `was` (None: as a new one, last); returns the file's looks then.

    The file is read again for it: somebody may have changed it since. Raises UserError when the name is taken, when
    there is no look `was`, or when the file cannot be read or written; the file is then as it was.
    """
    looks = load_show(path).looks
    check_name(look.name, looks, was=was)
    if was is None:
        place = len(looks)
        changes: dict[tuple[str | int, ...], object] = {("looks", place): look} if looks else {("looks",): (look,)}
    else:
        index = index_of(was, looks)
        changes = {("looks", index, key): value for key, value in _differences(looks[index], look).items()}
    return update_show(path, changes).looks


def remove_look(path: Path, name: str) -> tuple[Look, ...]:
    """Take a look out of the file; returns those that are left. Raises UserError."""
    looks = load_show(path).looks
    index = index_of(name, looks)
    key: tuple[str | int, ...] = ("looks", index) if len(looks) > 1 else ("looks",)
    return update_show(path, {key: None}).looks


def index_of(name: str, looks: tuple[Look, ...]) -> int:
    """Where the look of that name is. Raises UserError with the nearest name."""
    for index, look in enumerate(looks):
        if look.name == name:
            return index
    known = near(name, (look.name for look in looks)) or "Record one first."
    raise UserError(f'There is no look "{name}".', fix=known)


def check_name(name: str, looks: tuple[Look, ...], *, was: str | None = None) -> None:
    """Raises UserError when another look than `was` has this name, whatever its capitals."""
    for look in looks:
        if look.name.casefold() == name.casefold() and look.name != was:
            raise UserError(f'There is a look "{look.name}" already.', fix="Choose another name, or remove that one.")


def _differences(old: Look, new: Look) -> dict[str, object]:
    """What of a look is to be written anew; what stays keeps its comments. None: the key goes."""
    return {key: getattr(new, key) or None for key in Look.model_fields if getattr(old, key) != getattr(new, key)}
