"""What is opened, what is left to OBS, and what waits for the director's yes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cameras.mrl import Kind, is_loopback, media_options, parse_mrl, refused_options, with_password
from console.cameras.plan import plan_of
from console.cameras.reasons import no_part, reason, refusal
from console.cameras.state import Origin
from console.cameras.worker import is_text
from console.settings.show import Camera


@pytest.mark.parametrize(
    ("mrl", "kind", "host"),
    [
        ("srt://192.0.2.10:9001", Kind.NETWORK, "192.0.2.10"),
        ("srt://127.0.0.1:9001?mode=listener", Kind.LISTENER, "127.0.0.1"),
        ("srt://:9001", Kind.LISTENER, ""),
        ("srt://@:9001", Kind.LISTENER, ""),
        ("rtmp://user:secret@example.org/live", Kind.NETWORK, "example.org"),
        ("udp://@127.0.0.1:5000", Kind.NETWORK, "127.0.0.1"),
        ("udp://@:5000", Kind.NETWORK, ""),
        ("udp://@239.1.2.3:5000", Kind.NETWORK, "239.1.2.3"),
        ("http://[::1]:80/a.m3u8", Kind.NETWORK, "::1"),
        ("http://[::1", Kind.UNKNOWN, ""),
        ("HTTPS://Example.org/a", Kind.NETWORK, "Example.org"),
        ("v4l2:///dev/video0", Kind.DEVICE, ""),
        ("dshow://", Kind.DEVICE, ""),
        ("avcapture://0x1", Kind.DEVICE, ""),
        ("screen://", Kind.DEVICE, ""),
        ("clips/wide.mkv", Kind.FILE, ""),
        ("C:\\clips\\wide.mkv", Kind.FILE, ""),
        ("file:///clips/wide.mkv", Kind.FILE, ""),
        ("file://nas/clips/wide.mkv", Kind.FILE, "nas"),
        ("\\\\nas\\clips\\wide.mkv", Kind.FILE, "nas"),
        ("http/ts://192.0.2.1/a", Kind.FILE, ""),  # a path: never handed to libVLC as an address
        ("/dev/video0", Kind.DEVICE, ""),
        ("file:///dev/video0", Kind.DEVICE, ""),
        ("http://127.0.0.1@192.0.2.1/", Kind.NETWORK, "192.0.2.1"),
        ("http://192.0.2.1#@127.0.0.1/", Kind.NETWORK, "192.0.2.1"),
        ("vlc://quit", Kind.UNKNOWN, ""),
        ("fd://3", Kind.UNKNOWN, "3"),
    ],
)
def test_an_address_is_taken_apart(mrl: str, kind: Kind, host: str) -> None:
    address = parse_mrl(mrl)
    if kind is Kind.UNKNOWN:
        assert address.kind is kind
    else:
        assert (address.kind, address.host) == (kind, host)


@given(st.text() | st.from_regex(r"[a-z0-9]{2,6}://\S*"))
def test_any_text_is_an_address_of_some_kind(text: str) -> None:
    address = parse_mrl(text)
    what = plan_of(Camera(name="Wide", mrl=text), is_trusted=False)
    if not address.is_local:
        assert what.origin is Origin.OBS or not what.is_open
    if not what.is_open:
        assert what.why
        assert what.fix


def test_a_file_is_found_by_its_path() -> None:
    assert parse_mrl("file:///clips/two%20words.mkv").path == Path("/clips/two words.mkv")
    assert parse_mrl("clips/100%25.mkv").path == Path("clips/100%25.mkv")


@pytest.mark.parametrize(
    ("head", "is_so"),
    [
        (b"#EXTM3U\nhttp://192.0.2.1/a.ts\n", True),
        ("<MPD>ü".encode(), True),
        ("<MPD>".encode("utf-16"), True),
        (b"", True),
        (b"\0\0\0\x20ftypisom", False),
        (b"\x1aE\xdf\xa3\x93B\x82", False),
        (b"G@\x11\x10\0B\xf0%", False),
    ],
)
def test_a_playlist_in_a_file_is_never_followed(head: bytes, is_so: bool, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(head)
    assert is_text(path) is is_so
    assert not is_text(tmp_path / "gone.mp4")


def test_only_this_machine_counts_as_loopback() -> None:
    assert all(is_loopback(host) for host in ("localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1"))
    assert not any(is_loopback(host) for host in ("localhost.evil.example", "10.0.0.1", "::2", "127.0.0.1.x"))


def test_a_device_and_an_srt_listener_are_left_to_obs_unless_the_director_allows_it() -> None:
    for mrl in ("v4l2:///dev/video0", "srt://:9001?mode=listener"):
        left = plan_of(Camera(name="Wide", mrl=mrl), is_trusted=True)
        assert left.origin is Origin.OBS
        assert "only one program" in left.why
        assert "F5" in left.fix
        assert plan_of(Camera(name="Wide", mrl=mrl, may_open=True), is_trusted=True).origin is Origin.WORKER


def test_another_machine_is_not_opened_before_the_director_says_yes() -> None:
    camera = Camera(name="Wide", mrl="srt://192.0.2.10:9001")
    assert plan_of(camera, is_trusted=True).is_open
    waiting = plan_of(camera, is_trusted=False)
    assert not waiting.is_open
    assert "192.0.2.10" in waiting.why
    assert plan_of(Camera(name="Wide", mrl="srt://127.0.0.1:9001"), is_trusted=False).is_open


@pytest.mark.parametrize("option", [":sout=#std{dst=/x}", ":sub-file=/etc/passwd", "--network-caching=1", "x", ""])
def test_an_option_that_could_write_or_read_files_is_refused(option: str) -> None:
    assert refused_options((option,)) == (option,)
    what = plan_of(Camera(name="Wide", mrl="srt://127.0.0.1:1", options=(option,)), is_trusted=True)
    assert not what.is_open
    assert option not in media_options(parse_mrl("srt://127.0.0.1:1"), (option,))


def test_the_show_files_own_options_come_last_and_win() -> None:
    options = media_options(parse_mrl("srt://127.0.0.1:1"), (":network-caching=999",))
    assert options[-1] == ":network-caching=999"
    assert ":input-repeat=65535" in media_options(parse_mrl("clip.mp4"), ())


def test_a_reason_never_shows_a_password_or_stream_key() -> None:
    address = parse_mrl("rtmp://user:secret@127.0.0.1:1935/live/key?token=hidden")
    for errors in ([], ["Connection refused"], ["cannot resolve"], ["permission denied"]):
        for ended in (True, False):
            for had in (True, False):
                found = reason(address, errors, had_picture=had, has_ended=ended)
                assert not any(word in found.why + found.fix for word in ("secret", "key?", "hidden", "/live"))
                assert found.fix


def test_a_missing_part_of_vlc_says_what_to_do() -> None:
    assert "RTSP" in no_part("rtsp").why
    assert "vlc-plugin-access-extra" in no_part("srt").fix


@pytest.mark.parametrize(
    ("mrl", "opened"),
    [
        ("rtsp://ann@192.0.2.1/cam?a=1", "rtsp://ann:p%40s%2Fs@192.0.2.1/cam?a=1"),
        ("rtmp://ann:old@192.0.2.1:1935/live", "rtmp://ann:p%40s%2Fs@192.0.2.1:1935/live"),
        ("http://192.0.2.1", "http://:p%40s%2Fs@192.0.2.1"),
        ("srt://192.0.2.1:9001", "srt://192.0.2.1:9001"),
        ("clip.mp4", "clip.mp4"),
        ("v4l2:///dev/video0", "v4l2:///dev/video0"),
    ],
)
def test_a_password_goes_where_its_kind_of_address_takes_it(mrl: str, opened: str) -> None:
    address, options = with_password(parse_mrl(mrl), "p@s/s")
    assert address.mrl == opened
    assert options == ((":passphrase=p@s/s",) if mrl.startswith("srt") else ())
    assert with_password(parse_mrl(mrl), "") == (parse_mrl(mrl), ())


@given(
    st.sampled_from(["rtsp://{}@192.0.2.1:554/cam", "http://{}@[2001:db8::1]/a?b#c", "rtmp://192.0.2.1/{}/x"]),
    st.text("ab:@/?#%é ", max_size=8),
    st.text(min_size=1, max_size=12).filter(lambda text: text.isprintable()),
)
def test_a_password_never_leads_to_another_machine(form: str, user: str, password: str) -> None:
    address = parse_mrl(form.format(user))
    opened = parse_mrl(with_password(address, password)[0].mrl)
    assert (opened.host, opened.place, opened.scheme) == (address.host, address.place, address.scheme)


def test_a_refusal_says_what_is_asked_for() -> None:
    camera, page = parse_mrl("srt://192.0.2.1:9001"), parse_mrl("http://192.0.2.1/cam.ts")
    calls = ["Schedule SRT connect (dest address: 192.0.2.1, port: 9001)."]
    for has_password, words in ((True, "password is wrong"), (False, "wants a password")):
        hung_up = refusal(camera, calls * 6, has_password=has_password)
        assert hung_up is not None
        assert words in hung_up.why
    assert refusal(camera, calls * 3, has_password=True) is None
    for has_password, words in ((True, "does not accept"), (False, "asks for a password")):
        refused = refusal(page, ["HTTP 401 error"], has_password=has_password)
        assert refused is not None
        assert words in refused.why
        assert refused.fix
    pieces = refusal(page, ["Failed to create demuxer (nil) Unknown"], has_password=True)
    assert pieces is not None
    assert "HLS" in pieces.why
    gone = reason(page, ["HTTP 404 error"], had_picture=False, has_ended=True)
    assert "no stream of that name" in gone.why
