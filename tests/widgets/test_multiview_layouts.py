"""Layouts of the multiview: inside the room, in the canvas's shape, not over each other; what each place shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from console.settings.show import Multiview
from widgets.multiview_layouts import LAYOUTS, MOST, layout_for, neighbour, resized, shown, stepped, swapped

CAMERAS = tuple(f"Camera {n}" for n in range(1, 17))
NAMES = st.lists(st.sampled_from(("", "program", "preview", *CAMERAS)), min_size=1, max_size=MOST).map(tuple)


@given(
    st.integers(1, MOST),
    st.integers(400, 4000),
    st.integers(300, 3000),
    st.sampled_from([9 / 16, 16 / 9, 1.0, 3 / 4]),
    st.integers(0, 8),
)
def test_every_layout_has_its_places_in_the_room_and_none_over_another(
    count: int, width: int, height: int, shape: float, gap: int
) -> None:
    room = QRect(7, 11, width, height)
    places = layout_for(count, width, height, shape).places(room, shape, gap)
    assert len(places) == count
    for index, place in enumerate(places):
        assert room.adjusted(-1, -1, 1, 1).contains(place)
        assert not any(place.intersects(other) for other in places[:index])
        assert abs((place.height() + gap) - (place.width() + gap) * shape) <= 1 + shape


@pytest.mark.parametrize("count", range(1, MOST + 1))
def test_on_a_screen_of_the_canvas_s_shape_the_designed_layout_stands_and_uses_it(count: int) -> None:
    layout = layout_for(count, 1920, 1080, 9 / 16)
    assert layout == LAYOUTS[count]
    assert layout.covers(1920, 1080, 9 / 16) >= 0.5


def test_upright_pictures_stand_side_by_side_on_a_wide_screen() -> None:
    places = layout_for(4, 1920, 1080, 16 / 9).places(QRect(0, 0, 1920, 1080), 16 / 9, 0)
    assert len({place.top() for place in places}) == 1


def test_until_somebody_arranges_it_both_buses_and_every_camera_are_shown() -> None:
    assert shown(Multiview(), CAMERAS[:3]) == ("preview", "program", *CAMERAS[:3])
    assert shown(Multiview(), CAMERAS[:4]) == ("program", "preview", *CAMERAS[:4])  # one large place: the program's
    assert shown(Multiview(), CAMERAS) == CAMERAS  # sixteen cameras leave no room for the buses
    assert shown(Multiview(), ()) == ("preview", "program")


def test_an_arrangement_is_shown_as_it_is_kept_with_empty_places_at_its_end() -> None:
    kept = Multiview(tiles=4, cameras=("Camera 2", "program"))
    assert shown(kept, CAMERAS) == ("Camera 2", "program", "", "")
    assert shown(Multiview(tiles=1, cameras=("Camera 2", "program")), CAMERAS) == ("Camera 2",)
    assert shown(Multiview(tiles=4), CAMERAS) == ("preview", "program", "Camera 1", "Camera 2")


@given(NAMES, st.data())
def test_stepping_goes_once_through_all_that_can_be_shown_and_comes_back(
    names: tuple[str, ...], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(names) - 1))
    seen, now = [], names
    for _ in range(len(CAMERAS) + 3):
        now = stepped(now, at, CAMERAS, 1)
        seen.append(now[at])
    assert sorted(seen) == sorted(("", "program", "preview", *CAMERAS))
    assert stepped(stepped(names, at, CAMERAS, 1), at, CAMERAS, -1)[at] == names[at]


@given(NAMES, st.integers(-3, 20))
def test_more_places_keep_what_was_there_and_show_what_was_not(names: tuple[str, ...], count: int) -> None:
    now = resized(names, count, CAMERAS)
    assert len(now) == max(1, min(MOST, count))
    assert now[: len(names)] == names[: len(now)]
    added = now[len(names) :]
    assert not set(added) & (set(names) - {""})
    assert len(set(added) - {""}) == len([name for name in added if name])


def test_two_places_are_exchanged_and_nothing_is_lost() -> None:
    assert swapped(("a", "b", "c"), 0, 2) == ("c", "b", "a")


@pytest.mark.parametrize("count", range(2, MOST + 1))
def test_every_place_is_reached_by_arrows(count: int) -> None:
    places = layout_for(count, 1920, 1080, 9 / 16).places(QRect(0, 0, 1920, 1080), 9 / 16, 4)
    reached, new = {0}, {0}
    while new:
        new = {neighbour(places, at, key) for at in new for key in ("Left", "Right", "Up", "Down")} - reached
        reached |= new
    assert reached == set(range(count))
