"""OBS is asked for fewer pictures while it works hard, and for more again little by little."""

from hypothesis import given
from hypothesis import strategies as st

from console.cameras.pace import HICCUPS, LONGEST_GAP_S, MOST_STRAIN, SHORTEST_GAP_S, SLOW_S, Pace, Work

S = 1_000_000_000


def calm(second: int) -> Work:
    return Work(second * S, render_ms=5.0, frame_ms=33.3, late_frames=0)


def late(second: int) -> Work:
    return Work(second * S, render_ms=5.0, frame_ms=33.3, late_frames=2)


def test_slow_answers_leave_obs_alone_for_longer() -> None:
    pace = Pace()
    assert pace.gap_s(0.003) == SHORTEST_GAP_S
    assert [pace.gap_s(SLOW_S + 0.01) > 10 * SLOW_S for _ in range(HICCUPS + 1)] == [False] * HICCUPS + [True]
    assert [pace.gap_s(60) for _ in range(HICCUPS + 1)][-1] == LONGEST_GAP_S
    assert pace.gap_s(0.003) == SHORTEST_GAP_S


def test_frames_that_came_late_halve_the_pictures_at_once_and_calm_brings_them_back() -> None:
    pace = Pace()
    before_s = pace.every_s(is_first=False, is_hidden=False)
    pace.hear(late(1))
    assert pace.every_s(is_first=False, is_hidden=False) == 2 * before_s
    assert pace.gap_s(0.003) == 2 * SHORTEST_GAP_S
    pace.hear(late(1))  # the same second told again
    assert pace.strain == 2.0
    pace.hear(calm(2))
    assert 1.0 < pace.strain < 2.0
    for second in range(3, 9):
        pace.hear(calm(second))
    assert pace.strain == 1.0


def test_a_render_time_near_its_limit_counts_before_a_frame_is_late() -> None:
    pace = Pace()
    pace.hear(Work(S, render_ms=30.0, frame_ms=33.3, late_frames=0))
    assert pace.strain == 2.0
    pace.hear(Work(2 * S, render_ms=30.0, frame_ms=0.0, late_frames=0))  # a limit that OBS does not tell is none
    assert pace.strain < 2.0


def test_program_and_preview_come_more_often_than_tiles_and_what_is_hidden_least() -> None:
    pace = Pace()
    first, usual = (pace.every_s(is_first=is_first, is_hidden=False) for is_first in (True, False))
    assert first < usual < pace.every_s(is_first=True, is_hidden=True)


@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 1e3), st.integers(0, 10_000)), max_size=60))
def test_whatever_obs_says_pictures_go_on(said: list[tuple[float, float, int]]) -> None:
    pace = Pace()
    for second, (render_ms, frame_ms, late_frames) in enumerate(said, start=1):
        pace.hear(Work(second * S, render_ms, frame_ms, late_frames))
        assert 1.0 <= pace.strain <= MOST_STRAIN
        assert SHORTEST_GAP_S <= pace.gap_s(0.01) <= LONGEST_GAP_S
