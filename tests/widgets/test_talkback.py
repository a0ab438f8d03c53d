"""Whom T speaks to: chosen in the window by mouse and keyboard, and shown by name while it is held."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets import theme
from widgets.controls import Face
from widgets.matrix_section import MatrixSection
from widgets.pages import SOUND
from widgets.palette import entries
from widgets.sound_pane import SoundPane
from widgets.talkback import names_that_fit

INTO = ["Ana", "Eve", "Fay"]  # Cem's and Dia's are made elsewhere, Bo's is left out


@pytest.fixture
def matrix(shown: Shown, desk: FakeDesk) -> MatrixSection:
    desk.be("sound_talk")
    shown.window.pages.show_page(SOUND)
    shown.window.pages.sound.show_section("MATRIX")
    shown.window.pages.sound.matrix.grid.choose(0, 0)
    shown.settle()
    return shown.window.pages.sound.matrix


def test_who_hears_talkback_is_chosen_in_the_matrix_by_a_click_and_by_keys(
    matrix: MatrixSection, desk: FakeDesk
) -> None:
    QTest.mouseClick(matrix.grid, Qt.MouseButton.LeftButton, pos=matrix.grid.rect_of(0, 1).center())
    matrix.grid.choose(0, 0)
    matrix.take_keyboard()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Delete):
        QTest.keyClick(matrix.grid, key)
    matrix.grid.choose(0, 2)
    QTest.keyClick(matrix.grid, Qt.Key.Key_Space)  # the call software makes it: locked
    assert [(action, asked) for action, _, asked in desk.asked] == [
        ("talkback.to", {"returns": ["Ana", "Bo", "Eve", "Fay"]}),
        *[("talkback.to", {"returns": ["Eve", "Fay"]})] * 2,
    ]


def test_the_matrix_says_whom_talkback_reaches_and_who_hears_it_now(matrix: MatrixSection, desk: FakeDesk) -> None:
    sheet = matrix.sheet(desk.sound.value)
    assert sheet.rows[0] == "T · Director"
    assert [cell.text for cell in sheet.cells[0]] == ["T 0", "no T", "·", "·", "T 0", "T 0"]
    assert sheet.cells[0][0].words == "T speaks to Ana. You are heard, the others are dimmed"
    matrix.grid.choose(1, 0)
    matrix.take_keyboard()
    QTest.keyClick(matrix.grid, Qt.Key.Key_Minus)
    assert desk.asked[-1][2] == {"return": "Ana", "channel": "Host", "gain_db": -1.0}  # a row below, its own channel


def test_who_hears_talkback_is_chosen_by_typing(desk: FakeDesk) -> None:
    desk.be("sound_talk")
    found = {entry.words: entry.arguments for entry in entries(desk) if entry.action_id == "talkback.to"}
    who = "Who hears talkback: "
    assert found[f"{who}Bo, too"] == {"returns": ["Ana", "Bo", "Eve", "Fay"]}
    assert found[f"{who}Ana no more"] == {"returns": ["Eve", "Fay"]}
    assert found[f"{who}Eve alone"] == {"returns": ["Eve"]}
    assert found[f"{who}everybody"] == {"returns": ["Ana", "Bo", "Eve", "Fay"]}
    assert found[f"{who}as the show file says"] == {}
    assert not any("Cem" in words for words in found)


def test_the_lamp_and_the_strips_say_by_name_who_is_spoken_to(shown: Shown, desk: FakeDesk) -> None:
    desk.be("sound_talk")
    shown.settle()
    pane = shown.window.findChildren(SoundPane)[0]
    assert pane.talkback.title == "TALK → Ana, Eve, Fay"
    assert [strip.name.text for strip in pane.returns] == [
        "T● Ana", "→ Bo", "→ Cem", "→ Dia", "T● Eve", "T● Fay",
    ]  # fmt: skip
    assert "You are heard now, the others are dimmed" in pane.returns[0].name.toolTip()
    sound = desk.sound.value
    let_go = tuple(replace(one, is_spoken_into=False, is_dimmed=False) for one in sound.returns)
    desk.sound.set(replace(sound, returns=let_go))
    assert (pane.talkback.title, pane.talkback.face) == ("TALK → NOBODY", Face.AMBER)
    desk.sound.set(replace(sound, returns=let_go, is_talkback_open=False))
    assert (pane.talkback.title, pane.returns[0].name.text) == ("TALKBACK", "T→ Ana")


def test_as_many_names_are_said_as_fit_and_how_many_more_there_are(shown: Shown) -> None:
    room = theme.width_of("Ana, Bo +1", theme.SMALL, theme.BOLD)
    assert names_that_fit(["Ana", "Bo", "Cem"], 300) == "Ana, Bo, Cem"
    assert names_that_fit(["Ana", "Bo", "Extraordinarily long"], room) == "Ana, Bo +1"
    assert names_that_fit(["Extraordinarily long", "Bo"], room).endswith("… +1")
    assert names_that_fit([], 300) == "NOBODY"
