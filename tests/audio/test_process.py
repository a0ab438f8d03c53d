"""The engine's work on blocks, without an engine: outputs, clipping, missed blocks."""

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.audio.fades import FADE_S, RAMP_IN_S
from console.audio.layout import Layout, Routing
from console.audio.levels import ROWS, level
from console.audio.plan import Plan, Strip, plan_of
from console.audio.process import AWAY_NS, Block, MissedBlocks, machine_asleep_ns
from console.settings.sound import Audio
from console.workers.rings import CaptureRing, Counter, MeterBlock
from tests.audio.plans import Samples, noise, studio

RATE_HZ = 48_000
PERIOD_NS = 5_000_000


def block_of(
    plan: Plan, frames: int = 64, *, asleep_ns: Callable[[], int] = machine_asleep_ns
) -> tuple[Block, MeterBlock, CaptureRing]:
    layout = Layout(plan)
    ring_buffer = memoryview(bytearray(CaptureRing.size(frames=1024, columns=layout.columns)))
    ring = CaptureRing(ring_buffer, frames=1024, columns=layout.columns)
    meter_buffer = memoryview(bytearray(MeterBlock.size(rows=ROWS, columns=layout.columns)))
    meters = MeterBlock(meter_buffer, rows=ROWS, columns=layout.columns)
    block = Block(layout, sample_rate_hz=RATE_HZ, block_frames=frames, meters=meters, ring=ring, asleep_ns=asleep_ns)
    block.route(Routing())
    return block, meters, ring


def come_up(block: Block, level: float, outputs: int, *, inputs: int = 2, frames: int = 64) -> Samples:
    """Run a steady level until every fade is over; the last block of outputs."""
    sound, out = np.full((frames, inputs), level, dtype=np.float32), np.ones((frames, outputs), dtype=np.float32)
    for _ in range(round((RAMP_IN_S + FADE_S) * RATE_HZ / frames) + 2):
        block.run(sound, out)
    return out


STUDIO = plan_of(
    Audio.model_validate(
        {
            "channels": [{"name": "A", "inputs": [1]}, {"name": "B", "inputs": [2]}],
            "returns": [
                {"name": "A", "listener": ["A"], "outputs": [3], "limiter_dbfs": 0.0},
                {"name": "Both", "outputs": [1], "limiter_dbfs": 0.0},
                {"name": "Quiet", "outputs": [1], "limiter_dbfs": -6.0},
            ],
        }
    )
)


def test_outputs_get_their_returns_and_what_two_make_too_loud_is_cut() -> None:
    block, _, _ = block_of(STUDIO)
    out = come_up(block, 0.8, 4)
    assert out[:, 0].tolist() == [1.0] * 64  # 1.0 and 0.5, each below its limit
    assert not out[:, 1].any()
    assert out[:, 2] == pytest.approx(0.8)
    assert not out[:, 3].any()


def test_what_limiters_take_off_and_clipped_samples_are_shown() -> None:
    block, meters, _ = block_of(STUDIO)
    come_up(block, 0.8, 3)
    levels = [level(meters.read().rows, (column,)) for column in range(7)]
    assert [round(one.reduction_db, 1) for one in levels] == [0.0, 0.0, 0.0, 4.1, 10.1, 0.0, 0.0]
    assert [one.is_clipped for one in levels] == [False, False, False, True, False, True, True]
    assert levels[5].clips == levels[6].clips >= 64
    block.wants_clip_reset = True
    block.run(np.zeros((64, 2), dtype=np.float32), np.zeros((64, 3), dtype=np.float32))
    assert level(meters.read().rows, (5,)).clips == 0


def test_a_new_engine_goes_on_counting_clips() -> None:
    block, meters, ring = block_of(STUDIO)
    come_up(block, 1.0, 3)
    counted = level(meters.read().rows, (0,)).clips
    assert counted
    layout = Layout(STUDIO)
    after = Block(layout, sample_rate_hz=RATE_HZ, block_frames=64, meters=meters, ring=ring)
    after.route(Routing())
    come_up(after, 0.1, 3)
    assert level(meters.read().rows, (0,)).clips == counted
    after.wants_clip_reset = True
    come_up(after, 0.1, 3)
    assert level(meters.read().rows, (0,)).clips == 0


