"""Strips, mutes, talkback: heard at once, kept in the show file, taken back."""

import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from console.audio.plan import Strip
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.desk.sound_saving import ALARM
from console.show.file import Rewritten
from console.show.sound import Change, change_sound
from tests.desk.mixed import SOUND, MixedStage
from tests.waiting import until

KEY = Origin.KEY


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[MixedStage]:
    stage = MixedStage(tmp_path / "friday.toml")
    yield stage
    await stage.desk.sound_book.saving.close()
    stage.desk.close()


async def test_a_strip_is_heard_at_once_and_in_the_file_soon_after(stage: MixedStage) -> None:
    fields = {"gain_db": -3.0, "pan": -0.5, "high_pass_hz": 80.0, "polarity": True, "delay_ms": 120.0}
    assert (await stage.desk.run("channel.strip", KEY, channel="Host", **fields)).is_done
    assert stage.mixed.routing.strips["Host"] == Strip(120.0, 80.0, True, -0.5)
    assert stage.mixed.routing.gains_db["Host"] == -3.0
    host = stage.sound.channels[0]
    assert (host.gain_db, host.delay_ms, host.high_pass_hz, host.is_inverted) == (-3.0, 120.0, 80.0, True)
    await until(lambda: stage.saved().channels[0].delay_ms == 120.0)
    assert 'name = "Host" # by the window' in (stage.path or Path()).read_text()
    assert (await stage.desk.run("channel.strip", KEY, channel="Host", high_pass_hz=None)).is_done
    assert stage.mixed.routing.strips["Host"] == Strip(120.0, None, True, -0.5)  # the rest stays


async def test_a_fader_that_was_drawn_is_taken_back_whole(stage: MixedStage) -> None:
    for gain_db in (1.0, 2.0, 3.0):
        await stage.desk.run("channel.gain", KEY, channel="Guest", gain_db=gain_db)
        stage.clock.step(0.1)
    stage.clock.step(5)
    await stage.desk.run("channel.gain", KEY, channel="Guest", gain_db=9.0)
    undone = await stage.desk.run("sound.undo", KEY)
    assert undone.why == "Taken back: Gain of Guest."
    assert (stage.sound.channels[1].gain_db, stage.saved().channels[1].gain_db) == (3.0, 3.0)
    await stage.desk.run("sound.undo", KEY)
    assert (stage.sound.channels[1].gain_db, stage.saved().channels[1].gain_db) == (0.0, 0.0)
    assert (stage.path or Path()).read_text() == SOUND
    refused = await stage.desk.run("sound.undo", KEY)
    assert refused.why == "No change of the sound is there to take back."


async def test_what_cannot_be_saved_is_heard_and_is_an_alarm_until_it_is_saved(stage: MixedStage) -> None:
    assert stage.path is not None
    stage.path.write_text("this is no show")
    await stage.desk.run("channel.gain", KEY, channel="Host", gain_db=4.0)
    assert stage.mixed.routing.gains_db["Host"] == 4.0
    await until(lambda: any(alarm.id == ALARM for alarm in stage.desk.alarms.value))
    failed = await stage.desk.run("preset.save", KEY, name="Talk")
    assert failed.result is Result.FAILED
    assert failed.why.startswith('Preset "Talk" saved. It is not saved')
    stage.path.write_text(SOUND)
    await stage.desk.run("channel.gain", KEY, channel="Guest", gain_db=1.0)
    await until(lambda: stage.saved().channels[1].gain_db == 1.0)
    assert (stage.saved().channels[0].gain_db, stage.saved().presets[0].name) == (4.0, "Talk")
    await until(lambda: not stage.desk.alarms.value)


