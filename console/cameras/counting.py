"""A stream's figures for people, from what the player counts. Pure; its clock is told."""

from collections import deque
from typing import Final

from console.cameras.messages import StreamStats
from console.cameras.state import Stats

EVERY_S: Final = 1.0
BITRATE_OVER_S: Final = 3.0  # libVLC reads and counts in lumps


class Counting:
    """Follows one opening of a stream after the other; `at` makes a new value once a second."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, StreamStats, int]] = deque()

    def restart(self) -> None:
        """The stream is opened anew: its counters begin at zero."""
        self._seen.clear()

    def at(self, now_s: float, stream: StreamStats, decoded: int) -> Stats | None:
        """The figures at `now_s` when a second has passed since the last, else None.

        `decoded` is libVLC's own rough count, for streams whose repeats the player cannot tell from libVLC's.
        """
        if not self._seen:
            self._seen.append((now_s, stream, decoded))
            return None
        was_s, was, was_decoded = self._seen[-1]
        span_s = now_s - was_s
        if span_s < EVERY_S:
            return None
        self._seen.append((now_s, stream, decoded))
        while now_s - self._seen[1][0] >= BITRATE_OVER_S:
            self._seen.popleft()
        shown, rough = stream.decoded - was.decoded, (decoded - was_decoded) / 2  # libVLC 3 counts each one twice
        first_s, first, _ = self._seen[0]
        bits = 8 * (stream.read_bytes - first.read_bytes)
        return Stats(
            arriving_fps=float(round((shown if 2 * shown >= rough else rough) / span_s)),
            expected_fps=stream.expected_fps,
            dropped=stream.dropped,
            bitrate_kbps=float(round(max(0, bits) / 1e3 / (now_s - first_s))),
            width=stream.width,
            height=stream.height,
            codec=stream.codec,
            decoder=stream.decoder,
        )
