"""The LEVELS part: how the interfaces beside the main device are; and what the pane says when one is away."""

from dataclasses import replace

from console.audio.state import Interface
from console.core.links import Link, LinkState
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets.cell_grid import Look
from widgets.sound_pane import SoundPane


def test_an_interface_is_told_with_its_delay_its_clock_and_what_it_dropped(shown: Shown, desk: FakeDesk) -> None:
    desk.be("sound_talk")
    sheet = shown.window.pages.sound.levels.sheet(desk.sound.value)
    assert sheet.rows[-2:] == ("Interface Table", "Interface The producer's own interface")
    up, away = sheet.cells[-2:]
    assert [cell.text for cell in up] == ["up", "12.3 ms", "+18 ppm", "3 drops", "44.1k"]
    assert [cell.text for cell in away] == ["▲ away", "·", "·", "·", "·"]
    assert (away[0].look, "is gone. Connect it again" in away[0].words) == (Look.RED, True)


def test_an_interface_that_is_away_is_in_the_status_of_the_sound(shown: Shown, desk: FakeDesk) -> None:
    desk.be("sound")
    shown.settle()
    pane = shown.window.findChildren(SoundPane)[0]
    down = Interface("USB", link=Link(LinkState.DOWN, "It is gone."))
    desk.sound.set(replace(desk.sound.value, interfaces=(down, Interface("Table", link=Link(LinkState.UP)))))
    assert pane.status == "■ USB away"
    desk.sound.set(replace(desk.sound.value, interfaces=(down, replace(down, name="Table"))))
    assert pane.status == "■ 2 interfaces away"
    desk.sound.set(replace(desk.sound.value, interfaces=()))
    assert pane.status == "48 kHz · 256"
