"""The small parts: stall watch, asking, money, times, meters, the first show, and the pinned Qt itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton

from console.core.journal import Origin
from console.core.outcome import Outcome
from console.desk.view import Notice
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown, at_once
from widgets.ask import Ask
from widgets.first_show import FoundShow
from widgets.meters import level_words, share_of
from widgets.money import money_words
from widgets.secret_panel import SecretPanel
from widgets.stall import StallWatch
from widgets.theme import px
from widgets.times import clock_words, long_clock_words, over_words


class Bell(QObject):
    rung = Signal(bool)


@pytest.mark.slow
def test_a_million_emits_leave_the_process_sound(application: QApplication) -> None:
    """PySide6 6.12.0 lost a reference to True or False with each emit, and aborted after some thousand."""
    bell = Bell()
    count = 0

    def hear(_: bool) -> None:
        nonlocal count
        count += 1

    bell.rung.connect(hear)
    for index in range(1_000_000):
        bell.rung.emit(index % 2 == 0)
    assert count == 1_000_000


def test_only_a_lateness_over_50_ms_is_a_stall(application: QApplication) -> None:
    stalls: list[float] = []
    watch = StallWatch(stalls.append)
    for late_ms in (0.4, 12.0, 50.0, 51.0, 5_000.0):
        watch.note(late_ms)
    assert stalls == [51.0, 5_000.0]
    lateness = watch.lateness()
    assert (lateness.count, lateness.max_ms, lateness.p50_ms) == (5, 5_000.0, 51.0)


def test_the_watch_sees_the_loop(application: QApplication, shown: Shown) -> None:
    watch = StallWatch(lambda ms: None)
    watch.start()
    shown.until(lambda: watch.lateness().count > 3)
    watch.stop()


@pytest.mark.logs("ended in a bug")
def test_a_bug_in_an_action_is_a_banner_and_not_the_end(application: QApplication) -> None:
    told: list[Notice] = []

    class Broken(FakeDesk):
        async def run(self, action_id: str, origin: Origin, /, **arguments: object) -> Outcome:
            raise ZeroDivisionError

    Ask(Broken(), tell=told.append, schedule=at_once)("scene.cut", Origin.KEY)
    assert told[0].what == "Cut ended in a fault of the console."


def test_the_first_show_gives_back_what_was_kept(shown: Shown) -> None:
    made: list[FoundShow] = []

    async def create(found: FoundShow) -> Outcome:
        made.append(found)
        return Outcome.done() if len(made) > 1 else Outcome.failed("The folder is read-only.", "Choose another.")

    found = FoundShow("Friday", ("Wide", "Close"), ("Wide · srt://192.0.2.10:9001",), "system")
    shown.window.offer_first_show(found, create, schedule=at_once)
    boxes = {box.accessibleName(): box for box in shown.window.findChildren(QCheckBox)}
    boxes["Scene Close"].setChecked(False)
    boxes["Sound device"].setChecked(False)
    make = next(b for b in shown.window.findChildren(QPushButton) if b.text() == "Create show")
    QTest.mouseClick(make, Qt.MouseButton.LeftButton)
    QTest.mouseClick(make, Qt.MouseButton.LeftButton)
    assert made[0] == made[1] == FoundShow("Friday", ("Wide",), found.cameras, None)


def test_a_password_that_is_asked_for_is_never_typed_into_the_show(shown: Shown) -> None:
    found = FoundShow("Friday", ("Wide",))
    kept: list[str] = []

    async def keep(secret: str) -> Outcome:
        kept.append(secret)
        if secret == "right":
            shown.window.offer_first_show(found, keep_show, schedule=at_once)
            return Outcome.done()
        return Outcome.failed("OBS refuses the password.", "Copy it again.")

    async def keep_show(_: FoundShow) -> Outcome:
        return Outcome.done()

    shown.window.ask_secret("OBS wants a password", "It stands in OBS.", keep, schedule=at_once)
    panel = shown.window.findChildren(SecretPanel)[-1]
    connect = next(b for b in panel.findChildren(QPushButton) if b.text() == "Connect")
    for typed in ("", "wrong"):
        panel.field.setText(typed)
        connect.setFocus()
        QTest.mouseClick(connect, Qt.MouseButton.LeftButton)
        assert panel.field.hasFocus()
    panel.field.setText("right")
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    shown.settle()
    assert kept == ["wrong", "right"]
    assert shown.window.hasFocus()
    close_panel(shown)


def test_a_box_that_is_ticked_is_seen_to_be(shown: Shown) -> None:
    async def create(_: FoundShow) -> Outcome:
        return Outcome.done()

    shown.window.offer_first_show(FoundShow("Friday", ("Wide", "Close")), create, schedule=at_once)
    ticked, empty = shown.window.findChildren(QCheckBox)[:2]
    empty.setChecked(False)
    shown.settle()
    assert _amber_in(empty) == 0
    assert _amber_in(ticked) > 20
    close_panel(shown)


def _amber_in(box: QCheckBox) -> int:
    """How many pixels of the box itself are amber."""
    image = box.grab().toImage()
    seen = (image.pixelColor(x, y) for x in range(px(20)) for y in range(image.height()))
    return sum(color.red() > 180 and color.blue() < 100 for color in seen)


def close_panel(shown: Shown) -> None:
    """Leave whatever panel lies over the window."""
    leave = next(b for b in shown.window.findChildren(QPushButton) if b.text() == "Not now" and b.isVisible())
    QTest.mouseClick(leave, Qt.MouseButton.LeftButton)
    shown.settle()


@given(st.integers(min_value=0, max_value=10**14), st.sampled_from(["EUR", "JPY", "KWD", "CHF"]))
def test_money_never_loses_a_digit(minor: int, currency: str) -> None:
    digits = "".join(sign for sign in money_words(minor, currency).rsplit(" ", 1)[0] if sign.isdigit())
    assert int(digits) == minor


def test_money_in_words() -> None:
    assert money_words(1900, "EUR") == "19.00 €"
    assert money_words(123456789, "JPY") == "123\u202f456\u202f789 ¥"


def test_times_in_words() -> None:
    assert [clock_words(s) for s in (-1, 8.9, 725, 3723)] == ["0:00", "0:08", "12:05", "1:02:03"]
    assert long_clock_words(754) == "00:12:34"
    assert [over_words(s) for s in (35, -70, 0.4)] == ["+0:35 over", "-1:10 under", "on time"]


@given(st.floats(min_value=-200, max_value=40))
def test_a_level_lies_on_the_scale(dbfs: float) -> None:
    assert 0.0 <= share_of(dbfs) <= 1.0
    assert level_words(dbfs)
