"""The SOURCES page: what is shown of a scene's sources, and what each control asks for."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton

from console.core.journal import Origin
from console.core.links import Link, LinkState
from scenes.sources.state import Filter, Media, MediaState, SceneSources, Source
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.page_states import media, source_rows
from tests.widgets.shown import Shown
from widgets.controls import ActionButton
from widgets.pages import SOURCES
from widgets.source_line import SourceLine
from widgets.source_parts import kind_words
from widgets.sources_pane import SourcesPane, lines_of


@pytest.fixture
def pane(shown: Shown, desk: FakeDesk) -> SourcesPane:
    desk.be("sources")
    shown.window.resize(1920, 1400)
    shown.window.activateWindow()  # Qt's offscreen platform lets go of a window that grows
    shown.until(shown.window.isActiveWindow)
    shown.window.setFocus()
    shown.window.pages.show_page(SOURCES)
    shown.settle()
    shown.settle()
    return shown.window.pages.sources


def line(pane: SourcesPane, name: str) -> SourceLine:
    return next(each for each in pane.list.shown if each.source is not None and each.source.name == name)


def press(button: ActionButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_sources_stand_topmost_first_with_groups_indented(pane: SourcesPane) -> None:
    names = [each.source.name for each in pane.list.shown if each.source]
    assert names[:5] == ["Lower third", "Headline", "Logo", "Trailer", "Sting"]
    assert line(pane, "Headline").eye.x() > line(pane, "Lower third").eye.x()


def test_eye_lock_and_mute_ask_for_the_opposite_in_the_holder(pane: SourcesPane, desk: FakeDesk) -> None:
    press(line(pane, "Logo").eye)
    press(line(pane, "Table camera").lock)
    press(line(pane, "Sting").mute)
    assert desk.asked == [
        ("source.show", Origin.BUTTON, {"scene": "Lower third", "source": "Logo", "on": True}),
        ("source.lock", Origin.BUTTON, {"scene": "Table", "source": "Table camera", "on": False}),
        ("source.mute", Origin.BUTTON, {"source": "Sting", "on": False}),
    ]


def test_a_control_that_a_source_does_not_have_is_not_there(pane: SourcesPane) -> None:
    camera = line(pane, "Table camera")
    assert not camera.mute.isVisible()
    assert not camera.play.isVisible()
    assert not camera.field.isVisible()
    assert line(pane, "Headline").field.isVisible()
    assert not line(pane, "Headline").choose.isVisible()
    assert line(pane, "Logo").choose.isVisible()


def test_what_is_hidden_is_said_in_words_not_only_by_its_eye(pane: SourcesPane) -> None:
    assert line(pane, "Logo").eye.accessibleName() == "Logo: hidden"
    assert line(pane, "Headline").eye.accessibleName() == "Headline: shown"


def test_a_filter_is_turned_by_its_toggle(pane: SourcesPane, desk: FakeDesk) -> None:
    filters = pane.list.shown_filters[0]
    assert [toggle.title for toggle in filters.toggles if toggle.isVisible()] == ["✓ Warm", "○ Sharpen", "✓ Key"]
    press(filters.toggles[1])
    asked = {"source": "Table camera", "filter": "Sharpen", "on": True}
    assert desk.asked == [("filter.set", Origin.BUTTON, asked)]


def test_enter_sends_a_text_and_the_keyboard_stays_in_the_field(
    shown: Shown, pane: SourcesPane, desk: FakeDesk
) -> None:
    field = line(pane, "Headline").field
    field.setFocus()
    shown.until(field.hasFocus)
    shown.settle()
    assert shown.window.banner.keys_words == "KEYS OFF · Esc"
    field.selectAll()
    field.insert("Canvas tote⏎24 €")  # QTest types ASCII alone
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, Qt.Key.Key_Return)  # a nudge: it must not become an AUTO
    asked = ("text.set", Origin.BUTTON, {"source": "Headline", "text": "Canvas tote\n24 €"})
    assert desk.asked == [asked, asked]


def test_esc_leaves_a_text_as_obs_has_it(shown: Shown, pane: SourcesPane, desk: FakeDesk) -> None:
    field = line(pane, "Headline").field
    field.setFocus()
    shown.until(field.hasFocus)
    QTest.keyClicks(field, "something else")
    shown.tap("Esc")
    assert shown.window.hasFocus()
    assert field.text() == "Linen cap, 19 €"
    assert desk.asked == []


def test_what_somebody_types_is_not_overwritten_by_what_obs_says(
    shown: Shown, pane: SourcesPane, desk: FakeDesk
) -> None:
    field = line(pane, "Headline").field
    field.setFocus()
    shown.until(field.hasFocus)
    QTest.keyClicks(field, "Half a wo")
    rows = tuple(replace(row, text="From outside") if row.name == "Headline" else row for row in source_rows())
    desk.sources.set(SceneSources("Table", rows))
    assert "Half a wo" in field.text()
    shown.window.setFocus()
    assert field.text() == "From outside"


def test_nothing_moves_under_the_fingers_of_somebody_who_types(shown: Shown, pane: SourcesPane, desk: FakeDesk) -> None:
    typed = line(pane, "Headline")
    typed.field.setFocus()
    shown.until(typed.field.hasFocus)
    place = typed.geometry()
    desk.sources.set(SceneSources("Table", (Source(40, "New above", "Table", "image_source"), *source_rows())))
    shown.settle()
    assert typed.field.hasFocus()
    assert typed.geometry() == place
    shown.window.setFocus()
    shown.settle()
    assert pane.list.shown[0].source is not None
    assert pane.list.shown[0].source.name == "New above"


def test_a_field_whose_source_is_gone_is_left(shown: Shown, pane: SourcesPane, desk: FakeDesk) -> None:
    typed = line(pane, "Headline")
    typed.field.setFocus()
    shown.until(typed.field.hasFocus)
    desk.sources.set(SceneSources("Wide", (Source(1, "Title", "Wide", "text_ft2_source_v2", text="Hello"),)))
    shown.settle()
    assert shown.window.hasFocus()
    assert line(pane, "Title").field.text() == "Hello"


def test_a_press_never_lands_on_the_source_that_took_the_place(pane: SourcesPane, desk: FakeDesk) -> None:
    eye = line(pane, "Lower third").eye
    QTest.mousePress(eye, Qt.MouseButton.LeftButton)
    desk.sources.set(SceneSources("Table", (Source(40, "New above", "Table", "image_source"), *source_rows())))
    QTest.mouseRelease(eye, Qt.MouseButton.LeftButton)
    assert desk.asked == []


def test_a_picture_is_set_by_its_path_or_chosen_from_files(shown: Shown, pane: SourcesPane, desk: FakeDesk) -> None:
    logo = line(pane, "Logo")
    assert logo.field.text() == "/home/studio/logo-white.png"
    logo.field.setFocus()
    shown.until(logo.field.hasFocus)
    logo.field.selectAll()
    QTest.keyClicks(logo.field, "/tmp/other.png")
    QTest.keyClick(logo.field, Qt.Key.Key_Return)
    shown.window.setFocus()
    assert desk.asked == [("image.set", Origin.BUTTON, {"source": "Logo", "file": "/tmp/other.png"})]
    QTest.mouseClick(logo.choose, Qt.MouseButton.LeftButton)
    dialog = shown.window.findChildren(QFileDialog)[0]
    assert not dialog.isModal()  # nothing on air waits for a file
    dialog.fileSelected.emit("/tmp/third.png")
    dialog.close()
    shown.window.activateWindow()
    assert desk.asked[-1] == ("image.set", Origin.BUTTON, {"source": "Logo", "file": "/tmp/third.png"})


def test_media_is_played_paused_stopped_and_restarted(pane: SourcesPane, desk: FakeDesk) -> None:
    trailer, sting = line(pane, "Trailer"), line(pane, "Sting")
    for button in (trailer.play, trailer.stop, trailer.restart, sting.play):
        press(button)
    assert [(arguments["source"], arguments["do"]) for _, _, arguments in desk.asked] == [
        ("Trailer", "pause"), ("Trailer", "stop"), ("Trailer", "restart"), ("Sting", "play"),
    ]  # fmt: skip


def test_the_progress_line_says_what_is_left_and_seeks(pane: SourcesPane, desk: FakeDesk) -> None:
    progress = line(pane, "Trailer").progress
    assert progress.words.startswith("-0:4")
    QTest.mouseClick(progress, Qt.MouseButton.LeftButton, pos=QPoint(0, progress.height() // 2))
    QTest.mouseClick(progress, Qt.MouseButton.LeftButton, pos=QPoint(progress.width() - 1, progress.height() // 2))
    assert desk.asked == [
        ("media.seek", Origin.BUTTON, {"source": "Trailer", "position_ms": 0}),
        ("media.seek", Origin.BUTTON, {"source": "Trailer", "position_ms": 120_000}),
    ]


@pytest.mark.parametrize(
    ("shown_media", "words"),
    [
        (media(state=MediaState.ENDED), "ended"),
        (media(state=MediaState.ERROR), "error"),
        (Media("Loop", MediaState.PLAYING, 5_000, 100, 0, is_looping=True), "loops"),
        (Media("Line", MediaState.PLAYING), "plays"),
        (media(state=MediaState.PAUSED, left_s=61), "-1:01"),
    ],
    ids=["ended", "broken", "looping", "live", "paused"],
)
def test_media_without_an_end_says_what_it_does(
    pane: SourcesPane, desk: FakeDesk, shown_media: Media, words: str
) -> None:
    desk.sources.set(SceneSources("Table", (Source(1, "Clip", "Table", "ffmpeg_source", media=shown_media),)))
    assert line(pane, "Clip").progress.words == words


def test_a_scene_is_chosen_by_preview_program_or_any(pane: SourcesPane, desk: FakeDesk) -> None:
    buttons = {each.title: each for each in pane.findChildren(ActionButton)}
    press(buttons["PREVIEW"])
    press(buttons["PROGRAM"])
    pane._any.stepped.emit(1)
    assert [arguments for _, _, arguments in desk.asked] == [{}, {"scene": "Table"}, {"scene": "Guest Ana"}]


def test_program_is_followed_from_take_to_take_until_another_scene_is_chosen(pane: SourcesPane, desk: FakeDesk) -> None:
    buttons = {each.title: each for each in pane.findChildren(ActionButton)}
    press(buttons["PROGRAM"])
    desk.on_air(program="Wide", claimed="Wide")
    assert desk.asked[-1] == ("sources.look_at", Origin.CONSOLE, {"scene": "Wide"})
    press(buttons["PREVIEW"])
    desk.asked.clear()
    desk.on_air(program="Close", claimed="Close")
    assert desk.asked == []


def test_studio_mode_says_that_obs_airs_a_copy_only_where_it_does(pane: SourcesPane, desk: FakeDesk) -> None:
    assert "wait for the next take" in pane.note
    desk.on_air(program="Wide", claimed="Wide")
    assert pane.note == ""  # the scene that is looked at is not on air
    desk.on_air(program="Table", claimed="Table", studio_mode=False, preview=None)
    assert "at once" in pane.note


def test_an_obs_that_is_away_is_said_in_place_of_the_sources(pane: SourcesPane, desk: FakeDesk) -> None:
    desk.on_air(link=Link(LinkState.DOWN, "OBS does not answer.", "Start OBS."))
    desk.sources.set(SceneSources())
    assert pane.list.shown == ()
    assert pane.list.why == "OBS does not answer. Start OBS."


def test_hundreds_of_sources_cost_as_many_lines_as_fit_and_are_scrolled(
    shown: Shown, pane: SourcesPane, desk: FakeDesk
) -> None:
    rows = tuple(Source(n, f"Source {n}", "Table", "image_source") for n in range(400))
    desk.sources.set(SceneSources("Table", rows))
    shown.settle()
    assert len(pane.findChildren(SourceLine)) < 40
    for _ in range(5):
        wheel(pane)
    assert pane.list.shown[0].source is not None
    assert pane.list.shown[0].source.name == "Source 5"
    press(pane.list.shown[0].eye)
    assert desk.asked[-1][2] == {"scene": "Table", "source": "Source 5", "on": False}


def wheel(pane: SourcesPane) -> None:
    at = QPointF(20, 20)
    event = QWheelEvent(
        at, at, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    pane.list.wheelEvent(event)


def test_filters_take_as_many_lines_as_they_need() -> None:
    many = tuple(Filter(f"A filter of some length {n}") for n in range(9))
    lines = lines_of((Source(1, "Camera", "Table", filters=many), Source(2, "Mic", "Table")), 500)
    assert lines[0].filters == ()
    assert sum(len(each.filters) for each in lines) == 9
    assert all(each.source.name == "Camera" for each in lines[:-1])
    assert lines[-1].source.name == "Mic"


def test_kinds_are_said_in_plain_words() -> None:
    kinds = (
        "ffmpeg_source",
        "text_ft2_source_v2",
        "color_source_v3",
        "text_gdiplus_v3",
        "group",
        "some_new_source",
        "",
    )
    words = ["media file", "text", "colour", "text", "group", "some new", "source"]
    assert [kind_words(kind) for kind in kinds] == words


def test_file_buttons_are_reached_by_tab(pane: SourcesPane) -> None:
    assert all(each.focusPolicy() & Qt.FocusPolicy.TabFocus for each in pane.findChildren(QPushButton))
