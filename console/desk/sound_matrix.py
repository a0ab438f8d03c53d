"""What the director can do with returns: gains, presets, the tests of what a listener hears."""

from typing import Annotated

from pydantic import Field

from console.core.outcome import Outcome
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.sound_words import ChannelName, PresetName, Return, has_returns, or_refused
from console.desk.sounding import mute
from console.settings.sound import Preset
from console.show.sound import find, of_sends, putting, removing

actions = Actions()


def _has_presets(desk: Desk) -> Enabled:
    return Enabled.when(bool(desk.sound.value.presets), else_="This show has no presets. Save one first.")


@actions.add("return.gain", title="Gain in a return", enabled=has_returns)
async def gain(
    desk: Desk,
    return_: Return,
    channel: ChannelName,
    gain_db: Annotated[float, Field(ge=-120, le=24, description="dB; -120 is off.")],
) -> Outcome:
    """Set how loud a channel is in a return; its listener's own is refused. The show file keeps it."""
    refusal = desk.parts.audio.not_sent(return_, {channel: gain_db})
    if refusal is not None:
        return refusal
    change = of_sends({return_: {channel: gain_db}})
    return await or_refused(lambda: desk.sound_book.change(change, f"Gain of {channel} in {return_}"))


@actions.add("preset.save", title="Save a preset", enabled=has_returns)
async def save(desk: Desk, name: PresetName) -> Outcome:
    """Keep all gains in the returns, and which channels are muted, under a name; one of that name is replaced."""
    sound = desk.sound.value
    names = [channel.name for channel in sound.channels]
    gains_db = {
        made_for.name: {
            channel: made_for.gains_db.get(channel, 0.0)
            for channel in names
            if channel not in sound.own_channels(made_for)
        }
        for made_for in sound.returns
        if made_for.made_by == "cuedrop"
    }
    muted = tuple(channel.name for channel in sound.channels if channel.is_to_be_opened)
    change = putting("presets", Preset(name=name, gains_db=gains_db, muted=muted))
    return await or_refused(lambda: desk.sound_book.change_and_save(change, f'Preset "{name}" saved'))


@actions.add("preset.run", title="Recall a preset", enabled=_has_presets)
async def run(desk: Desk, name: PresetName) -> Outcome:
    """Set the gains and mutes that a preset holds: it mutes first and opens last. Undo takes back the gains alone."""
    return await or_refused(lambda: _run(desk, name))


async def _run(desk: Desk, name: str) -> Outcome:
    preset = find(desk.sound_book.now.presets, name, "presets")
    channels = desk.sound.value.channels
    opened = [one.name for one in channels if not one.is_muted or desk.cough.holds(one.name)]
    outcomes = [await mute(desk, name, True) for name in opened if name in preset.muted]
    outcomes.append(desk.sound_book.change(of_sends(_fitting(desk, preset)), f'Preset "{name}" recalled'))
    outcomes += [
        await mute(desk, one.name, False) for one in channels if one.name not in preset.muted and one.is_to_be_opened
    ]
    wrong = next((outcome for outcome in outcomes if not outcome.is_done), None)
    return wrong or Outcome.done(next((outcome.why for outcome in outcomes if outcome.why), ""))


def _fitting(desk: Desk, preset: Preset) -> dict[str, dict[str, float]]:
    """The gains of a preset that can be set: a guest may have become another's since it was saved."""
    sound = desk.sound.value
    names = {channel.name for channel in sound.channels}
    mixed = {made_for.name: sound.own_channels(made_for) for made_for in sound.returns if made_for.made_by == "cuedrop"}
    return {
        name: {channel: db for channel, db in sends.items() if channel in names and channel not in mixed[name]}
        for name, sends in preset.gains_db.items()
        if name in mixed
    }


@actions.add("preset.remove", title="Remove a preset", enabled=_has_presets)
async def remove(desk: Desk, name: PresetName) -> Outcome:
    """Take a preset out of the show and its file; what is heard stays."""
    saving = desk.sound_book.change_and_save
    return await or_refused(lambda: saving(removing("presets", name), f'Preset "{name}" removed'))


@actions.add("line.test", title="Test this line", enabled=has_returns)
async def test_line(desk: Desk, return_: Return) -> Outcome:
    """Play a short tone that this listener hears, and say what comes back: level, delay, polarity, bandwidth."""
    return await desk.parts.audio.test_line(return_)


@actions.add("return.test", title="Test this return", enabled=has_returns)
async def test(desk: Desk, return_: Return) -> Outcome:
    """Say what is known of whether this listener hears themselves; silent, nothing is played."""
    return await desk.parts.audio.test_return(return_)
