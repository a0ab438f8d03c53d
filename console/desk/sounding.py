"""What the director can do with channels and their own voice: mute, solo, PFL, strips, talkback, cough."""

import asyncio
from typing import Annotated, Any, Literal

from pydantic import Field

from console.core.outcome import Outcome, Result
from console.desk.actions import ABSENT, Actions, Enabled
from console.desk.desk import Desk
from console.desk.origin import ORIGIN
from console.desk.sound_words import ChannelName, GainDb, ReturnName, has_channels, or_refused
from console.show.sound import of_channel

actions = Actions()


_FIELDS = {
    "gain_db": "Gain",
    "pan": "Pan",
    "high_pass_hz": "High-pass",
    "polarity": "Polarity",
    "delay_ms": "Delay",
}


def _has_talkback(desk: Desk) -> Enabled:
    return Enabled.when(
        desk.show.value.audio.talkback is not None, else_="This show names no talkback channel ([audio] talkback)."
    )


@actions.add("channel.mute", title="Mute", enabled=has_channels)
async def mute(desk: Desk, channel: ChannelName, on: bool) -> Outcome:
    """Mute a channel where its strip says: in the returns, in OBS when it has an input there, or both."""
    strip = next((c for c in desk.sound.value.channels if c.name == channel), None)
    if strip is None:
        return Outcome.refused(f'There is no channel "{channel}".', "Look at the names in the sound panel.")
    desk.cough.leave(channel)
    if not on:
        desk.mics.take_back(ORIGIN.get())  # whoever opens one does not want them all off any more
    was_off = strip.obs_input in desk.mics.muted_in_obs  # all microphones were, whatever their strips say
    obs_input = strip.obs_input if strip.mutes_obs or (was_off and not on) else None
    desk.mics.muted_in_obs.discard(obs_input or "")
    outcome = await _mute_at(desk, channel, on, in_returns=True, obs_input=obs_input)
    if on:
        desk.cough.leave(channel)  # one that has begun while OBS was at it
    return outcome


async def _mute_at(desk: Desk, channel: str, on: bool, *, in_returns: bool, obs_input: str | None) -> Outcome:
    """Mute or open a channel at these places; failed where one does not do it."""
    outcomes: dict[str, Outcome] = {}
    if in_returns:
        outcomes["the returns"] = desk.parts.audio.set_mute(channel, on)
    if obs_input:
        outcomes["OBS"] = await desk.parts.obs.set_input_mute(obs_input, on, origin=ORIGIN.get())
    state = "still heard" if on else "still muted"
    for where, outcome in outcomes.items():
        if not outcome.is_done:
            return Outcome(Result.FAILED, f"{channel} is {state} in {where}: {outcome.why}", outcome.fix)
    return Outcome.done()


@actions.add("channel.solo", title="Solo", enabled=has_channels)
async def solo(desk: Desk, channel: ChannelName, on: bool) -> Outcome:
    """Listen to this channel alone; nobody else hears a difference."""
    return desk.parts.audio.set_solo(channel, on)


PFL_KEYS = tuple(f"Alt+{digit}" for digit in "123456789")


@actions.add("channel.pfl", title="PFL", keys=PFL_KEYS, enabled=has_channels)
async def pfl(desk: Desk, channel: ChannelName, on: bool) -> Outcome:
    """Listen to this channel before its fader, beside others that are listened to; nobody else hears a difference."""
    return desk.parts.audio.set_pfl(channel, on)


def _is_listening(desk: Desk) -> Enabled:
    listened = any(channel.is_pfl or channel.is_solo for channel in desk.sound.value.channels)
    return Enabled.when(listened, else_="No channel is on your headphones.")


@actions.add("pfl.off", title="PFL off", keys="P", enabled=_is_listening)
async def pfl_off(desk: Desk) -> Outcome:
    """Take every channel off your headphones, solo too; nobody else hears a difference."""
    for channel in desk.sound.value.channels:
        if channel.is_pfl:
            desk.parts.audio.set_pfl(channel.name, False)
        if channel.is_solo:
            desk.parts.audio.set_solo(channel.name, False)
    return Outcome.done()


@actions.add("channel.gain", title="Gain", enabled=has_channels)
async def gain(desk: Desk, channel: ChannelName, gain_db: GainDb) -> Outcome:
    """Set a channel's gain in every return and in the programme; kept in the show file."""
    return await _set_strip(desk, channel, {"gain_db": gain_db})


