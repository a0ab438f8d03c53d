"""The second window: its keys are the show's, its tiles the director's own, and closed it costs nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from console.core.journal import Origin
from console.settings.show import Multiview as Kept
from tests.widgets.camera_states import NAMES, troubled, with_cameras
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import NONE, Shown
from widgets import multiview as multiviews
from widgets import theme
from widgets.multiview import Multiview
from widgets.multiview_bar import BarButton, BarWords
from widgets.multiview_tiles import BusPlace, CameraPlace, EmptyPlace, SoloPlace
from widgets.pictures import PictureView
from widgets.second_screen import WindowPlace, WindowPlaces

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def keep(desk: FakeDesk, **multiview: object) -> None:
    """What the show file says of the multiview."""
    desk.show.set(desk.show.value.model_copy(update={"multiview": Kept.model_validate(multiview)}))


@pytest.fixture
def second(shown: Shown, desk: FakeDesk) -> Iterator[Multiview]:
    """The window, with the keyboard, on five cameras; the pointer is elsewhere."""
    with_cameras(desk, 5)
    QCursor.setPos(-10, -10)
    shown.window.second.restore(WindowPlaces())
    shown.window.second.open()
    one = shown.window.second.window
    assert one is not None
    shown.until(one.isActiveWindow)
    one.setFocus()
    shown.settle()
    desk.asked.clear()
    yield one
    one.close()
    shown.until(shown.window.isActiveWindow)


def cameras_in(second: Multiview) -> dict[str, CameraPlace]:
    return {tile.camera: tile for tile in second.findChildren(CameraPlace)}


def alone(second: Multiview) -> str | None:
    return second.wall.alone


def bar_button(second: Multiview, text: str) -> BarButton:
    return next(each for each in second.findChildren(BarButton) if each.text() == text)


def move_over(widget: QWidget) -> None:
    """The pointer moves over a widget, with no button pressed."""
    at = QPointF(9, 9)
    none = Qt.MouseButton.NoButton
    QCoreApplication.sendEvent(widget, QMouseEvent(QEvent.Type.MouseMove, at, widget.mapToGlobal(at), none, none, NONE))


# --- its keys ---


def test_v_opens_it_and_v_closes_it_in_either_window(shown: Shown, desk: FakeDesk) -> None:
    shown.tap("V")
    window = shown.window.second.window
    assert window is not None
    shown.until(window.isActiveWindow)
    shown.tap("V")
    shown.until(shown.window.isActiveWindow)
    assert shown.window.second.window is None
    assert desk.asked == []


def test_every_key_means_in_it_what_it_means_in_the_show(shown: Shown, desk: FakeDesk, second: Multiview) -> None:
    for key in ("3", "Space", "Backspace", "B"):
        shown.tap(key)
    assert desk.asked_ids == ["scene.preview", "scene.cut", "preview.previous", "marker.add"]
    assert shown.window.keys.is_heard()


def test_a_hold_ends_when_the_keyboard_goes_from_one_window_to_the_other(
    shown: Shown, desk: FakeDesk, second: Multiview
) -> None:
    shown.press("T")
    shown.window.activateWindow()
    shown.until(shown.window.isActiveWindow)
    assert [arguments.get("on") for _, _, arguments in desk.asked] == [True, False]


def test_what_a_key_asks_of_the_other_window_comes_forward_there(shown: Shown, second: Multiview) -> None:
    shown.tap("F3")
    shown.until(shown.window.isActiveWindow)
    assert shown.window.pages.front == 2


def test_s_keeps_the_picture_of_what_is_seen_alone(shown: Shown, desk: FakeDesk, second: Multiview) -> None:
    shown.tap("Z")
    shown.tap("S")
    assert desk.asked == [("camera.snapshot", Origin.KEY, {"camera": "Table"})]
    shown.tap("Z")
    shown.tap("S")
    assert desk.asked[-1] == ("camera.snapshot", Origin.KEY, {})  # the desk says of which


def test_what_the_window_does_by_itself_is_found_by_typing(shown: Shown, desk: FakeDesk) -> None:
    shown.window.keys.palette_wanted.emit()
    field = shown.application.focusWidget()
    assert isinstance(field, QLineEdit)
    field.setText("second window")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.window.second.window is not None
    shown.window.second.toggle()
    assert desk.asked == []


# --- its tiles ---


def test_until_it_is_arranged_it_shows_program_preview_and_every_camera(desk: FakeDesk, second: Multiview) -> None:
    assert second.wall.names == ("preview", "program", *NAMES[:5])
    assert [bus.words[0] for bus in second.findChildren(BusPlace)] == ["Table", "Close"]


def test_a_tile_has_number_and_tally_of_its_scene_and_a_press_is_its_number(desk: FakeDesk, second: Multiview) -> None:
    tiles = cameras_in(second)
    assert {name: tile.tally for name, tile in tiles.items() if tile.tally} == {"Close": "PGM", "Table": "PVW"}
    assert tiles["Table"].number == 3
    QTest.mouseClick(tiles["Street"], LEFT)
    assert desk.asked == [("scene.preview", Origin.BUTTON, {"scene": "Street"})]


def test_it_follows_the_show_and_keeps_the_tiles_that_stay(desk: FakeDesk, second: Multiview) -> None:
    before = cameras_in(second)["Wide"]
    keep(desk, tiles=4, cameras=("Wide", "program", "Gone"))
    assert second.wall.names == ("Wide", "program", "Gone", "")
    assert cameras_in(second)["Wide"] is before
    gone, empty = sorted(second.findChildren(EmptyPlace), key=lambda each: each.accessibleName(), reverse=True)
    assert gone.accessibleName() == "Gone is not in the show"
    assert empty.accessibleName() == "Empty place"


def test_a_click_that_was_on_its_way_to_another_tile_does_nothing(desk: FakeDesk, second: Multiview) -> None:
    keep(desk, tiles=2, cameras=("Street", "Wide"))
    QTest.mouseClick(cameras_in(second)["Street"], LEFT)
    assert desk.asked == []


# --- one alone ---


def test_z_shows_the_one_on_preview_alone_and_z_or_escape_shows_all(shown: Shown, second: Multiview) -> None:
    for back in ("Z", "Esc"):
        shown.tap("Z")
        assert alone(second) == "Table"
        (solo,) = second.findChildren(SoloPlace)
        shown.settle()
        assert "H.264" in " ".join(solo.lines)
        shown.tap(back)
        assert alone(second) is None
        assert all(tile.isVisible() for tile in cameras_in(second).values())


def test_z_shows_what_the_pointer_is_over_and_the_button_shows_all(shown: Shown, second: Multiview) -> None:
    tile = cameras_in(second)["Street"]
    QCursor.setPos(tile.mapToGlobal(tile.rect().center()))
    shown.tap("Z")
    assert alone(second) == "Street"
    QTest.mouseClick(bar_button(second, "ALL TILES"), LEFT)
    assert alone(second) is None


def test_a_double_click_shows_a_bus_alone_and_another_all(second: Multiview) -> None:
    program = second.findChildren(BusPlace)[1]
    QTest.mouseDClick(program, LEFT)
    assert alone(second) == "program"
    assert not any(tile.isVisible() for tile in cameras_in(second).values())
    QTest.mouseDClick(program, LEFT)
    assert alone(second) is None


def test_a_camera_that_is_alone_and_leaves_the_show_gives_the_others_back(
    shown: Shown, desk: FakeDesk, second: Multiview
) -> None:
    shown.tap("Z")
    desk.cameras.set(desk.cameras.value[:2])
    assert alone(second) is None


# --- arranging ---


def test_arranged_by_keys_it_is_kept_once_and_nothing_goes_to_preview(
    shown: Shown, desk: FakeDesk, second: Multiview
) -> None:
    keep(desk, tiles=4, cameras=("Wide", "Close", "Table", "Street"))
    shown.tap("A")
    shown.tap("Right", SHIFT)  # Wide and Close exchanged
    shown.tap("Down")  # on Street
    shown.tap("Tab")  # there comes what follows Street: nothing
    shown.tap("-")
    assert second.is_arranging
    assert desk.asked == []
    assert second.wall.names == ("Close", "Wide", "Table")
    shown.tap("=")
    shown.tap("A")
    assert desk.asked == [
        ("multiview.arrange", Origin.KEY, {"tiles": 4, "cameras": ["Close", "Wide", "Table", "program"]})
    ]
    assert not second.is_arranging


def test_escape_leaves_it_as_it_was(shown: Shown, desk: FakeDesk, second: Multiview) -> None:
    before = second.wall.names
    shown.tap("A")
    shown.tap("Right", SHIFT)
    assert second.wall.names != before
    shown.tap("Esc")
    assert second.wall.names == before
    assert "multiview.arrange" not in desk.asked_ids


def test_while_it_is_arranged_enter_keeps_and_no_other_key_does_anything(
    shown: Shown, desk: FakeDesk, second: Multiview
) -> None:
    before = second.wall.names
    shown.tap("A")
    shown.tap("Right", CONTROL)  # as on the CAMERAS page; Shift does it, too
    assert second.wall.names != before
    desk.hot.set(True)
    for key in ("Space", "Backspace", "3", "G", "R", "D", "M", "T", "B", "PageUp", "V", "F3"):
        shown.tap(key)
    shown.tap("1", CONTROL)
    for held in ("0", "F"):
        shown.press(held)
        assert shown.window.holds.fraction({"0": "black.fade", "F": "drop.fire"}[held]) == 0.0
        shown.release(held)
    assert desk.asked == []
    assert "that key did nothing. Enter keeps" in shown.window.banner.words
    shown.tap("Enter")
    assert desk.asked_ids == ["multiview.arrange"]
    shown.tap("A")
    shown.tap("Esc")
    assert not second.is_arranging
    shown.tap("Space")
    assert desk.asked_ids == ["multiview.arrange", "scene.cut"]


def test_while_it_is_arranged_safe_and_stop_sale_work_all_the_same(
    shown: Shown, desk: FakeDesk, second: Multiview
) -> None:
    shown.tap("A")
    seen = []
    for key, modifiers in (("Esc", NONE), ("Esc", SHIFT), ("X", NONE)):
        desk.asked.clear()
        shown.press(key, modifiers)
        shown.until(lambda: bool(desk.asked))
        shown.release(key, modifiers)
        seen += desk.asked_ids
    assert seen == ["scene.safe", "safe.mics_off", "sale.stop"]
    assert second.is_arranging


def test_escape_in_the_director_s_window_leaves_the_other_one_as_it_is(shown: Shown, second: Multiview) -> None:
    seen = []
    for key in ("Z", "A"):
        second.activateWindow()
        shown.until(second.isActiveWindow)
        shown.tap(key)
        shown.window.activateWindow()
        shown.until(shown.window.isActiveWindow)
        shown.tap("Esc")
        seen.append((alone(second), second.is_arranging))
    assert seen == [("Table", False), (None, True)]


def test_while_it_is_arranged_escape_takes_back_what_waits_before_it_leaves(
    shown: Shown, desk: FakeDesk, second: Multiview
) -> None:
    shown.tap("A")
    arranging = []
    for waits in ({"t_bar": 0.4}, {}):
        desk.on_air(**waits)
        shown.tap("Esc")
        arranging.append(second.is_arranging)
    assert arranging == [True, False]
    assert desk.asked_ids == ["scene.cancel"]


def test_a_tile_dragged_onto_another_changes_places_with_it(shown: Shown, desk: FakeDesk, second: Multiview) -> None:
    keep(desk, tiles=4, cameras=("Wide", "Close", "Table", "Street"))
    QTest.mouseClick(bar_button(second, "ARRANGE"), LEFT)
    layer = second.childAt(second.wall.places[0].center())
    assert layer is not None
    assert layer.accessibleName() == "Arranging the multiview"
    start, end = (second.wall.places[index].center() for index in (0, 3))
    QTest.mousePress(layer, LEFT, pos=start)
    desk.cameras.set(tuple(replace(camera, fps=29.0) for camera in desk.cameras.value))  # as every second
    QTest.mouseMove(layer, (start + end) / 2)
    QTest.mouseRelease(layer, LEFT, pos=end)
    assert second.wall.names == ("Street", "Close", "Table", "Wide")
    QTest.mouseClick(bar_button(second, "KEEP"), LEFT)
    assert desk.asked[-1][2]["cameras"] == ["Street", "Close", "Table", "Wide"]


def test_a_place_more_is_asked_for_at_once_and_shows_what_had_none(
    shown: Shown, desk: FakeDesk, second: Multiview
) -> None:
    keep(desk, tiles=2, cameras=("Wide", "Close"))
    shown.tap("=")
    assert desk.asked[-1][2] == {"tiles": 3, "cameras": ["Wide", "Close", "program"]}
    assert second.wall.names == ("Wide", "Close")  # until the show says so
    keep(desk, tiles=1, cameras=("Wide",))
    desk.asked.clear()
    shown.tap("-")
    assert desk.asked == []


def test_a_guide_is_asked_for_by_its_button(shown: Shown, desk: FakeDesk, second: Multiview) -> None:
    keep(desk, guides=("thirds",))
    assert bar_button(second, "THIRDS").is_on
    QTest.mouseClick(bar_button(second, "9:16"), LEFT)
    QTest.mouseClick(bar_button(second, "THIRDS"), LEFT)
    assert [arguments for _, _, arguments in desk.asked] == [{"guides": ["9:16", "thirds"]}, {"guides": []}]


# --- what it costs ---


def test_pictures_are_wanted_as_large_as_the_larger_window_shows_them(shown: Shown, second: Multiview) -> None:
    keep(shown.desk, tiles=2, cameras=("Street", "program"))
    second.resize(1920, 1080)
    shown.settle()
    tile, program = cameras_in(second)["Street"], second.findChildren(BusPlace)[0]
    assert shown.window.tile_sizes.value["Street"] == tile.wanted_size()
    assert shown.window.bus_sizes.value["program"] == program.wanted_size()
    before = shown.window.tile_sizes.value["Wide"]
    second.close()
    assert shown.window.tile_sizes.value["Street"] == before  # all tiles of the stage are of one size


def test_alone_only_what_is_seen_is_wanted_and_minimised_nothing(shown: Shown, second: Multiview) -> None:
    shown.tap("Z")
    shown.settle()
    assert set(second.wall.tile_sizes.value) == {"Table"}
    second.showMinimized()
    shown.settle()
    assert (second.wall.tile_sizes.value, second.wall.bus_sizes.value) == ({}, {})


def test_closed_it_watches_nothing_and_leaves_nothing(shown: Shown, desk: FakeDesk) -> None:
    def watching() -> list[int]:
        every = (desk.show, desk.cameras, desk.switcher, desk.hot)
        return [len(each._watchers) for each in every]

    shown.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # what other tests closed
    before = watching()
    for _ in range(3):
        shown.window.second.open()
        shown.settle()
        shown.window.second.window.wall.show_alone(2)  # type: ignore[union-attr]
        shown.window.second.toggle()
        shown.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert watching() == before
    assert not [each for each in shown.application.topLevelWidgets() if isinstance(each, Multiview)]


# --- its place ---


def test_f11_fills_the_screen_with_pictures_and_gives_it_back(
    shown: Shown, second: Multiview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multiviews, "BAR_MS", 400)
    before, close = second.geometry(), bar_button(second, "CLOSE")
    shown.tap("F11")
    assert second.geometry() == second.screen().geometry()
    shown.until(lambda: not close.isVisible())
    assert second.wall.height() == second.height()
    move_over(cameras_in(second)["Wide"])
    assert close.isVisible()
    shown.until(lambda: not close.isVisible())
    shown.tap("F11")
    assert second.geometry() == before
    assert close.isVisible()


def test_it_opens_again_where_it_was(shown: Shown, second: Multiview) -> None:
    second.setGeometry(40, 50, 700, 420)
    second.close()
    shown.window.second.open()
    again = shown.window.second.window
    assert again is not None
    assert again.geometry().getRect() == (40, 50, 700, 420)
    shown.window.second.toggle()


def test_where_both_windows_were_is_there_again_at_the_next_start(shown: Shown, second: Multiview) -> None:
    second.setGeometry(40, 50, 700, 420)
    places = shown.window.second.places()
    assert places.has_multiview
    second.close()
    shown.window.second.restore(places)
    again = shown.window.second.window
    assert again is not None
    assert again.geometry().getRect() == (40, 50, 700, 420)
    shown.window.second.restore(replace(places, has_multiview=False, multiview=None))
    again.close()


def test_a_screen_that_is_not_there_is_said_and_another_one_is_not_filled(shown: Shown) -> None:
    shown.window.second.restore(WindowPlaces())
    gone = WindowPlace("Maker Projector 12 HDMI-9", (0, 0, 900, 500), is_full=True)
    shown.window.second.restore(WindowPlaces(multiview=gone, has_multiview=True))
    window = shown.window.second.window
    assert window is not None
    assert not window.placed.is_full
    assert "screen where the multiview was is not there" in shown.window.banner.words
    window.close()


# --- words ---


@pytest.mark.parametrize("size", [(640, 320), (1280, 720), (1920, 1080)], ids=str)
def test_with_one_to_sixteen_places_no_text_is_cut_off(
    shown: Shown, desk: FakeDesk, second: Multiview, size: tuple[int, int]
) -> None:
    second.resize(*size)
    faults: list[str] = []
    second.arrange()
    for count in range(1, 17):
        if count == 2:
            second.leave()
        troubled(desk, count)
        keep(desk, tiles=count, cameras=("program", *NAMES[: count - 1]))
        shown.settle()
        theme.CUT.clear()
        for widget in second.findChildren(QWidget):
            widget.repaint_over() if isinstance(widget, PictureView) else widget.update()
        second.grab()
        faults += [f"{count}: {text}" for text in set(theme.CUT)]
    assert faults == []


@pytest.mark.parametrize("size", [(640, 420), (828, 500), (1920, 1080)], ids=str)
def test_it_says_the_keys_of_arranging_and_has_the_guides_however_narrow_it_is(
    shown: Shown, second: Multiview, size: tuple[int, int]
) -> None:
    second.resize(*size)
    guides = [each for each in second.findChildren(BarButton) if "Frame guide" in each.accessibleName()]
    assert all(each.isVisible() for each in guides)
    assert max(each.geometry().right() for each in guides) < second.width()
    assert second.wall.geometry().bottom() < guides[0].mapTo(second, QPoint(0, 0)).y()
    shown.tap("A")
    words = " ".join(each.text for each in second.findChildren(BarWords) if each.isVisible())
    for said in ("Ctrl arrows move", "Tab changes", "Enter keeps", "Esc leaves it"):
        assert said in words
    shown.tap("Esc")


def test_every_control_has_a_name_and_a_tooltip_with_its_key_and_leaves_the_keyboard_alone(
    shown: Shown, second: Multiview
) -> None:
    shown.tap("Z")
    for each in second.findChildren(QAbstractButton):
        assert each.accessibleName()
        has_key = "Key:" in each.toolTip() or "No key" in each.toolTip() or "No number" in each.toolTip()
        assert has_key or isinstance(each, BusPlace), each.accessibleName()
        assert each.focusPolicy() is Qt.FocusPolicy.NoFocus
    for each in second.findChildren(BarButton):
        assert min(each.height(), each.width()) >= 32 or not each.isVisible()


def test_the_words_of_a_large_tile_are_larger_whatever_the_director_s_window_has(
    shown: Shown, desk: FakeDesk, second: Multiview
) -> None:
    before = theme.px(100)
    second.resize(1920, 1080)
    keep(desk, tiles=1, cameras=("Wide",))
    shown.settle()
    tile = cameras_in(second)["Wide"]
    heights = []
    tile.paint_live = lambda painter: heights.append(theme.px(100))  # type: ignore[method-assign]
    tile.repaint()
    assert heights[0] > 2 * before
    assert theme.px(100) == before
