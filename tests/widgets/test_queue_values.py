"""What is typed of a drop: durations as people write them."""

import pytest

from console.core.errors import UserError
from console.settings.timing import SaleDuration
from widgets.queue_values import duration_words, given_of


@pytest.mark.parametrize(
    ("typed", "duration", "shown"),
    [
        ("5", 300, "5:00"),
        ("2:30", 150, "2:30"),
        ("1:00:05", 3_605, "1:00:05"),
        ("sold out", "sold out", "sold out"),
        (" Until sold out ", "sold out", "sold out"),
    ],
)
def test_a_duration_is_minutes_a_clock_or_until_sold_out(typed: str, duration: SaleDuration, shown: str) -> None:
    assert given_of({"duration_s": typed}, {}, currency="EUR") == {"duration_s": duration}
    assert duration_words(duration) == shown


@pytest.mark.parametrize("typed", ["five", "2:3", "5:99", "-1", "99999", "sold"])
def test_what_is_no_duration_says_how_to_type_one(typed: str) -> None:
    with pytest.raises(UserError, match="is no duration") as error:
        given_of({"duration_s": typed}, {}, currency="EUR")
    assert error.value.fix == 'Type minutes ("5", "2:30"), or "sold out".'
