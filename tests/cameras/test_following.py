"""Whether the virtual camera shows a bus: believed only while it is seen, and through takes only after one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cameras.following import ACROSS, DOWN, Following, Grid, Verdict, grid_of, likeness, verdict
from console.cameras.state import Picture

SAME, OTHER, UNCLEAR = Verdict.SAME, Verdict.OTHER, Verdict.UNCLEAR


def grid(seed: int) -> Grid:
    return np.random.default_rng(seed).uniform(0, 255, (DOWN, ACROSS)).astype(np.float32)


def shown(following: Following) -> bool:
    return following.is_shown


def flat(value: float) -> Grid:
    return np.full((DOWN, ACROSS), value, np.float32)


def picture(width: int, height: int, stride: int, value: int) -> Picture:
    return Picture(1, width, height, stride, bytes([value] * (stride * height)))


@pytest.mark.parametrize(("width", "height", "stride"), [(640, 360, 2560), (64, 36, 256), (202, 360, 832), (8, 4, 64)])
def test_a_picture_of_any_size_has_a_grid(width: int, height: int, stride: int) -> None:
    assert np.allclose(grid_of(picture(width, height, stride, 100)), 100, atol=0.5)


def test_the_same_picture_is_alike_whatever_its_range_and_others_are_not() -> None:
    one = grid(1)
    assert likeness(one, one * 0.85 + 16) == pytest.approx(1.0, abs=1e-3)  # video range
    assert likeness(one, grid(2)) < 0.5
    assert likeness(flat(3), flat(16)) == 1.0  # black in both
    assert likeness(flat(3), flat(200)) == 0.0
    assert likeness(flat(3), one) == 0.0


def test_only_what_tells_the_two_buses_apart_is_a_proof() -> None:
    program, preview = grid(1), grid(2)
    assert verdict([grid(3), program], program, preview) is SAME  # people move: the likeliest counts
    assert verdict([preview], program, preview) is OTHER
    assert verdict([program], program, None) is SAME
    assert verdict([program], program, program) is UNCLEAR  # both buses show the same
    assert verdict([], program, preview) is UNCLEAR
    nearly = program * 0.9 + preview * 0.1
    assert verdict([preview], program * 0.2 + preview * 0.8, preview) is not SAME
    assert verdict([nearly], program, preview) is SAME


def test_a_take_is_not_believed_before_one_was_followed() -> None:
    following = Following()
    following.become("Wide")
    following.see(SAME)
    assert shown(following)
    following.become("Close")
    assert not shown(following)  # it may show Wide for good
    following.see(SAME)
    assert shown(following)
    following.become("Table")
    assert shown(following)  # it was seen to follow


def test_a_picture_of_something_else_ends_the_belief_at_once() -> None:
    following = Following(is_shown=True, scene="Close", seen_in=frozenset({"Wide", "Close"}))
    following.see(OTHER)
    assert not shown(following)
    following.see(SAME)
    assert shown(following)  # it was only late
    following.see(OTHER)
    following.see(OTHER)
    following.see(SAME)
    following.become("Wide")
    assert not shown(following)  # what it followed before counts no more


@given(st.lists(st.sampled_from([SAME, OTHER, UNCLEAR, "Wide", "Close", "Table", None, "gone"]), max_size=40))
def test_it_is_never_shown_of_nothing_nor_after_something_else_was_seen(steps: list[Verdict | str | None]) -> None:
    following, is_seen = Following(), False
    for step in steps:
        if isinstance(step, Verdict):
            following.see(step)
            is_seen = step is SAME or (is_seen and step is not OTHER)
        elif step == "gone":
            following.forget()
            is_seen = False
        else:
            following.become(step)
        assert not (following.is_shown and (following.scene is None or not is_seen))
