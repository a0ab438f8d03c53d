"""The stage: how tiles are laid out, polled and rested, what they say, and one of them alone."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QCursor, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QToolTip, QWidget

from console.cameras.state import Origin as CameraOrigin
from console.cameras.state import Picture
from console.core.journal import Origin
from scenes.state import Take, TakeState
from tests.widgets.camera_states import NAMES, with_cameras
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets import stage as stages
from widgets import theme
from widgets.bus import BusPane
from widgets.controls import ActionButton
from widgets.solo import BackButton, GuideChooser, SoloTile
from widgets.stage import Stage
from widgets.stage_layout import Room
from widgets.theme import px
from widgets.tile import Tile

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def stage(shown: Shown) -> Iterator[Stage]:
    one = shown.window.findChildren(Stage)[0]
    yield one
    one.end_solo()


def tiles(shown: Shown) -> dict[str, Tile]:
    return {tile.camera: tile for tile in shown.window.findChildren(Tile) if not isinstance(tile, SoloTile)}


def polled(desk: FakeDesk, stage: Stage, monkeypatch: pytest.MonkeyPatch, *, frames: int = 30) -> Counter[str]:
    """How often each camera and bus was asked for its picture in so many frames."""
    asked: Counter[str] = Counter()

    def picture(name: str) -> Picture | None:
        asked[name] += 1
        return None

    monkeypatch.setattr(desk, "picture", picture)
    monkeypatch.setattr(desk, "bus_picture", picture)
    for _ in range(frames):
        stage.tick(desk.clock.mono_ns())
    return asked


def on_screen(widget: QWidget) -> QImage:
    """As it is seen: a picture's fourth byte means nothing there."""
    image = QImage(widget.size(), QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    widget.render(image)
    return image


# --- layout ---


@pytest.mark.parametrize("count", [1, 4, 9, 16])
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=str)
def test_every_tile_has_its_room(application: QApplication, size: tuple[int, int], count: int) -> None:
    desk = FakeDesk("open")
    with_cameras(desk, count)
    shown = Shown(application, desk, size)
    shown.settle()
    places = [tile.geometry() for tile in tiles(shown).values()]
    assert all(tile.visibleRegion().boundingRect() == tile.rect() for tile in tiles(shown).values())
    assert not any(one.intersects(other) for i, one in enumerate(places) for other in places[:i])
    assert all(abs(place.width() / place.height() - 16 / 9) < 0.1 for place in places)
    assert min(place.width() for place in places) >= {1: 200, 4: 150, 9: 130, 16: 95}[count]
    shown.close()


@pytest.mark.parametrize("size", [(1120, 630), (1280, 720), (1920, 1080)], ids=str)
def test_many_tiles_leave_cut_the_largest_control(application: QApplication, size: tuple[int, int]) -> None:
    desk = FakeDesk("open")
    shown = Shown(application, desk, size)
    for count in (9, 16):
        with_cameras(desk, count)
        shown.settle()
        shown.settle()
        width = {each.title: each.width() for each in shown.window.findChildren(ActionButton) if each.isVisible()}
        assert width["CUT"] > max(width["AUTO"], width["SAFE"]), count
        assert all(tile.visibleRegion().boundingRect() == tile.rect() for tile in tiles(shown).values())
    shown.close()