async def test_what_fits_the_file_no_longer_keeps_nothing_else_from_being_saved(stage: MixedStage) -> None:
    assert stage.path is not None
    stage.path.write_text(SOUND.replace('"Host" # by the window', '"Hostess"'))  # somebody has changed it
    await stage.desk.run("channel.gain", KEY, channel="Host", gain_db=4.0)
    failed = await stage.desk.run("preset.save", KEY, name="Talk")  # which names the host
    assert failed.result is Result.FAILED
    assert failed.fix == "Open the show again, or give the channel its old name in the file and set this again."
    await stage.desk.run("channel.gain", KEY, channel="Guest", gain_db=-7.0)
    await until(lambda: stage.saved().channels[1].gain_db == -7.0, what="the guest's gain")
    assert [one.name for one in stage.saved().channels] == ["Hostess", "Guest", "Director"]
    (alarm,) = stage.desk.alarms.value
    assert alarm.what.startswith('Not in the show file: Gain of Host, Preset "Talk" saved. ')
    assert alarm.fix == failed.fix
    stage.path.write_text(stage.path.read_text().replace("Hostess", "Host"))
    await stage.desk.run("channel.gain", KEY, channel="Host", gain_db=4.0)
    assert (await stage.desk.run("preset.save", KEY, name="Talk")).is_done
    assert (stage.saved().channels[0].gain_db, stage.saved().presets[0].name) == (4.0, "Talk")
    assert not stage.desk.alarms.value


