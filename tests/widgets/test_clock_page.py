"""The clock page: what a camera reads off it, and what it says to people."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.cameras.state import Camera, CameraState, Origin
from console.cameras.timecode import times_ms
from console.core.clock import SteppedClock
from console.core.observable import Observable
from tests.cameras.clock_pictures import Shot, shoot
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets.clock_page import ClockPage

SIZES = [(1920, 1080), (1120, 630), (1024, 768), (640, 360), (1080, 1920)]


def picture_of(page: ClockPage) -> NDArray[np.uint8]:
    image = page.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].copy()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_page_shows_the_clock_in_two_codes_at_any_size(application: QApplication, size: tuple[int, int]) -> None:
    clock = SteppedClock()
    page = ClockPage(clock)
    page.resize(*size)
    clock.step(4.2)
    assert times_ms(picture_of(page)) == [5_200, 5_200]


def test_the_codes_take_turns(application: QApplication) -> None:
    clock = SteppedClock()
    page = ClockPage(clock)
    picture_of(page)
    seen = []
    for _ in range(4):
        clock.step(0.033)
        page.tick()
        seen.append(sorted(times_ms(picture_of(page))))
    assert seen == [[1_000, 1_033], [1_033, 1_066], [1_066, 1_099], [1_099, 1_132]]


def test_a_code_is_not_older_than_its_painting(application: QApplication) -> None:
    clock = SteppedClock()
    page = ClockPage(clock)
    page.tick()
    clock.step(2.0)
    assert max(times_ms(picture_of(page))) == 3_000
    clock.step(2.0)
    assert max(times_ms(picture_of(page))) == 3_000, "painted again, though it was not its turn"


def test_a_camera_in_front_of_the_page_reads_the_time(application: QApplication) -> None:
    page = ClockPage(SteppedClock())
    page.resize(1920, 1080)
    shot = Shot(size=(480, 270), share=0.6, yaw=20, roll=-6, blur=0.7, dark=30, light=210, noise=4, quality=50)
    assert times_ms(shoot(picture_of(page), shot)) == [1_000, 1_000]


def test_the_page_tells_the_delay_of_each_camera_that_sees_it(application: QApplication) -> None:
    wide = Camera("Wide", "Wide", Origin.WORKER, CameraState.LIVE)
    cameras: Observable[tuple[Camera, ...]] = Observable((wide,))
    page = ClockPage(SteppedClock(), cameras)
    assert (page.delays, page.accessibleDescription()[:14]) == ("", "Point a camera")
    seeing = Camera("Close", "Close", Origin.WORKER, CameraState.LIVE, delay_ms=181.6)
    stream = Camera("Public", None, Origin.WORKER, CameraState.LIVE, delay_ms=12_440.0)
    cameras.set((wide, seeing, stream))
    assert page.delays == page.accessibleDescription() == "Close 182 ms · Public 12.4 s"
    cameras.set((wide,))
    assert page.delays == ""
    page.close_watches()
    cameras.set((seeing,))
    assert page.delays == ""


def test_the_time_goes_on_only_while_the_page_is_seen(application: QApplication) -> None:
    page = ClockPage(SteppedClock())
    seen = [page.is_running]
    for step in (page.show, page.showMinimized, page.showNormal, page.close):
        step()
        seen.append(page.is_running)
    assert seen == [False, True, False, True, False]


def test_keys_of_the_page(application: QApplication) -> None:
    page = ClockPage(SteppedClock())
    page.open()
    assert page.isVisible()
    assert page.screen().availableGeometry().contains(page.geometry())
    QTest.keyClick(page, Qt.Key.Key_F11)
    assert page.geometry() == page.screen().geometry()
    QTest.keyClick(page, Qt.Key.Key_F11)
    assert page.geometry() != page.screen().geometry()
    assert not page.heed("Space"), "the show's keys are the show's"
    QTest.keyClick(page, Qt.Key.Key_C)
    assert not page.isVisible()
    page.show()
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_c_opens_the_page_and_closes_it_and_the_keys_stay_the_show_s(shown: Shown) -> None:
    window = shown.window
    shown.tap("C")
    page = window.own.clock.page
    assert page is not None
    assert page.isVisible()
    shown.until(window.isActiveWindow)
    page.activateWindow()
    shown.until(page.isActiveWindow)
    QCoreApplication.sendEvent(
        page, QKeyEvent(QEvent.Type.KeyPress, 0x0634, Qt.KeyboardModifier.NoModifier, 57 + 8, 0, 0)
    )
    assert [asked[0] for asked in shown.desk.asked] == ["scene.cut"], "Space cuts with the clock page in front, too"
    shown.window.keys.let_go_of_everything()
    shown.tap("C")
    assert window.own.clock.page is None
    shown.until(window.isActiveWindow)


def test_escape_takes_back_what_waits_before_it_closes_the_page_that_has_the_keyboard(shown: Shown) -> None:
    shown.tap("C")
    page = shown.window.own.clock.page
    assert page is not None
    page.activateWindow()
    shown.until(page.isActiveWindow)
    shown.desk.on_air(t_bar=0.4)
    shown.tap("Esc")
    assert shown.desk.asked_ids == ["scene.cancel"]
    assert page.isVisible()
    shown.desk.on_air()
    shown.tap("Esc")
    assert shown.desk.asked_ids == ["scene.cancel"]
    assert shown.window.own.clock.page is None


def test_without_a_screen_of_its_own_it_covers_neither_banner_nor_pictures_and_esc_closes_it(shown: Shown) -> None:
    window = shown.window
    shown.tap("C")
    page = window.own.clock.page
    assert page is not None
    there = page.geometry()
    banner, cuts = (widget.mapToGlobal(QPoint(0, 0)).y() for widget in (window.banner, window.pages))
    assert cuts < there.top() < there.bottom() < banner
    shown.until(window.isActiveWindow)
    shown.tap("Esc")
    assert window.own.clock.page is None


def test_the_page_is_closed_with_its_window(application: QApplication) -> None:
    shown = Shown(application, FakeDesk("open"))
    shown.window.own.clock.toggle()
    page = shown.window.own.clock.page
    assert page is not None
    shown.window.close()
    assert not page.isVisible()
    shown.close()
