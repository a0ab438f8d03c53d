"""What is known of a scene's sources: items, filters, contents, media. Pure values."""

from dataclasses import dataclass
from enum import StrEnum


class MediaState(StrEnum):
    """What a media source does, as OBS tells it."""

    NONE = "none"
    OPENING = "opening"
    BUFFERING = "buffering"
    PLAYING = "playing"
    PAUSED = "paused"
    STOPPED = "stopped"
    ENDED = "ended"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Media:
    """A media source's transport, as it was at `at_mono_ns`. Times in milliseconds; None where OBS knows none."""

    source: str
    state: MediaState = MediaState.NONE
    duration_ms: int | None = None
    cursor_ms: int | None = None
    at_mono_ns: int = 0
    is_looping: bool = False

    def left_s(self, now_mono_ns: int) -> float | None:
        """Seconds until it runs out, as far as known; None for a live stream, a loop, or one that does not play."""
        if self.duration_ms is None or self.cursor_ms is None or self.duration_ms <= 0 or self.is_looping:
            return None
        if self.state not in (MediaState.PLAYING, MediaState.PAUSED):
            return None
        gone_ms = (now_mono_ns - self.at_mono_ns) / 1e6 if self.state is MediaState.PLAYING else 0.0
        return max(0.0, (self.duration_ms - self.cursor_ms - gone_ms) / 1000)


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter on a source."""

    name: str
    kind: str = ""
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """One line of a scene. `holder` is the scene or group that holds it; `depth` 1 inside a group.

    `kind` is OBS's ("ffmpeg_source"), or "scene" or "group". `text` and `file` are None where the source has none.
    """

    item_id: int
    name: str
    holder: str
    kind: str = ""
    depth: int = 0
    is_visible: bool = True
    is_locked: bool = False
    is_muted: bool | None = None  # None: it has no sound
    filters: tuple[Filter, ...] = ()
    text: str | None = None
    file: str | None = None
    media: Media | None = None


@dataclass(frozen=True, slots=True)
class SceneSources:
    """The sources of the scene that is looked at, topmost first. `on_air`: media on program, the first to end first."""

    scene: str | None = None
    rows: tuple[Source, ...] = ()
    on_air: tuple[Media, ...] = ()