def test_everything_is_kept_in_the_ring_and_larger_blocks_are_cut_up() -> None:
    block, meters, ring = block_of(STUDIO)
    come_up(block, 0.0, 3)
    callbacks = meters.read()[Counter.CALLBACKS]
    sound = np.random.default_rng(1).uniform(-0.3, 0.3, (200, 2)).astype(np.float32)
    block.run(sound, np.zeros((200, 3), dtype=np.float32))
    kept = ring.read(ring.end, 200)
    assert kept is not None
    assert np.array_equal(kept[:, :2], sound)
    assert kept[:, 2] == pytest.approx(sound[:, 1])
    assert meters.read()[Counter.CALLBACKS] == callbacks + 1


def test_what_comes_in_goes_out_in_the_same_block_and_frame() -> None:
    block, _, _ = block_of(STUDIO)
    come_up(block, 0.0, 3)
    sound, out = np.zeros((64, 2), dtype=np.float32), np.zeros((64, 3), dtype=np.float32)
    sound[37, 1] = 0.25
    block.run(sound, out)
    assert np.flatnonzero(out[:, 2]).tolist() == [37]
    assert out[37, 2] == pytest.approx(0.25)


def test_after_a_time_without_blocks_the_sound_comes_up_from_silence() -> None:
    block, meters, _ = block_of(STUDIO)
    assert come_up(block, 0.5, 3)[0, 2] == pytest.approx(0.5)
    sound, out = np.full((64, 2), 0.5, dtype=np.float32), np.zeros((64, 3), dtype=np.float32)
    block.run(sound, out)
    assert out[0, 2] == pytest.approx(0.5)
    meters.counters[Counter.AT_NS] -= AWAY_NS
    block.run(sound, out)
    assert 0 < out[-1, 2] < 0.001


def test_after_the_machine_slept_the_sound_comes_up_from_silence() -> None:
    slept_ns = [7_000_000_000]
    block, _, _ = block_of(STUDIO, asleep_ns=lambda: slept_ns[0])
    assert come_up(block, 0.5, 3)[0, 2] == pytest.approx(0.5)
    slept_ns[0] += 3_600_000_000_000  # of which the monotonic clock knows nothing
    sound, out = np.full((64, 2), 0.5, dtype=np.float32), np.zeros((64, 3), dtype=np.float32)
    block.run(sound, out)
    assert 0 < out[-1, 2] < 0.001
    assert come_up(block, 0.5, 3)[0, 2] == pytest.approx(0.5)


def test_at_the_end_the_sound_goes_down_to_silence_without_a_step_and_stays_there() -> None:
    block, _, _ = block_of(STUDIO)
    come_up(block, 0.5, 3)
    assert not block.is_silent
    block.fade_out()
    heard, sound = [], np.full((64, 2), 0.5, dtype=np.float32)
    for _ in range(12):
        out = np.zeros((64, 3), dtype=np.float32)
        block.run(sound, out)
        heard.append(out[:, 2])
    way = np.concatenate(([0.5], *heard))
    assert np.abs(np.diff(way)).max() < 0.5 * 2 / (FADE_S * RATE_HZ)
    assert not way[round(FADE_S * RATE_HZ) + 1 :].any()
    assert block.is_silent


def test_a_block_allocates_nothing_but_views_whatever_is_going_on() -> None:
    plan = studio(talkback="Director", monitor=[7, 8], block_frames=256)
    block, _, _ = block_of(plan, 256)
    sound, out = noise(256, 5), np.zeros((256, 8), dtype=np.float32)
    busy = {name: Strip(10.0, 80.0, is_inverted=True, pan=0.5) for name in ("Host", "Guest", "Music")}
    routings = [Routing(strips=busy, is_talkback_open=True), Routing(muted=frozenset({"Host"}))] * 5
    tracemalloc.start()
    try:
        for routing in routings[:2]:  # what Python and numpy make room for but once
            block.route(routing)
            for _ in range(5):
                block.run(sound, out)
        for routing in routings:
            block.route(routing)
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            for _ in range(5):
                block.run(sound, out)
            _, peak = tracemalloc.get_traced_memory()
            assert peak - before < 6_000  # of a block's 20,480 bytes
    finally:
        tracemalloc.stop()


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
