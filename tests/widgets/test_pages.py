"""The pages: tabs and keys, what stays while they change, what runs out on air, and no text cut off in any state."""

from collections.abc import Iterable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from console.core.journal import Origin
from scenes.sources.state import MediaState, SceneSources
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.page_states import PAGE_STATES, media
from tests.widgets.shown import Shown
from widgets import theme
from widgets.chooser import Chooser
from widgets.controls import ActionButton
from widgets.page import ending_colour
from widgets.page_entries import page_entries
from widgets.pages import (
    CAMERAS,
    COUNTER,
    FIGURES,
    HOST,
    LOOKS,
    OUTBOX,
    OUTPUTS,
    QUEUE,
    RUNDOWN,
    SOUND,
    SOURCES,
    Pages,
    Tab,
)
from widgets.palette import entries
from widgets.source_parts import Progress

SIZES = [(1280, 720), (1920, 1080), (2560, 1080), (1120, 630)]


@pytest.fixture
def pages(shown: Shown) -> Pages:
    return shown.window.pages


def test_the_keys_bring_each_page_to_the_front(shown: Shown, desk: FakeDesk, pages: Pages) -> None:
    fronts = []
    for key in ("F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F12", "F1"):
        shown.tap(key)
        fronts.append(pages.front)
    assert fronts == [SOURCES, LOOKS, OUTPUTS, CAMERAS, SOUND, OUTBOX, QUEUE, HOST, FIGURES, COUNTER, RUNDOWN]
    assert desk.asked == []  # a page is the window's own matter


def test_pressing_a_tab_is_its_key(shown: Shown, pages: Pages) -> None:
    tabs = {tab.title: tab for tab in shown.window.findChildren(Tab)}
    QTest.mouseClick(tabs["OUTPUTS"], Qt.MouseButton.LeftButton)
    assert pages.front == OUTPUTS
    assert pages.outputs.isVisible()
    assert not pages.rundown.isVisible()


def test_a_page_stays_in_front_whatever_happens_to_the_show(shown: Shown, desk: FakeDesk, pages: Pages) -> None:
    pages.show_page(LOOKS)
    for state in ("lost", "empty", "outputs", "open"):
        desk.be(state)
    shown.window.resize(1600, 900)
    shown.settle()
    assert pages.front == LOOKS


@pytest.mark.parametrize("page", range(11))
def test_keys_act_the_same_on_every_page(shown: Shown, desk: FakeDesk, pages: Pages, page: int) -> None:
    pages.show_page(page)
    for key in ("3", "Down", "G", "Space"):
        shown.tap(key)
    assert desk.asked_ids == ["scene.preview", "cue.standby", "cue.go", "scene.cut"]


@pytest.mark.parametrize("state", sorted(PAGE_STATES))
def test_nothing_moves_when_another_page_comes_to_the_front(
    shown: Shown, desk: FakeDesk, pages: Pages, state: str
) -> None:
    desk.be(state)
    shown.settle()
    places = [each.geometry() for each in (pages, *shown.window.findChildren(Tab))]
    for page in (SOURCES, LOOKS, OUTPUTS, CAMERAS, SOUND, OUTBOX, QUEUE, HOST, FIGURES, COUNTER):
        pages.show_page(page)
        shown.settle()
        assert [each.geometry() for each in (pages, *shown.window.findChildren(Tab))] == places


def test_a_field_is_left_when_its_page_goes(shown: Shown, desk: FakeDesk, pages: Pages) -> None:
    desk.be("sources")
    pages.show_page(SOURCES)
    shown.settle()
    field = next(each for each in pages.sources.findChildren(QLineEdit) if each.isVisible())
    field.setFocus()
    shown.until(field.hasFocus)
    pages.show_page(RUNDOWN)
    assert shown.window.hasFocus()
    assert not shown.window.keys.is_typing()


