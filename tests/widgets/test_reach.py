"""How far the buyers' address reaches is said below its code, in words, and whole to those who ask."""

from dataclasses import replace

import pytest

from console.commerce.reach import ReachState, judged
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets.drop_pane import DropPane
from widgets.qr_code import REACH_FACES, QrCode


@pytest.fixture
def code(shown: Shown) -> QrCode:
    (pane,) = shown.window.findChildren(DropPane)
    (found,) = pane.findChildren(QrCode)
    return found


@pytest.mark.parametrize(
    ("url", "trouble"),
    [("http://127.0.0.1:8710", ""), ("https://shop.example", ""), ("https://shop.example", "no answer in time")],
)
def test_the_code_says_whether_buyers_can_reach_what_it_leads_to(
    code: QrCode, desk: FakeDesk, url: str, trouble: str
) -> None:
    reached = judged(url, trouble)
    desk.sale.set(replace(desk.sale.value, public_url=url, reach=reached))
    assert reached.says in code.toolTip()
    assert reached.fix in code.accessibleName()
    desk.sale.set(replace(desk.sale.value, reach=None))
    assert code.toolTip() == f"The buyers' page\n{url}"


def test_every_state_has_its_own_word() -> None:
    assert set(REACH_FACES) == set(ReachState)
    assert len({words for words, _ in REACH_FACES.values()}) == len(ReachState)
