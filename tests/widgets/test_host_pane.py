"""The HOST page: turned on and taken back, a code for each role, who is there, a word to the host."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from zxingcpp import BarcodeFormat, BarcodeFormats, read_barcode

from console.core.journal import Origin
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.host_states import TOKEN, paired
from tests.widgets.shown import Shown
from widgets.host_pane import WRITES, HostPane
from widgets.lamps import LinkLamp
from widgets.pages import HOST
from widgets.palette import entries

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def pane(shown: Shown) -> HostPane:
    shown.tap("F9")
    shown.settle()
    return shown.window.pages.host


def lamp(shown: Shown) -> LinkLamp:
    (found,) = (each for each in shown.window.findChildren(LinkLamp) if each.words.startswith("HOST"))
    return found


def test_it_is_off_until_the_director_turns_it_on(shown: Shown, desk: FakeDesk, pane: HostPane) -> None:
    assert shown.window.pages.front == HOST
    assert not any(card.isVisible() for card in pane.roles)
    assert not lamp(shown).isVisible()
    QTest.mouseClick(pane.turn, Qt.MouseButton.LeftButton)
    assert desk.asked == [("host.open", Origin.BUTTON, {})]


def test_each_role_has_a_code_that_a_phone_reads(shown: Shown, desk: FakeDesk, pane: HostPane) -> None:
    desk.host.set(paired(2, 1))
    shown.settle()
    assert [card.lamp.words for card in pane.roles] == ["● HOST 2", "● MODERATOR 1"]
    for card in pane.roles:
        image = card.code.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        pixels = memoryview(image.constBits()).cast("B", (image.height(), image.bytesPerLine()))
        found = read_barcode(pixels, formats=BarcodeFormats(BarcodeFormat.QRCode))
        assert found is not None
        assert found.text == f"http://192.168.100.120:8712/#{TOKEN}"


def test_a_page_that_no_phone_can_open_says_so(shown: Shown, desk: FakeDesk, pane: HostPane) -> None:
    desk.host.set(paired())
    shown.settle()
    reached = pane.help.accessibleName()
    desk.host.set(replace(paired(), address="http://127.0.0.1:8712"))
    shown.settle()
    assert reached == "A phone in the same network scans its code. It opens 192.168.100.120:8712."
    assert pane.help.accessibleName().startswith("Only this computer opens 127.0.0.1:8712.")


def test_no_token_stands_in_words_anywhere(shown: Shown, desk: FakeDesk, pane: HostPane) -> None:
    desk.host.set(paired())
    shown.settle()
    for each in shown.window.findChildren(QWidget):
        assert TOKEN not in each.toolTip() + each.accessibleName() + each.accessibleDescription()


def test_one_key_takes_it_back_from_any_page(shown: Shown, desk: FakeDesk) -> None:
    desk.host.set(paired())
    shown.tap("F1")
    shown.tap("H", SHIFT)
    assert desk.asked == [("host.close", Origin.KEY, {})]
    assert shown.window.own.host.page is None, "H without Shift is the host's window"


def test_a_lamp_beside_the_links_says_that_somebody_else_may_fire(shown: Shown, desk: FakeDesk) -> None:
    desk.host.set(paired(0))
    assert (lamp(shown).isVisible(), lamp(shown).words) == (True, "HOST 0")
    assert "F9" in lamp(shown).toolTip()
    desk.host.set(paired(1))
    assert lamp(shown).accessibleName() == "HOST: up 1"
    desk.be("host_alone")
    assert lamp(shown).words == "HOST down"
    assert "no network" in lamp(shown).toolTip()


def test_a_message_is_typed_shown_and_taken_away(shown: Shown, desk: FakeDesk, pane: HostPane) -> None:
    shown.tap("F9")
    assert QApplication.focusWidget() is pane.message
    QTest.keyClicks(pane.message, "One minute")
    QTest.keyClick(pane.message, Qt.Key.Key_Return)
    assert desk.asked == [("host.message", Origin.KEY, {"text": "One minute"})]
    desk.host.set(replace(desk.host.value, message="One minute"))
    assert pane.message.text() == "", "the field is for the next one"
    QTest.mouseClick(pane.clear, Qt.MouseButton.LeftButton)
    assert desk.asked[-1] == ("host.message", Origin.BUTTON, {"text": ""})
    shown.tap("Esc")
    assert not pane.message.hasFocus()


def test_everything_of_it_can_be_typed_for(shown: Shown, desk: FakeDesk) -> None:
    assert "Turn the host's page on" in {entry.words for entry in entries(desk)}
    desk.be("host_on")
    assert "Message to the host: take it away" in {entry.words for entry in entries(desk)}
    shown.window.keys.palette_wanted.emit()
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, WRITES)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.window.pages.front == HOST
    assert QApplication.focusWidget() is shown.window.pages.host.message
