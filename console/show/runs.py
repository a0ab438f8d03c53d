"""Runs: one journal file per show run, named by its start and its show. Blocking file reads."""

import re
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from console.core.errors import UserError
from console.show.entries import DAMAGED, read

RUN_LASTS: Final = timedelta(hours=6)  # a run that was silent for longer is over, even if nobody ended it


def current_run(data_dir: Path, show_name: str, now: datetime) -> str:
    """The name of the run to write to, like `2026-11-22_1930_friday-drop` (local time of the machine).

    A run of this show continues when its last entry is less than six hours old and it was not ended.
    """
    slug = slug_of(show_name)
    folder = data_dir / "journal"
    runs = sorted(path.stem for path in folder.glob(f"*_{slug}*.jsonl") if _slug_in(path.stem) == slug)
    if runs and _goes_on(folder / f"{runs[-1]}.jsonl", now):
        return runs[-1]
    name = f"{now.astimezone():%Y-%m-%d_%H%M}_{slug}"
    taken = sum(1 for run in runs if run == name or run.startswith(f"{name}_"))
    return f"{name}_{taken + 1}" if taken else name


def is_another_day(data_dir: Path, now: datetime) -> bool:
    """True when no run, of whatever show, was written to for six hours: what was sold is an earlier show's."""
    newest_s = max((path.stat().st_mtime for path in (data_dir / "journal").glob("*.jsonl")), default=0.0)
    return now.timestamp() - newest_s > RUN_LASTS.total_seconds()


def slug_of(show_name: str) -> str:
    """The show's name as a file name may hold it: lower case letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", show_name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].rstrip("-") or "show"


def _slug_in(run: str) -> str | None:
    match = re.fullmatch(r"\d{4}-\d\d-\d\d_\d{4}_([a-z0-9-]+?)(?:_\d+)?", run)
    return match[1] if match else None


def _goes_on(path: Path, now: datetime) -> bool:
    try:
        entries = [entry for entry in read(path) if entry.kind != DAMAGED]
    except UserError:
        return False
    if not entries or entries[-1].kind == "run.ended":
        return False
    return abs(now - entries[-1].at) < RUN_LASTS
