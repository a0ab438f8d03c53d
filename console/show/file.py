"""The show file: read (a Show, or every fault at once), written, changed without losing comments.

Blocking file I/O: call it in a thread while on air. Opening a file runs no code and reaches no host.
"""

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from console.core.errors import UserError
from console.settings.show import FORMAT, Show
from console.show.costs import Rates
from console.show.faults import Fault, ShowFileError, dotted, faults_of
from console.show.first import FoundInput, FoundScene, first_show
from console.show.lines import Path as Keys
from console.show.lines import lines_of
from console.show.writing import changed_text, show_text

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: Final[dict[int, Migration]] = {}  # format -> what makes the next one of it
LARGEST_BYTES: Final = 1_000_000

__all__ = [
    "Fault",
    "FoundInput",
    "FoundScene",
    "ShowFileError",
    "first_show",
    "load_rates",
    "load_show",
    "parse_show",
    "rewrite_show",
    "update_show",
    "write_show",
]


def load_show(path: Path) -> Show:
    """The show in the file. Raises ShowFileError with every fault in it."""
    return parse_show(_text_of(path), name=path.name)


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise _only(path.name, None, "it is larger than a show file can be", "Choose the show's TOML file.")
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise _only(str(path), None, reason, "Check the path, or open another show.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _only(path.name, line, "it is not UTF-8 text", "Save it as UTF-8.") from error


def load_rates(path: Path) -> Rates:
    """What orders cost, from a file with the keys of `[shop.fulfilment]`, or a show file that has that table.

    Raises ShowFileError with every fault in it.
    """
    text = _text_of(path)
    try:
        data, lines = tomllib.loads(text), lines_of(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise ShowFileError(path.name, [_syntax_fault(text, str(error))]) from error
    if "format" not in data:
        data = {"format": FORMAT, "name": path.stem or "rates", "shop": {"fulfilment": data}}
        lines = {("shop", "fulfilment", *key): line for key, line in lines.items()}
    fulfilment = _validated(data, lines, path.name).shop.fulfilment
    if fulfilment is None:
        fix = "Write per_order, per_piece, shipping, payment_percent or payment_fixed into it."
        raise _only(path.name, None, "it has no [shop.fulfilment]", fix)
    return Rates.of(fulfilment)


def parse_show(text: str, *, name: str = "The show file") -> Show:
    """The show in the text; `name` is what the error calls it. Raises ShowFileError with every fault in it."""
    try:
        data = tomllib.loads(text)
        lines = lines_of(text.replace("\r\n", "\n"))
        data = migrated(data, name=name, line=lines.get(("format",)))
        return _validated(data, lines, name)
    except tomllib.TOMLDecodeError as error:
        raise ShowFileError(name, [_syntax_fault(text, str(error))]) from error
    except (RecursionError, ValueError) as error:  # nesting and digits without end
        raise _only(name, None, "it is no text that a person would write", "Open another show.") from error


def write_show(path: Path, show: Show) -> None:
    """Make a new show file. Raises UserError when there is one already, or when it cannot be written."""
    if path.exists():
        raise UserError(f"{path} is there already.", fix="Choose another name.")
    _replace(path, show_text(show))


def update_show(path: Path, changes: Mapping[Keys, object]) -> Show:
    """Set keys of a show file, like `{("obs", "safe_scene"): "Safe"}`, and keep its comments; None removes a key.

    An index one past the end of a list adds to it. Returns the show as it is then. Raises ShowFileError, and leaves
    the file as it was, when the file or the result is faulty, UserError when it cannot be written.
    """

    def change(text: str, _: Show) -> str:
        try:
            return changed_text(text, changes)
        except KeyError as error:
            where = dotted(error.args[0]) if error.args and isinstance(error.args[0], tuple) else str(error)
            raise UserError(f"{path.name} has no place for {where}.", fix="Change it in a text editor.") from error

    return rewrite_show(path, change).show


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What came of changing a show file: the show as it is now, and the file's text before and after."""

    show: Show
    before: str
    after: str


def rewrite_show(path: Path, change: Callable[[str, Show], str]) -> Rewritten:
    """Put what `change` makes of the file's text and show in its place. Raises as `update_show`, and what it raises."""
    show = load_show(path)
    before = path.read_bytes().decode("utf-8-sig")
    after = change(before, show)
    if after == before:
        return Rewritten(show, before, before)
    show = parse_show(after, name=path.name)
    _replace(path, after)
    return Rewritten(show, before, after)


def migrated(
    data: dict[str, Any],
    *,
    name: str = "The show file",
    line: int | None = None,
    migrations: Mapping[int, Migration] = MIGRATIONS,
    newest: int = FORMAT,
) -> dict[str, Any]:
    """`data` as the newest format has it (law 10). Raises ShowFileError when its format leads nowhere."""
    if "format" not in data:
        raise _only(name, None, "format is missing", f"Write format = {newest} as its first line.", key="format")
    number = data["format"]
    if isinstance(number, bool) or not isinstance(number, int):
        raise _only(name, line, "format must be a whole number", f"Write format = {newest}.", key="format")
    if number > newest:
        what = f"it has format {number}, and this Cuedrop reads up to {newest}"
        raise _only(name, line, what, "Update Cuedrop, or open the show where it was made.", key="format")
    while number < newest:
        if number not in migrations:
            raise _only(name, line, f"there is no format {number}", f"Write format = {newest}.", key="format")
        data = {**migrations[number](data), "format": number + 1}
        number += 1
    return data


def _validated(data: dict[str, Any], lines: Mapping[Keys, int], name: str) -> Show:
    """Through JSON, since only there lists may be tuples while "5" may not be 5."""
    show, error = None, None
    try:
        show = Show.model_validate_json(json.dumps(data, default=_no_text), strict=True)
    except ValidationError as found:
        error = found
    faults = faults_of(data, error, lines)
    if faults or show is None:
        raise ShowFileError(name, faults)
    return show


def _no_text(value: object) -> dict[str, str]:
    """A TOML date: no setting is one, and it must not pass as text."""
    return {"date": str(value)}


def _syntax_fault(text: str, message: str) -> Fault:
    match = re.search(r"\(at line (\d+), column \d+\)", message)
    rows = text.splitlines() or [""]
    line = min(int(match[1]), len(rows)) if match else len(rows)
    key = rows[line - 1].strip()[:60]
    if "overwrite" in message or "twice" in message:
        return Fault(line, key, f"{key} is there twice", "Keep one of the two.")
    what = f"{key} cannot be read" if key else "something is not finished"
    return Fault(line, key, what, "Look for a missing quote, bracket or equals sign here or just before.")


def _only(name: str, line: int | None, what: str, fix: str, *, key: str = "") -> ShowFileError:
    return ShowFileError(name, [Fault(line, key, what, fix)])


def _replace(path: Path, text: str) -> None:
    """Put `text` in place of the file in one step: after a power cut the old file or the new one is there."""
    target = path.resolve()  # a link stays a link
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, target.stat().st_mode & 0o777 if target.exists() else 0o644)
        os.replace(temporary, target)
        _sync_folder(target.parent)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        reason = (error.strerror or "it cannot be written").lower()
        raise UserError(f"{path} was not saved: {reason}.", fix="Free space, or choose another folder.") from error


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows cannot open a folder
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
