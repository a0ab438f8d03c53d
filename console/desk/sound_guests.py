"""The answer to "who makes the N-1?" as a change of the show's sound, checked in the director's words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from console.core.errors import UserError
from console.settings.sound import Audio, Channel, Return
from console.show.ports import free_words
from console.show.sound import Change, all_of, find, putting, removing, renaming_channel, renaming_return


@dataclass(frozen=True, slots=True)
class Guest:
    """How one person is to hear the show; ports that are None stay as they are."""

    name: str
    made_by: Literal["cuedrop", "elsewhere"]
    listener: Sequence[str]
    inputs: Sequence[int] | None = None
    outputs: Sequence[int] | None = None
    loopback: Sequence[int] | None = None
    is_new: bool = False  # whoever is there already is not meant


def guest_set(audio: Audio, guest: Guest) -> Change:
    """The change that makes a guest so. Raises UserError when it can't be."""
    _check_name(audio, guest)
    channel = _own_channel(audio, guest)
    if channel is not None:
        if guest.is_new:
            _check_channel(audio, channel)
        _check_inputs(audio, channel)
    made_for = _return_of(audio, guest)
    _check_ports(audio, made_for)
    if made_for.made_by == "cuedrop" and not made_for.listener:
        raise UserError(
            f"Nobody's channel is left out of {guest.name}: they would hear themselves.",
            fix="Say which channel is their own voice.",
        )
    return all_of([*([putting("channels", channel)] if channel else []), putting("returns", made_for)])


def guest_gone(audio: Audio, name: str) -> Change:
    """The change that takes a return out of the show, and out of the presets. Raises UserError."""
    find(audio.returns, name, "returns")
    presets = [
        putting("presets", preset.model_copy(update={"gains_db": _without(preset.gains_db, name)}))
        for preset in audio.presets
        if name in preset.gains_db
    ]
    return all_of([*presets, removing("returns", name)])


def guest_renamed(audio: Audio, name: str, new: str) -> Change:
    """The change that calls a return otherwise, and the guest's channel with it where both had one name. Raises."""
    made_for = find(audio.returns, name, "returns")
    is_own = made_for.listener == (name,) and any(channel.name == name for channel in audio.channels)
    return all_of([renaming_return(name, new), *([renaming_channel(name, new)] if is_own else [])])


def says(guest: Guest, audio: Audio) -> str:
    """What is told of a guest, after their name."""
    made_for = _return_of(audio, guest)
    if made_for.made_by == "cuedrop":
        ports = " and ".join(map(str, made_for.outputs))
        outputs = "outputs" if len(made_for.outputs) > 1 else "output"
        return f"gets the mix of Cuedrop on {outputs} {ports}" if ports else "has no output yet: nobody hears it"
    if made_for.loopback:
        return "is verified from its loopback"
    return "is made elsewhere, and without a loopback Cuedrop can only listen for echo"


def _check_name(audio: Audio, guest: Guest) -> None:
    name = guest.name
    other = next((one for one in audio.returns if one.name.casefold() == name.casefold()), None)
    if other is not None and (guest.is_new or other.name != name):
        raise UserError(f'There is a guest "{other.name}" already.', fix="Choose another name.")


def _check_channel(audio: Audio, channel: Channel) -> None:
    """Raises UserError when the channel is there with other inputs: it is somebody else's, or not to be moved."""
    old = next((one for one in audio.channels if one.name == channel.name), channel)
    if old.inputs != channel.inputs:
        ports = " and ".join(map(str, old.inputs))
        raise UserError(
            f'There is a channel "{old.name}" already, on input {ports}.',
            fix="Leave the inputs empty if it is theirs, or name another channel.",
        )


def _own_channel(audio: Audio, guest: Guest) -> Channel | None:
    """The channel to be made or changed: of the guest's voice, when its inputs are given."""
    known = {channel.name for channel in audio.channels}
    new = [name for name in guest.listener if name not in known]
    if guest.inputs is None:
        for name in new:
            find(audio.channels, name, "channels")
        return None
    if not guest.inputs:
        raise UserError(f"{guest.name} has no input.", fix="Say on which device input their voice comes.")
    meant = new or list(guest.listener)
    if len(meant) != 1:
        raise UserError("These inputs are of which channel?", fix="Name one channel of the guest, then the next.")
    old = next((channel for channel in audio.channels if channel.name == meant[0]), None)
    inputs = tuple(guest.inputs)
    return old.model_copy(update={"inputs": inputs}) if old else Channel(name=meant[0], inputs=inputs)


def _return_of(audio: Audio, guest: Guest) -> Return:
    """The return as it is to be; what belongs to the other answer goes."""
    old = next((one for one in audio.returns if one.name == guest.name), Return(name=guest.name))
    is_ours = guest.made_by == "cuedrop"
    if is_ours and guest.loopback:
        raise UserError("A loopback is for what others make.", fix="Say that the call software makes it, or leave it.")
    if not is_ours and guest.outputs:
        raise UserError(
            "Outputs are for what Cuedrop makes.", fix="Say that Cuedrop makes it, or give a loopback instead."
        )
    outputs = old.outputs if guest.outputs is None else tuple(guest.outputs)
    loopback = old.loopback if guest.loopback is None else tuple(guest.loopback)
    listener = tuple(dict.fromkeys(guest.listener))
    fields = {
        "made_by": guest.made_by,
        "listener": listener,
        "outputs": outputs if is_ours else (),
        "loopback": () if is_ours else loopback,
        "gains_db": {name: db for name, db in old.gains_db.items() if name not in listener},
    }
    return old.model_copy(update=fields)


def _check_inputs(audio: Audio, channel: Channel) -> None:
    """Raises UserError when another has one of these inputs: the guest would hear their own voice as the other's."""
    taken = {port: one.name for one in audio.channels if one.name != channel.name for port in one.inputs}
    had = next((one.inputs for one in audio.channels if one.name == channel.name), ())
    for port in (port for port in channel.inputs if port not in had):
        if port in taken:
            raise UserError(
                f"Input {port} is {taken[port]}'s already.",
                fix=f"Choose others: {free_words(taken, len(channel.inputs))}.",
            )


def _check_ports(audio: Audio, made_for: Return) -> None:
    """Raises UserError when somebody else is on these outputs: two mixes at once are nobody's N-1."""
    taken = {port: one.name for one in audio.returns if one.name != made_for.name for port in one.outputs}
    taken |= dict.fromkeys(audio.monitor, "the monitor")
    if len(set(made_for.outputs)) < len(made_for.outputs):
        raise UserError(f"Output {made_for.outputs[0]} is named twice.", fix="Once is enough, or name two.")
    for port in made_for.outputs:
        if port in taken:
            raise UserError(
                f"Output {port} leads to {taken[port]} already.",
                fix=f"Choose others: {free_words(taken, len(made_for.outputs))}.",
            )


def _without(gains: dict[str, dict[str, float]], name: str) -> dict[str, dict[str, float]]:
    return {each: sends for each, sends in gains.items() if each != name}
