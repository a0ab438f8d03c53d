"""The LOOKS page: choosing, running, recording, saving, and how the last run went, step by step."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from console.core.journal import Origin
from console.core.outcome import Outcome
from console.desk.looks_state import Looks
from console.settings.show import Look
from scenes.sources.look_run import LookRun, StepRun
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.page_states import STEPS, two_looks
from tests.widgets.shown import Shown
from widgets.controls import ActionButton, Face
from widgets.looks_pane import LooksPane
from widgets.pages import LOOKS

DRAFT = Look(name="New look", scene="Table", steps=STEPS)


@pytest.fixture
def pane(shown: Shown, desk: FakeDesk) -> LooksPane:
    desk.looks.set(Looks(two_looks(), is_kept=True))
    shown.window.pages.show_page(LOOKS)
    shown.window.pages.looks.choose("Price on table")
    shown.settle()
    return shown.window.pages.looks


def button(pane: LooksPane, title: str) -> ActionButton:
    return next(each for each in pane.findChildren(ActionButton) if each.title == title and each.isVisible())


def press(pane: LooksPane, title: str) -> None:
    QTest.mouseClick(button(pane, title), Qt.MouseButton.LeftButton)


def test_the_chosen_look_is_shown_as_plain_lines_its_take_last(pane: LooksPane) -> None:
    assert pane.steps.lines == (
        "Show Lower third in Table", "Text of Headline: Linen cap, 19 € / only tonight",
        "Filter Warm of Table camera on", "Play Sting from the start", "Take Table with Fade, 0.3 s",
    )  # fmt: skip


def test_pressing_a_look_shows_it_and_run_runs_it(pane: LooksPane, desk: FakeDesk) -> None:
    QTest.mouseClick(pane.list, Qt.MouseButton.LeftButton, pos=QPoint(20, 50))
    assert pane.steps.lines == ("Hide Lower third in Table",)
    assert desk.asked == []
    press(pane, "RUN Clean picture")
    assert desk.asked == [("look.run", Origin.BUTTON, {"look": "Clean picture"})]


def test_shift_and_a_number_runs_the_look_of_that_number(shown: Shown, pane: LooksPane, desk: FakeDesk) -> None:
    shown.tap("2", Qt.KeyboardModifier.ShiftModifier)
    assert [action_id for action_id, _, _ in desk.asked] == ["look.run"]
    assert desk.asked[0][2]["look"] in (2, "Clean picture")


def test_a_look_is_chosen_by_keyboard_too(pane: LooksPane, shown: Shown) -> None:
    pane.list.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(pane.list, Qt.Key.Key_Right)
    assert pane.steps.lines == ("Hide Lower third in Table",)
    QTest.keyClick(pane.list, Qt.Key.Key_Left)
    assert len(pane.steps.lines) == 5


def test_a_run_says_of_each_step_what_came_of_it(pane: LooksPane, desk: FakeDesk) -> None:
    desk.be("looks_failed")
    assert pane.steps.heading == "▲ Price on table: 2 of 4 done"
    assert pane.steps.lines[1:] == (
        "▲ Text of Headline: Linen cap, 19 € / only tonight: OBS has no input Headline.",
        "✓ Filter Warm of Table camera on",
        "Play Sting from the start: not tried",
    )


def test_a_look_that_was_refused_as_a_whole_says_why(pane: LooksPane, desk: FakeDesk) -> None:
    refused = Outcome.refused("OBS was not heard for 2 s.", "Look at OBS.")
    run = LookRun("Clean picture", refused, (StepRun("Hide Lower third in Table"),))
    desk.looks.set(Looks(two_looks(), last=run))
    assert pane.steps.lines == ("▲ OBS was not heard for 2 s.: Look at OBS.", "Hide Lower third in Table")


def test_what_was_run_last_comes_into_sight_and_a_press_shows_another(pane: LooksPane, desk: FakeDesk) -> None:
    run = LookRun("Clean picture", Outcome.done(), (StepRun("Hide Lower third in Table", True),))
    desk.looks.set(Looks(two_looks(), last=run, can_undo=True))
    assert pane.steps.heading == "✓ Clean picture: done, 1 of 1"
    pane.choose("Price on table")
    assert pane.steps.heading == "Price on table: what it does"


def test_an_undo_is_reported_like_a_run(pane: LooksPane, desk: FakeDesk) -> None:
    run = LookRun("Undo Clean picture", Outcome.done(), (StepRun("Show Lower third in Table", True),))
    desk.looks.set(Looks(two_looks(), last=run))
    assert pane.steps.heading == "✓ Undo Clean picture: done, 1 of 1"
    assert pane.steps.lines == ("✓ Show Lower third in Table",)


def test_undo_looks_ready_only_while_there_is_something_to_put_back(pane: LooksPane, desk: FakeDesk) -> None:
    assert button(pane, "UNDO").face is Face.OFF
    desk.looks.set(Looks(two_looks(), can_undo=True))
    assert button(pane, "UNDO").face is Face.PLAIN
    press(pane, "UNDO")
    assert desk.asked == [("look.undo", Origin.BUTTON, {})]


def test_recording_is_begun_and_ended_and_shown_as_it_grows(pane: LooksPane, desk: FakeDesk) -> None:
    press(pane, "RECORD")
    desk.looks.set(Looks(two_looks(), recording=()))
    assert pane.steps.heading == "● RECORDING: do what the look shall do"
    desk.looks.set(Looks(two_looks(), recording=STEPS[:2], draft=DRAFT.model_copy(update={"steps": STEPS[:2]})))
    assert pane.steps.heading == "● RECORDING: 3 steps"  # its take counts
    assert pane.steps.lines[-1] == "Take Table"
    assert not pane.field.isVisible()
    press(pane, "STOP")
    assert [arguments for _, _, arguments in desk.asked] == [{"on": True}, {"on": False}]


def test_what_was_recorded_is_named_and_saved_as_it_was(shown: Shown, pane: LooksPane, desk: FakeDesk) -> None:
    desk.looks.set(Looks(two_looks(), draft=DRAFT))
    assert pane.steps.heading == "RECORDED: 5 steps, not saved yet"
    assert not pane.field.hasFocus()  # the keys are the show's until the director presses the field
    press(pane, "SAVE")
    assert desk.asked == []
    assert pane.field.hasFocus()
    QTest.keyClicks(pane.field, "Opening")
    QTest.keyClick(pane.field, Qt.Key.Key_Return)
    assert desk.asked == [("look.save", Origin.KEY, {"name": "Opening"})]
    desk.looks.set(Looks(two_looks()))
    assert shown.window.hasFocus()
    assert not pane.field.isVisible()


def test_a_look_may_take_nothing_or_another_scene_at_its_end(pane: LooksPane, desk: FakeDesk) -> None:
    desk.looks.set(Looks(two_looks(), draft=DRAFT))
    pane.field.setText("Opening")
    asked = []
    for _ in range(4):
        press(pane, "SAVE")
        asked.append(desk.asked[-1][2].get("scene"))
        pane._take.stepped.emit(1)
    assert asked == [None, "", "Close", None]  # as recorded, nothing, what is on air, round again


def test_a_look_is_removed_only_by_holding(shown: Shown, pane: LooksPane, desk: FakeDesk) -> None:
    remove = button(pane, "REMOVE")
    QTest.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert desk.asked == []
    QTest.mousePress(remove, Qt.MouseButton.LeftButton)
    shown.until(lambda: bool(desk.asked))
    QTest.mouseRelease(remove, Qt.MouseButton.LeftButton)
    assert desk.asked == [("look.remove", Origin.BUTTON, {"look": "Price on table"})]


def test_looks_that_are_not_kept_are_said_to_be(pane: LooksPane, desk: FakeDesk) -> None:
    assert "not kept" not in " ".join(pane.status[0])
    desk.looks.set(Looks(two_looks()))
    assert "3 looks · not kept" in pane.status[0]


def test_a_show_without_looks_says_how_one_is_made(pane: LooksPane, desk: FakeDesk) -> None:
    desk.looks.set(Looks())
    assert pane.steps.lines == ()
    assert button(pane, "RUN").face is Face.OFF


def test_many_looks_are_scrolled_to_the_chosen_one(pane: LooksPane, desk: FakeDesk, shown: Shown) -> None:
    desk.looks.set(Looks(tuple(Look(name=f"Look {n}", steps=STEPS) for n in range(40)), is_kept=True))
    pane.choose("Look 30")
    shown.settle()
    row_px = pane.list._row_px()
    chosen = next(y for y in range(0, pane.list.height(), row_px) if pane.list.row_at(y + 1) == 30)
    QTest.mouseClick(pane.list, Qt.MouseButton.LeftButton, pos=QPoint(20, chosen + 2))
    press(pane, "RUN Look 30")
    assert desk.asked[-1][2] == {"look": "Look 30"}
