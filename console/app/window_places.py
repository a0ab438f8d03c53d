"""Where the windows stood, kept in the data folder from run to run. It blocks: at start-up, else in a thread."""

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from widgets.second_screen import WindowPlace, WindowPlaces


def read_places(path: Path) -> WindowPlaces:
    """Where they stood; a damaged file is as good as none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return WindowPlaces(_place(data["main"]), _place(data["multiview"]), data["has_multiview"] is True)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return WindowPlaces()


def write_places(path: Path, places: WindowPlaces) -> None:
    """Keep it for the next start. Raises OSError when the disk refuses."""
    fd, draft = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        json.dump(asdict(places), file, indent=2)
    Path(draft).replace(path)


def _place(data: Any) -> WindowPlace | None:
    if data is None:
        return None
    x, y, width, height = (int(each) for each in data["rect"])
    return WindowPlace(str(data["screen"]), (x, y, width, height), data["is_full"] is True)
