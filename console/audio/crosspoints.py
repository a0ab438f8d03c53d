"""What each return, the programme and the monitor are made of: the gain where every source meets every bus.

Pure numpy on float32. Gains are linear in the arrays, dB in the settings.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.layout import Bus, BusKind, Layout, Routing
from console.audio.plan import Ear, Strip, Voice

Gains = NDArray[np.float32]
Factors = NDArray[np.float64]

TALKBACK_DIM_DB: Final = -12.0
"""How far everybody else goes down in a return while the director speaks into it."""
_OFF_DB: Final = -120.0


def linear(db: float) -> float:
    """The factor of a gain in dB; -120 and below is exactly 0, so that "off" is off."""
    return 0.0 if db <= _OFF_DB else float(10.0 ** (db / 20.0))


def gains(layout: Layout, routing: Routing) -> Gains:
    """The matrix for a routing: shape (sources, columns - sources); sources @ matrix = returns, programme, monitor.

    A return's own columns are exactly 0 whatever the routing says; muted channels are 0; the talkback channel is
    0 until talkback is open into it, and never in the programme. A stereo channel goes left to left and right to right
    into a stereo bus, and as half of each into a mono one (in-phase sound keeps its level); a mono channel goes at its
    gain into every port. Pan takes away from the far side and adds nothing to the near one; a mono bus has no sides.
    The monitor hears what is soloed, or else PFL, before mute and fader, and else nothing: it changes no other bus.
    """
    first = len(layout.sources)
    matrix: Gains = np.zeros((first, layout.columns - first), dtype=np.float32)
    faders = _Faders(layout, routing)
    mono, left, right = _shares(layout, routing)
    for bus in layout.buses if layout.plan.channels else ():
        gain = faders.into(bus)[faders.of_source]
        for column, share in zip(bus.columns, (left, right) if len(bus.columns) == 2 else (mono,), strict=True):
            matrix[:, column - first] = gain * share
        if bus.made_for:
            own = sorted(layout.own_columns(bus.made_for))
            matrix[own, bus.columns[0] - first : bus.columns[-1] + 1 - first] = 0.0
    return matrix


def strips(layout: Layout, routing: Routing) -> tuple[Strip, ...]:
    """What is done to each source before its fader: nothing to those that are no channel's."""
    channels = (source.channel for source in layout.sources)
    return tuple(_strip(routing, channel) if channel else Strip() for channel in channels)


def speaks_into(layout: Layout, routing: Routing) -> frozenset[str]:
    """The returns that hear the director now."""
    talking = _talking(layout, routing)
    returns = (bus.made_for for bus in layout.buses if bus.made_for)
    return frozenset(made_for.name for made_for in returns if _is_spoken_into(made_for, routing, talking))


def _talking(layout: Layout, routing: Routing) -> str:
    """The talkback channel while it is open and can be heard; else nobody."""
    talkback = layout.plan.talkback
    if not routing.is_talkback_open or talkback in routing.muted:
        return ""
    channel = next((one for one in layout.plan.channels if one.name == talkback), None)
    is_heard = channel is not None and routing.gains_db.get(channel.name, channel.gain_db) > _OFF_DB
    return channel.name if channel is not None and is_heard else ""


def _is_spoken_into(made_for: Ear, routing: Routing, talking: str) -> bool:
    if not talking or talking in made_for.listener or _sends_db(made_for, routing).get(talking, 0.0) <= _OFF_DB:
        return False
    if routing.talkback_into is None:
        return made_for.has_talkback
    return made_for.name in routing.talkback_into


def _sends_db(made_for: Ear, routing: Routing) -> dict[str, float]:
    return {**made_for.gains_db, **routing.sends_db.get(made_for.name, {})}


def _shares(layout: Layout, routing: Routing) -> Factors:
    """What of each source goes into a mono bus, to the left and to the right: shape (3, sources)."""
    shares = np.zeros((3, len(layout.sources)))
    for column, source in enumerate(layout.sources):
        if source.channel:
            inputs, pan = source.channel.inputs, _strip(routing, source.channel).pan
            shares[:, column] = (
                inputs.count(source.port) / len(inputs),
                (source.port == inputs[0]) * min(1.0, 1.0 - pan),
                (source.port == inputs[-1]) * min(1.0, 1.0 + pan),
            )
    return shares


class _Faders:
    """What a routing says of every channel, worked out once for all buses."""

    def __init__(self, layout: Layout, routing: Routing) -> None:
        channels = layout.plan.channels
        self._routing = routing
        self._talkback, self._talking = layout.plan.talkback or "", _talking(layout, routing)
        self._number = {channel.name: at for at, channel in enumerate(channels)}
        self._gains = np.array([linear(routing.gains_db.get(one.name, one.gain_db)) for one in channels])
        of_source = [self._number[source.channel.name] if source.channel else 0 for source in layout.sources]
        self.of_source = np.array(of_source, dtype=np.intp)
        """The number of each source's channel."""

    def into(self, bus: Bus) -> Factors:
        """The linear gain of each channel in a bus, before its own columns are locked out and before pan."""
        routing, number = self._routing, self._number
        if bus.kind is BusKind.MONITOR:
            heard = {routing.solo} if routing.solo else routing.pfl
            return _without(np.ones(len(number)), number, number.keys() - heard)
        gain = self._gains.copy()
        if bus.made_for is None:
            return _without(gain, number, {*routing.off_programme, self._talkback})
        for name, db in _sends_db(bus.made_for, routing).items():
            if name in number:
                gain[number[name]] *= linear(db)
        silent = {*routing.muted, *bus.made_for.listener}
        if not _is_spoken_into(bus.made_for, routing, self._talking):
            return _without(gain, number, {*silent, self._talkback})
        dim = np.full(len(number), linear(TALKBACK_DIM_DB))
        dim[number[self._talkback]] = 1.0
        return _without(gain * dim, number, silent)


def _without(gain: Factors, number: Mapping[str, int], names: Iterable[str]) -> Factors:
    gain[[number[name] for name in names if name in number]] = 0.0
    return gain


def _strip(routing: Routing, channel: Voice) -> Strip:
    return routing.strips.get(channel.name, channel.strip)
