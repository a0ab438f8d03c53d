"""The QUEUE page: drops are searched, chosen, pinned, moved, added and edited, by mouse, by key and by typing."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.commerce.state import DropState, Lamp
from console.core.journal import Origin
from console.core.outcome import Outcome
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.queue_states import QUEUE_STATES, hold, pair
from tests.widgets.shown import Shown
from widgets.pages import QUEUE, RUNDOWN, Pages
from widgets.palette import entries
from widgets.queue_list import NO_DROPS, NO_POINTS, NOT_FOUND
from widgets.queue_pane import QueuePane
from widgets.queue_rows import PIN, plain, rows_of

CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def pages(shown: Shown) -> Pages:
    return shown.window.pages


@pytest.fixture
def pane(shown: Shown, desk: FakeDesk, pages: Pages) -> QueuePane:
    desk.be("queue_few")
    pages.show_page(QUEUE)
    pages.queue.leave()
    pages.queue.choose("cap-01")
    shown.settle()
    return pages.queue


def key(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press a key where the keyboard is."""
    there = QApplication.focusWidget()
    assert there is not None
    QTest.keyClick(there, key, modifiers)


def press(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def titles(pane: QueuePane) -> list[str]:
    return [row.drop.title for row in pane.list.rows]


def test_the_next_drop_stands_in_the_heading_of_drop_whatever_is_chosen_or_sells(
    shown: Shown, desk: FakeDesk, pages: Pages
) -> None:
    door = shown.window._drop.queue
    desk.be("queue_few")
    assert (door.words, door.above) == ("■ next: Canvas tote", "")
    desk.sale.set(replace(desk.sale.value, chosen="mug-01"))
    assert (door.words, door.above) == ("■ next: Canvas tote", "■ open: Linen cap")
    assert "24.00 €, 30 pieces, armed" in door.accessibleName()
    desk.be("queue_empty")
    assert door.words == "next: none"
    press(door)
    assert pages.front == QUEUE
    shown.tap("F1")
    shown.tap("F8")
    assert (pages.front, desk.asked) == (QUEUE, [])


def test_pins_have_a_shape_in_the_queue_and_in_the_drop_pane(shown: Shown, desk: FakeDesk, pane: QueuePane) -> None:
    assert [row.is_pinned for row in pane.list.rows] == [True, False, True, False]
    assert shown.window._drop._title.text == f"{PIN} Linen cap"
    assert pane.status[0][0] == f"QUEUE · 4 drops · {PIN} 2 of 3"
    desk.sale.set(replace(desk.sale.value, highlighted=("mug-01",), highlight_lamp=Lamp.REFUSED))
    assert shown.window._drop._title.text == "Linen cap"
    assert "this shop shows no highlights" in pane.status[0][0]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("GROSSE tasse", ["Große Tasse"]),
        ("tote-01", ["Canvas tote"]),
        ("sand", ["Canvas tote"]),
        ("ghent linen", ["Linen cap"]),
        ("i n", ["Linen cap", "Pin"]),
        ("nothing of that", []),
    ],
)
def test_a_search_finds_titles_ids_kinds_and_talking_points_whatever_the_accents(
    pane: QueuePane, search: str, found: list[str]
) -> None:
    pane.search.setText(search)
    assert sorted(titles(pane)) == sorted(found)
    assert pane.list._nothing == NOT_FOUND
    pane.leave()
    assert len(titles(pane)) == 4
    assert plain("Crème Brûlée ß") == "creme brulee ss"


def test_all_is_done_from_the_search_field_and_the_shows_keys_stay_off(
    shown: Shown, desk: FakeDesk, pane: QueuePane
) -> None:
    shown.tap("F8")
    assert pane.search.hasFocus()
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Return)
    key(Qt.Key.Key_Return, CTRL)
    key(Qt.Key.Key_Up, CTRL)
    assert desk.asked == [
        ("drop.choose", Origin.KEY, {"drop": "mug-01"}),
        ("drop.highlight", Origin.KEY, {"drop": "mug-01", "on": False}),
        ("drop.move", Origin.KEY, {"drop": "mug-01", "to": 2}),
    ]
    assert pane.search.hasFocus()
    shown.tap("Esc")
    assert not pane.search.hasFocus()


