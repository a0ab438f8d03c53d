"""Sound where it came, silence where it did not: files that stay in step with the clock."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.audio.timeline import Gap, Piece, Timeline

RATE_HZ, RING, BLOCK = 48_000, 192_000, 256
S = 1_000_000_000


def timeline(position: int = 0, until_ns: int = 0) -> Timeline:
    return Timeline(rate_hz=RATE_HZ, ring_frames=RING, block_frames=BLOCK, position=position, until_ns=until_ns)


def at(seconds: float) -> int:
    return round(seconds * S)


def test_what_came_is_taken_as_it_came() -> None:
    line = timeline(position=1_000)
    assert list(line.turn(5_800, at(0.1), at(0.1))) == [Piece(4_800, 5_800)]
    assert list(line.turn(5_800, at(0.1), at(0.2))) == []
    assert list(line.turn(15_400, at(0.3), at(0.31))) == [Piece(8_192, 13_992), Piece(1_408, 15_400)]


def test_bursts_and_a_clock_that_is_off_are_no_gaps() -> None:
    line = timeline()
    pieces: list[Piece] = []
    for second in range(1, 3_601):  # an hour at 200 parts in a million too slow, every third second late
        late = 0.2 if second % 3 == 0 else 0.0
        pieces += line.turn(round(second * RATE_HZ * (1 - 200e-6)), at(second + late), at(second + late))
    assert {piece.gap for piece in pieces} == {None}


def test_an_engine_that_was_away_leaves_silence_of_just_that_time() -> None:
    line = timeline()
    pieces = list(line.turn(48_000, at(1.0), at(1.0)))
    pieces += [piece for tenth in range(11, 46) for piece in line.turn(48_000, at(1.0), at(tenth / 10))]
    pieces += line.turn(52_800, at(4.6), at(4.65), is_new_engine=True)  # 0.1 s of sound, which began at 4.5 s
    silence = sum(piece.frames for piece in pieces if piece.gap is Gap.ENGINE)
    assert silence == pytest.approx(3.5 * RATE_HZ, abs=2)
    assert pieces[-1] == Piece(4_800, 52_800)


def test_a_driver_that_stalls_and_catches_up_leaves_no_silence() -> None:
    line = timeline()
    pieces = list(line.turn(48_000, at(1.0), at(1.0)))
    pieces += line.turn(48_000, at(1.0), at(1.4))
    pieces += line.turn(52_800, at(1.5), at(1.5))  # the first 0.1 s of a burst
    pieces += line.turn(76_800, at(1.6), at(1.6))
    assert {piece.gap for piece in pieces} == {None}


def test_while_the_engine_is_away_the_recording_grows_all_the_same() -> None:
    line = timeline()
    assert list(line.turn(0, 0, at(0.4))) == []
    (first,) = line.turn(0, 0, at(2.0))
    assert first == Piece(84_000, 0, Gap.ENGINE)  # it may be back any moment: a quarter of a second stays open
    (second,) = line.turn(0, 0, at(3.0))
    assert second.frames == 48_000


def test_what_the_ring_no_longer_holds_is_silence_frame_for_frame() -> None:
    line = timeline()
    pieces = list(line.turn(400_000, at(400_000 / RATE_HZ), at(10)))
    assert pieces[0] == Piece(304_000, 304_000, Gap.OVERRUN)
    assert sum(piece.frames for piece in pieces[1:]) == 96_000
    assert pieces[-1].end == 400_000


def test_each_piece_counts_as_recorded_when_the_next_one_is_asked_for() -> None:
    line = timeline()
    turn = line.turn(20_000, at(20_000 / RATE_HZ), at(1.0))
    assert next(turn) == Piece(8_192, 8_192)
    assert (line.position, line.until_ns) == (0, 0)
    assert next(turn) == Piece(8_192, 16_384)
    assert line.position == 8_192
    assert line.until_ns == pytest.approx(8_192 / RATE_HZ * S, abs=2)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("sound"), st.integers(1, 40)),
            st.tuples(st.just("away"), st.integers(3, 60)),
            st.tuples(st.just("late"), st.integers(1, 70)),
        ),
        max_size=40,
    )
)
def test_every_frame_is_there_once_or_told_as_a_gap_and_time_is_kept(story: list[tuple[str, int]]) -> None:
    """In tenths of a second: the engine runs, is away, or the recorder does not come to its turn."""
    line, end, now, moved = timeline(), 0, 0.0, 0.0
    was_away = is_new = False
    pieces: list[Piece] = []
    for what, tenths in [*story, ("sound", 1)]:
        for _ in range(tenths):
            now += 0.1
            if what != "away":
                end, moved, is_new = end + 4_800, now, is_new or was_away
            was_away = what == "away"
            if what != "late":
                pieces += line.turn(end, at(moved), at(now), is_new_engine=is_new)
                is_new = False
    # what stands in the files has the length of the time that went by, to within what counts as no gap
    assert sum(piece.frames for piece in pieces) == pytest.approx(now * RATE_HZ, abs=_slack(story) * RATE_HZ)
    assert list(_positions(pieces)) == [piece.end for piece in pieces]
    assert line.position == end


def _slack(story: list[tuple[str, int]]) -> float:
    """Absences of under 0.25 s are not filled."""
    return 0.02 + 0.25 * sum(what == "away" and tenths == 3 for what, tenths in story)


def _positions(pieces: list[Piece]) -> Iterator[int]:
    """Where each piece ends in the ring when none is left out and none is doubled."""
    position = 0
    for piece in pieces:
        position += 0 if piece.gap is Gap.ENGINE else piece.frames
        yield position
