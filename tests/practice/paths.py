"""Where the practice studio's data lies."""

from pathlib import Path

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
