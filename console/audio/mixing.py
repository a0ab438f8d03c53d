"""What the director sets of the sound: mutes, solo, PFL, strips, sends, talkback. Loop thread only.

It is kept here over every engine. Each setting is checked, becomes part of the one routing that the engine gets whole,
and is shown in the state.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from console.audio.anew import Start
from console.audio.crosspoints import speaks_into
from console.audio.layout import Layout, Routing
from console.audio.plan import Plan, Strip
from console.audio.state import Channel, Return, Sound
from console.core.journal import Journal, Origin
from console.core.observable import Observable
from console.core.outcome import Outcome

_WHO = "Choose one of the show's channels."
_WHICH = "Choose one of the show's returns."


class Mixing(ABC):
    """The settings of one show's sound; what has an engine says how a routing gets there."""

    def __init__(self, *, journal: Journal) -> None:
        self.state: Observable[Sound] = Observable(Sound())
        self._journal = journal
        self._routing = Routing()

    @property
    @abstractmethod
    def layout(self) -> Layout | None:
        """Where everything lives in a block; None while no show is open."""

    @abstractmethod
    def _send(self, routing: Routing) -> None:
        """Hand a routing to the engine, if there is one."""

    # channels

    def set_mute(self, channel: str, on: bool, *, everywhere: bool = False) -> Outcome:
        """Take a channel out of every return and of the programme that Cuedrop mixes, or let it back in.

        Muting acts where the strip says, unless `everywhere`: one that acts in OBS alone is still heard in the returns.
        Unmuting lets it in wherever it was muted.
        """
        strip = self._channel(channel)
        if strip is None:
            return _no_channel(channel)
        now, this = self._routing, frozenset({channel})
        muted, off_programme = now.muted - this, now.off_programme - this
        if on:
            muted = now.muted | this if strip.mutes_returns or everywhere else now.muted
            off_programme = now.off_programme | this if strip.mutes_programme or everywhere else now.off_programme
        self._route(replace(now, muted=muted, off_programme=off_programme))
        self._change(channel, is_muted=on)
        self._show_talkback()  # it may have been the director's own
        self._journal.write("channel.muted" if on else "channel.unmuted", Origin.CONSOLE, channel=channel)
        return self._sent()

    def set_mute_acts_on(self, channel: str, *, obs: bool, returns: bool) -> Outcome:
        """Say where a channel's mute acts from now on; refused while it is muted: nobody is to be heard by surprise."""
        strip = self._channel(channel)
        if strip is None:
            return _no_channel(channel)
        if strip.is_muted:
            return Outcome.refused(f"{channel} is muted.", "Unmute it, then choose where its mute acts.")
        self._change(channel, mutes_obs=obs, mutes_returns=returns)
        return Outcome.done()

    def set_solo(self, channel: str, on: bool) -> Outcome:
        """Hear one channel alone on the monitor, before its fader; nobody else hears a difference."""
        if (refusal := self._not_on_the_monitor(channel, on)) is not None:
            return refusal
        solo = channel if on else None if self._routing.solo == channel else self._routing.solo
        self._route(replace(self._routing, solo=solo))
        channels = tuple(replace(one, is_solo=one.name == solo) for one in self.state.value.channels)
        self.state.set(replace(self.state.value, channels=channels))
        self._journal.write("channel.solo", Origin.CONSOLE, channel=channel, on=on)
        return self._sent()

    def set_pfl(self, channel: str, on: bool) -> Outcome:
        """Hear a channel on the monitor, with others that are so, before its fader; nobody else hears a difference."""
        if (refusal := self._not_on_the_monitor(channel, on)) is not None:
            return refusal
        now, this = self._routing, frozenset({channel})
        self._route(replace(now, pfl=now.pfl | this if on else now.pfl - this))
        self._change(channel, is_pfl=on)
        self._journal.write("channel.pfl", Origin.CONSOLE, channel=channel, on=on)
        return self._sent()

    def set_gain(self, channel: str, db: float) -> Outcome:
        """Set a channel's gain in every return and in the programme that Cuedrop mixes, -120 (off) to +24 dB; faded."""
        if self._channel(channel) is None:
            return _no_channel(channel)
        if not -120.0 <= db <= 24.0:
            return Outcome.refused(f"A gain of {db} dB is out of range.", "Choose one from -120 to +24 dB.")
        self._route(replace(self._routing, gains_db={**self._routing.gains_db, channel: db}))
        self._change(channel, gain_db=db)
        self._show_talkback()
        self._journal.write("channel.gain", Origin.CONSOLE, channel=channel, gain_db=db)
        return self._sent()

    def set_strip(self, channel: str, strip: Strip) -> Outcome:
        """Set a channel's delay, high-pass, polarity and pan."""
        if self._channel(channel) is None:
            return _no_channel(channel)
        self._route(replace(self._routing, strips={**self._routing.strips, channel: strip}))
        fields = {
            "delay_ms": strip.delay_ms,
            "high_pass_hz": strip.high_pass_hz,
            "is_inverted": strip.is_inverted,
            "pan": strip.pan,
        }
        self._change(channel, **fields)
        self._journal.write("channel.strip", Origin.CONSOLE, channel=channel, **fields)
        return self._sent()

    # returns

    def set_sends(self, sends_db: Mapping[str, Mapping[str, float]]) -> Outcome:
        """Set how loud channels are in returns: by return, then by channel, -120 (off) to +24 dB; all at one moment.

        A listener's own channel stays out whatever is set: it is refused, and nothing is changed.
        """
        for name, sends in sends_db.items():
            if (refusal := self.not_sent(name, sends)) is not None:
                return refusal
        now = self._routing.sends_db
        self._route(
            replace(
                self._routing,
                sends_db={**now, **{name: {**now.get(name, {}), **sends} for name, sends in sends_db.items()}},
            )
        )
        returns = tuple(
            replace(one, gains_db={**one.gains_db, **sends_db.get(one.name, {})}) for one in self.state.value.returns
        )
        self.state.set(replace(self.state.value, returns=returns))
        self._show_talkback()
        self._journal.write("return.gains", Origin.CONSOLE, gains_db={name: dict(of) for name, of in sends_db.items()})
        return self._sent()

    def not_sent(self, name: str, sends: Mapping[str, float]) -> Outcome | None:
        """Why these gains cannot be set in a return; None when they can."""
        made_for = self._return(name)
        if made_for is None:
            return _no_return(name)
        if made_for.made_by != "cuedrop":
            return Outcome.refused(
                f"{name} is made elsewhere: Cuedrop mixes nothing for it.", "Set its gains in the call software."
            )
        own = self.state.value.own_channels(made_for)
        for channel, db in sends.items():
            if self._channel(channel) is None:
                return _no_channel(channel)
            if channel in own:
                return Outcome.refused(
                    f"{channel} stays out of {name}: its listener would hear themselves.",
                    "To hear it there, say under GUESTS that somebody else listens to it.",
                )
            if not -120.0 <= db <= 24.0:
                return Outcome.refused(f"A gain of {db} dB is out of range.", "Choose one from -120 to +24 dB.")
        return None

    # talkback

    def set_talkback(self, on: bool) -> Outcome:
        """Speak into the returns that have talkback, the others there 12 dB down; off: nobody hears the director."""
        talkback = self.layout.plan.talkback if self.layout else None
        if on and (talkback is None or self._channel(talkback) is None):
            return Outcome.refused(
                "The show names no talkback channel.", 'Set talkback = "channel" under [audio] in the show file.'
            )
        if on and talkback in self._routing.muted:
            return Outcome.refused(f'The talkback channel "{talkback}" is muted.', "Unmute it, then talk.")
        if on == self._routing.is_talkback_open:
            return self._sent()
        self._route(replace(self._routing, is_talkback_open=on))
        self._show_talkback()
        self._journal.write("talkback.open" if on else "talkback.closed", Origin.CONSOLE)
        return self._sent()

    def set_talkback_into(self, returns: frozenset[str] | None) -> Outcome:
        """Say which returns talkback speaks into; None: those that the show file says. Holds while it is open, too."""
        asked = frozenset() if returns is None else returns
        for name in sorted(asked):
            if (refusal := self._not_spoken_into(name)) is not None:
                return refusal
        plan = self.layout.plan.returns if self.layout else ()
        into = frozenset(ear.name for ear in plan if ear.has_talkback) if returns is None else returns
        self._route(replace(self._routing, talkback_into=returns))
        shown = tuple(replace(one, has_talkback=one.name in into) for one in self.state.value.returns)
        self.state.set(replace(self.state.value, returns=shown))
        self._show_talkback()
        self._journal.write("talkback.to", Origin.CONSOLE, returns=sorted(into))
        return self._sent()

    def _not_spoken_into(self, name: str) -> Outcome | None:
        """Why talkback cannot speak into a return."""
        made_for = self._return(name)
        if made_for is None:
            return _no_return(name)
        if made_for.made_by != "cuedrop":
            return Outcome.refused(
                f"{name} is made elsewhere: talkback does not reach it.", "Speak to them in the call software."
            )
        if self.layout and self.layout.plan.talkback in made_for.listener:
            return Outcome.refused(f"{name} is your own return: you would hear yourself.", "Choose others.")
        return None

    def _show_talkback(self) -> None:
        """Where the director's voice goes now, for the lamps."""
        into = speaks_into(self.layout, self._routing) if self.layout else frozenset()
        returns = tuple(
            replace(one, is_spoken_into=one.name in into, is_dimmed=one.name in into)
            for one in self.state.value.returns
        )
        self.state.set(replace(self.state.value, returns=returns, is_talkback_open=self._routing.is_talkback_open))

    # the rest

    def _go_on(self, start: Start, plan: Plan) -> None:
        """Let the running engine go on with this sound, which has its columns and ports: nothing stops for it."""
        now = self.state.value
        self.state.set(
            replace(
                start.sound,
                returns=tuple(_with_finding(one, start, now) for one in start.sound.returns),
                link=now.link,
                device=now.device,
                sample_rate_hz=now.sample_rate_hz,
                block_frames=now.block_frames,
                interfaces=now.interfaces,
            )
        )
        self._route(replace(start.routing, is_talkback_open=self._routing.is_talkback_open, plan=plan))
        self._show_talkback()

    def _route(self, routing: Routing) -> None:
        """Make a routing the present one, for this engine and every later one."""
        self._routing = routing
        self._send(routing)

    def _change(self, channel: str, **fields: Any) -> None:
        channels = tuple(replace(one, **fields) if one.name == channel else one for one in self.state.value.channels)
        self.state.set(replace(self.state.value, channels=channels))

    def _channel(self, name: str) -> Channel | None:
        return next((channel for channel in self.state.value.channels if channel.name == name), None)

    def _return(self, name: str) -> Return | None:
        return next((made_for for made_for in self.state.value.returns if made_for.name == name), None)

    def _not_on_the_monitor(self, channel: str, on: bool) -> Outcome | None:
        """Why a channel cannot be listened to."""
        if self._channel(channel) is None:
            return _no_channel(channel)
        if on and self.layout and not self.layout.plan.monitor:
            return Outcome.refused(
                "The show names no outputs to listen on.", "Set monitor = [outputs] under [audio] in the show file."
            )
        return None

    def _sent(self) -> Outcome:
        """Done; without an engine nobody hears anything, and the next one starts with it."""
        return Outcome.done("" if self.state.value.link.is_up else "The sound is down; it holds when it is back.")


def _with_finding(made_for: Return, start: Start, before: Sound) -> Return:
    """A return with what was found in it before the sound went on as `start`: where the same inputs are left out."""
    names = start.returns or {}
    was = next((one for one in before.returns if names.get(one.name) == made_for.name), None)
    if was is None or _own_inputs(before, was) != _own_inputs(start.sound, made_for):
        return made_for
    return replace(was, name=made_for.name, listener=made_for.listener, gains_db=made_for.gains_db)


def _own_inputs(sound: Sound, made_for: Return) -> set[int]:
    return {port for channel in sound.channels if channel.name in made_for.listener for port in channel.inputs}


def _no_channel(name: str) -> Outcome:
    return Outcome.refused(f'There is no channel "{name}".', _WHO)


def _no_return(name: str) -> Outcome:
    return Outcome.refused(f'There is no return "{name}".', _WHICH)
