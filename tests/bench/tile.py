"""What a 720p30 tile costs: CPU of its worker and of drawing it, against ffmpeg decoding and scaling the same clip."""

import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, against, paired
from tests.rigs.console import ROOT
from tests.rigs.screen import Screen
from tests.rigs.streams import free_port


def measure(*, seconds: float = 10.0, pairs: int = 3) -> list[Figure]:
    """CPU seconds of worker and drawing, and of ffmpeg, in turns, `seconds` of the same stream each.

    Drawing is what the window's process takes more than without a tile. ffmpeg is measured whole: its start costs some
    0.05 s in our favour. A stream over UDP, as a camera sends it.
    """
    tiles, floors, rates, shares = [], [], [], []
    with Screen() as screen, tempfile.TemporaryDirectory() as folder:
        clip = made_clip(Path(folder), seconds)
        for _ in range(pairs):
            bare = view(screen, seconds)
            with sent(clip) as mrl:
                shown = view(screen, seconds, mrl)
            drawing = shown["window_s"] - bare["window_s"]
            tiles.append(shown["workers_s"][0] + drawing)
            shares.append(drawing)
            rates.append(shown["fps"][0])
            floors.append(_floor(clip, seconds))
    name = f"CPU of a 720p30 tile in {seconds:.0f} s, ffmpeg -re scaling the same"
    drawn = against("of it drawing", statistics.median(shares), statistics.median(tiles), "CPU s", "window's process")
    return [
        paired(name, tiles, floors, "CPU s"),
        drawn,
        against("pictures of that tile, those sent", statistics.median(rates), 30.0, "1/s", f"lowest {min(rates):.1f}"),
    ]


@contextmanager
def sent(clip: Path) -> Iterator[str]:
    """`clip` over and over to a UDP port as it is, not encoded anew; yields what a camera opens."""
    port = free_port(socket.SOCK_DGRAM)
    command = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", str(clip), "-c", "copy"]
    sender = subprocess.Popen([*command, "-f", "mpegts", f"udp://127.0.0.1:{port}?pkt_size=1316"])
    try:
        yield f"udp://@127.0.0.1:{port}"
    finally:
        sender.kill()
        sender.wait()


def view(screen: Screen, seconds: float, *mrls: str) -> Any:
    """What the viewer says of `seconds` with these tiles."""
    command = [sys.executable, "-m", "tests.bench.viewer", str(seconds), *mrls]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **screen.environment}, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def made_clip(folder: Path, seconds: float) -> Path:
    """A clip of ffmpeg's moving picture in `folder`."""
    path = folder / "720p30.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30", "-t", str(seconds + 1)]
    encoder = ["-c:v", "libx264", "-preset", "veryfast", "-g", "30", "-pix_fmt", "yuv420p"]
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *source, *encoder, str(path)], check=True)
    return path


def _floor(clip: Path, seconds: float) -> float:
    """CPU seconds of ffmpeg for the same clip, decoded and scaled in real time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-i", str(clip), "-t", str(seconds)]
    subprocess.run([*command, "-vf", "scale=640:360", "-an", "-f", "null", "-"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
