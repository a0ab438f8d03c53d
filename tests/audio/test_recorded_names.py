"""Names of recorded files: for every platform, for whatever people call their shows and channels."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from console.audio.recorded_names import file_names, folder_name

BEGAN = datetime(2026, 11, 20, 19, 42, 7)
NAME = st.text(min_size=1, max_size=80)


def test_a_name_says_show_time_and_channel() -> None:
    assert folder_name("Friday drop", BEGAN) == "Friday drop 2026-11-20 19-42-07"
    names = file_names("Friday drop", BEGAN, ["Host", "return Guest 1"], part=1, suffix=".flac")
    assert names == ["Friday drop 2026-11-20 19-42-07 Host.flac", "Friday drop 2026-11-20 19-42-07 return Guest 1.flac"]


def test_a_later_part_says_so_at_the_end() -> None:
    (name,) = file_names("Friday drop", BEGAN, ["Host"], part=3, suffix=".wav")
    assert name == "Friday drop 2026-11-20 19-42-07 Host part 3.wav"


def test_channels_that_a_disk_takes_for_the_same_are_told_apart() -> None:
    names = file_names("Show", BEGAN, ["Bo", "bo", "A/B", "A:B", "..", "é", "e\u0301"], part=1, suffix=".flac")
    assert [name.split(" ", 3)[3] for name in names] == [
        "Bo.flac", "bo (2).flac", "A-B.flac", "A-B (2).flac", "no name.flac", "é.flac", "é (2).flac",
    ]  # fmt: skip


@given(NAME, st.lists(NAME, min_size=1, max_size=8), st.integers(1, 999))
def test_whatever_the_names_are_every_disk_takes_them(show: str, tracks: list[str], part: int) -> None:
    names = file_names(show, BEGAN, tracks, part=part, suffix=".flac")
    assert len({name.casefold() for name in names}) == len(tracks)
    for name in (*names, folder_name(show, BEGAN)):
        assert len(name.encode()) <= 255
        assert name.isprintable()
        assert not set(name) & set('<>:"/\\|?*')
        assert name == name.strip(" .")
