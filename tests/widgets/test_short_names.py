"""Names are cut so that they can be told apart."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets.pages import SOUND
from widgets.short_names import short_name

ROOM = 8


def short(names: tuple[str, ...]) -> list[str]:
    """Each as it is seen in a room for ROOM signs."""
    whole = [short_name(name, names, lambda text: len(text) <= ROOM) for name in names]
    return [text if len(text) <= ROOM else f"{text[: ROOM - 1]}…" for text in whole]


@pytest.mark.parametrize(
    ("names", "seen"),
    [
        (("Ana", "Bo"), ["Ana", "Bo"]),
        (("Guest Ana", "Guest Bo"), ["…Ana", "Guest Bo"]),
        (("Guest Annabelle", "Guest Bo-Christian"), ["…Annabe…", "…Bo-Chr…"]),
        (("Interpreter1", "Interpreter2"), ["…preter1", "…preter2"]),
        (("Extraordinary", "Bo"), ["Extraor…", "Bo"]),
    ],
)
def test_names_are_cut_where_they_are_alike(names: tuple[str, ...], seen: list[str]) -> None:
    assert short(names) == seen


@given(
    st.lists(
        st.text("ab ", min_size=1, max_size=40).filter(lambda name: name == name.strip()),
        min_size=2,
        max_size=2,
        unique=True,
    )
)
def test_no_two_names_of_different_guests_look_alike(names: list[str]) -> None:
    first, second = short((names[0], names[1]))
    assert first != second


def test_the_matrix_tells_guests_with_long_names_apart(shown: Shown, desk: FakeDesk) -> None:
    desk.be("sound")
    now = desk.sound.value
    long = ("Guest in Berlin", "Guest in Bremen", "Guest in Brest")
    renamed = zip(now.returns, long, strict=True)
    channels = tuple(replace(one, name=f"{'Guest in ' * 4}{one.name}") for one in now.channels)
    returns = tuple(replace(one, name=name) for one, name in renamed)
    desk.sound.set(replace(now, channels=channels, returns=returns))
    shown.window.pages.show_page(SOUND)
    shown.window.pages.sound.show_section("MATRIX")
    shown.settle()
    grid = shown.window.pages.sound.matrix.grid
    assert [grid.head_of(column) for column in range(3)] == ["…Berlin", "…Bremen", "…Brest"]
    assert [grid.name_of(row) for row in range(4)] == ["…Host", "…Ana", "…Bo", "…Music"]
