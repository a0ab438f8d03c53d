"""An interface and the engine, each on a clock of its own, both made up: what arrives on the other side."""

import numpy as np
import pytest

from console.audio.crossing import MARGIN_S, Crossing
from console.audio.lanes import Lane, Word
from console.audio.layout import Layout
from console.audio.patch import Patch
from console.audio.plan import plan_of
from console.settings.sound import Audio
from tests.audio.plans import Samples
from tests.audio.tones import cleanness_db, tone

RATE_HZ, FRAMES = 48_000, 256
HZ = 1_000.0


class Desk:
    """The engine's patch, and an interface with one input and one output at the numbers 5 and 6."""

    def __init__(self, *, rate_hz: float = 48_000, named_hz: int = 48_000, frames: int = 256) -> None:
        plan = plan_of(
            Audio.model_validate(
                {
                    "channels": [{"name": "Host", "inputs": [1]}, {"name": "Ana", "inputs": [5]}],
                    "returns": [{"name": "Ana", "listener": ["Ana"], "outputs": [6]}],
                    "interfaces": [
                        {
                            "name": "Call", "device": "ALSA: call", "inputs": 1, "first_input": 5, "outputs": 1,
                            "first_output": 6,
                        }
                    ],
                }
            )
        )  # fmt: skip
        self.lanes = tuple(Lane(memoryview(bytearray(Lane.size(ports=1))), ports=1) for _ in range(2))
        heard, sent = self.lanes
        self.now_s = 0.0
        self._patch = Patch(
            Layout(plan), [(heard, sent)], sample_rate_hz=RATE_HZ, block_frames=FRAMES, now_s=lambda: self.now_s
        )
        self._crossing = Crossing(heard, sent, sample_rate_hz=named_hz, block_frames=frames, margin_s=MARGIN_S)
        self._rate_hz, self._frames = rate_hz, frames
        self._random = np.random.default_rng(1)
        self._turns = [0, 0]  # of the engine, of the interface
        self.heard: list[Samples] = []
        self.played: list[Samples] = []
        self.has_device = True

    @property
    def drops(self) -> int:
        return sum(int(lane.words[Word.DROPS]) for lane in self.lanes)

    @property
    def drift_ppm(self) -> float:
        return self._crossing.drift * 1e6

    def run(self, seconds: float) -> None:
        """Let both have their blocks, each up to 1 ms late, for so long."""
        end_s = self.now_s + seconds
        while True:
            due = [(self._turns[0] + 1) * FRAMES / RATE_HZ, (self._turns[1] + 1) * self._frames / self._rate_hz]
            turn = due.index(min(due))
            if due[turn] > end_s:
                return
            self.now_s = due[turn] + self._random.uniform(0, 0.001)
            (self._engine, self._device)[turn](self._turns[turn])
            self._turns[turn] += 1

    def _engine(self, turn: int) -> None:
        def mix(sound: Samples, out: Samples) -> None:
            assert not sound[:, 0].any()
            self.heard.append(sound[:, 4:5].copy())
            out[:, :] = 0
            out[:, 5] = tone(HZ, FRAMES, start=turn * FRAMES)[:, 0]

        out = np.ones((FRAMES, 8), dtype=np.float32)
        self._patch.run(mix, np.zeros((FRAMES, 2), dtype=np.float32), out)
        assert not out.any()  # what is the interface's comes out of nothing else

    def _device(self, turn: int) -> None:
        if self.has_device:
            sound = tone(HZ, self._frames, rate_hz=self._rate_hz, start=turn * self._frames)
            out = np.zeros((self._frames, 1), dtype=np.float32)
            self._crossing.run(sound, out, self.now_s)
            self.played.append(out)


def last(blocks: list[Samples], frames: int) -> Samples:
    return np.concatenate(blocks)[-frames:, 0]


@pytest.mark.parametrize(
    ("rate_hz", "named_hz", "frames"),
    [(48_000 * (1 + 200e-6), 48_000, 256), (44_100 * (1 - 200e-6), 44_100, 512), (96_000, 96_000, 480)],
)
def test_a_tone_crosses_clean_both_ways_though_the_clocks_differ(rate_hz: float, named_hz: int, frames: int) -> None:
    desk = Desk(rate_hz=rate_hz, named_hz=named_hz, frames=frames)
    desk.run(25.0)
    assert desk.drops == 0
    assert desk.drift_ppm == pytest.approx((rate_hz / named_hz - 1) * 1e6, abs=40)
    for blocks, rate in ((desk.heard, RATE_HZ), (desk.played, rate_hz)):
        sound = last(blocks, 4_800)
        # the loop still breathes with what comes late, so that the tone's frequency does too
        level_db, rest_db = cleanness_db(sound, HZ / rate, within_ppm=60)
        assert abs(level_db) < 0.1
        assert rest_db < -80
    quickest = 2 * np.pi * HZ / min(RATE_HZ, rate_hz)
    assert np.abs(np.diff(last(desk.heard, 20 * RATE_HZ))).max() < 1.01 * quickest


def test_an_interface_that_goes_is_silence_and_it_comes_back_slowly() -> None:
    desk = Desk()
    desk.run(1.0)
    desk.has_device = False
    desk.run(1.0)
    assert not last(desk.heard, RATE_HZ // 2).any()
    desk.has_device = True
    before = len(desk.heard)
    desk.run(1.0)
    back = np.concatenate(desk.heard[before:])[:, 0]
    first = np.flatnonzero(back)[0]
    assert np.abs(back[first : first + RATE_HZ // 50]).max() < 0.05
    assert np.abs(back).max() > 0.99
    assert desk.drops == 0  # away is not late
