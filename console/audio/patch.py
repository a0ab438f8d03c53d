"""The ports of all interfaces as one device, for the engine's block: copies only, no clock but the main device's."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from console.audio.lanes import Lane, LaneReader
from console.audio.layout import Layout
from console.audio.matrix import Samples
from console.audio.plan import Wing


class Patch:
    """Puts the interfaces' sound beside the main device's, and takes theirs out of what is mixed."""

    def __init__(
        self,
        layout: Layout,
        lanes: Sequence[tuple[Lane, Lane]],
        *,
        sample_rate_hz: int,
        block_frames: int,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """lanes: of each of the plan's wings, what is heard there and what is sent there."""
        wings = layout.plan.wings
        inputs = max(layout.inputs, *(wing.input_ports.stop - 1 for wing in wings))
        outputs = max(layout.outputs, *(wing.output_ports.stop - 1 for wing in wings))
        self._sound: Samples = np.zeros((block_frames, inputs), dtype=np.float32)
        self._out: Samples = np.zeros((block_frames, outputs), dtype=np.float32)
        self._now_s = now_s
        self._ways = []
        for wing, (heard, sent) in zip(wings, lanes, strict=True):
            for lane in (heard, sent):
                lane.begin(rate_hz=sample_rate_hz, block_frames=block_frames)
            self._ways.append(_Way(wing, LaneReader(heard, most_frames=block_frames), sent, block_frames))

    def run(self, mix: Callable[[Samples, Samples], None], sound: Samples, out: Samples) -> None:
        """Have `mix` make a block of all ports out of the main device's, at most `block_frames` frames."""
        now_s, frames = self._now_s(), len(sound)
        all_in, all_out = self._sound[:frames], self._out[:frames]
        own = min(sound.shape[1], all_in.shape[1])
        np.copyto(all_in[:, :own], sound[:, :own])
        for way in self._ways:
            way.hear(all_in, now_s)
        mix(all_in, all_out)
        own = min(out.shape[1], all_out.shape[1])
        np.copyto(out[:, :own], all_out[:, :own])
        out[:, own:] = 0
        for way in self._ways:
            way.send(all_out, now_s)
            out[:, way.outputs] = 0  # a port is in one place only


class _Way:
    """One interface's part of a block."""

    def __init__(self, wing: Wing, reader: LaneReader, sent: Lane, block_frames: int) -> None:
        self.inputs = slice(wing.input_ports.start - 1, wing.input_ports.stop - 1)
        self.outputs = slice(wing.output_ports.start - 1, wing.output_ports.stop - 1)
        self._reader, self._sent = reader, sent
        self._heard: Samples = np.zeros((block_frames, wing.inputs), dtype=np.float32)

    def hear(self, sound: Samples, now_s: float) -> None:
        """Put what came from there into a block of all inputs."""
        heard = self._heard[: len(sound)]
        if heard.shape[1]:
            self._reader.take(heard, now_s=now_s)
            np.copyto(sound[:, self.inputs], heard)

    def send(self, out: Samples, now_s: float) -> None:
        """Hand over what is for there out of a block of all outputs."""
        if self._sent.ports:
            self._sent.write(out[:, self.outputs], now_s=now_s)
