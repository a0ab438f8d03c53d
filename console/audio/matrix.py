"""The mix-minus matrix at work on blocks. Pure numpy on float32: no device, no log.

`Mixer.mix` runs in the real-time callback and allocates nothing but views.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.audio.crosspoints import Gains, gains, linear, strips
from console.audio.fades import RAMP_IN_S, Fade, Faded
from console.audio.layout import Bus, BusKind, Layout, Routing
from console.audio.limiter import Limiter
from console.audio.plan import Strip
from console.audio.played import Played
from console.audio.strips import Strips

Samples = NDArray[np.float32]

MONITOR_LIMITER_DBFS: Final = -3.0
_MOST: Final = 1e6  # no device means more than this


class Mixer:
    """Makes blocks: what comes in, through the strips, and what it mixes to, each bus through its limiter.

    One thread calls `mix`; one other `route`. Every change is faded in, and the first sound comes up slowly.
    """

    def __init__(self, layout: Layout, *, sample_rate_hz: float, block_frames: int) -> None:
        self._layout = layout
        self._inputs = self._outputs = -1  # of the device's blocks
        self._from_ports: list[tuple[slice, slice]] = []
        self._to_ports: Gains = np.zeros((0, 0), dtype=np.float32)
        self.adds_up = False
        """Whether a port gets more than one bus: only then can it get more than full scale."""
        sources, buses = len(layout.sources), layout.columns - len(layout.sources)
        self._heard: Samples = np.zeros((block_frames, sources), dtype=np.float32)
        self._mixed: Samples = np.zeros((block_frames, buses), dtype=np.float32)
        self._block: Samples = np.zeros((block_frames, layout.columns), dtype=np.float32)
        self._is_good = np.zeros((block_frames, sources), dtype=np.bool_)
        self._strips = Strips(sources, sample_rate_hz=sample_rate_hz, block_frames=block_frames)
        self._strips_set: tuple[Strip, ...] = ()
        nothing: Gains = np.zeros((sources, buses), dtype=np.float32)
        self._gains = Faded(nothing, columns=buses, sample_rate_hz=sample_rate_hz, block_frames=block_frames)
        self._ramp = Fade(RAMP_IN_S, columns=buses, sample_rate_hz=sample_rate_hz, block_frames=block_frames)
        self._ramp.start()
        self._played: Played | None = None
        self.limiter = Limiter(
            [len(bus.columns) for bus in layout.buses],
            [_ceiling(bus) for bus in layout.buses],
            sample_rate_hz=sample_rate_hz,
            block_frames=block_frames,
        )

    def route(self, routing: Routing) -> None:
        """From the next block on, fade to what the director has set."""
        if routing.plan is not None and routing.plan != self._layout.plan:
            self._layout = Layout(routing.plan)  # of the same ports and columns
        wanted = strips(self._layout, routing)
        if wanted != self._strips_set:
            self._strips_set = wanted
            self._strips.set(wanted)
        self._gains.target = gains(self._layout, routing)

    def play(self, made_for: str, sound: Samples) -> None:
        """From the next block on, play a sound of shape (frames,) into a return, in place of one that plays."""
        bus = self._layout.return_bus(made_for)
        if bus is not None:
            first = bus.columns[0] - len(self._layout.sources)
            self._played = Played(sound, slice(first, first + len(bus.columns)))

    def ramp_in(self) -> None:
        """Let all that is mixed come up slowly from silence, from the next block on. In the thread that mixes."""
        self._ramp.start()

    def mix(self, sound: Samples) -> Samples:
        """The block with its sources and what they mix to: shape (frames, columns), overwritten by the next call.

        sound: shape (frames, device inputs), at most `block_frames` frames; inputs that the device lacks are silent,
        samples that are not numbers are silence.
        """
        frames = len(sound)
        heard, mixed, block = self._heard[:frames], self._mixed[:frames], self._block[:frames]
        self._take(sound, heard)
        self._strips.process(heard)
        self._gains.apply(self._multiply, mixed)
        if self._ramp.is_running:
            self._ramp.scale(mixed)
        played = self._played
        if played is not None and not played.is_over:
            played.add_to(mixed)
        self.limiter.limit(mixed)
        np.copyto(block[:, : heard.shape[1]], heard)
        np.copyto(block[:, heard.shape[1] :], mixed)
        return block

    def hand_out(self, out: Samples) -> None:
        """Fill a device's block, shape (frames, device outputs), with what was mixed last: each bus at its ports.

        Buses that share a port are added. Ports that the device lacks are left out.
        """
        if out.shape[1] != self._outputs:
            self._outputs = out.shape[1]
            self._to_ports = _to_ports(self._layout, self._outputs)
            self.adds_up = bool((self._to_ports.sum(axis=0) > 1).any())
        np.matmul(self._mixed[: len(out)], self._to_ports, out=out)

    def _take(self, sound: Samples, heard: Samples) -> None:
        """Copy each source from its port."""
        if sound.shape[1] != self._inputs:
            self._inputs = sound.shape[1]
            self._from_ports = list(_from_ports(self._layout, self._inputs))
            self._heard.fill(0)
        for columns, ports in self._from_ports:
            np.copyto(heard[:, columns], sound[:, ports])
        # 0 * NaN is NaN: one bad sample would be heard by its own listener too, and stay in a filter for ever
        if not np.vdot(heard, heard) <= _MOST**2:
            self._drop_what_is_no_sound(heard)

    def _drop_what_is_no_sound(self, heard: Samples) -> None:
        is_good = self._is_good[: len(heard)]
        np.isfinite(heard, out=is_good)
        np.logical_not(is_good, out=is_good)
        np.copyto(heard, np.float32(0), where=is_good)
        np.clip(heard, np.float32(-_MOST), np.float32(_MOST), out=heard)

    def _multiply(self, matrix: Gains, mixed: Samples) -> None:
        np.matmul(self._heard[: len(mixed)], matrix, out=mixed)


def _from_ports(layout: Layout, inputs: int) -> Iterator[tuple[slice, slice]]:
    """Which columns are copied from which ports of a device with so many inputs: neighbours together."""
    start, length = (0, 0), 0
    for column, source in enumerate(layout.sources):
        way = (column, source.port - 1)
        if way[1] >= inputs:
            continue
        if way == (start[0] + length, start[1] + length):
            length += 1
            continue
        if length:
            yield slice(start[0], start[0] + length), slice(start[1], start[1] + length)
        start, length = way, 1
    if length:
        yield slice(start[0], start[0] + length), slice(start[1], start[1] + length)


def _to_ports(layout: Layout, outputs: int) -> Gains:
    """Which bus columns go to which ports of a device with so many outputs, as a matrix of 0 and 1."""
    first = len(layout.sources)
    ways: Gains = np.zeros((layout.columns - first, outputs), dtype=np.float32)
    for bus in layout.buses:
        for column, port in zip(bus.columns, bus.outputs, strict=False):
            if port <= outputs:
                ways[column - first, port - 1] = 1
    return ways


def _ceiling(bus: Bus) -> float:
    """How loud a bus may get, linear: the programme is measured as it is, the director's ears are spared too."""
    if bus.kind is BusKind.PROGRAMME:
        return float("inf")
    return linear(bus.made_for.limiter_dbfs if bus.made_for else MONITOR_LIMITER_DBFS)
