"""What OBS had before a camera was handed to it: on disk before OBS is touched, so that undo survives a restart.

Blocking file I/O. A file holds no password (law 8): settings with one in their address go to the keyring, by name.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from console.core.errors import UserError


@dataclass(frozen=True, slots=True)
class Handed:
    """One media source of OBS that takes a camera from Cuedrop, and the way back.

    settings: what it had; None: the keyring's entry `secret` holds them. mrl: what the camera had in the show.
    """

    obs: str
    input: str
    port: int
    mrl: str | None
    settings: dict[str, Any] | None = field(default=None, hash=False)
    secret: str = ""


def read_handed(path: Path) -> tuple[Handed, ...]:
    """All that is kept there; a file that is not there holds nothing. Raises UserError when it cannot be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return tuple(_handed(each) for each in data["handed"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"What OBS had before can't be read from {path}.", fix="Look at that file, or set the sources in OBS."
        ) from error


def write_handed(path: Path, handed: tuple[Handed, ...]) -> None:
    """Keep `handed` in place of what is there, on disk when this returns. Raises UserError."""
    text = json.dumps({"format": 1, "handed": [asdict(each) for each in handed]}, indent=2)
    draft = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        if draft:
            with contextlib.suppress(OSError):
                Path(draft).unlink()
        reason = (error.strerror or "it cannot be written").lower()
        raise UserError(
            f"What OBS has now could not be kept: {reason}. Nothing was changed.", fix="Free space, then try again."
        ) from error


def _handed(data: Mapping[str, Any]) -> Handed:
    settings, mrl = data.get("settings"), data.get("mrl")
    return Handed(
        str(data["obs"]),
        str(data["input"]),
        int(data["port"]),
        mrl if isinstance(mrl, str) else None,
        settings if isinstance(settings, dict) else None,
        str(data.get("secret", "")),
    )
