"""The LOUDNESS part: each bus keeps its own last minutes, whoever comes and goes."""

from dataclasses import replace

import pytest

from console.audio.state import Levels, Loudness
from tests.widgets.fake_desk import FakeDesk
from tests.widgets.shown import Shown
from widgets.loudness_section import LoudnessSection

OF_GUEST = {"Ana": -10.0, "Bo": -20.0, "Studio": -30.0}


def test_the_last_minutes_of_a_guest_stay_theirs_when_another_has_gone(
    shown: Shown, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def levels() -> Levels:
        names = (made_for.name for made_for in desk.sound.value.returns)
        return Levels(returns_loudness=tuple(Loudness(OF_GUEST[name], OF_GUEST[name]) for name in names))

    desk.be("sound")
    monkeypatch.setattr(desk, "levels", levels)
    section = LoudnessSection(shown.window.deck)  # one of its own: the window's goes on from another test's time
    section.show_sound(desk.sound.value)
    section.bus.stepped.emit(2)
    for second in range(5):
        if second == 3:
            desk.sound.set(replace(desk.sound.value, returns=desk.sound.value.returns[1:]))
            section.show_sound(desk.sound.value)
        section.tick(10**18 + second * 1_000_000_000)
    section.show_sound(desk.sound.value)
    assert section.bus.accessibleDescription() == "→ Bo"
    assert section.plot.samples == ((-20.0, -20.0),) * 5
    desk.sound.set(replace(desk.sound.value, returns=desk.sound.value.returns[1:]))
    section.show_sound(desk.sound.value)
    assert section.bus.accessibleDescription() == "Programme"
    section.deleteLater()
