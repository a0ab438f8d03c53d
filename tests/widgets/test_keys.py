"""The keyboard: positions, holds, auto-repeat, focus, text fields. With scan codes as X11 sends them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListWidget, QPushButton, QWidget

from console.commerce.state import DropState
from console.core.journal import Origin
from console.desk.looks_state import Looks
from console.settings.show import Look
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets.keys import position_of
from widgets.pages import CAMERAS
from widgets.palette import entries
from widgets.stage import Stage

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def field(shown: Shown) -> Iterator[QLineEdit]:
    one = QLineEdit(shown.window)
    one.show()
    one.setFocus()
    shown.until(one.hasFocus)
    yield one
    shown.window.setFocus()
    one.hide()
    one.deleteLater()


def test_a_number_takes_the_scene_of_that_number_to_preview(shown: Shown, desk: FakeDesk) -> None:
    shown.tap("3")
    assert desk.asked == [("scene.preview", Origin.KEY, {"scene": "Table"})]


def test_the_keypad_is_the_same_as_the_row(shown: Shown, desk: FakeDesk) -> None:
    shown.press("KP3", Qt.KeyboardModifier.KeypadModifier)
    assert desk.asked == [("scene.preview", Origin.KEY, {"scene": "Table"})]


def test_only_the_position_counts_not_what_the_layout_makes_of_it(shown: Shown, desk: FakeDesk) -> None:
    shown.tap("B")  # the event says an Arabic letter
    assert desk.asked_ids == ["marker.add"]


def test_space_cuts_enter_fades_backspace_brings_the_previous_back(shown: Shown, desk: FakeDesk) -> None:
    for key in ("Space", "Enter", "Backspace", "G"):
        shown.tap(key)
    assert desk.asked_ids == ["scene.cut", "scene.auto", "preview.previous", "cue.go"]


def test_up_and_down_choose_the_cue_beside_the_one_that_stands_by(shown: Shown, desk: FakeDesk) -> None:
    shown.tap("Down")
    shown.tap("Up")
    assert [arguments for _, _, arguments in desk.asked] == [{"cue": "4"}, {"cue": "2"}]


def test_auto_repeat_is_ignored(shown: Shown, desk: FakeDesk) -> None:
    shown.press("Space")
    for _ in range(5):
        shown.release("Space", repeat=True)
        shown.press("Space", repeat=True)
    shown.release("Space")
    assert desk.asked_ids == ["scene.cut"]


def enter(field: QWidget, *, is_repeat: bool = False) -> None:
    """Press and release Enter where the keyboard is, as X11 sends it."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, 36, 0, 0, "", is_repeat)
        QCoreApplication.sendEvent(field, event)


def test_an_enter_that_is_held_in_a_field_is_one_enter(field: QLineEdit) -> None:
    entered: list[None] = []
    field.returnPressed.connect(lambda: entered.append(None))
    enter(field)
    enter(field, is_repeat=True)
    assert len(entered) == 1


def test_a_second_enter_just_after_one_that_closed_its_field_is_no_auto(
    shown: Shown, desk: FakeDesk, field: QLineEdit
) -> None:
    field.returnPressed.connect(shown.window.setFocus)
    enter(field)
    shown.until(shown.window.hasFocus)
    enter(shown.window)
    assert desk.asked == []
    shown.until(lambda: not shown.window.keys.is_guarding and not shown.window.keys.is_down("Enter"))
    enter(shown.window)
    assert desk.asked_ids == ["scene.auto"]


def test_a_repeat_that_x11_does_not_mark_is_ignored_too(shown: Shown, desk: FakeDesk) -> None:
    shown.press("Space")
    shown.press("T")
    for _ in range(5):
        shown.repeat_unmarked("Space")
        shown.repeat_unmarked("T")
        shown.application.processEvents()
    assert desk.asked_ids == ["scene.cut", "talkback.hold"]
    shown.release("T")
    assert desk.asked[-1] == ("talkback.hold", Origin.KEY, {"on": False})


