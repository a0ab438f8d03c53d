"""The CAMERAS page: the list and how each camera is, order, removal, hand-over, and what was found."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from console.cameras.state import Camera, CameraState, Stats
from console.cameras.state import Origin as Made
from console.core.journal import Origin
from console.core.outcome import Outcome
from console.settings.show import Show
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.page_states import kept_cameras, offers, tiles
from tests.widgets.shown import Shown
from widgets.camera_facts import facts_of
from widgets.camera_line import Line, state_of
from widgets.cameras_pane import CamerasPane
from widgets.controls import ActionButton, Face
from widgets.pages import CAMERAS, RUNDOWN

CONTROL = Qt.KeyboardModifier.ControlModifier
S = 1_000_000_000


@pytest.fixture
def pane(shown: Shown, desk: FakeDesk) -> CamerasPane:
    pane = shown.window.pages.cameras
    if not pane.form.isHidden():
        pane.form.leave()
    desk.be("cameras")
    shown.window.pages.show_page(CAMERAS)
    pane.choose("Wide")
    shown.settle()
    desk.asked.clear()
    return pane


def press(button: ActionButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def at_row(pane: CamerasPane, row: int) -> QPoint:
    return QPoint(40, next(y for y in range(pane.list.height()) if pane.list.row_at(y) == row) + 4)


def test_the_list_says_of_each_camera_how_it_is_in_words_and_signs(pane: CamerasPane) -> None:
    assert pane.list.rows == (
        "● Wide: live · 30 fps · 5.8 Mbit/s · relay · 182 ms",
        "■ Close: live · 19 of 30 fps · 2.3 Mbit/s",
        "● Table: live · 10 fps · from OBS",
        "? Guest Ana: same picture 14 s?",
        "▲ Street: lost 41 s · trying",
    )
    assert pane.status[0][0] == "3 of 5 live"
    assert pane.mark[0] == "▲ 1"


def test_the_chosen_camera_tells_all_that_is_known_of_it(pane: CamerasPane) -> None:
    assert pane.facts.words == (
        "● live for 12:31", "30 fps · 5.8 Mbit/s · delay 182 ms", "1280×720 · H.264 · software decoding",
        "relay: OBS takes it from 127.0.0.1:9710", "scene Wide", "srt://192.0.2.10:9001",
    )  # fmt: skip
    pane.choose("Close")
    assert "▲ 412 dropped · 3 reconnects" in pane.facts.words
    pane.choose("Street")
    assert pane.facts.words[:3] == (
        "▲ lost 41 s · trying", "Nothing answers on 192.0.2.40.",
        "It is tried again by itself. Look whether the sender runs.",
    )  # fmt: skip


def test_a_camera_for_a_scene_that_obs_does_not_have_is_marked(pane: CamerasPane, desk: FakeDesk) -> None:
    desk.show.set(Show(name="Friday drop", cameras=(kept_cameras()[0].model_copy(update={"scene": "Nowhere"}),)))
    assert pane.list.rows[0].startswith("● Wide: live · scene not in OBS")
    assert pane.facts.words[1] == "▲ OBS has no scene Nowhere. EDIT corrects it."


def test_every_state_has_a_sign_of_its_own_or_a_word(pane: CamerasPane) -> None:
    now = 100 * S
    said = [state_of(Camera("Wide", None, Made.WORKER, state, since_mono_ns=now), now)[:2] for state in CameraState]
    assert len(set(said)) == len(CameraState)
    assert state_of(None, now)[1] == "not opened"


def test_a_file_that_is_not_there_was_never_lost_and_is_mended_here(pane: CamerasPane) -> None:
    fix = "Correct its address on the page CAMERAS (F5)."
    tile = Camera("Clip", None, Made.WORKER, CameraState.LOST, 0.0, "There is no file /a.mp4.", fix, 3 * S)
    words = [words for words, _ in facts_of(Line("Clip", tile), 5 * S)]
    assert words[:3] == ["▲ no picture 2 s · trying", "There is no file /a.mp4.", "Correct its address."]


def test_pictures_that_come_too_slowly_are_said_to(pane: CamerasPane) -> None:
    tile = Camera("Wide", None, Made.WORKER, CameraState.LIVE, 23.0, stats=Stats(expected_fps=30.0))
    words = [words for words, _ in facts_of(Line("Wide", tile), 5 * S)]
    assert words[:2] == ["■ live", "23 of 30 fps"]


def test_a_tile_that_no_show_file_names_is_listed_last_and_can_be_written_there(
    pane: CamerasPane, desk: FakeDesk
) -> None:
    desk.cameras.set((Camera("Slides", "Slides", Made.OBS, CameraState.LIVE, 9.0), *tiles()))
    assert pane.list.rows[-1] == "● Slides: live · 9 fps · from OBS"
    pane.choose("Slides")
    assert "It stands in no show file." in pane.facts.words
    assert pane.remove_button.face is Face.OFF
    press(pane.edit_button)
    pane.form.save()
    assert desk.asked == [("camera.add", Origin.BUTTON, {"name": "Slides", "scene": "Slides"})]


def test_pressing_a_row_chooses_it_and_a_double_click_edits_it(pane: CamerasPane, desk: FakeDesk) -> None:
    QTest.mouseClick(pane.list, Qt.MouseButton.LeftButton, pos=at_row(pane, 1))
    assert pane.facts.words[-1] == ":rtsp-tcp"
    QTest.mouseDClick(pane.list, Qt.MouseButton.LeftButton, pos=at_row(pane, 1))
    assert pane.form.area.texts()["name"] == "Close"
    assert desk.asked == []


def test_a_camera_is_moved_by_buttons_by_keys_and_by_dragging(pane: CamerasPane, desk: FakeDesk) -> None:
    pane.choose("Close")
    press(pane.up_button)
    press(pane.down_button)
    pane.list.setFocus()
    QTest.keyClick(pane.list, Qt.Key.Key_Right, CONTROL)
    QTest.mousePress(pane.list, Qt.MouseButton.LeftButton, pos=at_row(pane, 0))
    QTest.mouseMove(pane.list, at_row(pane, 2))
    QTest.mouseRelease(pane.list, Qt.MouseButton.LeftButton, pos=at_row(pane, 2))
    asked = [(action_id, arguments) for action_id, _, arguments in desk.asked]
    assert asked == [
        ("camera.move", {"camera": "Close", "to": 1}), ("camera.move", {"camera": "Close", "to": 3}),
        ("camera.move", {"camera": "Close", "to": 3}), ("camera.move", {"camera": "Wide", "to": 3}),
    ]  # fmt: skip


def test_the_first_does_not_go_up_and_the_last_not_down(pane: CamerasPane, desk: FakeDesk) -> None:
    assert (pane.up_button.face, pane.down_button.face) == (Face.OFF, Face.PLAIN)
    pane.choose("Street")
    assert (pane.up_button.face, pane.down_button.face) == (Face.PLAIN, Face.OFF)


def test_a_camera_is_removed_only_by_holding_the_button_or_the_key(
    shown: Shown, pane: CamerasPane, desk: FakeDesk
) -> None:
    press(pane.remove_button)
    pane.list.setFocus()
    QTest.keyPress(pane.list, Qt.Key.Key_Delete)
    QTest.keyRelease(pane.list, Qt.Key.Key_Delete)
    shown.until(lambda: shown.window.holds.fraction("camera.remove") == 0.0)
    assert desk.asked == []
    QTest.keyPress(pane.list, Qt.Key.Key_Delete)
    QTest.keyRelease(pane.list, Qt.Key.Key_Delete)  # X11 may send repeats so
    QTest.keyPress(pane.list, Qt.Key.Key_Delete)
    shown.until(lambda: bool(desk.asked))
    QTest.keyRelease(pane.list, Qt.Key.Key_Delete)
    assert desk.asked == [("camera.remove", Origin.KEY, {"camera": "Wide"})]


def test_a_removal_by_mouse_says_what_was_removed(shown: Shown, pane: CamerasPane, desk: FakeDesk) -> None:
    desk.answer = Outcome.done("Wide is removed. Undo brings it back.")
    pane.remove_button._hold_s = 0.05
    QTest.mousePress(pane.remove_button, Qt.MouseButton.LeftButton)
    shown.until(lambda: bool(desk.asked))
    pane.choose("Close")  # the list goes on to the next one, under the finger
    QTest.mouseRelease(pane.remove_button, Qt.MouseButton.LeftButton)
    assert desk.asked == [("camera.remove", Origin.BUTTON, {"camera": "Wide"})]
    assert shown.window.banner.words == "Wide is removed. Undo brings it back."


def test_a_hold_whose_camera_changes_under_the_finger_removes_none(
    shown: Shown, pane: CamerasPane, desk: FakeDesk
) -> None:
    pane.remove_button._hold_s = 0.05
    QTest.mousePress(pane.remove_button, Qt.MouseButton.LeftButton)
    pane.choose("Close")
    shown.until(lambda: "changed under the press: nothing was done" in shown.window.banner.words)
    QTest.mouseRelease(pane.remove_button, Qt.MouseButton.LeftButton)
    assert desk.asked == []


def test_a_removal_ends_when_the_keyboard_goes(shown: Shown, pane: CamerasPane) -> None:
    pane.list.setFocus()
    QTest.keyPress(pane.list, Qt.Key.Key_Delete)
    assert shown.window.holds.fraction("camera.remove") >= 0.0
    shown.window.setFocus()
    assert shown.window.holds.let_go("camera.remove") is False


def test_the_page_is_worked_by_keys_alone(shown: Shown, pane: CamerasPane, desk: FakeDesk) -> None:
    shown.window.pages.show_page(RUNDOWN)
    shown.tap("F5")
    assert shown.window.hasFocus()  # the keys are the show's
    shown.tap("F5")
    assert pane.list.hasFocus()
    assert (pane.add_button.accessibleName(), pane.edit_button.accessibleName()) == ("ADD, N", "EDIT, E")
    QTest.keyClick(pane.list, Qt.Key.Key_Right)
    QTest.keyClick(pane.list, Qt.Key.Key_E)
    assert pane.form.area.texts()["name"] == "Close"
    shown.tap("Esc")
    shown.until(shown.window.hasFocus)
    shown.tap("F5")
    assert pane.form.area.fields["mrl"].hasFocus()
    QTest.keyClick(pane.form.area.fields["mrl"], Qt.Key.Key_F9)
    shown.tap("F5")
    QTest.keyClick(pane.list, Qt.Key.Key_N)
    assert pane.form.area.texts()["name"] == ""
    assert pane.status[0] == ("a new camera",)


def test_after_the_form_the_list_has_the_keyboard_back(shown: Shown, pane: CamerasPane) -> None:
    shown.tap("F5")
    QTest.keyClick(pane.list, Qt.Key.Key_E)
    QTest.keyClick(pane.form.area.fields["mrl"], Qt.Key.Key_F9)
    assert pane.list.hasFocus()
    QTest.keyClick(pane.list, Qt.Key.Key_E)
    shown.tap("Esc")  # the keys are the show's
    pane.form.leave()
    assert shown.window.hasFocus()


def test_every_button_says_how_it_is_reached_without_a_mouse(pane: CamerasPane) -> None:
    assert pane.edit_button.toolTip().endswith("Key: F5 twice, then E")
    assert pane.undo_button.toolTip().endswith("Key: Ctrl K, then a few letters of it")
    assert pane.up_button.accessibleName() == "Move Wide up"


def test_the_show_goes_on_by_its_keys_while_the_list_has_the_keyboard(
    shown: Shown, pane: CamerasPane, desk: FakeDesk
) -> None:
    pane.list.setFocus()
    shown.tap("3")
    shown.tap("Space")
    assert desk.asked_ids == ["scene.preview", "scene.cut"]


def test_without_a_camera_the_buttons_say_what_to_do(shown: Shown, pane: CamerasPane, desk: FakeDesk) -> None:
    desk.be("cameras_none")
    press(pane.down_button)
    assert desk.asked == []
    assert shown.window.banner.words == "There is no camera yet. FIND looks for cameras, ADD takes an address."


def test_undo_is_one_press(pane: CamerasPane, desk: FakeDesk) -> None:
    press(pane.undo_button)
    assert desk.asked == [("camera.undo", Origin.BUTTON, {})]


def test_a_stream_is_handed_to_obs_and_taken_back_with_one_press(pane: CamerasPane, desk: FakeDesk) -> None:
    assert pane.relay_button.title == "✓ RELAY TO OBS"
    press(pane.relay_button)
    pane.choose("Guest Ana")
    assert pane.relay_button.isVisible()
    assert pane.relay_button.title == "RELAY TO OBS"
    press(pane.relay_button)
    assert [arguments for _, _, arguments in desk.asked] == [
        {"camera": "Wide", "on": False}, {"camera": "Guest Ana", "on": True},
    ]  # fmt: skip
    for name in ("Table", "Close"):  # a device; a stream that several programs can open at once
        pane.choose(name)
        assert not pane.relay_button.isVisible()


def test_a_hand_over_that_takes_time_says_so(pane: CamerasPane, desk: FakeDesk) -> None:
    pane._handed.add("Guest Ana")
    pane.choose("Guest Ana")
    assert pane.relay_button.title == "HANDING OVER…"
    pane._handed_over("Guest Ana")
    assert pane.relay_button.title == "RELAY TO OBS"


def test_a_hand_over_that_fails_tells_why_in_the_banner(shown: Shown, pane: CamerasPane, desk: FakeDesk) -> None:
    desk.answer = Outcome.failed("OBS has no picture from it.", "Look at OBS.")
    press(pane.relay_button)
    assert "OBS has no picture from it." in shown.window.banner.words


def test_the_yes_to_open_a_device_is_one_press_and_asked_for_only_where_it_is_needed(
    pane: CamerasPane, desk: FakeDesk
) -> None:
    assert not pane.allow_button.isVisible()
    pane.choose("Guest Ana")  # has it already
    assert not pane.allow_button.isVisible()
    pane.choose("Table")
    press(pane.allow_button)
    assert desk.asked == [("camera.allow", Origin.BUTTON, {"camera": "Table"})]


def test_found_cameras_are_added_with_one_press(pane: CamerasPane, desk: FakeDesk) -> None:
    press(pane.find_button)
    assert pane.offers.heading == "FOUND NOTHING · Esc closes"
    desk.offers.set(offers())
    assert pane.offers.heading == "FOUND 4: press to add"
    assert pane.offers.rows[2].startswith("Phone Bo: in OBS · srt://192.0.2.77:9009")
    first = next(y for y in range(pane.offers.height()) if pane.offers.row_at(y) == 1) + 4
    QTest.mouseClick(pane.offers, Qt.MouseButton.LeftButton, pos=QPoint(20, first))
    assert desk.asked == [
        ("camera.find", Origin.BUTTON, {}), ("camera.take_offer", Origin.BUTTON, {"name": "HD Pro Webcam C920"}),
    ]  # fmt: skip


def test_what_somebody_else_has_found_is_shown_until_a_camera_is_looked_at(pane: CamerasPane, desk: FakeDesk) -> None:
    desk.offers.set(offers())
    assert pane.offers.isVisible()
    pane.choose("Close")
    assert not pane.offers.isVisible()
    assert pane.facts.isVisible()


def test_an_offer_that_went_while_the_finger_was_on_it_is_not_added(pane: CamerasPane, desk: FakeDesk) -> None:
    press(pane.find_button)
    desk.offers.set(offers())
    desk.asked.clear()
    at = QPoint(20, next(y for y in range(pane.offers.height()) if pane.offers.row_at(y) == 0) + 4)
    QTest.mousePress(pane.offers, Qt.MouseButton.LeftButton, pos=at)
    desk.offers.set(offers()[1:])
    QTest.mouseRelease(pane.offers, Qt.MouseButton.LeftButton, pos=at)
    assert desk.asked == []


def test_found_cameras_are_chosen_and_added_by_keys(pane: CamerasPane, desk: FakeDesk) -> None:
    press(pane.find_button)
    desk.offers.set(offers())
    pane.offers.setFocus()
    QTest.keyClick(pane.offers, Qt.Key.Key_Right)
    QTest.keyClick(pane.offers, Qt.Key.Key_Right)
    QTest.keyClick(pane.offers, Qt.Key.Key_N)
    assert desk.asked[-1] == ("camera.take_offer", Origin.BUTTON, {"name": "Phone Bo"})


def test_while_it_is_looked_for_cameras_the_page_says_so(pane: CamerasPane) -> None:
    pane.offers.show_offers((), is_looking=True)
    assert pane.offers.heading == "LOOKING…"


def test_a_desk_that_does_not_look_says_why_where_the_cameras_would_stand(pane: CamerasPane, desk: FakeDesk) -> None:
    desk.answer = Outcome.refused("The desk is locked.", "Press L to unlock it.")
    press(pane.find_button)
    assert (pane.offers.heading, pane.offers.empty_words) == (
        "NOT LOOKED FOR", "The desk is locked. Press L to unlock it.",
    )  # fmt: skip
    desk.answer = Outcome.done()
    press(pane.find_button)
    assert pane.offers.heading == "FOUND NOTHING · Esc closes"


def test_a_show_without_cameras_shows_what_was_found_at_once(pane: CamerasPane, desk: FakeDesk) -> None:
    desk.be("cameras_found")
    assert pane.offers.isVisible()
    assert pane.status[0][0] == "no cameras"
    assert pane.add_button.face is Face.GREEN
    desk.show.set(Show(name="Friday drop", cameras=kept_cameras()))
    assert pane.offers.isVisible()  # the next one is one press away, too
    desk.offers.set(())
    assert not pane.offers.isVisible()


def test_the_chosen_one_is_kept_in_sight_among_many(shown: Shown, pane: CamerasPane, desk: FakeDesk) -> None:
    desk.be("cameras_many")
    last = desk.show.value.cameras[-1].name
    pane.choose(last)
    shown.settle()
    rows = {pane.list.row_at(y) for y in range(pane.list.height() - pane.list._row_px() + 1)}
    assert 15 in rows
