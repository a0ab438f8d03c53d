"""What is said of a tile, and at what size it is played."""

from hypothesis import given
from hypothesis import strategies as st

from console.cameras.messages import Look, Report, Stage
from console.cameras.player import fit, unpadded
from console.cameras.state import CameraState
from console.cameras.tile import SIZES, Fps, judge, room_for

PLAYING = Report(Stage.PLAYING)


def test_a_tile_is_live_only_while_new_pictures_come() -> None:
    assert judge(None, None)[0] is CameraState.CONNECTING
    assert judge(Report(Stage.OPENING), 0.1)[0] is CameraState.CONNECTING
    assert judge(PLAYING, 0.1)[0] is CameraState.LIVE
    assert judge(PLAYING, 0.6)[0] is CameraState.STALLED
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


def test_a_tile_is_played_at_the_next_size_that_is_sharp() -> None:
    assert room_for(300, 200) == SIZES[0]
    assert room_for(481, 200) == SIZES[1]
    assert room_for(9_999, 9_999) == SIZES[-1]


@given(st.tuples(st.integers(0, 8_000), st.integers(0, 8_000)))
def test_a_picture_of_any_shape_fits_its_room(source: tuple[int, int]) -> None:
    for room in SIZES:
        width, height = fit(source, room)
        assert 2 <= width <= room[0]
        assert 2 <= height <= room[1]
        assert width % 2 == height % 2 == 0


def test_portrait_keeps_its_shape() -> None:
    assert fit((1080, 1920), (640, 360)) == (202, 360)
    assert fit((1920, 1080), (640, 360)) == (640, 360)


def test_the_padding_of_decoders_is_taken_off() -> None:
    for padded, seen in (
        ((1280, 738), (1280, 720)),
        ((640, 386), (640, 360)),
        ((1920, 1090), (1920, 1080)),
        ((1088, 1922), (1080, 1920)),
        ((720, 578), (720, 576)),
        ((1280, 720), (1280, 720)),
        ((333, 77), (333, 77)),
    ):
        assert unpadded(*padded) == seen
