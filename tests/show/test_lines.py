"""The scanner finds every key of a TOML text, on the line where it stands."""

from typing import Any

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from console.show.lines import Path, lines_of

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
LEAVES = st.one_of(TEXTS, st.integers(-(2**40), 2**40), st.booleans(), st.floats(allow_nan=False), st.datetimes())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=15,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=5)


def paths_in(value: Any, path: Path = ()) -> set[Path]:
    here = {path} if path else set()
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        here |= paths_in(item, (*path, key))
    return here


@given(DOCUMENTS)
def test_every_key_that_tomlkit_wrote_is_found_and_nothing_else(document: dict[str, Any]) -> None:
    text = tomlkit.dumps(document)
    assert set(lines_of(text)) == paths_in(tomlkit.parse(text).unwrap())


@given(DOCUMENTS, st.integers(0, 5))
def test_lines_above_move_every_key_down(document: dict[str, Any], above: int) -> None:
    text = tomlkit.dumps(document)
    moved = lines_of("# above\n" * above + text)
    assert moved == {path: line + above for path, line in lines_of(text).items()}


def test_each_kind_of_place_has_its_own_line() -> None:
    text = (
        'format = 1\n"quo.ted" = """\nnot = "a key"\n"""\n[a.b] # a note\nx.y = 2\n[[list]]\nname = "one"\n'
        "[list.sub]\ndeep = [ # comment ]\n  1,\n  { in = '}' },\n]\n[[list]]\nname = 'tw#o'\n"
    )
    lines = lines_of(text)
    assert lines[("quo.ted",)] == 2
    assert lines[("a", "b", "x", "y")] == 6
    assert lines[("list", 0, "name")] == 8
    assert lines[("list", 0, "sub", "deep", 1, "in")] == 12
    assert lines[("list", 1, "name")] == 15
    assert set(lines) >= {("a",), ("a", "b"), ("list",), ("list", 0), ("list", 1)}


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(), min_size=1))
def test_a_key_stands_on_the_line_that_names_it(document: dict[str, int]) -> None:
    rows = tomlkit.dumps(document).split("\n")
    for (key,), line in lines_of(tomlkit.dumps(document)).items():
        assert rows[line - 1].startswith(f"{key} = ")
