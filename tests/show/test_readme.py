"""The show files in the README open as they stand; parts of one open under the head that the README names."""

import re
import textwrap
from pathlib import Path

import pytest

from console.show.file import parse_show

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
INDENTED = re.compile(r"(?:^ {4,}\S.*\n)+", re.MULTILINE)
HEAD = 'format = 1\nname = "Friday drop"\n'


def examples() -> list[str]:
    """Every block of the README that is TOML with tables."""
    blocks = (textwrap.dedent(match[0]) for match in INDENTED.finditer(README))
    return [block for block in blocks if re.search(r"^\[+[a-z_.]+\]+", block, re.MULTILINE)]


@pytest.mark.parametrize("block", examples(), ids=lambda block: block.splitlines()[0])
def test_an_example_opens(block: str) -> None:
    assert parse_show(block if block.startswith("format") else HEAD + block).name


def test_the_example_of_two_guests_is_a_whole_show() -> None:
    (whole,) = (block for block in examples() if block.startswith("format"))
    audio = parse_show(whole).audio
    assert [made_for.listener for made_for in audio.returns] == [("Ana",), ("Bo",)]
