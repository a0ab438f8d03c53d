"""The mix-minus matrix and its mixer, on numbers alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.audio.crosspoints import TALKBACK_DIM_DB, gains, linear
from console.audio.layout import BusKind, Layout, Routing
from console.audio.matrix import Mixer
from console.audio.plan import Plan, plan_of
from console.settings.show import Audio

FRAMES = 64


def studio(**more: object) -> Plan:
    return plan_of(
        Audio.model_validate(
            {
                "channels": [
                    {"name": "Host", "inputs": [1]},
                    {"name": "Guest", "inputs": [2]},
                    {"name": "Music", "inputs": [3, 4]},
                    {"name": "Director", "inputs": [5]},
                ],
                "returns": [
                    {"name": "Guest", "listener": ["Guest"], "outputs": [1]},
                    {"name": "Host", "listener": ["Host"], "outputs": [3, 4], "gains_db": {"Music": -6.0}},
                ],
                **more,
            }
        )
    )


def noise(frames: int, inputs: int, seed: int = 1) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.random.default_rng(seed).uniform(-1, 1, (frames, inputs)).astype(np.float32)


def settled(plan: Plan, routing: Routing) -> tuple[Layout, Mixer]:
    layout = Layout(plan)
    mixer = Mixer(layout, FRAMES)
    mixer.target = gains(layout, routing)
    mixer.mix(np.zeros((FRAMES, layout.inputs), dtype=np.float32))
    return layout, mixer


decibels = st.floats(-120, 24)


@given(
    own_db=decibels,
    in_return_db=decibels,
    muted=st.sets(st.sampled_from(["Host", "Guest", "Music", "Director"])),
    solo=st.sampled_from([None, "Host", "Guest", "Music"]),
    talks=st.booleans(),
    seed=st.integers(0, 1000),
)
@settings(deadline=None)
def test_a_listeners_own_channel_is_exactly_absent_whatever_is_set(
    *, own_db: float, in_return_db: float, muted: set[str], solo: str | None, talks: bool, seed: int
) -> None:
    plan = studio(
        talkback="Director",
        monitor=[7, 8],
        returns=[
            {"name": "Guest", "listener": ["Guest"], "gains_db": {"Guest": in_return_db}, "outputs": [1, 2]},
            {"name": "Director", "listener": ["Director"], "gains_db": {"Director": in_return_db}},
        ],
    )
    routing = Routing(frozenset(muted), solo, {"Guest": own_db, "Director": own_db}, talks)
    layout, mixer = settled(plan, routing)
    loud = noise(FRAMES, layout.inputs, seed) * np.float32(1000)
    without = loud.copy()
    heard = mixer.mix(loud)[:, len(layout.sources) :].copy()
    without[:, 1] = 0
    guest = layout.return_bus("Guest")
    assert guest is not None
    columns = [column - len(layout.sources) for column in guest.columns]
    assert np.array_equal(heard[:, columns], mixer.mix(without)[:, len(layout.sources) :][:, columns])
    only_own = np.zeros_like(loud)
    only_own[:, 4] = loud[:, 4]
    director = layout.return_bus("Director")
    assert director is not None
    assert not mixer.mix(only_own)[:, list(director.columns)].any()


@given(host_db=st.floats(-60, 24), music_db=st.floats(-60, 24), send_db=st.floats(-60, 24), seed=st.integers(0, 99))
@settings(deadline=None)
def test_a_return_is_the_sum_of_the_others_at_their_gains(
    host_db: float, music_db: float, send_db: float, seed: int
) -> None:
    plan = studio(returns=[{"name": "Guest", "listener": ["Guest"], "gains_db": {"Host": send_db}, "outputs": [1, 2]}])
    layout, mixer = settled(plan, Routing(gains_db={"Host": host_db, "Music": music_db}))
    sound = noise(FRAMES, layout.inputs, seed)
    block = mixer.mix(sound).astype(np.float64)
    exact = sound.astype(np.float64)
    centre = exact[:, 0] * linear(host_db) * linear(send_db) + exact[:, 4]
    scale = 1 + linear(host_db) * linear(send_db) + linear(music_db)
    for side in (0, 1):
        wanted = centre + exact[:, 2 + side] * linear(music_db)
        assert np.abs(block[:, len(layout.sources) + side] - wanted).max() < 1e-6 * scale


def test_an_input_that_two_channels_share_is_locked_out_with_its_listener() -> None:
    plan = studio(
        channels=[{"name": "Guest", "inputs": [1]}, {"name": "Room", "inputs": [1, 2]}],
        returns=[{"name": "Guest", "listener": ["Guest"], "outputs": [1, 2]}],
    )
    layout = Layout(plan)
    matrix = gains(layout, Routing())
    assert [source.port for source in layout.sources] == [1, 1, 2]
    assert not matrix[:2, :2].any()
    assert matrix[2, 1] == 1


def test_a_stereo_channel_keeps_its_sides_and_is_summed_into_a_mono_return() -> None:
    matrix = gains(Layout(studio()), Routing())
    assert matrix[2:4, 0].tolist() == [0.5, 0.5]
    assert matrix[2:4, 1:3] == pytest.approx(np.eye(2) * linear(-6.0))


def test_a_muted_channel_is_in_no_return() -> None:
    assert not gains(Layout(studio()), Routing(muted=frozenset({"Music"})))[2:4, :3].any()


def test_solo_is_heard_on_the_monitor_before_mute_and_fader_and_changes_no_return() -> None:
    layout = Layout(studio(monitor=[7, 8]))
    plain = Routing(muted=frozenset({"Host"}), gains_db={"Host": -20.0})
    soloed = Routing(muted=frozenset({"Host"}), gains_db={"Host": -20.0}, solo="Host")
    before, after = gains(layout, plain), gains(layout, soloed)
    assert np.array_equal(before[:, :5], after[:, :5])
    assert not before[:, 5:].any()
    assert after[0, 5:].tolist() == [1.0, 1.0]
    assert not after[1:, 5:].any()


def test_talkback_is_in_no_return_until_it_is_open_and_then_dims_the_others() -> None:
    layout = Layout(studio(talkback="Director"))
    closed, opened = gains(layout, Routing()), gains(layout, Routing(is_talkback_open=True))
    assert not closed[4].any()
    assert opened[4].tolist() == [1.0, 1.0, 1.0, 0.0, 0.0]
    assert opened[:4, :3] == pytest.approx(closed[:4, :3] * linear(TALKBACK_DIM_DB))
    assert np.array_equal(opened[:, 3:], closed[:, 3:])


def test_a_return_that_somebody_else_makes_has_no_bus() -> None:
    plan = studio(returns=[{"name": "Call", "made_by": "elsewhere", "outputs": [1]}])
    layout = Layout(plan)
    assert layout.return_bus("Call") is None
    assert layout.return_columns("Call") == ()
    assert [bus.kind for bus in layout.buses] == [BusKind.PROGRAMME]


def test_a_new_matrix_is_faded_in_without_a_step() -> None:
    layout = Layout(studio())
    mixer = Mixer(layout, FRAMES)
    ones = np.ones((FRAMES, layout.inputs), dtype=np.float32)
    mixer.target = gains(layout, Routing())
    rising = mixer.mix(ones)[:, len(layout.sources)].copy()
    steady = mixer.mix(ones)[:, len(layout.sources)].copy()
    mixer.target = gains(layout, Routing(muted=frozenset({"Host"})))
    falling = mixer.mix(ones)[:, len(layout.sources)].copy()
    heard = np.concatenate(([0.0], rising, steady, falling))
    assert np.abs(np.diff(heard)).max() < steady[0] * 1.5 / FRAMES
    assert falling[-1] == pytest.approx(steady[0] - 1.0, abs=1e-6)


def test_inputs_that_the_device_lacks_are_silent_and_shorter_blocks_are_taken() -> None:
    layout, mixer = settled(studio(), Routing())
    block = mixer.mix(np.ones((10, 2), dtype=np.float32))
    assert block.shape == (10, layout.columns)
    assert not block[:, 2 : len(layout.sources)].any()


def test_samples_that_are_no_numbers_are_silence_for_everybody() -> None:
    layout, mixer = settled(studio(), Routing())
    bad = noise(FRAMES, layout.inputs)
    bad[3, 1], bad[4, 0] = np.nan, np.inf
    assert np.isfinite(mixer.mix(bad)).all()
