"""What meets what, and how loud: the matrix for a routing, on numbers alone."""

import numpy as np
import pytest

from console.audio.crosspoints import TALKBACK_DIM_DB, gains, linear, speaks_into, strips
from console.audio.layout import BusKind, Layout, Routing
from console.audio.plan import Strip
from tests.audio.plans import studio

GUEST, HOST, PROGRAMME = slice(0, 1), slice(1, 3), slice(3, 5)
"""The columns of the studio's buses."""


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
    assert speaks_into(layout, Routing(is_talkback_open=True)) == {"Guest", "Host"}
    assert speaks_into(layout, Routing()) == frozenset()


def test_a_return_that_somebody_else_makes_has_no_bus() -> None:
    plan = studio(returns=[{"name": "Call", "made_by": "elsewhere", "outputs": [1]}])
    layout = Layout(plan)
    assert layout.return_bus("Call") is None
    assert layout.return_columns("Call") == ()
    assert [bus.kind for bus in layout.buses] == [BusKind.PROGRAMME]


def test_talkback_that_is_muted_is_heard_by_nobody_and_dims_nobody() -> None:
    layout = Layout(studio(talkback="Director"))
    muted = frozenset({"Director"})
    held = Routing(is_talkback_open=True, muted=muted)
    assert np.array_equal(gains(layout, held), gains(layout, Routing(muted=muted)))
    assert speaks_into(layout, held) == frozenset()


def test_talkback_that_is_turned_off_in_a_return_or_altogether_is_not_said_to_be_there() -> None:
    layout = Layout(studio(talkback="Director"))
    there = Routing(is_talkback_open=True, sends_db={"Guest": {"Director": -120.0}})
    assert speaks_into(layout, there) == {"Host"}
    assert np.array_equal(gains(layout, there)[:, GUEST], gains(layout, Routing())[:, GUEST])  # nor dimmed
    assert speaks_into(layout, Routing(is_talkback_open=True, gains_db={"Director": -120.0})) == frozenset()


def test_talkback_goes_into_the_chosen_returns_and_dims_only_those() -> None:
    layout = Layout(studio(talkback="Director"))
    closed = gains(layout, Routing())
    chosen = Routing(is_talkback_open=True, talkback_into=frozenset({"Host"}))
    opened = gains(layout, chosen)
    assert np.array_equal(opened[:, GUEST], closed[:, GUEST])
    assert opened[4, HOST].tolist() == [1.0, 1.0]
    assert opened[:4, HOST] == pytest.approx(closed[:4, HOST] * linear(TALKBACK_DIM_DB))
    assert speaks_into(layout, chosen) == {"Host"}


def test_a_return_without_talkback_is_left_alone_unless_it_is_chosen() -> None:
    returns = [{"name": "Guest", "listener": ["Guest"], "talkback": False}]
    layout = Layout(studio(talkback="Director", returns=returns))
    closed = gains(layout, Routing())
    assert np.array_equal(gains(layout, Routing(is_talkback_open=True)), closed)
    assert gains(layout, Routing(is_talkback_open=True, talkback_into=frozenset({"Guest"})))[4, 0] == 1


def test_a_send_that_the_director_sets_replaces_the_one_of_the_show_file_in_that_return_alone() -> None:
    layout = Layout(studio())
    before, after = gains(layout, Routing()), gains(layout, Routing(sends_db={"Host": {"Music": -20.0}}))
    assert after[2, 1] == pytest.approx(0.1)
    after[2:4, HOST] = before[2:4, HOST]
    assert np.array_equal(after, before)


def test_pan_takes_away_from_the_far_side_only_and_means_nothing_in_mono() -> None:
    strips = {"Guest": Strip(pan=-1.0), "Music": Strip(pan=0.5)}
    matrix = gains(Layout(studio()), Routing(strips=strips))
    assert matrix[1, HOST].tolist() == [1.0, 0.0]
    assert matrix[2:4, PROGRAMME].tolist() == [[0.5, 0.0], [0.0, 1.0]]
    assert matrix[2:4, 0].tolist() == [0.5, 0.5]


def test_the_programme_holds_everybody_but_talkback_and_those_that_are_off_it() -> None:
    layout = Layout(studio(talkback="Director"))
    routing = Routing(muted=frozenset({"Host"}), off_programme=frozenset({"Guest"}), is_talkback_open=True)
    programme = gains(layout, routing)[:, PROGRAMME]
    assert programme.tolist() == [[1, 1], [0, 0], [1, 0], [0, 1], [0, 0]]
    assert [layout.buses[2].kind, layout.programme_columns] == [BusKind.PROGRAMME, (8, 9)]


def test_several_channels_are_heard_by_pfl_and_only_one_while_it_is_solo() -> None:
    layout = Layout(studio(monitor=[7]))
    pfl = frozenset({"Host", "Director"})
    assert gains(layout, Routing(pfl=pfl))[:, -1].tolist() == [1, 0, 0, 0, 1]
    assert gains(layout, Routing(pfl=pfl, solo="Guest"))[:, -1].tolist() == [0, 1, 0, 0, 0]


def test_a_programme_and_a_return_that_come_from_outside_have_columns_as_they_come() -> None:
    returns = [{"name": "Call", "made_by": "elsewhere", "listener": ["Guest"], "loopback": [2, 9]}]
    layout = Layout(studio(returns=returns, programme=[8], monitor=[1]))
    assert layout.return_columns("Call") == (5, 6)
    assert layout.programme_columns == (7,)
    assert [source.port for source in layout.sources][5:] == [2, 9, 8]
    assert [bus.kind for bus in layout.buses] == [BusKind.MONITOR]
    assert layout.inputs == 9
    assert strips(layout, Routing(strips={"Guest": Strip(delay_ms=5.0)}))[4:] == (Strip(),) * 4


def test_a_loopback_of_the_listeners_own_input_is_locked_out_too() -> None:
    returns = [
        {"name": "Call", "made_by": "elsewhere", "loopback": [2]},
        {"name": "Guest", "listener": ["Guest"], "outputs": [1]},
    ]
    layout = Layout(studio(returns=returns))
    guest = layout.return_bus("Guest")
    assert guest is not None
    assert guest.made_for is not None
    assert layout.own_columns(guest.made_for) == {1, 5}
