"""How long a disk lasts."""

import pytest

from console.audio.disk_left import DiskLeft


def test_at_first_the_recording_alone_is_counted() -> None:
    assert DiskLeft(1_000_000).minutes(600_000_000, 0.0) == pytest.approx(10.0)


def test_whatever_else_fills_the_disk_is_counted_as_well() -> None:
    disk = DiskLeft(1_000_000)
    free = 600_000_000
    for second in range(31):
        minutes = disk.minutes(free - 4_000_000 * second, float(second))
    assert minutes == pytest.approx(480 / 4 / 60)


def test_silence_that_takes_no_room_promises_nothing() -> None:
    disk = DiskLeft(1_000_000)
    assert [disk.minutes(600_000_000, float(second)) for second in (0, 60, 120)] == [pytest.approx(10.0)] * 3


def test_what_was_freed_counts_at_once_and_what_is_long_past_no_more() -> None:
    disk = DiskLeft(1_000_000)
    disk.minutes(900_000_000, 0.0)
    assert disk.minutes(300_000_000, 30.0) == pytest.approx(300 / 20 / 60)
    assert disk.minutes(1_200_000_000, 31.0) == pytest.approx(20.0)
    assert disk.minutes(1_200_000_000, 100.0) == pytest.approx(20.0)


def test_a_full_disk_has_no_minutes() -> None:
    assert DiskLeft(1.0).minutes(-5, 0.0) == 0.0
