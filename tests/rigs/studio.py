"""An OBS as the wall sees it, without OBS: scenes with moving pictures, screenshots of them, and a virtual camera.

This kernel has no v4l2loopback: the virtual camera is a UDP stream of ffmpeg. Usable without pytest.
"""

import io
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image

from tests.rigs.streams import ENCODER, free_port

SIZE = (640, 360)
RATE = 25
SPOT = 60  # pixels; it wanders, so that no picture is like the one before


class Studio:
    """Scenes by name. What the virtual camera shows is changed while it runs: `shows` is a scene."""

    def __init__(self, *scenes: str) -> None:
        self._stills = {name: _still(seed) for seed, name in enumerate(scenes)}
        self.shows = scenes[0]
        self.asked: list[tuple[str, int, int]] = []

    async def screenshot(self, source: str, width: int, height: int) -> bytes:
        """As OBS gives it: JPEG, in the scene's own shape."""
        self.asked.append((source, width, height))
        file = io.BytesIO()
        self._picture(source).resize((width, max(2, width * SIZE[1] // SIZE[0]))).save(file, "JPEG", quality=70)
        return file.getvalue()

    @contextmanager
    def virtual_camera(self) -> Iterator[str]:
        """The virtual camera while it runs; yields what a worker opens."""
        port = free_port(socket.SOCK_DGRAM)
        source = f"-f rawvideo -pix_fmt rgb24 -s {SIZE[0]}x{SIZE[1]} -r {RATE} -i -".split()
        output = f"-f mpegts udp://127.0.0.1:{port}?pkt_size=1316".split()
        command = ["ffmpeg", "-v", "error", *source, *ENCODER, *output]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as ffmpeg:
            is_over = threading.Event()
            thread = threading.Thread(target=self._film, args=(ffmpeg, is_over), daemon=True)
            thread.start()
            try:
                yield f"udp://@127.0.0.1:{port}"
            finally:
                is_over.set()
                thread.join()
                ffmpeg.kill()

    def _film(self, ffmpeg: "subprocess.Popen[bytes]", is_over: threading.Event) -> None:
        assert ffmpeg.stdin is not None
        while not is_over.wait(1 / RATE):
            try:
                ffmpeg.stdin.write(self._picture(self.shows).tobytes())
            except OSError:
                return

    def _picture(self, scene: str) -> Image.Image:
        picture = self._stills[scene].copy()
        at = round(time.monotonic() * 200) % (SIZE[0] - SPOT)
        picture.paste((255, 255, 255), (at, 200, at + SPOT, 200 + SPOT))
        return picture


def _still(seed: int) -> Image.Image:
    """A picture that is like no other: a few blurred patches."""
    patches = np.random.default_rng(seed).integers(0, 255, (5, 8, 3), np.uint8)
    return Image.fromarray(patches).resize(SIZE, Image.Resampling.BICUBIC)
