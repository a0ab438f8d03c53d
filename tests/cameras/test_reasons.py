"""What a server says of a stream, in the director's words."""

import pytest

from console.cameras.mrl import parse_mrl
from console.cameras.reasons import refusal

ADDRESS = parse_mrl("rtmp://192.0.2.1/live/secret-key")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("NetStream.Play.StreamNotFound No such stream.", "rtmp://192.0.2.1 knows no stream of that name."),
        ("NetConnection.Connect.InvalidApp", "rtmp://192.0.2.1 knows no stream of that name."),
        (
            "NetConnection.Connect.Rejected [ code=403 need auth; authmod=adobe ]",
            "rtmp://192.0.2.1 asks for a password.",
        ),
    ],
)
def test_an_rtmp_server_that_says_no_is_understood(error: str, why: str) -> None:
    found = refusal(ADDRESS, [error], has_password=False)
    assert found is not None
    assert found.why == why
    assert found.fix


def test_what_is_no_refusal_is_left_to_patience() -> None:
    assert refusal(ADDRESS, ["connection refused"], has_password=False) is None
