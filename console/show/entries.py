"""One entry of the journal, its line on disk, and reading a journal back. Blocking file reads; no writes."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

from console.core.clock import rfc3339
from console.core.errors import UserError
from console.core.journal import Origin
from console.settings.secrets import redact

HEAD: Final = frozenset({"seq", "boot", "at", "mono_ns", "kind", "origin"})
DAMAGED: Final = "journal.damaged"  # the kind of an entry that stands for a line nobody can read
_DEEPEST: Final = 20
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `boot` counts the console's starts in this run; `fields` are JSON values."""

    seq: int
    boot: int
    at: datetime
    mono_ns: int
    kind: str
    origin: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        kind: str,
        origin: Origin,
        fields: Mapping[str, object],
        *,
        seq: int,
        boot: int,
        at: datetime,
        mono_ns: int,
    ) -> "Entry":
        """An entry whose fields are made JSON values; secrets are hidden; a field named as the head gets a `_`."""
        clean = {f"{name}_" if name in HEAD else name: _plain(value) for name, value in fields.items()}
        return cls(seq, boot, at, mono_ns, kind, str(origin), clean)

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of this entry: the head, then the fields."""
        head = {"seq": self.seq, "boot": self.boot, "at": rfc3339(self.at), "mono_ns": self.mono_ns}
        return {**head, "kind": self.kind, "origin": self.origin, **self.fields}

    def line(self) -> bytes:
        """The line on disk, UTF-8, with its newline."""
        text = json.dumps(self.as_dict(), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "backslashreplace") + b"\n"  # a lone surrogate becomes its JSON escape


def read(path: Path) -> Iterator[Entry]:
    """The entries of a journal in order. A torn last line is dropped; a damaged line becomes a `journal.damaged`.

    Raises UserError when the file cannot be read at all.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise UserError(f"The journal {path} cannot be read: {reason}.", fix="Check the path.") from error
    lines = data.split(b"\n")[:-1]
    last = 0
    for number, line in enumerate(lines, start=1):
        entry = _parsed(line)
        if entry is None:
            seq = last + 1
            entry = Entry(seq, 0, _EPOCH, 0, DAMAGED, Origin.CONSOLE, {"line": number})
        last = entry.seq
        yield entry


def whole_bytes(path: Path) -> int:
    """How many bytes of the file are whole lines."""
    data = path.read_bytes()
    return data.rfind(b"\n") + 1


def _parsed(line: bytes) -> Entry | None:
    try:
        data = json.loads(line)
        at = datetime.fromisoformat(data["at"])
        head = int(data["seq"]), int(data["boot"]), at if at.tzinfo else at.replace(tzinfo=UTC), int(data["mono_ns"])
        fields = {name: value for name, value in data.items() if name not in HEAD}
        return Entry(*head, str(data["kind"]), str(data["origin"]), fields)
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None


def _plain(value: object, depth: int = 0) -> Any:
    """`value` as JSON can hold it; what JSON does not know becomes text."""
    if isinstance(value, Enum):
        return _plain(value.value, depth)
    if isinstance(value, str):
        return redact(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if abs(value) < 2**63 else hex(value)[:1_000]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime) and value.tzinfo:
        return rfc3339(value)
    if depth < _DEEPEST and isinstance(value, Mapping):
        return {redact(str(key)): _plain(item, depth + 1) for key, item in value.items()}
    if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, depth + 1) for item in value]
    return redact(str(value))[:1_000]
