"""How a sound begins: as the show file says it, and with what it keeps of the one before it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from console.audio.findings import untested
from console.audio.layout import Layout, Routing
from console.audio.levels import CLIPS
from console.audio.matrix import Samples
from console.audio.plan import plan_of
from console.audio.sound_alarms import PROGRAMME, Trouble
from console.audio.state import Channel, Interface, Return, Sound
from console.core.links import Link, LinkState
from console.settings import sound as settings


def at_first(audio: settings.Audio) -> Sound:
    """The sound as the show file says it, before any engine."""
    return Sound(
        link=Link(LinkState.CONNECTING, "The sound is starting."),
        device=audio.device or "",
        sample_rate_hz=audio.sample_rate_hz,
        block_frames=audio.block_frames,
        channels=tuple(_strip_at_first(channel) for channel in audio.channels),
        returns=tuple(
            untested(
                Return(
                    made_for.name,
                    made_for.listener,
                    made_for.made_by,
                    gains_db=dict(made_for.gains_db),
                    has_talkback=made_for.talkback,
                    limiter_dbfs=made_for.limiter_dbfs,
                )
            )
            for made_for in audio.returns
        ),
        presets=tuple(preset.name for preset in audio.presets),
        interfaces=tuple(
            Interface(wing.name, wing.device, Link(LinkState.CONNECTING, "It is starting."), wing.sample_rate_hz)
            for wing in plan_of(audio).wings
        ),
    )


@dataclass(frozen=True, slots=True)
class Start:
    """What a sound begins with. `troubles`: what is taken to be wrong; `returns`: those whose loudness goes on, by what
    they were called before; None: nothing goes on; `channels`: the same of channels.
    """

    sound: Sound
    routing: Routing = Routing()
    troubles: frozenset[Trouble] = frozenset()
    returns: Mapping[str, str] | None = None
    channels: Mapping[str, str] = field(default_factory=dict)

    def clips(self, before: Layout, reading: Samples, now: Layout) -> Samples:
        """A reading of `now` with the clips that one of `before` had counted; shapes (ROWS, columns)."""
        pairs = [(before.programme_columns, now.programme_columns)]
        pairs += [(before.columns_of(was), now.columns_of(name)) for was, name in self.channels.items()]
        pairs += [(before.return_columns(was), now.return_columns(name)) for was, name in (self.returns or {}).items()]
        rows = np.zeros((len(reading), now.columns), dtype=np.float32)
        for was_in, is_in in pairs:
            rows[CLIPS, list(is_in)] = reading[CLIPS, list(was_in)].max(initial=0)
        return rows


def going_on(
    audio: settings.Audio,
    sound: Sound,
    routing: Routing,
    troubles: frozenset[Trouble],
    *,
    renamed: Mapping[str, str],
) -> Start:
    """The start of `audio` in place of a sound of which this is known. renamed: new names of channels, by the old.

    What the director had set and no show file holds stays: mutes, solo, PFL, whom talkback speaks to.
    """
    channels = _now({one.name for one in audio.channels}, [one.name for one in sound.channels], renamed)
    # a guest's return mostly has the guest's name
    returns = _now({one.name for one in audio.returns}, [one.name for one in sound.returns], renamed)
    into = routing.talkback_into
    kept = Routing(
        muted=_kept(routing.muted, channels),
        off_programme=_kept(routing.off_programme, channels),
        solo=channels.get(routing.solo or ""),
        pfl=_kept(routing.pfl, channels),
        talkback_into=None if into is None else _kept(into, returns),
    )
    of_channels = {**channels, PROGRAMME: PROGRAMME}
    stand = {
        replace(one, name=now[one.name])
        for one in troubles
        if one.name in (now := returns if one.is_of_return else of_channels)
    }
    return Start(_with_what_is_known(at_first(audio), sound, kept, channels), kept, frozenset(stand), returns, channels)


def _now(there: set[str], before: Iterable[str], renamed: Mapping[str, str]) -> dict[str, str]:
    """What each is called now; those that are gone are left out."""
    names = {was: was if was in there else renamed.get(was, was) for was in before}
    return {was: now for was, now in names.items() if now in there}


def _kept(some: frozenset[str], now: Mapping[str, str]) -> frozenset[str]:
    return frozenset(now[name] for name in some if name in now)


def _with_what_is_known(first: Sound, before: Sound, routing: Routing, channels: Mapping[str, str]) -> Sound:
    was = {channels[one.name]: one for one in before.channels if one.name in channels}
    kept = (
        replace(
            one,
            is_muted=was[one.name].is_muted,
            is_talking_muted=was[one.name].is_talking_muted,
            is_solo=one.name == routing.solo,
            is_pfl=one.name in routing.pfl,
        )
        if one.name in was
        else one
        for one in first.channels
    )
    into = routing.talkback_into
    returns = (one if into is None else replace(one, has_talkback=one.name in into) for one in first.returns)
    return replace(
        first,
        channels=tuple(kept),
        returns=tuple(returns),
        xruns=before.xruns,
        is_loudness_paused=before.is_loudness_paused,
        recording=before.recording,
    )


def _strip_at_first(channel: settings.Channel) -> Channel:
    return Channel(
        channel.name,
        channel.inputs,
        channel.obs_input,
        gain_db=channel.gain_db,
        delay_ms=channel.delay_ms,
        high_pass_hz=channel.high_pass_hz,
        is_inverted=channel.polarity,
        pan=channel.pan,
        mutes_obs=channel.mute_acts_on != "returns",
        mutes_returns=channel.mute_acts_on != "obs",
    )
