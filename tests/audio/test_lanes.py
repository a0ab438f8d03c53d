"""Sound handed over in shared memory: at a distance, with fades, and counted when there was none."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from console.audio.fades import FADE_S, RAMP_IN_S
from console.audio.lanes import Lane, LaneReader, Word
from tests.audio.plans import Samples

RATE_HZ = 48_000
FRAMES = 256
TARGET = 600


class Hands:
    """A lane with both its sides, and a clock that goes by what is written."""

    def __init__(self, ports: int = 1) -> None:
        self.lane = Lane(memoryview(bytearray(Lane.size(ports=ports))), ports=ports)
        self.lane.begin(rate_hz=RATE_HZ, block_frames=FRAMES)
        self.lane.words[Word.TARGET] = TARGET
        self.reader = LaneReader(self.lane, most_frames=2_048)
        self.now_s = 0.0
        self.ports = ports

    def write(self, frames: int = FRAMES, level: float = 0.5) -> None:
        self.now_s += frames / RATE_HZ
        self.lane.write(np.full((frames, self.ports), level, dtype=np.float32), now_s=self.now_s)

    def take(self, frames: int = FRAMES) -> Samples:
        out = np.full((frames, self.ports), 9.0, dtype=np.float32)
        self.reader.take(out, now_s=self.now_s)
        return out

    def flow(self, seconds: float) -> Samples:
        made = []
        for _ in range(round(seconds * RATE_HZ / FRAMES)):
            self.write()
            made.append(self.take())
        return np.concatenate(made)

    @property
    def drops(self) -> int:
        return int(self.lane.words[Word.DROPS])


def largest_step(sound: Samples) -> float:
    return float(np.abs(np.diff(sound, axis=0)).max(initial=0.0))


def test_it_begins_at_the_distance_that_is_wanted_and_comes_up_slowly() -> None:
    hands = Hands()
    sound = hands.flow(0.5)
    assert not sound[:FRAMES].any()
    assert sound[-1] == 0.5
    assert largest_step(sound) < 0.5 * np.pi / (RAMP_IN_S * RATE_HZ)
    assert hands.lane.written - hands.reader.at == TARGET
    assert hands.drops == 0


def test_a_writer_that_stalls_is_silence_with_a_fade_and_one_drop() -> None:
    hands = Hands()
    hands.flow(0.5)
    gone = np.concatenate([hands.take() for _ in range(8)])
    assert gone[0] == 0.5
    assert not gone[-1].any()
    assert largest_step(gone) < 0.5 * np.pi / (FADE_S * RATE_HZ)
    back = hands.flow(0.5)
    assert largest_step(np.concatenate((gone, back))) < 0.5 * np.pi / (FADE_S * RATE_HZ)
    assert back[-1] == 0.5
    assert hands.drops == 1


def test_a_writer_that_is_away_for_long_is_no_drop() -> None:
    hands = Hands()
    hands.flow(0.5)
    for _ in range(8):
        hands.take()
    hands.now_s += 3.0
    assert not hands.take().any()
    assert np.isnan(hands.lane.reader_at(hands.now_s))
    assert hands.flow(0.5)[-1] == 0.5
    assert hands.drops == 0


def test_a_reader_that_stood_still_does_not_stay_behind() -> None:
    hands = Hands()
    hands.flow(0.5)
    for _ in range(40):
        hands.write()
    hands.flow(0.5)
    assert hands.lane.written - hands.reader.at == TARGET
    assert hands.drops == 1


def test_a_reader_of_before_says_nothing_of_now() -> None:
    hands = Hands()
    hands.flow(0.5)
    late = LaneReader(hands.lane, most_frames=FRAMES)
    out = np.full((FRAMES, 1), 9.0, dtype=np.float32)
    late.take(out, now_s=hands.now_s)
    assert not out.any()  # what was written before it was there is not its to read


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("wttwl"), st.integers(1, 1_500)), max_size=80))
def test_whatever_comes_when_nothing_steps(turns: list[tuple[str, int]]) -> None:
    hands = Hands(2)
    made = [np.zeros((1, 2), dtype=np.float32)]
    for turn, frames in turns:
        if turn == "w":
            hands.write(frames)
        elif turn == "t":
            made.append(hands.take(frames))
        else:
            hands.now_s += frames / 10
    sound = np.concatenate(made)
    assert np.abs(sound).max() <= 0.5
    assert largest_step(sound) < 0.5 * np.pi / (FADE_S * RATE_HZ)
