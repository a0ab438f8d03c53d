"""The scene finder: typing parts of a name, choosing, preview, cut while HOT, and hundreds of scenes."""

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from console.core.journal import Origin
from scenes.state import Scene
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets.arguments import seen
from widgets.scene_finder import SceneFinder, find, plain

CONTROL = Qt.KeyboardModifier.ControlModifier
NAMES = ("Wide", "Close", "Table", "Café 01", "Guest Ana", "Straße", "Table close", "Intro slides", "Credits")


@pytest.fixture
def finder(shown: Shown, desk: FakeDesk) -> Iterator[SceneFinder]:
    desk.be("many_scenes")
    shown.tap("/")
    shown.until(shown.window.finder.field.hasFocus)
    shown.settle()
    yield shown.window.finder
    shown.window.setFocus()


def names(query: str) -> list[str]:
    return [NAMES[index] for index in find(NAMES, query)]


def test_nothing_typed_is_every_scene_in_its_order() -> None:
    assert names("") == list(NAMES)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("tab", "Table"), ("cafe", "Café 01"), ("CAFÉ", "Café 01"), ("strasse", "Straße"), ("ana", "Guest Ana"),
        ("clo tab", "Table close"), ("isl", "Intro slides"), ("3", "Table"), ("01", "Café 01"),
    ],
)  # fmt: skip
def test_parts_of_a_name_find_it_without_accents_or_case(query: str, first: str) -> None:
    assert names(query)[0] == first


def test_the_beginning_of_a_name_comes_before_its_middle_and_letters_apart_come_last() -> None:
    found = names("cl")
    assert found[:2] == ["Close", "Table close"]
    assert names("close") == ["Close", "Table close"]


def test_a_part_that_is_nowhere_finds_nothing() -> None:
    assert names("table zebra") == []


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=20), st.text(max_size=6))
def test_what_is_found_holds_every_letter_and_nothing_twice(scenes: list[str], query: str) -> None:
    found = find(scenes, query)
    assert len(found) == len(set(found))
    for index in found:
        for part in plain(query).split():
            assert part == str(index + 1) or set(part) <= set(plain(scenes[index]))


@given(st.text(max_size=20))
def test_a_name_finds_itself_however_it_is_written(name: str) -> None:
    for written in (name, unicodedata.normalize("NFD", name)):
        if plain(written).split():
            assert find([name], written) == [0]


def test_the_slash_opens_it_with_all_scenes_and_the_keys_off(shown: Shown, finder: SceneFinder) -> None:
    assert finder.isVisible()
    assert len(finder.list.names) == 120
    assert shown.window.banner.keys_words == "KEYS OFF · Esc"


def test_enter_takes_the_best_match_to_preview_and_closes(shown: Shown, finder: SceneFinder, desk: FakeDesk) -> None:
    QTest.keyClicks(finder.field, "gue 12")
    assert finder.list.chosen_name == "Guest 12"
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    assert desk.asked == [("scene.preview", Origin.KEY, {"scene": "Guest 12"})]
    assert not finder.isVisible()
    assert shown.window.hasFocus()


def test_up_and_down_choose(finder: SceneFinder, desk: FakeDesk) -> None:
    QTest.keyClicks(finder.field, "kit")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(finder.field, key)
    assert finder.list.chosen_name == "Kitchen 02"
    QTest.keyClick(finder.field, Qt.Key.Key_PageDown)
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    assert desk.asked == [("scene.preview", Origin.KEY, {"scene": "Kitchen 10"})]


def test_ctrl_enter_cuts_only_while_hot_is_latched(shown: Shown, finder: SceneFinder, desk: FakeDesk) -> None:
    QTest.keyClicks(finder.field, "kit 05")
    QTest.keyClick(finder.field, Qt.Key.Key_Return, CONTROL)
    assert desk.asked == []
    assert "HOT is off" in shown.window.banner.words
    assert finder.isVisible()
    desk.hot.set(True)
    QTest.keyClick(finder.field, Qt.Key.Key_Return, CONTROL)
    assert desk.asked == [("scene.cut", Origin.KEY, {"scene": "Kitchen 05", **seen(desk)})]


def test_esc_leaves_it_and_asks_for_nothing(shown: Shown, finder: SceneFinder, desk: FakeDesk) -> None:
    QTest.keyClicks(finder.field, "kit")
    shown.tap("Esc")
    assert not finder.isVisible()
    assert desk.asked == []


def test_nothing_found_asks_for_nothing(finder: SceneFinder, desk: FakeDesk) -> None:
    QTest.keyClicks(finder.field, "zzz")
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    assert finder.list.names == ()
    assert desk.asked == []


def test_a_scene_is_pressed_with_the_mouse(finder: SceneFinder, desk: FakeDesk) -> None:
    QTest.mouseClick(finder.list, Qt.MouseButton.LeftButton, pos=QPoint(40, finder.list.row_px() + 4))
    assert desk.asked == [("scene.preview", Origin.BUTTON, {"scene": "Kitchen 02"})]


def test_it_is_empty_again_when_it_is_opened_again(shown: Shown, finder: SceneFinder) -> None:
    QTest.keyClicks(finder.field, "kit")
    shown.tap("Esc")
    shown.tap("/")
    assert finder.field.text() == ""
    assert len(finder.list.names) == 120


def test_a_chosen_scene_stays_chosen_when_others_come(finder: SceneFinder, desk: FakeDesk) -> None:
    QTest.keyClicks(finder.field, "kit")
    for _ in range(3):
        QTest.keyClick(finder.field, Qt.Key.Key_Down)
    assert finder.list.chosen_name == "Kitchen 04"
    scenes = desk.switcher.value.scenes
    desk.on_air(scenes=(Scene("Kitchen 00"), *scenes))
    assert finder.list.chosen_name == "Kitchen 04"
    desk.on_air(scenes=scenes[10:])
    assert finder.list.chosen_name.startswith("Kitchen")


def test_direct_mode_cuts_only_while_hot_as_the_number_keys_do(finder: SceneFinder, desk: FakeDesk) -> None:
    desk.on_air(scenes=desk.switcher.value.scenes, studio_mode=False)
    desk.hot.set(True)
    QTest.keyClicks(finder.field, "kit 05")
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    assert desk.asked == [("scene.cut", Origin.KEY, {"scene": "Kitchen 05", **seen(desk)})]


def test_a_second_enter_by_a_nudge_is_no_auto(shown: Shown, finder: SceneFinder, desk: FakeDesk) -> None:
    QTest.keyClicks(finder.field, "kit 05")
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    QTest.keyClick(shown.window, Qt.Key.Key_Return)
    assert desk.asked_ids == ["scene.preview"]
    shown.tap("Space")  # any other key is the show's at once
    assert desk.asked_ids == ["scene.preview", "scene.cut"]
    shown.until(lambda: not shown.window.keys.is_guarding)
    QTest.keyClick(shown.window, Qt.Key.Key_Return)
    assert desk.asked_ids[-1] == "scene.auto"
