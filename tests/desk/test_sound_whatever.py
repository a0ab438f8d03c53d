"""Whatever is done to the sound, in whatever order: nobody hears themselves, and the file holds what is heard."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.audio.crosspoints import gains
from console.core.journal import Origin
from tests.desk.mixed import SOUND, MixedStage

Press = tuple[str, dict[str, Any]]

CHANNELS = st.sampled_from(["Host", "Guest", "Director", "Bo"])
RETURNS = st.sampled_from(["Guest", "Zoom", "Bo"])
PRESETS = st.sampled_from(["Talk", "Music"])
DB = st.sampled_from([-120.0, -60.0, -6.0, 0.0, 12.0])
PORTS = st.sampled_from([[], [3, 4], [5], [7, 8]])


def press(action: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Press]:
    """One action with any such arguments."""
    return st.tuples(st.just(action), st.fixed_dictionaries(arguments))


PRESSES = st.lists(
    st.one_of(
        press("channel.gain", channel=CHANNELS, gain_db=DB.filter(lambda db: db >= -60)),
        press("channel.strip", channel=CHANNELS, delay_ms=st.sampled_from([0, 120]), polarity=st.booleans()),
        press("channel.mute", channel=CHANNELS, on=st.booleans()),
        press("channel.mute_acts_on", channel=CHANNELS, on=st.sampled_from(["both", "obs", "returns"])),
        press("return.gain", **{"return": RETURNS}, channel=CHANNELS, gain_db=DB),
        press("preset.save", name=PRESETS),
        press("preset.run", name=PRESETS),
        press("preset.remove", name=PRESETS),
        press("talkback.hold", on=st.booleans()),
        press(
            "guest.set",
            **{"return": RETURNS},
            made_by=st.sampled_from(["cuedrop", "elsewhere"]),
            listener=st.lists(CHANNELS, max_size=2),
            inputs=st.sampled_from([None, [2], [6]]),
            outputs=PORTS,
        ),
        press("guest.remove", **{"return": RETURNS}),
        press("guest.rename", **{"return": RETURNS}, name=st.sampled_from(["Bo", "Ana"])),
        press("channel.rename", channel=CHANNELS, name=st.sampled_from(["Bo", "Ana"])),
        press("sound.undo"),
    ),
    max_size=10,
)


def heard_by_themselves(stage: MixedStage) -> list[str]:
    """The returns that hold anything of their own listener's inputs."""
    layout = stage.mixed.layout
    matrix = gains(layout, stage.mixed.routing)
    return [
        bus.made_for.name
        for bus in layout.buses
        if bus.made_for
        for column in layout.own_columns(bus.made_for)
        if np.any(matrix[column, [each - len(layout.sources) for each in bus.columns]])
    ]


async def play(presses: list[Press], path: Path) -> None:
    stage = MixedStage(path)
    first = stage.saved()
    for action, arguments in presses:
        outcome = await stage.desk.run(action, Origin.KEY, **arguments)
        assert "mistake of its own" not in outcome.why, (action, arguments)
        assert heard_by_themselves(stage) == []
        channels = {channel.name: channel for channel in stage.desk.show.value.audio.channels}
        for channel in stage.mixed.state.value.channels:
            assert channel.gain_db == channels[channel.name].gain_db
    await stage.desk.sound_book.saving.save()
    assert stage.saved() == stage.desk.show.value.audio
    for name in [channel.name for channel in stage.sound.channels]:
        await stage.desk.run("channel.mute", Origin.KEY, channel=name, on=False)
    while stage.desk.sound_book.can_undo:
        assert (await stage.desk.run("sound.undo", Origin.KEY)).is_done
    await stage.desk.sound_book.saving.close()
    stage.desk.close()
    assert stage.desk.show.value.audio == stage.saved() == first
    assert [line for line in path.read_text().splitlines() if line] == [line for line in SOUND.splitlines() if line]


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(PRESSES)
def test_nobody_hears_themselves_and_all_of_it_is_kept_and_can_be_taken_back(presses: list[Press]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(presses, Path(folder) / "friday.toml"))