def test_a_search_that_hides_the_chosen_one_chooses_what_it_found(pane: QueuePane) -> None:
    pane.search.setText("tasse")
    assert pane._named() == {"drop": "mug-01"}
    assert not pane.points.points
    pane.search.setText("linen")
    assert "One size: the strap goes from 52 to 62 cm." in pane.points.points


def test_rows_say_what_they_are_to_a_screen_reader(desk: FakeDesk, pane: QueuePane) -> None:
    words = [row.words for row in rows_of(desk)]
    cap, tote, mug, pin = words
    assert cap == "1, Linen cap, open, highlighted, 19.00 €, ▶ chosen · 38 of 50 left"
    assert tote == "2, Canvas tote, next · armed, 24.00 €, 30 of 30 left · Red 10, Blue 10, Sand 10"
    assert mug.startswith("3, Große Tasse, waits, highlighted")
    assert pin.startswith("4, Pin, closed")
    assert cap in pane.list.accessibleDescription()


def test_a_row_is_chosen_with_the_mouse_and_pressed_twice_the_keys_act_on_it(
    shown: Shown, desk: FakeDesk, pane: QueuePane
) -> None:
    assert pane.remove_button.note == "hold"
    second = QPoint(60, pane.list._row_px() + 5)
    QTest.mouseClick(pane.list, Qt.MouseButton.LeftButton, pos=second)
    assert desk.asked == []
    press(pane.pin_button)
    press(pane.down_button)
    press(pane.choose_button)
    QTest.mouseDClick(pane.list, Qt.MouseButton.LeftButton, pos=second)
    assert [(id, arguments) for id, _, arguments in desk.asked] == [
        ("drop.highlight", {"drop": "tote-01", "on": True}),
        ("drop.move", {"drop": "tote-01", "to": 3}),
        ("drop.choose", {"drop": "tote-01"}),
        ("drop.choose", {"drop": "tote-01"}),
    ]


def test_a_new_drop_is_typed_from_a_template_with_only_what_is_other(
    shown: Shown, desk: FakeDesk, pane: QueuePane
) -> None:
    shown.tap("F8")
    key(Qt.Key.Key_N, CTRL)
    form = pane.form
    assert (form.isVisible(), pane.list.isVisible(), form.fields["title"].hasFocus()) == (True, False, True)
    key(Qt.Key.Key_Return)
    assert "needs a title" in form.answer.text
    form.like.stepped.emit(1)
    assert form.like._text == "like Limited run"
    assert form.fields["price"].text() == "20.00 EUR"
    form.fields["title"].setText("Scarf")
    form.fields["price"].setText("35,00")
    form.fields["duration_s"].setText("2:30")
    form.points.setPlainText("Warm.\n\n Soft. ")
    form.points.setFocus()
    key(Qt.Key.Key_Return, CTRL)
    assert desk.asked == [
        ("drop.add", Origin.KEY,
         {"like": "limited-run", "title": "Scarf", "price": "35.00 EUR", "duration_s": 150,
          "talking_points": ["Warm.", "Soft."]})
    ]  # fmt: skip
    assert pane.list.isVisible()