def test_a_hot_cut_needs_hot_latched(shown: Shown, desk: FakeDesk) -> None:
    shown.tap("2", CONTROL)
    assert desk.asked == []
    assert "HOT is off" in shown.window.banner.words
    desk.hot.set(True)
    shown.tap("2", CONTROL)
    assert desk.asked == [("scene.cut", Origin.KEY, {"scene": "Close", "expect": "Close"})]


def test_in_direct_mode_a_number_cuts_only_while_hot_is_latched(shown: Shown, desk: FakeDesk) -> None:
    desk.on_air(studio_mode=False)
    shown.tap("1")
    desk.hot.set(True)
    shown.tap("1")
    assert desk.asked_ids == ["scene.preview", "scene.cut"]


def test_fire_needs_half_a_second(shown: Shown, desk: FakeDesk) -> None:
    desk.be("armed")
    shown.tap("F")
    assert desk.asked == []
    shown.press("F")
    shown.until(lambda: bool(desk.asked))
    shown.release("F")
    assert desk.asked == [("drop.fire", Origin.KEY, {"drop": "cap-01"})]


def test_letting_go_early_fires_nothing_even_later(shown: Shown, desk: FakeDesk) -> None:
    shown.press("X")
    assert shown.window.holds.fraction("sale.stop") >= 0.0
    shown.release("X")
    shown.press("F")
    shown.until(lambda: "drop.fire" in desk.asked_ids)  # longer than X would have taken
    assert "sale.stop" not in desk.asked_ids


@pytest.mark.parametrize(("state", "asked"), [(DropState.DRAFT, "drop.arm"), (DropState.ARMED, "drop.disarm")])
def test_d_arms_and_disarms(shown: Shown, desk: FakeDesk, state: DropState, asked: str) -> None:
    desk.with_drop(state)
    shown.tap("D")
    assert desk.asked == [(asked, Origin.KEY, {"drop": "cap-01"})]


def test_talkback_lasts_as_long_as_the_key(shown: Shown, desk: FakeDesk) -> None:
    shown.press("T")
    shown.release("T")
    assert desk.asked == [
        ("talkback.hold", Origin.KEY, {"on": True}),
        ("talkback.hold", Origin.KEY, {"on": False}),
    ]


def test_losing_the_focus_ends_every_hold(shown: Shown, desk: FakeDesk) -> None:
    shown.press("T")
    shown.press("X")
    QCoreApplication.sendEvent(shown.window, QEvent(QEvent.Type.WindowDeactivate))
    assert desk.asked[-1] == ("talkback.hold", Origin.KEY, {"on": False})
    assert shown.window.holds.fraction("sale.stop") == 0.0
    shown.release("T")
    shown.release("X")
    assert desk.asked_ids == ["talkback.hold", "talkback.hold"]


def test_esc_tapped_takes_back_what_waits(shown: Shown, desk: FakeDesk) -> None:
    shown.tap("Esc")
    assert desk.asked == []  # nothing waits: nothing is said
    desk.on_air(t_bar=0.4)
    shown.tap("Esc")
    assert desk.asked_ids == ["scene.cancel"]


def test_esc_closes_what_lies_open_when_nothing_waits(shown: Shown, desk: FakeDesk) -> None:
    desk.be("cameras")
    shown.window.pages.show_page(CAMERAS)
    shown.window.pages.cameras.look_for()
    shown.tap("Z")
    stage = shown.window.findChild(Stage)
    assert stage is not None
    assert stage.solo_camera
    desk.asked.clear()
    desk.on_air(t_bar=0.4)
    shown.tap("Esc")
    assert desk.asked_ids == ["scene.cancel"]
    assert stage.solo_camera
    desk.on_air()
    shown.tap("Esc")
    assert desk.asked_ids == ["scene.cancel"]
    assert not stage.solo_camera
    assert shown.window.pages.cameras.facts.isVisible()
    assert not shown.window.pages.cameras.offers.isVisible()


def test_esc_held_is_safe_and_nothing_else(shown: Shown, desk: FakeDesk) -> None:
    shown.press("Esc")
    shown.until(lambda: bool(desk.asked))
    shown.release("Esc")
    assert desk.asked_ids == ["scene.safe"]


