"""The host's window: one big button, the words for the host, and keys that stay the show's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.commerce.state import DropState, Lamp
from console.core.journal import Origin
from console.core.outcome import Outcome
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.host_states import LONG
from tests.widgets.shown import Shown
from widgets.host_window import HostWindow, places_in

FIRE = ("drop.fire", Origin.HOST, {"drop": "cap-01", "run": 1})


@pytest.fixture
def page(shown: Shown, desk: FakeDesk) -> Iterator[HostWindow]:
    """The window over an armed drop."""
    desk.be("host_on")
    shown.tap("H")
    page = shown.window.own.host.page
    assert page is not None
    shown.settle()
    yield page
    shown.window.own.host.close()


def down(page: HostWindow) -> None:
    QTest.mousePress(page.button, Qt.MouseButton.LeftButton)


def up(page: HostWindow) -> None:
    QTest.mouseRelease(page.button, Qt.MouseButton.LeftButton)


def test_h_opens_it_and_closes_it_and_the_keys_stay_the_show_s(shown: Shown, page: HostWindow) -> None:
    assert page.isVisible()
    shown.until(shown.window.isActiveWindow)
    shown.tap("Space")
    assert shown.desk.asked_ids == ["scene.cut"]
    shown.tap("H")
    assert shown.window.own.host.page is None


def test_held_for_half_a_second_it_fires_as_the_host(shown: Shown, page: HostWindow) -> None:
    down(page)
    shown.until(lambda: bool(shown.desk.asked))
    up(page)
    assert shown.desk.asked == [FIRE]
    assert page.said.headline == "CONFIRMED"
    shown.desk.with_drop(DropState.OPEN, lamp=Lamp.CONFIRMED)
    assert page.said.headline == "ON SALE"
    assert shown.window.banner.words.count("FIRE") == 0


def test_let_go_early_or_slid_off_it_fires_nothing(shown: Shown, page: HostWindow) -> None:
    down(page)
    up(page)
    down(page)
    QTest.mouseMove(page.button, QPoint(-20, -20))
    assert not shown.window.holds.let_go("host.press"), "no hold is left running"
    assert shown.desk.asked == []


def test_a_product_that_changes_under_the_finger_ends_the_hold(shown: Shown, page: HostWindow) -> None:
    down(page)
    shown.desk.with_drop(DropState.ARMED, run=2, lamp=Lamp.CONFIRMED)
    assert not shown.window.holds.let_go("host.press")
    up(page)
    page.button.held.emit("cap-01", 1)  # it had just come to its end
    assert shown.desk.asked == []
    assert "changed under the press" in page.said.says


def test_the_director_s_f_is_not_the_host_s_button(shown: Shown, page: HostWindow) -> None:
    shown.press("F")
    down(page)
    shown.until(lambda: len(shown.desk.asked) == 2)
    shown.release("F")
    up(page)
    assert sorted(origin.value for _, origin, _ in shown.desk.asked) == ["host", "key"]


def test_it_is_the_shop_s_word_that_makes_it_green(shown: Shown, desk: FakeDesk, page: HostWindow) -> None:
    assert (page.said.headline, page.button.is_ready) == ("READY", True)
    desk.answer = Outcome.pending("The shop has not answered yet.")
    page.button.held.emit("cap-01", 1)
    assert page.said.headline == "SENT"
    desk.with_drop(DropState.FIRING, lamp=Lamp.SENT)
    assert (page.said.headline, page.button.is_ready) == ("SENT", False)
    desk.with_drop(DropState.OPEN, lamp=Lamp.CONFIRMED, closes_at=desk.clock.now())
    assert page.said.headline == "ON SALE"
    assert page.time_words == "0:00 left"


def test_a_countdown_is_counted_before_the_sale(desk: FakeDesk, page: HostWindow) -> None:
    now = desk.clock.now()
    desk.with_drop(DropState.COUNTDOWN, lamp=Lamp.CONFIRMED, opens_at=now, closes_at=now + timedelta(seconds=300))
    assert (page.said.headline, page.time_words) == ("IT COUNTS DOWN", "0:00 to go")


def test_a_refusal_is_said_until_something_changes(desk: FakeDesk, page: HostWindow) -> None:
    desk.answer = Outcome.refused("STOP SALE is not confirmed yet.")
    page.button.held.emit("cap-01", 1)
    assert (page.said.headline, page.said.says) == ("NOT FIRED", "STOP SALE is not confirmed yet.")
    desk.with_drop(DropState.DRAFT)
    assert page.said.headline == "NOT ARMED YET"


def test_a_button_that_is_not_ready_says_so_and_does_nothing(shown: Shown, desk: FakeDesk, page: HostWindow) -> None:
    desk.with_drop(DropState.OPEN, lamp=Lamp.CONFIRMED)
    down(page)
    up(page)
    assert not shown.window.holds.let_go("host.press")
    assert page.button.accessibleDescription() == "Not now"
    assert page.button.accessibleName() == "FIRE Linen cap"


def test_the_message_of_the_director_stands_on_it(desk: FakeDesk, page: HostWindow) -> None:
    assert page.view.message == "One minute. Show the seam first."
    assert "Show the seam" in page.accessibleDescription()
    desk.host.set(replace(desk.host.value, message=""))
    assert page.view.message == ""


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (800, 480), (1080, 1920), (480, 800)], ids=str)
def test_at_every_size_nothing_overlaps_and_the_button_is_the_largest(
    application: QApplication, size: tuple[int, int]
) -> None:
    for has_message in (True, False):
        places = places_in(*size, has_message=has_message)
        every = [places.title, places.price, places.time, places.facts, places.said, places.button]
        every += [places.message] if has_message else []
        assert not any(one.intersects(other) for n, one in enumerate(every) for other in every[:n])
        assert all(each.left() >= 0 and each.right() < size[0] and each.bottom() < size[1] for each in every)
        areas = [each.width() * each.height() for each in every]
        assert max(areas) == places.button.width() * places.button.height()


def test_states_of_all_kinds_can_be_painted(page: HostWindow, desk: FakeDesk) -> None:
    for state in ("empty", "open", "lost", "crowded", "stopping", "change_refused"):
        desk.be(state)
        desk.host.set(replace(desk.host.value, message=LONG[:120]))
        assert not page.grab().isNull()


def test_it_goes_with_its_window(application: QApplication) -> None:
    shown = Shown(application, FakeDesk("open"))
    shown.window.own.host.toggle()
    page = shown.window.own.host.page
    assert page is not None
    shown.window.close()
    assert not page.isVisible()
    shown.close()
