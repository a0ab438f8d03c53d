"""A camera that sees the clock page, without a screen: its pictures are drawn here and sent by ffmpeg.

Usable without pytest.
"""

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.cameras.clock_pictures import page
from tests.rigs.streams import ENCODER, free_port

SIZE = (640, 360)
RATE = 15


@contextmanager
def clock_camera(*, late_s: float = 0.0) -> Iterator[str]:
    """MPEG-TS over UDP of a camera that sees the clock as it was `late_s` ago; yields what a tile opens."""
    port = free_port(socket.SOCK_DGRAM)
    source = f"-use_wallclock_as_timestamps 1 -f rawvideo -pix_fmt gray -s {SIZE[0]}x{SIZE[1]} -r {RATE} -i -".split()
    output = f"-muxdelay 0 -f mpegts udp://127.0.0.1:{port}?pkt_size=1316".split()
    command = ["ffmpeg", "-v", "error", "-probesize", "32", *source, "-fps_mode", "passthrough", *ENCODER, *output]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as ffmpeg:
        is_over = threading.Event()
        thread = threading.Thread(target=_film, args=(ffmpeg, late_s, is_over), daemon=True)
        thread.start()
        try:
            yield f"udp://@127.0.0.1:{port}"
        finally:
            is_over.set()
            thread.join()
            ffmpeg.kill()


def _film(ffmpeg: "subprocess.Popen[bytes]", late_s: float, is_over: threading.Event) -> None:
    assert ffmpeg.stdin is not None
    started_s, count = time.monotonic(), 0
    before_ns = 0
    while not is_over.wait(max(0.0, started_s + count / RATE - time.monotonic())):
        now_ns = time.monotonic_ns() - int(late_s * 1e9)
        try:
            ffmpeg.stdin.write(page(before_ns, now_ns, width=SIZE[0], height=SIZE[1]).tobytes())
        except OSError:
            return
        before_ns, count = now_ns, count + 1
