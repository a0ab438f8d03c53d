"""The OUTBOX page: every message is read, tried, given up and exported, by mouse, by key and by typing."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.commerce.lines import LineState
from console.core.journal import Origin
from console.core.outcome import Outcome
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.outbox_states import OUTBOX_STATES, line, show
from tests.widgets.shown import Shown
from widgets import theme
from widgets.outbox_list import NOTHING
from widgets.outbox_pane import OutboxPane
from widgets.outbox_rows import STATES, id_of, items_of
from widgets.page_entries import page_entries
from widgets.pages import OUTBOX, RUNDOWN, Pages


@pytest.fixture
def pages(shown: Shown) -> Pages:
    return shown.window.pages


@pytest.fixture
def pane(shown: Shown, pages: Pages) -> OutboxPane:
    pages.show_page(OUTBOX)
    shown.settle()
    return pages.outbox


def rows(shown: Shown, pane: OutboxPane) -> list[str]:
    shown.settle()
    return [f"{row.sign} {row.what}: {row.state}" for row in pane.list.rows]


def typed(shown: Shown, words: str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Type `words` where the keyboard is, then Enter."""
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, words)
    QTest.keyClick(field, Qt.Key.Key_Return, modifiers)
    shown.settle()


def test_the_door_in_the_heading_of_the_drop_opens_the_page(shown: Shown, desk: FakeDesk, pages: Pages) -> None:
    desk.be("outbox_waiting")
    door = shown.window._drop.outbox
    assert door.words == "■ outbox 1"
    assert "F7" in door.toolTip()
    QTest.mouseClick(door, Qt.MouseButton.LeftButton)
    assert pages.front == OUTBOX
    shown.tap("F1")
    shown.tap("F7")
    assert pages.front == OUTBOX
    assert desk.asked == []


