"""The line test: a sweep played into one return alone, and what the listener's channel says of it."""

import asyncio

import numpy as np
import pytest

from console.audio.fades import RAMP_IN_S
from console.audio.layout import Layout, Routing
from console.audio.line_testing import test_line as run_test
from console.audio.matrix import Mixer
from console.audio.messages import Play
from console.audio.played import Played
from console.audio.state import Channel, Return
from console.core.outcome import Outcome, Result
from console.workers.rings import CaptureRing
from tests.audio.plans import Samples, noise, studio

RATE_HZ, FRAMES, RING_S = 48_000, 480, 4


def test_a_sound_is_played_once_into_its_columns_whatever_the_blocks() -> None:
    sound = noise(1_000, 1)[:, 0]
    for frames in (1, 64, 480, 1_000, 4_096):
        played, mixed = Played(sound, slice(1, 3)), []
        while not played.is_over:
            mixed.append(np.zeros((frames, 4), dtype=np.float32))
            played.add_to(mixed[-1])
        whole = np.concatenate(mixed)
        assert np.array_equal(whole[:1_000, 1:3], np.stack((sound, sound), axis=1))
        assert not whole[1_000:].any()
        assert not whole[:, [0, 3]].any()


def test_only_the_return_that_is_tested_holds_the_sound() -> None:
    layout = Layout(studio())
    mixer = Mixer(layout, sample_rate_hz=RATE_HZ, block_frames=FRAMES)
    mixer.route(Routing())
    mixer.play("Host", np.full(FRAMES, 0.1, dtype=np.float32))
    heard = np.concatenate([mixer.mix(np.zeros((FRAMES, 5), dtype=np.float32)).copy() for _ in range(3)])
    bus = layout.return_bus("Host")
    assert bus is not None
    silent = [column for column in range(layout.columns) if column not in bus.columns]
    assert float(np.abs(heard[:, list(bus.columns)]).max()) == pytest.approx(0.1, rel=0.01)
    assert not heard[:, silent].any()
    assert not heard[-FRAMES:].any()


class Line:
    """An engine whose "Guest" hears their return through a loudspeaker, at eight times the usual speed."""

    def __init__(self, *, gain: float, delay_ms: float) -> None:
        self.layout = Layout(studio())
        size = CaptureRing.size(frames=RING_S * RATE_HZ, columns=self.layout.columns)
        self.ring = CaptureRing(memoryview(bytearray(size)), frames=RING_S * RATE_HZ, columns=self.layout.columns)
        self.mixer = Mixer(self.layout, sample_rate_hz=RATE_HZ, block_frames=FRAMES)
        self.mixer.route(Routing())
        self._gain, self._late = gain, round(delay_ms * RATE_HZ / 1_000)
        self._sent: Samples = np.zeros(self._late, dtype=np.float32)
        for _ in range(round(2 * RAMP_IN_S * RATE_HZ / FRAMES)):
            self.turn()

    def turn(self) -> None:
        """One block: what was sent so long ago is in the guest's microphone, with some noise."""
        sound = noise(FRAMES, 5, seed=self.ring.end) * np.float32(1e-4)
        sound[:, 1] += self._gain * self._sent[:FRAMES]
        block = self.mixer.mix(sound)
        bus = self.layout.return_bus("Guest")
        assert bus is not None
        self._sent = np.concatenate((self._sent[FRAMES:], block[:, bus.columns[0]]))
        self.ring.write(block)

    async def test(self, guest: Channel, made_for: Return | None = None) -> Outcome:
        """The outcome of the line test of its return."""
        made_for = made_for or Return("Guest", ("Guest",), "cuedrop")

        async def run() -> None:
            while True:
                self.turn()
                await asyncio.sleep(FRAMES / RATE_HZ / 8)  # never so quick that the ring is round before it is read

        running = asyncio.create_task(run())
        try:
            return await run_test(made_for, (guest,), self.layout, self.ring, rate_hz=RATE_HZ, play=self._play)
        finally:
            running.cancel()

    def _play(self, message: Play) -> None:
        self.mixer.play(message.made_for, message.sound)


async def test_what_comes_back_is_told_with_level_delay_and_polarity() -> None:
    guest = Channel("Guest", (2,))
    outcome = await Line(gain=-0.1, delay_ms=250.0).test(guest)
    assert outcome.is_done
    assert outcome.why.startswith("Guest: the tone comes back at -20 dB after 250 ms, inverted,")
    upright = await Line(gain=-0.1, delay_ms=250.0).test(Channel("Guest", (2,), delay_ms=50.0, is_inverted=True))
    assert "after 200 ms, in phase" in upright.why  # the strip's own delay is no delay of the line


async def test_a_line_from_which_nothing_comes_is_not_proved() -> None:
    outcome = await Line(gain=0.0, delay_ms=100.0).test(Channel("Guest", (2,)))
    assert (outcome.result, outcome.why) == (Result.FAILED, "Nothing of the tone comes back from Guest.")
    assert "headphones" in outcome.fix


@pytest.mark.parametrize(
    ("made_for", "why"),
    [
        (Return("Zoom", ("Guest",), "elsewhere"), "Zoom is made elsewhere: Cuedrop cannot play into it."),
        (Return("Guest", (), "cuedrop"), "Guest has no channel to listen to."),
    ],
)
async def test_what_cannot_be_tested_is_refused_and_why(made_for: Return, why: str) -> None:
    line = Line(gain=0.0, delay_ms=100.0)
    outcome = await run_test(made_for, (), line.layout, line.ring, rate_hz=RATE_HZ, play=line._play)
    assert (outcome.result, outcome.why) == (Result.REFUSED, why)