@actions.add("channel.strip", title="Strip", enabled=has_channels)
async def strip(
    desk: Desk,
    channel: ChannelName,
    *,
    gain_db: GainDb = ABSENT,
    pan: Annotated[float, Field(ge=-1, le=1, description="-1 left, 0 centre, 1 right.")] = ABSENT,
    high_pass_hz: Annotated[
        Annotated[float, Field(ge=20, le=400)] | None, Field(description="Takes out rumble below; null: off.")
    ] = ABSENT,
    polarity: Annotated[bool, Field(description="true turns it over.")] = ABSENT,
    delay_ms: Annotated[float, Field(ge=0, le=1_000, description="Held back so long, for lip sync.")] = ABSENT,
) -> Outcome:
    """Set what is given of a channel's strip, the rest stays; nobody hears a click, and the show file keeps it."""
    fields = {
        "gain_db": gain_db, "pan": pan, "high_pass_hz": high_pass_hz, "polarity": polarity, "delay_ms": delay_ms,
    }  # fmt: skip
    return await _set_strip(desk, channel, {name: value for name, value in fields.items() if value is not ABSENT})


async def _set_strip(desk: Desk, channel: str, fields: dict[str, Any]) -> Outcome:
    what = " and ".join(_FIELDS[name] for name in fields)
    return await or_refused(lambda: desk.sound_book.change(of_channel(channel, **fields), f"{what} of {channel}"))


@actions.add("channel.mute_acts_on", title="Where mute acts", enabled=has_channels)
async def mute_acts_on(
    desk: Desk,
    channel: ChannelName,
    on: Annotated[Literal["both", "obs", "returns"], Field(description="OBS and the returns, or one of them.")],
) -> Outcome:
    """Say where a channel's mute acts; kept in the show file. Refused while it is muted."""
    strip = next((one for one in desk.sound.value.channels if one.name == channel), None)
    if strip is not None and strip.obs_input is None and on != "returns":
        return Outcome.refused(
            f"{channel} has no input in OBS to mute.", "Name it in the show file first: obs_input = ... at the channel."
        )
    saving = desk.sound_book.change_and_save
    return await or_refused(lambda: saving(of_channel(channel, mute_acts_on=on), f"Mute of {channel} acts elsewhere"))


@actions.add("clips.reset", title="Reset clip lamps", keys="K", enabled=has_channels)
async def reset_clips(desk: Desk) -> Outcome:
    """Put out every clip lamp, and forget the highest true peaks: both count anew from now on."""
    desk.parts.audio.reset_clips()
    return Outcome.done()


@actions.add("talkback.hold", title="Talkback", keys="T", hold_s=0.0, release="talkback.hold", enabled=_has_talkback)
async def talkback(desk: Desk, on: bool) -> Outcome:
    """Speak into the returns while held; other sound there is dimmed."""
    return desk.parts.audio.set_talkback(on)


@actions.add("talkback.to", title="Who hears talkback", enabled=_has_talkback)
async def talkback_to(
    desk: Desk,
    returns: Annotated[
        list[ReturnName] | None, Field(max_length=32, description="Absent or null: as the show file says.")
    ] = None,
) -> Outcome:
    """Say who hears you while you hold talkback, until the console ends; it changes while you speak, too."""
    return desk.parts.audio.set_talkback_into(None if returns is None else frozenset(returns))


@actions.add("cough.hold", title="Cough mute", keys="M", release="cough.hold", enabled=has_channels)
async def cough_hold(desk: Desk, on: bool) -> Outcome:
    """Mute the first channel while held; what was muted before, or is by anybody else meanwhile, stays so."""
    cough = desk.cough
    if not on:
        channel, in_returns, obs_input = cough.channel, cough.in_returns, cough.obs_input
        cough.leave(channel)
        return await _mute_at(desk, channel, False, in_returns=in_returns, obs_input=obs_input)
    strip = desk.parts.audio.state.value.channels[0]  # muted here or not, whatever OBS says
    obs_input = strip.obs_input if strip.mutes_obs else None
    switcher = desk.switcher.value
    is_open = switcher.link.is_up and obs_input not in switcher.muted_inputs and not desk.mics.is_trying
    cough.begin(strip, opened_in_obs=obs_input if is_open else None)
    return await _mute_at(desk, strip.name, True, in_returns=True, obs_input=obs_input)


@actions.add("safe.mics_off", title="SAFE and all microphones off", keys="Shift+Esc", hold_s=0.4)
async def safe_and_mics_off(desk: Desk) -> Outcome:
    """Cut to the safe scene and mute every microphone, in the returns and in OBS; both tried until OBS confirms."""
    origin = ORIGIN.get()
    desk.cough.leave(desk.cough.channel)
    outcomes = await asyncio.gather(desk.parts.obs.safe(origin=origin), desk.mics.press(origin))
    wrong = [outcome for outcome in outcomes if not outcome.is_done]
    return max(wrong, key=lambda outcome: outcome.result is not Result.PENDING, default=outcomes[0])
