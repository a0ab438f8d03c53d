"""From a picture made to its pixels in the window: Cuedrop's tile beside ffplay and mpv, the same stream in one run.

Both players as their people tell to for low delay. Looked at every 2 ms or so, so that much is added to each of them.
"""

import itertools
import os
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tests.bench.coded import BARS, CodedSender, late_ms, read
from tests.bench.figures import Figure, against, p95
from tests.bench.xpixels import XPixels
from tests.rigs.console import ConsoleProcess
from tests.rigs.screen import Screen
from tests.rigs.streams import free_port, rtmp_server

SETTLE_S: Final = 6.0
SECONDS: Final = 20.0
LOOK_EVERY_S: Final = 0.002
LATEST_MS: Final = 5_000
PLAYER: Final = (640, 360)
SHOW: Final = """
format = 1
name = "Delay"
[obs]
url = "ws://127.0.0.1:1"
[[cameras]]
name = "Coded"
mrl = "{mrl}"
"""
LEFT: Final = 1960  # of the players; the console's window is left of them
FFPLAY: Final = (
    "ffplay -v error -fflags nobuffer -flags low_delay -framedrop -probesize 32 -analyzeduration 0 -sync ext "
    "-noborder -an"
).split()
MPV: Final = "mpv --no-config --really-quiet --profile=low-latency --untimed --no-border --vo=x11 --no-audio".split()


@dataclass
class Spot:
    """Where on the screen one player's bars are, and how late each new picture was there (ms)."""

    x: int
    y: int
    width: int
    last: int | None = None
    late: list[int] = field(default_factory=list)

    def look(self, pixels: XPixels) -> None:
        """Note the picture that is there, when it is a new one."""
        code = read(pixels.green(self.x, self.y, self.width)[0])
        if code is not None and code != self.last:
            if self.last is not None:
                self.late.append(late_ms(code))
            self.last = code


def measure(*, seconds: float = SECONDS) -> list[Figure]:
    """Median and p95 of the delay in milliseconds, by protocol; the floor is the better of both players."""
    figures = []
    for kind in ("udp", "srt", "rtmp"):
        ours, ffplay, mpv = side_by_side(kind, seconds)
        for name, of in (("median", statistics.median), ("p95", p95)):
            theirs = {"ffplay": of(ffplay), "mpv": of(mpv)}
            told = ", ".join(f"{player} {ms:.0f}" for player, ms in theirs.items())
            figures.append(against(f"delay over {kind.upper()}, {name}", of(ours), min(theirs.values()), "ms", told))
    return figures