def test_what_runs_out_on_air_is_counted_down_on_every_page(shown: Shown, desk: FakeDesk, pages: Pages) -> None:
    desk.sources.set(SceneSources("Close", (), (media(left_s=47.5),)))
    for page in range(10):
        pages.show_page(page)
        shown.settle()
        assert pages.ending_words.startswith("Trailer ends in 0:4")  # it runs on meanwhile
    desk.sources.set(SceneSources("Close", (), (media(state=MediaState.PAUSED, left_s=7),)))
    assert pages.ending_words == ""  # it does not run
    desk.sources.set(SceneSources("Close", (), ()))
    assert pages.ending_words == ""


def test_media_that_has_run_out_is_said_to_have_ended(shown: Shown, desk: FakeDesk, pages: Pages) -> None:
    desk.sources.set(SceneSources("Close", (), (media(left_s=0),)))
    assert pages.ending_words == "Trailer has ended"


def test_the_tabs_of_a_small_window_have_their_keys_and_leave_room_for_words(
    shown: Shown, desk: FakeDesk, pages: Pages
) -> None:
    desk.be("cameras")
    pages.show_page(CAMERAS)
    assert pages.beside == "3 of 5 live"
    assert all(tab.shows_key for tab in pages.findChildren(Tab))
    desk.sources.set(SceneSources("Close", (), (media(left_s=47.5),)))
    assert pages.beside.startswith("ends in 0:4")


def test_what_is_left_turns_amber_then_red() -> None:
    colours = [ending_colour(left_s) for left_s in (None, 10.0, 9.9, 5.0, 4.9, 0.0)]
    assert colours == [theme.SOFT, theme.SOFT, theme.AMBER_SOFT, theme.AMBER_SOFT, theme.RED_SOFT, theme.RED_SOFT]


def test_a_page_behind_says_on_its_tab_what_matters(shown: Shown, desk: FakeDesk) -> None:
    marks = {tab.title: tab for tab in shown.window.findChildren(Tab)}
    desk.be("looks_recording")
    assert marks["LOOKS"].mark == "● 4"
    desk.be("outputs_trouble")
    assert (marks["LOOKS"].mark, marks["OUTPUTS"].mark) == ("", "▲")
    desk.be("open")
    assert marks["OUTPUTS"].mark == ""


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_in_every_state_of_every_page_no_text_is_cut_off_and_nothing_overlaps(
    application: QApplication, size: tuple[int, int]
) -> None:
    desk = FakeDesk("empty")
    shown = Shown(application, desk, size)
    faults: list[str] = []
    for state in (*PAGE_STATES, "lost", "empty", "upright", "crowded", "bare"):
        desk.be(state)
        for page in _pages_to_look_at(state):
            shown.window.pages.show_page(page)
            shown.settle()
            theme.CUT.clear()
            for widget in shown.window.pages.findChildren(QWidget):
                widget.update()
            shown.window.pages.grab()
            faults += [f"{state} {page}: cut off: {text}" for text in sorted(set(theme.CUT))]
            faults += [f"{state} {page}: {fault}" for fault in misplaced(shown.window.pages)]
    shown.close()
    assert faults == []


def _pages_to_look_at(state: str) -> Iterable[int]:
    """The tabs' pages, and the state's own: what stands on a page without a tab stands there alone."""
    own = [PAGE_STATES[state][0]] if state in PAGE_STATES else []
    return {*range(OUTBOX), *own}


def misplaced(pages: QWidget) -> list[str]:
    """Which controls overlap, leave the pane, or are smaller than a finger."""
    kinds = (ActionButton, Chooser, QLineEdit, QAbstractButton, Progress)
    controls = [each for each in pages.findChildren(QWidget) if isinstance(each, kinds) and each.isVisible()]
    places = [(each, each.rect().translated(each.mapTo(pages, QPoint(0, 0)))) for each in controls]
    faults = [
        f"{one.accessibleName()} lies over {other.accessibleName()}"
        for index, (one, place) in enumerate(places)
        for other, other_place in places[:index]
        if place.intersects(other_place)
    ]
    faults += [f"{each.accessibleName()} leaves the pane" for each, at in places if not pages.rect().contains(at)]
    return faults + [
        f"{each.accessibleName()} is {at.width()}x{at.height()}"
        for each, at in places
        if at.width() < 32 or at.height() < 32
    ]


