"""Gains in returns, presets and guests: heard, kept, taken back; nobody ever hears themselves."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from console.audio.crosspoints import gains
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.desk.sound_book import NOT_KEPT, STOPS
from console.settings.sound import Return
from scenes.state import OutputState
from tests.desk.mixed import SOUND, MixedStage
from tests.waiting import until

KEY = Origin.KEY


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[MixedStage]:
    stage = MixedStage(tmp_path / "friday.toml")
    yield stage
    await stage.desk.sound_book.saving.close()
    stage.desk.close()


def hears(stage: MixedStage, channel: str, made_for: str = "Guest") -> float:
    """The linear gain at which a channel is in a return."""
    layout = stage.mixed.layout
    bus = layout.return_bus(made_for)
    assert bus is not None
    matrix = gains(layout, stage.mixed.routing)
    return float(np.max(matrix[list(layout.columns_of(channel)), bus.columns[0] - len(layout.sources)]))


def lit(stage: MixedStage) -> str | None:
    """The preset whose lamp is lit."""
    return stage.sound.preset


async def test_a_gain_in_a_return_is_heard_there_and_kept(stage: MixedStage) -> None:
    assert (await stage.desk.run("return.gain", KEY, **{"return": "Guest"}, channel="Host", gain_db=-20.0)).is_done
    assert hears(stage, "Host") == pytest.approx(0.1)
    await until(lambda: stage.saved().returns[0].gains_db == {"Host": -20.0})
    await stage.desk.run("return.gain", KEY, **{"return": "Guest"}, channel="Host", gain_db=-120.0)
    assert hears(stage, "Host") == 0.0
    await stage.desk.run("sound.undo", KEY)
    assert hears(stage, "Host") == 1.0
    assert (stage.path or Path()).read_text() == SOUND


@pytest.mark.parametrize(
    ("made_for", "channel", "why"),
    [
        ("Guest", "Guest", "Guest stays out of Guest: its listener would hear themselves."),
        ("Zoom", "Host", "Zoom is made elsewhere: Cuedrop mixes nothing for it."),
        ("Guest", "Hsot", 'There is no channel "Hsot".'),
        ("Gest", "Host", 'There is no return "Gest".'),
    ],
)
async def test_what_cannot_be_mixed_is_refused_and_why(
    stage: MixedStage, made_for: str, channel: str, why: str
) -> None:
    refused = await stage.desk.run("return.gain", KEY, **{"return": made_for}, channel=channel, gain_db=0.0)
    assert (refused.result, refused.why) == (Result.REFUSED, why)
    assert stage.mixed.routing.sends_db == {}


async def test_a_preset_brings_back_gains_and_mutes_and_is_lit_while_it_is_what_is_heard(stage: MixedStage) -> None:
    await stage.desk.run("return.gain", KEY, **{"return": "Guest"}, channel="Host", gain_db=-20.0)
    await stage.desk.run("channel.mute", KEY, channel="Director", on=True)
    assert (await stage.desk.run("preset.save", KEY, name="Interview")).why == 'Preset "Interview" saved.'
    assert stage.saved().presets[0].gains_db == {"Guest": {"Host": -20.0, "Director": 0.0}}
    assert lit(stage) == "Interview"
    await stage.desk.run("return.gain", KEY, **{"return": "Guest"}, channel="Host", gain_db=0.0)
    assert lit(stage) is None
    await stage.desk.run("channel.mute", KEY, channel="Director", on=False)
    await stage.desk.run("channel.mute", KEY, channel="Guest", on=True)
    assert (await stage.desk.run("preset.run", KEY, name="Interview")).is_done
    assert hears(stage, "Host") == pytest.approx(0.1)
    assert stage.mixed.routing.muted == {"Director"}
    assert lit(stage) == "Interview"
    await stage.desk.run("sound.undo", KEY)
    assert hears(stage, "Host") == 1.0
    assert stage.mixed.routing.muted == {"Director"}  # nobody is to be heard by surprise


async def test_a_preset_that_cannot_mute_in_obs_says_so(stage: MixedStage) -> None:
    stage.switch(muted_inputs=frozenset({"Mic"}))
    await stage.desk.run("channel.mute", KEY, channel="Host", on=True)
    await stage.desk.run("preset.save", KEY, name="Closed")
    await stage.desk.run("channel.mute", KEY, channel="Host", on=False)
    stage.switch(muted_inputs=frozenset())
    stage.obs.answers["set_input_mute"] = Outcome.failed("OBS says no.", "Mute it there.")
    failed = await stage.desk.run("preset.run", KEY, name="Closed")
    assert (failed.result, failed.why) == (Result.FAILED, "Host is still heard in OBS: OBS says no.")
    assert "Host" in stage.mixed.routing.muted


async def test_a_preset_is_replaced_and_removed_and_comes_back(stage: MixedStage) -> None:
    await stage.desk.run("preset.save", KEY, name="Talk")
    await stage.desk.run("channel.mute", KEY, channel="Guest", on=True)
    await stage.desk.run("preset.save", KEY, name="Talk")
    assert [(one.name, one.muted) for one in stage.saved().presets] == [("Talk", ("Guest",))]
    await stage.desk.run("preset.remove", KEY, name="Talk")
    assert stage.saved().presets == ()
    assert (await stage.desk.run("preset.run", KEY, name="Talk")).why == "This show has no presets. Save one first."
    await stage.desk.run("sound.undo", KEY)
    assert stage.saved().presets[0].muted == ("Guest",)


async def test_a_preset_passes_over_what_is_no_longer_mixed_here(stage: MixedStage) -> None:
    await stage.desk.run("preset.save", KEY, name="Talk")
    await stage.desk.run("guest.set", KEY, **{"return": "Guest"}, made_by="elsewhere", listener=["Guest"], loopback=[8])
    await stage.desk.run("guest.set", KEY, **{"return": "Zoom"}, made_by="cuedrop", listener=["Host"], outputs=[5])
    await stage.desk.run("return.gain", KEY, **{"return": "Zoom"}, channel="Guest", gain_db=-6.0)
    assert (await stage.desk.run("preset.run", KEY, name="Talk")).is_done
    assert hears(stage, "Guest", "Zoom") == pytest.approx(10 ** (-6 / 20))


async def test_a_guest_that_is_added_has_a_channel_and_a_return_without_themselves(stage: MixedStage) -> None:
    await stage.desk.run("channel.mute", KEY, channel="Guest", on=True)
    bo = {"return": "Bo", "made_by": "cuedrop", "listener": ["Bo"], "inputs": [5], "outputs": [5, 6]}
    done = await stage.desk.run("guest.set", KEY, **bo)
    assert (done.result, done.why) == (Result.DONE, "Bo gets the mix of Cuedrop on outputs 5 and 6.")
    assert hears(stage, "Bo", "Bo") == 0.0
    assert hears(stage, "Host", "Bo") == 1.0
    assert stage.saved().returns[-1] == Return(name="Bo", listener=("Bo",), outputs=(5, 6))
    await stage.desk.run("sound.undo", KEY)
    assert [channel.name for channel in stage.sound.channels] == ["Host", "Guest", "Director"]
    assert (stage.path or Path()).read_text().split() == SOUND.split()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"return": "Bo", "made_by": "cuedrop", "listener": []}, "Nobody's channel is left out of Bo"),
        ({"return": "guest", "made_by": "cuedrop", "listener": ["Guest"]}, 'There is a guest "Guest" already.'),
        ({"return": "Guest", "made_by": "cuedrop", "listener": ["Guest"], "new": True}, 'There is a guest "Guest" al'),
        (
            {"return": "Host", "made_by": "cuedrop", "listener": ["Host"], "inputs": [7], "new": True},
            'There is a channel "Host" already, on input 1.',
        ),
        ({"return": "Bo", "made_by": "cuedrop", "listener": ["Bo"]}, 'There is no channel "Bo".'),
        ({"return": "Bo", "made_by": "cuedrop", "listener": ["Host"], "outputs": [4]}, "Output 4 leads to Guest"),
        ({"return": "Bo", "made_by": "cuedrop", "listener": ["Host"], "outputs": [9]}, "Output 9 leads to the monitor"),
        ({"return": "Bo", "made_by": "cuedrop", "listener": ["Bo"], "inputs": [3]}, "Input 3 is Director's already."),
        ({"return": "Bo", "made_by": "cuedrop", "listener": ["Host"], "loopback": [4]}, "A loopback is for"),
        ({"return": "Bo", "made_by": "elsewhere", "listener": ["Host"], "outputs": [5]}, "Outputs are for"),
        ({"return": "Bo", "made_by": "cuedrop", "listener": ["X", "Y"], "inputs": [5]}, "These inputs are of which"),
        ({"return": "Bo", "made_by": "cuedrop", "listener": ["Bo"], "inputs": []}, "Bo has no input."),
    ],
)  # fmt: skip
async def test_a_guest_that_cannot_be_is_refused_in_words(
    stage: MixedStage, fields: dict[str, object], why: str
) -> None:
    refused = await stage.desk.run("guest.set", KEY, **fields)
    assert refused.result is Result.REFUSED
    assert refused.why.startswith(why)
    assert refused.fix
    assert len(stage.mixed.opened) == 1


async def test_a_port_that_is_taken_is_refused_with_those_that_are_free(stage: MixedStage) -> None:
    bo = {"return": "Bo", "made_by": "cuedrop", "listener": ["Bo"], "inputs": [3, 4]}
    assert (await stage.desk.run("guest.set", KEY, **bo)).fix == "Choose others: 4 and 5 are free."
    taken = await stage.desk.run("guest.set", KEY, **{**bo, "inputs": [4], "outputs": [9]})
    assert taken.fix == "Choose others: 1 is free."
    twice = await stage.desk.run("guest.set", KEY, **{**bo, "inputs": [4], "outputs": [5, 5]})
    assert twice.why == "Output 5 is named twice."
    done = await stage.desk.run("guest.set", KEY, **{**bo, "inputs": [4], "outputs": [5]})
    assert done.why == "Bo gets the mix of Cuedrop on output 5."


async def test_that_practice_keeps_no_show_file_is_said_once() -> None:
    practice = MixedStage()
    done = await practice.desk.run("guest.remove", KEY, **{"return": "Guest"})
    assert done.why == f"Guest removed. {NOT_KEPT}"
    practice.desk.close()


async def test_an_input_that_the_show_file_shares_stays_shared(tmp_path: Path) -> None:
    shared = MixedStage(tmp_path / "show.toml", SOUND.replace("inputs = [3]", "inputs = [2]"))
    guest = {"return": "Guest", "made_by": "cuedrop", "listener": ["Guest"], "inputs": [2], "outputs": [5]}
    assert (await shared.desk.run("guest.set", KEY, **guest)).is_done
    await shared.desk.sound_book.saving.close()
    shared.desk.close()


async def test_the_answer_who_makes_the_n_1_can_change(stage: MixedStage) -> None:
    done = await stage.desk.run("guest.set", KEY, **{"return": "Guest"}, made_by="elsewhere", listener=["Guest"])
    assert done.why == "Guest is made elsewhere, and without a loopback Cuedrop can only listen for echo."
    assert stage.saved().returns[0] == Return(name="Guest", listener=("Guest",), made_by="elsewhere")
    await stage.desk.run("guest.set", KEY, **{"return": "Guest"}, made_by="elsewhere", listener=["Guest"], loopback=[8])
    assert stage.saved().returns[0].loopback == (8,)


async def test_a_guest_that_is_removed_leaves_the_presets_too(stage: MixedStage) -> None:
    await stage.desk.run("preset.save", KEY, name="Talk")
    assert (await stage.desk.run("guest.remove", KEY, **{"return": "Guest"})).why == "Guest removed."
    assert (len(stage.saved().returns), stage.saved().presets[0].gains_db) == (1, {})
    await stage.desk.run("sound.undo", KEY)
    assert stage.saved().presets[0].gains_db == {"Guest": {"Host": 0.0, "Director": 0.0}}
    assert [one.name for one in stage.saved().returns] == ["Guest", "Zoom"]


async def test_guests_stay_as_they_are_while_the_sound_is_recorded(stage: MixedStage) -> None:
    stage.mixed.recorder.is_on = True  # from its start: its files are not open yet
    refused = await stage.desk.run("guest.remove", KEY, **{"return": "Guest"})
    assert refused.why == "The sound is being recorded, and this would end it."
    assert len(stage.sound.returns) == 2


async def test_only_other_ports_stop_the_sound_and_on_air_only_when_asked_for_once_more(stage: MixedStage) -> None:
    stage.switch(stream=OutputState.ON)
    ana = {"return": "Ana", "made_by": "cuedrop", "listener": ["Guest"], "outputs": [3, 4]}
    await stage.desk.run("channel.mute", KEY, channel="Guest", on=True)
    assert (await stage.desk.run("guest.rename", KEY, name="Ana", **{"return": "Guest"})).is_done
    assert (await stage.desk.run("guest.set", KEY, **{**ana, "listener": ["Ana", "Host"]})).is_done
    assert len(stage.mixed.opened) == 1
    assert stage.mixed.routing.muted == {"Ana"}
    assert (hears(stage, "Host", "Ana"), hears(stage, "Director", "Ana")) == (0.0, 0.0)
    bo: dict[str, object] = {"return": "Bo", "made_by": "cuedrop", "listener": ["Bo"], "inputs": [5], "outputs": [5, 6]}
    cleo: dict[str, object] = {**bo, "return": "Cleo", "listener": ["Cleo"], "inputs": [6], "outputs": [7]}
    presses = [
        (bo, 0.0, False), (bo, 0.2, False), (cleo, 1.0, False), (bo, 1.0, False), (bo, 11.0, False), (bo, 1.0, True),
    ]  # fmt: skip
    for guest, after_s, is_done in presses:  # a double press is none, nor is one that is too late
        stage.clock.step(after_s)
        outcome = await stage.desk.run("guest.set", KEY, **guest)
        assert outcome.is_done is is_done, (guest, after_s)
        assert is_done or (outcome.why, outcome.fix) == (STOPS, "Once more within 10 s does it.")
    assert len(stage.mixed.opened) == 2
    stage.switch(stream=OutputState.OFF)
    assert (await stage.desk.run("sound.undo", KEY)).is_done
    assert len(stage.mixed.opened) == 3


async def test_meters_are_kept(stage: MixedStage) -> None:
    assert (await stage.desk.run("meters.set", KEY, ballistics="ppm2", target_lufs=-23.0)).is_done
    assert stage.mixed.meters.ballistics == "ppm2"
    assert (stage.saved().meters.ballistics, stage.desk.show.value.audio.meters.target_lufs) == ("ppm2", -23.0)