def test_shift_esc_held_is_safe_with_the_microphones_off(shown: Shown, desk: FakeDesk) -> None:
    shown.press("Esc", SHIFT)
    shown.until(lambda: bool(desk.asked))
    shown.release("Esc", SHIFT)
    assert desk.asked_ids == ["safe.mics_off"]


def test_a_text_field_keeps_its_keys_and_the_window_says_so(shown: Shown, desk: FakeDesk, field: QLineEdit) -> None:
    shown.settle()
    assert shown.window.banner.keys_words == "KEYS OFF · Esc"
    for key in ("1", "Space", "F", "Enter"):
        shown.tap(key)
    assert desk.asked == []
    shown.tap("Esc")
    assert not field.hasFocus()
    assert desk.asked == []
    shown.settle()
    assert shown.window.banner.keys_words == ""


def test_space_presses_a_panels_button_that_has_the_keyboard_and_cuts_nothing(shown: Shown, desk: FakeDesk) -> None:
    pressed: list[bool] = []
    button = QPushButton("Not now", shown.window)
    button.clicked.connect(lambda: pressed.append(True))
    button.show()
    button.setFocus()
    shown.until(button.hasFocus)
    shown.tap("Space")
    shown.tap("Enter")
    assert desk.asked == []
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert pressed == [True]
    shown.tap("3")  # any other key is the show's
    assert desk.asked_ids == ["scene.preview"]
    button.deleteLater()


@pytest.mark.parametrize("state", ["failover", "start_announced"])
def test_esc_holds_what_is_announced_even_while_typing(
    shown: Shown, desk: FakeDesk, field: QLineEdit, state: str
) -> None:
    desk.be(state)
    shown.tap("Esc")
    assert desk.asked_ids == ["scene.cancel"]
    assert not field.hasFocus()


def test_shift_with_a_number_runs_the_look_of_that_number(shown: Shown, desk: FakeDesk) -> None:
    desk.looks.set(Looks((Look(name="Opening"), Look(name="Goodbye"))))
    shown.tap("2", SHIFT)
    shown.tap("3", SHIFT)
    assert desk.asked == [("look.run", Origin.KEY, {"look": "Goodbye"})]
    assert shown.window.banner.words == "There is no look 3. F3 shows the looks with their numbers."


def test_esc_held_is_safe_even_while_typing(shown: Shown, desk: FakeDesk, field: QLineEdit) -> None:
    shown.press("Esc")
    shown.until(lambda: bool(desk.asked))
    assert desk.asked_ids == ["scene.safe"]


def test_l_locks_and_unlocks(shown: Shown, desk: FakeDesk) -> None:
    shown.tap("L")
    desk.is_locked.set(True)
    shown.tap("L")
    assert [arguments for _, _, arguments in desk.asked] == [{"on": True}, {"on": False}]


def test_what_has_no_key_is_found_by_typing(shown: Shown, desk: FakeDesk) -> None:
    shown.tap("K", CONTROL)
    field = next(each for each in shown.window.findChildren(QLineEdit) if each.isVisible())
    shown.until(field.hasFocus)
    QTest.keyClicks(field, "mute guest bo")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.asked == [("channel.mute", Origin.KEY, {"channel": "Guest Bo", "on": True})]
    assert not field.isVisible()
    shown.until(lambda: not shown.window.keys.is_guarding)
    shown.tap("Enter")
    assert desk.asked_ids[-1] == "scene.auto"


def test_a_palette_without_a_match_says_so_and_stays_open(shown: Shown, desk: FakeDesk) -> None:
    shown.tap("K", CONTROL)
    field = shown.application.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "qqq")
    QTest.keyClick(field, Qt.Key.Key_Return)
    found = shown.window.findChild(QListWidget)
    assert found is not None
    assert found.isVisible()
    assert found.accessibleDescription().startswith("Nothing found. Type fewer letters")
    assert desk.asked == []


def test_the_palette_asks_only_for_what_takes_its_arguments(shown: Shown, desk: FakeDesk) -> None:
    found = entries(desk)
    for entry in found:
        action = desk.actions.get(entry.action_id)
        assert action is not None
        action.parse(dict(entry.arguments))
    assert {"hot.latch", "stream.stop", "checkout.close", "drop.close"} <= {e.action_id for e in found}
    assert "drop.fire" not in {e.action_id for e in found}


