"""Guests and channels by other names: all that names them follows, comments stay, undo gives the old names back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.core.journal import Origin
from console.core.outcome import Result
from console.settings.sound import Meters, Preset
from tests.desk.mixed import SOUND, MixedStage

KEY = Origin.KEY
MORE = """\
[[audio.presets]] # for the talk
name = "Talk"
muted = ["Director"] # unless held
[audio.presets.gains_db]
Guest = {Host = -3.0, Director = -120.0} # quiet
[[cameras]] # over the desk
name = "Desk"
sound = "Director" # her lavalier
"""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[MixedStage]:
    stage = MixedStage(tmp_path / "friday.toml", SOUND + MORE)
    yield stage
    await stage.desk.sound_book.saving.close()
    stage.desk.close()


def text_of(stage: MixedStage) -> str:
    assert stage.path is not None
    return stage.path.read_text()


async def test_all_that_names_a_channel_follows_its_new_name(stage: MixedStage) -> None:
    await stage.desk.run("return.gain", KEY, channel="Director", gain_db=-6.0, **{"return": "Guest"})
    done = await stage.desk.run("channel.rename", KEY, channel="Director", name="Ines")
    assert done.why == "Director is called Ines now."
    audio = stage.saved()
    assert audio == stage.desk.show.value.audio == stage.mixed.opened[-1]
    assert (audio.channels[2].name, audio.talkback) == ("Ines", "Ines")
    assert audio.returns[0].gains_db == {"Ines": -6.0}
    preset = Preset(name="Talk", muted=("Ines",), gains_db={"Guest": {"Host": -3.0, "Ines": -120.0}})
    assert audio.presets == (preset,)
    assert stage.desk.show.value.cameras[0].sound == "Ines"
    lines = text_of(stage).splitlines()
    kept = 'muted = ["Ines"] # unless held', 'sound = "Ines" # her lavalier', "[[cameras]] # over the desk"
    assert [line for line in kept if line not in lines] == []
    assert 'name = "Host" # by the window' in lines


async def test_a_renamed_channel_keeps_its_input_in_obs_and_its_comments(stage: MixedStage) -> None:
    await stage.desk.run("channel.rename", KEY, channel="Host", name="Mara")
    assert stage.saved().channels[0].obs_input == "Mic"
    assert text_of(stage) == (SOUND + MORE).replace(
        'name = "Host" # by', 'name = "Mara" # by').replace("Host = -3.0", "Mara = -3.0")  # fmt: skip


async def test_a_guest_is_renamed_with_the_channel_of_the_same_name(stage: MixedStage) -> None:
    await stage.desk.run("guest.rename", KEY, name="Ana", **{"return": "Guest"})
    audio = stage.saved()
    assert (audio.returns[0].name, audio.returns[0].listener, audio.channels[1].name) == ("Ana", ("Ana",), "Ana")
    assert audio.presets[0].gains_db == {"Ana": {"Host": -3.0, "Director": -120.0}}
    assert "Ana = {Host = -3.0, Director = -120.0} # quiet" in text_of(stage)
    await stage.desk.run("guest.rename", KEY, name="Call", **{"return": "Zoom"})
    assert [made_for.name for made_for in stage.saved().returns] == ["Ana", "Call"]


async def test_the_old_name_comes_back_with_undo_and_the_file_with_it(stage: MixedStage) -> None:
    before, cameras = stage.saved(), stage.desk.show.value.cameras
    await stage.desk.run("channel.gain", KEY, channel="Director", gain_db=3.0)
    await stage.desk.run("channel.rename", KEY, channel="Director", name="Ines")
    await stage.desk.run("channel.gain", KEY, channel="Ines", gain_db=6.0)
    for words in ("Gain of Ines", "Director is called Ines now", "Gain of Director"):
        assert (await stage.desk.run("sound.undo", KEY)).why == f"Taken back: {words}."
    assert stage.saved() == stage.desk.show.value.audio == before
    assert stage.desk.show.value.cameras == cameras
    assert text_of(stage) == SOUND + MORE


@pytest.mark.parametrize(
    ("action", "arguments", "why"),
    [
        ("channel.rename", {"channel": "Host", "name": "GUEST"}, 'There is a channel "Guest" already.'),
        ("channel.rename", {"channel": "Hots", "name": "Mara"}, 'There is no channel "Hots".'),
        ("channel.rename", {"channel": "Host", "name": " Mara"}, "A name has no spaces before or after it."),
        ("guest.rename", {"return": "Guest", "name": "zoom"}, 'There is a return "Zoom" already.'),
        ("guest.rename", {"return": "Guest", "name": "director"}, 'There is a channel "Director" already.'),
    ],
)
async def test_a_name_that_is_taken_is_refused(
    stage: MixedStage, action: str, arguments: dict[str, object], why: str
) -> None:
    refused = await stage.desk.run(action, KEY, **arguments)
    assert (refused.result, refused.why) == (Result.REFUSED, why)
    assert len(stage.mixed.opened) == 1
    assert text_of(stage) == SOUND + MORE


async def test_capitals_of_the_own_name_can_be_changed(stage: MixedStage) -> None:
    assert (await stage.desk.run("channel.rename", KEY, channel="Host", name="HOST")).is_done
    assert stage.saved().channels[0].name == "HOST"


async def test_one_key_takes_all_off_the_headphones(stage: MixedStage) -> None:
    assert not stage.desk.actions.get("pfl.off").enabled(stage.desk).is_enabled  # type: ignore[union-attr]
    for channel in ("Host", "Director"):
        await stage.desk.run("channel.pfl", KEY, channel=channel, on=True)
    await stage.desk.run("channel.solo", KEY, channel="Guest", on=True)
    assert stage.mixed.routing.pfl == {"Host", "Director"}
    assert (await stage.desk.run("pfl.off", KEY)).is_done
    assert (stage.mixed.routing.pfl, stage.mixed.routing.solo) == (frozenset(), None)
    assert not any(channel.is_pfl or channel.is_solo for channel in stage.sound.channels)


async def test_marks_and_colours_of_the_meters_are_kept_and_make_sense(stage: MixedStage) -> None:
    fields = {"ballistics": "ppm2", "ppm2_marks": "ebu", "vu_zero_dbfs": -20.0, "target_lufs": -18.5}
    assert (await stage.desk.run("meters.set", KEY, **fields)).is_done
    assert stage.saved().meters.model_dump(include=set(fields)) == fields
    refused = await stage.desk.run("meters.set", KEY, amber_from_dbfs=-6.0)
    assert refused.why == "Amber must begin below red."
    assert stage.saved().meters.amber_from_dbfs == -20.0
    await stage.desk.run("sound.undo", KEY)
    assert stage.saved().meters == Meters()
