"""What is said of a tile, and at what size it is played."""

from hypothesis import given
from hypothesis import strategies as st

from console.cameras.messages import Look, Report, Stage
from console.cameras.state import CameraState
from console.cameras.tile import LARGEST_SIZE, Fps, judge, room_for

PLAYING = Report(Stage.PLAYING)


def test_a_tile_is_live_only_while_new_pictures_come() -> None:
    assert judge(None, None)[0] is CameraState.CONNECTING
    assert judge(Report(Stage.OPENING), 0.1)[0] is CameraState.CONNECTING
    assert judge(PLAYING, 0.1)[0] is CameraState.LIVE
    assert judge(PLAYING, 0.51)[0] is CameraState.STALLED
    assert judge(PLAYING, None)[0] is CameraState.STALLED


def test_black_and_frozen_are_said_only_of_pictures_that_come() -> None:
    assert judge(Report(Stage.PLAYING, Look.BLACK), 0.1)[0] is CameraState.BLACK
    assert judge(Report(Stage.PLAYING, Look.FROZEN), 0.1)[0] is CameraState.FROZEN
    assert judge(Report(Stage.PLAYING, Look.FROZEN), 2.0)[0] is CameraState.STALLED


@given(
    st.none() | st.builds(Report, st.sampled_from(Stage), st.sampled_from(Look), st.just("why"), st.just("fix")),
    st.none() | st.floats(0, 100),
)
def test_whatever_is_wrong_comes_with_what_to_do(report: Report | None, age_s: float | None) -> None:
    state, why, fix = judge(report, age_s)
    assert bool(why) == bool(fix) == (state not in (CameraState.LIVE, CameraState.CONNECTING))


def test_the_rate_is_that_of_the_last_second() -> None:
    fps = Fps()
    for tick in range(31):
        shown = fps.at(tick / 10, tick * 3)
    assert shown == 30.0
    assert fps.at(4.2, 90) == 0.0


def test_a_tile_is_played_at_the_size_that_it_is_shown_at() -> None:
    assert room_for(301, 169) == (301, 169)
    assert room_for(0, 0) == (2, 2)
    assert room_for(9_999, 9_999) == LARGEST_SIZE
