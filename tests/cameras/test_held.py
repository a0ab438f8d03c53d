"""What OBS has alone stays OBS's, and the tile says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cameras.held import held_lines, line_of
from console.cameras.plan import plan_of
from console.cameras.state import Origin
from console.settings.show import Camera


@pytest.mark.parametrize(
    ("in_obs", "in_show"),
    [
        ("srt://192.0.2.1:9000?mode=caller&latency=200000", "srt://192.0.2.1:9000"),
        ("srt://localhost:9000", "srt://127.0.0.1:9000"),
        ("udp://127.0.0.1:5004?fifo_size=1000000", "udp://@:5004"),
        ("udp://0.0.0.0:5004", "udp://@127.0.0.1:5004"),
        ("rtp://127.0.0.1:5004", "udp://@127.0.0.1:5004"),
        ("srt://0.0.0.0:9000?mode=listener", "srt://:9000?mode=listener"),
    ],
)
def test_a_line_that_obs_has_is_not_taken_from_it(in_obs: str, in_show: str) -> None:
    held = held_lines({"Cam in OBS": [in_obs]}, is_here=True)
    plan = plan_of(Camera(name="Wide", mrl=in_show), is_trusted=False, held=held)
    assert (plan.origin, plan.source) == (Origin.OBS, "Cam in OBS")
    assert "OBS" in plan.why
    assert "F5" in plan.fix
    allowed = plan_of(Camera(name="Wide", mrl=in_show, may_open=True), is_trusted=True, held=held)
    assert allowed.origin is Origin.WORKER


@pytest.mark.parametrize(
    ("in_obs", "in_show"),
    [
        ("rtmp://192.0.2.1/live/a", "rtmp://192.0.2.1/live/a"),
        ("udp://239.1.1.1:5004", "udp://@239.1.1.1:5004"),
        ("srt://192.0.2.1:9000", "srt://192.0.2.1:9001"),
        ("srt://192.0.2.1:9000", "srt://192.0.2.2:9000"),
        ("udp://127.0.0.1:5004", "udp://@:5005"),
        ("rtsp://192.0.2.1/a", "rtsp://192.0.2.1/a"),
        ("/films/a.mp4", "/films/a.mp4"),
    ],
)
def test_what_several_may_open_is_opened(in_obs: str, in_show: str) -> None:
    held = held_lines({"Cam in OBS": [in_obs]}, is_here=True)
    assert plan_of(Camera(name="Wide", mrl=in_show), is_trusted=True, held=held).origin is Origin.WORKER


def test_the_ports_of_another_machines_obs_are_not_this_machines() -> None:
    inputs = {
        "Port": ["udp://127.0.0.1:5004"],
        "Listener": ["srt://:9000?mode=listener"],
        "Near": ["srt://127.0.0.1:9000"],
        "Far": ["srt://192.0.2.1:9000"],
    }
    assert set(held_lines(inputs, is_here=False).values()) == {"Far"}
    assert set(held_lines(inputs, is_here=True).values()) == set(inputs)


@given(st.text(max_size=40), st.sampled_from(["srt", "udp", "rtp", "rtmp", "file", "x"]))
def test_no_address_stops_the_console(rest: str, scheme: str) -> None:
    line = line_of(f"{scheme}://{rest}")
    assert line is None or scheme in ("srt", "udp", "rtp")