def test_a_drop_is_asked_for_once_however_often_save_is_pressed_and_a_form_left_meanwhile_stays_left(
    desk: FakeDesk, pane: QueuePane, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[Coroutine[Any, Any, None]] = []
    monkeypatch.setattr(pane._deck.ask, "_schedule", waiting.append)
    press(pane.new_button)
    pane.form.fields["title"].setText("Scarf")
    pane.form.save()
    pane.form.save()
    assert len(waiting) == 1
    pane.form.leave()
    press(pane.new_button)
    pane.form.fields["title"].setText("Belt")
    asyncio.run(waiting.pop())
    assert (pane.form.isVisible(), pane.form.fields["title"].text()) == (True, "Belt")
    pane.form.save()
    asyncio.run(waiting.pop())
    assert [arguments["title"] for _, _, arguments in desk.asked] == ["Scarf", "Belt"]
    assert not pane.form.isVisible()
    pane.copy()
    pane.copy_form.path.setText("/shows/last.toml")
    for _ in range(2):  # look, copy
        pane.copy_form.go_on()
        pane.copy_form.go_on()
        asyncio.run(waiting.pop())
    assert waiting == []


def test_like_it_takes_all_but_title_and_talking_points_and_esc_throws_it_away(
    shown: Shown, desk: FakeDesk, pane: QueuePane
) -> None:
    shown.tap("F8")
    key(Qt.Key.Key_L, CTRL)
    form = pane.form
    assert (form.fields["title"].text(), form.points.toPlainText()) == ("", "")
    assert (form.fields["price"].text(), form.fields["stock"].text()) == ("19.00 EUR", "50")
    shown.tap("Esc")
    pane.leave()
    assert (form.isVisible(), desk.asked) == (False, [])


def test_an_edit_asks_for_what_was_changed_and_a_refusal_stays_in_the_form(
    shown: Shown, desk: FakeDesk, pane: QueuePane
) -> None:
    pane.choose("tote-01")
    press(pane.edit_button)
    form = pane.form
    assert not form.fields["stock"].isEnabled()  # its kinds have pieces of their own
    form.fields["per_buyer"].setText("four")
    press(form.save_button)
    assert '"four" is no number of pieces.' in form.answer.text
    form.fields["per_buyer"].setText("4")
    desk.answer = Outcome.refused("Canvas tote is armed.", "Disarm it first.")
    press(form.save_button)
    assert (form.answer.text, form.isVisible()) == ("Canvas tote is armed. Disarm it first.", True)
    assert desk.asked == [("drop.edit", Origin.KEY, {"drop": "tote-01", "per_buyer": 4})]
    desk.answer = Outcome.done()
    press(form.template_button)
    assert desk.asked[-1][2] == {"drop": "tote-01", "name": "Canvas tote"}
    assert not form.isVisible()


def test_scene_start_and_countdown_are_typed_and_emptied(shown: Shown, desk: FakeDesk, pane: QueuePane) -> None:
    press(pane.edit_button)
    fields = pane.form.fields
    assert [fields[name].text() for name in ("scene", "start", "countdown_s")] == ["", "hand", ""]
    for name, text in (("scene", "Close 2"), ("start", "8.15"), ("countdown_s", "60 s")):
        fields[name].setText(text)
    fields["start"].setFocus()
    shown.until(fields["start"].hasFocus)
    assert "time of day" in pane.form.answer.text
    key(Qt.Key.Key_Return)
    assert desk.asked == [
        ("drop.edit", Origin.KEY, {"drop": "cap-01", "scene": "Close 2", "start": "08:15", "countdown_s": 60})
    ]
    items = desk.show.value.drops
    timed = items[0].model_copy(update={"scene": "Close", "start": "20:15", "countdown_s": 60})
    desk.show.set(desk.show.value.model_copy(update={"drops": (timed, *items[1:])}))
    press(pane.edit_button)
    assert [fields[name].text() for name in ("scene", "start", "countdown_s")] == ["Close", "20:15", "60 s"]
    for name in ("scene", "start", "countdown_s"):
        fields[name].clear()
    press(pane.form.save_button)
    assert desk.asked[-1][2] == {"drop": "cap-01", "scene": None, "start": "hand", "countdown_s": 0}
    press(pane.edit_button)
    fields["countdown_s"].setText("soon")
    press(pane.form.save_button)
    fields["price"].setFocus()
    assert '"soon" is no countdown.' in pane.form.answer.text
    QTest.keyClicks(fields["price"], "2")
    assert "Price of a piece" in pane.form.answer.text
    pane.form.leave()


def test_talking_points_are_taken_away_by_emptying_them(desk: FakeDesk, pane: QueuePane) -> None:
    press(pane.edit_button)
    pane.form.points.clear()
    press(pane.form.save_button)
    assert desk.asked == [("drop.edit", Origin.KEY, {"drop": "cap-01", "talking_points": []})]


def test_another_shows_drops_are_looked_at_before_they_are_copied(desk: FakeDesk, pane: QueuePane) -> None:
    press(pane.new_button)
    press(pane.form.copy_button)
    form = pane.copy_form
    assert (form.isVisible(), form.path.hasFocus()) == (True, True)
    form.path.setText("/shows/last.toml")
    form.days.setText("week")
    key(Qt.Key.Key_Return)
    assert "whole number" in form.told.words
    form.days.setText("7")
    desk.answer = Outcome.done("Linen cap (cap-01): added.")
    key(Qt.Key.Key_Return)
    assert "Linen cap (cap-01): added." in form.told.words
    form.days.setText("14")  # not what was looked at
    key(Qt.Key.Key_Return)
    key(Qt.Key.Key_Return)
    looked = {"show": "/shows/last.toml", "days": 14, "only_look": True}
    assert [arguments for _, _, arguments in desk.asked] == [
        {**looked, "days": 7}, looked, {**looked, "only_look": False},
    ]  # fmt: skip
    assert pane.list.isVisible()


def test_everything_is_in_the_palette_too(desk: FakeDesk, pane: QueuePane) -> None:
    words = {entry.words for entry in entries(desk)}
    assert words >= {
        "Highlight a drop: Canvas tote", "Highlight a drop: Große Tasse no more", "Move drop Pin up",
        "Remove a drop: Pin", "Undo the change of the queue",
    }  # fmt: skip
    assert "Remove a drop: Linen cap" not in words  # it is on sale


def test_what_is_typed_is_opened_from_the_palette_too(shown: Shown, desk: FakeDesk, pages: Pages) -> None:
    desk.be("queue_few")
    offers = dict(pages.offers())
    pages.show_page(RUNDOWN)
    offers["Queue: new drop (F8)"]()
    assert (pages.front, pages.queue.form.isVisible()) == (QUEUE, True)
    pages.leave()
    offers["Queue: copy drops from another show (F8)"]()
    assert pages.queue.copy_form.path.hasFocus()
    pages.leave()
    offers["Queue: edit the drop chosen there, or keep it as a template (F8)"]()
    assert pages.queue.form.title == "EDIT Linen cap"
    pages.leave()
    offers["Queue: search drops (F8 twice)"]()
    assert pages.queue.search.hasFocus()


def test_an_empty_queue_and_a_drop_without_points_say_what_to_do(desk: FakeDesk, pane: QueuePane) -> None:
    hold(desk, pair("mug-01", "Mug"))
    assert (pane.points._title, pane.points.points) == ("Mug", ())
    assert pane.points.accessibleDescription() == NO_POINTS
    desk.be("queue_empty")
    pane.search.clear()
    assert (pane.list.rows, pane.list._nothing) == ((), NO_DROPS)
    press(pane.pin_button)
    assert desk.asked == []


def test_a_drop_that_comes_does_not_move_the_rows_that_somebody_has_scrolled_to(
    shown: Shown, desk: FakeDesk, pane: QueuePane
) -> None:
    many = [pair(f"mug-{n:02}", f"Mug {n}") for n in range(30)]
    hold(desk, *many[:29])
    pane.choose("mug-00")
    wheel = QWheelEvent(QPointF(9, 9), QPointF(9, 9), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
                        NONE, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    for _ in range(3):
        QApplication.sendEvent(pane.list, wheel)
    seen = pane.list.in_sight
    assert seen.start == 3
    hold(desk, *many)
    assert pane.list.in_sight == seen
    pane.choose("mug-29")
    assert pane.list.in_sight.stop == 30


def test_a_drop_that_is_on_sale_and_in_the_show_no_more_is_still_there(desk: FakeDesk, pane: QueuePane) -> None:
    desk.show.set(desk.show.value.model_copy(update={"drops": ()}))
    assert titles(pane)[0] == "Linen cap"
    press(pane.edit_button)
    assert not pane.form.isVisible()


@pytest.mark.parametrize("state", sorted(QUEUE_STATES))
def test_following_the_sale_behind_another_page_shows_nothing_out_of_date(
    shown: Shown, desk: FakeDesk, pages: Pages, state: str
) -> None:
    pages.show_page(RUNDOWN)
    desk.be(state)
    pages.show_page(QUEUE)
    shown.settle()
    assert len(pages.queue.list.rows) == len(desk.sale.value.drops)
    assert all(row.state for row in pages.queue.list.rows)
    assert {each.drop.state for each in pages.queue.list.rows} <= set(DropState)
