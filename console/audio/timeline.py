"""What a recording holds next: sound of the ring, or silence for what never came. Pure: frames, nanoseconds, no I/O.

The engine's frames have no time of their own. While it runs, they are taken as they come (a device's clock may be off
by some parts in a million); while it is away, the clock goes on in its place, so that what comes later stands where it
belongs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

STILL_S: Final = 0.25
"""So much (or three blocks) missing before the sound of a new engine is a gap."""
CHUNK_FRAMES: Final = 8_192
"""Sound comes in pieces of at most this, so that little is lost when the recorder is killed while it catches up."""
_AWAY: Final = 2  # times STILL_S is one in any case: a driver that stalled for less catches up, in a burst


class Gap(StrEnum):
    """Why sound is missing."""

    ENGINE = "engine"  # it was away
    OVERRUN = "overrun"  # the recorder came too late for what the ring no longer holds


@dataclass(frozen=True, slots=True)
class Piece:
    """So many frames: those of the ring up to frame `end`, or silence because of `gap`."""

    frames: int
    end: int
    gap: Gap | None = None


class Timeline:
    """Follows one ring from frame `position` on, which follows upon moment `until_ns`."""

    def __init__(self, *, rate_hz: int, ring_frames: int, block_frames: int, position: int, until_ns: int) -> None:
        self.position = position
        self.until_ns = until_ns
        self._rate_hz = rate_hz
        self._ring_frames = ring_frames
        self._still_ns = self._ns(max(round(STILL_S * rate_hz), 3 * block_frames))
        self._away_ns = _AWAY * self._still_ns
        self._is_away = False

    def turn(self, end: int, moved_ns: int, now_ns: int, *, is_new_engine: bool = False) -> Iterator[Piece]:
        """What comes next, in order; a piece counts as recorded when the next one is asked for.

        The ring holds frames up to `end`, of which the last came at `moved_ns`.
        """
        new = end - self.position
        if new > 0:
            missing_ns = moved_ns - self._ns(new) - self.until_ns
            if missing_ns > self._least_ns(is_new_engine):
                yield (silence := self._silence(missing_ns, Gap.ENGINE))
                self.until_ns += self._ns(silence.frames)
            self._is_away = False
            yield from self._sound(end)
            self.until_ns = moved_ns
        elif now_ns - self.until_ns > self._away_ns:
            silence = self._silence(now_ns - self.until_ns - self._away_ns // 2, Gap.ENGINE)
            yield silence
            self.until_ns += self._ns(silence.frames)
            self._is_away = True

    def _least_ns(self, is_new_engine: bool) -> int:
        """How much must be missing to be a gap; in the middle of one, anything."""
        if self._is_away:
            return 0
        return self._still_ns if is_new_engine else self._away_ns

    def _sound(self, end: int) -> Iterator[Piece]:
        """What the ring still holds, half of it when it has overtaken the recorder."""
        lost = 0
        if end - self.position > self._ring_frames * 7 // 8:
            lost = end - self._ring_frames // 2 - self.position
            yield Piece(lost, self.position + lost, Gap.OVERRUN)
            self.position += lost
            self.until_ns += self._ns(lost)
        for frames in chunks(end - self.position):
            yield Piece(frames, self.position + frames)
            self.position += frames
            self.until_ns += self._ns(frames)

    def _silence(self, missing_ns: int, gap: Gap) -> Piece:
        return Piece(round(missing_ns * self._rate_hz / 1e9), self.position, gap)

    def _ns(self, frames: int) -> int:
        return round(frames * 1e9 / self._rate_hz)


def chunks(frames: int) -> Iterator[int]:
    """`frames` in pieces of at most CHUNK_FRAMES."""
    while frames > 0:
        yield min(frames, CHUNK_FRAMES)
        frames -= CHUNK_FRAMES
