"""Pictures that say when they were made: sent by ffmpeg as a camera would, and read back from pixels of a screen.

The time (milliseconds of the monotonic clock, 16 bits) stands in the upper half as broad black and white bars, each
bit beside its opposite; under it something moves, so that the encoder has to work.
"""

import subprocess
import threading
import time
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

WIDTH: Final = 1280
HEIGHT: Final = 720
FPS: Final = 30
BITS: Final = 16
BARS: Final = 2 + 2 * BITS  # white, black, then each bit and its opposite
WHITE, BLACK = 235, 16

ENCODER: Final = "-c:v libx264 -preset ultrafast -tune zerolatency -g 30 -pix_fmt yuv420p -b:v 4M".split()
RAW: Final = f"-probesize 32 -analyzeduration 0 -f rawvideo -pix_fmt gray -s {WIDTH}x{HEIGHT} -r {FPS} -i -".split()


def now_ms() -> int:
    """The time that a picture made now says."""
    return int(time.monotonic() * 1000) % (1 << BITS)


def late_ms(code: int) -> int:
    """How long ago the picture that says `code` was made; up to a minute."""
    return (now_ms() - code) % (1 << BITS)


def bars(code: int) -> NDArray[np.uint8]:
    """One line of the picture that says `code`."""
    bits = [True, False]
    for place in range(BITS - 1, -1, -1):
        bit = bool(code >> place & 1)
        bits += [bit, not bit]
    return np.where(np.array(bits)[np.arange(WIDTH) * BARS // WIDTH], WHITE, BLACK).astype(np.uint8)


def read(line: NDArray[np.uint8]) -> int | None:
    """What the bars in one line of a picture of any width say; None when they say nothing."""
    lit = line[((np.arange(BARS) + 0.5) * len(line) / BARS).astype(int)] > 125
    ones, opposites = lit[2::2], lit[3::2]
    if not lit[0] or lit[1] or (ones == opposites).any():
        return None
    return int("".join("1" if one else "0" for one in ones), 2)


class CodedSender:
    """ffmpeg sending pictures that say when they were made, to each of `outputs` (ffmpeg's, `f=mpegts` and an URL)."""

    def __init__(self, outputs: Sequence[tuple[str, str]]) -> None:
        if len(outputs) == 1:
            to = ["-f", *outputs[0]]
        else:
            escaped = (f"[f={kind}]" + url.replace(":", "\\:") for kind, url in outputs)
            to = ["-map", "0:v", "-f", "tee", "|".join(escaped)]
        command = ["ffmpeg", "-v", "error", "-fflags", "nobuffer", *RAW, *ENCODER, *to]
        self._ffmpeg = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Send no more."""
        self._is_over.set()
        self._ffmpeg.kill()
        self._ffmpeg.wait()
        self._thread.join()

    def _send(self) -> None:
        pipe = self._ffmpeg.stdin
        assert pipe is not None
        ground = np.random.default_rng(1).integers(60, 180, (90, 160)).repeat(4, 0).repeat(8, 1).astype(np.uint8)
        picture = np.empty((HEIGHT, WIDTH), np.uint8)
        due_s = time.monotonic()
        while not self._is_over.wait(max(0.0, due_s - time.monotonic())):
            picture[HEIGHT // 2 :] = ground = np.roll(ground, 4, axis=1)
            picture[: HEIGHT // 2] = bars(now_ms())
            try:
                pipe.write(picture.tobytes())
                pipe.flush()
            except OSError:
                return
            due_s = max(due_s + 1 / FPS, time.monotonic() - 0.2)