async def test_what_is_set_while_the_file_is_written_is_written_too(
    stage: MixedStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(path: Path, changes: Sequence[Change]) -> Rewritten:
        begun.set()
        go_on.wait(30)
        return change_sound(path, changes)

    monkeypatch.setattr("console.desk.sound_saving.change_sound", slow)
    await stage.desk.run("channel.gain", KEY, channel="Host", gain_db=1.0)
    await until(begun.is_set, what="the first write")
    await stage.desk.run("channel.gain", KEY, channel="Host", gain_db=5.0)
    go_on.set()
    await until(lambda: stage.saved().channels[0].gain_db == 5.0, what="the last move")


async def test_what_waits_is_saved_when_the_console_ends(stage: MixedStage) -> None:
    await stage.desk.run("channel.gain", KEY, channel="Host", gain_db=4.0)
    await stage.desk.sound_book.saving.close()
    assert stage.saved().channels[0].gain_db == 4.0


async def test_practice_keeps_changes_in_memory_and_says_so() -> None:
    stage = MixedStage()
    outcome = await stage.desk.run("channel.gain", KEY, channel="Host", gain_db=4.0)
    assert outcome.why == "It lives as long as this console: practice keeps no show file."
    assert (await stage.desk.run("sound.undo", KEY)).why.startswith("Taken back: Gain of Host. It lives")
    assert stage.sound.channels[0].gain_db == 0.0
    stage.desk.close()


@pytest.mark.parametrize(
    ("where", "in_obs", "in_returns"), [("both", True, True), ("obs", True, False), ("returns", False, True)]
)
async def test_a_mute_acts_where_the_strip_says(stage: MixedStage, where: str, in_obs: bool, in_returns: bool) -> None:
    assert (await stage.desk.run("channel.mute_acts_on", KEY, channel="Host", on=where)).is_done
    await stage.desk.run("channel.mute", KEY, channel="Host", on=True)
    assert bool(stage.called("set_input_mute")) is in_obs
    assert ("Host" in stage.mixed.routing.muted) is in_returns
    assert ("Host" in stage.mixed.routing.off_programme) is in_obs
    assert stage.sound.channels[0].is_muted is not in_obs  # OBS has not confirmed it yet
    stage.switch(muted_inputs=frozenset({"Mic"}))
    assert stage.sound.channels[0].is_muted
    refused = await stage.desk.run("channel.mute_acts_on", KEY, channel="Host", on="returns")
    assert refused.why == "Host is muted." or where == "returns"


async def test_a_preset_opens_what_is_muted_in_one_place_alone_and_keeps_it_muted_when_saved(stage: MixedStage) -> None:
    await stage.desk.run("preset.save", KEY, name="Open")
    stage.switch(muted_inputs=frozenset({"Mic"}))
    assert stage.sound.preset is None
    await stage.desk.run("preset.save", KEY, name="Half")
    assert stage.saved().presets[1].muted == ("Host",)
    await stage.desk.run("preset.run", KEY, name="Open")
    assert (("Mic", False), {}) in stage.called("set_input_mute")


async def test_a_mute_in_obs_alone_needs_an_input_there(stage: MixedStage) -> None:
    refused = await stage.desk.run("channel.mute_acts_on", KEY, channel="Guest", on="both")
    assert (refused.result, refused.why) == (Result.REFUSED, "Guest has no input in OBS to mute.")


async def test_all_microphones_off_is_everywhere_and_unmuting_opens_all_of_it_again(stage: MixedStage) -> None:
    await stage.desk.run("channel.mute_acts_on", KEY, channel="Host", on="returns")
    await stage.desk.run("safe.mics_off", KEY)
    assert stage.mixed.routing.muted == {"Host", "Guest", "Director"}
    assert (("Mic", True), {}) in stage.called("set_input_mute")
    stage.switch(muted_inputs=frozenset({"Mic"}))
    await stage.desk.run("channel.mute", KEY, channel="Host", on=False)
    assert (("Mic", False), {}) in stage.called("set_input_mute")
    assert "Host" not in stage.mixed.routing.muted


async def test_a_mute_never_opens_what_all_microphones_off_has_closed(stage: MixedStage) -> None:
    await stage.desk.run("channel.mute_acts_on", KEY, channel="Host", on="obs")
    await stage.desk.run("safe.mics_off", KEY)
    stage.switch(muted_inputs=frozenset({"Mic"}))
    stage.switch(muted_inputs=frozenset())  # somebody has opened it in OBS
    await stage.desk.run("channel.mute", KEY, channel="Host", on=True)
    assert "Host" in stage.mixed.routing.muted & stage.mixed.routing.off_programme
    await stage.desk.run("channel.mute", KEY, channel="Host", on=False)
    assert "Host" not in stage.mixed.routing.muted | stage.mixed.routing.off_programme


async def cough(stage: MixedStage, on: bool) -> None:
    """Press or let go of M; OBS does what it is asked."""
    before = len(stage.called("set_input_mute"))
    await stage.desk.run("cough.hold", KEY, on=on)
    for (name, is_muted), _ in stage.called("set_input_mute")[before:]:
        muted = stage.desk.switcher.value.muted_inputs - {name}
        stage.switch(muted_inputs=muted | {name} if is_muted else muted)


def heard(stage: MixedStage) -> tuple[bool, bool]:
    """Whether the host is heard in the returns, and in OBS."""
    return "Host" not in stage.mixed.routing.muted, "Mic" not in stage.desk.switcher.value.muted_inputs


async def test_letting_go_of_a_cough_opens_what_it_has_muted(stage: MixedStage) -> None:
    await cough(stage, True)
    await cough(stage, True)  # a key that is pressed twice is let go of once
    assert heard(stage) == (False, False)
    await cough(stage, False)
    assert heard(stage) == (True, True)


async def test_a_cough_opens_a_channel_that_was_renamed_meanwhile(stage: MixedStage) -> None:
    await cough(stage, True)
    await stage.desk.run("channel.rename", KEY, channel="Host", name="Hostess")
    assert stage.mixed.routing.muted == {"Hostess"}
    await cough(stage, False)
    assert not stage.mixed.routing.muted
    assert "Mic" not in stage.desk.switcher.value.muted_inputs


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("channel.mute", {"channel": "Host", "on": True}),
        ("safe.mics_off", {}),
        ("preset.run", {"name": "Break"}),
    ],
)
async def test_letting_go_of_a_cough_opens_nothing_that_was_muted_meanwhile(
    stage: MixedStage, action: str, arguments: dict[str, object]
) -> None:
    await stage.desk.run("channel.mute", KEY, channel="Host", on=True)
    stage.switch(muted_inputs=frozenset({"Mic"}))
    await stage.desk.run("preset.save", KEY, name="Break")
    await stage.desk.run("channel.mute", KEY, channel="Host", on=False)
    stage.switch(muted_inputs=frozenset())
    await cough(stage, True)
    await stage.desk.run(action, KEY, **arguments)
    await cough(stage, False)
    assert heard(stage) == (False, False)


