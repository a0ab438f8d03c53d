"""What the files of a recording are called: show, local time, track; fit for every platform. Pure."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Final

_NO_NAME: Final = frozenset('<>:"/\\|?*')  # what Windows has in no name; Linux and macOS have less
_NAME_BYTES: Final = 80


def folder_name(show: str, began: datetime) -> str:
    """The folder of one recording: show and local time."""
    return f"{_safe(show)} {began:%Y-%m-%d %H-%M-%S}"


def file_names(show: str, began: datetime, tracks: Sequence[str], *, part: int, suffix: str) -> list[str]:
    """One name per track: show, local time, track; fit for every platform, none like another in any case of letters."""
    names: list[str] = []
    taken: set[str] = set()
    for track in tracks:
        stem = f"{folder_name(show, began)} {_safe(track)}"
        free, number = stem, 2
        while free.casefold() in taken:
            free, number = f"{stem} ({number})", number + 1
        taken.add(free.casefold())
        names.append(f"{free}{f' part {part}' if part > 1 else ''}{suffix}")
    return names


def _safe(text: str) -> str:
    """`text` without what a file name cannot hold, cut to _NAME_BYTES."""
    clean = "".join(
        "-" if letter in _NO_NAME or not letter.isprintable() else letter
        for letter in unicodedata.normalize("NFC", text)
    )
    return clean.encode()[:_NAME_BYTES].decode(errors="ignore").strip(" .") or "no name"
