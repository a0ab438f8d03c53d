"""The GUESTS part: the question, what is typed, what is asked for, the tests and what they found."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.core.journal import Origin
from console.core.outcome import Outcome
from console.desk.view import Notice
from console.settings.show import Show
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from tests.widgets.sound_states import kept
from widgets.controls import ActionButton, Face
from widgets.guest_answers import Answers, answers_of, arguments_of, renaming_of, way_of
from widgets.guests_section import NEW, GuestField, GuestsSection
from widgets.pages import SOUND


@pytest.fixture
def section(shown: Shown, desk: FakeDesk) -> GuestsSection:
    desk.be("sound_none")
    shown.window.pages.show_page(SOUND)
    shown.window.pages.sound.show_section("GUESTS")
    desk.be("sound")
    shown.window.pages.sound.guests.choose("Ana")
    shown.settle()
    return shown.window.pages.sound.guests


def press(button: ActionButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_guest_is_shown_as_the_show_file_has_them(section: GuestsSection) -> None:
    said = [field.text() for field in (section.voice, section.inputs, section.ports)]
    assert said == ["Guest Ana", "2", "3 4"]
    assert (section.made["cuedrop"].face, section.made["elsewhere"].face) == (Face.MAIN, Face.PLAIN)
    assert section.words == "✓ N-1 CLEAN · floor -52 dB"
    section.guest.stepped.emit(1)
    assert section.words == "▲ N-1 LEAK · -31 dB 240 ms"
    assert section.ports.text() == "7 8"


def test_the_answer_is_the_shows_when_it_is_saved(section: GuestsSection, desk: FakeDesk) -> None:
    assert section.save.face is Face.OFF
    press(section.made["elsewhere"])
    assert desk.asked == []
    assert (section.save.face, section.ports.text()) == (Face.GREEN, "")
    section.ports.setText("9")
    press(section.save)
    asked = {"return": "Ana", "made_by": "elsewhere", "listener": ["Guest Ana"], "loopback": [9]}
    assert desk.asked == [("guest.set", Origin.BUTTON, asked)]


def test_a_guest_whose_channel_has_a_comma_in_its_name_is_saved(section: GuestsSection, desk: FakeDesk) -> None:
    audio = kept()
    channel, made_for = audio.channels[1], audio.returns[0]
    channels = (audio.channels[0], channel.model_copy(update={"name": "Ana, table"}), *audio.channels[2:])
    returns = (made_for.model_copy(update={"listener": ("Ana, table",)}), *audio.returns[1:])
    desk.show.set(Show(name="Friday drop", audio=audio.model_copy(update={"channels": channels, "returns": returns})))
    section.choose("Ana")
    section.ports.setText("9")
    press(section.save)
    ((_, _, asked),) = desk.asked
    assert (asked["listener"], asked["outputs"]) == (["Ana, table"], [9])


def test_a_new_guest_is_typed_and_entered(section: GuestsSection, desk: FakeDesk) -> None:
    section.guest.stepped.emit(-1)
    assert section.guest.accessibleDescription() == NEW
    for field, text in ((section.name, "Cleo"), (section.inputs, "9"), (section.ports, "7,8")):
        field.setText(text)
    section.ports.setFocus()
    QTest.keyClick(section.ports, Qt.Key.Key_Return)
    asked = {
        "return": "Cleo", "made_by": "cuedrop", "listener": ["Cleo"], "inputs": [9], "outputs": [7, 8], "new": True,
    }  # fmt: skip
    assert desk.asked == [("guest.set", Origin.KEY, asked)]


def test_what_stops_the_sound_is_said_before_and_what_was_typed_stays_to_be_asked_for_once_more(
    section: GuestsSection, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(action_id: str, origin: Origin, /, **arguments: object) -> Outcome:
        desk.asked.append((action_id, origin, dict(arguments)))
        if action_id == "guest.set":
            return Outcome.refused("We are on air, and this stops the sound.", "Once more does it.")
        made_for, *others = kept().returns
        audio = kept().model_copy(update={"returns": (made_for.model_copy(update={"name": "Anna"}), *others)})
        desk.show.set(Show(name="Friday drop", audio=audio))
        now = desk.sound.value
        desk.sound.set(replace(now, returns=(replace(now.returns[0], name="Anna"), *now.returns[1:])))
        return Outcome.done()

    def type_in(field: GuestField, text: str) -> None:
        field.setText(text)
        field.textEdited.emit(text)

    monkeypatch.setattr(desk, "run", run)
    type_in(section.voice, "Guest Bo")  # who is left out: nothing stops for it
    assert section.words == "✓ N-1 CLEAN · floor -52 dB"
    type_in(section.ports, "9")
    assert section.words == "■ SAVE stops the sound for about a second."
    type_in(section.name, "Anna")
    press(section.save)
    assert section.words == "▲ We are on air, and this stops the sound. Once more does it."
    assert [field.text() for field in (section.name, section.voice, section.ports)] == ["Anna", "Guest Bo", "9"]
    press(section.save)
    first, *others = [arguments for action, _, arguments in desk.asked if action == "guest.set"]
    assert others == [first]


def test_a_guest_is_added_by_its_own_button_and_undo_says_what_it_took_back(
    shown: Shown, section: GuestsSection, desk: FakeDesk
) -> None:
    assert section.add.face is Face.PLAIN
    press(section.add)
    assert section.guest.accessibleDescription() == NEW
    assert section.name.hasFocus()
    desk.answer = Outcome.done("Taken back: Ana gets the mix of Cuedrop on output 3.")
    press(section.undo)
    assert section.words == "✓ Taken back: Ana gets the mix of Cuedrop on output 3."
    press(shown.window.pages.sound.strips.undo)
    assert shown.window.banner.words == desk.answer.why
    assert desk.asked_ids == ["sound.undo", "sound.undo"]


def test_a_show_without_guests_begins_with_a_new_one(section: GuestsSection, desk: FakeDesk) -> None:
    desk.be("sound_none")
    assert section.name.isVisible()
    press(section.save)
    assert [button.face for button in (section.add, section.test, section.line, section.remove)] == [Face.OFF] * 4
    press(section.test)
    assert desk.asked == []
    assert section.words == "There is no guest yet. Name them, say where they are, then SAVE."


def test_a_refusal_stands_where_it_belongs(shown: Shown, section: GuestsSection, desk: FakeDesk) -> None:
    desk.answer = Outcome.refused("Output 3 leads to the monitor already.", "Choose other outputs.")
    section.voice.setText("Guest Bo")
    press(section.save)
    assert section.words == "▲ Output 3 leads to the monitor already. Choose other outputs."


def test_what_a_test_found_is_said_and_goes_with_the_guest(section: GuestsSection, desk: FakeDesk) -> None:
    desk.answer = Outcome.done("Ana: -6 dB after 212 ms, as it was sent.")
    press(section.line)
    press(section.test)
    assert [(action, arguments) for action, _, arguments in desk.asked] == [
        ("line.test", {"return": "Ana"}), ("return.test", {"return": "Ana"}),
    ]  # fmt: skip
    assert section.words == "✓ Ana: -6 dB after 212 ms, as it was sent."
    section.guest.stepped.emit(1)
    assert section.words.startswith("▲ N-1 LEAK")


def test_what_is_typed_stays_while_the_show_goes_on(section: GuestsSection, desk: FakeDesk) -> None:
    section.ports.setText("5 6")
    desk.sound.set(replace(desk.sound.value, xruns=3))
    assert section.ports.text() == "5 6"


def test_the_question_is_answered_by_keys(section: GuestsSection, desk: FakeDesk) -> None:
    section.voice.setFocus()
    QTest.keyClick(section.voice, Qt.Key.Key_Down)
    QTest.keyClick(section.voice, Qt.Key.Key_Return)
    asked = {"return": "Ana", "made_by": "elsewhere", "listener": ["Guest Ana"], "loopback": []}
    assert desk.asked == [("guest.set", Origin.KEY, asked)]


def test_a_guest_is_removed_only_by_a_hold(shown: Shown, section: GuestsSection, desk: FakeDesk) -> None:
    press(section.remove)
    assert desk.asked == []
    QTest.mousePress(section.remove, Qt.MouseButton.LeftButton)
    shown.until(lambda: bool(desk.asked))
    QTest.mouseRelease(section.remove, Qt.MouseButton.LeftButton)
    assert desk.asked == [("guest.remove", Origin.BUTTON, {"return": "Ana"})]


def test_the_way_of_the_sound_is_drawn_for_both_answers() -> None:
    ana, bo = answers_of(kept(), "Ana"), answers_of(kept(), "Bo")
    assert way_of(ana) == (
        ("their voice", "input 2"), ("Cuedrop's mix", "all but Guest Ana"), ("to Ana", "outputs 3 4"),
    )  # fmt: skip
    assert way_of(bo)[1:] == (("call software's mix", "all but Bo, it says"), ("Cuedrop listens", "loopback 7 8"))
    assert way_of(replace(ana, ports=""))[2] == ("to Ana", "no output yet")
    assert way_of(replace(bo, ports=""))[2] == ("Cuedrop listens", "for echo alone")


@pytest.mark.parametrize("text", ["three", "0", "1 2 3", "-1", "1.5", "²"])
def test_ports_that_are_none_are_said(text: str) -> None:
    said = arguments_of(Answers("Ana", ports=text), Answers())
    assert isinstance(said, Notice)
    assert said.what == "Inputs and outputs are numbers, counted from 1."


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=8), st.text(max_size=8))
def test_whatever_is_typed_is_asked_for_or_answered(name: str, voice: str, inputs: str, ports: str) -> None:
    said = arguments_of(Answers(name, "cuedrop", voice, inputs, ports), Answers())
    assert isinstance(said, Notice) or (said["return"] and said["listener"])


def test_a_guest_and_their_channel_are_renamed_where_they_stand(section: GuestsSection, desk: FakeDesk) -> None:
    assert section.save.title == "SAVE"
    section.name.setText("Anna")
    section.name.textEdited.emit("Anna")
    assert (section.save.title, section.save.face) == ("RENAME", Face.GREEN)
    section.name.setFocus()
    QTest.keyClick(section.name, Qt.Key.Key_Return)
    assert desk.asked == [("guest.rename", Origin.KEY, {"return": "Ana", "name": "Anna"})]
    section.choose("Ana")
    section.voice.setText("Voice of Ana")
    section.ports.setText("5")
    press(section.save)
    set_ = {"return": "Ana", "made_by": "cuedrop", "listener": ["Voice of Ana"], "outputs": [5]}
    assert desk.asked[1:] == [
        ("channel.rename", Origin.BUTTON, {"channel": "Guest Ana", "name": "Voice of Ana"}),
        ("guest.set", Origin.BUTTON, set_),
    ]


def test_a_taken_name_is_said_and_nothing_else_is_asked_for(section: GuestsSection, desk: FakeDesk) -> None:
    desk.answer = Outcome.refused('There is a return "Bo" already.', "Choose another name.")
    section.name.setText("Bo")
    section.ports.setText("5")
    press(section.save)
    assert desk.asked_ids == ["guest.rename"]
    assert section.words == '▲ There is a return "Bo" already. Choose another name.'
    assert section.name.text() == "Bo"  # as it was typed, to be mended


@pytest.mark.parametrize(
    ("typed", "asked", "voice"),
    [
        (Answers("Anna", voice="Ana", inputs="2"), ["guest.rename"], "Anna"),  # their channel follows
        (Answers("Ana", voice="Mic 2", inputs="2"), ["channel.rename"], "Mic 2"),
        (Answers("Anna", voice="Mic 2", inputs="2"), ["guest.rename", "channel.rename"], "Mic 2"),
        (Answers("Ana", voice="Mic 2", inputs="7"), [], "Mic 2"),  # another channel
        (Answers("Ana", voice="Bo", inputs="2"), [], "Bo"),  # one that is there
        (Answers("Ana", voice="Mic 2, Bo", inputs="2"), [], "Mic 2, Bo"),
        (Answers("", voice="Ana", inputs="2"), [], "Ana"),
    ],
)
def test_what_is_a_renaming_and_what_is_not(typed: Answers, asked: list[str], voice: str) -> None:
    renaming = renaming_of(typed, Answers("Ana", voice="Ana", inputs="2"), {"Ana", "Bo"})
    assert [action for action, _ in renaming.requests] == asked
    assert renaming.after.voice == voice
    assert (renaming.after == renaming.before) is bool(asked)
