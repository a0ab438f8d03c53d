"""What each return, the programme and the monitor are made of: the gain where every source meets every bus.

Pure numpy on float32. Gains are linear in the arrays, dB in the settings.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.layout import Bus, BusKind, Layout, Routing
from console.audio.plan import Ear, Voice

Gains = NDArray[np.float32]

TALKBACK_DIM_DB: Final = -12.0
"""How far everybody else goes down in a return while the director speaks into it."""


def linear(db: float) -> float:
    """The factor of a gain in dB; -120 and below is exactly 0, so that "off" is off."""
    return 0.0 if db <= -120.0 else float(10.0 ** (db / 20.0))


def gains(layout: Layout, routing: Routing) -> Gains:
    """The matrix for a routing: shape (sources, columns - sources); sources @ matrix = returns, programme, monitor.

    A return's own columns are exactly 0 whatever the routing says; muted channels are 0; the talkback channel is
    0 until talkback is open into it, and never in the programme. A stereo channel goes left to left and right to right
    into a stereo bus, and as half of each into a mono one (in-phase sound keeps its level); a mono channel goes at its
    gain into every port. Pan takes away from the far side and adds nothing to the near one; a mono bus has no sides.
    The monitor hears what is soloed, or else PFL, before mute and fader, and else nothing: it changes no other bus.
    """
    sources = len(layout.sources)
    matrix = np.zeros((sources, layout.columns - sources), dtype=np.float32)
    for bus in layout.buses:
        for channel in layout.plan.channels:
            _place(matrix, layout, bus, channel, gain=_gain(layout, routing, channel, bus), pan=_pan(routing, channel))
        if bus.made_for:
            own = sorted(layout.own_columns(bus.made_for))
            matrix[own, bus.columns[0] - sources : bus.columns[-1] + 1 - sources] = 0.0
    return matrix


def speaks_into(layout: Layout, routing: Routing) -> frozenset[str]:
    """The returns that hear the director now."""
    talkback = layout.plan.talkback
    if not routing.is_talkback_open or talkback is None:
        return frozenset()
    returns = (bus.made_for for bus in layout.buses if bus.made_for)
    return frozenset(made_for.name for made_for in returns if _is_spoken_into(made_for, routing, talkback))


def _is_spoken_into(made_for: Ear, routing: Routing, talkback: str | None) -> bool:
    if not routing.is_talkback_open or talkback in made_for.listener:
        return False
    if routing.talkback_into is None:
        return made_for.has_talkback
    return made_for.name in routing.talkback_into


def _gain(layout: Layout, routing: Routing, channel: Voice, bus: Bus) -> float:
    """The linear gain of one channel in one bus, before its own columns are locked out and before pan."""
    if bus.kind is BusKind.MONITOR:
        heard = {routing.solo} if routing.solo else routing.pfl
        return 1.0 if channel.name in heard else 0.0
    gain = linear(routing.gains_db.get(channel.name, channel.gain_db))
    talkback = layout.plan.talkback
    if bus.made_for is None:
        return 0.0 if channel.name in routing.off_programme or channel.name == talkback else gain
    if channel.name in routing.muted or channel.name in bus.made_for.listener:
        return 0.0
    gain *= linear(_send_db(routing, bus.made_for, channel))
    is_spoken_into = _is_spoken_into(bus.made_for, routing, talkback)
    if channel.name == talkback:
        return gain if is_spoken_into else 0.0
    return gain * linear(TALKBACK_DIM_DB) if is_spoken_into else gain


def _send_db(routing: Routing, made_for: Ear, channel: Voice) -> float:
    set_now = routing.sends_db.get(made_for.name, {})
    return set_now.get(channel.name, made_for.gains_db.get(channel.name, 0.0))


def _pan(routing: Routing, channel: Voice) -> float:
    return routing.strips.get(channel.name, channel.strip).pan


def _place(matrix: Gains, layout: Layout, bus: Bus, channel: Voice, *, gain: float, pan: float) -> None:
    """Add a channel's gain where its inputs meet the bus's ports."""
    sources = layout.channel_columns(channel)
    sides = (min(1.0, 1.0 - pan), min(1.0, 1.0 + pan))
    for number, column in enumerate(bus.columns):
        for side, source in enumerate(sources):
            if len(bus.columns) == 1:
                share = 1.0 / len(sources)
            elif len(sources) == 1 or side == number:
                share = sides[number]
            else:
                share = 0.0
            matrix[source, column - len(layout.sources)] += np.float32(gain * share)
