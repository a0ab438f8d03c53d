"""The whole window, in every state and size: names, keys, focus, targets, and no text cut off."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QPushButton, QScrollArea, QWidget

from console.audio.state import Sound
from console.commerce.state import DropState
from console.core.alarms import Rank
from console.core.journal import Origin
from console.core.links import Link, LinkState
from console.core.outcome import Outcome
from console.desk.view import Notice
from scenes.state import Take, TakeState
from tests.widgets.fake_desk import STATES, FakeDesk
from tests.widgets.shown import Shown
from widgets import theme
from widgets.bus import BusPane
from widgets.chooser import Chooser
from widgets.controls import ActionButton
from widgets.lamps import LinkLamp
from widgets.meters import MeterScale
from widgets.pictures import PictureView
from widgets.sound_pane import SoundPane
from widgets.tile import Tile

SIZES = [(1280, 720), (1920, 1080), (2560, 1080), (1120, 630)]


def button(shown: Shown, title: str) -> ActionButton:
    found = [each for each in shown.window.findChildren(ActionButton) if each.title == title and each.isVisible()]
    assert found, f"no button {title}"
    return found[0]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_in_every_state_no_text_is_cut_off_and_nothing_overlaps(
    application: QApplication, size: tuple[int, int]
) -> None:
    desk = FakeDesk("empty")
    shown = Shown(application, desk, size)
    faults: list[str] = []
    for state in STATES:
        desk.be(state)
        shown.settle()
        theme.CUT.clear()
        for widget in shown.window.findChildren(QWidget):
            widget.repaint_over() if isinstance(widget, PictureView) else widget.update()
        shown.window.grab()
        faults += [f"{state}: cut off: {text}" for text in sorted(set(theme.CUT))]
        faults += [f"{state}: {fault}" for fault in _misplaced(shown.window)]
    shown.close()
    assert faults == []


def _misplaced(window: QWidget) -> list[str]:
    """Which controls overlap each other or leave the window."""
    controls = [
        each
        for each in window.findChildren(QWidget)
        if isinstance(each, ActionButton | Chooser | Tile | BusPane) and not each.visibleRegion().isEmpty()
    ]
    places = [(each, each.rect().translated(each.mapTo(window, QPoint(0, 0)))) for each in controls]
    seen = [(each, each.visibleRegion().boundingRect().translated(place.topLeft())) for each, place in places]
    faults = [
        f"{one.accessibleName()} lies over {other.accessibleName()}"
        for index, (one, place) in enumerate(seen)  # what is scrolled away lies over nothing
        for other, other_place in seen[:index]
        if place.intersects(other_place) and not other.isAncestorOf(one) and not one.isAncestorOf(other)
    ]
    faults += [
        f"{each.accessibleName()} leaves the window"
        for each, place in places
        if not window.rect().contains(place) and not _scrolls(each)
    ]
    return faults


def _scrolls(widget: QWidget) -> bool:
    return any("QScrollArea" in type(each).__name__ for each in _parents(widget))


def _parents(widget: QWidget) -> list[QWidget]:
    parent = widget.parentWidget()
    return [] if parent is None else [parent, *_parents(parent)]


def test_in_every_state_every_control_has_a_name_and_a_tooltip_with_its_key(shown: Shown, desk: FakeDesk) -> None:
    nameless = []
    for state in STATES:
        desk.be(state)
        for each in shown.window.findChildren(QWidget):
            if not isinstance(each, QAbstractButton | Chooser):
                continue
            has_key = "Key:" in each.toolTip() or "No key" in each.toolTip() or "No number" in each.toolTip()
            if not each.accessibleName() or not (has_key or isinstance(each, BusPane)):
                nameless.append(f"{state}: {type(each).__name__} {each.accessibleName()!r} {each.toolTip()!r}")
    assert nameless == []


def test_live_controls_never_take_the_keyboard(shown: Shown) -> None:
    for each in shown.window.findChildren(QAbstractButton):
        if not isinstance(each, QPushButton | QCheckBox):
            assert each.focusPolicy() is Qt.FocusPolicy.NoFocus, each.accessibleName()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_target_is_at_least_32_px(application: QApplication, size: tuple[int, int]) -> None:
    shown = Shown(application, FakeDesk("open"), size)
    shown.settle()
    small = [
        f"{each.title} {each.width()}x{each.height()}"
        for each in shown.window.findChildren(ActionButton)
        if each.isVisible() and (each.width() < 32 or each.height() < 32)
    ]
    shown.close()
    assert small == []


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_cut_is_the_largest_control_and_safe_stands_apart(application: QApplication, size: tuple[int, int]) -> None:
    shown = Shown(application, FakeDesk("open"), size)
    row = [button(shown, title) for title in ("CUT", "AUTO", "PREVIOUS", "HOT OFF", "SAFE")]
    cut, *others = row
    assert all(cut.width() > other.width() for other in others)
    gap = others[-1].x() - others[-2].geometry().right()
    assert gap > 3 * (others[0].x() - cut.geometry().right())
    shown.close()


def test_pressing_a_tile_is_its_number(shown: Shown, desk: FakeDesk) -> None:
    tile = next(each for each in shown.window.findChildren(Tile) if each.title == "Table")
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert desk.asked == [("scene.preview", Origin.BUTTON, {"scene": "Table"})]


def test_tally_is_said_in_words(shown: Shown, desk: FakeDesk) -> None:
    tallies = {tile.title: tile.tally for tile in shown.window.findChildren(Tile)}
    assert tallies["Close"] == "PGM"
    assert tallies["Table"] == "PVW"
    desk.on_air(program=None, claimed="Wide")
    tallies = {tile.title: tile.tally for tile in shown.window.findChildren(Tile)}
    assert tallies["Wide"] == "CLAIMED"
    assert tallies["Close"] == ""


def test_a_claimed_program_is_never_shown_as_proved(shown: Shown, desk: FakeDesk) -> None:
    program = next(each for each in shown.window.findChildren(BusPane) if "Program" in each.accessibleName())
    assert program.words[1].startswith("proved")
    desk.on_air(program=None, claimed="Table", take=Take("Table", TakeState.CLAIMED, 0))
    assert program.words == ("Table", "claimed by OBS, not proved")


def test_a_waiting_take_says_what_waits_and_how_long(shown: Shown, desk: FakeDesk) -> None:
    program = next(each for each in shown.window.findChildren(BusPane) if "Program" in each.accessibleName())
    take = Take("Table", TakeState.WAITING, 0, due_mono_ns=desk.clock.mono_ns() + 60_000_000_000)
    desk.on_air(take=take, in_transition=True)
    assert program.take_lamp.startswith("CUT Table in ")
    desk.on_air(take=replace(take, due_mono_ns=0, is_cut=False), in_transition=True)
    assert program.take_lamp == "AUTO Table waits · Esc takes it back"


def test_nothing_stands_as_confirmed_while_obs_is_away(shown: Shown, desk: FakeDesk) -> None:
    program = next(each for each in shown.window.findChildren(BusPane) if "Program" in each.accessibleName())
    assert program.take_lamp == "ON AIR Close"
    desk.on_air(link=Link(LinkState.DOWN, "OBS does not answer.", "Start OBS."), program=None)
    assert program.take_lamp == ""


def test_what_somebody_else_took_is_named(shown: Shown, desk: FakeDesk) -> None:
    program = next(each for each in shown.window.findChildren(BusPane) if "Program" in each.accessibleName())
    desk.on_air(program="Table", take=Take("Table", TakeState.CHANGED, 0))
    assert program.take_lamp.startswith("CHANGED from outside Cuedrop · Close → Table · ")


def test_a_drop_that_sells_beside_the_chosen_one_is_named(shown: Shown, desk: FakeDesk) -> None:
    sale = desk.sale.value
    tote = replace(sale.drops[1], state=DropState.OPEN)
    desk.sale.set(replace(sale, drops=(sale.drops[0], tote, *sale.drops[2:])))
    assert shown.window._drop.queue.above == "■ open: Canvas tote"


def test_what_viewers_notice_comes_before_an_older_notice(application: QApplication) -> None:
    desk = FakeDesk("practice")
    shown = Shown(application, desk)  # of its own: no answer to an earlier press stands in the banner
    desk.alarm()
    desk.notice.set(Notice("OBS does not answer."))
    assert shown.window.banner.words == "OBS does not answer."
    desk.alarm(("The camera on air is lost.", "Take another scene.", Rank.ON_AIR))
    assert shown.window.banner.words == "The camera on air is lost. Take another scene."
    desk.notice.set(Notice("Slides is in preview."))
    assert shown.window.banner.words == "Slides is in preview."
    shown.close()


def test_a_locked_desk_says_what_still_works(application: QApplication) -> None:
    desk = FakeDesk("practice")
    shown = Shown(application, desk)  # of its own: no answer to an earlier press stands in the banner
    desk.notice.set(None)
    desk.is_locked.set(True)
    before = shown.window.banner.grab().toImage()
    desk.is_locked.set(False)
    assert shown.window.banner.grab().toImage() != before
    shown.close()


def test_a_show_without_sound_has_no_sound_that_is_down(shown: Shown, desk: FakeDesk) -> None:
    lamp = next(each for each in shown.window.findChildren(LinkLamp) if each.words.startswith("SOUND"))
    assert lamp.isVisible()
    desk.sound.set(Sound())
    assert not lamp.isVisible()


def test_stop_sale_stays_where_it_is_when_inputs_of_obs_come(application: QApplication, desk: FakeDesk) -> None:
    shown = Shown(application, desk, (1920, 1080))
    desk.inputs = ("Mic",)
    shown.settle()
    before = button(shown, "STOP SALE").mapTo(shown.window, QPoint(0, 0))
    desk.inputs = ("Mic", "Wide camera", "Close camera", "Table camera", "Music")
    shown.settle()
    assert button(shown, "STOP SALE").mapTo(shown.window, QPoint(0, 0)) == before
    shown.close()


def test_no_meter_changes_its_width_when_the_strips_begin_to_scroll(application: QApplication) -> None:
    desk = FakeDesk("open")
    desk.inputs = ()
    shown = Shown(application, desk, (1920, 1080))
    bar = shown.window.findChildren(SoundPane)[0].findChildren(QScrollArea)[0].verticalScrollBar()
    before = {scale.width() for scale in shown.window.findChildren(MeterScale)}
    assert bar.maximum() == 0
    desk.inputs = tuple(f"Input {number}" for number in range(60))
    shown.settle()
    shown.until(lambda: bar.maximum() > 0)
    assert {scale.width() for scale in shown.window.findChildren(MeterScale)} == before
    shown.close()


def test_fire_is_held_with_the_mouse_too(shown: Shown, desk: FakeDesk) -> None:
    desk.be("armed")
    fire = button(shown, "FIRE")
    QTest.mousePress(fire, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(fire, Qt.MouseButton.LeftButton)
    assert desk.asked == []
    QTest.mousePress(fire, Qt.MouseButton.LeftButton)
    shown.until(lambda: bool(desk.asked))
    QTest.mouseRelease(fire, Qt.MouseButton.LeftButton)
    assert desk.asked == [("drop.fire", Origin.BUTTON, {"drop": "cap-01"})]


def test_mute_and_solo_are_asked_for_one_channel(shown: Shown, desk: FakeDesk) -> None:
    host, *_, music = shown.window.findChildren(SoundPane)[0].strips
    for pressed in (host.mute, host.solo, music.mute):
        QTest.mouseClick(pressed, Qt.MouseButton.LeftButton)
    assert desk.asked == [
        ("channel.mute", Origin.BUTTON, {"channel": "Host", "on": True}),
        ("channel.solo", Origin.BUTTON, {"channel": "Host", "on": True}),
        ("channel.mute", Origin.BUTTON, {"channel": "Music", "on": False}),
    ]


def test_every_plain_button_asks_for_an_action_that_takes_its_arguments(shown: Shown, desk: FakeDesk) -> None:
    for each in shown.window.findChildren(ActionButton):
        if each.isVisible():
            QTest.mouseClick(each, Qt.MouseButton.LeftButton)
    assert {"cue.go", "return.test", "cue.standby", "marker.add", "hot.latch", "lock.set"} <= set(desk.asked_ids)


def test_a_chooser_works_by_keyboard_and_never_at_start(shown: Shown, desk: FakeDesk) -> None:
    assert not isinstance(QApplication.focusWidget(), Chooser)
    transition, duration = shown.window.findChildren(Chooser)[:2]
    transition.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(transition, Qt.Key.Key_Right)
    duration.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(duration, Qt.Key.Key_Left)
    shown.tap("Space")
    assert desk.asked == [
        ("transition.set", Origin.BUTTON, {"name": "Swipe"}),
        ("transition.set", Origin.BUTTON, {"name": "Fade", "duration_ms": 200}),
        ("scene.cut", Origin.KEY, {"expect": "Close"}),
    ]


def test_a_refusal_is_shown_with_its_way_out(shown: Shown, desk: FakeDesk) -> None:
    desk.answer = Outcome.refused("OBS was not heard for 2 s.", "Look at OBS.")
    shown.tap("Space")
    assert shown.window.banner.words == "Cut: OBS was not heard for 2 s. Look at OBS."


def test_the_picture_of_the_window_is_a_png(shown: Shown, tmp_path: Path) -> None:
    path = tmp_path / "window.png"
    assert shown.window.picture(path)
    assert QImage(str(path)).width() == shown.window.width()


def test_a_closed_window_watches_nothing(application: QApplication) -> None:
    desk = FakeDesk()
    shown = Shown(application, desk)
    shown.close()
    for state in STATES:
        desk.be(state)


def test_the_window_painted_pane_by_pane_is_the_window(shown: Shown) -> None:
    panes = list(shown.window.paint_panes())
    whole = shown.window.grab().toImage()
    assert len(panes) > 5
    assert panes[-1].size() == whole.size()
    places = [(x, y) for x in range(2, whole.width(), 37) for y in range(2, whole.height(), 23)]
    same = sum(panes[-1].pixel(*place) == whole.pixel(*place) for place in places)
    assert same > 0.98 * len(places)  # clocks go on


def test_the_tiles_sizes_are_known_so_that_workers_can_scale(shown: Shown) -> None:
    sizes = shown.window.tile_sizes.value
    tiles = {tile.camera: (tile.width(), tile.height()) for tile in shown.window.findChildren(Tile) if tile.camera}
    assert {camera: size for camera, size in sizes.items() if camera in tiles} == tiles


def test_the_buses_size_is_known_so_that_obs_sends_nothing_larger(shown: Shown) -> None:
    program = next(pane for pane in shown.window.findChildren(BusPane) if pane.accessibleName().startswith("Program"))
    room = program.picture_rect()
    assert shown.window.bus_sizes.value["program"] == (room.width(), room.height())


def test_tiles_and_strips_that_come_later_get_their_room(application: QApplication) -> None:
    desk = FakeDesk("empty")
    shown = Shown(application, desk, (1600, 900))
    desk.be("open")
    shown.settle()
    shown.settle()
    tiles = [tile for tile in shown.window.findChildren(Tile) if tile.isVisible()]
    assert len(tiles) == 6
    assert all(tile.visibleRegion().boundingRect() == tile.rect() for tile in tiles)
    mutes = [each for each in shown.window.findChildren(ActionButton) if each.title in ("MUTE", "MUTED", "TEST")]
    assert all(each.visibleRegion().boundingRect() == each.rect() for each in mutes if each.isVisible())
    shown.close()


def test_upright_canvas_puts_the_tiles_beside_the_buses(shown: Shown, desk: FakeDesk) -> None:
    desk.be("upright")
    shown.window.resize(1600, 900)
    shown.settle()
    program = next(each for each in shown.window.findChildren(BusPane) if "Program" in each.accessibleName())
    tile = shown.window.findChildren(Tile)[0]
    assert program.height() > program.width()
    assert tile.x() > program.geometry().right()