def test_an_empty_outbox_says_what_will_stand_there(shown: Shown, desk: FakeDesk, pane: OutboxPane) -> None:
    desk.be("outbox_empty")
    assert rows(shown, pane) == []
    assert NOTHING.startswith("Nothing was sent")
    QTest.mouseClick(pane.retry_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(pane.give_up_button, Qt.MouseButton.LeftButton)
    assert desk.asked == []
    assert not pane.reason.isVisible()


def test_what_waits_stands_first_with_its_tries_its_age_and_its_answer(
    shown: Shown, desk: FakeDesk, pane: OutboxPane, pages: Pages
) -> None:
    desk.be("outbox_waiting")
    assert rows(shown, pane)[:2] == ["■ Close Linen cap: waiting", "✓ Fire Linen cap: confirmed"]
    first = pane.list.rows[0]
    assert "6 tries · for 0:23" in first.when
    assert first.story.startswith("next try in 4 s · The shop at https://shop.example cannot be reached.")
    assert pages.beside == "OUTBOX · ■ 1"


def test_after_a_crash_what_may_have_landed_is_asked_about_and_the_answer_stands_there(
    shown: Shown, desk: FakeDesk, pane: OutboxPane
) -> None:
    desk.be("outbox_crashed")
    assert rows(shown, pane)[:3] == [
        "? Fire Linen cap: asking the shop", "? Open checkout: asking the shop", "✓ Arm Linen cap: confirmed",
    ]  # fmt: skip
    assert pane.list.rows[0].story.startswith("it may have landed: asked before anything is sent")
    assert "asked, the shop said: armed, run 1, 0 sold, 50 left" in pane.list.rows[2].story


def test_a_contradiction_stands_among_the_messages_with_both_words(
    shown: Shown, desk: FakeDesk, pane: OutboxPane
) -> None:
    desk.be("outbox_contradiction")
    assert rows(shown, pane)[0] == "▲ The shop on Linen cap: contradicts itself"
    assert pane.list.rows[0].story == "it said 3 sold, then 1 sold"
    assert shown.window._drop.outbox.words == "▲ outbox 0"
    assert pane.status[0][0] == "OUTBOX · ▲ the shop contradicts itself"


def test_the_buttons_act_on_the_chosen_message(shown: Shown, desk: FakeDesk, pane: OutboxPane) -> None:
    desk.be("outbox_crashed")
    shown.settle()
    QTest.mouseClick(pane.list, Qt.MouseButton.LeftButton, pos=QPoint(60, pane.list._row_px() + 5))
    QTest.mouseClick(pane.retry_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(pane.export_button, Qt.MouseButton.LeftButton)
    assert desk.asked == [
        ("outbox.retry", Origin.BUTTON, {"message": "e6"}), ("outbox.export", Origin.BUTTON, {}),
    ]  # fmt: skip


def test_all_of_it_goes_by_keyboard(shown: Shown, desk: FakeDesk, pane: OutboxPane) -> None:
    desk.be("outbox_crashed")
    shown.tap("F7")
    shown.until(pane.list.hasFocus)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_N, Qt.Key.Key_E, Qt.Key.Key_Left, Qt.Key.Key_Delete):
        QTest.keyClick(pane.list, key)
    shown.until(pane.reason.hasFocus)
    typed(shown, "wrong price")
    assert desk.asked == [
        ("outbox.retry", Origin.KEY, {"message": "e6"}),
        ("outbox.export", Origin.KEY, {}),
        ("outbox.give_up", Origin.KEY, {"message": "e7", "reason": "wrong price"}),
    ]


def test_a_closing_is_given_up_with_ctrl_and_the_words_stand_on_the_button(
    shown: Shown, desk: FakeDesk, pane: OutboxPane
) -> None:
    desk.be("outbox_waiting")
    pane.open_form()
    shown.until(pane.reason.hasFocus)
    assert pane.end_button.title == "BUYERS MAY BUY: GIVE UP"
    typed(shown, "done there")
    assert desk.asked[-1][2] == {"message": "e5", "reason": "done there"}, "Enter alone: the desk refuses it in words"
    typed(shown, "", Qt.KeyboardModifier.ControlModifier)
    assert desk.asked[-1][2] == {"message": "e5", "reason": "done there", "buyers_may_buy": True}


@pytest.mark.slow
def test_the_button_gives_up_when_it_is_held(shown: Shown, desk: FakeDesk, pane: OutboxPane) -> None:
    desk.be("outbox_crashed")
    pane.open_form()
    QTest.keyClicks(pane.reason, "wrong price")
    QTest.mouseClick(pane.end_button, Qt.MouseButton.LeftButton)
    assert desk.asked == []
    QTest.mousePress(pane.end_button, Qt.MouseButton.LeftButton)
    shown.until(lambda: bool(desk.asked))
    QTest.mouseRelease(pane.end_button, Qt.MouseButton.LeftButton)
    assert desk.asked == [("outbox.give_up", Origin.BUTTON, {"message": "e7", "reason": "wrong price"})]


def test_esc_and_a_confirmation_both_keep_the_message(shown: Shown, desk: FakeDesk, pane: OutboxPane) -> None:
    desk.be("outbox_waiting")
    pane.open_form()
    shown.until(pane.reason.hasFocus)
    shown.tap("Esc")  # leaves the field
    shown.tap("Esc")
    assert not pane.reason.isVisible()
    pane.open_form()
    lines = desk.sale.value.outbox
    show(desk, replace(lines[0], state=LineState.CONFIRMED, ended_at=desk.clock.now()), *lines[1:])
    shown.settle()
    assert not pane.reason.isVisible()
    assert not shown.window.keys.is_typing()
    assert desk.asked == []


def test_no_row_moves_when_the_form_opens_or_a_message_says_something_else(
    shown: Shown, desk: FakeDesk, pane: OutboxPane
) -> None:
    desk.be("outbox_waiting")
    shown.settle()
    place = pane.list.geometry()
    ids = [id_of(item) for item in items_of(desk.sale.value)]
    pane.open_form()
    shown.settle()
    assert pane.list.geometry() == place
    lines = desk.sale.value.outbox
    for state in (LineState.SENDING, LineState.WAITING, LineState.CONFIRMED):
        show(desk, replace(lines[0], state=state), *lines[1:])
        assert [id_of(item) for item in items_of(desk.sale.value)] == ids
    pane.close_form()


def test_a_chosen_message_stays_chosen_when_others_come(shown: Shown, desk: FakeDesk, pane: OutboxPane) -> None:
    desk.be("outbox_crashed")
    pane.choose("e6")
    newer = line(desk, "e8", "drop.closed", LineState.WAITING, ago_s=0)
    show(desk, newer, *desk.sale.value.outbox)
    QTest.mouseClick(pane.retry_button, Qt.MouseButton.LeftButton)
    assert desk.asked == [("outbox.retry", Origin.BUTTON, {"message": "e6"})]


def test_of_hundreds_only_those_in_sight_are_made(shown: Shown, desk: FakeDesk, pane: OutboxPane) -> None:
    desk.be("outbox_many")
    shown.settle()
    assert len(items_of(desk.sale.value)) == 300
    assert 3 <= len(pane.list.rows) <= 10
    before = pane.list.rows
    pane.choose(id_of(items_of(desk.sale.value)[-1]))
    shown.settle()
    assert pane.list.rows[-1] != before[-1]


def test_what_waits_for_longer_than_a_moment_is_said_beside_the_tabs(
    shown: Shown, desk: FakeDesk, pane: OutboxPane
) -> None:
    show(desk, line(desk, "e1", "drop.opened", LineState.SENDING, ago_s=0.1))
    assert pane.status[0][0] == "OUTBOX"
    show(desk, line(desk, "e1", "drop.opened", LineState.SENDING, ago_s=75))
    assert pane.status[0][0] == "OUTBOX · ■ 1 waiting, for 1:15"
    show(desk, line(desk, "e1", "drop.opened", LineState.CONFIRMED))
    assert pane.status[0][0] == "OUTBOX · all confirmed"


def test_what_came_of_it_is_told(shown: Shown, desk: FakeDesk, pane: OutboxPane) -> None:
    desk.answer = Outcome.done("3 messages written to /data/exports/outbox.csv.")
    QTest.mouseClick(pane.export_button, Qt.MouseButton.LeftButton)
    shown.settle()
    assert "3 messages written" in shown.window.banner.accessibleName()


def test_everything_of_the_outbox_can_be_typed_for(desk: FakeDesk) -> None:
    desk.be("outbox_waiting")
    found = {words: arguments for words, action_id, arguments in page_entries(desk) if action_id.startswith("outbox.")}
    assert found == {
        "Retry all of the outbox now": {},
        "Export the outbox as CSV": {"form": "csv"},
        "Export the outbox as JSON": {"form": "json"},
        "Retry now: Close Linen cap": {"message": "e5"},
        "Give up: Close Linen cap, not wanted any more, buyers may still buy": {
            "message": "e5", "reason": "not wanted any more", "buyers_may_buy": True,
        },
        "Give up: Close Linen cap, done at the shop by hand, buyers may still buy": {
            "message": "e5", "reason": "done at the shop by hand", "buyers_may_buy": True,
        },
    }  # fmt: skip


@pytest.mark.parametrize("state", sorted(OUTBOX_STATES))
def test_every_state_says_itself_without_colour(shown: Shown, desk: FakeDesk, pane: OutboxPane, state: str) -> None:
    desk.be(state)
    shown.settle()
    assert all(row.sign and row.state and row.what for row in pane.list.rows)
    theme.CUT.clear()
    pane.grab()
    assert list(theme.CUT) == []


def test_every_state_of_a_message_has_its_sign() -> None:
    assert set(STATES) == set(LineState)


def test_the_page_stays_out_of_the_way_of_the_others(shown: Shown, pages: Pages) -> None:
    pages.show_page(RUNDOWN)
    assert not pages.outbox.isVisible()
