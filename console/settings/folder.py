"""The data folder: where it is, who holds it, what is remembered between starts. Blocking file I/O: start-up only."""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from console.core.errors import UserError


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a console knows of the last one: the show it had open, and the shows whose hosts are trusted."""

    last_show: str | None = None
    trusted: tuple[str, ...] = ()  # "path host host ...": a changed host needs a new yes


class DataFolder:
    """A data folder that this console holds until `close`."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def take(cls, path: Path | None) -> "DataFolder":
        """Take hold of the folder (default: the platform's). Raises UserError when it cannot be used or is held."""
        chosen = path or Path(platformdirs.user_data_dir("cuedrop", appauthor=False))
        lock = FileLock(chosen / "console.lock")
        try:
            chosen.mkdir(parents=True, exist_ok=True)
            _try_to_write(chosen)
            lock.acquire(timeout=0)
        except Timeout as error:
            raise UserError(
                f"Another console holds {chosen}.",
                fix="Go on in that window, or give this one a folder of its own with --data-dir.",
            ) from error
        except OSError as error:
            reason = (error.strerror or "it cannot be used").lower()
            raise UserError(
                f"Nothing can be kept in {chosen}: {reason}.",
                fix="Free space or mend the folder, or choose another one with --data-dir.",
            ) from error
        return cls(chosen, lock)

    def close(self) -> None:
        """Let go of the folder."""
        self._lock.release()

    def remembered(self) -> Remembered:
        """What was remembered; a damaged file is as good as none."""
        try:
            data = json.loads((self.path / "console.json").read_text())
            trusted = tuple(str(each) for each in data.get("trusted", []))
            last = data.get("last_show")
            return Remembered(last if isinstance(last, str) else None, trusted)
        except (OSError, ValueError, AttributeError, TypeError):
            return Remembered()

    def remember(self, what: Remembered) -> None:
        """Keep `what` for the next start. Raises OSError when the disk refuses."""
        text = json.dumps({"last_show": what.last_show, "trusted": list(what.trusted)}, indent=2)
        fd, draft = tempfile.mkstemp(dir=self.path, prefix="console-")
        with os.fdopen(fd, "w") as file:
            file.write(text)
        Path(draft).replace(self.path / "console.json")


def _try_to_write(folder: Path) -> None:
    """Raises OSError when not even a page can be kept in `folder`."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"\0" * 4096)
        file.flush()
        os.fsync(file.fileno())
