"""The mix-minus matrix: what each return is made of. Pure numpy on float32: no device, no log.

Gains are linear in the arrays, dB in the settings. `Mixer.mix` allocates nothing after its construction.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.layout import Bus, Layout, Routing
from console.audio.plan import Voice

Samples = NDArray[np.float32]

TALKBACK_DIM_DB: Final = -12.0
"""How far everybody else goes down in a return while the director speaks into it."""


def linear(db: float) -> float:
    """The factor of a gain in dB; -120 and below is exactly 0, so that "off" is off."""
    return 0.0 if db <= -120.0 else float(10.0 ** (db / 20.0))


def gains(layout: Layout, routing: Routing) -> Samples:
    """The matrix for a routing: float32, shape (inputs, columns - inputs); block @ matrix = returns and monitor.

    A return's own columns are exactly 0 whatever the routing says; muted channels are 0; the talkback channel is
    0 until talkback is open. A stereo channel goes left to left and right to right into a stereo return, and as
    half of each into a mono one (in-phase sound keeps its level); a mono channel goes at its gain into every port.
    The monitor hears the soloed channel alone, before mute and fader (PFL), and else nothing: solo changes no return.
    """
    matrix = np.zeros((layout.inputs, layout.columns - layout.inputs), dtype=np.float32)
    for bus in layout.buses:
        for channel in layout.plan.channels:
            _place(matrix, layout, channel, bus, _gain(layout, routing, channel, bus))
        if bus.made_for:
            own = sorted(layout.own_columns(bus.made_for))
            for column in bus.columns:
                matrix[own, column - layout.inputs] = 0.0
    return matrix


def _gain(layout: Layout, routing: Routing, channel: Voice, bus: Bus) -> float:
    """The linear gain of one channel in one bus, before its own columns are locked out."""
    if bus.made_for is None:
        return 1.0 if channel.name == routing.solo else 0.0
    if channel.name in routing.muted or channel.name in bus.made_for.listener:
        return 0.0
    talkback = layout.plan.talkback
    if channel.name == talkback and not routing.is_talkback_open:
        return 0.0
    gain = linear(routing.gains_db.get(channel.name, channel.gain_db))
    gain *= linear(bus.made_for.gains_db.get(channel.name, 0.0))
    is_spoken_into = routing.is_talkback_open and talkback not in bus.made_for.listener
    if is_spoken_into and channel.name != talkback:
        gain *= linear(TALKBACK_DIM_DB)
    return gain


def _place(matrix: Samples, layout: Layout, channel: Voice, bus: Bus, gain: float) -> None:
    """Add a channel's gain where its inputs meet the bus's ports."""
    inputs = layout.channel_columns(channel)
    for number, column in enumerate(bus.columns):
        for side, source in enumerate(inputs):
            if len(inputs) == 1:
                share = 1.0
            elif len(bus.columns) == 1:
                share = 0.5
            else:
                share = 1.0 if side == number else 0.0
            matrix[source, column - layout.inputs] += np.float32(gain * share)


class Mixer:
    """Applies a matrix to blocks; a new matrix is faded in over one block, so that nothing clicks.

    One thread calls `mix`; any other thread may assign `target` (one reference, swapped whole).
    """

    def __init__(self, layout: Layout, block_frames: int) -> None:
        self._inputs = layout.inputs
        self.block: Samples = np.zeros((block_frames, layout.columns), dtype=np.float32)
        shape = (layout.inputs, layout.columns - layout.inputs)
        self.target: Samples = np.zeros(shape, dtype=np.float32)
        self._present = self.target
        self._faded: Samples = np.zeros((block_frames, shape[1]), dtype=np.float32)
        self._ramps = {block_frames: _ramp(block_frames)}
        self._is_bad = np.zeros((block_frames, layout.inputs), dtype=np.bool_)

    def mix(self, sound: Samples) -> Samples:
        """The block with its inputs and what they mix to: shape (frames, columns), overwritten by the next call.

        sound: shape (frames, device inputs), at most `block_frames` frames; inputs that the device lacks are silent,
        samples that are not numbers are silence.
        """
        frames = len(sound)
        block, width = self.block[:frames], min(sound.shape[1], self._inputs)
        inputs, mixed = block[:, : self._inputs], block[:, self._inputs :]
        inputs[:, :width] = sound[:, :width]
        self._drop_what_is_no_number(inputs)
        target = self.target
        np.matmul(inputs, target, out=mixed)
        if target is not self._present:
            faded = self._faded[:frames]
            np.matmul(inputs, self._present, out=faded)
            # old + (new - old) * ramp: the sum at gains that move in a straight line
            np.subtract(mixed, faded, out=mixed)
            np.multiply(mixed, self._ramp(frames), out=mixed)
            np.add(mixed, faded, out=mixed)
            self._present = target
        return block

    def _drop_what_is_no_number(self, inputs: Samples) -> None:
        # 0 * NaN is NaN: one bad sample would be heard by its own listener too
        is_bad = self._is_bad[: len(inputs)]
        np.isfinite(inputs, out=is_bad)
        np.logical_not(is_bad, out=is_bad)
        np.copyto(inputs, np.float32(0.0), where=is_bad)

    def _ramp(self, frames: int) -> Samples:
        if frames not in self._ramps:
            self._ramps[frames] = _ramp(frames)
        return self._ramps[frames]


def _ramp(frames: int) -> Samples:
    """A straight line from just above 0 to 1, one column."""
    return (np.arange(1, frames + 1, dtype=np.float32) / np.float32(frames)).reshape(-1, 1)
