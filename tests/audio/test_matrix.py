"""The mixer at work: its listener's own channel, sums, fades, ramps, on numbers alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.audio.crosspoints import gains, linear
from console.audio.fades import FADE_S, RAMP_IN_S
from console.audio.layout import Layout, Routing
from console.audio.matrix import Mixer
from console.audio.plan import Plan, Strip, nameless
from tests.audio.plans import Samples, noise, studio

FRAMES, RATE_HZ = 64, 8_000
NAMES = ("Host", "Guest", "Music", "Director")


def mixer_of(plan: Plan, routing: Routing, rate_hz: int = RATE_HZ) -> tuple[Layout, Mixer]:
    """A mixer whose sound has come up and whose fades are over."""
    layout = Layout(plan)
    mixer = Mixer(layout, sample_rate_hz=rate_hz, block_frames=FRAMES)
    mixer.route(routing)
    settle(mixer, layout, rate_hz)
    return layout, mixer


def settle(mixer: Mixer, layout: Layout, rate_hz: int = RATE_HZ) -> None:
    for _ in range(round((RAMP_IN_S + 2 * FADE_S) * rate_hz / FRAMES) + 3):
        mixer.mix(np.zeros((FRAMES, layout.inputs), dtype=np.float32))


decibels = st.floats(-120, 24)
names = st.sampled_from(NAMES)
strips = st.builds(
    Strip,
    delay_ms=st.sampled_from([0.0, 1.0, 40.0, 1000.0]),
    high_pass_hz=st.sampled_from([None, 20.0, 80.0, 120.0]),
    is_inverted=st.booleans(),
    pan=st.floats(-1, 1),
)
routings = st.builds(
    Routing,
    muted=st.frozensets(names),
    off_programme=st.frozensets(names),
    solo=st.one_of(st.none(), names),
    gains_db=st.dictionaries(names, decibels),
    is_talkback_open=st.booleans(),
    pfl=st.frozensets(names),
    sends_db=st.dictionaries(st.sampled_from(["Guest", "Director"]), st.dictionaries(names, decibels)),
    strips=st.dictionaries(names, strips),
    talkback_into=st.one_of(st.none(), st.frozensets(st.sampled_from(["Guest", "Director"]))),
)


@given(sequence=st.lists(routings, min_size=1, max_size=6), seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=60)
def test_a_listeners_own_channels_are_exactly_absent_whatever_is_set_and_while_it_changes(
    sequence: list[Routing], seed: int
) -> None:
    plan = studio(
        talkback="Director",
        monitor=[7, 8],
        returns=[
            {"name": "Guest", "listener": ["Guest", "Music"], "outputs": [1, 2]},
            {"name": "Director", "listener": ["Director"]},
        ],
    )
    layout = Layout(plan)
    own = {"Guest": [1, 2, 3], "Director": [4]}
    whole, *parted = [Mixer(layout, sample_rate_hz=RATE_HZ, block_frames=FRAMES) for _ in range(3)]
    for number, routing in enumerate(sequence):
        for mixer in (whole, *parted):
            mixer.route(routing)
        for block in range(4):
            loud = noise(FRAMES, layout.inputs, seed + 10 * number + block) * np.float32(1000)
            heard = whole.mix(loud)
            for (name, ports), mixer in zip(own.items(), parted, strict=True):
                without = loud.copy()
                without[:, ports] = 0
                columns = list(layout.return_columns(name))
                assert np.array_equal(heard[:, columns], mixer.mix(without)[:, columns])


@given(host_db=st.floats(-60, 24), music_db=st.floats(-60, 24), send_db=st.floats(-60, 24), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=50)
def test_a_return_is_the_sum_of_the_others_at_their_gains(
    host_db: float, music_db: float, send_db: float, seed: int
) -> None:
    plan = studio(returns=[{"name": "Guest", "listener": ["Guest"], "gains_db": {"Host": send_db}, "outputs": [1, 2]}])
    layout, mixer = mixer_of(plan, Routing(gains_db={"Host": host_db, "Music": music_db}))
    sound = noise(FRAMES, layout.inputs, seed) * np.float32(1e-3)
    block = mixer.mix(sound).astype(np.float64)
    exact = sound.astype(np.float64)
    centre = exact[:, 0] * linear(host_db) * linear(send_db) + exact[:, 4]
    scale = 1 + linear(host_db) * linear(send_db) + linear(music_db)
    for side, column in enumerate(layout.return_columns("Guest")):
        wanted = centre + exact[:, 2 + side] * linear(music_db)
        assert np.abs(block[:, column] - wanted).max() < 1e-9 * scale


quiet_routings = st.builds(
    Routing,
    muted=st.frozensets(names),
    off_programme=st.frozensets(names),
    solo=st.one_of(st.none(), names),
    gains_db=st.dictionaries(names, st.floats(-60, 0)),
    is_talkback_open=st.booleans(),
    pfl=st.frozensets(names),
    sends_db=st.dictionaries(st.sampled_from(["Guest", "Host"]), st.dictionaries(names, st.floats(-60, 0))),
    strips=st.dictionaries(names, strips),
)


@given(
    changes=st.lists(st.tuples(quiet_routings, st.integers(1, 12)), min_size=2, max_size=6), frames=st.integers(1, 64)
)
@settings(deadline=None, max_examples=40)
def test_no_change_clicks_whatever_the_sequence(changes: list[tuple[Routing, int]], frames: int) -> None:
    rate_hz, level = 48_000, 0.1
    layout, mixer = mixer_of(studio(talkback="Director", monitor=[7, 8]), Routing(), rate_hz)
    # a steady sound, so that every step is the mixer's own; it comes up slowly, as it is delayed too
    at = np.arange(4_000 + 12 * 64 * len(changes)) / rate_hz
    course = (level * np.minimum(1, at * 20)).astype(np.float32)
    sound = np.repeat(course.reshape(-1, 1), layout.inputs, axis=1)
    heard, start = [], 0
    for routing, blocks in ((Routing(), 60), *changes):
        mixer.route(routing)
        for _ in range(blocks):
            heard.append(mixer.mix(sound[start : start + frames])[:, len(layout.sources) :].copy())
            start += frames
    steps = np.abs(np.diff(np.concatenate(heard), axis=0)).max()
    # each of five sources from one end of its range to the other in a fade, and as fast as a high-pass of 120 Hz falls
    assert steps < 5 * level * (2 * np.pi / 2 / (FADE_S * rate_hz) + 2 * 2 * np.pi * 120 / rate_hz)


def test_a_change_is_over_after_its_fade_and_the_last_of_several_counts() -> None:
    layout, mixer = mixer_of(studio(), Routing())
    sound = np.full((FRAMES, layout.inputs), 0.1, dtype=np.float32)
    before = mixer.mix(sound)[-1, len(layout.sources)]
    for name in NAMES:
        mixer.route(Routing(muted=frozenset({name})))
        mixer.mix(sound)
    for _ in range(round(2 * FADE_S * RATE_HZ / FRAMES) + 2):
        after = mixer.mix(sound)[-1, len(layout.sources)]
    assert [before, after] == pytest.approx([0.3, 0.2], abs=1e-6)


def test_the_first_sound_comes_up_from_silence_and_so_does_the_first_after_a_break() -> None:
    layout = Layout(studio())
    mixer = Mixer(layout, sample_rate_hz=RATE_HZ, block_frames=FRAMES)
    mixer.route(Routing())
    sound = np.full((FRAMES, layout.inputs), 0.1, dtype=np.float32)
    for _ in range(2):
        levels = [mixer.mix(sound)[-1, len(layout.sources)] for _ in range(round(RAMP_IN_S * RATE_HZ / FRAMES) + 1)]
        assert levels[0] < 0.002
        assert levels == sorted(levels)
        assert levels[-1] == pytest.approx(0.3, abs=1e-6)
        mixer.ramp_in()


def test_a_return_is_limited_and_the_programme_is_as_it_is() -> None:
    returns = [{"name": "Guest", "listener": ["Guest"], "limiter_dbfs": -6.0}]
    layout, mixer = mixer_of(studio(returns=returns), Routing())
    sound = np.full((FRAMES, layout.inputs), 0.9, dtype=np.float32)
    for _ in range(10):
        block = mixer.mix(sound)
    assert block[-1, list(layout.return_columns("Guest"))] == pytest.approx(linear(-6.0))
    assert block[-1, list(layout.programme_columns)] == pytest.approx(0.9 * 4)


def test_a_strip_changes_what_everybody_hears_and_what_is_kept() -> None:
    layout, mixer = mixer_of(studio(), Routing(strips={"Host": Strip(is_inverted=True)}))
    block = mixer.mix(np.full((FRAMES, layout.inputs), 0.1, dtype=np.float32))
    assert block[-1, :2] == pytest.approx([-0.1, 0.1])
    assert block[-1, len(layout.sources)] == pytest.approx(0.1)


def test_inputs_that_the_device_lacks_are_silent_and_shorter_blocks_are_taken() -> None:
    layout, mixer = mixer_of(studio(), Routing())
    mixer.mix(np.ones((FRAMES, layout.inputs), dtype=np.float32))
    block = mixer.mix(np.ones((10, 2), dtype=np.float32))
    assert block.shape == (10, layout.columns)
    assert block[:, :2].all()
    assert not block[:, 2 : len(layout.sources)].any()


def test_samples_that_are_no_numbers_are_silence_for_everybody_and_leave_no_trace() -> None:
    filtered = {name: Strip(high_pass_hz=80.0) for name in NAMES}
    layout, mixer = mixer_of(studio(), Routing(strips=filtered))
    bad = noise(FRAMES, layout.inputs)
    bad[3, 1], bad[4, 0], bad[5, 2] = np.nan, np.inf, 1e38
    assert np.isfinite(mixer.mix(bad)).all()
    assert np.isfinite(mixer.mix(noise(FRAMES, layout.inputs))).all()


def test_a_routing_is_the_same_matrix_in_the_mixer_and_beside_it() -> None:
    routing = Routing(sends_db={"Host": {"Music": -12.0}}, strips={"Guest": Strip(pan=0.3)})
    layout, mixer = mixer_of(studio(), routing)
    sound = noise(FRAMES, layout.inputs) * np.float32(0.01)
    block = mixer.mix(sound)
    sources = len(layout.sources)
    assert block[:, sources:] == pytest.approx(block[:, :sources] @ gains(layout, routing), abs=1e-6)


def test_other_names_and_listeners_are_heard_without_another_mixer() -> None:
    before = studio()
    named = replace(before.channels[1], name="Ana")
    channels = (before.channels[0], named, *before.channels[2:])
    returns = (replace(before.returns[0], name="Ana", listener=("Music",)), before.returns[1])
    after = replace(before, channels=channels, returns=returns)
    assert nameless(after) == nameless(before)
    routing = Routing(muted=frozenset({"Ana"}), plan=after)
    layout, mixer = mixer_of(before, Routing())
    mixer.route(routing)
    settle(mixer, layout)
    sound = noise(FRAMES, layout.inputs) * np.float32(0.01)
    block, sources = mixer.mix(sound), len(layout.sources)
    assert block[:, sources:] == pytest.approx(block[:, :sources] @ gains(Layout(after), routing), abs=1e-6)
    (to_ana,) = Layout(after).return_columns("Ana")
    assert block[:, to_ana] == pytest.approx(block[:, 0] + block[:, 4], abs=1e-6)  # host and director


@pytest.mark.parametrize(
    "more",
    [
        {"monitor": [9]},
        {"returns": [{"name": "Guest", "listener": ["Guest"], "outputs": [2]}]},
        {"channels": [{"name": "Host", "inputs": [1]}]},
    ],
)
def test_other_ports_need_another_engine(more: dict[str, object]) -> None:
    assert nameless(studio(**more)) != nameless(studio())


def test_sources_and_buses_find_their_ports_whatever_their_order() -> None:
    plan = studio(
        channels=[{"name": "Music", "inputs": [4, 1]}, {"name": "Host", "inputs": [2]}, {"name": "Far", "inputs": [9]}],
        returns=[{"name": "A", "outputs": [3, 1]}, {"name": "B", "listener": ["Music"], "outputs": [1]}],
        monitor=[6],
    )
    _, mixer = mixer_of(plan, Routing(pfl=frozenset({"Host"})))
    sound = np.tile(np.array([0.1, 0.2, 0.3, 0.4, 0.5], dtype=np.float32), (FRAMES, 1))
    block, out = mixer.mix(sound), np.ones((FRAMES, 4), dtype=np.float32)
    assert block[-1, :4] == pytest.approx([0.4, 0.1, 0.2, 0.0])
    mixer.hand_out(out)
    assert out[-1] == pytest.approx([0.1 + 0.2 + 0.2, 0.0, 0.4 + 0.2, 0.0])


def test_sources_without_a_strip_are_kept_bit_for_bit() -> None:
    layout, mixer = mixer_of(studio(), Routing())
    sound: Samples = noise(FRAMES, layout.inputs) * np.float32(0.1)
    assert np.array_equal(mixer.mix(sound)[:, : len(layout.sources)], sound)