def test_a_key_that_means_nothing_is_left_alone(shown: Shown, desk: FakeDesk) -> None:
    shown.tap("A")
    assert desk.asked == []


def test_a_number_without_a_scene_asks_for_nothing_and_says_so(shown: Shown, desk: FakeDesk) -> None:
    desk.switcher.set(replace(desk.switcher.value, scenes=()))
    desk.hot.set(True)
    for modifiers in (CONTROL, Qt.KeyboardModifier.NoModifier):
        shown.tap("2", modifiers)
        assert shown.window.banner.words == "There is no scene 2. / finds a scene by typing."
    assert desk.asked == []


def test_a_cut_carries_what_was_seen_on_program(shown: Shown, desk: FakeDesk) -> None:
    desk.on_air(program=None, claimed="Table")
    shown.tap("Space")
    desk.on_air(program=None, claimed=None)
    shown.tap("Enter")
    assert [arguments for _, _, arguments in desk.asked] == [{"expect": "Table"}, {}]


def test_r_puts_a_lost_take_right_and_shift_r_keeps_the_picture(shown: Shown, desk: FakeDesk) -> None:
    shown.tap("R")
    shown.tap("R", SHIFT)
    assert desk.asked == [("take.put_right", Origin.KEY, {}), ("take.keep", Origin.KEY, {})]


def test_zero_fades_to_black_only_when_held(shown: Shown, desk: FakeDesk) -> None:
    shown.tap("0")
    assert desk.asked == []
    shown.press("0")
    shown.until(lambda: bool(desk.asked))
    shown.release("0")
    assert desk.asked == [("black.fade", Origin.KEY, {})]


def test_page_up_and_down_move_the_t_bar_and_home_puts_it_back(shown: Shown, desk: FakeDesk) -> None:
    for key in ("PageUp", "PageDown", "Home"):
        shown.tap(key)
    assert desk.asked == [
        ("tbar.step", Origin.KEY, {"by": 0.1}), ("tbar.step", Origin.KEY, {"by": -0.1}), ("tbar.back", Origin.KEY, {}),
    ]  # fmt: skip


def test_f1_to_f4_and_slash_are_the_windows_own(shown: Shown, desk: FakeDesk) -> None:
    pages: list[int] = []
    finds: list[bool] = []
    shown.window.keys.page_wanted.connect(pages.append)
    shown.window.keys.finder_wanted.connect(lambda: finds.append(True))
    for key in ("F1", "F2", "F3", "F4"):
        shown.tap(key)
    assert pages == [0, 1, 2, 3]
    shown.tap("/")
    assert finds == [True]
    assert desk.asked == []


@pytest.mark.parametrize(
    ("platform", "scan", "key", "position"),
    [
        ("xcb", 16 + 8, Qt.Key.Key_A, "Q"),  # AZERTY: the key left of W's place says A
        ("xcb", 104 + 8, Qt.Key.Key_PageUp, "PageUp"),
        ("windows", 0x49, Qt.Key.Key_9, "9"),  # keypad
        ("windows", 0x149, Qt.Key.Key_PageUp, "PageUp"),
        ("cocoa", 116, Qt.Key.Key_F4, "F4"),
        ("wayland", 2 + 8, Qt.Key.Key_Ampersand, "1"),
        ("windows", 0x48, Qt.Key.Key_8, "8"),  # keypad
        ("windows", 0x148, Qt.Key.Key_Up, "Up"),
        ("cocoa", 3, Qt.Key.Key_F, "F"),  # macOS: the key's meaning
        ("offscreen", 0, Qt.Key.Key_Space, "Space"),
        ("xcb", 0, Qt.Key.Key_G, "G"),
        ("xcb", 200, Qt.Key.Key_G, ""),
    ],
)
def test_positions_of_every_platform(platform: str, scan: int, key: Qt.Key, position: str) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key.value, Qt.KeyboardModifier.NoModifier, scan, 0, 0)
    assert position_of(event, platform) == position