@pytest.mark.parametrize("count", range(26))
def test_many_tiles_stand_in_more_rows_rather_than_small(count: int) -> None:
    room = Room(9 / 16, count)
    rows = -(-count // room.columns())
    assert rows == (0 if count == 0 else 1 if count <= 7 else 2 if count <= 16 else 3)
    assert room.columns() >= 4


# --- polling ---


def test_what_is_on_air_and_next_has_every_turn_and_the_others_share_the_rest(
    shown: Shown, desk: FakeDesk, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_cameras(desk, 9)
    monkeypatch.setattr(stages, "PICTURES_S", 0.0)  # time for one of the others in each frame
    asked = polled(desk, stage, monkeypatch, frames=35)
    assert {name: asked.pop(name) for name in ("program", "preview", "Close", "Table")} == dict.fromkeys(
        ("program", "preview", "Close", "Table"), 35
    )
    assert set(asked.values()) == {5}
    assert len(asked) == 7


def test_nobody_asks_for_pictures_that_nobody_sees(application: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = FakeDesk("open")
    shown = Shown(application, desk)
    stage = shown.window.findChildren(Stage)[0]
    assert stage.tile_sizes.value
    shown.window.hide()
    assert not polled(desk, stage, monkeypatch)
    assert stage.tile_sizes.value == {}
    assert stage.bus_size.value == (0, 0)
    shown.window.show()
    shown.until(lambda: bool(polled(desk, stage, monkeypatch)))
    assert set(stage.tile_sizes.value) == set(tiles(shown)) - {""}
    shown.close()


def test_a_crop_wants_a_larger_picture_and_a_turned_one_another_shape(
    shown: Shown, desk: FakeDesk, stage: Stage
) -> None:
    before = stage.tile_sizes.value["Guest Ana"]
    desk.be("turned")
    width, height = stage.tile_sizes.value["Guest Ana"]
    assert stage.tile_sizes.value["Wide"] == (height, width)
    assert stage.tile_sizes.value["Close"][0] == pytest.approx(width / 0.6, abs=2)
    desk.be("open")
    assert stage.tile_sizes.value["Guest Ana"] == before


# --- what tiles say ---


def test_the_same_picture_is_a_doubt_and_hides_nothing(shown: Shown, desk: FakeDesk) -> None:
    desk.be("troubled")
    shown.settle()
    tile = tiles(shown)["Wide"]
    assert tile.words.startswith("SAME PICTURE 1")
    assert tile.words.endswith("?")
    assert tile.accessibleName().endswith(tile.words)
    middle = on_screen(tile).pixelColor(tile.width() * 3 // 4, tile.height() // 3)
    assert middle.value() > 100  # a veil lies over stalled and lost ones


def test_a_tile_has_all_its_figures_in_its_tip(shown: Shown, desk: FakeDesk) -> None:
    with_cameras(desk, 4)
    shown.settle()
    tile = tiles(shown)["Wide"]
    QApplication.sendEvent(tile, QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), tile.mapToGlobal(QPoint(5, 5))))
    shown.until(QToolTip.isVisible)
    place = next(each.geometry() for each in QApplication.topLevelWidgets() if each.inherits("QTipLabel"))
    cut = next(each for each in shown.window.findChildren(ActionButton) if each.title == "CUT")
    assert place.top() > cut.mapToGlobal(cut.rect().bottomLeft()).y()
    QToolTip.hideText()
    tip = tile.toolTip()
    for words in ("30 of 30 fps arrive", "1280 × 720 H.264", "software decoding", "2.4 Mbit/s", "own sound -12 dB"):
        assert words in tip


def test_the_program_says_how_old_its_picture_is(
    shown: Shown, desk: FakeDesk, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = bytes(4 * 64 * 36)
    made_ns = time.monotonic_ns() - 1_600_000_000
    monkeypatch.setattr(desk, "bus_picture", lambda bus: Picture(7, 64, 36, 256, pixels, made_ns))
    program = next(pane for pane in stage.findChildren(BusPane) if pane.accessibleName().startswith("Program"))
    shown.settle()
    assert program.age in ("1.6 s old", "1.7 s old", "1.8 s old", "1.9 s old")
    monkeypatch.setattr(desk, "bus_picture", lambda bus: None)
    shown.settle()
    assert program.age == ""


def test_a_pictures_age_of_obs_stands_on_its_tile(
    shown: Shown, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.cameras.set(tuple(replace(camera, origin=CameraOrigin.OBS) for camera in desk.cameras.value))
    pixels = bytes(4 * 64 * 36)
    made_ns = time.monotonic_ns() - 3_000_000_000
    monkeypatch.setattr(desk, "picture", lambda name: Picture(7, 64, 36, 256, pixels, made_ns))
    shown.settle()
    figures = tiles(shown)["Wide"].figures
    assert figures.texts[0] == "OBS · 3 s old"
    assert figures.is_trouble


def test_the_cameras_own_sound_is_painted(shown: Shown, desk: FakeDesk) -> None:
    with_cameras(desk, 4)
    shown.settle()
    tile = tiles(shown)["Wide"]
    desk.camera_levels = {}
    shown.settle()
    silent = on_screen(tile)
    desk.camera_levels = {"Wide": -3.0}
    shown.settle()
    loud = on_screen(tile)
    x = tile.width() - px(7) - px(8) // 2
    assert any(loud.pixelColor(x, y) == theme.RED for y in range(loud.height()))
    assert not any(silent.pixelColor(x, y) == theme.RED for y in range(silent.height()))


def test_a_camera_for_a_scene_that_obs_does_not_have_keeps_its_name_and_is_marked(shown: Shown, desk: FakeDesk) -> None:
    known, lost = desk.cameras.value[0], replace(desk.cameras.value[1], name="Test", scene="Nowhere")
    desk.cameras.set((known, lost))
    there, tile = tiles(shown)[known.name], tiles(shown)["Test"]
    assert (tile.title, tile.lacks_scene, there.lacks_scene) == ("Test", True, False)
    assert "scene not in OBS" in tile.accessibleName()
    assert "OBS has no scene Nowhere." in tile.toolTip()
    QTest.mouseClick(tile, LEFT)
    assert desk.asked == []


# --- solo ---


def test_a_double_click_shows_a_camera_alone_and_another_one_all_again(
    shown: Shown, desk: FakeDesk, stage: Stage
) -> None:
    QTest.mouseDClick(tiles(shown)["Guest Ana"], LEFT)
    assert stage.solo_camera == "Guest Ana"
    assert set(stage.tile_sizes.value) == {"Guest Ana"}
    alone = stage.findChildren(SoloTile)[0]
    assert alone.width() > 2 * tiles(shown)["Guest Ana"].width()
    buses = [pane for pane in stage.findChildren(BusPane) if pane.isVisible()]
    assert len(buses) == 2
    assert not any(pane.geometry().intersects(alone.geometry()) for pane in buses)
    QTest.mouseDClick(alone, LEFT)
    assert stage.solo_camera == ""
    assert set(stage.tile_sizes.value) == set(tiles(shown)) - {""}


def test_the_key_shows_what_is_on_preview_alone(shown: Shown, desk: FakeDesk, stage: Stage) -> None:
    QCursor.setPos(shown.window.mapToGlobal(QPoint(shown.window.width() - 5, shown.window.height() - 5)))
    stage.toggle_solo()
    assert stage.solo_camera == "Table"
    stage.toggle_solo()
    assert stage.solo_camera == ""
    desk.on_air(preview="Slides")
    stage.toggle_solo()
    assert stage.solo_camera == ""
    assert shown.window.banner.words.startswith("No camera is on preview.")


def test_the_key_shows_what_the_pointer_is_on_alone(shown: Shown, stage: Stage) -> None:
    tile = tiles(shown)["Wide"]
    QCursor.setPos(tile.mapToGlobal(tile.rect().center()))
    stage.toggle_solo()
    assert stage.solo_camera == "Wide"


def test_a_bus_pressed_twice_shows_its_camera_alone(shown: Shown, desk: FakeDesk, stage: Stage) -> None:
    program = next(pane for pane in stage.findChildren(BusPane) if pane.accessibleName().startswith("Program"))
    QTest.mouseDClick(program, LEFT)
    assert stage.solo_camera == "Close"
    assert desk.asked == []


def test_alone_it_says_all_that_is_known(shown: Shown, desk: FakeDesk, stage: Stage) -> None:
    with_cameras(desk, 4)
    stage.solo("Wide")
    shown.settle()
    lines = stage.findChildren(SoloTile)[0].lines
    assert "1280 × 720 H.264" in lines
    assert "own sound -12 dB" in lines


def test_a_press_on_it_is_still_its_number(shown: Shown, desk: FakeDesk, stage: Stage) -> None:
    stage.solo("Table")
    QTest.mouseClick(stage.findChildren(SoloTile)[0], LEFT)
    assert desk.asked == [("scene.preview", Origin.BUTTON, {"scene": "Table"})]


def test_a_click_that_was_on_its_way_back_does_nothing(shown: Shown, desk: FakeDesk, stage: Stage) -> None:
    stage.solo("Table")
    QTest.mouseClick(stage.findChildren(BackButton)[0], LEFT)
    assert stage.solo_camera == ""
    QTest.mouseClick(tiles(shown)["Table"], LEFT)
    assert desk.asked == []


def test_a_lost_take_ends_it_because_the_program_wants_an_answer(shown: Shown, desk: FakeDesk, stage: Stage) -> None:
    stage.solo("Table")
    desk.on_air(take=Take("Table", TakeState.LOST, 0, on_air="Close"), program=None, claimed="Table")
    assert stage.solo_camera == ""
    stage.solo("Table")
    assert stage.solo_camera == ""
    desk.be("open")
    stage.solo("Table")
    desk.be("failover")
    assert stage.solo_camera == ""


def test_a_camera_that_leaves_the_show_is_alone_no_more(shown: Shown, desk: FakeDesk, stage: Stage) -> None:
    with_cameras(desk, 4)
    stage.solo("Guest Ana")
    with_cameras(desk, 9)
    assert stage.solo_camera == "Guest Ana"
    with_cameras(desk, 3)
    assert stage.solo_camera == ""


def test_guides_are_chosen_beside_it_and_lie_on_program_too(shown: Shown, desk: FakeDesk, stage: Stage) -> None:
    stage.solo("Table")
    shown.settle()
    chooser = stage.findChildren(GuideChooser)[0]
    QTest.keyClick(chooser, Qt.Key.Key_Right)
    assert desk.asked == [("multiview.guides", Origin.BUTTON, {"guides": ["16:9"]})]
    program = next(pane for pane in stage.findChildren(BusPane) if pane.accessibleName().startswith("Program"))
    without = on_screen(program).pixelColor(program.width() // 8, program.height() // 2)
    desk.be("upright_guides")
    shown.settle()
    dimmed = on_screen(program).pixelColor(program.width() // 8, program.height() // 2)
    assert dimmed.value() < without.value() - 40


@pytest.mark.parametrize("size", [(1120, 630), (1920, 1080)], ids=str)
def test_alone_no_text_is_cut_off_and_nothing_overlaps(application: QApplication, size: tuple[int, int]) -> None:
    desk = FakeDesk("open")
    shown = Shown(application, desk, size)
    stage = shown.window.findChildren(Stage)[0]
    faults: list[str] = []
    for state in ("troubled", "sixteen_cameras", "upright_guides", "crowded", "waiting", "upright", "t_bar", "black"):
        desk.be(state)
        stage.solo(desk.cameras.value[2].name)
        assert stage.solo_camera, state
        shown.settle()
        theme.CUT.clear()
        for view in stage.views():
            view.repaint_over()
        stage.grab()
        faults += [f"{state}: cut off: {text}" for text in sorted(set(theme.CUT))]
        parts = [part for part in stage.findChildren(QWidget) if part.parent() is stage and part.isVisible()]
        faults += [
            f"{state}: {one.accessibleName()} lies over {other.accessibleName()}"
            for index, one in enumerate(parts) for other in parts[:index] if one.geometry().intersects(other.geometry())
        ]  # fmt: skip
        faults += [f"{state}: {part.accessibleName()}" for part in parts if not stage.rect().contains(part.geometry())]
    shown.close()
    assert faults == []


def test_every_control_beside_it_has_a_name_and_a_size_for_a_finger(shown: Shown, stage: Stage) -> None:
    stage.solo("Table")
    shown.settle()
    for each in (*stage.findChildren(QAbstractButton), *stage.findChildren(GuideChooser)):
        if each.isVisible():
            assert each.accessibleName()
            assert each.toolTip()
            assert each.width() >= 32
            assert each.height() >= 32


def test_sixteen_cameras_with_every_trouble_are_told_apart(shown: Shown, desk: FakeDesk) -> None:
    desk.be("troubled_sixteen")
    shown.settle()
    said = {name: tile.words.split(" ")[0] for name, tile in tiles(shown).items() if tile.words}
    assert said == {
        "Wide": "SAME", "Table": "STALLED", "Guest Ana": "BLACK", "Street": "LOST", "Door": "CONNECTING",
    }  # fmt: skip
    assert len(tiles(shown)) == len(NAMES)
