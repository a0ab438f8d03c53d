"""Templates and files of the shop's pages. What is filled in is escaped; what is missing is a bug."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE: Final = Path(__file__).resolve().parents[2] / "resources" / "shop"


def templates() -> Environment:
    """All templates, by their file's name."""
    return Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
