"""A media source's transport as OBS tells it. Pure."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenes.sources.media import is_looping, media_of, steady
from scenes.sources.state import Media, MediaState

S = 1_000_000_000


def playing(cursor_ms: int, at_ns: int) -> Media:
    return Media("Clip", MediaState.PLAYING, 60_000, cursor_ms, at_ns)


@given(
    st.dictionaries(
        st.sampled_from(["mediaState", "mediaDuration", "mediaCursor"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.just("OBS_MEDIA_STATE_PLAYING"),
    )
)
def test_no_status_breaks_it(status: Any) -> None:
    media = media_of("Clip", status, at_ns=1)
    assert media.duration_ms is None or media.duration_ms >= 0
    media.left_s(2 * S)


def test_the_state_is_read() -> None:
    media = media_of(
        "Clip", {"mediaState": "OBS_MEDIA_STATE_PAUSED", "mediaDuration": 9000, "mediaCursor": 1000}, at_ns=S
    )
    assert media == Media("Clip", MediaState.PAUSED, 9000, 1000, S)
    assert media.left_s(9 * S) == 8.0


@pytest.mark.parametrize(
    ("kind", "settings", "loops"),
    [
        ("ffmpeg_source", {}, False),
        ("ffmpeg_source", {"looping": True}, True),
        ("vlc_source", {}, True),
        ("vlc_source", {"loop": False}, False),
        ("image_source", {"looping": True}, False),
    ],
)
def test_whether_it_begins_again_at_its_end(kind: str, settings: dict[str, Any], loops: bool) -> None:
    assert is_looping(kind, settings) is loops


def test_a_cursor_where_it_was_expected_is_no_news_and_a_jump_is() -> None:
    old = playing(1000, 0)
    assert steady(old, playing(2033, S)) is old
    jumped = playing(9000, S)
    assert steady(old, jumped) is jumped
    paused = Media("Clip", MediaState.PAUSED, 60_000, 2000, S)
    assert steady(old, paused) is paused
    assert steady(paused, Media("Clip", MediaState.PAUSED, 60_000, 2000, 5 * S)) is paused
    assert steady(None, old) is old
