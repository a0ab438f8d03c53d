"""What the director can do with the sound: mute, solo, gain, talkback, cough, the test of a return."""

import asyncio
from typing import Annotated

from pydantic import Field

from console.core.outcome import Outcome, Result
from console.desk.actions import Actions, Enabled
from console.desk.desk import Desk
from console.desk.origin import ORIGIN

actions = Actions()

ChannelName = Annotated[str, Field(min_length=1, description="Name of a channel in the show file.")]


def _has_channels(desk: Desk) -> Enabled:
    return Enabled.when(bool(desk.sound.value.channels), else_="This show has no channels.")


def _has_returns(desk: Desk) -> Enabled:
    return Enabled.when(bool(desk.sound.value.returns), else_="This show has no returns.")


def _has_talkback(desk: Desk) -> Enabled:
    return Enabled.when(
        desk.show.value.audio.talkback is not None, else_="This show names no talkback channel ([audio] talkback)."
    )


@actions.add("channel.mute", title="Mute", enabled=_has_channels)
async def mute(desk: Desk, channel: ChannelName, on: bool) -> Outcome:
    """Mute a channel wherever it is heard: in the returns, and in OBS when it has an input there."""
    strip = next((c for c in desk.sound.value.channels if c.name == channel), None)
    if strip is None:
        return Outcome.refused(f'There is no channel "{channel}".', "Look at the names in the sound panel.")
    if not on:
        desk.mics.take_back(ORIGIN.get())  # whoever opens one does not want them all off any more
    outcomes = [desk.parts.audio.set_mute(channel, on)]
    if strip.obs_input and strip.mutes_obs:
        outcomes.append(await desk.parts.obs.set_input_mute(strip.obs_input, on, origin=ORIGIN.get()))
    wrong = next((outcome for outcome in outcomes if not outcome.is_done), None)
    if wrong is None:
        return Outcome.done()
    where = "OBS" if outcomes[0].is_done else "the returns"
    state = "still heard" if on else "still muted"
    return Outcome(Result.FAILED, f"{channel} is {state} in {where}: {wrong.why}", wrong.fix)


@actions.add("channel.solo", title="Solo", enabled=_has_channels)
async def solo(desk: Desk, channel: ChannelName, on: bool) -> Outcome:
    """Listen to this channel alone; nobody else hears a difference."""
    return desk.parts.audio.set_solo(channel, on)


@actions.add("channel.gain", title="Gain", enabled=_has_channels)
async def gain(
    desk: Desk, channel: ChannelName, gain_db: Annotated[float, Field(ge=-60, le=24, description="dB")]
) -> Outcome:
    """Set a channel's gain before everything else."""
    return desk.parts.audio.set_gain(channel, gain_db)


@actions.add("return.test", title="Test this return", enabled=_has_returns)
async def test_return(desk: Desk, return_: Annotated[str, Field(min_length=1, alias="return")]) -> Outcome:
    """Measure for two seconds whether its listener's own voice is in this return."""
    return await desk.parts.audio.test_return(return_)


@actions.add("clips.reset", title="Reset clip lamps", enabled=_has_channels)
async def reset_clips(desk: Desk) -> Outcome:
    """Put out every clip lamp."""
    desk.parts.audio.reset_clips()
    return Outcome.done()


@actions.add("talkback.hold", title="Talkback", keys="T", hold_s=0.0, release="talkback.hold", enabled=_has_talkback)
async def talkback(desk: Desk, on: bool) -> Outcome:
    """Speak into the returns while held; other sound there is dimmed."""
    return desk.parts.audio.set_talkback(on)


@actions.add("cough.hold", title="Cough mute", keys="M", release="cough.hold", enabled=_has_channels)
async def cough(desk: Desk, on: bool) -> Outcome:
    """Mute the first channel while held; a channel that was muted before stays so."""
    channel = desk.sound.value.channels[0].name
    if on:
        desk.cough_was_muted = desk.sound.value.channels[0].is_muted
    return await mute(desk, channel, on or desk.cough_was_muted)


@actions.add("safe.mics_off", title="SAFE and all microphones off", keys="Shift+Esc", hold_s=0.4)
async def safe_and_mics_off(desk: Desk) -> Outcome:
    """Cut to the safe scene and mute every microphone, in the returns and in OBS; both tried until OBS confirms."""
    origin = ORIGIN.get()
    outcomes = await asyncio.gather(desk.parts.obs.safe(origin=origin), desk.mics.press(origin))
    wrong = [outcome for outcome in outcomes if not outcome.is_done]
    return max(wrong, key=lambda outcome: outcome.result is not Result.PENDING, default=outcomes[0])