def test_everything_on_the_pages_has_a_name_and_a_tooltip_with_its_key(
    shown: Shown, desk: FakeDesk, pages: Pages
) -> None:
    nameless = []
    for state, (page, _) in PAGE_STATES.items():
        desk.be(state)
        pages.show_page(page)
        shown.settle()
        for each in pages.findChildren(QWidget):
            if isinstance(each, QAbstractButton | Chooser | QLineEdit | Progress) and each.isVisible():
                has_key = "Key:" in each.toolTip() or "No key" in each.toolTip()
                if not each.accessibleName().strip() or not has_key:
                    nameless.append(f"{state}: {type(each).__name__} {each.accessibleName()!r} {each.toolTip()!r}")
    assert nameless == []


def test_every_button_of_the_pages_asks_for_an_action_that_takes_its_arguments(
    shown: Shown, desk: FakeDesk, pages: Pages
) -> None:
    for state, (page, _) in PAGE_STATES.items():
        desk.be(state)
        pages.show_page(page)
        shown.settle()
        for each in pages.findChildren(ActionButton):
            if each.isVisible() and each.title not in ("ADD", "EDIT"):  # these open a form over the others
                QTest.mouseClick(each, Qt.MouseButton.LeftButton)
    wanted = {
        "source.show", "source.lock", "source.mute", "filter.set", "media.control", "sources.look_at", "look.run",
        "look.undo", "look.record", "record.pause", "replay.save", "camera.find",
        "camera.move", "camera.undo", "relay.set", "outbox.retry", "outbox.export",
    }  # fmt: skip
    # outputs and removals are held, the others pressed
    assert wanted <= set(desk.asked_ids)
    held = {"stream.start", "vcam.start", "stream.stop", "record.stop", "look.remove", "camera.remove"}
    assert not held & set(desk.asked_ids)


def test_everything_on_the_pages_can_be_typed_for(shown: Shown, desk: FakeDesk) -> None:
    desk.be("sources")
    desk.looks.set(desk.looks.value)
    words = [words for words, _, _ in page_entries(desk)]
    assert {
        "Hide Headline", "Show Logo", "Unlock Table camera", "Mute Trailer in OBS", "Unmute Sting in OBS",
        "Table camera: filter Warm off", "Table camera: filter Sharpen on", "Pause Trailer", "Stop Trailer",
        "Play from the start: Trailer", "Trailer: 10 s back", "Sources of the preview", "Record a look",
    } <= set(words)  # fmt: skip
    desk.be("looks")
    assert {"Run look: Clean picture", "Remove look: Clean picture"} <= {entry.words for entry in entries(desk)}
    desk.be("outputs_trouble")
    assert "Go on with the recording" in {entry.words for entry in entries(desk)}
    desk.be("cameras")
    assert {
        "Let OBS take Wide itself again", "Hand camera Guest Ana to OBS", "Yes, Cuedrop may open camera Table",
        "Move camera Wide down", "Move camera Street up", "Remove camera: Street", "Snapshot of camera Table",
    } <= {words for words, _, _ in page_entries(desk)}  # fmt: skip
    desk.be("cameras_found")
    assert "Add found camera: Phone Bo" in {words for words, _, _ in page_entries(desk)}


@pytest.mark.parametrize("state", sorted(PAGE_STATES))
def test_every_line_of_the_palette_is_an_action_that_takes_its_arguments(
    shown: Shown, desk: FakeDesk, state: str
) -> None:
    desk.be(state)
    for entry in entries(desk):
        action = desk.actions.get(entry.action_id)
        assert action is not None, entry
        action.parse(dict(entry.arguments))


def test_the_palette_mutes_a_source_for_the_director(shown: Shown, desk: FakeDesk) -> None:
    desk.be("sources")
    shown.window.keys.palette_wanted.emit()
    field = shown.application.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "mute trailer")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.asked == [("source.mute", Origin.KEY, {"source": "Trailer", "on": True})]