def side_by_side(kind: str, seconds: float) -> tuple[list[int], list[int], list[int]]:
    """How late each new picture was in Cuedrop's window, ffplay's and mpv's, milliseconds."""
    with Screen("2640x1200") as screen, XPixels(screen.display) as pixels, ExitStack() as stack:
        environment = {**os.environ, **screen.environment}
        outputs, mrls = _streams(kind, stack)
        ports = [int(mrl.partition("127.0.0.1:")[2].partition("/")[0]) for mrl in mrls]
        console = _console(stack, mrls[2].replace("udp://", "udp://@"), environment)
        commands = [
            [*FFPLAY, "-left", str(LEFT), "-top", "0", "-x", str(PLAYER[0]), "-y", str(PLAYER[1])],
            [*MPV, f"--geometry={PLAYER[0]}x{PLAYER[1]}+{LEFT}+{PLAYER[1]}"],
        ]
        if kind != "udp":  # SRT: one caller after the other, since ffmpeg opens its outputs in turn
            stack.callback(CodedSender(outputs).close)
        for command, mrl, port in zip(commands, mrls[:2], ports[:2], strict=True):
            if kind == "srt":
                until(lambda port=port: is_bound(port), f"nothing listens on {port}")  # type: ignore[misc]
            player = subprocess.Popen(
                [*command, mrl], env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            stack.callback(player.wait)
            stack.callback(player.kill)
            if kind == "udp":
                until(lambda port=port: is_bound(port), f"no player listens on {port}")  # type: ignore[misc]
        if kind == "udp":
            stack.callback(CodedSender(outputs).close)
        console.until_state(lambda state: state["cameras"][0]["state"] == "live", within_s=30)
        time.sleep(SETTLE_S)  # players catch up with what they buffered at first
        spots = [
            found(pixels),
            *(Spot(LEFT, PLAYER[1] * row + PLAYER[1] // 8, PLAYER[0]) for row in range(2)),
        ]
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            for spot in spots:
                spot.look(pixels)
            time.sleep(LOOK_EVERY_S)
        ours, ffplay, mpv = (spot.late for spot in spots)
        return ours, ffplay, mpv


def _streams(kind: str, stack: ExitStack) -> tuple[list[tuple[str, str]], list[str]]:
    """What the sender writes (ffmpeg's), and what ffplay, mpv and the console open."""
    if kind == "rtmp":  # all three get theirs from one server
        mrl = f"rtmp://127.0.0.1:{stack.enter_context(rtmp_server())}/live/cam"
        return [("flv", mrl)], [mrl] * 3
    mrls = [f"{kind}://127.0.0.1:{free_port(socket.SOCK_DGRAM)}" for _ in range(3)]
    return [("mpegts", mrl + ("?mode=listener" if kind == "srt" else "?pkt_size=1316")) for mrl in mrls], mrls


def found(pixels: XPixels) -> Spot:
    """Where in the console's window the bars are. Raises RuntimeError when they are nowhere."""
    screen = pixels.green(0, 0, LEFT, pixels.size[1])
    spots = [spot for y in range(0, pixels.size[1], 8) for spot in _in_line(screen[y], y)]
    if not spots:
        raise RuntimeError("Cuedrop's window shows no coded picture")
    return spots[len(spots) // 2]


def all_found(pixels: XPixels) -> list[Spot]:
    """Every place on the screen where the bars are, row by row, in tiles of one size; borders may cover their edges."""
    screen = pixels.green(0, 0, *pixels.size)
    plain = [spot for y in range(0, pixels.size[1], 8) for spot in _in_line(screen[y], y)]
    if not plain:
        return []
    width = statistics.mode(spot.width for spot in plain)
    lines = {spot.y: _of_width(screen[spot.y], spot.y, width) for spot in plain}
    rows: list[list[Spot]] = []
    for y in sorted(lines):
        if rows and y - rows[-1][0].y < width // 3:  # still the same row of tiles
            rows[-1] = max(rows[-1], lines[y], key=len)
        elif lines[y]:
            rows.append(lines[y])
    return [spot for row in rows for spot in row]


def _of_width(line: NDArray[np.uint8], y: int, width: int) -> list[Spot]:
    """Bars of that width in one line; of the places that can be read, the middle one."""
    spots: list[Spot] = []
    x = 0
    while x + width <= len(line):
        end = x
        while end + width <= len(line) and read(line[end : end + width]) is not None:
            end += 1
        if end > x:
            spots.append(Spot((x + end - 1) // 2, y, width))
            end += width - 8
        x = end + 1
    return spots


def _in_line(line: NDArray[np.uint8], y: int) -> list[Spot]:
    """The bars in one line of the screen: they begin with a white one, as wide as each of them."""
    edges = np.flatnonzero(np.diff((line > 125).astype(np.int8)))
    spots: list[Spot] = []
    for begin, end in itertools.pairwise(edges + 1):
        if spots and begin < spots[-1].x + spots[-1].width:
            continue
        for width in range((end - begin - 1) * BARS, (end - begin + 1) * BARS + 1):
            if width > BARS * 4 and begin + width <= len(line):
                code = read(line[begin : begin + width])
                if code is not None and late_ms(code) < LATEST_MS:
                    spots.append(Spot(int(begin), y, int(width)))
                    break
    return spots


def _console(stack: ExitStack, mrl: str, environment: dict[str, str]) -> ConsoleProcess:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    show = folder / "show.toml"
    show.write_text(SHOW.format(mrl=mrl))
    return stack.enter_context(ConsoleProcess(folder / "data", str(show), "--trust", environment=environment))


def is_bound(port: int) -> bool:
    """Whether a process has that UDP port (Linux)."""
    return f":{port:04X} " in Path("/proc/net/udp").read_text()


def until(is_so: Callable[[], bool], what: str, within_s: float = 20.0) -> None:
    """Return when `is_so`. Raises TimeoutError with `what`."""
    end_s = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > end_s:
            raise TimeoutError(what)
        time.sleep(0.02)
