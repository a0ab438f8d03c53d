"""The views of switching: takes to the truth, T-bar, black, HOT, failover, two OBS, presses on what has changed."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from console.core.journal import Origin
from console.core.links import Link, LinkState
from console.desk.failover_state import Failover
from console.desk.view import Notice, Tone
from scenes.state import Backup, Scene, Take, TakeState
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets.ask import Ask, Deck
from widgets.bus import BusPane, take_words
from widgets.chooser import Chooser
from widgets.controls import ActionButton, Face
from widgets.cut_bar import AutoButton, CutBar
from widgets.failover_bar import FailoverBar
from widgets.holds import Holds
from widgets.lamps import LinkLamp
from widgets.lost_band import LostBand
from widgets.t_bar import BlackButton, TBar
from widgets.tile import Tile

T = TypeVar("T", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton
SIZES = [(1280, 720), (1920, 1080), (1120, 630)]


def one(shown: Shown, kind: type[T]) -> T:
    return shown.window.findChildren(kind)[0]


def button(shown: Shown, title: str) -> ActionButton:
    return next(each for each in shown.window.findChildren(ActionButton) if each.title == title and each.isVisible())


def tile(shown: Shown, title: str) -> Tile:
    return next(each for each in shown.window.findChildren(Tile) if each.title == title)


def bus(shown: Shown, name: str) -> BusPane:
    return next(each for each in shown.window.findChildren(BusPane) if each.accessibleName().startswith(name))


# --- takes ---


@pytest.mark.parametrize(
    ("state", "lamp", "on_tile"),
    [
        ("sent", "SENT Table", "SENT"),
        ("take_on_air", "ON AIR Table", "PGM"),
        ("take_claimed", "CLAIMED Table · OBS says it; not proved", "CLAIMED"),
        ("refused", "REFUSED Table", "REFUSED"),
        ("failed", "FAILED Table", "FAILED"),
        ("take_lost", "▲ TAKE LOST · Table", "LOST"),
        ("changed", "CHANGED from outside Cuedrop · Close → Table · 3 s ago", "PGM"),
    ],
)
def test_a_take_is_told_in_words_over_program_and_on_its_tile(
    shown: Shown, desk: FakeDesk, state: str, lamp: str, on_tile: str
) -> None:
    desk.be(state)
    assert bus(shown, "Program").take_lamp == lamp
    assert tile(shown, "Table").tally == on_tile


def test_a_waiting_take_counts_down_with_the_key_that_takes_it_back(shown: Shown, desk: FakeDesk) -> None:
    now = desk.clock.mono_ns()
    take = Take("Table", TakeState.WAITING, now, due_mono_ns=now + 700_000_000)
    desk.on_air(take=take, in_transition=True)
    assert take_words(desk.switcher.value, now) == "CUT Table in 0.7 s · Esc takes it back"
    assert take_words(desk.switcher.value, now + 500_000_000) == "CUT Table in 0.2 s · Esc takes it back"
    assert tile(shown, "Table").tally == "WAITING"


def test_a_lost_take_names_both_and_offers_both_ways_out(shown: Shown, desk: FakeDesk) -> None:
    band = one(shown, LostBand)
    assert not band.isVisible()
    desk.be("take_lost")
    assert band.isVisible()
    assert band.words == "TAKE LOST: OBS says Table; on air is Close"
    assert bus(shown, "Program").accessibleName().startswith("Program: Close, proved")
    QTest.mouseClick(button(shown, "TAKE TABLE"), LEFT)
    QTest.mouseClick(button(shown, "KEEP CLOSE"), LEFT)
    assert desk.asked == [("take.put_right", Origin.BUTTON, {}), ("take.keep", Origin.BUTTON, {})]
    desk.be("open")
    assert not band.isVisible()


def test_a_lost_take_whose_picture_is_not_known_is_said_so(shown: Shown, desk: FakeDesk) -> None:
    desk.be("lost_unknown")
    assert one(shown, LostBand).words == "TAKE LOST: OBS says Table; another picture is on air"
    assert button(shown, "KEEP THE PICTURE").isVisible()


def test_nothing_moves_when_a_take_is_lost_or_the_failover_counts(shown: Shown, desk: FakeDesk) -> None:
    every = shown.window.findChildren(QWidget)
    controls: list[QWidget] = [each for each in every if isinstance(each, BusPane | Tile | CutBar)]
    controls += [button(shown, title) for title in ("CUT", "SAFE", "LOCK", "GO")]
    shown.settle()
    before = [each.geometry() for each in controls]
    for state in ("take_lost", "failover", "black", "hot", "t_bar"):
        desk.be(state)
        shown.settle()
        assert [each.geometry() for each in controls] == before, state


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_neither_band_hides_the_middle_of_the_picture(application: QApplication, size: tuple[int, int]) -> None:
    desk = FakeDesk("failover")
    shown = Shown(application, desk, size)
    program = bus(shown, "Program")
    lost, failover = one(shown, LostBand).geometry(), one(shown, FailoverBar).geometry()
    middle = program.rect().center().y()
    assert lost.bottom() < failover.top()
    assert failover.top() > middle
    assert lost.bottom() < program.height() * 0.6
    shown.close()


def test_what_the_banner_said_of_a_lost_take_goes_with_it(shown: Shown, desk: FakeDesk) -> None:
    desk.be("take_lost")
    take = desk.switcher.value.take
    assert take is not None
    why = take.why or "OBS says Table; on air is Close."
    desk.on_air(take=replace(take, why=why))
    shown.window.banner.tell(Notice(f"Cut: {why}", "Take Table again.", Tone.BAD))
    assert shown.window.banner.words.startswith("Cut: ")
    desk.on_air(program="Table", claimed="Table", take=Take("Table", TakeState.ON_AIR, 0))
    assert not shown.window.banner.words.startswith("Cut: ")


def test_another_answer_outlives_a_take_that_is_put_right(shown: Shown, desk: FakeDesk) -> None:
    desk.be("take_lost")
    shown.window.banner.tell(Notice("Arm: no stock.", "Add stock.", Tone.BAD))
    desk.on_air(program="Table", claimed="Table", take=Take("Table", TakeState.ON_AIR, 0))
    assert shown.window.banner.words == "Arm: no stock. Add stock."


def test_the_black_scene_has_a_key_of_its_own_and_no_tile(shown: Shown, desk: FakeDesk) -> None:
    before = [each.title for each in shown.window.findChildren(Tile)]
    scenes = (*desk.switcher.value.scenes, Scene("Cuedrop black"))
    desk.on_air(scenes=scenes, black_scene="Cuedrop black")
    assert [each.title for each in shown.window.findChildren(Tile)] == before


def test_a_refusal_leaves_the_tile_when_it_is_old_news(shown: Shown, desk: FakeDesk) -> None:
    now = desk.clock.mono_ns()
    desk.on_air(take=Take("Wide", TakeState.REFUSED, now))
    assert tile(shown, "Wide").tally == "REFUSED"
    desk.on_air(take=Take("Wide", TakeState.REFUSED, now - 9_000_000_000))
    assert tile(shown, "Wide").tally == ""


# --- the T-bar ---


class Slow:
    """Answers each request only when told to."""

    def __init__(self) -> None:
        self.waiting: list[Coroutine[Any, Any, None]] = []

    def __call__(self, coroutine: Coroutine[Any, Any, None]) -> object:
        self.waiting.append(coroutine)
        return None

    def answer(self) -> None:
        asyncio.run(self.waiting.pop(0))


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def t_bar(shown: Shown, desk: FakeDesk, slow: Slow) -> TBar:
    desk.be("open")
    bar = TBar(Deck(desk, Ask(desk, tell=shown.window.banner.tell, schedule=slow), Holds()))
    bar.resize(60, 400)
    bar.tick(desk.clock.mono_ns())
    return bar


def drag(bar: TBar, *heights: float) -> None:
    """Press at the first height (from the top), move over the others; the button stays down."""
    _mouse(bar, QEvent.Type.MouseButtonPress, heights[0])
    for height in heights[1:]:
        _mouse(bar, QEvent.Type.MouseMove, height)


def _mouse(bar: TBar, kind: QEvent.Type, y: float) -> None:
    at = QPointF(30, y)
    QApplication.sendEvent(bar, QMouseEvent(kind, at, bar.mapToGlobal(at), LEFT, LEFT, Qt.KeyboardModifier.NoModifier))


def _wheel(bar: TBar, turned: int) -> None:
    at = QPointF(30, 200)
    QApplication.sendEvent(
        bar,
        QWheelEvent(at, bar.mapToGlobal(at), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton,
                    Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False),
    )  # fmt: skip


def test_a_drag_asks_for_one_position_at_a_time_and_the_newest_wins(t_bar: TBar, desk: FakeDesk, slow: Slow) -> None:
    drag(t_bar, 350, 300, 250, 200)
    assert len(slow.waiting) == 1
    asked_for = t_bar.position
    slow.answer()
    assert len(slow.waiting) == 1
    slow.answer()
    assert not slow.waiting
    positions = [arguments["position"] for _, _, arguments in desk.asked]
    assert len(positions) == 2
    assert positions[1] == asked_for
    assert [arguments["release"] for _, _, arguments in desk.asked] == [False, False]


def test_a_click_alone_moves_nothing(t_bar: TBar, desk: FakeDesk, slow: Slow) -> None:
    drag(t_bar, 100, 101)
    _mouse(t_bar, QEvent.Type.MouseButtonRelease, 101)
    assert not slow.waiting
    assert t_bar.position == 0.0


def test_dragged_to_the_end_it_is_let_go_and_the_same_drag_begins_no_way_back(
    t_bar: TBar, desk: FakeDesk, slow: Slow
) -> None:
    drag(t_bar, 380, -50, 200)
    slow.answer()
    assert desk.asked == [("tbar.move", Origin.BUTTON, {"position": 1.0, "release": True})]
    assert not slow.waiting


def test_let_go_half_way_it_stays_held_and_the_preview_says_so(shown: Shown, desk: FakeDesk) -> None:
    bar = one(shown, TBar)
    desk.be("t_bar")
    assert bar.position == 0.43
    assert bus(shown, "Preview").take_lamp == "HELD 43 % · Home takes it back"
    assert bar.accessibleName() == "T-bar held at 43 %"
    drag(bar, 150, 140)
    _mouse(bar, QEvent.Type.MouseButtonRelease, 140)
    ((action_id, _, arguments),) = desk.asked
    assert action_id == "tbar.move"
    assert isinstance(arguments["position"], float)
    assert 0.43 < arguments["position"] < 1.0
    assert arguments["release"] is False


def test_a_notch_of_the_wheel_is_a_step(t_bar: TBar, desk: FakeDesk, slow: Slow) -> None:
    for turned in (60, 60, 240):
        _wheel(t_bar, turned)
    while slow.waiting:
        slow.answer()
    assert [arguments["position"] for _, _, arguments in desk.asked] == [0.1, 0.3]


def test_a_t_bar_that_cannot_be_moved_says_why_and_asks_nothing(shown: Shown, desk: FakeDesk) -> None:
    desk.on_air(studio_mode=False)
    shown.settle()
    bar = one(shown, TBar)
    assert "Studio Mode is off" in bar.toolTip()
    drag(bar, 150, 50)
    _wheel(bar, 120)
    assert desk.asked == []
    assert "Studio Mode is off" in shown.window.banner.words


def test_the_t_bar_follows_a_transition_that_runs_by_itself(shown: Shown, desk: FakeDesk) -> None:
    bar = one(shown, TBar)
    desk.on_air(in_transition=True, transition_ms=1000)
    began = desk.clock.mono_ns()
    bar.tick(began + 500_000_000)
    assert 0.45 <= bar.position <= 0.55
    bar.tick(began + 5_000_000_000)
    assert bar.position == 1.0
    desk.on_air(in_transition=False)
    assert bar.position == 0.0


# --- black, HOT, transitions ---


def test_black_is_held_with_the_mouse_and_says_how_to_go_back(shown: Shown, desk: FakeDesk) -> None:
    black = one(shown, BlackButton)
    QTest.mouseClick(black, LEFT)
    assert desk.asked == []
    QTest.mousePress(black, LEFT)
    shown.until(lambda: bool(desk.asked))
    QTest.mouseRelease(black, LEFT)
    assert desk.asked == [("black.fade", Origin.BUTTON, {})]
    desk.be("black")
    assert black.face is Face.RED_LINE
    assert black.accessibleName() == "BLACK, goes back"


def test_hot_shows_the_time_until_it_lets_go_and_which_keys_cut(shown: Shown, desk: FakeDesk) -> None:
    desk.be("hot")
    hot = button(shown, "HOT 0:42")
    assert hot.face is Face.RED
    assert hot.accessibleName().endswith("Ctrl 1-9 cut")
    desk.be("hot_direct")
    assert button(shown, "HOT 0:42").accessibleName().endswith(", 1-9 cut")


def test_in_direct_mode_what_space_would_cut_to_is_named(shown: Shown, desk: FakeDesk) -> None:
    desk.on_air(studio_mode=False, preview="Table")
    assert bus(shown, "Preview").words == ("Table", "next · direct mode")
    desk.on_air(studio_mode=False, preview=None)
    assert bus(shown, "Preview").words == ("", "direct mode: no preview")


def test_a_tile_in_direct_mode_cuts_only_while_hot_is_latched(shown: Shown, desk: FakeDesk) -> None:
    desk.on_air(studio_mode=False)
    QTest.mouseClick(tile(shown, "Table"), LEFT)
    desk.hot.set(True)
    QTest.mouseClick(tile(shown, "Table"), LEFT)
    assert desk.asked == [
        ("scene.preview", Origin.BUTTON, {"scene": "Table"}),
        ("scene.cut", Origin.BUTTON, {"scene": "Table", "expect": "Close"}),
    ]


def test_auto_says_which_transition_it_will_use(shown: Shown, desk: FakeDesk) -> None:
    auto = one(shown, AutoButton)
    assert auto.how == "Fade 300 ms"
    desk.be("own_transition")
    assert auto.how == "Fade 500 ms of Table"


def test_a_scene_gets_a_transition_of_its_own_by_typing(shown: Shown, desk: FakeDesk) -> None:
    desk.be("own_transition")
    chooser = shown.window.findChildren(Chooser)[0]
    for words in ("only for table: swipe", "table as all others"):
        QTest.mouseClick(chooser, LEFT, pos=chooser.rect().center())
        field = next(each for each in shown.window.findChildren(QLineEdit) if each.isVisible())
        field.setText(words)
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.asked == [
        ("override.set", Origin.KEY, {"scene": "Table", "name": "Swipe", "duration_ms": 300}),
        ("override.set", Origin.KEY, {"scene": "Table", "name": None}),
    ]


# --- failover and two OBS ---


def test_the_failover_counts_down_and_is_held_by_its_button(shown: Shown, desk: FakeDesk) -> None:
    bar = one(shown, FailoverBar)
    assert not bar.isVisible()
    now = desk.clock.mono_ns()
    desk.failover.set(Failover(True, "Camera Close stands still.", now, now + 3_000_000_000))
    bar.tick(now + 600_000_000)
    assert bar.words == "SAFE in 2.4 s Camera Close stands still."
    QTest.mouseClick(button(shown, "HOLD"), LEFT)
    assert desk.asked == [("failover.hold", Origin.BUTTON, {})]
    desk.be("held")
    assert bar.words == "FAILOVER HELD Camera Close stands still."
    desk.be("taken_by_failover")
    assert bar.words.startswith("SAFE was taken by failover Go back by hand.")
    desk.be("open")
    assert not bar.isVisible()


def test_the_failover_is_switched_by_its_button(shown: Shown, desk: FakeDesk) -> None:
    QTest.mouseClick(button(shown, "FAILOVER"), LEFT)
    desk.failover.set(Failover(True))
    QTest.mouseClick(button(shown, "FAILOVER"), LEFT)
    assert [arguments for _, _, arguments in desk.asked] == [{"on": True}, {"on": False}]


def test_two_obs_have_a_lamp_each_and_how_they_differ_is_told(shown: Shown, desk: FakeDesk) -> None:
    lamps = {each.words.split()[0]: each for each in shown.window.findChildren(LinkLamp)}
    assert not lamps["BACKUP"].isVisible()
    desk.be("backup")
    assert lamps["BACKUP"].isVisible()
    assert lamps["BACKUP"].words == "BACKUP ≠ 2"
    assert 'The scene "Slides" is missing there.' in lamps["BACKUP"].toolTip()
    QTest.mouseClick(button(shown, "MAIN LEADS"), LEFT)
    assert desk.asked == [("obs.lead", Origin.BUTTON, {"which": "backup"})]


def test_that_the_backup_leads_is_said_and_whose_link_is_whose(shown: Shown, desk: FakeDesk) -> None:
    lamps = {each.words.split()[0]: each for each in shown.window.findChildren(LinkLamp)}
    desk.on_air(backup=Backup(Link(LinkState.DOWN, "The main OBS does not answer."), leads=True))
    assert lamps["OBS"].words == "OBS down"
    assert lamps["BACKUP"].words == "BACKUP"
    leads = button(shown, "BACKUP LEADS")
    assert leads.face is Face.AMBER
    QTest.mouseClick(leads, LEFT)
    assert desk.asked == [("obs.lead", Origin.BUTTON, {"which": "main"})]


# --- a press on what has changed ---


def _changes_program(desk: FakeDesk) -> None:
    desk.on_air(program="Wide", claimed="Wide")


def _changes_preview(desk: FakeDesk) -> None:
    desk.on_air(preview="Wide")


@pytest.mark.parametrize("change", [_changes_program, _changes_preview])
@pytest.mark.parametrize("title", ["CUT", "AUTO"])
def test_a_press_whose_meaning_changed_before_the_release_asks_nothing(
    shown: Shown, desk: FakeDesk, title: str, change: Callable[[FakeDesk], None]
) -> None:
    pressed = button(shown, title)
    QTest.mousePress(pressed, LEFT)
    change(desk)
    QTest.mouseRelease(pressed, LEFT)
    assert desk.asked == []
    assert "changed under the press" in shown.window.banner.words
    QTest.mouseClick(pressed, LEFT)
    assert len(desk.asked) == 1


def test_a_button_that_became_another_one_under_the_finger_asks_nothing(shown: Shown, desk: FakeDesk) -> None:
    pressed = button(shown, "LOCK")
    QTest.mousePress(pressed, LEFT)
    desk.is_locked.set(True)
    QTest.mouseRelease(pressed, LEFT)
    assert desk.asked == []
    assert "It is LOCKED now." in shown.window.banner.words


def test_a_tile_that_has_just_come_to_its_place_takes_no_press(shown: Shown, desk: FakeDesk) -> None:
    scenes = desk.switcher.value.scenes
    desk.on_air(scenes=(Scene("Intro"), *scenes))
    QTest.mouseClick(tile(shown, "Table"), LEFT)
    assert desk.asked == []
    assert "Table has just come to this place" in shown.window.banner.words
    began = desk.clock.mono_ns()
    shown.until(lambda: desk.clock.mono_ns() - began > 1_100_000_000)
    QTest.mouseClick(tile(shown, "Table"), LEFT)
    assert desk.asked == [("scene.preview", Origin.BUTTON, {"scene": "Table"})]


def test_a_tile_that_stayed_where_it_was_takes_a_press_at_once(shown: Shown, desk: FakeDesk) -> None:
    scenes = tuple(replace(scene, name="New" if scene.name == "Slides" else scene.name)
                   for scene in desk.switcher.value.scenes)  # fmt: skip
    shown.settle()
    desk.on_air(scenes=scenes)
    QTest.mouseClick(tile(shown, "Table"), LEFT)
    assert desk.asked == [("scene.preview", Origin.BUTTON, {"scene": "Table"})]
