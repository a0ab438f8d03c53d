"""The form of a camera: trying, saving, what is wrong at its field, and keys that can never become a take."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import widgets.camera_form
from console.cameras.state import CameraState, Trial
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome
from console.settings.show import Show
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.page_states import kept_cameras, trying
from tests.widgets.shown import Shown
from tests.widgets.test_pages import misplaced
from widgets import theme
from widgets.ask import Ask
from widgets.camera_fields import FIELDS, ROWS
from widgets.camera_form import CHANGED, NO_KEEPING, CameraForm
from widgets.controls import Face
from widgets.pages import CAMERAS, RUNDOWN

HINT_PX = 11  # between a field's edge and its words
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def form(shown: Shown, desk: FakeDesk) -> CameraForm:
    desk.be("cameras")
    shown.window.pages.show_page(CAMERAS)
    shown.window.pages.cameras.add()
    shown.settle()
    return shown.window.pages.cameras.form


def fill(form: CameraForm, **texts: str) -> None:
    """Type into these fields as a person does: into a choice, by its arrows."""
    for key, text in texts.items():
        field = form.area.fields[key]
        form.area.go_to(key)
        if field.field.choices:
            while field.value != text:
                QTest.keyClick(field, Qt.Key.Key_Right)
        else:
            field.selectAll()
            QTest.keyClicks(field, text) if text else QTest.keyClick(field, Qt.Key.Key_Delete)


def has_keyboard(form: CameraForm) -> str:
    return next((key for key, field in form.area.fields.items() if field.hasFocus()), "")


def test_a_new_camera_is_typed_tried_and_kept_by_keys_alone(shown: Shown, form: CameraForm, desk: FakeDesk) -> None:
    assert has_keyboard(form) == "mrl"
    QTest.keyClicks(form.area.fields["mrl"], "srt://192.0.2.77:9009")
    QTest.keyClick(form.area.fields["mrl"], Qt.Key.Key_Return)
    assert desk.asked == [("camera.try", Origin.BUTTON, {"mrl": "srt://192.0.2.77:9009"})]
    QTest.keyClick(form.area.fields["mrl"], Qt.Key.Key_Tab)
    assert has_keyboard(form) == "name"
    QTest.keyClicks(form.area.fields["name"], "Phone")
    QTest.keyClick(form.area.fields["name"], Qt.Key.Key_Return, CONTROL)
    assert desk.asked[1:] == [
        ("camera.add", Origin.BUTTON, {"name": "Phone", "mrl": "srt://192.0.2.77:9009"}),
        ("camera.try_end", Origin.BUTTON, {}),  # after it: a tile goes on with the worker that was tried
    ]
    assert form.isHidden()
    assert shown.window.hasFocus()


def test_a_test_picture_is_shown_with_its_figures_before_anything_is_kept(form: CameraForm, desk: FakeDesk) -> None:
    fill(form, mrl="srt://192.0.2.77:9009")
    assert form.picture.accessibleDescription() == "Not tried yet."
    form.try_it()
    trying(desk)
    form.poll()
    assert form.picture.has_picture()
    assert form.picture.accessibleDescription() == "● live"
    assert form.answer.words == "30 fps · 1920×1080 · H.264 · 4.2 Mbit/s · software"
    assert form.save_button.face is Face.GREEN
    assert form.try_button.title == "TRY AGAIN"


def test_an_address_that_gives_no_picture_says_why_and_what_to_do(form: CameraForm, desk: FakeDesk) -> None:
    fill(form, mrl="srt://192.0.2.77:9009")
    form.try_it()
    trying(desk, CameraState.LOST)
    assert form.picture.accessibleDescription() == "▲ no picture 8 s · trying"
    said = "Nothing answers on 192.0.2.77:9009. Look whether the sender runs, and at the address."
    assert form.area.said == (f"▲ {said}",)
    assert said in form.area.fields["mrl"].toolTip()
    assert form.save_button.face is Face.PLAIN  # it may be kept all the same: the sender may come later


def test_what_is_tried_by_another_hand_is_not_shown_as_this_address(form: CameraForm, desk: FakeDesk) -> None:
    trying(desk)
    form.poll()
    assert not form.picture.has_picture()
    assert form.picture.accessibleDescription() == "Not tried yet."


def test_a_changed_address_is_not_the_one_that_was_tried(form: CameraForm, desk: FakeDesk) -> None:
    fill(form, mrl="srt://192.0.2.77:9009")
    form.try_it()
    trying(desk)
    fill(form, mrl="srt://192.0.2.77:9010")
    assert CHANGED in form.answer.words
    assert form.save_button.face is Face.PLAIN
    form.try_it()
    assert desk.asked[-1] == ("camera.try", Origin.BUTTON, {"mrl": "srt://192.0.2.77:9010"})


def test_another_name_scene_and_source_leave_the_proof_of_the_address(form: CameraForm, desk: FakeDesk) -> None:
    fill(form, mrl="udp://@:19001")
    form.try_it()
    trying(desk)
    fill(form, name="Test", scene="Wide", source="Camera 1")
    assert CHANGED not in form.answer.words
    assert form.save_button.face is Face.GREEN


def test_the_buttons_say_the_keys_that_act_now(shown: Shown, form: CameraForm) -> None:
    buttons = (form.try_button, form.save_button, form.cancel_button)
    assert [button.accessibleName() for button in buttons] == ["TRY, Enter", "SAVE, Ctrl Enter", "CANCEL, F9"]
    shown.tap("Esc")
    names = ["TRY, F5, Enter", "SAVE, F5, Ctrl Enter", "CANCEL, F5, F9"]
    assert [button.accessibleName() for button in buttons] == names
    shown.tap("F5")
    assert form.save_button.accessibleName() == "SAVE, Ctrl Enter"


def test_a_trial_that_is_refused_says_so_at_the_address(form: CameraForm, desk: FakeDesk) -> None:
    desk.answer = Outcome.refused("It can't be opened now.", "Wait a moment.")
    fill(form, mrl="srt://192.0.2.77:9009")
    form.try_it()
    assert form.area.said == ("▲ It can't be opened now. Wait a moment.",)
    assert desk.notice.value is None
    QTest.keyClick(form.area.fields["mrl"], Qt.Key.Key_End)
    QTest.keyClick(form.area.fields["mrl"], Qt.Key.Key_Backspace)  # another address
    assert len(form.area.said) == 0


def test_what_is_wrong_is_said_at_its_field_and_the_keyboard_goes_there(form: CameraForm, desk: FakeDesk) -> None:
    fill(form, mrl="srt://192.0.2.77:9009", name="Close", crop="1 2 3")
    form.save()
    assert desk.asked == []
    assert has_keyboard(form) == "name"
    assert any("Close" in words for words in form.area.said)
    assert "four numbers" in form.area.fields["crop"].accessibleDescription()
    fill(form, name="Phone", crop="")
    form.save()
    assert desk.asked_ids == ["camera.add"]


def test_nothing_is_called_wrong_before_it_was_tried_or_saved(form: CameraForm) -> None:
    fill(form, mrl="srt://x")
    assert form.area.said == ()
    form.try_it()
    assert len(form.area.said) == 1


def test_a_refused_saving_keeps_the_form_and_says_why(form: CameraForm, desk: FakeDesk) -> None:
    desk.answer = Outcome.refused("The show file was changed by another program.", "Look at it, then save again.")
    fill(form, mrl="srt://192.0.2.77:9009", name="Phone")
    form.save()
    assert not form.isHidden()
    assert form.answer.words == (
        "▲ Not saved. The show file was changed by another program. Look at it, then save again."
    )
    desk.answer = Outcome.done()
    form.save()
    assert form.isHidden()


def test_editing_asks_only_for_what_was_changed(shown: Shown, form: CameraForm, desk: FakeDesk) -> None:
    form.leave()
    shown.window.pages.cameras.edit("Street")
    assert form.area.texts()["crop"] == "25 0 25 0"
    fill(form, name="Alley", mirror="yes", crop="")
    form.save()
    assert desk.asked == [
        ("camera.edit", Origin.BUTTON, {"camera": "Street", "name": "Alley", "mirror": True, "crop": None})
    ]


def test_a_camera_that_goes_while_it_is_edited_becomes_a_new_one(
    shown: Shown, form: CameraForm, desk: FakeDesk
) -> None:
    form.leave()
    shown.window.pages.cameras.edit("Street")
    desk.show.set(Show(name="Friday drop", cameras=kept_cameras()[:4]))
    assert "Street was taken out of the show meanwhile" in form.answer.words
    form.save()
    assert desk.asked_ids == ["camera.add"]


def test_cancel_ends_the_trial_and_keeps_nothing(shown: Shown, form: CameraForm, desk: FakeDesk) -> None:
    fill(form, mrl="srt://192.0.2.77:9009", name="Phone")
    form.try_it()
    QTest.keyClick(form.area.fields["name"], Qt.Key.Key_F9)
    assert desk.asked_ids == ["camera.try", "camera.try_end"]
    assert form.isHidden()
    assert shown.window.hasFocus()


def test_another_page_ends_the_trial_and_keeps_what_was_typed(shown: Shown, form: CameraForm, desk: FakeDesk) -> None:
    fill(form, mrl="srt://192.0.2.77:9009", name="Phone")
    form.try_it()
    shown.window.pages.show_page(RUNDOWN)
    assert desk.asked_ids == ["camera.try", "camera.try_end"]
    shown.window.pages.show_page(CAMERAS)
    assert form.area.texts()["name"] == "Phone"
    assert form.picture.accessibleDescription() == "Not tried yet."


def test_the_buttons_of_the_form_do_what_their_keys_do(form: CameraForm, desk: FakeDesk, shown: Shown) -> None:
    fill(form, mrl="srt://192.0.2.77:9009", name="Phone")
    desk.answer = Outcome.refused("Not now.")
    shown.settle()
    for button, key in ((form.try_button, "Enter"), (form.save_button, "Ctrl Enter"), (form.cancel_button, "F9")):
        assert f"Key: {key}" in button.toolTip()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.asked_ids == ["camera.try", "camera.add"]
    assert form.isHidden()


def test_an_answer_that_comes_late_leaves_the_next_form_alone(
    shown: Shown, form: CameraForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    later: list[Callable[[Outcome], None]] = []
    monkeypatch.setattr(Ask, "__call__", lambda *_, heard=None, **__: later.append(heard) if heard else None)
    fill(form, mrl="srt://192.0.2.77:9009", name="Phone")
    form.save()
    form.leave()
    shown.window.pages.cameras.edit("Street")
    later[0](Outcome.done())
    assert not form.isHidden()
    assert form.area.texts()["name"] == "Street"
    form.leave()


def test_no_key_that_is_typed_in_the_form_reaches_the_show(shown: Shown, form: CameraForm, desk: FakeDesk) -> None:
    for key in FIELDS:
        form.area.go_to(key)
        assert shown.window.keys.is_typing()
        for position in ("1", "Space", "G", "Down", "Backspace", "F"):
            shown.tap(position)
    assert desk.asked == []


def test_tab_goes_through_all_fields_and_back_each_in_sight(form: CameraForm) -> None:
    been = []
    for _ in FIELDS:
        been.append(has_keyboard(form))
        field = form.area.fields[been[-1]]
        assert field.isVisible()
        assert form.area.rect().contains(field.geometry())
        QTest.keyClick(field, Qt.Key.Key_Tab)
    assert been == list(FIELDS)
    assert has_keyboard(form) == "mrl"  # round again
    QTest.keyClick(form.area.fields["mrl"], Qt.Key.Key_Backtab)
    assert has_keyboard(form) == list(FIELDS)[-1]


def test_the_wheel_scrolls_the_fields_and_changes_none(form: CameraForm, shown: Shown) -> None:
    choice = form.area.fields["may_open"]
    for target in (choice, form.area):
        at = QPointF(target.rect().center())
        wheel = QWheelEvent(at, target.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
                            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        shown.application.sendEvent(target, wheel)
    assert choice.value == "no"
    assert not form.area.fields["mrl"].isVisible()
    assert has_keyboard(form) == ""  # a field out of sight has not the keyboard


def test_a_choice_is_made_by_arrows_and_by_the_half_that_is_pressed(form: CameraForm) -> None:
    fill(form, rotate="270°")
    field = form.area.fields["rotate"]
    QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(4, 10))
    assert field.value == "180°"
    QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(field.width() - 4, 10))
    assert field.value == "270°"


def test_the_test_picture_is_turned_as_the_tile_will_be(form: CameraForm, desk: FakeDesk) -> None:
    fill(form, mrl="srt://192.0.2.77:9009", rotate="90°")
    form.try_it()
    trying(desk)
    form.poll()
    upright = form.picture.shown_rect()
    assert upright.height() > upright.width()


def test_a_password_goes_into_the_keyring_and_only_its_name_is_asked_with(
    form: CameraForm, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, str] = {}

    async def set_secret(name: str, secret: str) -> None:
        kept[name] = secret

    monkeypatch.setattr(widgets.camera_form, "set_secret", set_secret)
    fill(form, mrl="rtsp://ana:geheim@192.0.2.77/live", name="Guest Bo")
    form.try_it()
    assert kept == {"camera-guest-bo": "geheim"}
    form.save()
    named = {"mrl": "rtsp://ana@192.0.2.77/live", "secret": "camera-guest-bo"}
    assert desk.asked[0] == ("camera.try", Origin.BUTTON, named)
    assert desk.asked[1] == ("camera.add", Origin.BUTTON, {"name": "Guest Bo", **named})
    assert "geheim" not in str(desk.asked)
    assert form.area.texts()["password"] == ""


@pytest.mark.parametrize("fault", [None, UserError("This machine has no keyring.", fix="Set the variable.")])
def test_a_keyring_that_answers_late_touches_nothing_of_the_next_camera(
    fault: UserError | None, form: CameraForm, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def set_secret(name: str, secret: str) -> None:
        form.leave()
        form.open(None)
        fill(form, mrl="rtsp://192.0.2.78/live", name="Guest Cy", password="offen")
        form.area.go_to("name")
        if fault:
            raise fault

    monkeypatch.setattr(widgets.camera_form, "set_secret", set_secret)
    fill(form, mrl="rtsp://192.0.2.77/live", name="Guest Bo", password="geheim")
    form.save()
    assert desk.asked == []
    assert (form.area.texts()["password"], has_keyboard(form), form.area.said) == ("offen", "name", ())


def test_a_machine_without_a_keyring_says_so_at_the_password(
    form: CameraForm, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def set_secret(name: str, secret: str) -> None:
        raise UserError("This machine has no keyring.", fix="Set the environment variable.")

    monkeypatch.setattr(widgets.camera_form, "set_secret", set_secret)
    fill(form, mrl="rtsp://192.0.2.77/live", name="Guest Bo", password="geheim")
    form.save()
    assert desk.asked == []
    assert has_keyboard(form) == "password"
    assert form.area.said == (f"▲ This machine has no keyring. Set the environment variable. {NO_KEEPING}",)
    fill(form, password="")
    form.save()
    assert desk.asked_ids == ["camera.add"]


def test_scenes_are_completed_while_they_are_typed(form: CameraForm) -> None:
    form.area.go_to("scene")
    QTest.keyClicks(form.area.fields["scene"], "gu")
    assert form.area.texts()["scene"].casefold() == "guest ana"


def test_a_trial_that_ends_elsewhere_shows_no_old_picture(form: CameraForm, desk: FakeDesk) -> None:
    fill(form, mrl="srt://192.0.2.77:9009")
    form.try_it()
    trying(desk)
    form.poll()
    desk.trial.set(Trial())
    form.poll()
    assert not form.picture.has_picture()
    assert form.picture.accessibleDescription() == "Not tried yet."


@pytest.mark.parametrize("size", [(1280, 720), (1120, 630), (2560, 1080)], ids=str)
def test_in_every_window_the_form_has_its_room_and_each_field_its_name_and_key(
    application: QApplication, size: tuple[int, int]
) -> None:
    shown = Shown(application, FakeDesk("cameras"), size)
    shown.window.pages.show_page(CAMERAS)
    shown.window.pages.cameras.edit("Table")
    form = shown.window.pages.cameras.form
    fill(form, name="Close", crop="1", options="x")
    form.save()  # faults and a note
    faults = [
        f"{key} has no name or no key" for key, field in form.area.fields.items()
        if not field.accessibleName() or "Key:" not in field.toolTip()
    ]  # fmt: skip
    faults += [
        f"{key} has a hint that is cut off" for key, field in form.area.fields.items()
        if field.fontMetrics().horizontalAdvance(field.placeholderText()) > field.width() - 2 * HINT_PX
    ]  # fmt: skip
    for row in ROWS:
        form.area.go_to(row[-1].key)
        shown.settle(1)
        theme.CUT.clear()
        shown.window.pages.grab()
        faults += [f"{row[-1].key}: {fault}" for fault in (*misplaced(shown.window.pages), *sorted(set(theme.CUT)))]
    shown.close()
    assert faults == []
