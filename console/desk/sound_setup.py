"""What the director can say about the sound as a whole: guests, meters, loudness, undo."""

from typing import Annotated, Literal

from pydantic import Field

from console.core.outcome import Outcome
from console.desk.actions import ABSENT, Actions, Enabled
from console.desk.desk import Desk
from console.desk.origin import ORIGIN
from console.desk.sound_guests import Guest, guest_gone, guest_renamed, guest_set, says
from console.desk.sound_words import ChannelName, NewName, Return, has_channels, has_returns, or_refused
from console.settings.sound import Port
from console.show.sound import Change, of_meters, renaming_channel

actions = Actions()

Ballistics = Annotated[Literal["digital", "ppm1", "ppm2", "vu", "obs"], Field(description="How bars move.")]
Ports = Annotated[list[Port] | None, Field(max_length=2, description="Counted from 1; absent: as it is.")]


def _can_undo(desk: Desk) -> Enabled:
    return Enabled.when(desk.sound_book.can_undo, else_="No change of the sound is there to take back.")


def _has_sound(desk: Desk) -> Enabled:
    return Enabled.when(
        bool(desk.sound.value.channels or desk.sound.value.returns), else_="This show has no sound to measure."
    )


@actions.add("guest.set", title="Who makes the N-1?")
async def set_guest(
    desk: Desk,
    return_: Return,
    made_by: Annotated[
        Literal["cuedrop", "elsewhere"], Field(description='"elsewhere": the call software; Cuedrop only verifies.')
    ],
    listener: Annotated[list[ChannelName], Field(max_length=32, description="The guest's own channels.")],
    *,
    inputs: Annotated[
        Ports, Field(description="Device inputs of the guest's voice: makes their channel when it is not there.")
    ] = None,
    outputs: Annotated[Ports, Field(description="Made by Cuedrop: device outputs that lead to the guest.")] = None,
    loopback: Annotated[
        Ports, Field(description="Made elsewhere: device inputs that carry what the guest is sent.")
    ] = None,
    new: Annotated[bool, Field(description="true: refused when a guest of this name is there.")] = False,
) -> Outcome:
    """Say how a guest hears the show, and add one who is not there.

    Other ports stop the sound for about a second: on air that is refused once, and done when asked for once more.
    Other names and listeners are heard at once.
    """
    guest = Guest(return_, made_by, listener, inputs=inputs, outputs=outputs, loopback=loopback, is_new=new)
    book = desk.sound_book
    return await or_refused(
        lambda: book.change_and_save(guest_set(book.now, guest), f"{return_} {says(guest, book.now)}")
    )


@actions.add("guest.remove", title="Remove a guest", enabled=has_returns)
async def remove_guest(desk: Desk, return_: Return) -> Outcome:
    """Take a return out of the show and its presets; the guest's channel stays.

    The sound stops for about a second: on air that is refused once, and done when asked for once more.
    """
    book = desk.sound_book
    return await or_refused(lambda: book.change_and_save(guest_gone(book.now, return_), f"{return_} removed"))


@actions.add("guest.rename", title="Rename a guest", enabled=has_returns)
async def rename_guest(desk: Desk, return_: Return, name: NewName) -> Outcome:
    """Call a return otherwise, and the guest's channel with it where both had one name; presets follow.

    Nothing stops for it; undo gives the old name back.
    """
    return await or_refused(lambda: _rename(desk, return_, name, guest_renamed(desk.sound_book.now, return_, name)))


@actions.add("channel.rename", title="Rename a channel", enabled=has_channels)
async def rename_channel(desk: Desk, channel: ChannelName, name: NewName) -> Outcome:
    """Call a channel otherwise; listeners, gains, presets, talkback and cameras follow, its input in OBS stays.

    Nothing stops for it; undo gives the old name back.
    """
    return await or_refused(lambda: _rename(desk, channel, name, renaming_channel(channel, name)))


async def _rename(desk: Desk, old: str, new: str, change: Change) -> Outcome:
    if new != new.strip():
        return Outcome.refused("A name has no spaces before or after it.", "Type it without them.")
    return await desk.sound_book.change_and_save(change, f"{old} is called {new} now")


@actions.add("meters.set", title="Meters")
async def set_meters(
    desk: Desk,
    *,
    ballistics: Annotated[
        Literal["digital", "ppm1", "ppm2", "vu", "obs"], Field(description="How bars move.")
    ] = ABSENT,
    target_lufs: Annotated[float, Field(ge=-40, le=-5, description="The programme's loudness.")] = ABSENT,
    max_true_peak_dbtp: Annotated[float, Field(ge=-20, le=0, description="Its highest true peak.")] = ABSENT,
    amber_from_dbfs: Annotated[float, Field(ge=-59, le=-1, description="Digital peak: amber from here.")] = ABSENT,
    red_from_dbfs: Annotated[float, Field(ge=-58, le=0, description="Digital peak: red from here.")] = ABSENT,
    ppm2_marks: Annotated[Literal["bbc", "ebu"], Field(description="PPM type II: 1 to 7, or -12 to +12 dB.")] = ABSENT,
    vu_zero_dbfs: Annotated[float, Field(ge=-24, le=-9, description="VU: a tone of this level reads 0.")] = ABSENT,
) -> Outcome:
    """Choose how meters move, their marks and colours, and what the programme is to measure; the show file keeps it."""
    fields = {
        "ballistics": ballistics, "target_lufs": target_lufs, "max_true_peak_dbtp": max_true_peak_dbtp,
        "amber_from_dbfs": amber_from_dbfs, "red_from_dbfs": red_from_dbfs, "ppm2_marks": ppm2_marks,
        "vu_zero_dbfs": vu_zero_dbfs,
    }  # fmt: skip
    given = {name: value for name, value in fields.items() if value is not ABSENT}
    wanted = desk.sound_book.now.meters.model_copy(update=given)
    if wanted.amber_from_dbfs >= wanted.red_from_dbfs:
        return Outcome.refused("Amber must begin below red.", "A bar is green, then amber, then red.")
    return await or_refused(lambda: desk.sound_book.change_and_save(of_meters(**given), "Meters set"))


@actions.add("loudness.reset", title="Reset loudness", enabled=_has_sound)
async def reset_loudness(desk: Desk) -> Outcome:
    """Measure loudness, range and true peak anew from now on; the report keeps what was measured before."""
    desk.parts.audio.reset_loudness()
    return Outcome.done()


@actions.add("loudness.pause", title="Pause loudness", enabled=_has_sound)
async def pause_loudness(desk: Desk, on: bool) -> Outcome:
    """Leave what comes now (a break, a film) out of the loudness, or go on."""
    desk.parts.audio.pause_loudness(on)
    return Outcome.done()


@actions.add("sound.undo", title="Undo the change of sound", enabled=_can_undo)
async def undo(desk: Desk) -> Outcome:
    """Take back the last change of strips, gains, presets, guests or meters; mutes stay as they are."""
    return await or_refused(lambda: desk.sound_book.undo(origin=ORIGIN.get()))
