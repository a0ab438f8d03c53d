"""What OBS's inputs hold, and what of it a file may keep."""

from hypothesis import given
from hypothesis import strategies as st

from console.settings.addresses import addresses_in, without_password


def test_an_address_that_is_switched_off_counts_not() -> None:
    film = {"is_local_file": True, "input": "rtmp://192.0.2.1/live/a", "local_file": "/films/a.mp4"}
    assert addresses_in(film) == ()
    assert addresses_in({**film, "is_local_file": False}) == ("rtmp://192.0.2.1/live/a",)


def test_a_password_does_not_stay_in_an_address_and_the_rest_does() -> None:
    assert without_password("rtsp://me:hunter2@192.0.2.1:554/live?a=1") == "rtsp://me@192.0.2.1:554/live?a=1"
    assert without_password("srt://192.0.2.1:9000?passphrase=hunter2hunter2&mode=caller") == (
        "srt://192.0.2.1:9000?mode=caller"
    )
    assert without_password("srt://192.0.2.1:9000?mode=caller&passphrase=hunter2") == "srt://192.0.2.1:9000?mode=caller"
    for plain in ("udp://@239.0.0.1:1234", "rtmp://192.0.2.1/live/a", "srt://192.0.2.1:9000?latency=200000"):
        assert without_password(plain) == plain


@given(st.text(max_size=60).map(lambda text: f"rtsp://{text}"))
def test_no_address_of_any_kind_stops_the_search(address: str) -> None:
    without_password(address)
    addresses_in({"input": address, "playlist": [{"value": address}, 7, None]})
