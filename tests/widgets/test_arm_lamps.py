"""The row of lamps above FIRE: what the drop needs, and the first thing that is not there in words."""

from dataclasses import replace

import pytest

from console.commerce.state import DropState, Lamp
from console.desk.arm_checks import Check, Sign
from scenes.outputs.state import Output
from scenes.state import OutputState
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets.arm_lamps import ArmLamps, first_trouble
from widgets.drop_pane import DropPane
from widgets.trouble import Trouble


@pytest.fixture
def pane(shown: Shown) -> DropPane:
    (found,) = shown.window.findChildren(DropPane)
    return found


def lamps(pane: DropPane) -> ArmLamps:
    (found,) = pane.findChildren(ArmLamps)
    return found


def trouble(pane: DropPane) -> str:
    (found,) = pane.findChildren(Trouble)
    return found.accessibleName() if not found.isHidden() else ""


def test_an_armed_drop_of_which_all_is_there_has_green_lamps_and_no_trouble(pane: DropPane, desk: FakeDesk) -> None:
    desk.be("armed")
    assert lamps(pane).words == ["✓ SHOP", "✓ MIC", "✓ STREAM"]
    assert trouble(pane) == ""


def test_what_is_missing_before_fire_is_said_with_what_to_do_and_goes_by_itself(pane: DropPane, desk: FakeDesk) -> None:
    desk.be("armed")
    outputs = desk.outputs.value
    desk.outputs.set(replace(outputs, stream=Output(OutputState.OFF)))
    assert lamps(pane).words[-1] == "▲ STREAM"
    assert trouble(pane) == "The stream is off: nobody sees this drop. Start it under OUTPUTS."
    desk.outputs.set(outputs)
    assert (lamps(pane).words[-1], trouble(pane)) == ("✓ STREAM", "")


def test_an_open_drop_keeps_its_lamps_and_its_own_words_come_first(pane: DropPane, desk: FakeDesk) -> None:
    desk.be("open")
    desk.outputs.set(replace(desk.outputs.value, stream=Output(OutputState.RECONNECTING)))
    assert lamps(pane).words[-1] == "▲ STREAM"
    assert trouble(pane) == ""
    desk.with_drop(DropState.ARMED, lamp=Lamp.REFUSED, why="The shop refused it.", fix="Look at the shop.")
    assert trouble(pane) == "The shop refused it. Look at the shop."


def test_the_row_is_as_high_with_every_check_as_with_none(pane: DropPane, desk: FakeDesk) -> None:
    row = ArmLamps()
    empty = row.sizeHint().height()
    checks = [Check("SHOP", Sign.LATER, "Not yet."), Check("MIC", Sign.NOT, "Muted.", "Open it.")]
    row.show_checks(checks)
    assert row.sizeHint().height() == empty
    assert row.words == ["○ SHOP", "▲ MIC"]
    assert row.accessibleName() == "SHOP: later. Not yet.; MIC: not ready. Muted. Open it."
    assert first_trouble(checks) == ("Muted.", "Open it.")
