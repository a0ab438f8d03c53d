"""Looks in a show file: the person's comments stay, and a file changed meanwhile is not written over."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import UserError
from console.settings.show import Look, Show, Step
from console.show.file import load_show, parse_show, write_show
from console.show.looks import remove_look, save_look
from console.show.writing import show_text

TEXT = """\
# My show.
format = 1
name = "Friday" # every week

[obs] # the big machine
safe_scene = "Safe"

# The rundown follows.
[[cues]]
name = "Hello"
"""
OPEN = Look(
    name="Open",
    scene="Wide",
    transition="Fade",
    duration_ms=500,
    steps=(
        Step(do="show", source="Logo", scene="Wide"),
        Step(do="text", source="Title", text='He said "hello"\nand left \\ 𝄞'),
    ),
)
QUIET = Look(name="Quiet", steps=(Step(do="mute", source="Mic"),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "friday.toml"
    path.write_text(TEXT)
    return path


def test_looks_are_added_changed_and_removed_and_comments_stay(path: Path) -> None:
    assert save_look(path, OPEN) == (OPEN,)
    assert save_look(path, QUIET) == (OPEN, QUIET)
    assert path.read_text().startswith(TEXT)
    assert load_show(path).looks == (OPEN, QUIET)
    renamed = OPEN.model_copy(update={"name": "Opening", "scene": None, "transition": None, "duration_ms": None})
    assert save_look(path, renamed, was="Open") == (renamed, QUIET)
    assert remove_look(path, "Opening") == (QUIET,)
    assert remove_look(path, "Quiet") == ()
    assert path.read_text().rstrip() == TEXT.rstrip()


def test_a_look_that_is_renamed_keeps_the_comments_within(path: Path) -> None:
    path.write_text(f'{TEXT}\n[[looks]] # for the start\nname = "Open"\nscene = "Wide" # the big one\n')
    save_look(path, Look(name="Start", scene="Wide"), was="Open")
    assert '[[looks]] # for the start\nname = "Start"\nscene = "Wide" # the big one' in path.read_text()


def test_what_somebody_else_wrote_meanwhile_is_kept(path: Path) -> None:
    save_look(path, OPEN)
    path.write_text(path.read_text().replace('name = "Open"', 'name = "Theirs"'))
    assert [look.name for look in save_look(path, QUIET)] == ["Theirs", "Quiet"]
    with pytest.raises(UserError, match='There is no look "Open"'):
        remove_look(path, "Open")


@pytest.mark.parametrize("name", ["Open", "OPEN"])
def test_a_name_is_there_once(path: Path, name: str) -> None:
    save_look(path, OPEN)
    before = path.read_text()
    with pytest.raises(UserError, match='There is a look "Open" already'):
        save_look(path, QUIET.model_copy(update={"name": name}))
    assert path.read_text() == before


def test_the_nearest_name_is_offered(path: Path) -> None:
    save_look(path, OPEN)
    with pytest.raises(UserError) as error:
        remove_look(path, "Opne")
    assert error.value.fix == 'Did you mean "Open"?'


def test_a_file_that_is_damaged_or_gone_is_left_as_it_is(path: Path) -> None:
    path.write_text("name = ")
    with pytest.raises(UserError):
        save_look(path, OPEN)
    assert path.read_text() == "name = "
    with pytest.raises(UserError):
        save_look(path.with_name("none.toml"), OPEN)


def test_a_look_named_twice_in_a_file_is_a_fault() -> None:
    two = '\n[[looks]]\nname = "Open"\n'
    with pytest.raises(UserError, match='look "Open" is defined twice'):
        parse_show(TEXT + two + two)


def test_a_step_that_lacks_what_it_needs_is_named() -> None:
    step = '\n[[looks]]\nname = "Open"\n[[looks.steps]]\ndo = "show"\nsource = "Logo"\n'
    with pytest.raises(UserError, match='do = "show" needs scene'):
        parse_show(TEXT + step)


def test_a_new_file_holds_its_looks(tmp_path: Path) -> None:
    show = Show(name="New", looks=(OPEN, QUIET))
    write_show(tmp_path / "new.toml", show)
    assert load_show(tmp_path / "new.toml") == show
    assert "[failover]" not in show_text(show)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
ANY_STEP = st.one_of(
    st.builds(Step, do=st.just("text"), source=WORDS, text=st.text(max_size=60)),
    st.builds(Step, do=st.just("hide"), source=WORDS, scene=WORDS),
    st.builds(Step, do=st.just("filter_off"), source=WORDS, filter=WORDS),
)


@given(st.lists(st.lists(ANY_STEP, max_size=4), min_size=1, max_size=3))
def test_whatever_is_recorded_is_read_back(tmp_path_factory: pytest.TempPathFactory, looks: list[list[Step]]) -> None:
    path = tmp_path_factory.mktemp("show") / "show.toml"
    path.write_text(TEXT)
    made = tuple(Look(name=f"Look {n}", scene="Wide", steps=tuple(steps)) for n, steps in enumerate(looks))
    for look in made:
        save_look(path, look)
    assert load_show(path).looks == made
    assert path.read_text().startswith(TEXT)