async def test_a_source_that_is_muted_during_a_cough_stays_muted_in_obs(stage: MixedStage) -> None:
    await cough(stage, True)
    await stage.desk.run("source.mute", KEY, source="Mic", on=True)
    await cough(stage, False)
    assert heard(stage) == (True, False)


async def test_letting_go_of_a_cough_does_not_end_the_muting_of_all_microphones(
    stage: MixedStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.desk.mics.PENDING_S", 0.01)
    stage.obs.answers["set_input_mute"] = Outcome.failed("OBS did not answer.")
    await stage.desk.run("safe.mics_off", KEY)
    for on in (True, False):
        await stage.desk.run("cough.hold", KEY, on=on)
    assert stage.desk.mics.is_trying
    assert (("Mic", False), {}) not in stage.called("set_input_mute")


@pytest.mark.parametrize("is_muted_in_obs", [True, False])
async def test_a_cough_gives_back_a_channel_that_was_half_muted_as_it_was(
    stage: MixedStage, is_muted_in_obs: bool
) -> None:
    if is_muted_in_obs:
        stage.switch(muted_inputs=frozenset({"Mic"}))
    else:
        await stage.desk.run("channel.mute", KEY, channel="Host", on=True)  # and then somebody opens it in OBS
    before = heard(stage)
    assert before == (is_muted_in_obs, not is_muted_in_obs)
    await cough(stage, True)
    assert heard(stage) == (False, False)
    await cough(stage, False)
    assert heard(stage) == before


async def test_talkback_goes_where_the_director_says_and_the_lamps_follow(stage: MixedStage) -> None:
    await stage.desk.run("talkback.hold", KEY, on=True)
    assert [one.is_spoken_into for one in stage.sound.returns] == [True, False]
    await stage.desk.run("talkback.to", KEY, returns=[])
    assert [one.is_spoken_into for one in stage.sound.returns] == [False, False]
    await stage.desk.run("talkback.to", KEY)
    assert stage.sound.returns[0].is_spoken_into
    assert stage.sound.returns[0].is_dimmed
    refused = await stage.desk.run("talkback.to", KEY, returns=["Zoom"])
    assert refused.why == "Zoom is made elsewhere: talkback does not reach it."


@pytest.mark.parametrize("muting", ["channel.mute", "safe.mics_off"])
async def test_the_lamps_say_that_nobody_hears_a_director_who_was_muted_meanwhile(
    stage: MixedStage, muting: str
) -> None:
    await stage.desk.run("talkback.hold", KEY, on=True)
    await stage.desk.run(muting, KEY, **({"channel": "Director", "on": True} if muting == "channel.mute" else {}))
    assert [(one.is_spoken_into, one.is_dimmed) for one in stage.sound.returns] == [(False, False)] * 2
    await stage.desk.run("channel.mute", KEY, channel="Director", on=False)
    assert stage.sound.returns[0].is_spoken_into  # the key is still held


async def test_pfl_is_heard_beside_others_and_changes_no_return(stage: MixedStage) -> None:
    for name in ("Host", "Guest"):
        await stage.desk.run("channel.pfl", KEY, channel=name, on=True)
    assert stage.mixed.routing.pfl == {"Host", "Guest"}
    await stage.desk.run("channel.pfl", KEY, channel="Host", on=False)
    assert [channel.is_pfl for channel in stage.sound.channels] == [False, True, False]


async def test_names_that_lead_nowhere_are_refused_with_a_near_miss(stage: MixedStage) -> None:
    refused = await stage.desk.run("channel.strip", KEY, channel="Hsot", gain_db=1.0)
    assert (refused.result, refused.fix) == (Result.REFUSED, 'Did you mean "Host"?')
