"""The journal as a port: everybody writes, the show's file keeps (law 9)."""

from enum import StrEnum
from typing import Protocol


class Origin(StrEnum):
    """Who caused an entry."""

    KEY = "key"
    BUTTON = "button"
    HOST = "host"
    REMOTE = "remote"
    AUTOMATION = "automation"
    OUTSIDE = "outside"  # somebody else changed it, seen by us
    CONSOLE = "console"  # the console itself: start, stop, alarms, stalls


class Journal(Protocol):
    """Where everything is written down."""

    def write(self, kind: str, origin: Origin, /, **fields: object) -> str:
        """Note one thing; returns its id at once (the file is written by the writer thread, in order).

        `kind` is dotted and lower case ("take.proved"); fields must be JSON values. Never raises:
        a full disk is an alarm, not the end of the show.
        """
        ...


class MemoryJournal:
    """A journal for tests: keeps everything in `entries` as (kind, origin, fields)."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, Origin, dict[str, object]]] = []

    def write(self, kind: str, origin: Origin, /, **fields: object) -> str:
        """Note one thing in memory; returns its number as text."""
        self.entries.append((kind, origin, fields))
        return str(len(self.entries))

    def of(self, kind: str) -> list[dict[str, object]]:
        """The fields of every entry of one kind, in order."""
        return [fields for entry_kind, _, fields in self.entries if entry_kind == kind]
