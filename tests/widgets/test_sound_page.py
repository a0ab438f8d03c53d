"""The SOUND page: strips and matrix by mouse and by keys, what is locked, presets, marks."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QScrollArea, QWidget

from console.audio.state import Channel, Leak, Level, Loudness, Recording, Return
from console.core.journal import Origin
from console.settings.sound import Meters
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from tests.widgets.sound_states import SOUND_STATES, channels
from tests.widgets.test_pages import misplaced
from widgets import theme
from widgets.cell_grid import CellGrid, Look
from widgets.chooser import Chooser
from widgets.controls import Face
from widgets.leak_lamp import figures_of, lamp_of
from widgets.loudness_plot import y_of
from widgets.loudness_section import figures_of as loudness_figures
from widgets.matrix_section import OFF_DB, next_db, send_words
from widgets.meters import Meter
from widgets.pages import RUNDOWN, SOUND, Tab
from widgets.sound_page import SoundPage
from widgets.sound_pane import SoundPane
from widgets.strips_section import gain_words, pan_words, where_words

MUTE, SOLO, PFL, GAIN, PAN, HIGH_PASS, POLARITY, DELAY, MUTES = range(9)


@pytest.fixture
def page(shown: Shown, desk: FakeDesk) -> SoundPage:
    desk.be("sound")
    shown.window.pages.show_page(SOUND)
    shown.window.pages.sound.show_section("STRIPS")
    shown.window.pages.sound.strips.grid.choose(0, 0)
    shown.window.pages.sound.matrix.grid.choose(0, 0)
    shown.settle()
    return shown.window.pages.sound


def type_in(grid: CellGrid, text: str) -> None:
    grid.setFocus()
    QTest.keyClicks(grid, text)


def click(grid: CellGrid, row: int, column: int) -> None:
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.rect_of(row, column).center())


def press(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_a_click_turns_mute_over_and_leaves_the_keyboard_with_the_show(
    shown: Shown, page: SoundPage, desk: FakeDesk
) -> None:
    click(page.strips.grid, 1, MUTE)
    click(page.strips.grid, 2, SOLO)
    click(page.strips.grid, 0, PFL)
    assert desk.asked == [
        ("channel.mute", Origin.BUTTON, {"channel": "Guest Ana", "on": True}),
        ("channel.solo", Origin.BUTTON, {"channel": "Guest Bo", "on": False}),
        ("channel.pfl", Origin.BUTTON, {"channel": "Host", "on": True}),
    ]
    assert shown.window.hasFocus()
    shown.tap("Space")
    assert desk.asked_ids[-1] == "scene.cut"


def test_a_click_on_a_number_only_chooses_it_and_the_buttons_step_it(page: SoundPage, desk: FakeDesk) -> None:
    click(page.strips.grid, 1, GAIN)
    assert desk.asked == []
    for button in (page.strips.less, page.strips.more, page.strips.clear):
        press(button)
    gains = [arguments["gain_db"] for _, _, arguments in desk.asked]
    assert gains == [2.0, 4.0, 0.0]
    assert page.strips.less.accessibleName() == "Gain of Guest Ana: +3 dB: −"


@pytest.mark.parametrize(
    ("column", "typed", "asked"),
    [
        (GAIN, "6-", {"gain_db": -6.0}),
        (PAN, "40-", {"pan": -0.4}),
        (HIGH_PASS, "90", {"high_pass_hz": 90.0}),
        (HIGH_PASS, "0", {"high_pass_hz": None}),
        (DELAY, "12.5", {"delay_ms": 12.5}),
    ],
)
def test_values_are_typed(page: SoundPage, desk: FakeDesk, column: int, typed: str, asked: dict[str, object]) -> None:
    page.strips.grid.choose(0, column)
    type_in(page.strips.grid, typed)
    assert desk.asked == []  # not before Enter
    QTest.keyClick(page.strips.grid, Qt.Key.Key_Return)
    assert desk.asked == [("channel.strip", Origin.KEY, {"channel": "Host", **asked})]


def test_a_value_that_cannot_be_is_said_and_not_set(shown: Shown, page: SoundPage, desk: FakeDesk) -> None:
    page.strips.grid.choose(0, DELAY)
    type_in(page.strips.grid, "5000")
    QTest.keyClick(page.strips.grid, Qt.Key.Key_Return)
    assert desk.asked == []
    assert shown.window.banner.words == "Delay can't be 5000 ms. Type a number from 0 to 1000."


def test_keys_step_put_back_and_turn_over(page: SoundPage, desk: FakeDesk) -> None:
    grid = page.strips.grid
    for column, sign in ((HIGH_PASS, "+"), (DELAY, "-"), (MUTES, "+"), (POLARITY, " ")):
        grid.choose(0, column)
        type_in(grid, sign)
    grid.choose(0, PAN)
    QTest.keyClick(grid, Qt.Key.Key_Delete)
    assert [arguments for _, _, arguments in desk.asked] == [
        {"channel": "Host", "high_pass_hz": 100.0}, {"channel": "Host", "delay_ms": 35.0},
        {"channel": "Host", "on": "obs"}, {"channel": "Host", "polarity": True}, {"channel": "Host", "pan": 0.0},
    ]  # fmt: skip


def test_a_strip_says_where_its_mute_acts(page: SoundPage) -> None:
    assert [where_words(channel) for channel in channels()] == ["both", "returns", "returns", "OBS"]
    page.strips.grid.choose(1, MUTES)
    cell = page.strips.grid.cell
    assert cell is not None
    assert (cell.look, cell.words) == (
        Look.LOCKED, "Its mute acts on of Guest Ana: returns; it has no input in OBS"
    )  # fmt: skip


def test_the_page_is_worked_by_keys_alone(shown: Shown, page: SoundPage, desk: FakeDesk) -> None:
    shown.window.pages.show_page(RUNDOWN)
    shown.tap("F6")
    assert shown.window.hasFocus()  # the keys are the show's
    shown.tap("F6")
    assert page.strips.grid.hasFocus()
    assert shown.window.keys.is_typing()
    for key in ("Down", "3", "Space", "G"):
        shown.tap(key)
    assert desk.asked == [] or set(desk.asked_ids) <= {"channel.mute"}  # nothing on air
    shown.tap("Esc")
    shown.until(shown.window.hasFocus)
    shown.tap("3")
    assert desk.asked_ids[-1] == "scene.preview"


def test_what_was_being_typed_is_not_set_when_the_keyboard_goes(shown: Shown, page: SoundPage, desk: FakeDesk) -> None:
    page.strips.grid.choose(0, GAIN)
    type_in(page.strips.grid, "12")
    assert page.strips.grid.entry == "12"
    shown.window.setFocus()
    assert page.strips.grid.entry == ""
    assert desk.asked == []


def test_the_matrix_says_what_is_locked_and_asks_for_the_rest(page: SoundPage, desk: FakeDesk) -> None:
    page.show_section("MATRIX")
    grid = page.matrix.grid
    texts = []
    for row in range(4):
        for column in range(3):
            grid.choose(row, column)
            assert grid.cell is not None
            texts.append(grid.cell.text)
            type_in(grid, "-")
    assert texts == ["+2", "·", "own", "own", "·", "0", "0", "own", "0", "-12", "·", "off"]
    asked = [(a["return"], a["channel"], a["gain_db"]) for _, _, a in desk.asked]
    assert asked == [
        ("Ana", "Host", 1.0), ("Studio", "Guest Ana", -1.0), ("Ana", "Guest Bo", -1.0),
        ("Studio", "Guest Bo", -1.0), ("Ana", "Music", -13.0), ("Studio", "Music", OFF_DB),
    ]  # fmt: skip


def test_a_locked_crosspoint_says_why(page: SoundPage) -> None:
    page.show_section("MATRIX")
    page.matrix.grid.choose(1, 0)
    cell = page.matrix.grid.cell
    assert cell is not None
    assert cell.words == "Guest Ana in the return of Ana: locked out, it is Ana's own voice"
    assert not page.matrix.less.isVisible()


def test_a_crosspoint_is_typed_and_switched_off(page: SoundPage, desk: FakeDesk) -> None:
    page.show_section("MATRIX")
    page.matrix.grid.choose(0, 0)
    type_in(page.matrix.grid, "9-")
    QTest.keyClick(page.matrix.grid, Qt.Key.Key_Enter)
    QTest.keyClick(page.matrix.grid, Qt.Key.Key_Delete)
    assert [arguments["gain_db"] for _, _, arguments in desk.asked] == [-9.0, OFF_DB]


def test_presets_are_recalled_and_saved_by_name(page: SoundPage, desk: FakeDesk) -> None:
    page.show_section("MATRIX")
    field = page.matrix.field
    assert field.text() == "Interview"  # it is what is heard now
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Return)
    field.setText("Late night")
    assert page.matrix.save.title == "SAVE"
    press(page.matrix.save)
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert desk.asked == [
        ("preset.run", Origin.KEY, {"name": "Music only"}), ("preset.save", Origin.BUTTON, {"name": "Late night"}),
        ("preset.save", Origin.KEY, {"name": "Late night"}),
    ]  # fmt: skip


def test_each_part_is_found_by_typing_its_name(shown: Shown, page: SoundPage) -> None:
    shown.window.pages.show_page(RUNDOWN)
    shown.window.keys.palette_wanted.emit()
    field = shown.application.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "sound page guests")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (shown.window.pages.front, page.front) == (SOUND, "GUESTS")


def test_a_press_on_its_name_brings_a_part_to_the_front(page: SoundPage, desk: FakeDesk) -> None:
    for name, button in page.buttons.items():
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert page.front == name
    assert desk.asked == []


def test_every_cell_of_thirty_two_by_thirty_two_is_reached_and_in_sight(page: SoundPage, desk: FakeDesk) -> None:
    desk.be("sound_many")
    page.show_section("MATRIX")
    grid = page.matrix.grid
    for row, column in ((0, 0), (31, 31), (31, 0), (0, 31), (15, 15)):
        grid.choose(row, column)
        assert grid.rect().contains(grid.rect_of(row, column))


def test_a_leak_is_on_the_tab_until_it_is_gone(shown: Shown, page: SoundPage, desk: FakeDesk) -> None:
    tab = next(tab for tab in shown.window.findChildren(Tab) if tab.title == "SOUND")
    shown.window.pages.show_page(RUNDOWN)
    assert tab.mark == "▲ 1"
    desk.be("sound_away")
    assert tab.mark == ""  # nobody listens: nothing is proved, and the pane says so


@pytest.mark.parametrize(
    ("leaks", "mark", "said"),
    [
        ([(Leak.LEAK, -31.0), (Leak.LEAK, -20.0)], "▲ 2", "▲ 2 hear themselves"),
        ([(Leak.ECHO, -24.0)], "▲ 1", "▲ 1 sends back"),
        ([(Leak.LEAK, -31.0), (Leak.ECHO, -24.0), (Leak.LEAK, -44.0)], "▲ 2", "▲ 1 hears themselves · 1 sends back"),
        ([(Leak.LEAK, -44.0)], "■", "■ 1 faint leak"),
    ],
)
def test_the_tab_says_of_leaks_what_the_lamps_say(
    page: SoundPage, desk: FakeDesk, leaks: list[tuple[Leak, float]], mark: str, said: str
) -> None:
    returns = tuple(Return(str(n), (), "cuedrop", leak, leak_db=db) for n, (leak, db) in enumerate(leaks))
    desk.sound.set(replace(desk.sound.value, returns=returns))
    assert (page.mark[0], page.status[0][0]) == (mark, said)


def test_a_table_without_rows_says_what_to_do(page: SoundPage, desk: FakeDesk) -> None:
    desk.be("sound_none")
    assert page.strips.grid.cell is None
    type_in(page.strips.grid, "5+-")
    QTest.keyClick(page.strips.grid, Qt.Key.Key_Delete)
    assert desk.asked == []
    assert "GUESTS" in page.strips.grid.accessibleDescription()


def test_values_read_as_on_a_mixer() -> None:
    assert [gain_words(db) for db in (0.0, 3.0, -4.5)] == ["0", "+3", "-4.5"]
    assert [pan_words(pan) for pan in (0.0, -0.3, 1.0)] == ["C", "L 30", "R 100"]
    assert [send_words(db) for db in (0.0, -12.0, OFF_DB)] == ["0", "-12", "off"]


@given(st.floats(-60, 24), st.lists(st.sampled_from((-1, 1)), max_size=100))
def test_steps_of_a_gain_never_leave_its_limits(db: float, steps: list[int]) -> None:
    for step in steps:
        db = next_db(db, step)
        assert db == OFF_DB or -60 <= db <= 24


def test_pan_steps_stay_between_left_and_right(page: SoundPage, desk: FakeDesk) -> None:
    sound = desk.sound.value
    desk.sound.set(replace(sound, channels=(Channel("Host", (1,), pan=-0.97),)))
    page.strips.grid.choose(0, PAN)
    press(page.strips.less)
    assert desk.asked[-1][2] == {"channel": "Host", "pan": -1}


# --- loudness, recording, the lamp of a return ---


def test_the_loudness_is_coloured_and_marked_by_its_target() -> None:
    loud = Loudness(-15.2, -16.4, -16.5, 6.1, -9.8, -13.0, -0.4)
    figures = {name: (number, colour) for name, number, colour in loudness_figures(loud, Meters())}
    assert figures["integrated"] == ("-16.5", theme.GREEN_SOFT)
    assert figures["▲ true peak"] == ("-0.4", theme.RED_SOFT)
    nothing = {name: number for name, number, _ in loudness_figures(Loudness(), Meters())}
    assert (nothing["integrated"], nothing["true peak"]) == ("-∞", "-∞")


def test_each_bus_has_its_own_loudness(page: SoundPage, desk: FakeDesk) -> None:
    page.show_section("LOUDNESS")
    assert page.loudness.figures.figures[0][:2] == ("integrated", "-17.6")
    page.loudness.bus.stepped.emit(1)
    assert page.loudness.bus.accessibleDescription() == "→ Ana"
    assert page.loudness.figures.figures[0][:2] == ("integrated", "-∞")  # it was not measured


def test_loudness_is_paused_reset_and_given_another_target(page: SoundPage, desk: FakeDesk) -> None:
    page.show_section("LOUDNESS")
    press(page.loudness.pause)
    press(page.loudness.reset)
    page.loudness.target.stepped.emit(1)
    page.levels.scale.stepped.emit(-1)
    assert [(action, arguments) for action, _, arguments in desk.asked] == [
        ("loudness.pause", {"on": True}), ("loudness.reset", {}), ("meters.set", {"target_lufs": -23.0}),
        ("meters.set", {"ballistics": "obs"}),
    ]  # fmt: skip


def test_the_last_minutes_are_kept_behind_another_page_and_no_longer(shown: Shown, page: SoundPage) -> None:
    shown.window.pages.show_page(RUNDOWN)
    for second in range(400):
        page.loudness.tick(10**18 + second * 1_000_000_000)
    page.show_section("LOUDNESS")
    assert len(page.loudness.plot.samples) == 300


@given(st.floats(-120, 20, allow_nan=False))
def test_every_loudness_lies_in_the_plot(lufs: float) -> None:
    assert 10 <= y_of(lufs, -16.0, QRect(0, 10, 100, 80)) <= 90


def test_a_bar_moves_by_the_ballistics_that_were_chosen(application: QApplication) -> None:
    meter = Meter()
    meter.resize(614, 20)
    seen = []
    for level in (Level(-6.0, -20.0, -6.0, ballistic_dbfs=-30.0), Level(-6.0, -20.0, -6.0)):
        meter.show_level(level)
        picture = meter.grab().toImage()
        seen.append(picture.pixelColor(400, 2) == theme.AMBER or picture.pixelColor(450, 2) == theme.AMBER)
    assert seen == [False, True]


def test_each_part_of_the_page_comes_to_the_front_by_a_click(page: SoundPage) -> None:
    for name, button in page.buttons.items():
        press(button)
        assert page.front == name


def test_recording_starts_by_a_press_and_ends_by_a_hold(shown: Shown, page: SoundPage, desk: FakeDesk) -> None:
    page.show_section("RECORD")
    assert page.record.lines[0][0].startswith("● REC ")
    assert page.record.lines[1] == ("disk: 2 h 12 min left", theme.SOFT)
    press(page.record.switch)
    assert desk.asked == []
    desk.sound.set(replace(desk.sound.value, recording=Recording(minutes_left=8.0)))
    assert page.record.lines[1] == ("disk: 8 min left", theme.RED_SOFT)
    press(page.record.switch)
    assert desk.asked == [("soundrecord.start", Origin.BUTTON, {})]


def test_a_recording_that_could_not_go_on_says_what_to_do(page: SoundPage, desk: FakeDesk) -> None:
    full = Recording(why="The disk is full.", fix="Make room, then record again.", gaps=1, parts=2)
    desk.sound.set(replace(desk.sound.value, recording=full, returns=()))
    page.show_section("RECORD")
    assert [line for line, _ in page.record.lines[1:]] == [
        "▲ The disk is full. Make room, then record again.",
        "■ 1 gap: sound that never came, silence in the files",
        "■ 2 parts: the recorder had to begin anew",
    ]
    assert page.mark[0] == "■"


@pytest.mark.parametrize(
    ("leak", "db", "late_ms", "lamp", "words"),
    [
        (Leak.CLEAN, None, None, ("N-1 CLEAN", Face.GREEN), "floor -52 dB"),
        (Leak.LEAK, -31.0, 240.0, ("N-1 LEAK", Face.RED), "-31 dB 240 ms"),
        (Leak.LEAK, -40.0, 0.0, ("N-1 LEAK", Face.RED), "-40 dB 0 ms"),
        (Leak.LEAK, -40.4, 12.0, ("N-1 LEAK", Face.AMBER), "-40 dB 12 ms"),
        (Leak.ECHO, -44.0, 300.0, ("N-1 ECHO", Face.RED), "-44 dB 300 ms"),
        (Leak.SILENT, None, None, ("N-1 SILENT", Face.OFF), "in words"),
        (Leak.NOT_VERIFIABLE, None, None, ("NOT VERIFIABLE", Face.OFF), "in words"),
    ],
)
def test_the_lamp_of_a_return(
    leak: Leak, db: float | None, late_ms: float | None, lamp: tuple[str, Face], words: str
) -> None:
    made_for = Return("Ana", (), "cuedrop", leak, "in words", leak_db=db, leak_delay_ms=late_ms, floor_db=-52.0)
    assert (lamp_of(made_for), figures_of(made_for)) == (lamp, words)
    assert lamp_of(made_for, is_heard=False) == ("NOT VERIFIABLE", Face.OFF)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1120, 630)], ids=str)
def test_in_every_state_no_part_is_cut_off_or_lies_over_another(
    application: QApplication, size: tuple[int, int]
) -> None:
    desk = FakeDesk("sound")
    shown = Shown(application, desk, size)
    pages = shown.window.pages
    pages.show_page(SOUND)
    faults: list[str] = []
    for state in SOUND_STATES:
        desk.be(state)
        for section in pages.sound.buttons:
            pages.sound.show_section(section)
            shown.settle()
            theme.CUT.clear()
            pages.grab()
            faults += [f"{state} {section}: cut off: {text}" for text in sorted(set(theme.CUT))]
            faults += [f"{state} {section}: {fault}" for fault in misplaced(pages)]
            faults += [
                f"{state} {section}: {each.accessibleName()!r} {each.toolTip()!r}"
                for each in pages.sound.findChildren(QWidget)
                if isinstance(each, QAbstractButton | Chooser | QLineEdit | CellGrid) and each.isVisible()
                if not each.accessibleName().strip() or not ("Key:" in each.toolTip() or "No key" in each.toolTip())
            ]
    shown.close()
    assert faults == []


# --- levels, headphones, an own target ---


def test_every_meter_is_told_in_numbers_and_a_clip_until_it_is_reset(page: SoundPage, desk: FakeDesk) -> None:
    press(page.buttons["LEVELS"])
    grid = page.levels.grid
    words = []
    for row, column in ((2, 0), (2, 1), (2, 2), (4, 4), (0, 4)):
        grid.choose(row, column)
        words.append(grid.cell.words if grid.cell else "")
    assert words == [
        "Guest Bo: peak, held 2 s: -10.0 dBFS", "Guest Bo: highest true peak -9.3 dBTP",
        "Guest Bo: 14 clipped samples since the last reset", "→ Ana: its limiter takes off 0 dB",
        "Host has no limiter",
    ]  # fmt: skip
    click(grid, 2, 2)
    press(page.levels.clear)
    grid.choose(0, 0)
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Delete)
    assert desk.asked_ids == ["clips.reset"] * 3


def test_a_number_where_none_can_be_set_is_not_dropped_silently(shown: Shown, page: SoundPage, desk: FakeDesk) -> None:
    for column, fix in ((MUTE, "Space turns it over."), (MUTES, "+ and - change it.")):
        page.strips.grid.choose(0, column)
        type_in(page.strips.grid, "7")
        QTest.keyClick(page.strips.grid, Qt.Key.Key_Return)
        assert shown.window.banner.words == f"No number can be set here. {fix}"
    assert desk.asked == []


def test_a_level_cannot_be_typed(shown: Shown, page: SoundPage, desk: FakeDesk) -> None:
    page.show_section("LEVELS")
    type_in(page.levels.grid, "3")
    QTest.keyClick(page.levels.grid, Qt.Key.Key_Return)
    assert (desk.asked, shown.window.banner.words) == ([], "A level can't be typed. Delete counts clips and true "
                                                           "peaks anew.")  # fmt: skip


def test_an_own_target_is_typed_and_one_that_cannot_be_is_said(shown: Shown, page: SoundPage, desk: FakeDesk) -> None:
    page.show_section("LOUDNESS")
    target = page.loudness.target
    QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=target.rect().center())
    assert shown.window.keys.is_typing()
    QTest.keyClicks(target, "18,5")
    assert (target.entry, target.accessibleDescription()) == ("18.5", "18.5_")
    QTest.keyClick(target, Qt.Key.Key_Return)
    QTest.keyClicks(target, "3")
    QTest.keyClick(target, Qt.Key.Key_Return)
    assert desk.asked == [("meters.set", Origin.BUTTON, {"target_lufs": -18.5})]
    assert shown.window.banner.words == "A target can't be -3 LUFS. Type a number from -5 to -40."
    QTest.keyClicks(target, "2")
    shown.window.setFocus()
    assert (target.entry, target.accessibleDescription()) == ("", "-16 LUFS")
    meters = desk.show.value.audio.meters.model_copy(update={"target_lufs": -18.5})
    audio = desk.show.value.audio.model_copy(update={"meters": meters})
    desk.show.set(desk.show.value.model_copy(update={"audio": audio}))
    assert target.accessibleDescription() == "-18.5 LUFS"


def test_keys_and_buttons_listen_to_channels_and_one_key_to_none(shown: Shown, page: SoundPage, desk: FakeDesk) -> None:
    for channel in ("2", "3"):
        shown.tap(channel, Qt.KeyboardModifier.AltModifier)
    desk.sound.set(replace(desk.sound.value, channels=(Channel("Host", (1,), is_pfl=True), *channels()[1:])))
    shown.tap("1", Qt.KeyboardModifier.AltModifier)
    shown.tap("P")
    shown.tap("K")
    assert desk.asked == [
        ("channel.pfl", Origin.KEY, {"channel": "Guest Ana", "on": True}),
        ("channel.pfl", Origin.KEY, {"channel": "Guest Bo", "on": True}),
        ("channel.pfl", Origin.KEY, {"channel": "Host", "on": False}),
        ("pfl.off", Origin.KEY, {}), ("clips.reset", Origin.KEY, {}),
    ]  # fmt: skip
    shown.tap("D", Qt.KeyboardModifier.AltModifier)
    assert len(desk.asked) == 5


def test_a_number_without_a_channel_is_said(shown: Shown, desk: FakeDesk) -> None:
    shown.tap("3", Qt.KeyboardModifier.AltModifier)
    desk.sound.set(replace(desk.sound.value, channels=()))
    shown.tap("3", Qt.KeyboardModifier.AltModifier)
    assert desk.asked_ids == ["channel.pfl"]
    assert shown.window.banner.words == "There is no channel 3. The channels count from the top of the SOUND pane."


@pytest.mark.parametrize(("size", "is_packed"), [((1280, 720), True), ((1920, 1080), False)], ids=str)
def test_strips_are_packed_where_rows_have_no_room_and_all_are_seen(
    application: QApplication, size: tuple[int, int], is_packed: bool
) -> None:
    desk = FakeDesk("sound" if not is_packed else "sound_eight")
    shown = Shown(application, desk, size)
    pane = shown.window.findChildren(SoundPane)[0]
    shown.until(lambda: bool(pane.strips) and (pane.strips[0].mute.title == "M") is is_packed)
    scroll = pane.findChildren(QScrollArea)[0]
    shown.until(lambda: scroll.verticalScrollBar().maximum() == 0)
    lowest = [pane.strips[-1].mute, pane.returns[-1].test, *(strip.meter for strip in pane.inputs.values())]
    for widget in lowest:
        at = widget.mapTo(scroll.viewport(), QPoint(0, widget.height()))
        assert at.y() <= scroll.viewport().height()
    assert all(min(strip.mute.width(), strip.mute.height()) >= 32 for strip in pane.strips)
    shown.close()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["packed", "rows"])
def test_a_strip_says_where_its_mute_acts_and_where_alone_it_is_muted(
    application: QApplication, size: tuple[int, int]
) -> None:
    desk = FakeDesk("sound_half")
    shown = Shown(application, desk, size)
    pane = shown.window.findChildren(SoundPane)[0]
    is_packed = size[0] < 1920
    shown.until(lambda: bool(pane.strips) and pane.strips[0].mute.title.startswith("M ") is is_packed)
    shown.until(lambda: pane.inputs["Guest call"].name.text == "■ talks · Guest call")
    if is_packed:
        said = [(strip.mute.title, strip.mute.note) for strip in pane.strips]
        assert said == [("M ½", "OBS"), ("M ½", "rtn"), ("M", "rtn"), ("M", "OBS")]
        shown.until(lambda: pane.strips[1].level.text == "talks")
    else:
        assert [strip.mute.title for strip in pane.strips] == ["MUTED", "MUTED", "MUTE", "MUTED"]
        assert [strip.where.text for strip in pane.strips] == [
            "muted in OBS only", "talking · returns muted", "muted in OBS only", "OBS only",
        ]  # fmt: skip
    assert pane.strips[1].mute.accessibleName() == (
        "Guest Ana: mute acts on OBS + returns, muted in returns only, somebody talks into it"
    )
    assert [strip.mute.face for strip in pane.strips] == [Face.AMBER, Face.AMBER, Face.PLAIN, Face.RED]
    press(pane.strips[0].mute)
    assert desk.asked[-1] == ("channel.mute", Origin.BUTTON, {"channel": "Host", "on": False})
    row = shown.window.pages.sound.strips.sheet(desk.sound.value).cells
    assert [cells[MUTE].text for cells in row] == ["OBS ½", "rtn ½", "mute", "MUTED"]
    assert row[2][MUTE].words == "Mute of Guest Bo: muted in OBS only"
    shown.close()


def test_what_a_strip_says_is_said_without_colour(shown: Shown, desk: FakeDesk) -> None:
    desk.be("sound_eight")
    shown.settle()
    pane = shown.window.findChildren(SoundPane)[0]
    assert [strip.name.text for strip in pane.strips][5:] == ["Piano", "×? Music", "■ Film"]
    assert pane.strips[6].mute.accessibleName() == "Music: mute acts on OBS + returns, muted here, OBS ?"
    assert [(strip.mute.title, strip.mute.face) for strip in pane.strips[6:]] == [("M ?", Face.AMBER), ("M", Face.RED)]
    cells = shown.window.pages.sound.strips.sheet(desk.sound.value).cells
    assert [(row[MUTE].text, row[MUTE].words) for row in cells[6:]] == [
        ("OBS ?", "Mute of Music: muted here, OBS ?"), ("MUTED", "Mute of Film: MUTED"),
    ]  # fmt: skip
    assert pane.strips[2].level.text == "▲14"
    assert [strip.test.title for strip in pane.returns] == ["✓ N-1 CLEAN", "▲ N-1 LEAK", "■ N-1 LEAK", "▲ N-1 ECHO"]
    assert pane.strips[3].pfl.accessibleName() == "Cem: PFL, on your headphones alone, on"
    press(pane.strips[3].pfl)
    press(pane.strips[0].pfl)
    press(pane.strips[2].meter)
    press(pane.strips[0].meter)  # its clip lamp is dark
    assert [(action, arguments) for action, _, arguments in desk.asked] == [
        ("channel.pfl", {"channel": "Cem", "on": False}), ("channel.pfl", {"channel": "Host", "on": True}),
        ("clips.reset", {}),
    ]  # fmt: skip
