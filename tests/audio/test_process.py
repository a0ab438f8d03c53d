"""The engine's work on blocks, without an engine: outputs, clipping, missed blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.audio.layout import Layout, Routing
from console.audio.levels import ROWS
from console.audio.plan import Plan, plan_of
from console.audio.process import Block, MissedBlocks
from console.settings.show import Audio
from console.workers.rings import CaptureRing, Counter, MeterBlock

PERIOD_NS = 5_000_000


def block_of(plan: Plan, frames: int = 64) -> tuple[Block, MeterBlock, CaptureRing]:
    layout = Layout(plan)
    ring_buffer = memoryview(bytearray(CaptureRing.size(frames=1024, columns=layout.columns)))
    ring = CaptureRing(ring_buffer, frames=1024, columns=layout.columns)
    meter_buffer = memoryview(bytearray(MeterBlock.size(rows=ROWS, columns=layout.columns)))
    meters = MeterBlock(meter_buffer, rows=ROWS, columns=layout.columns)
    block = Block(layout, sample_rate_hz=48_000, block_frames=frames, meters=meters, ring=ring)
    block.route(Routing())
    return block, meters, ring


STUDIO = plan_of(
    Audio.model_validate(
        {
            "channels": [{"name": "A", "inputs": [1]}, {"name": "B", "inputs": [2]}],
            "returns": [{"name": "A", "listener": ["A"], "outputs": [3]}, {"name": "Both", "outputs": [1]}],
        }
    )
)


def test_outputs_get_their_returns_cut_at_full_scale_and_counted() -> None:
    block, meters, _ = block_of(STUDIO)
    sound, out = np.full((64, 2), 0.8, dtype=np.float32), np.ones((64, 4), dtype=np.float32)
    block.run(sound, out)  # fades in
    block.run(sound, out)
    assert out[:, 0].tolist() == [1.0] * 64  # 1.6 cut
    assert not out[:, 1].any()
    assert out[:, 2] == pytest.approx(0.8)
    assert not out[:, 3].any()
    assert meters.read()[Counter.CLIPPED] >= 64
    assert meters.read().rows[3].tolist() == [0, 0, 0, 1, 1, 1]  # clip flags: what came before the cut


def test_everything_is_kept_in_the_ring_and_larger_blocks_are_cut_up() -> None:
    block, meters, ring = block_of(STUDIO)
    sound = np.random.default_rng(1).uniform(-0.3, 0.3, (200, 2)).astype(np.float32)
    block.run(sound, np.zeros((200, 3), dtype=np.float32))
    kept = ring.read(200, 200)
    assert kept is not None
    assert np.array_equal(kept[:, :2], sound)
    assert kept[64:, 2] == pytest.approx(sound[64:, 1])
    assert meters.read()[Counter.CALLBACKS] == 1


def test_a_device_without_outputs_is_metered_all_the_same() -> None:
    block, meters, _ = block_of(STUDIO)
    block.run(np.full((64, 2), 0.5, dtype=np.float32), np.zeros((64, 0), dtype=np.float32))
    assert meters.read().rows[0, 0] == 0.5


def count(times_ns: list[int]) -> int:
    missed = MissedBlocks(PERIOD_NS / 1e9)
    return sum(missed.missed(1_000_000 + at) for at in times_ns)


@given(seed=st.integers(0, 1000), most_ns=st.integers(0, 2 * PERIOD_NS))
@settings(max_examples=20, deadline=None)
def test_blocks_that_come_late_but_all_are_no_loss(seed: int, most_ns: int) -> None:
    late = np.random.default_rng(seed).integers(0, most_ns + 1, 2000)
    assert count([number * PERIOD_NS + int(late[number]) for number in range(2000)]) == 0


def test_blocks_that_never_came_are_counted() -> None:
    there = [number for number in range(2000) if number not in (500, 501, 502, 900)]
    assert count([number * PERIOD_NS for number in there]) == 4


def test_a_clock_that_is_off_by_100_parts_in_a_million_is_no_loss() -> None:
    assert count([round(number * PERIOD_NS * 1.0001) for number in range(20_000)]) == 0


def test_bursts_are_no_loss() -> None:
    assert count([(number // 8) * 8 * PERIOD_NS for number in range(2000)]) == 0
